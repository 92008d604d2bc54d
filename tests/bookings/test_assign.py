"""Rooms given by the rule and by hand: who has which, what is refused, and that refusals change nothing."""

from __future__ import annotations

import datetime as dt

import pytest

from serai.bookings.errors import StateConflict
from serai.bookings.models import Booking, BookingEvent, BookingRoom, RoomAssignment
from serai.bookings.room_errors import RoomOutOfService, RoomTaken
from serai.bookings.services import (
    assign_room,
    assign_rooms,
    check_in_booking,
    check_out_booking,
    lock_room,
    move_room,
    swap_rooms,
    unassign_room,
    unlock_room,
)
from serai.bookings.tasks import assign_tomorrows_rooms
from serai.properties.models import Property, Room
from serai.properties.services import RoomInUse, remove_room
from tests.bookings.rooms import book_room, day, number_rooms, plan_of
from tests.factories import NOW, Hotel, RoomTypeFactory, make_hotel

pytestmark = pytest.mark.django_db

NOON = dt.timedelta(hours=12)


@pytest.fixture
def hotel() -> Hotel:
    return make_hotel(units=3)


@pytest.fixture
def rooms(hotel: Hotel) -> dict[str, Room]:
    return number_rooms(hotel.room_type, "101, 102")


def share(hotel: Hotel, first: int = 0, last: int = 20) -> tuple[int, list[int]]:
    shared = assign_rooms(property_id=hotel.property.pk, first=day(first), last=day(last), now=NOW)
    return shared.given, shared.without


def at(number: int, hour: int, minute: int = 0) -> dt.datetime:
    """An hour at the property in India."""
    local = dt.datetime.combine(
        day(number), dt.time(hour, minute), tzinfo=dt.timezone(dt.timedelta(hours=5.5))
    )
    return local.astimezone(dt.UTC)


def kinds(stay: BookingRoom) -> list[str]:
    return list(BookingEvent.objects.filter(booking=stay.booking_id).values_list("kind", flat=True))


# --- By the rule --------------------------------------------------------------------------------------


def test_without_numbers_nothing_happens(hotel: Hotel) -> None:
    book_room(hotel, 1, 3)
    assert share(hotel) == (0, [])
    assert not RoomAssignment.objects.exists()


def test_arrivals_of_the_days_get_rooms_in_local_hours(hotel: Hotel, rooms: dict[str, Room]) -> None:
    book_room(hotel, 1, 3, name="Asha")
    book_room(hotel, 3, 4, name="Ben")
    book_room(hotel, 9, 10, name="Later")
    assert share(hotel, 1, 3) == (2, [])
    assert plan_of(hotel) == {"Asha": ["101 22–24"], "Ben": ["101 24–25"]}
    asha = RoomAssignment.objects.get(booking_room__booking__guest_name="Asha")
    assert (asha.during.lower, asha.during.upper) == (at(1, 14), at(3, 11))


def test_who_finds_no_room_is_named(hotel: Hotel, rooms: dict[str, Room]) -> None:
    stays = [book_room(hotel, 1, 2, name=name) for name in ("Asha", "Ben", "Cleo")]
    assert share(hotel) == (2, [stays[2].pk])


def test_again_changes_nothing(hotel: Hotel, rooms: dict[str, Room]) -> None:
    for name in ("Asha", "Ben"):
        book_room(hotel, 1, 2, name=name)
    share(hotel)
    before = list(RoomAssignment.objects.values_list())
    assert share(hotel) == (0, [])
    assert list(RoomAssignment.objects.values_list()) == before


def test_unlocked_ones_make_way_and_locked_ones_do_not(hotel: Hotel, rooms: dict[str, Room]) -> None:
    early, late = book_room(hotel, 1, 3, name="Early"), book_room(hotel, 3, 5, name="Late")
    for stay, number in ((early, "101"), (late, "102")):
        assign_room(booking_room_id=stay.pk, room_id=rooms[number].pk, is_locked=False, actor=None, now=NOW)
    long = book_room(hotel, 1, 5, name="Long")
    lock_room(booking_room_id=early.pk, actor=None, now=NOW)
    assert share(hotel) == (2, [])
    assert plan_of(hotel) == {"Early": ["101 22–24*"], "Late": ["101 24–26"], "Long": ["102 22–26"]}
    RoomAssignment.objects.filter(booking_room=long).delete()
    RoomAssignment.objects.filter(booking_room=late).update(room=rooms["102"], is_locked=True)
    assert share(hotel) == (0, [long.pk])


