"""Arriving, leaving, not coming: who may when, and that nights stay sold."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest

from serai.bookings.audit import recount
from serai.bookings.errors import StateConflict
from serai.bookings.models import Booking
from serai.bookings.services import cancel_booking, check_in_booking, check_out_booking, mark_no_show
from tests.bookings.desk import book_stay, counters
from tests.factories import Hotel, make_hotel

pytestmark = pytest.mark.django_db

ARRIVAL = dt.datetime(2026, 12, 10, 9, tzinfo=dt.UTC)
Move = Callable[..., None]
MOVES: dict[str, Move] = {
    "checked_in": check_in_booking,
    "checked_out": check_out_booking,
    "cancelled": cancel_booking,
    "no_show": mark_no_show,
}
# How each state is reached.
PATHS: dict[str, list[str]] = {
    "confirmed": [],
    "checked_in": ["checked_in"],
    "checked_out": ["checked_in", "checked_out"],
    "cancelled": ["cancelled"],
    "no_show": ["no_show"],
}
ALLOWED = {
    ("confirmed", "checked_in"),
    ("confirmed", "cancelled"),
    ("confirmed", "no_show"),
    ("checked_in", "checked_out"),
}


@pytest.fixture
def hotel() -> Hotel:
    return make_hotel(units=2)


@pytest.mark.parametrize("state", PATHS)
@pytest.mark.parametrize("new_state", MOVES)
def test_every_move_from_every_state(hotel: Hotel, state: str, new_state: str) -> None:
    booking = book_stay(hotel.flexible)
    for step in PATHS[state]:
        MOVES[step](booking_id=booking.pk, actor=hotel.host, now=ARRIVAL)
    booking.refresh_from_db()
    version, events = booking.version, booking.events.count()
    move = MOVES[new_state]
    if (state, new_state) in ALLOWED:
        move(booking_id=booking.pk, actor=hotel.host, now=ARRIVAL)
        booking.refresh_from_db()
        assert (booking.state, booking.version) == (new_state, version + 1)
        event = booking.events.last()
        assert event is not None
        assert (event.kind, event.actor, event.happened_at) == (new_state, hotel.host, ARRIVAL)
    elif state == new_state:
        move(booking_id=booking.pk, actor=hotel.host, now=ARRIVAL)
        booking.refresh_from_db()
        assert (booking.state, booking.version, booking.events.count()) == (state, version, events)
    else:
        with pytest.raises(StateConflict):
            move(booking_id=booking.pk, actor=hotel.host, now=ARRIVAL)
        booking.refresh_from_db()
        assert (booking.state, booking.version, booking.events.count()) == (state, version, events)
    booking.refresh_from_db()
    sold = 0 if booking.state == "cancelled" else 1
    assert counters(hotel.room_type.pk) == [(0, sold), (0, sold)]
    assert recount() == []


@pytest.mark.parametrize("move", [check_in_booking, mark_no_show])
def test_not_before_the_day_of_arrival_at_the_property(hotel: Hotel, move: Move) -> None:
    booking = book_stay(hotel.flexible)
    midnight = dt.datetime(2026, 12, 9, 18, 30, tzinfo=dt.UTC)  # 10 December 00:00 in India
    with pytest.raises(StateConflict, match="day of arrival"):
        move(booking_id=booking.pk, actor=None, now=midnight - dt.timedelta(seconds=1))
    assert Booking.objects.get().state == "confirmed"
    move(booking_id=booking.pk, actor=None, now=midnight)
    assert Booking.objects.get().state != "confirmed"
