"""One room, wanted by many receptionists at the same instant, on the real database.

The negative control takes the exclusion constraint away and must then see the room given twice: if it
does not, these tests prove nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from django.db import connection

from serai.bookings.audit import recount
from serai.bookings.models import Booking, RoomAssignment
from serai.bookings.room_errors import NoRoomForDayUse, RoomTaken
from serai.bookings.services import assign_room, assign_rooms, cancel_booking, release_assignments, swap_rooms
from serai.core.db import write_transaction
from serai.properties.models import Room
from tests.bookings.desk import patiently
from tests.bookings.rooms import book_room, day, number_rooms, plan_of
from tests.bookings.test_day_use import book as book_hours
from tests.factories import NOW, Hotel, make_hotel
from tests.racing import Race, run_together

pytestmark = pytest.mark.django_db(transaction=True)

CONTENDERS = 8


@pytest.fixture
def hotel() -> Hotel:
    return make_hotel(units=CONTENDERS)


@pytest.fixture
def room(hotel: Hotel) -> Room:
    return number_rooms(hotel.room_type, "101")["101"]


@pytest.fixture
def without_the_constraint() -> Iterator[None]:
    """The database's own refusal, taken away and put back."""
    model = RoomAssignment
    constraint = next(one for one in model._meta.constraints if one.name == "room_given_once")
    with connection.schema_editor() as editor:
        editor.remove_constraint(model, constraint)
    yield
    RoomAssignment.objects.all().delete()
    with connection.schema_editor() as editor:
        editor.add_constraint(model, constraint)


def give_to_all(hotel: Hotel, room: Room) -> Race:
    stays = [book_room(hotel, 1, 3, name=f"Guest {number}") for number in range(CONTENDERS)]

    def give(stay_id: int) -> Callable[[], RoomAssignment]:
        return lambda: patiently(
            lambda: assign_room(booking_room_id=stay_id, room_id=room.pk, is_locked=True, actor=None, now=NOW)
        )

    return run_together(*[give(stay.pk) for stay in stays])


def test_one_of_many_gets_the_room(hotel: Hotel, room: Room) -> None:
    race = give_to_all(hotel, room)
    assert len(race.results) == RoomAssignment.objects.count() == 1
    assert len(race.errors_of(RoomTaken)) == CONTENDERS - 1 == len(race.errors)
    winner = RoomAssignment.objects.get().booking_room.booking
    assert {error.guest_name for error in race.errors_of(RoomTaken)} == {winner.guest_name}  # type: ignore[attr-defined]
    assert list(winner.events.values_list("kind", flat=True)) == ["room_given"]
    assert Booking.objects.filter(events__isnull=False).count() == 1


def test_without_the_constraint_all_get_it(without_the_constraint: None, hotel: Hotel, room: Room) -> None:
    race = give_to_all(hotel, room)
    assert not race.errors
    assert RoomAssignment.objects.filter(room=room).count() == CONTENDERS


def test_sharing_out_while_rooms_are_given_by_hand(hotel: Hotel) -> None:
    rooms = number_rooms(hotel.room_type, "1–8")
    stays = [book_room(hotel, 1, 3, name=f"Guest {number}") for number in range(CONTENDERS)]

    def share() -> None:
        patiently(lambda: assign_rooms(property_id=hotel.property.pk, first=day(1), last=day(1), now=NOW))

    def give(number: int) -> Callable[[], object]:
        return lambda: patiently(
            lambda: assign_room(
                booking_room_id=stays[number].pk,
                room_id=rooms[str(8 - number)].pk,
                is_locked=True,
                actor=None,
                now=NOW,
            )
        )

    race = run_together(share, share, *[give(number) for number in range(4)])
    assert {type(error) for error in race.errors} <= {RoomTaken}
    share()
    assert RoomAssignment.objects.count() == CONTENDERS
    assert len({plan[0] for plan in plan_of(hotel).values()}) == CONTENDERS


def test_two_swaps_of_the_same_guests_do_not_tear(hotel: Hotel) -> None:
    number_rooms(hotel.room_type, "1, 2")
    first, second = book_room(hotel, 1, 3, name="Asha"), book_room(hotel, 1, 3, name="Ben")
    assign_rooms(property_id=hotel.property.pk, first=day(1), last=day(1), now=NOW)
    race = run_together(
        lambda: patiently(lambda: swap_rooms(first_id=first.pk, second_id=second.pk, actor=None, now=NOW)),
        lambda: patiently(lambda: swap_rooms(first_id=second.pk, second_id=first.pk, actor=None, now=NOW)),
    )
    assert not race.errors
    assert plan_of(hotel) == {"Asha": ["1 22–24*"], "Ben": ["2 22–24*"]}


def test_day_guests_never_take_the_room_of_who_stays_over(hotel: Hotel) -> None:
    number_rooms(hotel.room_type, "1–3")
    book_room(hotel, 1, 3, name="Over")
    race = run_together(
        *[
            lambda number=number: patiently(lambda: book_hours(hotel, 2, key=str(number)))  # type: ignore[misc]
            for number in range(4)
        ]
    )
    assert len(race.results) == 2
    assert len(race.errors_of(NoRoomForDayUse)) == 2 == len(race.errors)
    assert assign_rooms(property_id=hotel.property.pk, first=day(1), last=day(1), now=NOW).without == []
    assert recount() == []


def test_a_guest_who_cancels_meanwhile_has_no_room_afterwards(hotel: Hotel, room: Room) -> None:
    """Whoever comes first: a room given before is taken away, and none is given after."""
    stay = book_room(hotel, 1, 3)

    def cancel() -> None:
        with write_transaction():
            cancel_booking(booking_id=stay.booking_id, actor=None, now=NOW)
            release_assignments([stay.pk])

    race = run_together(
        lambda: patiently(cancel),
        lambda: patiently(
            lambda: assign_rooms(property_id=hotel.property.pk, first=day(1), last=day(1), now=NOW)
        ),
    )
    assert not race.errors
    assert Booking.objects.get().state == "cancelled"
    assert not RoomAssignment.objects.exists()
    assert recount() == []
