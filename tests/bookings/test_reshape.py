"""What becomes of given rooms when a booking changes or is cancelled."""

from __future__ import annotations

import pytest
from django.db import transaction

from serai.bookings.models import Booking, BookingRoom, RoomAssignment
from serai.bookings.services import (
    assign_room,
    lock_room,
    move_room,
    release_assignments,
    reshape_assignments,
)
from serai.core.errors import NotInTransactionError
from serai.properties.models import Room
from tests.bookings.rooms import book_room, day, number_rooms, plan_of
from tests.factories import NOW, Hotel, RoomTypeFactory, make_hotel

pytestmark = pytest.mark.django_db


@pytest.fixture
def hotel() -> Hotel:
    return make_hotel(units=3)


@pytest.fixture
def rooms(hotel: Hotel) -> dict[str, Room]:
    return number_rooms(hotel.room_type, "101, 102")


@pytest.fixture
def stay(hotel: Hotel, rooms: dict[str, Room]) -> BookingRoom:
    stay = book_room(hotel, 2, 6, name="Asha")
    assign_room(booking_room_id=stay.pk, room_id=rooms["101"].pk, is_locked=False, actor=None, now=NOW)
    return stay


def reshape(stay: BookingRoom, first: int, last: int, **fields: object) -> list[int]:
    BookingRoom.objects.filter(pk=stay.pk).update(check_in=day(first), check_out=day(last), **fields)
    booking = Booking.objects.select_related("property").get(pk=stay.booking_id)
    with transaction.atomic():
        return reshape_assignments(booking, NOW)


@pytest.mark.parametrize(
    ("dates", "plan"),
    [
        ((2, 6), "101 23–27"),
        ((2, 4), "101 23–25"),
        ((4, 6), "101 25–27"),
        ((1, 8), "101 22–29"),
        ((8, 9), "101 29–30"),
    ],
)
def test_the_same_room_at_the_new_dates(
    hotel: Hotel, stay: BookingRoom, dates: tuple[int, int], plan: str
) -> None:
    assert reshape(stay, *dates) == []
    assert plan_of(hotel) == {"Asha": [plan]}


def test_an_unlocked_room_that_is_not_free_then_is_shared_out_anew(
    hotel: Hotel, rooms: dict[str, Room], stay: BookingRoom
) -> None:
    other = book_room(hotel, 6, 8, name="Ben")
    assign_room(booking_room_id=other.pk, room_id=rooms["101"].pk, is_locked=False, actor=None, now=NOW)
    assert reshape(stay, 2, 7) == [stay.pk]
    assert plan_of(hotel) == {"Ben": ["101 27–29"]}


@pytest.mark.parametrize("is_inside", [True, False])
def test_a_promised_room_is_kept_as_far_as_it_goes(
    hotel: Hotel, rooms: dict[str, Room], stay: BookingRoom, is_inside: bool
) -> None:
    other = book_room(hotel, 6, 8, name="Ben")
    assign_room(booking_room_id=other.pk, room_id=rooms["101"].pk, is_locked=False, actor=None, now=NOW)
    if is_inside:
        Booking.objects.filter(pk=stay.booking_id).update(state="checked_in")
    else:
        lock_room(booking_room_id=stay.pk, actor=None, now=NOW)
    assert reshape(stay, 2, 7) == [stay.pk]
    assert plan_of(hotel) == {"Asha": ["101 23–27" + ("" if is_inside else "*")], "Ben": ["101 27–29"]}


def test_both_rooms_of_who_moved_are_cut_and_lengthened(
    hotel: Hotel, rooms: dict[str, Room], stay: BookingRoom
) -> None:
    move_room(booking_room_id=stay.pk, room_id=rooms["102"].pk, from_date=day(4), actor=None, now=NOW)
    assert reshape(stay, 3, 8) == []
    assert plan_of(hotel) == {"Asha": ["101 24–25*", "102 25–29*"]}
    assert reshape(stay, 5, 8) == []
    assert plan_of(hotel) == {"Asha": ["102 26–29*"]}


def test_another_type_loses_the_room_unless_it_was_promised(
    hotel: Hotel, rooms: dict[str, Room], stay: BookingRoom
) -> None:
    suite = RoomTypeFactory.create(property=hotel.property)
    promised = book_room(hotel, 2, 6, name="Ben")
    assign_room(booking_room_id=promised.pk, room_id=rooms["102"].pk, is_locked=True, actor=None, now=NOW)
    for one in (stay, promised):
        reshape(one, 2, 6, room_type=suite)
    assert plan_of(hotel) == {"Ben": ["102 23–27*"]}


@pytest.mark.parametrize("state", ["cancelled", "unplaced"])
def test_a_cancelled_room_is_given_back(hotel: Hotel, stay: BookingRoom, state: str) -> None:
    assert reshape(stay, 2, 6, state=state) == []
    assert plan_of(hotel) == {}


def test_a_cancelled_booking_gives_all_back(hotel: Hotel, stay: BookingRoom) -> None:
    Booking.objects.update(state="cancelled")
    assert reshape(stay, 2, 6) == []
    assert plan_of(hotel) == {}


def test_releasing_says_how_many(hotel: Hotel, stay: BookingRoom) -> None:
    with transaction.atomic():
        assert release_assignments([stay.pk]) == 1
        assert release_assignments([stay.pk]) == 0
    assert not RoomAssignment.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_only_inside_a_transaction(hotel: Hotel, stay: BookingRoom) -> None:
    with pytest.raises(NotInTransactionError):
        release_assignments([stay.pk])
    with pytest.raises(NotInTransactionError):
        reshape_assignments(stay.booking, NOW)
    assert RoomAssignment.objects.count() == 1
