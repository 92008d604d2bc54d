"""Change: priced first, then swapped in one step, so that a guest never loses the room by asking."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

from serai.accounts.models import User
from serai.bookings.errors import ChangeNotAllowed, PriceChanged
from serai.bookings.events import BOOKING_CHANGED
from serai.bookings.models import Booking, BookingEvent, BookingRoom
from serai.bookings.quotes import (
    Quote,
    RoomRequest,
    StayRequest,
    make_quote,
    quote_from_json,
    read_quote,
)
from serai.bookings.rules import penalty_at, tiers_from_json
from serai.bookings.selectors import nights_of, paid_minor
from serai.bookings.services.book import SITE, room_lines, tell
from serai.bookings.services.hold import claims_of, require_same_price
from serai.bookings.services.promotions import lock_promotions, use_promotions
from serai.bookings.services.refund import refund_above
from serai.bookings.services.waitlist import tell_waiting
from serai.core.db import write_transaction
from serai.inventory.services import swap_nights


@dataclass(frozen=True)
class ChangeOffer:
    """What the booking would cost otherwise, to be shown before the guest accepts."""

    quote: Quote
    old_total_minor: int
    paid_minor: int

    @property
    def difference_minor(self) -> int:
        """More (positive) or less (negative) than before."""
        return self.quote.price.total_minor - self.old_total_minor

    @property
    def refund_minor(self) -> int:
        """What comes back to the card: paid beyond what the new stay takes in advance."""
        return max(self.paid_minor - self.quote.price.prepayable_minor, 0)

    @property
    def due_at_property_minor(self) -> int:
        """What is left to be paid at the property."""
        return self.quote.price.total_minor - self.paid_minor + self.refund_minor


def change_request(
    booking: Booking,
    *,
    check_in: dt.date | None = None,
    check_out: dt.date | None = None,
    rooms: tuple[RoomRequest, ...] | None = None,
    extras: tuple[tuple[int, int], ...] | None = None,
) -> StayRequest:
    """What a booking was made for, with other dates, rooms, guests or extras."""
    booked = quote_from_json(booking.price).request
    return replace(
        booked,
        check_in=check_in or booked.check_in,
        check_out=check_out or booked.check_out,
        rooms=booked.rooms if rooms is None else rooms,
        extras=booked.extras if extras is None else extras,
    )


def offer_change(*, booking: Booking, request: StayRequest, now: dt.datetime) -> ChangeOffer:
    """Price a booking as it would be, beside what it is.

    Under a policy that freezes rates, nights of the same product keep their price; all else is at
    today's. Raises `ChangeNotAllowed` or `NotOffered`. Does not look at what is left: changing does.
    """
    _require_changeable(booking, now=now)
    return ChangeOffer(
        quote=make_quote(request=request, now=now, kept=quote_from_json(booking.price)),
        old_total_minor=booking.total_minor,
        paid_minor=paid_minor(booking),
    )


def change_booking(*, booking_id: int, token: str, actor: User | None, now: dt.datetime) -> Booking:
    """Make a booking what its guest has accepted in a quote of `offer_change`.

    Raises `QuoteExpired`, `QuoteInvalid`, `NotOffered`, `PriceChanged`, `ChangeNotAllowed`, or
    `SoldOut` with the old nights kept. Money paid beyond what the new stay takes in advance is
    refunded; what is missing is due at the property. Locks the booking, promotions, then both sets of
    nights at once.
    """
    quote = read_quote(token, now=now)
    with write_transaction():
        booking = (
            Booking.objects.select_for_update(of=("self",)).select_related("checkout").get(pk=booking_id)
        )
        frozen = quote_from_json(booking.price) if booking.price else None
        if frozen is None or booking.checkout is None or frozen.property_id != quote.property_id:
            raise ChangeNotAllowed(_("This price is for another booking. Please choose the dates again."))
        if frozen.request == quote.request:
            return booking
        _require_changeable(booking, now=now)
        require_same_price(quote, now=now, kept=frozen)
        promotion_ids = lock_promotions(quote, keeps={ref for ref, _name, _amount in frozen.price.promotions})
        if promotion_ids is None:
            raise PriceChanged(old=quote, new=make_quote(request=quote.request, now=now, kept=frozen))
        swap_nights(give=nights_of(booking), take=claims_of(quote), now=now)
        tell_waiting({claim.room_type_id for claim in nights_of(booking)}, now=now)
        use_promotions(promotion_ids=promotion_ids, hold_id=booking.checkout.hold_id, booking_id=booking.pk)
        before = {
            "check_in": booking.check_in.isoformat(),
            "check_out": booking.check_out.isoformat(),
            "total_minor": booking.total_minor,
        }
        write_quote(booking, quote)
        _write_rooms(booking, quote)
        BookingEvent.objects.create(
            booking=booking, kind="changed", actor=actor, data=before, happened_at=now
        )
        refund_above(booking=booking, keep_minor=quote.price.prepayable_minor, reason="changed", now=now)
        tell(BOOKING_CHANGED, booking, now=now)
        return booking


def write_quote(booking: Booking, quote: Quote) -> None:
    """Let a locked booking be what a quote says; its rooms are the caller's."""
    party = quote.request.party
    booking.check_in = quote.request.check_in
    booking.check_out = quote.request.check_out
    booking.adults = party.adults
    booking.children_ages = list(party.children_ages)
    booking.total_minor = quote.price.total_minor
    booking.price = quote.as_json()
    booking.cancellation_tiers = [tier.as_json() for tier in quote.tiers]
    booking.terms = quote.terms.as_json()
    booking.version += 1
    booking.save()


