"""Refund: give back what was paid beyond what a booking keeps."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from serai.bookings.models import Booking
from serai.bookings.selectors import (
    added_minor,
    is_over,
    kept_minor,
    open_minor,
    paid_minor,
    payments_of,
)
from serai.core.db import require_transaction
from serai.payments.gateways.desk import DESK
from serai.payments.models import Payment
from serai.payments.services import refund_payment


def refund_above(*, booking: Booking, keep_minor: int, reason: str, now: dt.datetime) -> int:
    """Refund what was paid beyond `keep_minor` and what was charged at the property; return the sum.

    Money that came online goes back first, latest payment first: the rest must be handed back by
    somebody. Needs the transaction that changed the booking; the refunds' keys carry its new version.
    """
    too_much = paid_minor(booking) - keep_minor - added_minor(booking)
    return _refund(booking, payments_of(booking), too_much, reason=reason, now=now)


def refund_surplus(*, booking_id: int, now: dt.datetime) -> int:
    """Refund what came in twice: a card payment that was given up for lost may still arrive.

    A booking keeps what can be paid in advance and whatever was paid at the property for the rest of its
    charges; a cancelled one and a no-show their penalty. A later instalment is not paid twice. Locks the
    booking.
    """
    require_transaction()
    booking = Booking.objects.select_for_update().get(pk=booking_id)
    if is_over(booking):
        return refund_above(booking=booking, keep_minor=kept_minor(booking), reason="paid_twice", now=now)
    online = [payment for payment in payments_of(booking) if payment.gateway != DESK]
    online_minor = sum(payment.amount_minor - payment.refunded_minor for payment in online)
    too_much = max(online_minor - kept_minor(booking), -open_minor(booking))
    return _refund(booking, online, too_much, reason="paid_twice", now=now)


def _refund(
    booking: Booking, payments: Sequence[Payment], too_much: int, *, reason: str, now: dt.datetime
) -> int:
    require_transaction()
    refunded = 0
    for payment in sorted(payments, key=lambda payment: payment.gateway == DESK):
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