def test_who_is_in_house_is_never_moved(hotel: Hotel, rooms: dict[str, Room]) -> None:
    inside = book_room(hotel, 0, 3, name="Inside", state="checked_in")
    assign_room(booking_room_id=inside.pk, room_id=rooms["102"].pk, is_locked=False, actor=None, now=NOW)
    book_room(hotel, 0, 4, name="New")
    share(hotel)
    assert plan_of(hotel) == {"Inside": ["102 21–24"], "New": ["101 21–25"]}


def test_cancelled_unplaced_and_out_of_service_are_left_out(hotel: Hotel, rooms: dict[str, Room]) -> None:
    book_room(hotel, 1, 2, state="cancelled")
    unplaced = book_room(hotel, 1, 2)
    BookingRoom.objects.filter(pk=unplaced.pk).update(state="unplaced")
    Room.objects.filter(number="101").update(is_active=False)
    book_room(hotel, 1, 2, name="Asha")
    assert share(hotel) == (1, [])
    assert plan_of(hotel) == {"Asha": ["102 22–23"]}


def test_nobody_gets_a_room_of_another_type_or_property_by_the_rule(hotel: Hotel) -> None:
    number_rooms(RoomTypeFactory.create(property=hotel.property), "201")
    number_rooms(make_hotel().room_type, "1")
    book_room(hotel, 1, 2)
    assert share(hotel) == (0, [])


def test_an_accessible_room_goes_to_who_needs_it(hotel: Hotel, rooms: dict[str, Room]) -> None:
    number_rooms(hotel.room_type, "001", is_accessible=True)
    book_room(hotel, 1, 2, name="Asha")
    book_room(hotel, 1, 2, name="Ben", needs_accessible=True)
    share(hotel)
    assert plan_of(hotel) == {"Asha": ["101 22–23"], "Ben": ["001 22–23"]}


def test_the_night_clocks_change_in_berlin() -> None:
    hotel = make_hotel(timezone="Europe/Berlin", days=160)
    number_rooms(hotel.room_type, "1")
    shift = (dt.date(2027, 3, 27) - day(0)).days
    book_room(hotel, shift, shift + 1, name="Asha")
    book_room(hotel, shift + 1, shift + 2, name="Ben")
    share(hotel, shift, shift + 1)
    spans = [(one.during.lower, one.during.upper) for one in RoomAssignment.objects.order_by("during")]
    assert spans == [
        (dt.datetime(2027, 3, 27, 13, tzinfo=dt.UTC), dt.datetime(2027, 3, 28, 9, tzinfo=dt.UTC)),
        (dt.datetime(2027, 3, 28, 12, tzinfo=dt.UTC), dt.datetime(2027, 3, 29, 9, tzinfo=dt.UTC)),
    ]


def test_rooms_change_hands_at_noon_where_check_out_is_later_than_check_in(
    hotel: Hotel, rooms: dict[str, Room]
) -> None:
    Property.objects.update(check_in_from=dt.time(12), check_out_until=dt.time(13))
    Room.objects.filter(number="102").delete()
    book_room(hotel, 1, 2, name="Asha")
    book_room(hotel, 2, 3, name="Ben")
    assert share(hotel) == (2, [])
    assert plan_of(hotel) == {"Asha": ["101 22–23"], "Ben": ["101 23–24"]}


def test_the_task_looks_at_tomorrow_at_each_published_property(hotel: Hotel, rooms: dict[str, Room]) -> None:
    draft = make_hotel(status="draft")
    number_rooms(draft.room_type, "1")
    book_room(draft, 1, 2, name="Draft")
    for first in (0, 1, 2):
        book_room(hotel, first, 3, name=f"Day {first}")
    assert assign_tomorrows_rooms() == 1
    assert plan_of(hotel) == {"Day 1": ["101 22–24"]}
    assert plan_of(draft) == {}


