"""Nights taken, confirmed, returned, swapped, opened and set: exact counters after each step."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction

from serai.core.errors import NotInTransactionError
from serai.core.partitions import existing_partitions
from serai.inventory import tasks
from serai.inventory.models import Hold, Night
from serai.inventory.services import (
    AllotmentTooSmall,
    Claim,
    HoldExpired,
    Shortage,
    SoldOut,
    confirm_hold,
    hold_nights,
    merge_claims,
    open_nights,
    release_expired_holds,
    release_hold,
    return_nights,
    sell_nights,
    set_nights,
    swap_nights,
)
from tests.factories import NOW, RoomTypeFactory

pytestmark = pytest.mark.django_db

FIRST = dt.date(2026, 12, 1)
LATER = NOW + dt.timedelta(minutes=15)
AFTER = LATER + dt.timedelta(seconds=1)


def day(offset: int) -> dt.date:
    return FIRST + dt.timedelta(days=offset)


@pytest.fixture
def room() -> int:
    """A room type with ten nights of two units each."""
    room_type_id = RoomTypeFactory.create(units=2).pk
    with transaction.atomic():
        open_nights(room_type_id=room_type_id, first=FIRST, last=day(9), allotment=2, now=NOW)
    return int(room_type_id)


def claim(room: int, first: int, last: int, quantity: int = 1) -> Claim:
    """The nights `[first, last)` counted from `FIRST`."""
    return Claim(room, day(first), day(last), quantity)


def hold(*claims: Claim, until: dt.datetime = LATER, now: dt.datetime = NOW) -> Hold:
    with transaction.atomic():
        return hold_nights(claims=claims, expires_at=until, now=now)


def do(service: Callable[..., Any], **arguments: Any) -> Any:
    with transaction.atomic():
        return service(now=arguments.pop("now", NOW), **arguments)


def counters(room: int, count: int = 5) -> list[tuple[int, int]]:
    """(held, sold) of the first nights."""
    rows = Night.objects.filter(room_type_id=room).order_by("date").values_list("held", "sold")
    return list(rows[:count])


def state(hold: Hold) -> str:
    return Hold.objects.values_list("state", flat=True).get(pk=hold.pk)


# --- Holding and what becomes of it --------------------------------------------------------------------


def test_a_hold_takes_its_nights_and_not_the_check_out_date(room: int) -> None:
    made = hold(claim(room, 1, 3))
    assert counters(room) == [(0, 0), (1, 0), (1, 0), (0, 0), (0, 0)]
    assert (state(made), made.created_at, made.expires_at) == ("active", NOW, LATER)
    item = made.items.get()
    assert (item.room_type_id, item.check_in, item.check_out, item.quantity) == (room, day(1), day(3), 1)


def test_confirming_turns_held_into_sold_once(room: int) -> None:
    made = hold(claim(room, 1, 3, 2))
    assert do(confirm_hold, hold_id=made.pk) == [claim(room, 1, 3, 2)]
    assert counters(room) == [(0, 0), (0, 2), (0, 2), (0, 0), (0, 0)]
    assert state(made) == "booked"
    assert do(confirm_hold, hold_id=made.pk) == [claim(room, 1, 3, 2)]
    assert counters(room) == [(0, 0), (0, 2), (0, 2), (0, 0), (0, 0)]


def test_releasing_gives_the_nights_back_once(room: int) -> None:
    made = hold(claim(room, 1, 3))
    assert do(release_hold, hold_id=made.pk) is True
    assert counters(room) == [(0, 0)] * 5
    assert state(made) == "released"
    assert do(release_hold, hold_id=made.pk) is False
    assert counters(room) == [(0, 0)] * 5


def test_releasing_after_its_time_is_called_expired(room: int) -> None:
    made = hold(claim(room, 1, 3))
    assert do(release_hold, hold_id=made.pk, now=LATER) is True
    assert state(made) == "expired"


def test_a_released_hold_cannot_be_confirmed(room: int) -> None:
    made = hold(claim(room, 1, 3))
    do(release_hold, hold_id=made.pk)
    with pytest.raises(HoldExpired):
        do(confirm_hold, hold_id=made.pk)
    assert counters(room) == [(0, 0)] * 5


def test_a_booked_hold_is_not_released(room: int) -> None:
    made = hold(claim(room, 1, 3))
    do(confirm_hold, hold_id=made.pk)
    assert do(release_hold, hold_id=made.pk) is False
    assert counters(room) == [(0, 0), (0, 1), (0, 1), (0, 0), (0, 0)]


def test_a_hold_past_its_time_counts_until_somebody_took_it_back(room: int) -> None:
    made = hold(claim(room, 1, 3))
    do(confirm_hold, hold_id=made.pk, now=AFTER)
    assert counters(room)[1] == (0, 1)


def test_an_unknown_hold_is_an_error(room: int) -> None:
    with pytest.raises(Hold.DoesNotExist):
        do(confirm_hold, hold_id=uuid.uuid4())


def test_one_hold_may_span_room_types(room: int) -> None:
    other = RoomTypeFactory.create().pk
    do(open_nights, room_type_id=other, first=FIRST, last=day(9), allotment=1)
    made = hold(claim(room, 0, 2), claim(other, 0, 2))
    assert (counters(room, 2), counters(other, 2)) == ([(1, 0)] * 2, [(1, 0)] * 2)
    do(confirm_hold, hold_id=made.pk)
    assert (counters(room, 2), counters(other, 2)) == ([(0, 1)] * 2, [(0, 1)] * 2)


# --- Running out ---------------------------------------------------------------------------------------


def test_sold_out_names_every_short_night_and_takes_none(room: int) -> None:
    do(sell_nights, claims=[claim(room, 1, 2, 2)])
    do(sell_nights, claims=[claim(room, 3, 4, 1)])
    do(set_nights, room_type_id=room, dates=[day(2)], is_closed=True)
    before = counters(room)
    with pytest.raises(SoldOut) as refusal:
        hold(claim(room, 0, 5, 2))
    assert refusal.value.shortages == [
        Shortage(room, day(1), 0),
        Shortage(room, day(2), 0),
        Shortage(room, day(3), 1),
    ]
    assert counters(room) == before
    assert not Hold.objects.exists()


def test_a_night_that_was_never_opened_has_nothing_left(room: int) -> None:
    with pytest.raises(SoldOut) as refusal:
        hold(claim(room, 9, 11))
    assert refusal.value.shortages == [Shortage(room, day(10), 0)]


def test_claims_on_the_same_nights_are_added_up(room: int) -> None:
    with pytest.raises(SoldOut):
        hold(claim(room, 0, 2, 2), claim(room, 1, 3, 1))
    hold(claim(room, 0, 2, 1), claim(room, 0, 2, 1))
    assert counters(room, 3) == [(2, 0), (2, 0), (0, 0)]
    overlapping = hold(claim(room, 2, 4), claim(room, 3, 5))
    assert counters(room) == [(2, 0), (2, 0), (1, 0), (2, 0), (1, 0)]
    do(confirm_hold, hold_id=overlapping.pk)
    assert counters(room) == [(2, 0), (2, 0), (0, 1), (0, 2), (0, 1)]


def test_the_last_unit_can_be_taken_and_no_more(room: int) -> None:
    hold(claim(room, 0, 1))
    hold(claim(room, 0, 1))
    with pytest.raises(SoldOut):
        hold(claim(room, 0, 1))
    assert counters(room, 1) == [(2, 0)]


def test_an_allowance_is_deliberate_overbooking(room: int) -> None:
    Night.objects.filter(room_type_id=room, date=FIRST).update(allowance=1)
    do(sell_nights, claims=[claim(room, 0, 1, 3)])
    with pytest.raises(SoldOut):
        hold(claim(room, 0, 1))
    assert counters(room, 1) == [(0, 3)]


def test_claiming_nothing_takes_nothing(room: int) -> None:
    hold()
    do(sell_nights, claims=[claim(room, 2, 2), claim(room, 0, 1, 0)])
    do(return_nights, claims=[])
    do(swap_nights, give=[], take=[])
    assert counters(room) == [(0, 0)] * 5


def test_claims_are_merged_into_lock_order() -> None:
    a, b = Claim(2, day(0), day(1), 1), Claim(1, day(3), day(5), 1)
    assert merge_claims([a, b, a, Claim(1, day(3), day(3), 4), Claim(1, day(0), day(1), 0)]) == [
        b,
        Claim(2, day(0), day(1), 2),
    ]


# --- Expired holds -------------------------------------------------------------------------------------


def test_the_sweeper_returns_expired_holds_only(room: int) -> None:
    late, early = hold(claim(room, 0, 2)), hold(claim(room, 1, 3), until=LATER + dt.timedelta(minutes=5))
    assert do(release_expired_holds, now=NOW) == 0
    assert do(release_expired_holds, now=LATER) == 1
    assert (state(late), state(early)) == ("expired", "active")
    assert counters(room, 3) == [(0, 0), (1, 0), (1, 0)]
    assert do(release_expired_holds, now=LATER) == 0


def test_the_sweeper_takes_a_limited_bite(room: int) -> None:
    for offset in range(5):
        hold(claim(room, offset, offset + 1))
    assert do(release_expired_holds, now=AFTER, limit=3) == 3
    assert do(release_expired_holds, now=AFTER, limit=3) == 2
    assert counters(room) == [(0, 0)] * 5


def test_the_sweeping_task_empties_the_table(room: int, monkeypatch: pytest.MonkeyPatch) -> None:
    for offset in range(5):
        hold(claim(room, offset, offset + 1))
    monkeypatch.setattr(tasks, "BATCH", 2)
    with time_machine.travel(AFTER):
        tasks.sweep_expired_holds()
    assert counters(room) == [(0, 0)] * 5
    assert not Hold.objects.filter(state="active").exists()


def test_a_taker_reclaims_expired_holds_on_the_nights_it_needs(room: int) -> None:
    expired = hold(claim(room, 0, 4, 2))
    elsewhere = hold(claim(room, 6, 8))
    new = hold(claim(room, 1, 3, 2), now=AFTER, until=AFTER + dt.timedelta(minutes=15))
    assert (state(expired), state(elsewhere), state(new)) == ("expired", "active", "active")
    assert counters(room) == [(0, 0), (2, 0), (2, 0), (0, 0), (0, 0)]
    assert Night.objects.get(room_type_id=room, date=day(6)).held == 1


def test_reclaiming_is_for_sellers_too(room: int) -> None:
    expired = hold(claim(room, 0, 2, 2))
    do(sell_nights, claims=[claim(room, 0, 1)], now=AFTER)
    assert state(expired) == "expired"
    assert counters(room, 2) == [(0, 1), (0, 0)]


def test_a_live_hold_is_never_reclaimed(room: int) -> None:
    live = hold(claim(room, 0, 2, 2))
    with pytest.raises(SoldOut):
        hold(claim(room, 0, 1), now=LATER - dt.timedelta(seconds=1))
    assert state(live) == "active"
    assert counters(room, 2) == [(2, 0), (2, 0)]


def test_reclaiming_that_does_not_suffice_takes_nothing(room: int) -> None:
    do(sell_nights, claims=[claim(room, 1, 2, 2)])
    hold(claim(room, 0, 1, 2))
    with pytest.raises(SoldOut) as refusal:
        hold(claim(room, 0, 2), now=AFTER)
    assert refusal.value.shortages == [Shortage(room, day(1), 0)]
    assert counters(room, 2)[1] == (0, 2)


# --- Selling, returning, swapping ----------------------------------------------------------------------


def test_selling_and_returning(room: int) -> None:
    do(sell_nights, claims=[claim(room, 0, 2, 2)])
    assert counters(room, 3) == [(0, 2), (0, 2), (0, 0)]
    do(return_nights, claims=[claim(room, 0, 2)])
    assert counters(room, 3) == [(0, 1), (0, 1), (0, 0)]


def test_returning_what_was_never_sold_is_refused_by_the_database(room: int) -> None:
    with pytest.raises(IntegrityError):
        do(return_nights, claims=[claim(room, 0, 2)])
    assert counters(room, 2) == [(0, 0), (0, 0)]


def test_closed_nights_can_be_given_back(room: int) -> None:
    do(sell_nights, claims=[claim(room, 0, 2)])
    do(set_nights, room_type_id=room, dates=[day(0)], is_closed=True)
    do(return_nights, claims=[claim(room, 0, 2)])
    assert counters(room, 2) == [(0, 0), (0, 0)]


def test_swapping_keeps_the_nights_in_common(room: int) -> None:
    do(sell_nights, claims=[claim(room, 0, 3, 2)])
    do(swap_nights, give=[claim(room, 0, 3)], take=[claim(room, 2, 5)])
    assert counters(room) == [(0, 1), (0, 1), (0, 2), (0, 1), (0, 1)]


def test_a_swap_that_is_short_changes_nothing(room: int) -> None:
    do(sell_nights, claims=[claim(room, 0, 3)])
    do(sell_nights, claims=[claim(room, 4, 5, 2)])
    before = counters(room)
    with pytest.raises(SoldOut) as refusal:
        do(swap_nights, give=[claim(room, 0, 3)], take=[claim(room, 2, 5)])
    assert refusal.value.shortages == [Shortage(room, day(4), 0)]
    assert counters(room) == before


def test_a_swap_keeps_a_night_that_was_closed_since(room: int) -> None:
    do(sell_nights, claims=[claim(room, 0, 2)])
    do(set_nights, room_type_id=room, dates=[day(1)], is_closed=True)
    do(swap_nights, give=[claim(room, 0, 2)], take=[claim(room, 1, 4)])
    assert counters(room) == [(0, 0), (0, 1), (0, 1), (0, 1), (0, 0)]
    with pytest.raises(SoldOut) as refusal:
        do(swap_nights, give=[claim(room, 1, 4)], take=[claim(room, 1, 4, 2)])
    assert refusal.value.shortages == [Shortage(room, day(1), 0)]


def test_a_swap_reclaims_expired_holds(room: int) -> None:
    do(sell_nights, claims=[claim(room, 0, 2)])
    expired = hold(claim(room, 2, 4, 2))
    do(swap_nights, give=[claim(room, 0, 2)], take=[claim(room, 1, 3)], now=AFTER)
    assert state(expired) == "expired"
    assert counters(room) == [(0, 0), (0, 1), (0, 1), (0, 0), (0, 0)]


def test_a_swap_that_is_short_after_reclaiming_keeps_the_old_nights(room: int) -> None:
    """Also when the caller goes on in the same transaction."""
    do(sell_nights, claims=[claim(room, 0, 2)])
    do(sell_nights, claims=[claim(room, 3, 4, 2)])
    expired = hold(claim(room, 2, 3, 2))
    with transaction.atomic(), pytest.raises(SoldOut) as refusal:
        swap_nights(give=[claim(room, 0, 2)], take=[claim(room, 2, 4)], now=AFTER)
    assert refusal.value.shortages == [Shortage(room, day(3), 0)]
    assert counters(room) == [(0, 1), (0, 1), (0, 0), (0, 2), (0, 0)]
    assert state(expired) == "expired"


# --- Opening and setting -------------------------------------------------------------------------------


def test_opening_makes_missing_nights_only(room: int) -> None:
    do(sell_nights, claims=[claim(room, 9, 10)])
    assert do(open_nights, room_type_id=room, first=day(8), last=day(12), allotment=7) == 3
    found = Night.objects.filter(room_type_id=room, date__gte=day(8)).order_by("date")
    assert list(found.values_list("allotment", "held", "sold", "allowance", "is_closed")) == [
        (2, 0, 0, 0, False),
        (2, 0, 1, 0, False),
        *[(7, 0, 0, 0, False)] * 3,
    ]


def test_opening_nights_makes_their_partitions() -> None:
    room_type_id = RoomTypeFactory.create().pk
    first, last = dt.date(2032, 12, 31), dt.date(2033, 1, 1)
    assert do(open_nights, room_type_id=room_type_id, first=first, last=last, allotment=1) == 2
    assert {"inventory_night_2032_12", "inventory_night_2033_01"} <= existing_partitions("inventory_night")


def test_setting_changes_what_is_given_and_counts_it(room: int) -> None:
    assert do(set_nights, room_type_id=room, dates=[day(0), day(1), day(0)], allotment=5) == 2
    assert do(set_nights, room_type_id=room, dates=[day(0), day(1)], allotment=5) == 0
    assert do(set_nights, room_type_id=room, dates=[day(1), day(2)], is_closed=True) == 2
    assert do(set_nights, room_type_id=room, dates=[day(1), day(99)], allotment=4, is_closed=True) == 1
    found = Night.objects.filter(room_type_id=room, date__lt=day(4)).order_by("date")
    assert list(found.values_list("allotment", "is_closed")) == [(5, False), (4, True), (2, True), (2, False)]


def test_an_allotment_below_what_guests_have_is_refused_with_the_dates(room: int) -> None:
    do(sell_nights, claims=[claim(room, 1, 3)])
    hold(claim(room, 2, 3))
    with pytest.raises(AllotmentTooSmall) as refusal:
        do(set_nights, room_type_id=room, dates=[day(0), day(1), day(2)], allotment=0, is_closed=True)
    assert refusal.value.dates == [day(1), day(2)]
    assert set(Night.objects.filter(room_type_id=room).values_list("allotment", "is_closed")) == {(2, False)}
    assert do(set_nights, room_type_id=room, dates=[day(0), day(1)], allotment=1) == 2


# --- The database itself -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "assignment",
    ["held = 3", "sold = 3", "held = 2, sold = 1", "allotment = 0, held = 1", "held = -1", "sold = -1"],
)
def test_the_database_refuses_to_oversell_on_its_own(room: int, assignment: str) -> None:
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE inventory_night SET {assignment} WHERE room_type_id = %s", [room])
    assert counters(room) == [(0, 0)] * 5


def test_every_partition_carries_the_check(room: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT COUNT(*) FROM pg_constraint JOIN pg_class ON pg_class.oid = conrelid"
            " WHERE conname = 'night_not_oversold' AND relname LIKE 'inventory_night_2%%'"
        )
        checks = cursor.fetchone()[0]
    assert checks == len(existing_partitions("inventory_night")) > 0


def test_a_hold_of_no_nights_or_rooms_is_refused_by_the_database(room: int) -> None:
    made = hold(claim(room, 0, 1))
    for change in ({"check_out": day(0)}, {"quantity": 0}):
        with pytest.raises(IntegrityError), transaction.atomic():
            made.items.update(**change)


def test_a_month_is_one_partition(room: int) -> None:
    """The query that locks and the one that counts look into one month only."""
    do(open_nights, room_type_id=room, first=dt.date(2026, 10, 1), last=dt.date(2027, 3, 31), allotment=1)
    for query in (
        "SELECT 1 FROM inventory_night WHERE (room_type_id = %s AND date >= %s AND date < %s)"
        " ORDER BY room_type_id, date FOR UPDATE",
        "UPDATE inventory_night SET held = held + 1 WHERE room_type_id = %s AND date >= %s AND date < %s",
    ):
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN {query}", [room, dt.date(2026, 12, 5), dt.date(2026, 12, 20)])
            plan = "\n".join(line for (line,) in cursor.fetchall())
        assert "inventory_night_2026_12" in plan
        assert "2026_11" not in plan
        assert "2027_01" not in plan


@pytest.mark.django_db(transaction=True)
def test_every_service_needs_a_transaction() -> None:
    anything: list[tuple[Callable[..., Any], dict[str, Any]]] = [
        (hold_nights, {"claims": [], "expires_at": LATER}),
        (confirm_hold, {"hold_id": uuid.uuid4()}),
        (release_hold, {"hold_id": uuid.uuid4()}),
        (sell_nights, {"claims": []}),
        (return_nights, {"claims": []}),
        (swap_nights, {"give": [], "take": []}),
        (release_expired_holds, {}),
        (open_nights, {"room_type_id": 1, "first": FIRST, "last": FIRST, "allotment": 1}),
        (set_nights, {"room_type_id": 1, "dates": [FIRST]}),
    ]
    for service, arguments in anything:
        with pytest.raises(NotInTransactionError):
            service(now=NOW, **arguments)
