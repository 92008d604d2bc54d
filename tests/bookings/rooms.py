"""A small hotel with numbered rooms, and stays in it that were written straight into the books."""

from __future__ import annotations

import datetime as dt
import itertools
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from zeal import zeal_ignore

from serai.bookings.models import Booking, BookingRoom, RoomAssignment
from serai.inventory.services import Claim, sell_nights
from serai.properties.models import Room, RoomType
from serai.properties.services import add_rooms
from tests.factories import NOW, Hotel

_numbers = itertools.count(1)


def day(number: int) -> dt.date:
    """A date so many days after the one on which tests take place."""
    return dt.date(2026, 11, 21) + dt.timedelta(days=number)


def number_rooms(room_type: RoomType, numbers: str, **fields: Any) -> dict[str, Room]:
    with zeal_ignore():
        rooms = add_rooms(
            property_id=room_type.property_id, room_type_id=room_type.pk, numbers=numbers, **fields
        )
    return {room.number: room for room in rooms}


def book_room(
    hotel: Hotel,
    first: int,
    last: int,
    *,
    name: str = "Maya Rao",
    state: str = "confirmed",
    room_type: RoomType | None = None,
    **fields: Any,
) -> BookingRoom:
    """One booked room from day `first` to the morning of day `last`, its nights sold."""
    number = next(_numbers)
    room_type = room_type or hotel.room_type
    booking = Booking.objects.create(
        reference=f"RM{number:05}",
        property=hotel.property,
        state=state,
        idempotency_key=f"room-{number}",
        request_hash="x",
        guest_name=name,
        check_in=day(first),
        check_out=day(last),
        adults=2,
        currency="INR",
        total_minor=400_000 * (last - first),
        payment_method="pay_at_property",
        booked_at=NOW,
    )
    stay = BookingRoom.objects.create(
        booking=booking,
        room_type=room_type,
        check_in=day(first),
        check_out=day(last),
        adults=2,
        total_minor=booking.total_minor,
        **fields,
    )
    with transaction.atomic():
        sell_nights(claims=[Claim(room_type.pk, day(first), day(last), 1)], now=NOW)
    return stay


def plan_of(hotel: Hotel) -> dict[str, list[str]]:
    """Per guest the rooms with local dates: `["101 21–23"]`; a star for a locked one."""
    plan: dict[str, list[str]] = {}
    zone = hotel.property.timezone
    for one in RoomAssignment.objects.filter(room__property=hotel.property).select_related(
        "room", "booking_room__booking"
    ):
        start, end = (edge.astimezone(ZoneInfo(zone)) for edge in (one.during.lower, one.during.upper))
        plan.setdefault(one.booking_room.booking.guest_name, []).append(
            f"{one.room.number} {start.day}–{end.day}{'*' if one.is_locked else ''}"
        )
    return plan
