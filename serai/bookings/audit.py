"""The books against the counters: what `held` and `sold` must be, told from holds and bookings alone.

Nothing here locks or repairs. In a database at rest every list is empty; while guests book, read both
functions inside one REPEATABLE READ transaction, or a booking may fall between two looks.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db import connection

from serai.bookings.models import Booking, BookingRoom
from serai.inventory.models import Hold


@dataclass(frozen=True, order=True)
class Discrepancy:
    """A night whose counters are not what holds and bookings add up to; 0 where no night exists."""

    room_type_id: int
    date: dt.date
    held: int
    held_by_holds: int
    sold: int
    sold_by_bookings: int


@dataclass(frozen=True, order=True)
class OversoldNight:
    """A night on which more rooms are booked than the property has."""

    room_type_id: int
    date: dt.date
    booked: int
    capacity: int


# One row per night that a booked room takes: `check_out` is not a night. The room of a day use has the
# nights that its hours reach into, often none; rooms that were cancelled or never placed take none.
_BOOKED = """
    SELECT room.room_type_id, day::date AS date, COUNT(*) AS rooms
    FROM bookings_bookingroom room
    JOIN bookings_booking booking ON booking.id = room.booking_id
    CROSS JOIN LATERAL generate_series(room.check_in, room.check_out - 1, interval '1 day') AS day
    WHERE booking.state = ANY(%(taking)s) AND room.state = %(booked)s
      AND (%(room_types)s::bigint[] IS NULL OR room.room_type_id = ANY(%(room_types)s))
    GROUP BY 1, 2
"""
_HELD = """
    SELECT item.room_type_id, day::date AS date, SUM(item.quantity) AS rooms
    FROM inventory_holditem item
    JOIN inventory_hold hold ON hold.id = item.hold_id
    CROSS JOIN LATERAL generate_series(item.check_in, item.check_out - 1, interval '1 day') AS day
    WHERE hold.state = %(active)s
      AND (%(room_types)s::bigint[] IS NULL OR item.room_type_id = ANY(%(room_types)s))
    GROUP BY 1, 2
"""
_NIGHT = """
    SELECT room_type_id, date, held, sold, allotment + allowance AS capacity
    FROM inventory_night
    WHERE %(room_types)s::bigint[] IS NULL OR room_type_id = ANY(%(room_types)s)
"""


def recount(*, room_type_ids: Collection[int] | None = None) -> list[Discrepancy]:
    """Every night whose counters differ from holds and bookings, in (room type, date) order.

    Expired holds count until somebody returns their nights. Without `room_type_ids` all are read.
    """
    return [
        Discrepancy(*row)
        for row in _rows(
            f"""
            WITH booked AS ({_BOOKED}), held AS ({_HELD}), night AS ({_NIGHT})
            SELECT room_type_id, date, COALESCE(night.held, 0), COALESCE(held.rooms, 0)::int,
                   COALESCE(night.sold, 0), COALESCE(booked.rooms, 0)::int
            FROM night
            FULL JOIN held USING (room_type_id, date)
            FULL JOIN booked USING (room_type_id, date)
            WHERE COALESCE(night.held, 0) <> COALESCE(held.rooms, 0)
               OR COALESCE(night.sold, 0) <> COALESCE(booked.rooms, 0)
            ORDER BY room_type_id, date
            """,  # noqa: S608 - constants of this module
            room_type_ids,
        )
    ]


def oversold_nights(*, room_type_ids: Collection[int] | None = None) -> list[OversoldNight]:
    """Every night with more booked rooms than allotment and allowance, counted from the bookings.

    The counters are not looked at: a mistake in keeping them must not hide itself.
    """
    return [
        OversoldNight(*row)
        for row in _rows(
            f"""
            WITH booked AS ({_BOOKED}), night AS ({_NIGHT})
            SELECT room_type_id, date, booked.rooms::int, COALESCE(night.capacity, 0)
            FROM booked LEFT JOIN night USING (room_type_id, date)
            WHERE booked.rooms > COALESCE(night.capacity, 0)
            ORDER BY room_type_id, date
            """,  # noqa: S608 - constants of this module
            room_type_ids,
        )
    ]


def _rows(query: str, room_type_ids: Collection[int] | None) -> list[tuple[Any, ...]]:
    parameters = {
        "taking": [str(state) for state in Booking.TAKES_NIGHTS],
        "active": str(Hold.State.ACTIVE),
        "booked": str(BookingRoom.State.BOOKED),
        "room_types": None if room_type_ids is None else sorted(room_type_ids),
    }
    with connection.cursor() as cursor:
        cursor.execute(query, parameters)
        return cursor.fetchall()
