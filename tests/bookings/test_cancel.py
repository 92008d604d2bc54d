"""Cancelling: the exact penalty at each boundary, the rest back, the nights free, once."""

from __future__ import annotations

import datetime as dt

import pytest

from serai.bookings.audit import recount
from serai.bookings.errors import PenaltyChanged
from serai.bookings.models import Booking
from serai.bookings.selectors import balance_minor, paid_minor
from serai.bookings.services import cancel_booking, cancellation_cost
from serai.core.models import OutboxMessage
from serai.payments.models import Refund
from serai.rates.models import CancellationTier
from serai.rates.rules import Party
from tests.bookings.desk import book_stay, counters
from tests.factories import NOW, Hotel, make_hotel
from tests.racing import run_together

pytestmark = pytest.mark.django_db

# Check-in at 14:00 in India on 10 December; `flexible` costs the first night from 24 hours before.
DEADLINE = dt.datetime(2026, 12, 9, 8, 30, tzinfo=dt.UTC)
TICK = dt.timedelta(microseconds=1)


@pytest.fixture
def hotel() -> Hotel:
    return make_hotel(units=2)


def cancel(booking: Booking, *, at: dt.datetime, **options: object) -> Booking:
    return cancel_booking(booking_id=booking.pk, actor=booking.guest, now=at, **options)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("at", "penalty"),
    [(NOW, 0), (DEADLINE - TICK, 0), (DEADLINE, 400_000), (DEADLINE + dt.timedelta(days=1), 400_000)],
)
@pytest.mark.parametrize("is_paid", [True, False])
def test_the_penalty_at_each_boundary(hotel: Hotel, at: dt.datetime, penalty: int, is_paid: bool) -> None:
    booking = book_stay(hotel.flexible, is_paid=is_paid)
    cost = cancellation_cost(booking=booking, now=at)
    assert cost.penalty_minor == penalty
    assert cost.refund_minor == (800_000 - penalty if is_paid else 0)
    assert cost.due_minor == (0 if is_paid else penalty)
    cancelled = cancel(booking, at=at, expected_penalty_minor=penalty)
    assert (cancelled.state, cancelled.penalty_minor, cancelled.cancelled_at) == ("cancelled", penalty, at)
    assert cancelled.version == 2
    assert sum(refund.amount_minor for refund in Refund.objects.all()) == (
        800_000 - penalty if is_paid else 0
    )
    assert balance_minor(cancelled) == (0 if is_paid else penalty)
    assert counters(hotel.room_type.pk) == [(0, 0), (0, 0)]
    event = cancelled.events.last()
    assert event is not None
    assert (event.kind, event.data, event.actor) == ("cancelled", {"penalty_minor": penalty}, booking.guest)
    assert recount() == []


def test_a_non_refundable_stay_costs_everything(hotel: Hotel) -> None:
    booking = book_stay(hotel.saver, is_paid=True)
    cancelled = cancel(booking, at=NOW)
    assert (cancelled.penalty_minor, paid_minor(cancelled)) == (720_000, 720_000)
    assert not Refund.objects.exists()


def test_a_waived_penalty_gives_everything_back(hotel: Hotel) -> None:
    booking = book_stay(hotel.saver, is_paid=True)
    cancelled = cancel(booking, at=NOW, is_penalty_waived=True)
    assert (cancelled.penalty_minor, paid_minor(cancelled)) == (0, 0)
    assert Refund.objects.get().amount_minor == 720_000


def test_the_policy_is_frozen_with_the_booking(hotel: Hotel) -> None:
    booking = book_stay(hotel.flexible, is_paid=True)
    CancellationTier.objects.update(hours_before=None, kind="percent", value=100)
    assert cancel(booking, at=DEADLINE - TICK).penalty_minor == 0


def test_another_penalty_than_was_shown_changes_nothing(hotel: Hotel) -> None:
    booking = book_stay(hotel.flexible, is_paid=True)
    with pytest.raises(PenaltyChanged):
        cancel(booking, at=DEADLINE, expected_penalty_minor=0)
    booking.refresh_from_db()
    assert (booking.state, booking.version, booking.penalty_minor) == ("confirmed", 1, 0)
    assert not Refund.objects.exists()
    assert counters(hotel.room_type.pk) == [(0, 1), (0, 1)]


def test_cancelling_again_changes_nothing(hotel: Hotel) -> None:
    booking = book_stay(hotel.flexible, is_paid=True)
    first = cancel(booking, at=NOW)
    again = cancel(booking, at=DEADLINE, expected_penalty_minor=400_000)
    assert (again.version, again.penalty_minor, again.cancelled_at) == (first.version, 0, NOW)
    assert Refund.objects.count() == 1
    assert counters(hotel.room_type.pk) == [(0, 0), (0, 0)]


@pytest.mark.django_db(transaction=True)
def test_cancelling_in_eight_threads_gives_back_once(hotel: Hotel) -> None:
    booking, other = book_stay(hotel.flexible, is_paid=True), book_stay(hotel.flexible)
    race = run_together(*[lambda: cancel(booking, at=NOW).version] * 8)
    assert race.errors == []
    assert race.results == [2] * 8
    assert Refund.objects.get().amount_minor == 800_000
    assert OutboxMessage.objects.filter(topic="booking.cancelled").count() == 2
    assert counters(hotel.room_type.pk) == [(0, 1), (0, 1)]
    other.refresh_from_db()
    assert other.state == "confirmed"
    assert recount() == []


def test_several_rooms_go_back_together(hotel: Hotel) -> None:
    booking = book_stay(hotel.flexible, party=Party(4), rooms=2)
    assert counters(hotel.room_type.pk) == [(0, 2), (0, 2)]
    assert cancel(booking, at=DEADLINE).penalty_minor == 800_000  # the first night of both rooms
    assert counters(hotel.room_type.pk) == [(0, 0), (0, 0)]
