"""The last room of a block, wanted by many at the same instant; and everything about blocks at once.

The negative control takes the lock on the block away and must then see a room given twice.
"""

from __future__ import annotations

import datetime as dt
import fcntl
import os
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction

from serai.bookings.audit import Discrepancy, recount
from serai.core.db import write_transaction
from serai.inventory.models import Hold, HoldItem
from serai.inventory.services import (
    Claim,
    HoldExpired,
    HoldTooSmall,
    SoldOut,
    blocks,
    confirm_hold,
    grow_hold,
    hold_nights,
    pick_up,
    release_expired_holds,
    release_hold,
    shrink_hold,
)
from tests.bookings.desk import counters, patiently
from tests.factories import NOW, make_hotel
from tests.racing import run_together

pytestmark = pytest.mark.django_db(transaction=True)

WANTED = dt.date(2026, 12, 10)
SOON = NOW + dt.timedelta(minutes=15)
RELEASE = NOW + dt.timedelta(days=7)


@pytest.fixture(autouse=True)
def _one_crowd_at_a_time() -> Iterator[None]:
    """Two crowds at once (pytest-xdist) would need more connections than the server gives."""
    with (Path(os.environ["SERAI_STATE_DIR"]) / "crowd.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def make_block(units: int, *, house: int = 6) -> tuple[Hold, Claim]:
    """A block of `units` rooms for two nights, and the claim on one of them."""
    hotel = make_hotel(units=house)
    one = Claim(hotel.room_type.pk, WANTED, WANTED + dt.timedelta(days=2), 1)
    block_claim = Claim(one.room_type_id, one.check_in, one.check_out, units)
    with transaction.atomic():
        return hold_nights(claims=[block_claim], expires_at=RELEASE, now=NOW), one


def take(block: Hold, claim: Claim, *, expires_at: dt.datetime = SOON) -> Hold:
    with write_transaction():
        return pick_up(from_hold_id=block.pk, claims=[claim], expires_at=expires_at, now=NOW)


def give(hold: Hold) -> bool:
    with write_transaction():
        return release_hold(hold_id=hold.pk, now=NOW)


def wrongly_held() -> list[Discrepancy]:
    """Confirmed holds have no booking here, so only what is held is compared."""
    return [row for row in recount() if row.held != row.held_by_holds]


def units_in(hold: Hold) -> int:
    return sum(HoldItem.objects.filter(hold=hold, check_in=WANTED).values_list("quantity", flat=True))


def test_guests_fight_for_the_last_room_of_a_block() -> None:
    block, one = make_block(2)
    race = run_together(*[lambda: patiently(lambda: take(block, one))] * 24)
    assert len(race.results) == 2
    assert Counter(type(error) for error in race.errors) == {SoldOut: 22}
    assert (units_in(block), wrongly_held()) == (0, [])
    assert counters(one.room_type_id) == [(2, 0), (2, 0)]


def test_guests_fight_while_another_gives_the_last_room_back() -> None:
    """The one who lets go does so once; at most one other has the room after that, or the block has it."""
    block, one = make_block(1)
    holder = take(block, one)
    race = run_together(
        *[lambda: patiently(lambda: give(holder))] * 2, *[lambda: patiently(lambda: take(block, one))] * 14
    )
    winners = [result for result in race.results if isinstance(result, Hold)]
    assert sorted(result for result in race.results if isinstance(result, bool)) == [False, True]
    assert Counter(type(error) for error in race.errors) == {SoldOut: 14 - len(winners)}
    assert len(winners) + units_in(block) == 1
    assert counters(one.room_type_id) == [(1, 0), (1, 0)]
    assert recount() == []


def test_without_the_lock_a_room_of_the_block_is_given_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    block, one = make_block(1)
    barrier = threading.Barrier(4, timeout=2)
    look = blocks.claims_of

    def look_together(hold_ids: Any) -> list[Claim]:
        there = look(hold_ids)
        with suppress(threading.BrokenBarrierError):
            barrier.wait()
        return there

    monkeypatch.setattr(blocks, "claims_of", look_together)
    monkeypatch.setattr(blocks, "_lock_hold", lambda hold_id: Hold.objects.get(pk=hold_id))
    race = run_together(*[lambda: patiently(lambda: take(block, one))] * 4)
    assert len(race.results) > 1, "The race was not seen: the positive tests prove nothing."
    assert [row.held_by_holds > row.held for row in wrongly_held()] == [True, True]
    Hold.objects.all().delete()


def test_everything_about_blocks_at_once_adds_up_and_never_deadlocks() -> None:
    block, one = make_block(4, house=8)
    children = [take(block, one, expires_at=NOW if number == 0 else SOON) for number in range(3)]

    def run(service: Any, **arguments: Any) -> Any:
        with write_transaction():
            return service(now=NOW, **arguments)

    calls = [
        lambda: give(children[1]),
        lambda: run(confirm_hold, hold_id=children[2].pk),
        lambda: give(children[2]),
        lambda: run(release_expired_holds),
        lambda: run(grow_hold, hold_id=block.pk, claims=[one]),
        lambda: run(shrink_hold, hold_id=block.pk, claims=[one]),
        lambda: take(block, one),
        lambda: run(hold_nights, claims=[one], expires_at=SOON),
    ]
    race = run_together(*(lambda call=call: patiently(call) for call in calls * 3))
    assert {type(error) for error in race.errors} <= {SoldOut, HoldTooSmall, HoldExpired}
    assert wrongly_held() == []


def test_a_block_that_ends_while_guests_let_go_loses_no_room() -> None:
    block, one = make_block(3)
    children = [take(block, one) for _ in range(3)]
    race = run_together(
        lambda: patiently(lambda: give(block)),
        *(lambda child=child: patiently(lambda: give(child)) for child in children),
        lambda: patiently(lambda: give(block)),
    )
    assert race.errors == []
    assert Counter(race.results) == {True: 4, False: 1}
    assert counters(one.room_type_id) == [(0, 0), (0, 0)]
    assert recount() == []
