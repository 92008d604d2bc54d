"""A room out of service is given to nobody; who was not promised it gets another."""

from __future__ import annotations

import pytest

from serai.bookings.services import assign_room, assign_rooms
from serai.bookings.services.out_of_service import put_room_in_service, take_room_out_of_service
from serai.properties.models import Room
from tests.bookings.rooms import book_room, day, number_rooms, plan_of
from tests.factories import NOW, make_hotel

pytestmark = pytest.mark.django_db


def test_out_of_service_and_back() -> None:
    hotel = make_hotel(units=3)
    rooms = number_rooms(hotel.room_type, "101, 102")
    given = [
        (book_room(hotel, 0, 2, name="Inside", state="checked_in"), False),
        (book_room(hotel, 2, 3, name="Loose"), False),
        (book_room(hotel, 3, 4, name="Promised"), True),
    ]
    for stay, is_locked in given:
        assign_room(
            booking_room_id=stay.pk, room_id=rooms["101"].pk, is_locked=is_locked, actor=None, now=NOW
        )
    left = take_room_out_of_service(property_id=hotel.property.pk, room_id=rooms["101"].pk, now=NOW)
    assert left == ["Inside", "Promised"]
    assert plan_of(hotel) == {"Inside": ["101 21–23"], "Promised": ["101 24–25*"]}
    assign_rooms(property_id=hotel.property.pk, first=day(0), last=day(9), now=NOW)
    assert plan_of(hotel)["Loose"] == ["102 23–24"]
    put_room_in_service(property_id=hotel.property.pk, room_id=rooms["101"].pk)
    assert Room.objects.get(number="101").is_active


def test_only_ones_own_rooms() -> None:
    room = number_rooms(make_hotel().room_type, "1")["1"]
    mine = make_hotel().property.pk
    with pytest.raises(Room.DoesNotExist):
        take_room_out_of_service(property_id=mine, room_id=room.pk, now=NOW)
    with pytest.raises(Room.DoesNotExist):
        put_room_in_service(property_id=mine, room_id=room.pk)
    assert Room.objects.get(pk=room.pk).is_active
