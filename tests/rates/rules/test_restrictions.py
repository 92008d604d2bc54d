"""Each restriction by itself: the day and the number of nights on which it begins and ends to hold."""

from __future__ import annotations

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from serai.rates.rules import (
    RESTRICTION_FIELDS,
    UNRESTRICTED,
    Reason,
    RestrictionCalendar,
    Restrictions,
    find_violations,
    merge,
)

DAY = dt.date(2026, 12, 10)
NOON = dt.datetime(2026, 12, 1, 12, tzinfo=ZoneInfo("Europe/Berlin"))


def on(days: int) -> dt.date:
    return DAY + dt.timedelta(days=days)


def broken(
    *,
    arrive: int = 0,
    leave: int = 3,
    at: dt.datetime = NOON,
    standing: Restrictions = UNRESTRICTED,
    nights: dict[int, Restrictions] | None = None,
    **on_day: Any,
) -> list[Reason]:
    """What the stay breaks when `on_day` holds on `DAY`; days count from it."""
    by_date = {on(day): restrictions for day, restrictions in (nights or {}).items()}
    if on_day:
        by_date[DAY] = Restrictions(**on_day)
    calendar = RestrictionCalendar(standing, by_date)
    return find_violations(calendar, check_in=on(arrive), check_out=on(leave), booked_at=at)


def test_nothing_is_restricted_without_restrictions() -> None:
    assert broken() == []
    assert broken(min_stay_arrival=None) == []


# --- On arrival --------------------------------------------------------------------------------------


@pytest.mark.parametrize(("leave", "is_broken"), [(2, True), (3, False), (4, False)])
def test_fewest_nights_when_arriving(leave: int, is_broken: bool) -> None:
    found = broken(leave=leave, min_stay_arrival=3)
    assert found == ([Reason("min_stay_arrival", DAY, 3)] if is_broken else [])


@pytest.mark.parametrize(("leave", "is_broken"), [(2, False), (3, False), (4, True)])
def test_most_nights_when_arriving(leave: int, is_broken: bool) -> None:
    found = broken(leave=leave, max_stay_arrival=3)
    assert found == ([Reason("max_stay_arrival", DAY, 3)] if is_broken else [])


@pytest.mark.parametrize(
    "restriction",
    [
        {"min_stay_arrival": 9},
        {"max_stay_arrival": 1},
        {"is_closed_to_arrival": True},
        {"earliest_days": 0},
        {"latest_days": 99},
    ],
)
@pytest.mark.parametrize("arrive", [-1, 1])
def test_what_holds_on_arrival_does_not_hold_a_day_before_or_after(
    arrive: int, restriction: dict[str, Any]
) -> None:
    assert broken(arrive=arrive, **restriction) == []
    assert len(broken(**restriction)) == 1


@pytest.mark.parametrize(("arrive", "leave"), [(-2, 0), (-1, 1), (1, 2)])
def test_closed_to_arrival_is_about_the_day_of_arrival_only(arrive: int, leave: int) -> None:
    assert broken(arrive=arrive, leave=leave, is_closed_to_arrival=True) == []
    assert broken(arrive=0, is_closed_to_arrival=True) == [Reason("closed_to_arrival", DAY)]
    assert broken(is_closed_to_arrival=False) == []


# --- On every night ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arrive", "leave", "is_broken"),
    [
        (-2, 0, False),  # leaves on the day: it is no night of theirs
        (-2, 1, True),  # three nights, this is the last
        (-1, 2, True),  # in the middle
        (0, 3, True),
        (0, 4, False),
        (-3, 1, False),
        (1, 2, False),
    ],
)
def test_fewest_nights_of_any_stay_over_the_night(arrive: int, leave: int, is_broken: bool) -> None:
    found = broken(arrive=arrive, leave=leave, min_stay_through=4)
    assert found == ([Reason("min_stay_through", DAY, 4)] if is_broken else [])


@pytest.mark.parametrize(
    ("arrive", "leave", "is_broken"),
    [
        (-2, 0, False),
        (-2, 1, True),
        (-1, 2, True),
        (-1, 1, False),
        (0, 2, False),
        (0, 3, True),
        (1, 9, False),
    ],
)
def test_most_nights_of_any_stay_over_the_night(arrive: int, leave: int, is_broken: bool) -> None:
    found = broken(arrive=arrive, leave=leave, max_stay_through=2)
    assert found == ([Reason("max_stay_through", DAY, 2)] if is_broken else [])


@pytest.mark.parametrize(
    ("arrive", "leave", "is_broken"),
    [(-2, 0, False), (-2, 1, True), (-1, 1, True), (0, 1, True), (0, 5, True), (1, 2, False)],
)
def test_stop_sell_is_about_every_night_but_never_the_day_of_departure(
    arrive: int, leave: int, is_broken: bool
) -> None:
    found = broken(arrive=arrive, leave=leave, is_stop_sold=True)
    assert found == ([Reason("stop_sold", DAY)] if is_broken else [])


