"""Blocks: guests take rooms out of a long hold and give them back, and no counter notices."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction

from serai.bookings.audit import recount
from serai.core.errors import NotInTransactionError
from serai.inventory.models import Hold, HoldItem
from serai.inventory.services import (
    Claim,
    HoldExpired,
    HoldTooSmall,
    Shortage,
    SoldOut,
    confirm_hold,
    grow_hold,
    hold_nights,
    open_nights,
    pick_up,
    release_expired_holds,
    release_hold,
    sell_nights,
    shrink_hold,
)
from tests.bookings.desk import counters
from tests.factories import NOW, RoomTypeFactory

pytestmark = pytest.mark.django_db

FIRST = dt.date(2026, 12, 1)
SOON = NOW + dt.timedelta(minutes=15)
RELEASE = NOW + dt.timedelta(days=7)


def day(offset: int) -> dt.date:
    return FIRST + dt.timedelta(days=offset)


@pytest.fixture
def room() -> int:
    """A room type with six nights of four units each."""
    room_type_id = RoomTypeFactory.create(units=4).pk
    with transaction.atomic():
        open_nights(room_type_id=room_type_id, first=FIRST, last=day(5), allotment=4, now=NOW)
    return int(room_type_id)


@pytest.fixture
def block(room: int) -> Hold:
    """Three rooms for the nights 1 to 3."""
    with transaction.atomic():
        return hold_nights(claims=[claim(room, 1, 4, 3)], expires_at=RELEASE, now=NOW)


def claim(room: int, first: int, last: int, quantity: int = 1) -> Claim:
    return Claim(room, day(first), day(last), quantity)


def do(service: Callable[..., Any], **arguments: Any) -> Any:
    with transaction.atomic():
        return service(now=arguments.pop("now", NOW), **arguments)


def take(block: Hold, *claims: Claim, **arguments: Any) -> Hold:
    return do(pick_up, from_hold_id=block.pk, claims=claims, expires_at=SOON, **arguments)


def left_in(hold: Hold) -> list[int]:
    """Units of the nights 0 to 5, whatever the items look like."""
    units = [0] * 6
    for item in HoldItem.objects.filter(hold=hold):
        for offset in range((item.check_in - FIRST).days, (item.check_out - FIRST).days):
            units[offset] += item.quantity
    return units


def held(room: int) -> list[int]:
    return [held for held, _sold in counters(room, first=FIRST, nights=6)]


def state(hold: Hold) -> str:
    return Hold.objects.values_list("state", flat=True).get(pk=hold.pk)


def test_picking_up_moves_no_counter(room: int, block: Hold) -> None:
    guest = take(block, claim(room, 1, 3))
    assert (left_in(block), left_in(guest)) == ([0, 2, 2, 3, 0, 0], [0, 1, 1, 0, 0, 0])
    assert held(room) == [0, 3, 3, 3, 0, 0]
    guest.refresh_from_db()
    assert (guest.parent_id, guest.expires_at, guest.state) == (block.pk, SOON, "active")
    assert set(block.items.values_list("check_in", "quantity")) == {(day(1), 2), (day(2), 2), (day(3), 3)}
    do(confirm_hold, hold_id=guest.pk)
    assert counters(room, first=FIRST, nights=6) == [(0, 0), (2, 1), (2, 1), (3, 0), (0, 0), (0, 0)]
    # No booking stands behind what was confirmed here; what is held adds up all the same.
    assert [(row.date, row.held - row.held_by_holds, row.sold) for row in recount()] == [
        (day(1), 0, 1),
        (day(2), 0, 1),
    ]


def test_what_is_given_back_returns_to_the_block(room: int, block: Hold) -> None:
    released, expired = take(block, claim(room, 1, 4)), take(block, claim(room, 2, 3, 2))
    assert left_in(block) == [0, 2, 0, 2, 0, 0]
    assert do(release_hold, hold_id=released.pk) is True
    assert left_in(block) == [0, 3, 1, 3, 0, 0]
    assert do(release_expired_holds, now=SOON) == 1
    assert (state(released), state(expired), state(block)) == ("released", "expired", "active")
    assert left_in(block) == [0, 3, 3, 3, 0, 0]
    assert held(room) == [0, 3, 3, 3, 0, 0]
    assert do(release_hold, hold_id=released.pk) is False
    assert left_in(block) == [0, 3, 3, 3, 0, 0]
    assert recount() == []


@pytest.mark.parametrize("end", ["released", "past its time"])
def test_after_the_block_is_over_nights_go_back_to_everybody(room: int, block: Hold, end: str) -> None:
    guest, other = take(block, claim(room, 1, 4)), take(block, claim(room, 1, 2))
    later = NOW
    if end == "released":
        do(release_hold, hold_id=block.pk)
        assert held(room) == [0, 2, 1, 1, 0, 0]
    else:
        later = RELEASE
    do(release_hold, hold_id=guest.pk, now=later)
    do(release_expired_holds, now=RELEASE)
    assert held(room) == [0] * 6
    assert {state(hold) for hold in (block, other)} <= {"released", "expired"}
    assert recount() == []


def test_a_block_sells_no_more_than_it_has(room: int, block: Hold) -> None:
    take(block, claim(room, 2, 3, 2))
    with pytest.raises(SoldOut) as refusal:
        take(block, claim(room, 1, 5, 2))
    assert refusal.value.shortages == [Shortage(room, day(2), 1), Shortage(room, day(4), 0)]
    assert left_in(block) == [0, 3, 1, 3, 0, 0]
    assert Hold.objects.count() == 2


@pytest.mark.parametrize("end", ["released", "past its time"])
def test_a_block_that_is_over_gives_nothing(room: int, block: Hold, end: str) -> None:
    if end == "released":
        do(release_hold, hold_id=block.pk)
    with pytest.raises(SoldOut) as refusal:
        take(block, claim(room, 1, 2), now=NOW if end == "released" else RELEASE)
    assert refusal.value.shortages == [Shortage(room, day(1), 0)]


def test_who_needs_a_room_is_not_given_one_that_returns_to_a_block(room: int, block: Hold) -> None:
    guest = take(block, claim(room, 1, 2))
    do(sell_nights, claims=[claim(room, 1, 2)])
    with pytest.raises(SoldOut):
        do(sell_nights, claims=[claim(room, 1, 2)], now=SOON)
    assert state(guest) == "active"
    do(sell_nights, claims=[claim(room, 1, 2)], now=RELEASE)
    assert counters(room, first=day(1), nights=1) == [(0, 2)]


def test_a_block_grows_and_shrinks(room: int, block: Hold) -> None:
    do(grow_hold, hold_id=block.pk, claims=[claim(room, 0, 2), claim(room, 4, 5, 2)])
    assert left_in(block) == held(room) == [1, 4, 3, 3, 2, 0]
    with pytest.raises(SoldOut):
        do(grow_hold, hold_id=block.pk, claims=[claim(room, 0, 2)])
    take(block, claim(room, 1, 3, 2))
    with pytest.raises(HoldTooSmall) as refusal:
        do(shrink_hold, hold_id=block.pk, claims=[claim(room, 1, 4, 3)])
    assert refusal.value.dates == [day(1), day(2)]
    do(shrink_hold, hold_id=block.pk, claims=[claim(room, 1, 4, 1)])
    assert left_in(block) == [1, 1, 0, 2, 2, 0]
    assert held(room) == [1, 3, 2, 2, 2, 0]
    assert recount() == []


def test_a_block_that_is_over_neither_grows_nor_shrinks(room: int, block: Hold) -> None:
    for service in (grow_hold, shrink_hold):
        with pytest.raises(HoldExpired):
            do(service, hold_id=block.pk, claims=[claim(room, 1, 2)], now=RELEASE)
    assert left_in(block) == held(room) == [0, 3, 3, 3, 0, 0]


def test_blocks_need_a_transaction(transactional_db: None) -> None:
    hold = Hold.objects.create(created_at=NOW, expires_at=RELEASE)
    with pytest.raises(NotInTransactionError):
        pick_up(from_hold_id=hold.pk, claims=[], expires_at=SOON, now=NOW)
    for service in (grow_hold, shrink_hold):
        with pytest.raises(NotInTransactionError):
            service(hold_id=hold.pk, claims=[], now=NOW)
