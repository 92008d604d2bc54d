"""Worked examples of one night: guests beyond the included ones, single use, chains, meals, weekdays."""

from __future__ import annotations

import datetime as dt

import pytest

from serai.rates.rules import (
    Adjustment,
    Party,
    Step,
    child_price,
    divide_half_up,
    night_steps,
    percent_of,
    price_night,
    round_to_multiple,
    season_price,
    weekday_price,
    weekend_prices,
)
from tests.rates.rules.examples import COUPLE, offer, terms

BANDS = ((5, 1_000), (12, 2_000))


# --- Whole numbers -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("amount", "basis_points", "expected"),
    [
        (10_000, 1_000, 1_000),
        (10_005, 1_000, 1_001),
        (-10_005, 1_000, -1_001),
        (10_004, 1_000, 1_000),
        (1, 1, 0),
    ],
)
def test_a_percentage_is_rounded_once(amount: int, basis_points: int, expected: int) -> None:
    assert percent_of(amount, basis_points) == expected


@pytest.mark.parametrize(
    ("amount", "multiple", "expected"),
    [
        (12_345, 100, 12_300),
        (12_350, 100, 12_400),
        (12_345, 1, 12_345),
        (12_345, 0, 12_345),
        (2, 3, 3),
        (1, 2, 2),
    ],
)
def test_the_nearest_multiple(amount: int, multiple: int, expected: int) -> None:
    assert round_to_multiple(amount, multiple) == expected


def test_a_division_without_rest_is_not_rounded() -> None:
    assert (divide_half_up(10, 5), divide_half_up(-10, 5), divide_half_up(0, 5)) == (2, -2, 0)


# --- Guests ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("party", "expected"),
    [
        (Party(1), 8_500),
        (Party(1, (1,)), 8_500),  # an infant does not make two of them
        (Party(1, (2,)), 8_500),
        (Party(1, (3,)), 10_000),  # a child does
        (Party(1, (13,)), 10_000),  # so does somebody who counts as an adult
        (Party(2), 10_000),
        (Party(2, (8,)), 10_000),
        (Party(3), 13_000),
    ],
)
def test_one_guest_alone_gets_the_single_discount(party: Party, expected: int) -> None:
    room = terms(single_discount_minor=1_500, extra_adult_minor=3_000)
    assert price_night(room, party, 10_000) == expected


def test_the_single_discount_never_leads_below_zero() -> None:
    room = terms(single_discount_minor=1_500)
    assert night_steps(room, Party(1), 1_000) == (Step("base", 1_000), Step("single", -1_000, count=1))
    assert night_steps(room, Party(1), 0) == (Step("base", 0),)
    assert price_night(room, Party(1), 1_500) == 0
    assert price_night(room, Party(1), 1_501) == 1


@pytest.mark.parametrize(
    ("age", "expected"), [(3, 1_000), (5, 1_000), (6, 2_000), (12, 2_000), (13, 700), (17, 700)]
)
def test_a_child_costs_what_the_first_band_that_reaches_its_age_says(age: int, expected: int) -> None:
    assert child_price(terms(extra_child_minor=700, child_bands=BANDS), age) == expected


@pytest.mark.parametrize(
    ("party", "steps"),
    [
        # The oldest child takes the free place: what is paid for is the little one.
        (Party(1, (4, 10)), (Step("children", 1_000, count=1),)),
        (Party(1, (10, 4)), (Step("children", 1_000, count=1),)),
        (Party(2, (4, 10)), (Step("children", 3_000, count=2),)),
        (Party(3, (4,)), (Step("adults", 3_000, count=1), Step("children", 1_000, count=1))),
        (Party(4, ()), (Step("adults", 6_000, count=2),)),
        # Somebody of 15 is an adult here and stands before the children.
        (Party(1, (15, 10)), (Step("children", 2_000, count=1),)),
        # An infant takes no place, neither a free nor a paid one.
        (Party(1, (0, 2, 10)), ()),
        (Party(2, (0, 2)), ()),
        (Party(2, (2, 4)), (Step("children", 1_000, count=1),)),
    ],
)
def test_children_fill_the_free_places_oldest_first(party: Party, steps: tuple[Step, ...]) -> None:
    room = terms(extra_adult_minor=3_000, extra_child_minor=700, child_bands=BANDS)
    assert night_steps(room, party, 10_000) == (Step("base", 10_000), *steps)


def test_extra_guests_who_cost_nothing_are_no_step() -> None:
    assert night_steps(terms(), Party(4, (5, 6)), 10_000) == (Step("base", 10_000),)


