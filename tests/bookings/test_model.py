"""Guests, hosts and the sweeper in any order, against a model in plain Python."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import transaction
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    invariant,
    rule,
    run_state_machine_as_test,
)

from serai.bookings.audit import oversold_nights, recount
from serai.bookings.models import Booking, Checkout
from serai.bookings.services import (
    abandon_checkout,
    cancel_booking,
    change_booking,
    change_request,
    complete_checkout,
    hold_quote,
    offer_change,
)
from serai.inventory.models import Night
from serai.inventory.services import (
    AllotmentTooSmall,
    HoldExpired,
    SoldOut,
    release_expired_holds,
    set_nights,
)
from serai.rates.rules import Party
from tests.bookings.desk import fill_in, quote_stay
from tests.factories import NOW, make_hotel

FIRST = dt.date(2026, 12, 10)
NIGHTS = 5
UNITS = 2
PRICE = 400_000

first_nights = st.integers(0, NIGHTS - 1)
lengths = st.integers(1, 3)
rooms = st.integers(1, 2)


def day(offset: int) -> dt.date:
    return FIRST + dt.timedelta(days=offset)


@dataclass
class Stay:
    """A hold or a booking: `rooms` rooms for the nights `[first, last)` counted from `FIRST`."""

    first: int
    last: int
    rooms: int
    state: str
    expires_at: dt.datetime

    def covers(self, night: int) -> bool:
        return self.first <= night < self.last


class Desk(RuleBasedStateMachine):
    """One room type, a handful of nights, and everybody who wants them."""

    checkouts: Bundle[Any] = Bundle("checkouts")
    bookings: Bundle[Any] = Bundle("bookings")

    def __init__(self) -> None:
        super().__init__()
        self.transaction = transaction.atomic()
        self.transaction.__enter__()
        self.hotel = make_hotel(units=UNITS, days=40, base_minor=PRICE)
        self.now = NOW
        self.held: dict[Any, Stay] = {}
        self.booked: dict[int, Stay] = {}
        self.allotments = dict.fromkeys(range(NIGHTS + 3), UNITS)
        self.closed: set[int] = set()

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.transaction.__exit__(None, None, None)

    # --- The model ---------------------------------------------------------------------------------

    def count_held(self, night: int) -> int:
        return sum(stay.rooms for stay in self.held.values() if stay.state == "active" and stay.covers(night))

    def count_sold(self, night: int) -> int:
        return sum(
            stay.rooms for stay in self.booked.values() if stay.state == "confirmed" and stay.covers(night)
        )

    def short_nights(self, first: int, last: int, rooms: int, *, own: Stay | None = None) -> list[int]:
        short = []
        for night in range(first, last):
            wanted = rooms - (own.rooms if own and own.covers(night) else 0)
            left = self.allotments[night] - self.count_held(night) - self.count_sold(night)
            if wanted > 0 and wanted > (0 if night in self.closed else left):
                short.append(night)
        return short

    def take(self, first: int, last: int, rooms: int, *, own: Stay | None = None) -> bool:
        """Whether the nights can be had; takes expired holds back where that is what it needs."""
        short = self.short_nights(first, last, rooms, own=own)
        if not short:
            return True
        in_the_way = [
            stay
            for stay in self.held.values()
            if stay.state == "active"
            and stay.expires_at <= self.now
            and stay.first <= max(short)
            and stay.last > min(short)
        ]
        for stay in in_the_way:
            stay.state = "expired"
        if not self.short_nights(first, last, rooms, own=own):
            return True
        for stay in in_the_way:  # a refusal changes nothing
            stay.state = "active"
        return False

    # --- What people do ----------------------------------------------------------------------------

    @rule(target=checkouts, first=first_nights, length=lengths, rooms=rooms)
    def hold(self, first: int, length: int, rooms: int) -> Any:
        self.now += dt.timedelta(seconds=1)
        last = first + length
        quote = quote_stay(
            self.hotel.flexible,
            check_in=day(first),
            check_out=day(last),
            party=Party(rooms),
            rooms=rooms,
            now=self.now,
        )
        assert quote.price.total_minor == PRICE * length * rooms
        expected = self.take(first, last, rooms)
        try:
            checkout = hold_quote(token=quote.token, user=None, now=self.now)
        except SoldOut:
            assert not expected
            return None
        assert expected
        fill_in(checkout, now=self.now)
        self.held[checkout.pk] = Stay(first, last, rooms, "active", checkout.hold.expires_at)
        return checkout.pk

    @rule(target=bookings, checkout=checkouts)
    def book(self, checkout: Any) -> int | None:
        if checkout is None:
            return None
        stay = self.held[checkout]
        try:
            booking = complete_checkout(checkout_id=checkout, now=self.now)
        except HoldExpired:
            assert stay.state in {"expired", "released"}
            return None
        if stay.state == "booked":
            assert booking.pk in self.booked
        else:
            assert stay.state == "active"
            stay.state = "booked"
            self.booked[booking.pk] = Stay(stay.first, stay.last, stay.rooms, "confirmed", self.now)
        return booking.pk

    @rule(checkout=consumes(checkouts))
    def abandon(self, checkout: Any) -> None:
        if checkout is None:
            return
        stay = self.held[checkout]
        assert abandon_checkout(checkout_id=checkout, now=self.now) is (stay.state != "booked")
        if stay.state == "active":
            stay.state = "expired" if stay.expires_at <= self.now else "released"

    @rule(booking=bookings)
    def cancel(self, booking: int | None) -> None:
        if booking is None:
            return
        cancelled = cancel_booking(booking_id=booking, actor=None, now=self.now)
        assert cancelled.penalty_minor == 0
        self.booked[booking].state = "cancelled"

    @rule(booking=bookings, first=first_nights, length=lengths)
    def change(self, booking: int | None, first: int, length: int) -> None:
        if booking is None or self.booked[booking].state != "confirmed":
            return
        stay, last = self.booked[booking], first + length
        wanted = Booking.objects.get(pk=booking)
        quote = offer_change(
            booking=wanted,
            request=change_request(wanted, check_in=day(first), check_out=day(last)),
            now=self.now,
        ).quote
        is_same = (first, last) == (stay.first, stay.last)
        expected = is_same or self.take(first, last, stay.rooms, own=stay)
        try:
            change_booking(booking_id=booking, token=quote.token, actor=None, now=self.now)
        except SoldOut:
            assert not expected
            return
        assert expected
        stay.first, stay.last = first, last

    @rule(minutes=st.sampled_from([1, 7, 16]))
    def wait(self, minutes: int) -> None:
        self.now += dt.timedelta(minutes=minutes)

    @rule()
    def sweep(self) -> None:
        with transaction.atomic():
            count = release_expired_holds(now=self.now)
        late = [stay for stay in self.held.values() if stay.state == "active" and stay.expires_at <= self.now]
        assert count == len(late)
        for stay in late:
            stay.state = "expired"

    @rule(night=first_nights, is_closed=st.booleans())
    def close_or_open(self, night: int, is_closed: bool) -> None:
        with transaction.atomic():
            changed = set_nights(
                room_type_id=self.hotel.room_type.pk, dates=[day(night)], is_closed=is_closed, now=self.now
            )
        assert changed == ((night in self.closed) != is_closed)
        (self.closed.add if is_closed else self.closed.discard)(night)

    @rule(night=first_nights, allotment=st.integers(0, 3))
    def set_allotment(self, night: int, allotment: int) -> None:
        fits = self.count_held(night) + self.count_sold(night) <= allotment
        try:
            with transaction.atomic():
                set_nights(
                    room_type_id=self.hotel.room_type.pk,
                    dates=[day(night)],
                    allotment=allotment,
                    now=self.now,
                )
        except AllotmentTooSmall:
            assert not fits
        else:
            assert fits
            self.allotments[night] = allotment

    # --- What must hold after each step ------------------------------------------------------------

    @invariant()
    def counters_are_those_of_the_model(self) -> None:
        nights = Night.objects.filter(room_type=self.hotel.room_type, date__gte=FIRST).order_by("date")
        rows = nights.values_list("held", "sold", "allotment", "is_closed")[: NIGHTS + 3]
        assert list(rows) == [
            (self.count_held(night), self.count_sold(night), self.allotments[night], night in self.closed)
            for night in range(NIGHTS + 3)
        ]

    @invariant()
    def the_books_agree(self) -> None:
        room_type_ids = [self.hotel.room_type.pk]
        assert recount(room_type_ids=room_type_ids) == []
        assert oversold_nights(room_type_ids=room_type_ids) == []

    @invariant()
    def rows_are_those_of_the_model(self) -> None:
        found = Booking.objects.filter(property=self.hotel.property)
        assert {row.pk: (row.state, row.check_in, row.check_out, row.total_minor) for row in found} == {
            key: (stay.state, day(stay.first), day(stay.last), PRICE * stay.rooms * (stay.last - stay.first))
            for key, stay in self.booked.items()
        }
        states = dict(Checkout.objects.filter(property=self.hotel.property).values_list("pk", "hold__state"))
        assert states == {key: stay.state for key, stay in self.held.items()}


@pytest.mark.django_db
def test_any_order_of_events_leaves_the_books_right() -> None:
    run_state_machine_as_test(
        Desk, settings=settings(max_examples=30, stateful_step_count=30, deadline=None, derandomize=True)
    )
