"""From a hold to a booking: sign in, say who comes, pay."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from serai.accounts.fields import parse_phone
from serai.bookings.errors import CheckoutRefused
from serai.bookings.lines import card_minor
from serai.bookings.models import Booking, Checkout
from serai.bookings.quotes import Quote, quote_from_json
from serai.bookings.services import (
    abandon_checkout,
    begin_payment,
    claim_checkout,
    complete_checkout,
    save_guest_details,
    settle_checkout,
)
from serai.core.clock import utc_now
from serai.core.live import stream_url
from serai.inventory.models import Hold
from serai.inventory.services import HoldExpired
from serai.payments.models import Payment
from serai.payments.services import PaymentUnavailableError
from serai.web.guest.access import get_checkout
from serai.web.guest.quote import property_url, quote_context


class GuestDetailsForm(forms.Form):
    """Who comes, when, and how it is paid."""

    guest_name = forms.CharField(
        label=gettext_lazy("Full name"),
        help_text=gettext_lazy("As on the document you show at check-in."),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    guest_email = forms.EmailField(
        label=gettext_lazy("E-mail"),
        help_text=gettext_lazy("The confirmation and the voucher go there."),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    guest_phone = forms.CharField(
        label=gettext_lazy("Mobile number"),
        help_text=gettext_lazy("With the country code, such as +91 98765 43210. Only the hotel sees it."),
        max_length=24,
        required=False,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
    )
    arrival_time = forms.ChoiceField(
        label=gettext_lazy("When do you arrive?"),
        required=False,
        choices=[
            ("", gettext_lazy("I do not know yet")),
            ("12:00–15:00", "12:00–15:00"),
            ("15:00–18:00", "15:00–18:00"),
            ("18:00–21:00", "18:00–21:00"),
            ("21:00–24:00", "21:00–24:00"),
            ("00:00–06:00", gettext_lazy("After midnight")),
        ],
    )
    requests = forms.CharField(
        label=gettext_lazy("Wishes for your stay"),
        help_text=gettext_lazy("The hotel does what it can; wishes cannot be promised."),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    billing = forms.CharField(
        label=gettext_lazy("Invoice to"),
        help_text=gettext_lazy(
            "Name, company, address and tax number, as they shall stand on the invoice. Empty: your name."
        ),
        max_length=400,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4, "autocomplete": "off"}),
    )
    payment_method = forms.ChoiceField(label=gettext_lazy("How would you like to pay?"))

    def __init__(self, *args: Any, quote: Quote, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        methods = [(Booking.PaymentMethod.CARD.value, _("By card now"))] if settings.CARD_GATEWAY else []
        if not quote.is_prepaid:
            methods.insert(0, (Booking.PaymentMethod.AT_PROPERTY.value, _("At the property")))
        if quote.price.prepayable_minor == 0:
            methods = [(Booking.PaymentMethod.AT_PROPERTY.value, _("At the property"))]
        field = self.fields["payment_method"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - tells the type checker
        field.choices = methods
        self.initial.setdefault("payment_method", methods[0][0])
        if self.initial["payment_method"] not in dict(methods):
            self.initial["payment_method"] = methods[0][0]

    def clean_guest_phone(self) -> str:
        typed = str(self.cleaned_data["guest_phone"]).strip()
        return parse_phone(typed) if typed else ""


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def checkout_page(request: HttpRequest, checkout_id: uuid.UUID) -> HttpResponse:
    """Sign in if need be, then the guest's details and the choice of payment."""
    checkout = get_checkout(request, checkout_id)
    quote = quote_from_json(checkout.quote)
    if checkout.state == Checkout.State.BOOKED:
        return redirect(
            "booking_confirmed", Booking.objects.values_list("reference", flat=True).get(checkout=checkout)
        )
    if checkout.state != Checkout.State.OPEN or is_over(checkout):
        return _over(request, checkout, quote)
    if not request.user.is_authenticated:
        return render(request, "web/guest/checkout_sign_in.html", _context(checkout, quote))
    if checkout.user_id is None:
        claim_checkout(checkout_id=checkout.pk, user=request.user)
        checkout.refresh_from_db(fields=["user", "guest_name", "guest_email", "guest_phone"])
    fields = (
        *("guest_name", "guest_email", "guest_phone", "arrival_time", "requests", "billing"),
        "payment_method",
    )
    form = GuestDetailsForm(
        request.POST or None, quote=quote, initial={name: getattr(checkout, name) for name in fields}
    )
    if request.method == "POST" and form.is_valid():
        save_guest_details(checkout_id=checkout.pk, now=utc_now(), **form.cleaned_data)
        return _pay(request, checkout, quote, form)
    return _form_page(request, checkout, quote, form)


