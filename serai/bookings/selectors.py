"""Reads on bookings that span tables."""

from __future__ import annotations

import datetime as dt
import uuid

from django.db.models import Case, F, Q, QuerySet, Sum, Value, When

from serai.accounts.models import User
from serai.bookings.models import Booking, BookingRoom
from serai.inventory.services import Claim
from serai.payments.folio_rules import DESK_PREFIX
from serai.payments.models import FolioLine, Payment
from serai.payments.selectors import payments_for


def nights_of(booking: Booking) -> list[Claim]:
    """The nights a booking takes, as claims of one unit per room that has one."""
    return [
        Claim(room_type_id=room.room_type_id, check_in=room.check_in, check_out=room.check_out, quantity=1)
        for room in booking.rooms.all()
        if room.state == BookingRoom.State.BOOKED
    ]


def payment_reference(checkout_id: uuid.UUID) -> str:
    """What the payments of a checkout are filed under."""
    return f"checkout:{checkout_id}"


def succeeded_payments(checkout_id: uuid.UUID) -> list[Payment]:
    """Payments of a checkout that came in, latest first."""
    payments = payments_for(payment_reference(checkout_id))
    return list(payments.filter(state=Payment.State.SUCCEEDED))


def folio_reference(booking: Booking) -> str:
    """What a booking's folio, payments and invoices are filed under: its checkout, if it had one."""
    if booking.checkout_id is not None:
        return payment_reference(booking.checkout_id)
    return f"booking:{booking.pk}"


def payments_of(booking: Booking) -> list[Payment]:
    """Payments that came in for a booking, online or at the property, latest first."""
    payments = payments_for(folio_reference(booking))
    return list(payments.filter(state=Payment.State.SUCCEEDED))


def paid_minor(booking: Booking) -> int:
    """What the guest has paid so far, less refunds (minor units)."""
    return sum(payment.amount_minor - payment.refunded_minor for payment in payments_of(booking))


def owed_minor(booking: Booking) -> int:
    """What the stay itself costs: the total, or the penalty once it is cancelled (minor units)."""
    return booking.penalty_minor if booking.state == Booking.State.CANCELLED else booking.total_minor


def added_minor(booking: Booking) -> int:
    """What was charged at the property beyond the stay, less discounts (minor units)."""
    return _sum_of_lines(booking, _ADDED)


def open_minor(booking: Booking) -> int:
    """What is still to be paid with everything that was added; below zero the guest is owed money."""
    return owed_minor(booking) + _sum_of_lines(booking, _ADDED | Q(kind__in=FolioLine.MONEY_KINDS))


def balance_minor(booking: Booking) -> int:
    """What is due at the property: `open_minor`, or nothing when too much was paid."""
    return max(open_minor(booking), 0)


def added_lines(booking: Booking) -> list[FolioLine]:
    """What was charged at the property beyond the stay, oldest first."""
    lines = FolioLine.objects.filter(_ADDED, reference=folio_reference(booking))
    return list(lines.order_by("id"))


_ADDED = Q(key__startswith=DESK_PREFIX)


def _sum_of_lines(booking: Booking, which: Q) -> int:
    lines = FolioLine.objects.filter(which, reference=folio_reference(booking))
    return int(lines.aggregate(sum=Sum("amount_minor"))["sum"] or 0)


def trips_of(user: User, *, today: dt.date) -> QuerySet[Booking]:
    """A guest's bookings with their properties: those to come by date, then the past, latest first."""
    return (
        Booking.objects.of_guest(user)
        .select_related("property__destination")
        .annotate(is_past=Case(When(check_out__lt=today, then=Value(1)), default=Value(0)))
        .annotate(
            days_away=Case(
                When(is_past=1, then=Value(today) - F("check_in")), default=F("check_in") - Value(today)
            )
        )
        .order_by("is_past", "days_away", "id")
    )