def test_every_night_is_named() -> None:
    stopped = {day: Restrictions(is_stop_sold=True) for day in (0, 2, 3)}
    assert broken(leave=3, nights=stopped) == [Reason("stop_sold", DAY), Reason("stop_sold", on(2))]


# --- On departure ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arrive", "leave", "is_broken"),
    [(-1, 0, True), (-3, 0, True), (-1, 1, False), (0, 1, False), (-2, -1, False)],
)
def test_closed_to_departure_is_about_the_check_out_date_only(
    arrive: int, leave: int, is_broken: bool
) -> None:
    found = broken(arrive=arrive, leave=leave, is_closed_to_departure=True)
    assert found == ([Reason("closed_to_departure", DAY)] if is_broken else [])


def test_a_day_on_which_nobody_comes_or_goes_can_be_stayed_over() -> None:
    assert broken(arrive=-1, leave=1, is_closed_to_arrival=True, is_closed_to_departure=True) == []


# --- When it is booked -------------------------------------------------------------------------------


def berlin(day: int, hour: int, minute: int = 0) -> dt.datetime:
    return dt.datetime.combine(on(day), dt.time(hour, minute), tzinfo=ZoneInfo("Europe/Berlin"))


@pytest.mark.parametrize(
    ("at", "is_broken"),
    [(berlin(-8, 0), True), (berlin(-8, 23, 59), True), (berlin(-7, 0), False), (berlin(0, 9), False)],
)
def test_not_earlier_than_a_week_before(at: dt.datetime, is_broken: bool) -> None:
    assert broken(at=at, earliest_days=7) == ([Reason("too_early", DAY, 7)] if is_broken else [])


@pytest.mark.parametrize(
    ("at", "is_broken"),
    [(berlin(-9, 8), False), (berlin(-2, 23, 59), False), (berlin(-1, 0), True), (berlin(0, 0), True)],
)
def test_not_later_than_two_days_before(at: dt.datetime, is_broken: bool) -> None:
    assert broken(at=at, latest_days=2) == ([Reason("too_late", DAY, 2)] if is_broken else [])


def test_no_days_before_is_a_restriction_too() -> None:
    assert broken(at=berlin(-1, 12), earliest_days=0) == [Reason("too_early", DAY, 0)]
    assert broken(at=berlin(0, 12), earliest_days=0) == []
    assert broken(at=berlin(0, 12), latest_days=0) == []
    assert broken(at=berlin(0, 12), release_days=0) == []


@pytest.mark.parametrize(
    ("at", "is_broken"),
    [
        (berlin(0, 0), False),
        (berlin(0, 17, 59), False),
        (berlin(0, 18), True),
        (berlin(0, 23, 59), True),
        (berlin(-1, 23), False),  # about the day of arrival only
    ],
)
def test_on_the_day_itself_until_six(at: dt.datetime, is_broken: bool) -> None:
    assert broken(at=at, cutoff_hour=18) == ([Reason("past_cutoff", DAY, 18)] if is_broken else [])


def test_a_cut_off_at_midnight_closes_the_whole_day_and_one_at_24_none_of_it() -> None:
    assert broken(at=berlin(0, 0), cutoff_hour=0) == [Reason("past_cutoff", DAY, 0)]
    assert broken(at=berlin(0, 23, 59), cutoff_hour=24) == []


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        (berlin(-4, 12), []),
        (berlin(-3, 12), []),
        (berlin(-2, 12), [DAY]),
        (berlin(-1, 12), [DAY, on(1)]),
        (berlin(0, 12), [DAY, on(1), on(2)]),
    ],
)
def test_each_night_is_released_so_many_days_before_itself(at: dt.datetime, expected: list[dt.date]) -> None:
    found = broken(at=at, standing=Restrictions(release_days=3))
    assert found == [Reason("released", date, 3) for date in expected]


@pytest.mark.parametrize(
    ("zone", "instant", "is_today"),
    [
        # Midnight between 9 and 10 December in three places, a minute before and after.
        ("Asia/Kolkata", dt.datetime(2026, 12, 9, 18, 29, tzinfo=dt.UTC), False),
        ("Asia/Kolkata", dt.datetime(2026, 12, 9, 18, 30, tzinfo=dt.UTC), True),
        ("America/New_York", dt.datetime(2026, 12, 10, 4, 59, tzinfo=dt.UTC), False),
        ("America/New_York", dt.datetime(2026, 12, 10, 5, 0, tzinfo=dt.UTC), True),
        ("Australia/Lord_Howe", dt.datetime(2026, 12, 9, 12, 59, tzinfo=dt.UTC), False),
        ("Australia/Lord_Howe", dt.datetime(2026, 12, 9, 13, 0, tzinfo=dt.UTC), True),
    ],
)
def test_days_begin_at_the_propertys_midnight(zone: str, instant: dt.datetime, is_today: bool) -> None:
    local = instant.astimezone(ZoneInfo(zone))
    assert broken(at=local, latest_days=1) == ([Reason("too_late", DAY, 1)] if is_today else [])
    assert broken(at=local, earliest_days=0) == ([] if is_today else [Reason("too_early", DAY, 0)])
    assert broken(at=local, release_days=1) == ([Reason("released", DAY, 1)] if is_today else [])


