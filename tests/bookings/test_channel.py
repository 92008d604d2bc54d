"""Channel bookings: accepted when full, placed or relocated by the host, never an oversold night."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.db import transaction

from serai.bookings.audit import oversold_nights, recount
from serai.bookings.errors import IdempotencyConflict, StateConflict
from serai.bookings.models import Booking, BookingRoom
from serai.bookings.services import (
    BookingDetails,
    RoomLine,
    accept_channel_booking,
    cancel_booking,
    channel,
    place_room,
    relocate_booking,
)
from serai.bookings.unplaced import count_unplaced, unplaced_rooms, ways_out
from serai.core.models import SentMail
from serai.inventory.services import SoldOut, open_nights, set_nights
from serai.rates.rules import Party
from tests.bookings.desk import CHECK_IN, CHECK_OUT, book_stay, counters, patiently
from tests.factories import NOW, Hotel, RoomTypeFactory, make_hotel
from tests.racing import run_together

pytestmark = pytest.mark.django_db

ONE_DAY = dt.timedelta(days=1)


@pytest.fixture
def hotel() -> Hotel:
    return make_hotel(units=2)


def suite_of(hotel: Hotel, *, allotment: int = 1) -> Any:
    suite = RoomTypeFactory.create(property=hotel.property, units=allotment)
    with transaction.atomic():
        open_nights(room_type_id=suite.pk, first=CHECK_IN, last=CHECK_OUT, allotment=allotment, now=NOW)
    return suite


def details_of(hotel: Hotel, *, rooms: int = 1, **fields: Any) -> BookingDetails:
    line = RoomLine(hotel.room_type.pk, CHECK_IN, CHECK_OUT, Party(2), 300_000)
    details: dict[str, Any] = {
        "property_id": hotel.property.pk,
        "channel": "agency",
        "guest_name": "Lena Brandt",
        "currency": "INR",
        "rooms": [line] * rooms,
        "payment_method": Booking.PaymentMethod.CHANNEL,
    }
    return BookingDetails(**details | fields)


def accept(hotel: Hotel, key: str = "A1", **fields: Any) -> Booking:
    return accept_channel_booking(details=details_of(hotel, **fields), key=key, now=NOW)


def states(booking: Booking) -> list[str]:
    return list(booking.rooms.order_by("id").values_list("state", flat=True))


def unplaced(hotel: Hotel, **fields: Any) -> BookingRoom:
    """A room that is not there: the house is full and a channel has sold one more."""
    for _ in range(2):
        book_stay(hotel.flexible)
    return accept(hotel, **fields).rooms.get()


def assert_books_balance() -> None:
    assert recount() == []
    assert oversold_nights() == []


def test_a_channel_booking_that_fits_takes_its_nights(hotel: Hotel) -> None:
    booking = accept(hotel, rooms=2)
    assert states(booking) == ["booked", "booked"]
    assert counters(hotel.room_type.pk, nights=3) == [(0, 2), (0, 2), (0, 0)]
    assert booking.events.count() == 1
    assert_books_balance()


def test_a_booking_is_accepted_when_full_and_takes_no_nights(
    hotel: Hotel, run_outbox: Callable[..., int]
) -> None:
    room = unplaced(hotel)
    assert room.state == "unplaced"
    assert counters(hotel.room_type.pk) == [(0, 2), (0, 2)]
    event = room.booking.events.get(kind="unplaced")
    assert event.data == {"rooms": [room.pk]}
    assert count_unplaced([hotel.property.pk]) == {hotel.property.pk: 1}
    run_outbox(now=NOW)
    mail = SentMail.objects.get(key=f"booking:{room.booking_id}:unplaced:{hotel.host.pk}")
    assert "Lena Brandt" in mail.text
    assert f"/host/properties/{hotel.property.pk}/relocate/" in mail.text
    assert_books_balance()


def test_the_rooms_that_fit_are_booked_and_the_others_are_not(hotel: Hotel) -> None:
    suite = suite_of(hotel)
    book_stay(hotel.flexible, check_out=CHECK_IN + ONE_DAY)
    lines = [
        RoomLine(kind, CHECK_IN, CHECK_OUT, Party(2), 1000 + index)
        for index, kind in enumerate(
            [hotel.room_type.pk, hotel.room_type.pk, suite.pk, hotel.room_type.pk, suite.pk]
        )
    ]
    details = replace(details_of(hotel), rooms=lines)
    booking = accept_channel_booking(details=details, key="B", now=NOW)
    assert states(booking) == ["booked", "unplaced", "booked", "unplaced", "unplaced"]
    assert list(booking.rooms.order_by("id").values_list("total_minor", flat=True)) == [
        1000, 1001, 1002, 1003, 1004,
    ]  # fmt: skip
    assert counters(hotel.room_type.pk) == [(0, 2), (0, 1)]
    assert counters(suite.pk) == [(0, 1), (0, 1)]
    assert booking.total_minor == 5010
    assert_books_balance()


def test_a_night_that_was_never_opened_has_no_room_either(hotel: Hotel) -> None:
    far = CHECK_IN + dt.timedelta(days=400)
    line = RoomLine(hotel.room_type.pk, far, far + ONE_DAY, Party(1), 100)
    booking = accept_channel_booking(details=replace(details_of(hotel), rooms=[line]), key="far", now=NOW)
    assert states(booking) == ["unplaced"]
    assert_books_balance()


def test_a_known_key_returns_the_booking_and_takes_nothing_more(hotel: Hotel) -> None:
    first = accept(hotel)
    assert accept(hotel) == first
    with pytest.raises(IdempotencyConflict):
        accept(hotel, guest_name="Somebody else")
    assert counters(hotel.room_type.pk) == [(0, 1), (0, 1)]
    room = accept(hotel, "A2", rooms=2)
    assert accept(hotel, "A2", rooms=2) == room
    assert states(room) == ["booked", "unplaced"]
    assert room.events.filter(kind="unplaced").count() == 1


def test_the_ways_out_are_what_is_free(hotel: Hotel) -> None:
    suite, full = suite_of(hotel), suite_of(hotel, allotment=1)
    with transaction.atomic():
        set_nights(room_type_id=full.pk, dates=[CHECK_IN], is_closed=True, now=NOW)
    room = unplaced(hotel)
    (way,) = ways_out(list(unplaced_rooms(hotel.property.pk)), property_id=hotel.property.pk)
    assert way.room == room
    assert way.free == [suite]
    assert not way.is_free_again
    assert way.short == [CHECK_IN, CHECK_IN + ONE_DAY]


def test_a_guest_is_placed_in_another_type_at_the_same_price(hotel: Hotel) -> None:
    suite = suite_of(hotel)
    room = unplaced(hotel)
    booking = place_room(
        booking_room_id=room.pk,
        property_id=hotel.property.pk,
        room_type_id=suite.pk,
        actor=hotel.host,
        now=NOW,
    )
    room.refresh_from_db()
    assert (room.state, room.room_type, room.total_minor) == ("booked", suite, 300_000)
    assert (booking.version, booking.total_minor) == (2, 300_000)
    assert counters(suite.pk) == [(0, 1), (0, 1)]
    event = booking.events.get(kind="placed")
    assert (event.actor, event.data["room_type"]) == (hotel.host, suite.pk)
    assert not unplaced_rooms(hotel.property.pk).exists()
    assert_books_balance()
    with pytest.raises(StateConflict):
        place(hotel, room, suite.pk)
    assert counters(suite.pk) == [(0, 1), (0, 1)]


def place(hotel: Hotel, room: BookingRoom, room_type_id: int) -> Booking:
    return place_room(
        booking_room_id=room.pk,
        property_id=hotel.property.pk,
        room_type_id=room_type_id,
        actor=None,
        now=NOW,
    )


def test_a_room_of_its_own_type_that_became_free_is_taken(hotel: Hotel) -> None:
    room = unplaced(hotel)
    with pytest.raises(SoldOut):
        place(hotel, room, hotel.room_type.pk)
    room.refresh_from_db()
    assert room.state == "unplaced"
    with transaction.atomic():
        set_nights(
            room_type_id=hotel.room_type.pk, dates=[CHECK_IN, CHECK_IN + ONE_DAY], allowance=1, now=NOW
        )
    (way,) = ways_out(list(unplaced_rooms(hotel.property.pk)), property_id=hotel.property.pk)
    assert way.is_free_again
    place(hotel, room, hotel.room_type.pk)
    assert counters(hotel.room_type.pk) == [(0, 3), (0, 3)]
    assert_books_balance()


def test_rooms_and_types_of_another_hotel_are_not_there(hotel: Hotel) -> None:
    room, other = unplaced(hotel), make_hotel()
    with pytest.raises(Booking.DoesNotExist):
        place(other, room, other.room_type.pk)
    with pytest.raises(type(other.room_type).DoesNotExist):
        place(hotel, room, other.room_type.pk)
    with pytest.raises(Booking.DoesNotExist):
        relocate_booking(
            booking_room_id=room.pk, property_id=other.property.pk, note="x", actor=None, now=NOW
        )
    room.refresh_from_db()
    assert room.state == "unplaced"
    assert counters(other.room_type.pk) == [(0, 0), (0, 0)]


def test_a_relocated_guest_pays_nothing_and_reads_the_note(
    hotel: Hotel, run_outbox: Callable[..., int]
) -> None:
    tiers = [{"from_at": None, "penalty_minor": 300_000}]
    room = unplaced(hotel, guest_email="lena@example.com", cancellation_tiers=tiers)
    booking = relocate_booking(
        booking_room_id=room.pk,
        property_id=hotel.property.pk,
        note="Hotel Sonne expects you.\nTheir number: +41 1",
        actor=hotel.host,
        now=NOW,
    )
    assert (booking.state, booking.penalty_minor) == ("cancelled", 0)
    assert counters(hotel.room_type.pk) == [(0, 2), (0, 2)]
    assert [event.kind for event in booking.events.all()] == ["booked", "unplaced", "relocated", "cancelled"]
    run_outbox(now=NOW)
    mails = SentMail.objects.filter(recipient="lena@example.com", key__contains=f":{booking.version}:guest")
    (mail,) = mails
    assert "Hotel Sonne expects you." in mail.text
    assert "Their number: +41 1" in mail.text
    assert not unplaced_rooms(hotel.property.pk).exists()
    with pytest.raises(StateConflict):
        relocate_booking(
            booking_room_id=room.pk, property_id=hotel.property.pk, note="x", actor=None, now=NOW
        )
    assert_books_balance()


def test_cancelling_gives_back_only_what_was_taken(hotel: Hotel) -> None:
    book_stay(hotel.flexible)
    booking = accept(hotel, rooms=2)
    assert states(booking) == ["booked", "unplaced"]
    cancel_booking(booking_id=booking.pk, actor=None, now=NOW)
    assert counters(hotel.room_type.pk) == [(0, 1), (0, 1)]
    assert_books_balance()


@pytest.mark.django_db(transaction=True)
def test_many_channels_at_once_sell_no_night_twice(hotel: Hotel) -> None:
    race = run_together(
        *(lambda key=str(n): patiently(lambda: accept(hotel, key, rooms=2)) for n in range(6))
    )
    assert race.errors == []
    assert counters(hotel.room_type.pk) == [(0, 2), (0, 2)]
    assert BookingRoom.objects.filter(state="booked").count() == 2
    assert BookingRoom.objects.filter(state="unplaced").count() == 10
    assert_books_balance()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("is_locked", [True, False])
def test_two_hosts_place_one_guest_once(
    hotel: Hotel, monkeypatch: pytest.MonkeyPatch, is_locked: bool
) -> None:
    """The negative control reads the room without locking its booking: the guest then takes two."""
    suite = suite_of(hotel, allotment=4)
    room = unplaced(hotel)
    if not is_locked:
        both = threading.Barrier(2)

        def read_only(booking_room_id: int, property_id: int) -> tuple[Booking, BookingRoom]:
            found = BookingRoom.objects.select_related("booking").get(pk=booking_room_id)
            both.wait(timeout=30)
            return found.booking, found

        monkeypatch.setattr(channel, "_lock_unplaced", read_only)
    race = run_together(*[lambda: place(hotel, room, suite.pk)] * 2)
    if is_locked:
        assert len(race.results) == 1
        assert len(race.errors_of(StateConflict)) == 1
        assert counters(suite.pk) == [(0, 1), (0, 1)]
        assert recount() == []
    else:
        assert counters(suite.pk) == [(0, 2), (0, 2)]
        assert recount() != []
