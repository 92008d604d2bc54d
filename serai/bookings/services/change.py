"""Change: priced first, then swapped in one step, so that a guest never loses the room by asking."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

from serai.accounts.models import User
from serai.bookings.errors import ChangeNotAllowed, PrepaymentMissing, PriceChanged
from serai.bookings.events import BOOKING_CHANGED
from serai.bookings.models import Booking, BookingEvent
from serai.bookings.price_changes import PriceDifference, explain_difference
from serai.bookings.quotes import (
    Quote,
    RoomRequest,
    StayRequest,
    make_quote,
    quote_from_json,
    read_quote,
)
from serai.bookings.rules import penalty_at, tiers_from_json
from serai.bookings.selectors import kept_minor, nights_of, paid_minor
from serai.bookings.services.book import SITE, tell
from serai.bookings.services.charges import charge_stay
from serai.bookings.services.hold import claims_of, require_same_price
from serai.bookings.services.promotions import keep_promotions, lock_promotions, use_promotions
from serai.bookings.services.refund import refund_above
from serai.bookings.services.reshape import reshape_assignments
from serai.bookings.services.rooms import apply_quote, write_rooms
from serai.bookings.services.waitlist import tell_waiting
from serai.core.clock import local_date
from serai.core.db import write_transaction
from serai.inventory.services import swap_nights
from serai.rates.models import RatePlan

# What makes prices that were shown before void.
REWRITES = ("changed", "rooms_cancelled", "left_early")


@dataclass(frozen=True)
class ChangeOffer:
    """What the booking would cost otherwise, to be shown before the guest accepts.

    `paid_minor` and `penalty_minor` are what was paid so far and what earlier steps cost.
    """

    quote: Quote
    old: Quote
    old_total_minor: int
    paid_minor: int
    penalty_minor: int = 0

    @property
    def difference_minor(self) -> int:
        """More (positive) or less (negative) than before."""
        return self.quote.price.total_minor - self.old_total_minor

    @property
    def refund_minor(self) -> int:
        """What comes back to the card: paid beyond what the new stay takes in advance."""
        return max(self.paid_minor - self.penalty_minor - self.quote.price.prepayable_minor, 0)

    @property
    def due_at_property_minor(self) -> int:
        """What is left to be paid."""
        owed = self.quote.price.total_minor + self.penalty_minor
        return max(owed - self.paid_minor + self.refund_minor, 0)

    @property
    def missing_minor(self) -> int:
        """What would have to be paid before the change can be made; see `missing_payment`."""
        return missing_payment(self.quote, self.old, paid_minor=self.paid_minor - self.penalty_minor)

    @property
    def lines(self) -> list[PriceDifference]:
        """Where the difference comes from; the amounts add up to it."""
        return explain_difference(self.old, self.quote)


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


def require_changeable(*, booking: Booking, now: dt.datetime, is_by_host: bool = False) -> Quote:
    """What a booking is now, if it can be changed at all; raises `ChangeNotAllowed` with the reason.

    Needs `property` loaded.
    """
    old = quote_from_json(booking.price) if booking.price else None
    if old is None or booking.checkout_id is None:
        raise ChangeNotAllowed(_("Please change this booking where it was made."))
    _require_changeable(booking, old, old.request, now=now, is_by_host=is_by_host)
    return old


def offer_change(
    *, booking: Booking, request: StayRequest, now: dt.datetime, is_by_host: bool = False
) -> ChangeOffer:
    """Price a booking as it would be, beside what it is. Needs `property` loaded.

    Under a policy that freezes rates, nights of the same product keep their price; all else is at
    today's. Raises `ChangeNotAllowed` or `NotOffered`. Does not look at what is left: changing does.
    """
    old = require_changeable(booking=booking, now=now, is_by_host=is_by_host)
    _require_changeable(booking, old, request, now=now, is_by_host=is_by_host)
    return ChangeOffer(
        quote=make_quote(request=request, now=now, kept=old),
        old=old,
        old_total_minor=booking.total_minor,
        paid_minor=paid_minor(booking),
        penalty_minor=booking.penalty_minor,
    )


def change_booking(
    *, booking_id: int, token: str, actor: User | None, now: dt.datetime, is_by_host: bool = False
) -> Booking:
    """Make a booking what was accepted in a quote of `offer_change`.

    A guest may change while cancelling is free; a host (`is_by_host`) until the stay is over, and of a
    guest in house the date of departure and the extras. Raises `QuoteExpired`, `QuoteInvalid`,
    `NotOffered`, `PriceChanged`, `ChangeNotAllowed`, `PrepaymentMissing`, or `SoldOut` with the old
    nights kept. Money paid beyond what the new stay takes in advance is refunded; what is missing is due.
    Locks the booking, promotions, then both sets of nights at once.
    """
    quote = read_quote(token, now=now)
    with write_transaction():
        booking = (
            Booking.objects.select_for_update(of=("self",))
            .select_related("checkout", "property")
            .get(pk=booking_id)
        )
        old = quote_from_json(booking.price) if booking.price else None
        if old is None or booking.checkout is None or old.property_id != quote.property_id:
            raise ChangeNotAllowed(_("This price is for another booking. Please choose the dates again."))
        if old.request == quote.request:
            return booking
        _require_changeable(booking, old, quote.request, now=now, is_by_host=is_by_host)
        if booking.events.filter(kind__in=REWRITES, happened_at__gt=quote.issued_at).exists():
            raise ChangeNotAllowed(
                _("The booking has changed since this price was made. Please choose again.")
            )
        require_same_price(quote, now=now, kept=old)
        missing = missing_payment(quote, old, paid_minor=paid_minor(booking) - booking.penalty_minor)
        if missing and not is_by_host:
            raise PrepaymentMissing(missing, quote.price.currency)
        promotion_ids = lock_promotions(quote, keeps={ref for ref, _name, _amount in old.price.promotions})
        if promotion_ids is None:
            raise PriceChanged(old=quote, new=make_quote(request=quote.request, now=now, kept=old))
        swap_nights(give=nights_of(booking), take=claims_of(quote), now=now)
        tell_waiting({claim.room_type_id for claim in nights_of(booking)}, now=now)
        use_promotions(promotion_ids=promotion_ids, hold_id=booking.checkout.hold_id, booking_id=booking.pk)
        before = {
            "check_in": booking.check_in.isoformat(),
            "check_out": booking.check_out.isoformat(),
            "total_minor": booking.total_minor,
        }
        apply_quote(booking, quote)
        booking.version += 1
        booking.save()
        write_rooms(booking, quote)
        keep_promotions(booking)
        reshape_assignments(booking, now)
        charge_stay(booking=booking, now=now)
        BookingEvent.objects.create(
            booking=booking, kind="changed", actor=actor, data=before, happened_at=now
        )
        refund_above(booking=booking, keep_minor=kept_minor(booking), reason="changed", now=now)
        tell(BOOKING_CHANGED, booking, now=now)
        return booking


def missing_payment(quote: Quote, old: Quote, *, paid_minor: int) -> int:
    """What must be paid before a booking can become `quote`.

    A rate that is paid in advance, and the deposit of one that was not booked before, cannot be had by
    promising to pay. The deposit of a rate that was booked already grows with the stay; it is due at
    once, and asked for on the page of the trip.
    """
    booked = {room.product_id for room in old.rooms}
    first = sum(
        room.terms.due_now_minor
        for room in quote.rooms
        if room.payment == RatePlan.Payment.PREPAID or room.product_id not in booked
    )
    return max(first - paid_minor, 0)


def _require_changeable(
    booking: Booking, old: Quote, wanted: StayRequest, *, now: dt.datetime, is_by_host: bool
) -> None:
    if booking.channel != SITE:
        raise ChangeNotAllowed(_("Please change this booking where it was made."))
    today = local_date(now, booking.property.timezone)
    if is_by_host and booking.state == Booking.State.CHECKED_IN:
        _require_longer_stay(old.request, wanted)
        return
    if booking.state != Booking.State.CONFIRMED or (today > booking.check_in and not is_by_host):
        raise ChangeNotAllowed(_("This booking cannot be changed any more."))
    if wanted.check_out <= today:
        raise ChangeNotAllowed(_("The nights before today cannot be all that is left of a stay."))
    if not is_by_host and penalty_at(tiers_from_json(booking.cancellation_tiers), now) > 0:
        raise ChangeNotAllowed(
            _("A booking can be changed while cancelling is free, which is not so for this one now.")
        )


def _require_longer_stay(booked: StayRequest, wanted: StayRequest) -> None:
    """Of a guest in house the rooms and the nights slept in are what they are."""
    if wanted.check_in != booked.check_in or wanted.rooms != booked.rooms:
        raise ChangeNotAllowed(
            _("The guest is in house: only the departure and the extras can change. Please book a room anew.")
        )
    if wanted.check_out < booked.check_out:
        raise ChangeNotAllowed(
            _("The guest is in house. Please use “Leaves early” on the day on which the guest goes.")
        )
