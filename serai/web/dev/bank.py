"""The demo bank: the fake card provider's own pages, where a guest types a test card.

To the site this is somebody else's house: these views speak to the provider's verbs only, and the
site learns what happened here through the gateway and its webhooks.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from serai.core.clock import utc_now
from serai.payments import cards, fake_provider
from serai.payments.models import FakeCharge


class CardForm(forms.Form):
    """A card as typed. All but the security code is shown again when something is wrong with it."""

    number = forms.CharField(
        label=gettext_lazy("Card number"),
        max_length=40,
        widget=forms.TextInput(
            attrs={
                "inputmode": "numeric",
                "autocomplete": "cc-number",
                "placeholder": "4242 4242 4242 4242",
                "dir": "ltr",
            }
        ),
        error_messages={"required": gettext_lazy("Enter the number on the front of the card.")},
    )
    expiry = forms.CharField(
        label=gettext_lazy("Valid until"),
        max_length=12,
        help_text=gettext_lazy("Month and year, such as 12/30"),
        widget=forms.TextInput(
            attrs={
                "inputmode": "numeric",
                "autocomplete": "cc-exp",
                "placeholder": gettext_lazy("MM/YY"),
                "dir": "ltr",
            }
        ),
        error_messages={"required": gettext_lazy("Enter the month and year the card is valid until.")},
    )
    cvc = forms.CharField(
        label=gettext_lazy("Security code"),
        max_length=8,
        help_text=gettext_lazy("Three digits on the back"),
        widget=forms.PasswordInput(
            attrs={"inputmode": "numeric", "autocomplete": "cc-csc", "placeholder": "123", "dir": "ltr"},
            render_value=False,
        ),
        error_messages={"required": gettext_lazy("Enter the security code.")},
    )

    def __init__(self, *args: Any, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_number(self) -> str:
        number = cards.digits_of(self.cleaned_data["number"])
        if not number.isascii() or not number.isdigit():
            raise forms.ValidationError(_("A card number has digits only."), code="digits")
        if not 13 <= len(number) <= 19:
            raise forms.ValidationError(_("A card number has 13 to 19 digits."), code="length")
        if not cards.is_number_valid(number):
            raise forms.ValidationError(
                _("This is not a card number. Please check it for a slip of the finger."), code="luhn"
            )
        if cards.find_outcome(number) is None:
            raise forms.ValidationError(
                _("This demo takes test cards only. Please do not type a real card; use one from the list."),
                code="not_a_test_card",
            )
        return number

    def clean_expiry(self) -> tuple[int, int]:
        try:
            year, month = cards.parse_expiry(self.cleaned_data["expiry"])
        except ValueError as error:
            raise forms.ValidationError(
                _("Write the month and the year, such as 12/30."), code="format"
            ) from error
        if cards.is_expired(year, month, today=self.today):
            raise forms.ValidationError(_("This card has expired."), code="expired")
        if cards.is_expiry_absurd(year, today=self.today):
            raise forms.ValidationError(_("No card is valid for that long. Check the year."), code="absurd")
        return year, month

    def clean_cvc(self) -> str:
        cvc = self.cleaned_data["cvc"].strip()
        number = self.cleaned_data.get("number", "")
        if not cards.is_cvc_valid(cvc, number=number):
            raise forms.ValidationError(
                _("The security code has %(count)d digits.") % {"count": cards.cvc_length(number)},
                code="digits",
            )
        return cvc


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def pay(request: HttpRequest, charge: str) -> HttpResponse:
    """Show the card form, and try the card that is typed."""
    now = utc_now()
    form = CardForm(request.POST if request.method == "POST" else None, today=now.date())
    with _unknown_is_not_found():
        if form.is_valid():
            found = fake_provider.submit_card(charge_id=charge, **form.cleaned_data, now=now)
        else:
            found = fake_provider.open_page(charge_id=charge, now=now)
    if form.is_valid() or found.state != FakeCharge.State.OPEN:
        return _next_page(request, found)
    context = {"charge": found, "form": form, "cards": cards.TEST_CARDS}
    return render(request, "web/dev/bank.html", context, status=422 if form.is_bound else 200)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def challenge(request: HttpRequest, charge: str) -> HttpResponse:
    """3-D Secure: the cardholder's bank asks whether it is really them."""
    now = utc_now()
    answer = request.POST.get("answer")
    with _unknown_is_not_found():
        if answer in {"approve", "refuse"}:
            found = fake_provider.answer_challenge(charge_id=charge, is_approved=answer == "approve", now=now)
        else:
            found = fake_provider.open_page(charge_id=charge, now=now)
    if found.state != FakeCharge.State.NEEDS_ACTION:
        return _next_page(request, found)
    return render(request, "web/dev/bank_challenge.html", {"charge": found})


@require_POST
def cancel(request: HttpRequest, charge: str) -> HttpResponse:
    """Go back without paying."""
    with _unknown_is_not_found():
        return _next_page(request, fake_provider.cancel_charge(charge_id=charge, now=utc_now()))


@contextmanager
def _unknown_is_not_found() -> Iterator[None]:
    try:
        yield
    except fake_provider.ChargeNotFoundError as error:
        raise Http404(str(error)) from error


def _next_page(request: HttpRequest, charge: FakeCharge) -> HttpResponse:
    """Where the guest belongs now: the form, the challenge, or back at the shop.

    Somebody who comes back to a decided charge (back button, refresh, second tab) is told so first.
    """
    match charge.state:
        case FakeCharge.State.OPEN:
            return redirect("dev_bank", charge=charge.pk)
        case FakeCharge.State.NEEDS_ACTION:
            return redirect("dev_bank_challenge", charge=charge.pk)
    if request.method == "POST":
        return HttpResponseRedirect(charge.return_url)
    return render(request, "web/dev/bank_closed.html", {"charge": charge})