def test_a_room_for_one_that_sleeps_three() -> None:
    room = terms(base_guests=1, extra_adult_minor=4_000, extra_child_minor=500, child_max_age=17)
    assert [
        price_night(room, party, 10_000) for party in (Party(1), Party(2), Party(1, (16,)), Party(2, (8,)))
    ] == [
        10_000,
        14_000,
        10_500,
        14_500,
    ]


# --- Chains of rate plans ----------------------------------------------------------------------------


def test_a_chain_says_what_each_plan_does() -> None:
    """100.05 less 10.01 is 90.04, to 50 cents 90.00; breakfast for 12.00 each; 5.00 off: 109.00."""
    room = terms(
        adjustments=(
            Adjustment("percent", -1_000, rounding_minor=50, meal_adult_minor=1_200, plan="With breakfast"),
            Adjustment("amount", -500, plan="Members"),
        )
    )
    assert night_steps(room, COUPLE, 10_005) == (
        Step("base", 10_005),
        Step("plan", -1_005, label="With breakfast"),
        Step("meals", 2_400, label="With breakfast", count=2),
        Step("plan", -500, label="Members"),
    )
    assert price_night(room, COUPLE, 10_005) == 10_900


def test_a_percentage_of_the_next_plan_is_also_of_the_meals() -> None:
    room = terms(
        adjustments=(
            Adjustment("amount", 0, meal_adult_minor=1_000, plan="Half board"),
            Adjustment("percent", -1_000, plan="Members"),
        )
    )
    assert price_night(room, COUPLE, 10_000) == 10_800


def test_meals_are_for_adults_and_children_but_not_for_infants() -> None:
    room = terms(
        adjustments=(Adjustment("amount", 0, meal_adult_minor=1_000, meal_child_minor=600, plan="HB"),)
    )
    assert night_steps(room, Party(2, (1, 8, 14)), 10_000) == (
        Step("base", 10_000),
        Step("meals", 3 * 1_000 + 600, label="HB", count=4),
    )


def test_a_plan_that_changes_nothing_is_no_step() -> None:
    room = terms(
        adjustments=(Adjustment("percent", 0, plan="Same"), Adjustment("amount", 0, plan="Same too"))
    )
    assert night_steps(room, COUPLE, 10_000) == (Step("base", 10_000),)


@pytest.mark.parametrize(
    ("value", "rounding", "expected"), [(-1_000, 100, 11_100), (-1_000, 500, 11_000), (-1_000, 1_000, 11_000)]
)
def test_a_derived_price_is_rounded_to_its_plans_multiple(value: int, rounding: int, expected: int) -> None:
    room = terms(adjustments=(Adjustment("percent", value, rounding_minor=rounding),))
    assert (
        price_night(room, COUPLE, 12_345) == expected
    )  # 11,110.5 → 11,110 before it is rounded to the multiple


def test_promotions_come_last_and_never_lead_below_zero() -> None:
    room = terms(adjustments=(Adjustment("amount", -4_000, plan="Saver"),))
    assert night_steps(
        room, COUPLE, 10_000, [offer(1, 5_000), offer(2, 9_000, "amount"), offer(3, 1_000)]
    ) == (
        Step("base", 10_000),
        Step("plan", -4_000, label="Saver"),
        Step("promotion", -3_000, label="Offer 1", ref=1),
        Step("promotion", -3_000, label="Offer 2", ref=2),
    )


# --- Filling nights ----------------------------------------------------------------------------------


def test_weekend_prices_are_for_friday_and_saturday() -> None:
    week = weekend_prices(9_000)
    monday = dt.date(2026, 12, 7)
    assert weekend_prices(None) is None
    assert [weekday_price(5_000, week, monday + dt.timedelta(days=day)) for day in range(7)] == [
        5_000, 5_000, 5_000, 5_000, 9_000, 9_000, 5_000,
    ]  # fmt: skip


def test_a_weekday_may_be_free_and_is_then_not_the_base_price() -> None:
    assert weekday_price(5_000, [0, None, None, None, None, None, None], dt.date(2026, 12, 7)) == 0
    assert weekday_price(5_000, None, dt.date(2026, 12, 7)) == 5_000


@pytest.mark.parametrize(
    ("base", "percent", "expected"),
    [(101, 50, 152), (101, -50, 50), (100, -90, 10), (50, 1, 51), (100, -200, 0)],
)
def test_a_season_is_rounded_half_up(base: int, percent: int, expected: int) -> None:
    assert season_price(base, percent) == expected
