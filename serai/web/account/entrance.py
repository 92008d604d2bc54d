"""Signing in and signing up: one flow of two pages, where to send a code and what it says.

The flow is allauth's; what differs is that an unknown address becomes an account on the way, that
`next` is never lost, and that a pending code does not lock the person out of the first page.
"""

from __future__ import annotations

from typing import Any

from allauth.account.internal.stagekit import clear_login, get_pending_stage
from allauth.account.stages import LoginByCodeStage, LoginStage
from allauth.account.utils import passthrough_next_redirect_url
from allauth.account.views import ConfirmLoginCodeView, LoginView, RequestLoginCodeView
from django.contrib import messages
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from serai.accounts import services
from serai.accounts.forms import LoginCodeForm, RequestCodeForm
from serai.core.db import write_transaction


class EntranceMixin:
    """Lets a person who waits for a code turn back and try another way."""

    def _redirect_to_pending_stage(
        self, request: HttpRequest, stage: LoginStage
    ) -> HttpResponseRedirect | None:
        if isinstance(stage, LoginByCodeStage):
            return None
        return super()._redirect_to_pending_stage(request, stage)  # type: ignore[misc]


class RequestCodeView(EntranceMixin, RequestLoginCodeView):
    """Where shall the code go?"""

    def get_initial(self) -> dict[str, Any]:
        initial: dict[str, Any] = super().get_initial()
        stage = get_pending_stage(self.request)
        if isinstance(stage, LoginByCodeStage):
            initial["login"] = stage.state.get("email") or stage.state.get("phone") or ""
        return initial

    def form_valid(self, form: RequestCodeForm) -> HttpResponse:
        language = get_language() or "en"
        clear_login(self.request)
        with write_transaction():
            if email := form.cleaned_data.get("email"):
                form._user = services.find_or_create_by_email(email=email, language=language)
            else:
                phone = form.cleaned_data["phone"]
                form._user = services.find_or_create_by_phone(phone=phone, language=language)
            return super().form_valid(form)


class ConfirmCodeView(ConfirmLoginCodeView):
    """What does the code say?"""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = super().dispatch(request, *args, **kwargs)
        start = reverse("account_request_login_code")
        if not (isinstance(response, HttpResponseRedirect) and response.url == start):
            return response
        if not getattr(self, "_process", None):
            messages.info(request, _("That code is no longer valid. Ask for a new one."))
        return HttpResponseRedirect(passthrough_next_redirect_url(request, start, REDIRECT_FIELD_NAME))

    def _verify_form_valid(self, form: LoginCodeForm) -> HttpResponse:
        # Proving the address and the welcome that follows from it are one fact.
        with write_transaction():
            return super()._verify_form_valid(form)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        context["recipient"] = context["email"] or context["phone"]
        return context


class PasswordLoginView(EntranceMixin, LoginView):
    """For those who have set a password, and for passkeys."""


def sign_up(request: HttpRequest) -> HttpResponse:
    """Signing up is signing in: the same two pages."""
    url = passthrough_next_redirect_url(request, reverse("account_login"), REDIRECT_FIELD_NAME)
    return HttpResponseRedirect(url)


request_code = RequestCodeView.as_view()
confirm_code = ConfirmCodeView.as_view()
password_login = PasswordLoginView.as_view()