def _pay(request: HttpRequest, checkout: Checkout, quote: Quote, form: GuestDetailsForm) -> HttpResponse:
    """Book at once, or send the guest to the card provider."""
    now = utc_now()
    try:
        if form.cleaned_data["payment_method"] == Booking.PaymentMethod.AT_PROPERTY:
            booking = complete_checkout(checkout_id=checkout.pk, now=now)
            return redirect("booking_confirmed", booking.reference)
        payment = begin_payment(
            checkout_id=checkout.pk,
            return_url=settings.SITE_URL + reverse("checkout_return", args=[checkout.pk]),
            description=f"{checkout.property.name}, {quote.request.check_in} – {quote.request.check_out}",
            now=now,
        )
    except HoldExpired:
        return _over(request, checkout, quote)
    except CheckoutRefused:
        return redirect("checkout", checkout.pk)
    except PaymentUnavailableError as error:
        form.add_error(None, str(error))
        return _form_page(request, checkout, quote, form, status=503)
    if payment.state == Payment.State.FAILED:
        form.add_error(None, payment.failure_message or _("The payment could not be started."))
        return _form_page(request, checkout, quote, form)
    return redirect(payment.redirect_url or reverse("checkout_return", args=[checkout.pk]))


@never_cache
@require_GET
def checkout_return(request: HttpRequest, checkout_id: uuid.UUID) -> HttpResponse:
    """Back from the card provider: booked, still waiting, or not paid."""
    checkout = get_checkout(request, checkout_id)
    quote = quote_from_json(checkout.quote)
    try:
        result = settle_checkout(checkout_id=checkout.pk, now=utc_now())
    except CheckoutRefused:
        checkout.refresh_from_db(fields=["state"])
        return _over(request, checkout, quote)
    if isinstance(result, Booking):
        return redirect("booking_confirmed", result.reference)
    if result is None:
        return redirect("checkout", checkout.pk)
    if result.state == Payment.State.FAILED:
        messages.error(
            request,
            _("%(reason)s Nothing was charged. Your room is still held: try another card.")
            % {"reason": result.failure_message or _("The payment did not go through.")},
        )
        return redirect("checkout", checkout.pk)
    context = {
        "payment": result,
        "stream_url": stream_url(f"checkout-{checkout.pk}"),
        **_context(checkout, quote),
    }
    return render(request, "web/guest/checkout_pending.html", context)


@require_POST
def checkout_abandon(request: HttpRequest, checkout_id: uuid.UUID) -> HttpResponse:
    """Give the room back and return to the hotel."""
    checkout = get_checkout(request, checkout_id)
    if abandon_checkout(checkout_id=checkout.pk, now=utc_now()):
        messages.info(request, _("The room is free again. Nothing was charged."))
    return redirect(property_url(quote_from_json(checkout.quote), checkout.property))


def is_over(checkout: Checkout) -> bool:
    """Whether the hold ran out: its nights went back, or anyone may take them."""
    return checkout.hold.state != Hold.State.ACTIVE or checkout.hold.expires_at <= utc_now()


def _context(checkout: Checkout, quote: Quote) -> dict[str, Any]:
    return {
        "checkout": checkout,
        "expires_at": checkout.hold.expires_at,
        "now": utc_now(),
        "card_minor": card_minor(quote),
        **quote_context(quote, checkout.property),
    }


def _form_page(
    request: HttpRequest, checkout: Checkout, quote: Quote, form: GuestDetailsForm, *, status: int = 200
) -> HttpResponse:
    context = {"form": form, **_context(checkout, quote)}
    return render(request, "web/guest/checkout.html", context, status=status)


def _over(request: HttpRequest, checkout: Checkout, quote: Quote) -> HttpResponse:
    """The hold ran out, was given back, or the money came too late."""
    return render(request, "web/guest/checkout_over.html", _context(checkout, quote), status=410)
