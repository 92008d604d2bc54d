"""Where allauth meets Serai: how people are reached, what they are told and in which language."""

from __future__ import annotations

import uuid
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from allauth.account.adapter import DefaultAccountAdapter
from babel.dates import format_datetime
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db.models.functions import Lower
from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language, to_locale
from django.utils.translation import gettext_lazy as _

from serai.accounts import services
from serai.accounts.fields import PhoneField
from serai.accounts.models import User
from serai.accounts.sms import queue_sms, sms_is_available
from serai.core.clock import utc_now
from serai.core.db import write_transaction
from serai.core.mail import queue_mail

# allauth's name of a mail → our template.
MAILS = {
    "account/email/login_code": "account/login_code",
    "account/email/email_confirmation": "account/email_code",
    "account/email/email_confirmation_signup": "account/email_code",
    "account/email/password_reset_code": "account/password_reset_code",
    "account/email/account_already_exists": "account/account_exists",
    "account/email/unknown_account": "account/unknown_account",
}
# allauth's notices after a change; the last part of the name is the event our template speaks of.
NOTICES = {
    "account/email/email_changed",
    "account/email/email_deleted",
    "account/email/password_changed",
    "account/email/password_reset",
    "account/email/password_set",
    "mfa/email/recovery_codes_generated",
    "mfa/email/totp_activated",
    "mfa/email/totp_deactivated",
    "mfa/email/webauthn_added",
    "mfa/email/webauthn_removed",
}
# What templates may know of allauth's context: plain values only, for the outbox is JSON.
PLAIN_VALUES = ("code", "from_email", "to_email", "deleted_email", "ip", "user_agent")
USER_AGENT_SHOWN = 120


class AccountAdapter(DefaultAccountAdapter):
    """Sends through the outbox, keeps proved numbers on the user, says things plainly."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "incorrect_code": _("That code is not right. Look at the newest message and type it again."),
        "too_many_code_attempts": _("That was tried too often. Ask for a new code."),
        "too_many_login_attempts": _("Too many tries. Wait a minute, then try again."),
        "email_password_mismatch": _("The e-mail address and the password do not belong together."),
        "phone_password_mismatch": _("The mobile number and the password do not belong together."),
        "username_password_mismatch": _("The e-mail address and the password do not belong together."),
        "same_as_current": _("That is already the one we have."),
    }

    # --- Mail ---------------------------------------------------------------------------------------
    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Queue a mail in the receiver's language. Nothing is sent while the browser waits."""
        user = self._receiver(email, context)
        language = user.language if user else get_language() or settings.LANGUAGE_CODE
        values: dict[str, Any] = {name: str(context[name]) for name in PLAIN_VALUES if name in context}
        values["name"] = user.name if user else ""
        now = utc_now()
        if template_prefix in NOTICES:
            template = "account/security_notice"
            values["event"] = template_prefix.rpartition("/")[2]
            values["user_agent"] = values.get("user_agent", "")[:USER_AGENT_SHOWN]
            values["when"] = self._local_time(user, language)
        elif template_prefix in MAILS:
            template = MAILS[template_prefix]
        else:
            raise ImproperlyConfigured(f"There is no mail template of ours for {template_prefix!r}.")
        with write_transaction():
            # Each call is a fact of its own: another code, another change.
            key = f"{template}:{uuid.uuid4()}"
            queue_mail(template=template, to=email, context=values, key=key, language=language, now=now)

    @staticmethod
    def _receiver(email: str, context: dict[str, Any]) -> User | None:
        user = context.get("user")
        if isinstance(user, User):
            return user
        return User.objects.alias(lower_email=Lower("email")).filter(lower_email=email.lower()).first()

    @staticmethod
    def _local_time(user: User | None, language: str) -> str:
        timezone = user.timezone if user else settings.TIME_ZONE
        return str(format_datetime(utc_now(), "long", tzinfo=_zone(timezone), locale=to_locale(language)))

    # --- Mobile numbers -----------------------------------------------------------------------------
    def phone_form_field(self, **kwargs: Any) -> PhoneField:
        return PhoneField(**kwargs)

    def get_phone(self, user: User) -> tuple[str, bool] | None:
        """The number a person proved; one that is only written down does not count."""
        return (user.phone, True) if user.phone and user.phone_verified else None

    def set_phone(self, user: User, phone: str, verified: bool) -> None:
        """Remember a number once it is proved. Until then it stays in the session."""
        if verified:
            services.verify_phone(user=user, phone=phone, now=utc_now())

    def set_phone_verified(self, user: User, phone: str) -> None:
        services.verify_phone(user=user, phone=phone, now=utc_now())

    def get_user_by_phone(self, phone: str) -> User | None:
        return User.objects.filter(phone=phone, phone_verified=True).first()

    def send_verification_code_sms(self, user: User, phone: str, code: str, **kwargs: Any) -> None:
        self._queue_sms("account_code", phone=phone, language=user.language, values={"code": code})

    def send_account_already_exists_sms(self, phone: str) -> None:
        self._queue_sms("account_exists", phone=phone, language=self._page_language(), values={})

    def send_unknown_account_sms(self, phone: str, **kwargs: Any) -> None:
        self._queue_sms("account_unknown", phone=phone, language=self._page_language(), values={})

    @staticmethod
    def _page_language() -> str:
        return get_language() or settings.LANGUAGE_CODE

    @staticmethod
    def _queue_sms(template: str, *, phone: str, language: str, values: dict[str, Any]) -> None:
        if not sms_is_available():
            return
        host = settings.SITE_URL.partition("://")[2].partition(":")[0]
        with write_transaction():
            queue_sms(
                template=template,
                to=phone,
                context={**values, "host": host},
                key=f"{template}:{uuid.uuid4()}",
                language=language,
                now=utc_now(),
            )

    # --- Signing in ---------------------------------------------------------------------------------
    def get_login_stages(self) -> list[str]:
        ours = {"allauth.account.stages.EmailVerificationStage": "serai.accounts.stages.ReachableStage"}
        return [ours.get(path, path) for path in super().get_login_stages()]

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        # allauth's key knows no numbers: all who sign in with one would share a single limit.
        login = credentials.get("email") or credentials.get("phone") or credentials.get("username") or ""
        return f"{request.get_host()}:{login.lower()}"

    def post_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse:
        """From here on the pages speak the language of the person."""
        response: HttpResponse = super().post_login(request, user, **kwargs)
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            user.language,
            max_age=settings.SESSION_COOKIE_AGE,
            samesite="Lax",
            secure=request.is_secure(),
        )
        return response


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")
