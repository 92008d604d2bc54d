"""Rooms out of service and back: the one change of a room that concerns guests."""

from __future__ import annotations

import datetime as dt

from serai.bookings.models import RoomAssignment
from serai.bookings.stays import NEEDS_ROOM
from serai.core.db import write_transaction
from serai.properties.models import Room


def take_room_out_of_service(*, property_id: int, room_id: int, now: dt.datetime) -> list[str]:
    """Give the room to nobody from now on; return the names of the guests who still have it.

    Whoever has not arrived and was not promised the room loses it and is given another the next time
    rooms are shared out. Guests in house, locked stays and day uses keep it until somebody moves them.
    Nights for sale stay as they are. `Room.DoesNotExist` when it is not this property's. Locks the room.
    """
    with write_transaction():
        room = Room.objects.select_for_update().get(pk=room_id, property_id=property_id)
        room.is_active = False
        room.save(update_fields=["is_active"])
        ahead = RoomAssignment.objects.filter(room=room, during__endswith__gt=now)
        ahead.filter(
            is_locked=False, during__startswith__gt=now, booking_room__booking__state="confirmed"
        ).delete()
        return list(
            ahead.filter(booking_room__booking__state__in=NEEDS_ROOM)
            .order_by("during")
            .values_list("booking_room__booking__guest_name", flat=True)
        )


def put_room_in_service(*, property_id: int, room_id: int) -> None:
    """Give the room to guests again. `Room.DoesNotExist` when it is not this property's."""
    with write_transaction():
        room = Room.objects.select_for_update().get(pk=room_id, property_id=property_id)
        room.is_active = True
        room.save(update_fields=["is_active"])
