"""The rooms of a locked booking: which it has, on which terms, and writing them as a quote says.

The active rooms of a booking, in the order of their ids, are the rooms of the quote in `Booking.price`,
one by one. Everybody who writes either keeps that.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from serai.bookings.models import Booking, BookingRoom
from serai.bookings.quotes import Quote, quote_from_json
from serai.bookings.quotes.parts import keep_rooms
from serai.bookings.rules import CompiledTier, merge_tiers, share_tiers, tiers_from_json
from serai.bookings.selectors import active_rooms
from serai.bookings.services.book import room_lines


def tiers_by_room(booking: Booking, rooms: Sequence[BookingRoom]) -> list[list[CompiledTier]]:
    """What cancelling each of a booking's active rooms costs when.

    A booking made before rooms had tiers of their own shares out what it has, by the rooms' prices.
    """
    if booking.cancellation_tiers and not any(room.cancellation_tiers for room in rooms):
        return share_tiers(tiers_from_json(booking.cancellation_tiers), [room.total_minor for room in rooms])
    return [tiers_from_json(room.cancellation_tiers) for room in rooms]


def apply_quote(booking: Booking, quote: Quote) -> None:
    """Let a booking be what a quote says; saving it and its rooms is the caller's."""
    party = quote.request.party
    booking.check_in = quote.request.check_in
    booking.check_out = quote.request.check_out
    booking.adults = party.adults
    booking.children_ages = list(party.children_ages)
    booking.total_minor = quote.price.total_minor
    booking.price = quote.as_json()
    booking.cancellation_tiers = [tier.as_json() for tier in quote.tiers]
    booking.terms = quote.terms.as_json()


def write_rooms(booking: Booking, quote: Quote) -> None:
    """Rooms keep their rows in order, so that what hangs on them stays; rooms too many are cancelled."""
    rooms = active_rooms(booking)
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


def apply_rooms(booking: Booking, rooms: Sequence[BookingRoom]) -> None:
    """Let a booking be `rooms` alone, which are some of its active ones; saving is the caller's.

    Prices, terms and tiers stay as they were agreed. A booking without a price of its own, such as a
    channel's, is told from its rooms; one without terms does not get any.
    """
    before = active_rooms(booking)
    tiers = dict(zip((room.pk for room in before), tiers_by_room(booking, before), strict=True))
    for room in rooms:
        room.cancellation_tiers = [tier.as_json() for tier in tiers[room.pk]]
    kept = [tiers[room.pk] for room in rooms]
    if booking.price:
        places = {room.pk: place for place, room in enumerate(before)}
        terms = booking.terms
        quote = keep_rooms(quote_from_json(booking.price), [places[room.pk] for room in rooms], kept)
        apply_quote(booking, quote)
        booking.terms = booking.terms if terms else {}
        return
    gone = sum(room.total_minor for room in before) - sum(room.total_minor for room in rooms)
    booking.total_minor = max(booking.total_minor - gone, 0)
    booking.adults = sum(room.adults for room in rooms)
    booking.children_ages = [age for room in rooms for age in room.children_ages]
    booking.check_in = min(room.check_in for room in rooms)
    booking.check_out = max(room.check_out for room in rooms)
    booking.cancellation_tiers = [tier.as_json() for tier in merge_tiers(kept)]


def price_of(booking: Booking, rooms: Sequence[BookingRoom]) -> tuple[int, int]:
    """What some of a booking's active rooms and its extras cost: in all, and of that in advance."""
    if not booking.price:
        whole = sum(room.total_minor for room in active_rooms(booking)) - sum(
            room.total_minor for room in rooms
        )
        return booking.total_minor - whole, booking.total_minor - whole
    places = {room.pk: place for place, room in enumerate(active_rooms(booking))}
    price = quote_from_json(booking.price).price
    part = replace(price, rooms=tuple(price.rooms[places[room.pk]] for room in rooms))
    return part.total_minor, part.prepayable_minor
