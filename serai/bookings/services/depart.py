"""Leaving early: the nights not slept in go back on sale, and cost what the terms say."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from serai.accounts.models import User
from serai.bookings.errors import PenaltyChanged, StateConflict
from serai.bookings.events import BOOKING_CHANGED
from serai.bookings.models import Booking, BookingEvent, BookingRoom
from serai.bookings.quotes import Quote, quote_from_json
from serai.bookings.quotes.parts import end_stay
from serai.bookings.rules import first_free_night, may_become
from serai.bookings.selectors import active_rooms, kept_minor, paid_minor
from serai.bookings.services.book import tell
from serai.bookings.services.charges import charge_stay
from serai.bookings.services.refund import refund_above
from serai.bookings.services.reshape import shorten_assignments
from serai.bookings.services.waitlist import tell_waiting
from serai.bookings.settlement import Settlement
from serai.core.db import write_transaction
from serai.inventory.services import Claim, return_nights
from serai.rates.rules import divide_half_up

WHOLE_PERCENT = 100


@dataclass(frozen=True)
class Departure:
    """A departure before the last night: which nights go back, at what cost.

    `check_out` is the first night that is free; `totals` is what each active room costs without the
    nights given back, `charges` what it pays for them. `quote` is None for bookings without a price.
    """

    check_out: dt.date
    nights: int
    totals: list[int]
    charges: list[int]
    quote: Quote | None
    settlement: Settlement


def early_departure(*, booking: Booking, now: dt.datetime) -> Departure | None:
    """What leaving at `now` means for a stay in house; None when no night would go back.

    Each room pays its terms' percentage of what its nights given back cost in advance, rounded once. Needs
    `property` loaded.
    """
    if not may_become(booking.state, Booking.State.CHECKED_OUT):
        return None
    free = first_free_night(now, timezone=booking.property.timezone, check_in=booking.check_in)
    if free >= booking.check_out:
        return None
    rooms = active_rooms(booking)
    quote = None
    if booking.price:
        before = quote_from_json(booking.price)
        quote = end_stay(before, free, now=now)
        totals = [price.total_minor for price in quote.price.rooms]
        given_back = [
            # A shorter stay may have to pay a tax that the longer one was spared.
            max(was.prepayable_minor - price.prepayable_minor, 0)
            for was, price in zip(before.price.rooms, quote.price.rooms, strict=True)
        ]
        percents = [room.terms.early_departure_percent for room in before.rooms]
    else:
        totals = [_share_of(room, free) for room in rooms]
        given_back = [room.total_minor - total for room, total in zip(rooms, totals, strict=True)]
        percents = [WHOLE_PERCENT] * len(rooms)
    charges = [
        divide_half_up(amount * percent, 100) for amount, percent in zip(given_back, percents, strict=True)
    ]
    charged = booking.penalty_minor + sum(charges)
    total = booking.total_minor - sum(room.total_minor for room in rooms) + sum(totals)
    prepayable = quote.price.prepayable_minor if quote else total
    return Departure(
        check_out=free,
        nights=sum(max((room.check_out - max(free, room.check_in)).days, 0) for room in rooms),
        totals=totals,
        charges=charges,
        quote=quote,
        settlement=Settlement(sum(charges), paid_minor(booking), total + charged, prepayable + charged),
    )


def depart_early(
    *, booking_id: int, actor: User | None, now: dt.datetime, expected_penalty_minor: int | None = None
) -> Booking:
    """Check a guest out before the last night and give the nights not slept in back.

    They cost what the terms say, which is added to `Booking.penalty_minor`; what was paid beyond it goes
    back. On the day of departure, or later, this is a plain check-out. Asked again, nothing happens.
    Raises `StateConflict` for a guest who is not in house, `PenaltyChanged` when it costs something else
    than `expected_penalty_minor`. Locks the booking, then the nights.
    """
    with write_transaction():
        booking = (
            Booking.objects.select_for_update(of=("self",)).select_related("property").get(pk=booking_id)
        )
        if booking.state == Booking.State.CHECKED_OUT:
            return booking
        if not may_become(booking.state, Booking.State.CHECKED_OUT):
            raise StateConflict(_("Only a guest who is in house can leave early."))
        departure = early_departure(booking=booking, now=now)
        penalty = departure.settlement.penalty_minor if departure else 0
        if expected_penalty_minor is not None and expected_penalty_minor != penalty:
            raise PenaltyChanged
        booking.state = Booking.State.CHECKED_OUT
        booking.version += 1
        if departure is None:
            booking.save(update_fields=["state", "version", "updated_at"])
            shorten_assignments(booking_id=booking.pk, now=now)
            BookingEvent.objects.create(booking=booking, kind="checked_out", actor=actor, happened_at=now)
            return booking
        data = {
            "check_out": booking.check_out.isoformat(),
            "total_minor": booking.total_minor,
            "penalty_minor": penalty,
        }
        rooms = active_rooms(booking)
        nights = _nights_from(departure.check_out, rooms)
        return_nights(claims=nights, now=now)
        tell_waiting({claim.room_type_id for claim in nights}, now=now)
        booking.total_minor += sum(departure.totals) - sum(room.total_minor for room in rooms)
        booking.penalty_minor += penalty
        booking.check_out = departure.check_out
        if departure.quote:
            booking.price = departure.quote.as_json()
        for room, total in zip(rooms, departure.totals, strict=True):
            room.check_out, room.total_minor = min(room.check_out, departure.check_out), total
        BookingRoom.objects.bulk_update(rooms, ["check_out", "total_minor"])
        booking.save()
        shorten_assignments(booking_id=booking.pk, now=now)
        charge_stay(booking=booking, now=now)
        BookingEvent.objects.create(
            booking=booking, kind="left_early", actor=actor, data=data, happened_at=now
        )
        refund_above(booking=booking, keep_minor=kept_minor(booking), reason="left_early", now=now)
        tell(BOOKING_CHANGED, booking, now=now, what="left_early")
        return booking


def _nights_from(first: dt.date, rooms: Sequence[BookingRoom]) -> list[Claim]:
    return [
        Claim(room.room_type_id, first, room.check_out, 1)
        for room in rooms
        if room.state == BookingRoom.State.BOOKED and room.check_out > first
    ]


def _share_of(room: BookingRoom, check_out: dt.date) -> int:
    """What the nights before `check_out` cost, where only the price of the whole stay is known."""
    nights = (room.check_out - room.check_in).days
    slept = min(max((check_out - room.check_in).days, 0), nights)
    return divide_half_up(room.total_minor * slept, nights) if nights else room.total_minor
