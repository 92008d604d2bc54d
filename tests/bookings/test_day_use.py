"""Day use: a room at once, the nights its hours reach into, and nobody for the night displaced."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import transaction

from serai.bookings.audit import oversold_nights, recount
from serai.bookings.errors import IdempotencyConflict
from serai.bookings.models import Booking, BookingEvent, BookingRoom, RoomAssignment
from serai.bookings.room_errors import DayUseInvalid, NoRoomForDayUse
from serai.bookings.selectors import nights_of
from serai.bookings.services import (
    assign_room,
    assign_rooms,
    cancel_booking,
    check_in_booking,
    check_out_booking,
    day_use_claims,
    move_room,
    release_assignments,
    unassign_room,
    unlock_room,
)
from serai.bookings.services.day_use import book_day_use
from serai.core.errors import DomainError
from serai.inventory.models import Night
from serai.inventory.services import Claim, SoldOut, set_nights
from serai.properties.models import Property, Room
from tests.bookings.rooms import book_room, day, number_rooms, plan_of
from tests.factories import NOW, Hotel, RoomTypeFactory, make_hotel

pytestmark = pytest.mark.django_db

GAP = ("11:00", "14:00")


@pytest.fixture
def hotel() -> Hotel:
    return make_hotel(units=2)


@pytest.fixture
def rooms(hotel: Hotel) -> dict[str, Room]:
    return number_rooms(hotel.room_type, "101, 102")


def book(hotel: Hotel, number: int, hours: tuple[str, str] = GAP, **fields: Any) -> Booking:
    wish: dict[str, Any] = {
        "property_id": hotel.property.pk,
        "room_type_id": hotel.room_type.pk,
        "date": day(number),
        "from_time": dt.time.fromisoformat(hours[0]),
        "until_time": dt.time.fromisoformat(hours[1]),
        "guest_name": "Zoe",
        "guest_email": "",
        "adults": 2,
        "children_ages": [],
        "amount_minor": 150_000,
        "key": f"{number} {hours}",
        "actor": hotel.host,
        "now": NOW,
    }
    return book_day_use(**wish | fields)


def sold(hotel: Hotel, first: int, last: int) -> list[int]:
    nights = Night.objects.filter(room_type=hotel.room_type, date__range=(day(first), day(last)))
    return list(nights.order_by("date").values_list("sold", flat=True))


def books() -> list[Any]:
    return [
        list(Booking.objects.values_list()),
        list(RoomAssignment.objects.values_list()),
        list(Night.objects.filter(sold__gt=0).values_list()),
    ]


def test_between_check_out_and_check_in_it_takes_a_room_and_no_night(
    hotel: Hotel, rooms: dict[str, Room]
) -> None:
    booking = book(hotel, 2)
    assert (booking.is_day_use, booking.check_in, booking.check_out) == (True, day(2), day(2))
    assert (booking.total_minor, booking.currency, booking.state) == (150_000, "INR", "confirmed")
    assert sold(hotel, 1, 3) == [0, 0, 0]
    assert plan_of(hotel) == {"Zoe": ["101 23–23*"]}
    given = RoomAssignment.objects.get()
    assert given.during.lower == dt.datetime(2026, 11, 23, 5, 30, tzinfo=dt.UTC)
    assert given.during.upper == dt.datetime(2026, 11, 23, 8, 30, tzinfo=dt.UTC)
    event = BookingEvent.objects.get()
    assert (event.kind, event.actor, event.data) == ("booked", hotel.host, {"room": "101"})
    assert recount() == []


@pytest.mark.parametrize(
    ("hours", "taken"),
    [
        (("12:00", "18:00"), [0, 1, 0]),
        (("08:00", "13:00"), [1, 0, 0]),
        (("08:00", "18:00"), [1, 1, 0]),
        (("15:00", "20:00"), [0, 1, 0]),
    ],
)
def test_hours_that_reach_into_a_night_take_it_and_cancelling_gives_it_back(
    hotel: Hotel, rooms: dict[str, Room], hours: tuple[str, str], taken: list[int]
) -> None:
    booking = book(hotel, 2, hours)
    assert sold(hotel, 1, 3) == taken
    assert recount() == oversold_nights() == []
    first = day(1 if taken[0] else 2)
    expected = [Claim(hotel.room_type.pk, first, first + dt.timedelta(days=sum(taken)), 1)]
    assert nights_of(booking) == day_use_claims(booking) == expected
    # The property changes its hours: what was taken is given back, not what would be taken now.
    Property.objects.update(check_in_from=dt.time(20), check_out_until=dt.time(7))
    cancel_booking(booking_id=booking.pk, actor=None, now=NOW)
    assert sold(hotel, 1, 3) == [0, 0, 0]
    assert recount() == []


def test_a_night_that_is_sold_out_is_not_taken(hotel: Hotel, rooms: dict[str, Room]) -> None:
    for _guest in range(2):
        book_room(hotel, 2, 3)
    before = books()
    with pytest.raises(SoldOut):
        book(hotel, 2, ("12:00", "18:00"))
    assert books() == before
    book(hotel, 2)  # they come after the day guest has gone
    assert recount() == oversold_nights() == []


def test_guests_who_stay_over_the_day_keep_a_room_though_none_was_given(
    hotel: Hotel, rooms: dict[str, Room]
) -> None:
    for _guest in range(2):
        book_room(hotel, 1, 3)
    before = books()
    with pytest.raises(NoRoomForDayUse):
        book(hotel, 2)
    assert books() == before


def test_who_leaves_and_who_comes_needs_no_room_in_the_gap(hotel: Hotel, rooms: dict[str, Room]) -> None:
    for dates in ((1, 2), (1, 2), (2, 4), (2, 3)):
        book_room(hotel, *dates, name=f"{dates}")
    book(hotel, 2)
    book(hotel, 2, ("11:30", "13:30"))
    with pytest.raises(NoRoomForDayUse):
        book(hotel, 2, ("12:00", "12:30"))
    shared = assign_rooms(property_id=hotel.property.pk, first=day(1), last=day(2), now=NOW)
    assert shared.without == []
    # The same room serves one guest after the other.
    book(hotel, 3, ("11:00", "12:00"))
    book(hotel, 3, ("12:00", "14:00"))


def test_given_rooms_and_rooms_out_of_service_are_not_taken(hotel: Hotel, rooms: dict[str, Room]) -> None:
    stay = book_room(hotel, 1, 3, name="Asha")
    assign_room(booking_room_id=stay.pk, room_id=rooms["101"].pk, is_locked=False, actor=None, now=NOW)
    Room.objects.filter(number="102").update(is_active=False)
    with pytest.raises(NoRoomForDayUse):
        book(hotel, 2)
    Room.objects.update(is_active=True)
    book(hotel, 2)
    assert plan_of(hotel) == {"Asha": ["101 22–24"], "Zoe": ["102 23–23*"]}


def test_without_numbered_rooms_there_is_no_day_use(hotel: Hotel) -> None:
    with pytest.raises(NoRoomForDayUse):
        book(hotel, 2)
    assert not Booking.objects.exists()


def test_once_per_key(hotel: Hotel, rooms: dict[str, Room]) -> None:
    first = book(hotel, 2, ("12:00", "18:00"), key="k")
    again = book(hotel, 2, ("12:00", "18:00"), key="k")
    assert first.pk == again.pk
    before = books()
    with pytest.raises(IdempotencyConflict):
        book(hotel, 2, ("12:00", "18:00"), key="k", guest_name="Yan")
    assert books() == before
    assert sold(hotel, 2, 2) == [1]


@pytest.mark.parametrize(
    ("number", "hours", "fields", "field"),
    [
        (2, ("14:00", "11:00"), {}, "until_time"),
        (2, ("14:00", "14:00"), {}, "until_time"),
        (-1, GAP, {}, "date"),
        (0, ("09:00", "12:00"), {}, "date"),  # it is noon
        (2, GAP, {"adults": 0}, "adults"),
        (2, GAP, {"adults": 3}, "adults"),
        (2, GAP, {"children_ages": [3, 4]}, "adults"),
        (2, GAP, {"amount_minor": -1}, "amount"),
    ],
)
def test_contradictions_name_their_field(
    hotel: Hotel,
    rooms: dict[str, Room],
    number: int,
    hours: tuple[str, str],
    fields: dict[str, Any],
    field: str,
) -> None:
    with pytest.raises(DayUseInvalid) as caught:
        book(hotel, number, hours, **fields)
    assert caught.value.field == field
    assert not Booking.objects.exists()


def test_hours_that_have_begun_can_still_be_booked(hotel: Hotel, rooms: dict[str, Room]) -> None:
    book(hotel, 0, ("11:30", "13:30"))
    assert plan_of(hotel) == {"Zoe": ["101 21–21*"]}


def test_its_room_is_kept_and_can_be_another(hotel: Hotel, rooms: dict[str, Room]) -> None:
    stay = book(hotel, 2).rooms.get()
    for refused in (unlock_room, unassign_room):
        with pytest.raises(DomainError):
            refused(booking_room_id=stay.pk, actor=None, now=NOW)
    assign_rooms(property_id=hotel.property.pk, first=day(0), last=day(9), now=NOW)
    assert plan_of(hotel) == {"Zoe": ["101 23–23*"]}
    move_room(booking_room_id=stay.pk, room_id=rooms["102"].pk, from_date=day(2), actor=None, now=NOW)
    assert plan_of(hotel) == {"Zoe": ["102 23–23*"]}


def test_an_accessible_room_when_it_is_needed(hotel: Hotel, rooms: dict[str, Room]) -> None:
    with pytest.raises(NoRoomForDayUse):
        book(hotel, 2, needs_accessible=True)
    number_rooms(hotel.room_type, "001", is_accessible=True)
    book(hotel, 2, needs_accessible=True)
    assert plan_of(hotel) == {"Zoe": ["001 23–23*"]}


def test_it_arrives_and_leaves_like_others(hotel: Hotel, rooms: dict[str, Room]) -> None:
    booking = book(hotel, 0, ("12:30", "20:00"))
    check_in_booking(booking_id=booking.pk, actor=None, now=NOW + dt.timedelta(minutes=40))
    check_out_booking(booking_id=booking.pk, actor=None, now=NOW + dt.timedelta(hours=3))
    assert RoomAssignment.objects.get().during.upper == NOW + dt.timedelta(hours=3)
    assert recount() == []


def test_another_propertys_room_type_is_out_of_reach(hotel: Hotel, rooms: dict[str, Room]) -> None:
    other = RoomTypeFactory.create()
    with pytest.raises(type(other).DoesNotExist):
        book(hotel, 2, room_type_id=other.pk)
    assert not Booking.objects.exists()


def test_the_room_is_free_again_once_it_is_released(hotel: Hotel, rooms: dict[str, Room]) -> None:
    stays = [book(hotel, 2, GAP, key=key).rooms.get() for key in "ab"]
    with pytest.raises(NoRoomForDayUse):
        book(hotel, 2, GAP, key="c")
    cancel_booking(booking_id=stays[0].booking_id, actor=None, now=NOW)
    with transaction.atomic():
        release_assignments([stays[0].pk])
    book(hotel, 2, GAP, key="c")


def test_only_booked_rooms_are_counted(hotel: Hotel) -> None:
    """The recount leaves out rooms that were cancelled, and those a channel booked and nobody placed."""
    stays = [book_room(hotel, 2, 4) for _guest in range(2)]
    for stay, state in zip(stays, ("cancelled", "unplaced"), strict=True):
        BookingRoom.objects.filter(pk=stay.pk).update(state=state)
    assert [(row.sold, row.sold_by_bookings) for row in recount()] == [(2, 0), (2, 0)]
    with transaction.atomic():
        set_nights(room_type_id=hotel.room_type.pk, dates=[], is_closed=True, now=NOW)
    assert oversold_nights() == []
