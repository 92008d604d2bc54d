"""Change of dates: priced first, then swapped in one step, so that a guest never loses the room by asking."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

from serai.accounts.models import User
from serai.bookings.errors import ChangeNotAllowed, PriceChanged
from serai.bookings.events import BOOKING_CHANGED
from serai.bookings.models import Booking, BookingEvent, BookingRoom
from serai.bookings.quotes import Quote, make_quote, quote_from_json, read_quote
from serai.bookings.rules import penalty_at, tiers_from_json
from serai.bookings.selectors import nights_of, paid_minor
from serai.bookings.services.book import SITE, tell
from serai.bookings.services.hold import claim_of
from serai.bookings.services.refund import refund_above
from serai.core.db import write_transaction
from serai.inventory.services import swap_nights


@dataclass(frozen=True)
class ChangeOffer:
    """What other dates would cost, to be shown before the guest accepts."""

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


def offer_change(*, booking: Booking, check_in: dt.date, check_out: dt.date, now: dt.datetime) -> ChangeOffer:
    """Price a booking's product and party for other dates at today's rates.

    Raises `ChangeNotAllowed` or `NotOffered`. Does not look at what is left: changing does.
    """
    _require_changeable(booking, now=now)
    request = replace(quote_from_json(booking.price).request, check_in=check_in, check_out=check_out)
    return ChangeOffer(
        quote=make_quote(request=request, now=now),
        old_total_minor=booking.total_minor,
        paid_minor=paid_minor(booking),
    )


def change_booking(*, booking_id: int, token: str, actor: User | None, now: dt.datetime) -> Booking:
    """Move a booking to the dates of a quote that its guest has accepted.

    Raises `QuoteExpired`, `QuoteInvalid`, `NotOffered`, `PriceChanged`, `ChangeNotAllowed`, or
    `SoldOut` with the old nights kept. Money paid beyond the new stay's price is refunded; what is
    missing is due at the property. Locks the booking, then both sets of nights.
    """
    quote = read_quote(token, now=now)
    with write_transaction():
        booking = Booking.objects.select_for_update().get(pk=booking_id)
        frozen = quote_from_json(booking.price).request if booking.price else None
        if (
            frozen is None
            or replace(quote.request, check_in=frozen.check_in, check_out=frozen.check_out) != frozen
        ):
            raise ChangeNotAllowed(_("This price is for another booking. Please choose the dates again."))
        if (frozen.check_in, frozen.check_out) == (quote.request.check_in, quote.request.check_out):
            return booking
        _require_changeable(booking, now=now)
        current = make_quote(request=quote.request, now=now)
        if current.terms != quote.terms:
            raise PriceChanged(old=quote, new=current)
        swap_nights(give=nights_of(booking), take=[claim_of(quote)], now=now)
        old = {"check_in": booking.check_in.isoformat(), "check_out": booking.check_out.isoformat()}
        old_total = booking.total_minor
        booking.check_in = quote.request.check_in
        booking.check_out = quote.request.check_out
        booking.total_minor = quote.price.total_minor
        booking.price = quote.as_json()
        booking.cancellation_tiers = [tier.as_json() for tier in quote.tiers]
        booking.version += 1
        booking.save()
        for room, priced in zip(booking.rooms.order_by("id"), quote.price.rooms, strict=True):
            BookingRoom.objects.filter(pk=room.pk).update(
                check_in=booking.check_in, check_out=booking.check_out, total_minor=priced.total_minor
            )
        BookingEvent.objects.create(
            booking=booking,
            kind="changed",
            actor=actor,
            data={**old, "total_minor": old_total},
            happened_at=now,
        )
        refund_above(booking=booking, keep_minor=quote.price.prepayable_minor, reason="changed", now=now)
        tell(BOOKING_CHANGED, booking, now=now)
        return booking


def _require_changeable(booking: Booking, *, now: dt.datetime) -> None:
    if booking.channel != SITE:
        raise ChangeNotAllowed(_("Please change this booking where it was made."))
    if booking.state != Booking.State.CONFIRMED:
        raise ChangeNotAllowed(_("The dates of this booking cannot be changed any more."))
    if penalty_at(tiers_from_json(booking.cancellation_tiers), now) > 0:
        raise ChangeNotAllowed(
            _("Dates can be changed while cancelling is free, which is not so for this booking now.")
        )
