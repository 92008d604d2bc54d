"""Forms of signing in and of proving an address, as allauth's views use them (`ACCOUNT_FORMS`)."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.forms import (
    ConfirmEmailVerificationCodeForm,
    ConfirmLoginCodeForm,
    ConfirmPasswordResetCodeForm,
    LoginForm,
    VerifyPhoneForm,
)
from allauth.account.internal.flows.password_reset_by_code import (
    PASSWORD_RESET_VERIFICATION_SESSION_KEY,
)
from allauth.core import context, ratelimit
from allauth.core.internal.cryptokit import compare_user_code
from django import forms
from django.conf import settings
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _

from serai.accounts.fields import parse_phone
from serai.accounts.models import User
from serai.accounts.services import release_unproved_email
from serai.accounts.sms import sms_is_available
from serai.accounts.throttle import take_attempt
from serai.core.clock import utc_now

# E-mail addresses end at 254 characters (RFC 5321).
LONGEST_ADDRESS = 254


class RequestCodeForm(forms.Form):
    """Asks where to send a code. Whether an account exists makes no difference here."""

    login = forms.CharField(
        label=_("E-mail or mobile number"),
        max_length=LONGEST_ADDRESS,
        widget=forms.TextInput(
            attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}
        ),
        error_messages={"required": _("Type your e-mail address or mobile number.")},
    )

    # Whose code it will be; allauth's view reads it after the account was found or made.
    _user: User

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not sms_is_available():
            self.fields["login"].label = _("E-mail")
            self.fields["login"].widget.attrs["type"] = "email"

    def clean_login(self) -> str:
        login = str(self.cleaned_data["login"]).strip()
        if "@" in login or not sms_is_available():
            login = login.lower()
            validate_email(login)
            self.cleaned_data["email"] = login
        else:
            login = parse_phone(login)
            self.cleaned_data["phone"] = login
        if not ratelimit.consume(context.request, action="request_login_code", key=login):
            raise get_adapter().validation_error("too_many_login_attempts")
        return login


class PasswordLoginForm(LoginForm):
    """For those who set a password. allauth leaves the field out where signing up asks for none."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        login = self.fields["login"]
        login.label = _("E-mail or mobile number")
        login.widget = forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none"})
        self.fields["password"].widget.attrs.pop("placeholder", None)

    def _setup_password_field(self) -> None:
        pass

    def clean_login(self) -> str:
        login = str(self.cleaned_data["login"]).strip()
        return login.lower() if "@" in login else parse_phone(login)


class CountedCode:
    """Uses up a try before a code is looked at, so that parallel guesses do not get more."""

    purpose = ""
    cleaned_data: dict[str, Any]
    expected_code: str | None

    def clean_code(self) -> str:
        session = context.request.session
        # A reset for an unknown address has no code; its moment tells one request from the next.
        reset = session.get(PASSWORD_RESET_VERIFICATION_SESSION_KEY) or {}
        issued = reset.get("at", "") if self.purpose == "password_reset" else ""
        subject = f"{self.purpose}:{session.session_key}:{self.expected_code}:{issued}"
        if not take_attempt(subject=subject, limit=settings.ACCOUNT_CODE_ATTEMPTS, now=utc_now()):
            raise get_adapter().validation_error("too_many_code_attempts")
        return str(super().clean_code())  # type: ignore[misc]


class LoginCodeForm(CountedCode, ConfirmLoginCodeForm):
    """The code that signs somebody in."""

    purpose = "login"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].widget.attrs.update(
            {"autofocus": True, "autocapitalize": "characters", "spellcheck": "false", "dir": "ltr"}
        )


class PasswordResetCodeForm(CountedCode, ConfirmPasswordResetCodeForm):
    """The code that lets somebody choose a new password."""

    purpose = "password_reset"


class PhoneCodeForm(CountedCode, VerifyPhoneForm):
    """The code that proves a mobile number."""

    purpose = "phone"


class _ReleasingEmailCodeForm(ConfirmEmailVerificationCodeForm):
    def clean_code(self) -> str:
        # Who typed the right code owns the address; an account that only asked for it does not.
        if compare_user_code(actual=self.cleaned_data["code"], expected=self.expected_code or ""):
            release_unproved_email(email=self.email, winner=self.user)
        return str(super().clean_code())


class EmailCodeForm(CountedCode, _ReleasingEmailCodeForm):
    """The code that proves an e-mail address."""

    purpose = "email"