# --- Arriving and leaving -----------------------------------------------------------------------------


def test_checking_in_gives_a_room_if_there_is_none_yet(hotel: Hotel, rooms: dict[str, Room]) -> None:
    stays = [book_room(hotel, 0, 2, name=name) for name in ("Asha", "Ben", "Cleo")]
    assign_room(booking_room_id=stays[1].pk, room_id=rooms["101"].pk, is_locked=False, actor=None, now=NOW)
    for stay in stays:
        check_in_booking(booking_id=stay.booking_id, actor=None, now=at(0, 13))
    assert plan_of(hotel) == {"Asha": ["102 21–23"], "Ben": ["101 21–23"]}
    assert Booking.objects.filter(state="checked_in").count() == 3


def test_checking_out_frees_the_room_at_once(hotel: Hotel, rooms: dict[str, Room]) -> None:
    stay = book_room(hotel, 0, 4, name="Asha")
    check_in_booking(booking_id=stay.booking_id, actor=None, now=at(0, 15))
    move_room(booking_room_id=stay.pk, room_id=rooms["102"].pk, from_date=day(2), actor=None, now=at(0, 16))
    check_out_booking(booking_id=stay.booking_id, actor=None, now=at(1, 9, 30))
    assert [(one.room.number, one.during.upper) for one in RoomAssignment.objects.select_related("room")] == [
        ("101", at(1, 9, 30))
    ]


def test_leaving_before_the_check_in_hour_leaves_no_trace_in_the_plan(
    hotel: Hotel, rooms: dict[str, Room]
) -> None:
    stay = book_room(hotel, 0, 1)
    check_in_booking(booking_id=stay.booking_id, actor=None, now=at(0, 9))
    check_out_booking(booking_id=stay.booking_id, actor=None, now=at(0, 12))
    assert plan_of(hotel) == {}


def test_leaving_late_does_not_lengthen(hotel: Hotel, rooms: dict[str, Room]) -> None:
    stay = book_room(hotel, 0, 1)
    check_in_booking(booking_id=stay.booking_id, actor=None, now=at(0, 15))
    check_out_booking(booking_id=stay.booking_id, actor=None, now=at(1, 13))
    assert RoomAssignment.objects.get().during.upper == at(1, 11)


# --- By hand ------------------------------------------------------------------------------------------


def test_a_room_is_given_and_given_anew(hotel: Hotel, rooms: dict[str, Room]) -> None:
    stay = book_room(hotel, 1, 3, name="Asha")
    for number in ("101", "102"):
        assign_room(
            booking_room_id=stay.pk, room_id=rooms[number].pk, is_locked=True, actor=hotel.host, now=NOW
        )
    assert plan_of(hotel) == {"Asha": ["102 22–24*"]}
    assert kinds(stay) == ["room_given", "room_given"]
    event = BookingEvent.objects.last()
    assert event is not None
    assert (event.actor, event.data) == (hotel.host, {"stay": stay.pk, "room": "102"})


def test_the_refusal_says_who_has_the_room_and_until_when(hotel: Hotel, rooms: dict[str, Room]) -> None:
    first, second = book_room(hotel, 1, 3, name="Asha"), book_room(hotel, 2, 5, name="Ben")
    assign_room(booking_room_id=first.pk, room_id=rooms["101"].pk, is_locked=False, actor=None, now=NOW)
    assign_room(booking_room_id=second.pk, room_id=rooms["102"].pk, is_locked=False, actor=None, now=NOW)
    before = list(RoomAssignment.objects.values_list())
    with pytest.raises(RoomTaken, match=r"Room 101 is Asha’s until 24 Nov, 11:00\.") as caught:
        assign_room(booking_room_id=second.pk, room_id=rooms["101"].pk, is_locked=True, actor=None, now=NOW)
    assert (caught.value.guest_name, caught.value.until) == ("Asha", at(3, 11))
    assert list(RoomAssignment.objects.values_list()) == before
    assert kinds(second) == ["room_given"]