@pytest.mark.parametrize(
    ("zone", "date", "instant", "is_past"),
    [
        # 25 October 2026 in Berlin: 02:00 comes twice. The cut-off hour 3 is the one after both.
        ("Europe/Berlin", dt.date(2026, 10, 25), dt.datetime(2026, 10, 25, 0, 30, tzinfo=dt.UTC), False),
        ("Europe/Berlin", dt.date(2026, 10, 25), dt.datetime(2026, 10, 25, 1, 59, tzinfo=dt.UTC), False),
        ("Europe/Berlin", dt.date(2026, 10, 25), dt.datetime(2026, 10, 25, 2, 0, tzinfo=dt.UTC), True),
        # 29 March: from 01:59 straight to 03:00.
        ("Europe/Berlin", dt.date(2026, 3, 29), dt.datetime(2026, 3, 29, 0, 59, tzinfo=dt.UTC), False),
        ("Europe/Berlin", dt.date(2026, 3, 29), dt.datetime(2026, 3, 29, 1, 0, tzinfo=dt.UTC), True),
        # Lord Howe moves by half an hour: 5 April 2026, 01:30 comes twice.
        ("Australia/Lord_Howe", dt.date(2026, 4, 5), dt.datetime(2026, 4, 4, 16, 29, tzinfo=dt.UTC), False),
        ("Australia/Lord_Howe", dt.date(2026, 4, 5), dt.datetime(2026, 4, 4, 16, 30, tzinfo=dt.UTC), True),
    ],
)
def test_the_cut_off_hour_is_the_clocks_on_days_that_are_longer_or_shorter(
    zone: str, date: dt.date, instant: dt.datetime, is_past: bool
) -> None:
    local = instant.astimezone(ZoneInfo(zone))
    calendar = RestrictionCalendar(Restrictions(cutoff_hour=3))
    found = find_violations(calendar, check_in=date, check_out=date + dt.timedelta(days=1), booked_at=local)
    assert found == ([Reason("past_cutoff", date, 3)] if is_past else [])


def test_restrictions_do_not_lean_on_each_other() -> None:
    """Broken all at once, each is told."""
    everything = Restrictions(
        min_stay_arrival=9,
        max_stay_arrival=1,
        min_stay_through=9,
        max_stay_through=1,
        is_closed_to_arrival=True,
        is_closed_to_departure=True,
        is_stop_sold=True,
        earliest_days=0,
        latest_days=99,
        release_days=99,
        cutoff_hour=0,
    )
    found = broken(leave=2, standing=everything)
    assert [reason.code for reason in found if reason.date != on(1)] == [
        "closed_to_arrival",
        "min_stay_arrival",
        "max_stay_arrival",
        "too_early",
        "too_late",
        "stop_sold",
        "min_stay_through",
        "max_stay_through",
        "released",
        "closed_to_departure",
    ]
    on_the_day = broken(at=berlin(0, 1), leave=2, standing=everything)
    assert "past_cutoff" in {reason.code for reason in on_the_day}
    assert "too_early" not in {reason.code for reason in on_the_day}


# --- Inheritance -------------------------------------------------------------------------------------


def test_the_nearest_that_says_something_decides_each_by_itself() -> None:
    own_night = Restrictions(min_stay_arrival=2)
    own_plan = Restrictions(min_stay_arrival=3, max_stay_arrival=10)
    parents_night = Restrictions(max_stay_arrival=5, is_stop_sold=True)
    parents_plan = Restrictions(is_stop_sold=False, release_days=7)
    assert merge([own_night, own_plan, parents_night, parents_plan]) == Restrictions(
        min_stay_arrival=2, max_stay_arrival=10, is_stop_sold=True, release_days=7
    )


def test_no_is_an_answer_and_so_is_zero() -> None:
    assert merge([Restrictions(is_stop_sold=False), Restrictions(is_stop_sold=True)]).is_stop_sold is False
    assert merge([Restrictions(release_days=0), Restrictions(release_days=7)]).release_days == 0
    assert merge([None, Restrictions(), Restrictions(cutoff_hour=0)]).cutoff_hour == 0


def test_silence_restricts_nothing() -> None:
    assert merge([]) is UNRESTRICTED
    assert merge([None, UNRESTRICTED, Restrictions()]) is UNRESTRICTED


@pytest.mark.parametrize("name", RESTRICTION_FIELDS)
def test_every_restriction_is_inherited(name: str) -> None:
    value = True if name.startswith("is_") else 4
    assert merge([None, Restrictions(**{name: value})]) == Restrictions(**{name: value})
    assert len(RESTRICTION_FIELDS) == 11


def test_a_date_without_a_word_of_its_own_has_the_standing_ones() -> None:
    calendar = RestrictionCalendar(Restrictions(is_stop_sold=True), {DAY: Restrictions(min_stay_through=2)})
    assert calendar.on(DAY) == Restrictions(min_stay_through=2)
    assert calendar.on(on(1)) == Restrictions(is_stop_sold=True)
