"""Sharing out rooms: worked examples, and what must hold in every world."""

from __future__ import annotations

import datetime as dt
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serai.bookings.assignment_rules import (
    Hours,
    PlainRoom,
    Stay,
    check_out_instant,
    day_use_nights,
    missing_nights,
    nights_in,
    number_order,
    share_out,
    stay_span,
)

JAIPUR = Hours(dt.time(14), dt.time(11), "Asia/Kolkata")
BERLIN = Hours(dt.time(14), dt.time(11), "Europe/Berlin")
START = dt.date(2026, 12, 1)


def day(number: int) -> dt.date:
    return START + dt.timedelta(days=number)


def stay(first: int, last: int, **more: object) -> Stay:
    """From the first to the morning of the last day of December (0 is the 1st)."""
    return Stay(*stay_span(day(first), day(last), JAIPUR), **more)  # type: ignore[arg-type]


def rooms(*numbers: str, accessible: str = "") -> list[PlainRoom]:
    return [PlainRoom(number, number, number in accessible.split()) for number in numbers]


# --- Instants -----------------------------------------------------------------------------------------


def test_a_stay_is_from_the_check_in_hour_to_the_check_out_hour() -> None:
    assert stay_span(dt.date(2026, 12, 10), dt.date(2026, 12, 12), JAIPUR) == (
        dt.datetime(2026, 12, 10, 8, 30, tzinfo=dt.UTC),
        dt.datetime(2026, 12, 12, 5, 30, tzinfo=dt.UTC),
    )


@pytest.mark.parametrize(
    ("check_in", "hours"),
    [(dt.date(2026, 3, 28), 20), (dt.date(2026, 10, 24), 22), (dt.date(2026, 6, 1), 21)],
)
def test_the_night_in_which_clocks_change_is_an_hour_shorter_or_longer(check_in: dt.date, hours: int) -> None:
    start, end = stay_span(check_in, check_in + dt.timedelta(days=1), BERLIN)
    assert end - start == dt.timedelta(hours=hours)
    assert nights_in((start, end), "Europe/Berlin") == (check_in, check_in + dt.timedelta(days=1))


def test_rooms_change_hands_at_check_in_where_check_out_is_allowed_later() -> None:
    late = Hours(dt.time(12), dt.time(14), "Asia/Kolkata")
    assert stay_span(day(0), day(1), late)[1] == stay_span(day(1), day(2), late)[0]


def test_an_hour_that_does_not_exist_never_makes_stays_overlap() -> None:
    odd = Hours(dt.time(3), dt.time(2, 30), "Europe/Berlin")
    change = dt.date(2026, 3, 29)
    assert check_out_instant(change, odd) <= stay_span(change, change + dt.timedelta(days=1), odd)[0]


@pytest.mark.parametrize(
    ("hours", "nights"),
    [
        (((11, 0), (14, 0)), (0, 0)),
        (((11, 30), (13, 0)), (0, 0)),
        (((11, 0), (14, 1)), (0, 1)),
        (((10, 59), (14, 0)), (-1, 0)),
        (((9, 0), (18, 0)), (-1, 1)),
        (((15, 0), (22, 0)), (0, 1)),
        (((6, 0), (10, 0)), (-1, 0)),
    ],
)
def test_a_day_use_takes_the_nights_its_hours_reach_into(
    hours: tuple[tuple[int, int], tuple[int, int]], nights: tuple[int, int]
) -> None:
    start, end = (dt.time(*clock) for clock in hours)
    assert day_use_nights(day(5), start, end, JAIPUR) == (day(5 + nights[0]), day(5 + nights[1]))


@pytest.mark.parametrize(
    ("covered", "missing"),
    [
        ([], [(0, 6)]),
        ([(0, 6)], []),
        ([(0, 2), (2, 6)], []),
        ([(1, 2), (4, 5)], [(0, 1), (2, 4), (5, 6)]),
        ([(-2, 3)], [(3, 6)]),
        ([(4, 9)], [(0, 4)]),
        ([(8, 9)], [(0, 6)]),
    ],
)
def test_missing_nights(covered: list[tuple[int, int]], missing: list[tuple[int, int]]) -> None:
    def dates(pairs: list[tuple[int, int]]) -> list[tuple[dt.date, dt.date]]:
        return [(day(first), day(last)) for first, last in pairs]

    assert missing_nights((day(0), day(6)), dates(covered)) == dates(missing)


# --- Sharing out: examples ----------------------------------------------------------------------------


def test_rooms_are_ordered_as_people_read_them() -> None:
    assert sorted(["10", "9", "A2", "A10", "101"], key=number_order) == ["9", "10", "101", "A2", "A10"]


def test_the_tightest_gap_is_filled_so_that_a_long_stay_fits_later() -> None:
    taken = {"101": [stay_span(day(0), day(2), JAIPUR), stay_span(day(4), day(6), JAIPUR)], "102": []}
    assert share_out({"short": stay(2, 4)}, rooms("101", "102"), taken) == {"short": "101"}
    assert share_out({"short": stay(2, 4), "long": stay(0, 6)}, rooms("101", "102"), taken) == {
        "short": "101",
        "long": "102",
    }


def test_equal_choices_fall_to_the_lower_number() -> None:
    assert share_out({"a": stay(0, 1)}, rooms("10", "9")) == {"a": "9"}