def test_an_upgrade_takes_a_room_of_another_type_and_no_night(hotel: Hotel, rooms: dict[str, Room]) -> None:
    suite = RoomTypeFactory.create(property=hotel.property, name="Suite")
    upgrade = number_rooms(suite, "201")["201"]
    stay = book_room(hotel, 1, 3, name="Asha")
    assign_room(booking_room_id=stay.pk, room_id=upgrade.pk, is_locked=False, actor=None, now=NOW)
    assert share(hotel) == (0, [])
    assert plan_of(hotel) == {"Asha": ["201 22–24"]}


def test_refusals(hotel: Hotel, rooms: dict[str, Room]) -> None:
    stay = book_room(hotel, 1, 3)
    cancelled = book_room(hotel, 1, 3, state="cancelled")
    unplaced = book_room(hotel, 5, 6)
    BookingRoom.objects.filter(pk=unplaced.pk).update(state="unplaced")
    elsewhere = number_rooms(make_hotel().room_type, "9")["9"]
    closed = rooms["102"]
    Room.objects.filter(pk=closed.pk).update(is_active=False)

    def give(stay: BookingRoom, room: Room) -> None:
        assign_room(booking_room_id=stay.pk, room_id=room.pk, is_locked=False, actor=None, now=NOW)

    with pytest.raises(RoomOutOfService, match="Room 102 is out of service"):
        give(stay, closed)
    with pytest.raises(Room.DoesNotExist):
        give(stay, elsewhere)
    with pytest.raises(StateConflict, match="needs no room"):
        give(cancelled, rooms["101"])
    with pytest.raises(StateConflict, match="no nights yet"):
        give(unplaced, rooms["101"])
    assert not RoomAssignment.objects.exists()
    assert not BookingEvent.objects.exists()


def test_locks_and_taking_away(hotel: Hotel, rooms: dict[str, Room]) -> None:
    stay = book_room(hotel, 1, 3, name="Asha")
    assign_room(booking_room_id=stay.pk, room_id=rooms["101"].pk, is_locked=False, actor=None, now=NOW)
    for _again in range(2):
        lock_room(booking_room_id=stay.pk, actor=None, now=NOW)
    assert plan_of(hotel) == {"Asha": ["101 22–24*"]}
    for _again in range(2):
        unlock_room(booking_room_id=stay.pk, actor=None, now=NOW)
    assert plan_of(hotel) == {"Asha": ["101 22–24"]}
    for _again in range(2):
        unassign_room(booking_room_id=stay.pk, actor=None, now=NOW)
    assert plan_of(hotel) == {}
    assert kinds(stay) == ["room_given", "room_locked", "room_unlocked", "room_released"]
    Booking.objects.update(state="checked_in")
    with pytest.raises(StateConflict, match="must have a room"):
        unassign_room(booking_room_id=stay.pk, actor=None, now=NOW)


def test_a_room_somebody_had_cannot_be_removed(hotel: Hotel, rooms: dict[str, Room]) -> None:
    stay = book_room(hotel, 1, 3)
    assign_room(booking_room_id=stay.pk, room_id=rooms["101"].pk, is_locked=False, actor=None, now=NOW)
    with pytest.raises(RoomInUse, match="out of service instead"):
        remove_room(property_id=hotel.property.pk, room_id=rooms["101"].pk)
    assert Room.objects.filter(number="101").exists()


# --- Moving and swapping ------------------------------------------------------------------------------


@pytest.fixture
def inside(hotel: Hotel, rooms: dict[str, Room]) -> BookingRoom:
    stay = book_room(hotel, 0, 4, name="Asha")
    check_in_booking(booking_id=stay.booking_id, actor=None, now=at(0, 15))
    return stay


