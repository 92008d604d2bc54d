"""Refund: give back what was paid beyond what a booking keeps."""

from __future__ import annotations

import datetime as dt

from serai.bookings.models import Booking
from serai.bookings.selectors import kept_minor, paid_minor, payments_of
from serai.core.db import require_transaction
from serai.payments.services import refund_payment


def refund_above(*, booking: Booking, keep_minor: int, reason: str, now: dt.datetime) -> int:
    """Refund what was paid beyond `keep_minor`, latest payment first; return the sum refunded.

    Needs the transaction that changed the booking; the refunds' keys carry its new version.
    """
    require_transaction()
    too_much = paid_minor(booking) - keep_minor
    refunded = 0
    for payment in payments_of(booking):
        part = min(payment.amount_minor - payment.refunded_minor, too_much - refunded)
        if part > 0:
            refund_payment(
                payment_id=payment.pk,
                amount_minor=part,
                key=f"{reason}:{booking.pk}:{booking.version}:{payment.pk}",
                reason=reason,
                now=now,
            )
            refunded += part
    return refunded


def refund_surplus(*, booking_id: int, now: dt.datetime) -> int:
    """Refund what came in twice: a card payment that was given up for lost may still arrive.

    A later instalment is no such thing: a booking keeps up to what can be paid in advance, a cancelled
    one and a no-show their penalty (`selectors.kept_minor`). Locks the booking.
    """
    require_transaction()
    booking = Booking.objects.select_for_update().get(pk=booking_id)
    return refund_above(booking=booking, keep_minor=kept_minor(booking), reason="paid_twice", now=now)
