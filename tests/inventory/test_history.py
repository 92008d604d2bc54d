"""What a night was at an instant, and what happened to it."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from serai.inventory.history import NightChanged, NightState, changes_of, nights_as_of
from serai.inventory.models import Night, NightHistory
from serai.inventory.services import open_nights
from tests.factories import NOW, RoomTypeFactory

pytestmark = pytest.mark.django_db

NIGHT, NEXT = dt.date(2026, 12, 31), dt.date(2027, 1, 1)


@pytest.fixture
def room() -> int:
    return int(RoomTypeFactory.create().pk)


def clock() -> dt.datetime:
    """The database's clock, which also stamps the history."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        moment: dt.datetime = cursor.fetchone()[0]
        return moment


def open_night(room: int, date: dt.date = NIGHT) -> None:
    with transaction.atomic():
        open_nights(room_type_id=room, first=date, last=date, allotment=3, now=NOW)


def as_of(room: int, at: dt.datetime) -> dict[dt.date, NightState]:
    return nights_as_of(room_type_id=room, first=NIGHT, last=NEXT, at=at)


def state(allotment: int = 3, sold: int = 0, *, closed: bool = False) -> NightState:
    return NightState(allotment=allotment, held=0, sold=sold, allowance=0, is_closed=closed)


def test_every_moment_has_its_state(room: int) -> None:
    nights = Night.objects.filter(room_type_id=room)
    before = clock()
    open_night(room)
    opened = clock()
    open_night(room, NEXT)
    nights.filter(date=NIGHT).update(sold=2)
    sold = clock()
    nights.update(is_closed=True)
    closed = clock()
    nights.filter(date=NEXT).delete()
    gone = clock()
    assert as_of(room, before) == {}
    assert as_of(room, opened) == {NIGHT: state()}
    assert as_of(room, sold) == {NIGHT: state(sold=2), NEXT: state()}
    assert as_of(room, closed) == {NIGHT: state(sold=2, closed=True), NEXT: state(closed=True)}
    assert as_of(room, gone) == {NIGHT: state(sold=2, closed=True)}
    assert [as_of(room, moment)[NIGHT].left for moment in (opened, sold, closed)] == [3, 1, 0]


def test_what_is_known_of_rows_without_history_is_what_they_are(room: int) -> None:
    open_night(room)
    NightHistory.objects.all().delete()
    assert as_of(room, clock() - dt.timedelta(days=3)) == {NIGHT: state()}


def test_changes_are_told_newest_first(room: int) -> None:
    open_night(room)
    nights = Night.objects.filter(room_type_id=room)
    nights.update(allotment=5)
    nights.update(allotment=5)  # changes nothing
    nights.update(sold=1)
    changes = changes_of(room_type_id=room, date=NIGHT)
    assert [(change.before, change.after) for change in changes] == [
        (state(5), state(5, 1)),
        (state(), state(5)),
        (None, state()),
    ]
    assert isinstance(changes[0], NightChanged)
    assert changes[0].at > changes[1].at > changes[2].at
    nights.delete()
    (latest,) = changes_of(room_type_id=room, date=NIGHT, limit=1)
    assert (latest.before, latest.after) == (state(5, 1), None)
    assert changes_of(room_type_id=room, date=NEXT) == []


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(steps=st.lists(st.sampled_from(["open", "remove", 1, 2, 3]), max_size=12))
def test_any_story_can_be_read_back(room: int, steps: list[str | int]) -> None:
    nights = Night.objects.filter(room_type_id=room, date=NIGHT)
    nights.delete()
    NightHistory.objects.all().delete()
    there = False
    told: list[tuple[dt.datetime, NightState | None]] = [(clock(), None)]
    for step in steps:
        if step == "open" and not there:
            open_night(room)
            there = True
        elif step == "remove":
            nights.delete()
            there = False
        elif isinstance(step, int):
            nights.update(allotment=step)
        now = nights.first()
        told.append((clock(), state(now.allotment) if now else None))
    for moment, expected in told:
        assert as_of(room, moment).get(NIGHT) == expected
