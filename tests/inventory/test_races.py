"""The last room, wanted by many at the same instant, on the real database.

Guests go through the services of the site. The negative control takes the row locks and the database's
own CHECK away and must then see an oversell: if it does not, these tests prove nothing.
"""

from __future__ import annotations

import datetime as dt
import fcntl
import multiprocessing
import os
import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, connections, transaction

from serai.bookings.audit import oversold_nights, recount
from serai.bookings.errors import StaySoldOut
from serai.bookings.models import Booking
from serai.bookings.services import complete_checkout, hold_quote
from serai.core.db import write_transaction
from serai.core.errors import BusyError
from serai.inventory import counters as night_counters
from serai.inventory import services
from serai.inventory.counters import find_shortages, read_left
from serai.inventory.models import Hold, Night
from serai.inventory.services import (
    Claim,
    SoldOut,
    confirm_hold,
    hold_nights,
    holds,
    release_expired_holds,
    swap_nights,
    taking,
)
from tests.bookings.desk import counters, fill_in, patiently, quote_stay
from tests.factories import NOW, Hotel, make_hotel
from tests.racing import Race, run_together

pytestmark = pytest.mark.django_db(transaction=True)

CONTENDERS = 64
WANTED = dt.date(2026, 12, 10)
LATER = NOW + dt.timedelta(minutes=15)

Stay = tuple[dt.date, dt.date]


