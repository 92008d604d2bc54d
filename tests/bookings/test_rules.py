"""States, and what cancelling costs at an instant, by hand-made examples."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serai.bookings.rules import (
    TRANSITIONS,
    CompiledTier,
    check_in_instant,
    compile_tiers,
    free_until,
    is_always_free,
    may_become,
    penalty_at,
    tiers_from_json,
)
from serai.rates.rules import Party, PolicyTier, ProductTerms, StayPrice, TaxTerm, price_stay

CHECK_IN = dt.date(2026, 12, 10)


def utc(*parts: int) -> dt.datetime:
    return dt.datetime(*parts, tzinfo=dt.UTC)  # type: ignore[arg-type]


def stay(*amounts: int, taxes: tuple[TaxTerm, ...] = (), rooms: int = 1) -> StayPrice:
    terms = ProductTerms("INR", 2, 2, 2, 4, taxes=taxes)
    nights = [(CHECK_IN + dt.timedelta(days=day), amount) for day, amount in enumerate(amounts)]
    return price_stay(terms, nights, [Party(2)] * rooms)


def compiled(
    *tiers: PolicyTier,
    price: StayPrice | None = None,
    check_in: dt.date = CHECK_IN,
    at: dt.time = dt.time(14),
    timezone: str = "Asia/Kolkata",
) -> list[CompiledTier]:
    return compile_tiers(
        tiers=tiers,
        check_in=check_in,
        check_in_from=at,
        timezone=timezone,
        price=price or stay(10_000, 12_000),
    )


# --- States --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", TRANSITIONS)
@pytest.mark.parametrize("new_state", TRANSITIONS)
def test_the_table_of_states(state: str, new_state: str) -> None:
    allowed = {
        ("confirmed", "checked_in"),
        ("confirmed", "cancelled"),
        ("confirmed", "no_show"),
        ("checked_in", "checked_out"),
    }
    assert may_become(state, new_state) is ((state, new_state) in allowed)


# --- Instants ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("timezone", "date", "at", "expected"),
    [
        ("Asia/Kolkata", dt.date(2026, 12, 10), dt.time(14), utc(2026, 12, 10, 8, 30)),
        ("Europe/Berlin", dt.date(2026, 12, 10), dt.time(15), utc(2026, 12, 10, 14)),
        ("Europe/Berlin", dt.date(2026, 7, 10), dt.time(15), utc(2026, 7, 10, 13)),
        # 29 March 2026: 02:00 becomes 03:00 in Berlin; by noon it is summer time.
        ("Europe/Berlin", dt.date(2026, 3, 29), dt.time(12), utc(2026, 3, 29, 10)),
        (
            "Europe/Berlin",
            dt.date(2026, 3, 29),
            dt.time(2, 30),
            utc(2026, 3, 29, 1, 30),
        ),  # an hour that is skipped
        (
            "Europe/Berlin",
            dt.date(2026, 10, 25),
            dt.time(2, 30),
            utc(2026, 10, 25, 0, 30),
        ),  # the first of two
        ("America/New_York", dt.date(2026, 3, 8), dt.time(15), utc(2026, 3, 8, 19)),
        ("America/New_York", dt.date(2026, 3, 7), dt.time(15), utc(2026, 3, 7, 20)),
        ("America/New_York", dt.date(2026, 11, 1), dt.time(1, 30), utc(2026, 11, 1, 5, 30)),
        # Samoa lies east of the date line since 30 December 2011, a day that never was.
        ("Pacific/Apia", dt.date(2026, 12, 10), dt.time(14), utc(2026, 12, 10, 1)),
        ("Pacific/Apia", dt.date(2011, 12, 29), dt.time(14), utc(2011, 12, 30, 0)),
        ("Pacific/Apia", dt.date(2011, 12, 31), dt.time(14), utc(2011, 12, 31, 0)),
    ],
)
def test_the_check_in_hour_is_an_instant(
    timezone: str, date: dt.date, at: dt.time, expected: dt.datetime
) -> None:
    assert check_in_instant(check_in=date, check_in_from=at, timezone=timezone) == expected


@pytest.mark.parametrize(
    ("timezone", "check_in", "hours", "expected"),
    [
        ("Asia/Kolkata", CHECK_IN, 24, utc(2026, 12, 9, 8, 30)),
        ("Europe/Berlin", CHECK_IN, 48, utc(2026, 12, 8, 13)),
        # Across the change to summer time 24 real hours before 14:00 are 13:00 the day before.
        ("Europe/Berlin", dt.date(2026, 3, 29), 24, utc(2026, 3, 28, 12)),
        ("Europe/Berlin", dt.date(2026, 10, 25), 24, utc(2026, 10, 24, 13)),
        ("America/New_York", dt.date(2026, 3, 8), 24, utc(2026, 3, 7, 18)),
        ("America/New_York", dt.date(2026, 11, 1), 24, utc(2026, 10, 31, 19)),
        ("Pacific/Apia", CHECK_IN, 24, utc(2026, 12, 9, 1)),
        ("Pacific/Apia", dt.date(2011, 12, 31), 24, utc(2011, 12, 30, 0)),
    ],
)
def test_hours_before_check_in_are_real_hours(
    timezone: str, check_in: dt.date, hours: int, expected: dt.datetime
) -> None:
    [tier] = compiled(PolicyTier(hours, "percent", 100), check_in=check_in, timezone=timezone)
    assert tier.from_at == expected
    assert tier.from_at.tzinfo == dt.UTC


# --- Amounts -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        ("percent", 0, 0),
        ("percent", 50, 11_001),  # 22,001 / 2, half up
        ("percent", 100, 22_001),
        ("nights", 1, 10_001),
        ("nights", 2, 22_001),
        ("nights", 9, 22_001),
    ],
)
def test_penalties_in_percent_and_nights(kind: str, value: int, expected: int) -> None:
    assert compiled(PolicyTier(None, kind, value), price=stay(10_001, 12_000)) == [
        CompiledTier(None, expected)
    ]


def test_a_penalty_leaves_out_what_only_the_property_takes() -> None:
    taxes = (
        TaxTerm("GST", "percent", "room", "night", 1_000),
        TaxTerm("City", "amount", "person", "night", 500, is_paid_at_property=True),
        TaxTerm("Cleaning", "amount", "room", "stay", 3_000),
    )
    price = stay(10_000, 10_000, taxes=taxes)
    assert (price.total_minor, price.prepayable_minor) == (27_000, 25_000)
    tiers = (PolicyTier(None, "nights", 1), PolicyTier(10, "percent", 100))
    assert [tier.penalty_minor for tier in compiled(*tiers, price=price)] == [11_000, 25_000]


def test_a_night_is_that_night_of_all_rooms() -> None:
    [tier] = compiled(PolicyTier(None, "nights", 1), price=stay(10_000, 99_000, rooms=3))
    assert tier.penalty_minor == 30_000


def test_tiers_are_put_in_order_of_time() -> None:
    tiers = compiled(
        PolicyTier(24, "percent", 100), PolicyTier(None, "percent", 10), PolicyTier(72, "percent", 50)
    )
    assert tiers == [
        CompiledTier(None, 2_200),
        CompiledTier(utc(2026, 12, 7, 8, 30), 11_000),
        CompiledTier(utc(2026, 12, 9, 8, 30), 22_000),
    ]
    assert tiers_from_json(json.loads(json.dumps([tier.as_json() for tier in tiers]))) == tiers


def test_a_penalty_begins_at_its_instant() -> None:
    begins, later = utc(2026, 12, 7, 8, 30), utc(2026, 12, 9, 8, 30)
    tiers = [CompiledTier(begins, 500), CompiledTier(later, 900)]
    tick = dt.timedelta(microseconds=1)
    assert [penalty_at(tiers, at) for at in (begins - tick, begins, later - tick, later)] == [
        0,
        500,
        500,
        900,
    ]
    assert penalty_at(tiers, begins.astimezone(dt.timezone(dt.timedelta(hours=14)))) == 500
    assert penalty_at([], begins) == 0
    assert penalty_at([CompiledTier(None, 7)], utc(1970, 1, 1)) == 7


def test_free_until_is_the_first_instant_that_costs() -> None:
    begins, later = utc(2026, 12, 7), utc(2026, 12, 9)
    assert free_until([CompiledTier(begins, 0), CompiledTier(later, 1)]) == later
    assert free_until([CompiledTier(None, 0), CompiledTier(begins, 5)]) == begins
    assert free_until([CompiledTier(None, 5), CompiledTier(begins, 9)]) is None  # never free
    assert free_until([]) is None  # always free
    assert is_always_free([])
    assert is_always_free([CompiledTier(None, 0)])
    assert not is_always_free([CompiledTier(None, 0), CompiledTier(begins, 5)])


tiers_strategy = st.lists(
    st.builds(PolicyTier, st.none() | st.integers(0, 2_000), st.just("percent"), st.integers(0, 100))
    | st.builds(PolicyTier, st.none() | st.integers(0, 2_000), st.just("nights"), st.integers(1, 9)),
    max_size=4,
    unique_by=lambda tier: tier.hours_before,
)


@given(
    tiers_strategy,
    st.lists(st.integers(0, 10_000_000), min_size=1, max_size=4),
    st.dates(dt.date(2015, 1, 1), dt.date(2037, 12, 31)),
    st.times(),
    st.sampled_from(["Europe/Berlin", "America/New_York", "Asia/Kolkata", "Pacific/Apia", "UTC"]),
    st.integers(-3_000, 100),
)
def test_any_policy_is_ordered_bounded_and_agrees_with_its_definition(
    tiers: list[PolicyTier], amounts: list[int], check_in: dt.date, at: dt.time, timezone: str, hours: int
) -> None:
    price = stay(*amounts)
    result = compiled(*tiers, price=price, check_in=check_in, at=at, timezone=timezone)
    instants = [tier.from_at for tier in result if tier.from_at is not None]
    assert instants == sorted(instants)
    assert all(0 <= tier.penalty_minor <= price.prepayable_minor for tier in result)
    assert tiers_from_json([tier.as_json() for tier in result]) == result
    # The definition: of the tiers whose hours have come, the one closest to arrival.
    moment = check_in_instant(check_in=check_in, check_in_from=at, timezone=timezone) + dt.timedelta(
        hours=hours
    )
    begun = [tier for tier in tiers if tier.hours_before is None or hours >= -tier.hours_before]
    if not begun:
        assert penalty_at(result, moment) == 0
    else:
        last = min(begun, key=lambda tier: float("inf") if tier.hours_before is None else tier.hours_before)
        [alone] = compiled(last, price=price, check_in=check_in, at=at, timezone=timezone)
        assert penalty_at(result, moment) == alone.penalty_minor
