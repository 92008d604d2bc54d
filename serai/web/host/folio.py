"""The folio at the desk: take a payment, hand it back, add a charge, issue and correct invoices."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from serai.bookings.errors import DiscountTooLarge, NotHandedBack, PaymentTooLarge
from serai.bookings.models import Booking
from serai.bookings.selectors import balance_minor, folio_reference, payments_of
from serai.bookings.services import (
    add_charge,
    correct_invoice,
    hand_back,
    invoice_booking,
    take_payment,
)
from serai.core.clock import utc_now
from serai.core.errors import DomainError
from serai.core.money import to_major
from serai.payments.documents import invoice_filename
from serai.payments.gateways.desk import DESK
from serai.payments.models import Invoice
from serai.payments.selectors import invoices_of
from serai.payments.services import make_invoice_file
from serai.payments.services.folio import DESK_METHODS
from serai.web.host.access import SignedInRequest
from serai.web.host.bookings import booking_for
from serai.web.host.fields import MoneyField

MANAGE = "manage_bookings"


class OnceForm(forms.Form):
    """A form that may be sent twice and counts once: `key` is made when it is first shown."""

    key = forms.RegexField(r"\A[0-9a-f]{32}\Z", widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("key", uuid.uuid4().hex)


class PaymentForm(OnceForm):
    """Money the guest has just paid."""

    method = forms.ChoiceField(
        label=gettext_lazy("How"), choices=[(method.value, method.label) for method in DESK_METHODS]
    )

    def __init__(self, *args: Any, currency: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["amount"] = _positive_money(currency, _("Amount"))
        self.order_fields(["amount", "method"])


class ChargeForm(OnceForm):
    """Something beyond the stay, or something taken off."""

    text = forms.CharField(
        label=gettext_lazy("What for"),
        max_length=120,
        help_text=gettext_lazy("As it shall stand on the invoice, such as “Airport transfer”."),
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("Add or take off"),
        choices=[("charge", gettext_lazy("Charge")), ("discount", gettext_lazy("Discount"))],
    )

    def __init__(self, *args: Any, currency: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["amount"] = _positive_money(currency, _("Amount"))
        self.order_fields(["text", "kind", "amount"])


class InvoiceForm(OnceForm):
    """To whom the invoice goes."""

    recipient = forms.CharField(
        label=gettext_lazy("Invoice to"),
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=gettext_lazy("Name, address and tax number, a line each."),
    )


class CreditForm(forms.Form):
    """Why an invoice is corrected."""

    reason = forms.CharField(
        label=gettext_lazy("Why"),
        max_length=200,
        help_text=gettext_lazy("It stands on the credit note, such as “Wrong company name”."),
    )


def _positive_money(currency: str, label: str) -> MoneyField:
    """An amount of at least the currency's smallest coin."""
    return MoneyField(currency=currency, label=label, min_value=to_major(1, currency))


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def record_payment(request: SignedInRequest, reference: str) -> HttpResponseBase:
    """Write down cash, a card at the desk or a transfer."""
    booking = booking_for(request, reference, permission=MANAGE)
    due = balance_minor(booking)
    form = PaymentForm(
        request.POST or None, currency=booking.currency, initial={"amount": due} if due else None
    )
    if form.is_valid():
        try:
            take_payment(
                booking_id=booking.pk,
                amount_minor=form.cleaned_data["amount"],
                method=form.cleaned_data["method"],
                key=form.cleaned_data["key"],
                actor=request.user,
                now=utc_now(),
            )
        except PaymentTooLarge as error:
            form.add_error("amount", str(error))
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("The payment is written down."))
            return _back(booking)
    return _form(request, booking, form, action="payment", due_minor=due)


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def record_charge(request: SignedInRequest, reference: str) -> HttpResponseBase:
    """Charge an extra, or take something off."""
    booking = booking_for(request, reference, permission=MANAGE)
    form = ChargeForm(request.POST or None, currency=booking.currency)
    if form.is_valid():
        sign = -1 if form.cleaned_data["kind"] == "discount" else 1
        try:
            add_charge(
                booking_id=booking.pk,
                text=form.cleaned_data["text"],
                amount_minor=sign * form.cleaned_data["amount"],
                key=form.cleaned_data["key"],
                actor=request.user,
                now=utc_now(),
            )
        except DiscountTooLarge as error:
            form.add_error("amount", str(error))
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(
                request, _("The discount is written down.") if sign < 0 else _("The charge is added.")
            )
            return _back(booking)
    return _form(request, booking, form, action="charge")


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def hand_payment_back(request: SignedInRequest, reference: str, payment_id: uuid.UUID) -> HttpResponseBase:
    """Ask, then write down that a payment at the desk was handed back."""
    booking = booking_for(request, reference, permission=MANAGE)
    payment = next(
        (payment for payment in payments_of(booking) if payment.pk == payment_id and payment.gateway == DESK),
        None,
    )
    if payment is None:
        raise Http404
    if request.method == "POST":
        try:
            hand_back(booking_id=booking.pk, payment_id=payment.pk, actor=request.user, now=utc_now())
        except NotHandedBack as error:
            messages.info(request, str(error))
        else:
            messages.success(request, _("It is written down that the money was handed back."))
        return _back(booking)
    return render(
        request,
        "web/host/folio_ask.html",
        {
            "booking": booking,
            "payment": payment,
            "left_minor": payment.amount_minor - payment.refunded_minor,
        },
    )


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def new_invoice(request: SignedInRequest, reference: str) -> HttpResponseBase:
    """Issue an invoice over what is on none yet."""
    booking = booking_for(request, reference, permission=MANAGE)
    recipient = booking.billing or "\n".join(part for part in (booking.company, booking.guest_name) if part)
    form = InvoiceForm(request.POST or None, initial={"recipient": recipient})
    if form.is_valid():
        try:
            invoice = invoice_booking(
                booking_id=booking.pk,
                recipient=form.cleaned_data["recipient"],
                key=form.cleaned_data["key"],
                actor=request.user,
                now=utc_now(),
            )
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Invoice %(number)s is issued.") % {"number": invoice.number_text})
            return _back(booking)
    return _form(request, booking, form, action="invoice")


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def credit_invoice(request: SignedInRequest, reference: str, invoice_id: int) -> HttpResponseBase:
    """Ask why, then issue the credit note."""
    booking = booking_for(request, reference, permission=MANAGE)
    invoice = get_object_or_404(
        invoices_of(folio_reference(booking)), pk=invoice_id, kind=Invoice.Kind.INVOICE
    )
    if invoice.is_corrected and request.method == "GET":
        messages.info(request, _("There is a credit note for this invoice already."))
        return _back(booking)
    form = CreditForm(request.POST or None)
    if form.is_valid():
        try:
            note = correct_invoice(
                booking_id=booking.pk,
                invoice_id=invoice.pk,
                reason=form.cleaned_data["reason"],
                actor=request.user,
                now=utc_now(),
            )
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Credit note %(number)s is issued.") % {"number": note.number_text})
            return _back(booking)
    return _form(request, booking, form, action="credit", invoice=invoice)


@never_cache
@login_required
@require_GET
def download_invoice(request: SignedInRequest, reference: str, invoice_id: int) -> HttpResponse:
    """The PDF of one of the booking's invoices or credit notes."""
    booking = booking_for(request, reference, permission="view_bookings")
    invoice = get_object_or_404(Invoice, pk=invoice_id, reference=folio_reference(booking))
    file = make_invoice_file(invoice_id=invoice.pk)
    response = HttpResponse(bytes(file.content), content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{invoice_filename(invoice)}"'
    response["Content-Language"] = invoice.data["language"]
    return response


def _back(booking: Booking) -> HttpResponseBase:
    return redirect(reverse("host_booking", args=[booking.reference]) + "#folio")


def _form(
    request: SignedInRequest, booking: Booking, form: forms.Form, *, action: str, **context: Any
) -> HttpResponse:
    return render(
        request,
        "web/host/folio_form.html",
        {"booking": booking, "form": form, "action": action, **context},
        status=422 if form.errors else 200,
    )
