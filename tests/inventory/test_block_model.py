"""A block, its guests, the sweeper and strangers in any order, against a model in plain Python."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.db import transaction
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from serai.bookings.audit import recount
from serai.inventory.counters import nights_of, stays_of
from serai.inventory.models import Hold, HoldItem, Night
from serai.inventory.services import (
    Claim,
    HoldExpired,
    HoldTooSmall,
    SoldOut,
    grow_hold,
    hold_nights,
    open_nights,
    pick_up,
    release_expired_holds,
    release_hold,
    shrink_hold,
)
from tests.factories import NOW, RoomTypeFactory

FIRST = dt.date(2026, 12, 1)
NIGHTS, UNITS = 4, 3
MINUTE = dt.timedelta(minutes=1)

stays = st.tuples(st.integers(0, NIGHTS - 1), st.integers(1, NIGHTS), st.integers(1, 2)).map(
    lambda stay: (stay[0], min(stay[0] + stay[1], NIGHTS), stay[2])
)
minutes = st.integers(1, 12)


@dataclass
class Kept:
    """A hold as the model knows it."""

    pk: Any
    expires_at: dt.datetime
    parent: Kept | None = None
    nights: Counter[int] = field(default_factory=Counter)
    is_active: bool = True

    def lasts(self, now: dt.datetime) -> bool:
        return self.is_active and self.expires_at > now


class Blocks(RuleBasedStateMachine):
    """Every rule calls a service and does the same to lists and counters."""

    def __init__(self) -> None:
        super().__init__()
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        self.room = RoomTypeFactory.create(units=UNITS).pk
        open_nights(
            room_type_id=self.room,
            first=FIRST,
            last=FIRST + dt.timedelta(days=NIGHTS - 1),
            allotment=UNITS,
            now=NOW,
        )
        self.now = NOW
        self.holds: list[Kept] = []

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.atomic.__exit__(None, None, None)

    def claim(self, stay: tuple[int, int, int]) -> Claim:
        first, last, units = stay
        return Claim(self.room, FIRST + dt.timedelta(days=first), FIRST + dt.timedelta(days=last), units)

    def free(self, night: int) -> int:
        """What a taker finds: rooms under expired holds count as free unless they return to a block."""
        return UNITS - sum(
            hold.nights[night]
            for hold in self.holds
            if hold.is_active and (hold.expires_at > self.now or self.returns(hold))
        )

    def returns(self, hold: Kept) -> bool:
        return hold.parent is not None and hold.parent.lasts(self.now)

    def call(self, service: Any, **arguments: Any) -> Any:
        """The service's answer, or its refusal."""
        try:
            with transaction.atomic():
                return service(now=self.now, **arguments)
        except (SoldOut, HoldExpired, HoldTooSmall) as refusal:
            return type(refusal)

    def wanted(self, stay: tuple[int, int, int]) -> Counter[int]:
        return Counter(dict.fromkeys(range(stay[0], stay[1]), stay[2]))

    def expire_what_was_reclaimed(self) -> None:
        """A taker in need takes back expired holds; which ones, only the database knows."""
        active = set(Hold.objects.filter(state="active").values_list("pk", flat=True))
        for hold in self.holds:
            if hold.is_active and hold.pk not in active:
                assert hold.expires_at <= self.now
                assert not self.returns(hold)
                hold.is_active = False

    @rule(stay=stays, lasts=minutes)
    def make_block(self, stay: tuple[int, int, int], lasts: int) -> None:
        expires_at = self.now + 3 * lasts * MINUTE
        is_free = all(self.free(night) >= units for night, units in self.wanted(stay).items())
        answer = self.call(hold_nights, claims=[self.claim(stay)], expires_at=expires_at)
        assert (answer is not SoldOut) == is_free
        self.expire_what_was_reclaimed()
        if is_free:
            self.holds.append(Kept(answer.pk, expires_at, nights=self.wanted(stay)))

    @precondition(lambda self: self.holds)
    @rule(data=st.data(), stay=stays, lasts=minutes)
    def take_out(self, data: st.DataObject, stay: tuple[int, int, int], lasts: int) -> None:
        block = data.draw(st.sampled_from(self.holds))
        expires_at = self.now + lasts * MINUTE
        has = block.nights if block.lasts(self.now) else Counter()
        is_there = all(has[night] >= units for night, units in self.wanted(stay).items())
        answer = self.call(pick_up, from_hold_id=block.pk, claims=[self.claim(stay)], expires_at=expires_at)
        assert (answer is not SoldOut) == is_there
        if is_there:
            block.nights.subtract(self.wanted(stay))
            self.holds.append(Kept(answer.pk, expires_at, block, self.wanted(stay)))

    @precondition(lambda self: self.holds)
    @rule(data=st.data())
    def release(self, data: st.DataObject) -> None:
        hold = data.draw(st.sampled_from(self.holds))
        assert self.call(release_hold, hold_id=hold.pk) is hold.is_active
        self.give_back(hold)

    @precondition(lambda self: self.holds)
    @rule(data=st.data(), stay=stays)
    def grow(self, data: st.DataObject, stay: tuple[int, int, int]) -> None:
        hold = data.draw(st.sampled_from(self.holds))
        wanted = self.wanted(stay)
        if not hold.lasts(self.now):
            expected: Any = HoldExpired
        else:
            expected = None if all(self.free(night) >= units for night, units in wanted.items()) else SoldOut
        assert self.call(grow_hold, hold_id=hold.pk, claims=[self.claim(stay)]) is expected
        self.expire_what_was_reclaimed()
        if expected is None:
            hold.nights.update(wanted)

    @precondition(lambda self: self.holds)
    @rule(data=st.data(), stay=stays)
    def shrink(self, data: st.DataObject, stay: tuple[int, int, int]) -> None:
        hold = data.draw(st.sampled_from(self.holds))
        wanted = self.wanted(stay)
        if not hold.lasts(self.now):
            expected: Any = HoldExpired
        else:
            has_it = all(hold.nights[night] >= units for night, units in wanted.items())
            expected = None if has_it else HoldTooSmall
        assert self.call(shrink_hold, hold_id=hold.pk, claims=[self.claim(stay)]) is expected
        if expected is None:
            hold.nights.subtract(wanted)

    @rule(passed=minutes)
    def sweep_later(self, passed: int) -> None:
        self.now += passed * MINUTE
        expired = [hold for hold in self.holds if hold.is_active and hold.expires_at <= self.now]
        assert self.call(release_expired_holds) == len(expired)
        for hold in expired:
            self.give_back(hold)

    @rule(passed=minutes)
    def wait(self, passed: int) -> None:
        self.now += passed * MINUTE

    def give_back(self, hold: Kept) -> None:
        if hold.is_active and self.returns(hold):
            assert hold.parent is not None
            hold.parent.nights.update(hold.nights)
        hold.is_active = False

    @invariant()
    def holds_have_what_the_model_says(self) -> None:
        items = HoldItem.objects.filter(hold__state="active").values_list(
            "hold_id", "room_type_id", "check_in", "check_out", "quantity"
        )
        stored: dict[Any, Counter[int]] = {}
        for pk, *parts in items:
            nights = {
                (date - FIRST).days: units for (_room, date), units in nights_of([Claim(*parts)]).items()
            }
            stored.setdefault(pk, Counter()).update(nights)
        expected = {hold.pk: +hold.nights for hold in self.holds if hold.is_active and +hold.nights}
        assert stored == expected

    @invariant()
    def counters_are_the_sum(self) -> None:
        held = list(Night.objects.filter(room_type=self.room).order_by("date").values_list("held", flat=True))
        assert held == [
            sum(hold.nights[night] for hold in self.holds if hold.is_active) for night in range(NIGHTS)
        ]
        assert recount(room_type_ids=[self.room]) == []


@pytest.mark.django_db
def test_blocks_are_what_the_model_says() -> None:
    run_state_machine_as_test(
        Blocks, settings=settings(max_examples=40, stateful_step_count=20, deadline=None)
    )


def test_stays_of_is_the_inverse_of_nights_of() -> None:
    day = [FIRST + dt.timedelta(days=offset) for offset in range(6)]
    claims = [Claim(1, day[0], day[3], 2), Claim(1, day[1], day[2], 1), Claim(2, day[3], day[4], 1)]
    nights = nights_of(claims)
    assert stays_of(nights) == [
        Claim(1, day[0], day[1], 2),
        Claim(1, day[1], day[2], 3),
        Claim(1, day[2], day[3], 2),
        Claim(2, day[3], day[4], 1),
    ]
    assert nights_of(stays_of(nights)) == nights
    assert stays_of({(1, day[0]): 0}) == []