def _write_rooms(booking: Booking, quote: Quote) -> None:
    """Rooms keep their rows in order, so that what hangs on them stays; rooms too many are cancelled."""
    rooms = list(booking.rooms.filter(state=BookingRoom.State.BOOKED).order_by("id"))
    lines = room_lines(quote)
    for room, line in zip(rooms, lines, strict=False):
        room.room_type_id = line.room_type_id
        room.rate_plan_id = line.rate_plan_id
        room.check_in, room.check_out = line.check_in, line.check_out
        room.adults, room.children_ages = line.party.adults, list(line.party.children_ages)
        room.total_minor = line.total_minor
        room.cancellation_tiers = list(line.tiers)
        room.needs_accessible = line.needs_accessible
    for room in rooms[len(lines) :]:
        room.state = BookingRoom.State.CANCELLED
    BookingRoom.objects.bulk_update(
        rooms,
        [
            "room_type",
            "rate_plan",
            "check_in",
            "check_out",
            "adults",
            "children_ages",
            "total_minor",
            "cancellation_tiers",
            "needs_accessible",
            "state",
        ],
    )
    BookingRoom.objects.bulk_create(
        BookingRoom(
            booking=booking,
            room_type_id=line.room_type_id,
            rate_plan_id=line.rate_plan_id,
            check_in=line.check_in,
            check_out=line.check_out,
            adults=line.party.adults,
            children_ages=list(line.party.children_ages),
            total_minor=line.total_minor,
            cancellation_tiers=list(line.tiers),
            needs_accessible=line.needs_accessible,
        )
        for line in lines[len(rooms) :]
    )


def _require_changeable(booking: Booking, *, now: dt.datetime) -> None:
    if booking.channel != SITE:
        raise ChangeNotAllowed(_("Please change this booking where it was made."))
    if booking.state != Booking.State.CONFIRMED:
        raise ChangeNotAllowed(_("This booking cannot be changed any more."))
    if penalty_at(tiers_from_json(booking.cancellation_tiers), now) > 0:
        raise ChangeNotAllowed(
            _("A booking can be changed while cancelling is free, which is not so for this one now.")
        )