@pytest.fixture(autouse=True)
def _one_crowd_at_a_time() -> Iterator[None]:
    """Two crowds at once (pytest-xdist) would need more connections than the server gives."""
    with (Path(os.environ["SERAI_STATE_DIR"]) / "crowd.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def overlapping_stays(count: int) -> list[Stay]:
    """Stays of one to five nights that all include the night `WANTED`."""
    rng = random.Random(7)
    stays = []
    for _ in range(count):
        before, after = rng.randint(0, 2), rng.randint(1, 3)
        stays.append((WANTED - dt.timedelta(days=before), WANTED + dt.timedelta(days=after)))
    return stays


def book(token: str) -> int:
    """What one guest does, from the button to the confirmation."""
    checkout = patiently(lambda: hold_quote(token=token, user=None, now=NOW))
    fill_in(checkout)
    booking = patiently(lambda: complete_checkout(checkout_id=checkout.pk, now=NOW))
    return int(booking.pk)


def tokens_for(hotel: Hotel, stays: Sequence[Stay]) -> list[str]:
    """One signed quote per guest; the minute differs, so that no two are the same form sent twice."""
    return [
        quote_stay(
            hotel.flexible, check_in=check_in, check_out=check_out, now=NOW + dt.timedelta(seconds=number)
        ).token
        for number, (check_in, check_out) in enumerate(stays)
    ]


def fight(tokens: Sequence[str]) -> Race:
    return run_together(*(lambda token=token: book(token) for token in tokens))


def assert_sound(hotel: Hotel) -> None:
    """The counters are right, nothing is oversold, and no hold is left over."""
    assert recount() == []
    assert oversold_nights() == []
    assert not Hold.objects.filter(state=Hold.State.ACTIVE).exists()
    for night in Night.objects.filter(room_type=hotel.room_type):
        assert 0 <= night.held + night.sold <= night.allotment


@pytest.mark.parametrize("units", [1, 3])
def test_threads_fight_for_the_last_rooms(units: int) -> None:
    hotel = make_hotel(units=units)
    race = fight(tokens_for(hotel, overlapping_stays(CONTENDERS)))
    assert Counter(type(error) for error in race.errors) == {StaySoldOut: CONTENDERS - units}
    assert len(set(race.results)) == len(race.results) == units
    assert Booking.objects.count() == units
    assert counters(hotel.room_type.pk, first=WANTED, nights=1) == [(0, units)]
    assert_sound(hotel)


def test_threads_with_scattered_stays_fill_the_house_and_no_more() -> None:
    """Who was refused had a reason: a night of that stay is full in the end."""
    hotel = make_hotel(units=2)
    rng = random.Random(11)
    stays = []
    for _ in range(CONTENDERS):
        first = WANTED + dt.timedelta(days=rng.randint(0, 9))
        stays.append((first, first + dt.timedelta(days=rng.randint(1, 6))))
    refused: list[Stay] = []

    def book_or_note(token: str, stay: Stay) -> None:
        try:
            book(token)
        except SoldOut:
            refused.append(stay)

    pairs = zip(tokens_for(hotel, stays), stays, strict=True)
    race = run_together(*(lambda pair=pair: book_or_note(*pair) for pair in pairs))
    assert race.errors == []
    assert Booking.objects.count() == CONTENDERS - len(refused)
    assert_sound(hotel)
    full = set(Night.objects.filter(room_type=hotel.room_type, sold=2).values_list("date", flat=True))
    assert refused
    for first, last in refused:
        assert any(first <= date < last for date in full)


def _contend(tokens: Sequence[str], start: Any, told: Any) -> None:
    """One process of the next test: a few guests in threads of its own."""
    start.wait(30)
    race = fight(tokens)
    told.put((len(race.results), [type(error).__name__ for error in race.errors]))


def test_processes_fight_for_the_last_room() -> None:
    hotel = make_hotel(units=1)
    tokens = tokens_for(hotel, overlapping_stays(CONTENDERS))
    context = multiprocessing.get_context("fork")
    start, told = context.Event(), context.Queue()
    connections.close_all()  # a connection must not be shared with the children
    children = [
        context.Process(target=_contend, args=(tokens[number::8], start, told), daemon=True)
        for number in range(8)
    ]
    for child in children:
        child.start()
    start.set()
    answers = [told.get(timeout=60) for _ in children]
    for child in children:
        child.join(timeout=10)
        assert child.exitcode == 0
    assert sum(booked for booked, _ in answers) == 1
    assert Counter(name for _, names in answers for name in names) == {"StaySoldOut": CONTENDERS - 1}
    assert Booking.objects.count() == 1
    assert_sound(hotel)


# --- The negative control ------------------------------------------------------------------------------


@contextmanager
def without_check() -> Iterator[None]:
    """Take the database's own guard away, and bring it back whatever happens."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_get_constraintdef(oid) FROM pg_constraint"
            " WHERE conname = 'night_not_oversold' AND conrelid = 'inventory_night'::regclass"
        )
        definition = cursor.fetchone()[0]
        cursor.execute("ALTER TABLE inventory_night DROP CONSTRAINT night_not_oversold")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("UPDATE inventory_night SET held = 0, sold = 0")
            cursor.execute(f"ALTER TABLE inventory_night ADD CONSTRAINT night_not_oversold {definition}")


def read_without_lock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look first and take later, without a lock between, and let the first readers meet."""
    barrier = threading.Barrier(8, timeout=2)
    shift_nights = taking.shift_nights

    def look_then_take(claims: Any, *, only_if_free: bool = False, **moves: int) -> bool:
        is_free = not find_shortages(claims, read_left(claims))
        if only_if_free:
            with suppress(threading.BrokenBarrierError):
                barrier.wait()
            if not is_free:
                return False
        return shift_nights(claims, **moves)

    monkeypatch.setattr(holds, "hold_at_once", lambda claim, hold: False)
    monkeypatch.setattr(taking, "shift_nights", look_then_take)


def hold_without_lock(monkeypatch: pytest.MonkeyPatch) -> None:
    """The one statement of a hold as it is, but for its lock; a pause lets the first readers meet."""
    unlocked = night_counters._HOLD.replace(
        "ORDER BY room_type_id, date FOR UPDATE", "AND pg_sleep(0.2) IS NOT NULL"
    )
    assert unlocked != night_counters._HOLD
    monkeypatch.setattr(night_counters, "_HOLD", unlocked)


CONTROLS = pytest.mark.parametrize("take_lock_away", [read_without_lock, hold_without_lock])


@CONTROLS
def test_without_locks_and_check_the_room_is_sold_twice(
    monkeypatch: pytest.MonkeyPatch, take_lock_away: Callable[[pytest.MonkeyPatch], None]
) -> None:
    hotel = make_hotel(units=1)
    tokens = tokens_for(hotel, overlapping_stays(8))
    take_lock_away(monkeypatch)
    with without_check():
        fight(tokens)
        oversold = [night for night in oversold_nights() if night.date == WANTED]
        assert Booking.objects.count() > 1, "The race was not seen: the positive tests prove nothing."
        assert [(night.capacity, night.booked > 1) for night in oversold] == [(1, True)]


@CONTROLS
def test_without_locks_the_check_alone_still_sells_once(
    monkeypatch: pytest.MonkeyPatch, take_lock_away: Callable[[pytest.MonkeyPatch], None]
) -> None:
    hotel = make_hotel(units=1)
    tokens = tokens_for(hotel, overlapping_stays(8))
    take_lock_away(monkeypatch)
    race = fight(tokens)
    assert Booking.objects.count() == len(race.results) == 1
    assert_sound(hotel)


def test_the_control_brings_the_check_back() -> None:
    hotel = make_hotel(units=1, days=3)
    with without_check(), suppress(ZeroDivisionError):
        Night.objects.filter(room_type=hotel.room_type).update(sold=2)
        raise ZeroDivisionError
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conrelid::regclass::text FROM pg_constraint WHERE conname = 'night_not_oversold'"
        )
        guarded = {name for (name,) in cursor.fetchall()}
    assert {"inventory_night", "inventory_night_2026_11"} <= guarded


# --- Between two --------------------------------------------------------------------------------------


@contextmanager
def elsewhere(work: Callable[[], object]) -> Iterator[None]:
    """Run `work` in a transaction of another connection that stays open for the block."""
    done, leave = threading.Event(), threading.Event()
    errors: list[BaseException] = []

    def run() -> None:
        try:
            with transaction.atomic():
                work()
                done.set()
                leave.wait(20)
        except BaseException as error:
            errors.append(error)
        finally:
            done.set()
            connection.close()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    assert done.wait(20)
    try:
        yield
    finally:
        leave.set()
        thread.join(20)
    assert errors == []


