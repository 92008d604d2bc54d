"""Reads on bookings that have no room: who they are, and which room types could take them."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Count, QuerySet

from serai.bookings.models import Booking, BookingRoom
from serai.inventory.models import Night
from serai.properties.models import RoomType

# Until the guest has left, a room can still be found.
PLACEABLE = (Booking.State.CONFIRMED, Booking.State.CHECKED_IN)


@dataclass(frozen=True)
class UnplacedRoom:
    """A room that is not there. `free` are the other types that have one on every night of the stay.

    `is_free_again`: its own type has one by now. `short` are the nights on which its own has none.
    """

    room: BookingRoom
    is_free_again: bool
    free: list[RoomType]
    short: list[dt.date]


def unplaced_rooms(property_id: int) -> QuerySet[BookingRoom]:
    """Rooms of a property's bookings that nobody has found yet, the next arrival first."""
    return (
        BookingRoom.objects.filter(
            state=BookingRoom.State.UNPLACED,
            booking__property=property_id,
            booking__state__in=PLACEABLE,
        )
        .select_related("booking", "room_type")
        .order_by("check_in", "id")
    )


def count_unplaced(property_ids: Collection[int]) -> dict[int, int]:
    """How many rooms are missing, per property that misses any: one query."""
    rows = BookingRoom.objects.filter(
        state=BookingRoom.State.UNPLACED,
        booking__property__in=property_ids,
        booking__state__in=PLACEABLE,
    )
    return dict(rows.values_list("booking__property").annotate(Count("pk")).order_by())


def ways_out(rooms: Collection[BookingRoom], *, property_id: int) -> list[UnplacedRoom]:
    """For each room without nights, where one is free: two queries however many there are."""
    if not rooms:
        return []
    kinds = list(RoomType.objects.filter(property=property_id, is_active=True))
    left: dict[int, dict[dt.date, int]] = defaultdict(dict)
    nights = Night.objects.filter(
        room_type__in=kinds,
        date__gte=min(room.check_in for room in rooms),
        date__lt=max(room.check_out for room in rooms),
    )
    for room_type_id, date, is_closed, *figures in nights.values_list(
        "room_type_id", "date", "is_closed", "allotment", "allowance", "held", "sold"
    ):
        allotment, allowance, held, sold = figures
        left[room_type_id][date] = 0 if is_closed else allotment + allowance - held - sold
    found = []
    for room in rooms:
        stay = [
            room.check_in + dt.timedelta(days=offset)
            for offset in range((room.check_out - room.check_in).days)
        ]
        free = [kind for kind in kinds if all(left[kind.pk].get(date, 0) > 0 for date in stay)]
        found.append(
            UnplacedRoom(
                room=room,
                is_free_again=any(kind.pk == room.room_type_id for kind in free),
                free=[kind for kind in free if kind.pk != room.room_type_id],
                short=[date for date in stay if left[room.room_type_id].get(date, 0) <= 0],
            )
        )
    return found