def test_a_guest_in_house_moves_from_a_day_on(
    hotel: Hotel, rooms: dict[str, Room], inside: BookingRoom
) -> None:
    with pytest.raises(StateConflict, match="in house"):
        assign_room(booking_room_id=inside.pk, room_id=rooms["102"].pk, is_locked=True, actor=None, now=NOW)
    move_room(booking_room_id=inside.pk, room_id=rooms["102"].pk, from_date=day(2), actor=None, now=NOW)
    assert plan_of(hotel) == {"Asha": ["101 21–23*", "102 23–25*"]}
    old, new = RoomAssignment.objects.all()
    assert (old.during.upper, new.during.lower) == (at(2, 11), at(2, 14))
    # Back again a day later: the parts after that day are replaced.
    move_room(booking_room_id=inside.pk, room_id=rooms["101"].pk, from_date=day(3), actor=None, now=NOW)
    assert plan_of(hotel) == {"Asha": ["101 21–23*", "102 23–24*", "101 24–25*"]}
    move_room(booking_room_id=inside.pk, room_id=rooms["102"].pk, from_date=day(0), actor=None, now=NOW)
    assert plan_of(hotel) == {"Asha": ["102 21–25*"]}
    assert kinds(inside) == ["checked_in", "room_moved", "room_moved", "room_moved"]


@pytest.mark.parametrize("number", [-1, 0, 4, 9])
def test_only_days_to_come_within_the_stay(
    hotel: Hotel, rooms: dict[str, Room], inside: BookingRoom, number: int
) -> None:
    before = plan_of(hotel)
    with pytest.raises(StateConflict, match="from today on"):
        move_room(
            booking_room_id=inside.pk,
            room_id=rooms["102"].pk,
            from_date=day(number),
            actor=None,
            now=at(1, 10),
        )
    assert plan_of(hotel) == before


def test_a_move_into_anothers_room_changes_nothing(
    hotel: Hotel, rooms: dict[str, Room], inside: BookingRoom
) -> None:
    other = book_room(hotel, 3, 5, name="Ben")
    assign_room(booking_room_id=other.pk, room_id=rooms["102"].pk, is_locked=False, actor=None, now=NOW)
    before = list(RoomAssignment.objects.values_list())
    with pytest.raises(RoomTaken, match="Room 102 is Ben’s until 26 Nov, 11:00"):
        move_room(booking_room_id=inside.pk, room_id=rooms["102"].pk, from_date=day(2), actor=None, now=NOW)
    assert list(RoomAssignment.objects.values_list()) == before


def test_two_guests_swap_in_one_step(hotel: Hotel, rooms: dict[str, Room]) -> None:
    first, second = book_room(hotel, 1, 3, name="Asha"), book_room(hotel, 2, 4, name="Ben")
    share(hotel)
    assert plan_of(hotel) == {"Asha": ["101 22–24"], "Ben": ["102 23–25"]}
    swap_rooms(first_id=first.pk, second_id=second.pk, actor=hotel.host, now=NOW)
    assert plan_of(hotel) == {"Asha": ["102 22–24*"], "Ben": ["101 23–25*"]}
    assert kinds(first) == kinds(second) == ["room_swapped"]


def test_a_third_guest_in_the_way_stops_the_swap(hotel: Hotel, rooms: dict[str, Room]) -> None:
    first, second = book_room(hotel, 1, 3, name="Asha"), book_room(hotel, 1, 2, name="Ben")
    third = book_room(hotel, 2, 4, name="Cleo")
    for stay, number in ((first, "101"), (second, "102"), (third, "102")):
        assign_room(booking_room_id=stay.pk, room_id=rooms[number].pk, is_locked=False, actor=None, now=NOW)
    before = list(RoomAssignment.objects.values_list())
    with pytest.raises(RoomTaken, match="Cleo"):
        swap_rooms(first_id=first.pk, second_id=second.pk, actor=None, now=NOW)
    assert list(RoomAssignment.objects.values_list()) == before
    with pytest.raises(StateConflict, match="one room each"):
        swap_rooms(first_id=first.pk, second_id=first.pk, actor=None, now=NOW)
    unassign_room(booking_room_id=second.pk, actor=None, now=NOW)
    with pytest.raises(StateConflict, match="one room each"):
        swap_rooms(first_id=first.pk, second_id=second.pk, actor=None, now=NOW)
