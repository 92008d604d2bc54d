"""The folio of a booking at the desk: money taken there, charges added, invoices and their corrections."""

from __future__ import annotations

import datetime as dt
import uuid

from django.utils import translation

from serai.accounts.models import User
from serai.bookings.errors import DiscountTooLarge, NotHandedBack, PaymentTooLarge
from serai.bookings.models import Booking, BookingEvent
from serai.bookings.selectors import added_minor, folio_reference, open_minor, owed_minor
from serai.bookings.services.charges import stay_charges
from serai.core.db import write_transaction
from serai.core.money import format_money
from serai.payments import folio_rules
from serai.payments.folio_rules import DESK_PREFIX, LineDraft
from serai.payments.gateways.desk import DESK
from serai.payments.models import FolioLine, Invoice, Payment, Refund
from serai.payments.selectors import folio
from serai.payments.services import (
    issue_credit_note,
    issue_invoice,
    post_lines,
    record_desk_payment,
    refund_payment,
)


def take_payment(
    *, booking_id: int, amount_minor: int, method: str, key: str, actor: User | None, now: dt.datetime
) -> Payment:
    """Write down money that the guest has paid at the property; once per `key`.

    Raises `PaymentTooLarge` for more than is due. Locks the booking.
    """
    with write_transaction():
        booking = _locked(booking_id)
        key = f"{booking.pk}:{key}"
        is_known = Payment.objects.filter(gateway=DESK, provider_ref=key).exists()
        due = open_minor(booking)
        if not is_known and amount_minor > due:
            raise PaymentTooLarge(format_money(max(due, 0), booking.currency, _language()))
        payment = record_desk_payment(
            reference=folio_reference(booking),
            amount_minor=amount_minor,
            currency=booking.currency,
            method=method,
            key=key,
            actor=actor,
            now=now,
        )
        if not is_known:
            _note(booking, "paid_at_desk", actor, now, amount_minor=amount_minor, method=method)
        return payment


def hand_back(*, booking_id: int, payment_id: uuid.UUID, actor: User | None, now: dt.datetime) -> Refund:
    """Write down that a payment taken at the property was handed back, as far as it still is there.

    Raises `NotHandedBack` when nothing of it is, `Payment.DoesNotExist` when the booking has no such
    payment. Locks the booking, then the payment.
    """
    with write_transaction():
        booking = _locked(booking_id)
        payment = Payment.objects.select_for_update().get(
            pk=payment_id, reference=folio_reference(booking), gateway=DESK
        )
        amount_minor = payment.amount_minor - payment.refunded_minor
        if amount_minor == 0:
            raise NotHandedBack
        refund = refund_payment(
            payment_id=payment.pk,
            amount_minor=amount_minor,
            key=f"handed_back:{payment.pk}:{payment.refunded_minor}",
            reason="handed_back",
            now=now,
        )
        _note(booking, "handed_back", actor, now, amount_minor=amount_minor, method=payment.method)
        return refund


def add_charge(
    *, booking_id: int, text: str, amount_minor: int, key: str, actor: User | None, now: dt.datetime
) -> None:
    """Charge something beyond the stay, or with an amount below zero take something off; once per `key`.

    Raises `DiscountTooLarge` when more would be taken off than is charged, `KeyReusedError`. Locks
    the booking.
    """
    with write_transaction():
        booking = _locked(booking_id)
        reference = folio_reference(booking)
        line = LineDraft(
            folio_rules.EXTRA if amount_minor > 0 else folio_rules.ADJUSTMENT,
            text,
            amount_minor,
            f"{DESK_PREFIX}{key}",
        )
        charged = owed_minor(booking) + added_minor(booking)
        is_known = FolioLine.objects.filter(reference=reference, key=line.key).exists()
        if not is_known and charged + amount_minor < 0:
            raise DiscountTooLarge(format_money(charged, booking.currency, _language()))
        if post_lines(reference=reference, lines=[line], now=now):
            _note(booking, "charged", actor, now, amount_minor=amount_minor, text=text)


def invoice_booking(
    *, booking_id: int, recipient: str, key: str, actor: User | None, now: dt.datetime
) -> Invoice:
    """Issue an invoice over every charge of a booking that is on none yet; once per `key`.

    A booking from before there were folios gets its charges written first. Raises
    `NothingToInvoiceError`, `InvoiceOutdatedError`. Locks the booking, its folio, the number.
    """
    with write_transaction():
        booking = _locked(booking_id)
        write_missing_charges(booking=booking, now=now)
        key = f"{booking.pk}:{key}"
        is_known = Invoice.objects.filter(key=key).exists()
        property_ = booking.property
        place = property_.destination.name if property_.destination else ""
        invoice = issue_invoice(
            reference=folio_reference(booking),
            property=property_,
            currency=booking.currency,
            seller={
                "name": property_.name,
                "address": [
                    part for part in (property_.address, f"{property_.postal_code} {place}".strip()) if part
                ],
                "phone": property_.phone,
                "email": property_.email,
            },
            recipient=recipient,
            details={
                "booking": booking.reference,
                "guest": booking.guest_name,
                "check_in": booking.check_in.isoformat(),
                "check_out": booking.check_out.isoformat(),
            },
            language=booking.language,
            key=key,
            now=now,
        )
        if not is_known:
            _note(booking, "invoiced", actor, now, number=invoice.number_text)
        return invoice


def correct_invoice(
    *, booking_id: int, invoice_id: int, reason: str, actor: User | None, now: dt.datetime
) -> Invoice:
    """Issue the credit note for an invoice of this booking, once per invoice.

    Raises `NotAnInvoiceError`, `Invoice.DoesNotExist`. Locks the booking, its folio, the number.
    """
    with write_transaction():
        booking = _locked(booking_id)
        invoice = Invoice.objects.get(pk=invoice_id, reference=folio_reference(booking))
        is_known = Invoice.objects.filter(corrects=invoice).exists()
        note = issue_credit_note(invoice_id=invoice.pk, reason=reason, now=now)
        if not is_known:
            _note(booking, "credited", actor, now, number=note.number_text, invoice=invoice.number_text)
        return note


def write_missing_charges(*, booking: Booking, now: dt.datetime) -> int:
    """Write the charges of a stay that has none in its folio yet; return how many. Needs the lock."""
    lines = folio(folio_reference(booking)).lines
    if any(folio_rules.is_stay_line(line) for line in lines):
        return 0
    return post_lines(reference=folio_reference(booking), lines=stay_charges(booking), now=now)


def _locked(booking_id: int) -> Booking:
    return (
        Booking.objects.select_for_update(of=("self",))
        .select_related("property__destination")
        .get(pk=booking_id)
    )


def _note(booking: Booking, kind: str, actor: User | None, now: dt.datetime, **data: object) -> None:
    BookingEvent.objects.create(booking=booking, kind=kind, actor=actor, data=data, happened_at=now)


def _language() -> str:
    return translation.get_language() or "en"
