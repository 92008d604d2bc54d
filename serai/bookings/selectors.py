"""Reads on bookings that span tables."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable

from django.conf import settings
from django.db.models import Case, F, Q, QuerySet, Sum, Value, When

from serai.accounts.models import User
from serai.bookings.deposits import ScheduledInstalment, payable_minor, schedule
from serai.bookings.models import Booking, BookingRoom
from serai.bookings.quotes import quote_from_json
from serai.bookings.rules import terms_from_json
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


def active_rooms(booking: Booking) -> list[BookingRoom]:
    """The rooms that were not cancelled, in the order of the quote."""
    rooms = [room for room in booking.rooms.all() if room.state != BookingRoom.State.CANCELLED]
    return sorted(rooms, key=lambda room: room.pk)


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
    return sum_paid(payments_of(booking))


def sum_paid(payments: Iterable[Payment]) -> int:
    """What payments that came in have left after refunds."""
    return sum(payment.amount_minor - payment.refunded_minor for payment in payments)


def prepayable_minor(booking: Booking) -> int:
    """The part of a booking's price that can be paid in advance; the rest only the property takes."""
    return quote_from_json(booking.price).price.prepayable_minor if booking.price else booking.total_minor


def is_over(booking: Booking) -> bool:
    """Whether only what was charged is owed, and nothing for a stay.

    No-shows of bookings made before there were terms owe their price, as they did then.
    """
    return booking.state == Booking.State.CANCELLED or (
        booking.state == Booking.State.NO_SHOW and bool(booking.terms)
    )


def owed_minor(booking: Booking) -> int:
    """All that a booking comes to: `total_minor` for the stay, and `penalty_minor` for what was given up.

    `total_minor` is always the price of the rooms and nights that the booking still has, and its extras.
    A cancelled booking and a no-show owe their penalty alone.
    """
    return booking.penalty_minor + (0 if is_over(booking) else booking.total_minor)


def kept_minor(booking: Booking) -> int:
    """The most a booking keeps of money paid in advance; what was paid beyond it goes back."""
    return booking.penalty_minor + (0 if is_over(booking) else prepayable_minor(booking))


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


def deposit_schedule(
    booking: Booking, *, now: dt.datetime, paid_minor: int | None = None
) -> list[ScheduledInstalment]:
    """The instalments that a booking's terms ask for, and how far they are paid.

    Empty for a booking that is not to come or in house any more. Give `paid_minor` to ask nothing.
    """
    terms = terms_from_json(booking.terms)
    if not terms.deposits or booking.state not in {Booking.State.CONFIRMED, Booking.State.CHECKED_IN}:
        return []
    paid = sum_paid(payments_of(booking)) if paid_minor is None else paid_minor
    return schedule(terms.deposits, paid_minor=max(paid - booking.penalty_minor, 0), now=now)


def payable_amounts(booking: Booking, *, now: dt.datetime, paid_minor: int | None = None) -> list[int]:
    """What a guest may pay by card now: what is next of the deposits, and all that can be paid in advance.

    Empty where no deposit is open or no card is taken. Give `paid_minor` to ask nothing.
    """
    if not settings.CARD_GATEWAY or booking.checkout_id is None:
        return []
    paid = sum_paid(payments_of(booking)) if paid_minor is None else paid_minor
    following = payable_minor(deposit_schedule(booking, now=now, paid_minor=paid))
    if not following:
        return []
    return sorted({following, max(kept_minor(booking) - paid, following)})


def overdue_deposits(bookings: Iterable[Booking], *, now: dt.datetime) -> dict[int, int]:
    """What is overdue of the deposits of bookings, by their ids; those with nothing overdue are left out."""
    asked = [booking for booking in bookings if booking.terms.get("deposits")]
    if not asked:
        return {}
    sums: dict[str, int] = {}
    payments = Payment.objects.filter(
        reference__in=[payment_reference(booking.checkout_id) for booking in asked if booking.checkout_id],
        state=Payment.State.SUCCEEDED,
    )
    for reference, amount, refunded in payments.values_list("reference", "amount_minor", "refunded_minor"):
        sums[reference] = sums.get(reference, 0) + amount - refunded
    found = {}
    for booking in asked:
        paid = sums.get(payment_reference(booking.checkout_id), 0) if booking.checkout_id else 0
        parts = deposit_schedule(booking, now=now, paid_minor=paid)
        overdue = sum(part.open_minor for part in parts if part.state == "overdue")
        if overdue:
            found[booking.pk] = overdue
    return found


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
