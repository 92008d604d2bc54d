"""Numbers on the doors of the demo host's hotels, and who sleeps behind them in the next days."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from serai.bookings.services import assign_rooms
from serai.core.db import write_transaction
from serai.demo.hotels import WrittenHotel
from serai.demo.people import HOST_EMAIL
from serai.properties.services import add_rooms

DAYS = 14
# More than this on a floor and numbers would run into the next one.
MOST_ON_A_FLOOR = 90


def write_rooms(hotels: Sequence[WrittenHotel], *, today: dt.date, now: dt.datetime) -> int:
    """Number the rooms of the demo host's hotels, a floor for each type; return how many there are.

    Every floor begins with an accessible room. Guests of the next days are given theirs.
    """
    numbered = 0
    for hotel in hotels:
        if hotel.owner.email != HOST_EMAIL:
            continue
        with write_transaction():
            for floor, room_type in enumerate(hotel.rooms, start=1):
                units = min(room_type.units, MOST_ON_A_FLOOR)
                where: dict[str, Any] = {
                    "property_id": hotel.property.pk,
                    "room_type_id": room_type.pk,
                    "floor": str(floor),
                }
                numbered += len(add_rooms(numbers=f"{floor}01", is_accessible=True, **where))
                if units > 1:
                    others = ", ".join(f"{floor}{number:02}" for number in range(2, units + 1))
                    numbered += len(add_rooms(numbers=others, **where))
        assign_rooms(
            property_id=hotel.property.pk, first=today, last=today + dt.timedelta(days=DAYS), now=now
        )
    return numbered