def test_accessible_rooms_are_kept_for_those_who_need_them() -> None:
    both = rooms("101", "102", accessible="101")
    assert share_out({"a": stay(0, 2)}, both) == {"a": "102"}
    assert share_out({"a": stay(0, 2), "b": stay(1, 3)}, both) == {"a": "102", "b": "101"}
    assert share_out({"a": stay(0, 2), "b": stay(0, 2, needs_accessible=True)}, both) == {
        "a": "102",
        "b": "101",
    }


def test_who_needs_an_accessible_room_gets_no_other() -> None:
    assert share_out({"a": stay(0, 2, needs_accessible=True)}, rooms("101")) == {"a": None}


def test_an_earlier_room_is_kept_unless_somebody_would_go_without() -> None:
    three = rooms("101", "102")
    assert share_out({"a": stay(0, 2, room="102")}, three) == {"a": "102"}
    crowded = {"a": stay(0, 2, room="101"), "b": stay(2, 4, room="102"), "c": stay(0, 4)}
    result = share_out(crowded, three)
    assert result["a"] == result["b"] != result["c"]
    assert None not in result.values()


def test_a_locked_stay_keeps_its_room_even_if_somebody_goes_without() -> None:
    stays = {
        "a": stay(0, 2, room="101", is_locked=True),
        "b": stay(2, 4, room="102", is_locked=True),
        "c": stay(0, 4),
    }
    assert share_out(stays, rooms("101", "102")) == {"a": "101", "b": "102", "c": None}


def test_a_locked_stay_in_a_room_of_another_type_stays_there() -> None:
    stays = {"a": stay(0, 2, room="suite", is_locked=True)}
    assert share_out(stays, rooms("101")) == {"a": "suite"}


def test_without_rooms_or_stays() -> None:
    assert share_out({"a": stay(0, 1)}, []) == {"a": None}
    assert share_out({}, rooms("101")) == {}


# --- In every world -----------------------------------------------------------------------------------

NUMBERS = [str(number) for number in range(1, 5)]


@st.composite
def stays_of(draw: st.DrawFn, *, may_lock: bool, may_need: bool) -> dict[int, Stay]:
    stays: dict[int, Stay] = {}
    for key in range(draw(st.integers(0, 9))):
        first = draw(st.integers(0, 9))
        earlier = draw(st.sampled_from([None, None, *NUMBERS]))
        stays[key] = stay(
            first,
            first + draw(st.integers(1, 5)),
            needs_accessible=may_need and draw(st.booleans()),
            room=earlier,
            is_locked=may_lock and draw(st.booleans()),
        )
    return stays


def clash(one: Stay, other: Stay) -> bool:
    return one.start < other.end and other.start < one.end


def consistent(stays: dict[int, Stay]) -> dict[int, Stay]:
    """Two stays that were locked into one room at a time cannot come out of the database."""
    kept: dict[int, Stay] = {}
    for key, one in stays.items():
        if one.is_locked and any(
            other.is_locked and other.room == one.room and clash(one, other) for other in kept.values()
        ):
            continue
        kept[key] = one
    return kept


@given(stays_of(may_lock=True, may_need=True), st.integers(0, 4), st.integers(0, 4))
def test_one_room_serves_one_stay_at_a_time_and_locked_ones_stay(
    stays: dict[int, Stay], count: int, accessible: int
) -> None:
    stays = consistent(stays)
    numbers = NUMBERS[:count]
    result = share_out(stays, rooms(*numbers, accessible=" ".join(numbers[:accessible])))
    assert set(result) == set(stays)
    for (one, room), (other, other_room) in combinations(result.items(), 2):
        assert room is None or room != other_room or not clash(stays[one], stays[other])
    for key, room in result.items():
        if stays[key].is_locked and stays[key].room is not None:
            assert room == stays[key].room
        elif room is not None:
            assert room in numbers
            assert not stays[key].needs_accessible or room in numbers[:accessible]
    assert share_out(stays, rooms(*numbers, accessible=" ".join(numbers[:accessible]))) == result


@given(stays_of(may_lock=False, may_need=False), st.integers(0, 4))
def test_what_interval_partitioning_can_place_is_placed(stays: dict[int, Stay], accessible: int) -> None:
    """As many rooms as stays at the busiest instant are enough (interval graphs are perfect)."""
    busiest = max(
        (sum(other.start <= one.start < other.end for other in stays.values()) for one in stays.values()),
        default=0,
    )
    numbers = [str(number) for number in range(1, busiest + 1)]
    result = share_out(stays, rooms(*numbers, accessible=" ".join(numbers[:accessible])))
    assert None not in result.values()


@given(stays_of(may_lock=False, may_need=True))
def test_who_needs_an_accessible_room_is_placed_when_those_rooms_are_enough(stays: dict[int, Stay]) -> None:
    needing = {key: one for key, one in stays.items() if one.needs_accessible}
    busiest = max(
        (sum(other.start <= one.start < other.end for other in needing.values()) for one in needing.values()),
        default=0,
    )
    numbers = [str(number) for number in range(1, busiest + 1)]
    fresh = {key: Stay(one.start, one.end, one.needs_accessible) for key, one in stays.items()}
    result = share_out(fresh, rooms(*numbers, "90", accessible=" ".join(numbers)))
    assert all(result[key] is not None for key in needing)


@given(stays_of(may_lock=False, may_need=False))
def test_nobody_is_moved_when_nobody_goes_without(stays: dict[int, Stay]) -> None:
    """What was shared out stays as it was when it is shared out again."""
    first = share_out(stays, rooms(*NUMBERS))
    again = {key: Stay(one.start, one.end, room=first[key]) for key, one in stays.items()}
    if None not in first.values():
        assert share_out(again, rooms(*NUMBERS)) == first
