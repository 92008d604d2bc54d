"""Staff may not work without a second factor where `STAFF_NEED_SECOND_FACTOR` says so."""

from __future__ import annotations

from collections.abc import Callable

from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

GetResponse = Callable[[HttpRequest], HttpResponse]
# What a person without a second factor may still do: get one, sign out, look after the account.
OPEN_PATHS = ("/accounts/", "/account/", "/static/", "/i18n/")
SECOND_FACTORS = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]


def has_second_factor(user: object) -> bool:
    """Whether a person has an authenticator app or a security key; recovery codes alone are none."""
    return bool(is_mfa_enabled(user, types=SECOND_FACTORS))


class SecondFactorMiddleware:
    """Lead staff without a second factor to the page that sets one up."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if settings.STAFF_NEED_SECOND_FACTOR and not request.path.startswith(OPEN_PATHS):
            user = request.user
            if user.is_authenticated and user.is_staff and not has_second_factor(user):
                messages.warning(
                    request,
                    _("Staff accounts need an authenticator app or a security key. Set one up."),
                )
                return HttpResponseRedirect(reverse("mfa_index"))
        return self.get_response(request)