def expired_hold(hotel: Hotel) -> Hold:
    """A hold on the only room whose time is over."""
    with transaction.atomic():
        return hold_nights(
            claims=[Claim(hotel.room_type.pk, WANTED, WANTED + dt.timedelta(days=1), 1)],
            expires_at=NOW,
            now=NOW - dt.timedelta(minutes=15),
        )


def test_a_hold_that_is_being_confirmed_is_left_alone() -> None:
    hotel = make_hotel(units=1)
    hold = expired_hold(hotel)
    claim = Claim(hotel.room_type.pk, WANTED, WANTED + dt.timedelta(days=1), 1)
    with elsewhere(lambda: Hold.objects.select_for_update().get(pk=hold.pk)):
        with transaction.atomic():
            assert release_expired_holds(now=NOW) == 0
        with pytest.raises(SoldOut), write_transaction():
            hold_nights(claims=[claim], expires_at=LATER, now=NOW)
        assert counters(hotel.room_type.pk, first=WANTED, nights=1) == [(1, 0)]
    with transaction.atomic():
        confirm_hold(hold_id=hold.pk, now=NOW)
    assert counters(hotel.room_type.pk, first=WANTED, nights=1) == [(0, 1)]


def test_confirming_and_sweeping_at_once_is_one_or_the_other() -> None:
    hotel = make_hotel(units=1)
    hold = expired_hold(hotel)

    def confirm() -> str:
        with write_transaction():
            confirm_hold(hold_id=hold.pk, now=NOW)
        return "confirmed"

    def sweep() -> str:
        with write_transaction():
            return f"swept {release_expired_holds(now=NOW)}"

    race = run_together(confirm, sweep, sweep)
    state = Hold.objects.values_list("state", flat=True).get(pk=hold.pk)
    if state == Hold.State.BOOKED:
        assert sorted(race.results) == ["confirmed", "swept 0", "swept 0"]
        assert counters(hotel.room_type.pk, first=WANTED, nights=1) == [(0, 1)]
    else:
        assert sorted(race.results) == ["swept 0", "swept 1"]
        assert [type(error).__name__ for error in race.errors] == ["HoldExpired"]
        assert counters(hotel.room_type.pk, first=WANTED, nights=1) == [(0, 0)]


def test_whoever_waits_too_long_for_a_night_is_told_to_try_again(settings: Any) -> None:
    settings.LOCK_TIMEOUT_MS = 150
    hotel = make_hotel(units=3)
    claim = Claim(hotel.room_type.pk, WANTED, WANTED + dt.timedelta(days=1), 1)
    night = Night.objects.select_for_update().filter(room_type=hotel.room_type, date=WANTED)
    with elsewhere(lambda: list(night)):
        began = time.monotonic()
        with pytest.raises(BusyError), write_transaction():
            hold_nights(claims=[claim], expires_at=LATER, now=NOW)
        assert 0.1 < time.monotonic() - began < 5
    assert counters(hotel.room_type.pk, first=WANTED, nights=1) == [(0, 0)]
    assert not Hold.objects.exists()


def test_many_takers_and_one_expired_hold() -> None:
    """All of them see the expired hold; one gets its room."""
    hotel = make_hotel(units=1)
    hold = expired_hold(hotel)
    claim = Claim(hotel.room_type.pk, WANTED, WANTED + dt.timedelta(days=1), 1)

    def take() -> None:
        with write_transaction():
            hold_nights(claims=[claim], expires_at=LATER, now=NOW)

    race = run_together(*[lambda: patiently(take)] * 16)
    assert Counter(type(error) for error in race.errors) == {SoldOut: 15}
    assert Hold.objects.get(pk=hold.pk).state == Hold.State.EXPIRED
    assert counters(hotel.room_type.pk, first=WANTED, nights=1) == [(1, 0)]


def test_swaps_that_cross_do_not_deadlock() -> None:
    """Half move from the first week to the second, half the other way round."""
    hotel = make_hotel(units=40)
    room = hotel.room_type.pk
    week = Claim(room, WANTED, WANTED + dt.timedelta(days=7), 1)
    next_week = Claim(room, week.check_out, week.check_out + dt.timedelta(days=7), 1)
    with transaction.atomic():
        services.sell_nights(claims=[week] * 16 + [next_week] * 16, now=NOW)

    def swap(give: Claim, take: Claim) -> None:
        with write_transaction():
            swap_nights(give=[give], take=[take], now=NOW)

    calls = [
        lambda: patiently(lambda: swap(week, next_week)),
        lambda: patiently(lambda: swap(next_week, week)),
    ]
    race = run_together(*calls * 16)
    assert race.errors == []
    assert counters(room, first=WANTED, nights=14) == [(0, 16)] * 14
