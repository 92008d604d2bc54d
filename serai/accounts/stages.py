"""allauth's sign-in stages where our rule differs."""

from __future__ import annotations

from typing import Any

from allauth.account.stages import EmailVerificationStage


class ReachableStage(EmailVerificationStage):
    """Asks for a proved e-mail address, unless a proved mobile number already reaches the person."""

    def handle(self) -> tuple[Any, bool]:
        user = self.login.user
        if user is not None and user.phone_verified:
            return None, True
        return super().handle()
