"""Worked examples of promotions: who may use them, on which nights they count, which of them wins."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from serai.rates.rules import Party, choose_promotions, may_use, price_stay
from tests.rates.rules.examples import COUPLE, FIRST, nights, offer, terms

TODAY = dt.date(2026, 11, 21)  # ten days before


def holds(
    *, length: int = 3, ahead: int = 10, plan: int = 1, codes: tuple[str, ...] = (), **fields: Any
) -> bool:
    return may_use(
        offer(1, 1_000, **fields),
        rate_plan_id=plan,
        check_in=FIRST,
        check_out=FIRST + dt.timedelta(days=length),
        booking_date=FIRST - dt.timedelta(days=ahead),
        codes=codes,
    )


@pytest.mark.parametrize(("length", "expected"), [(2, False), (3, True), (4, True)])
def test_a_long_stay(length: int, expected: bool) -> None:
    assert holds(length=length, min_nights=3) is expected


@pytest.mark.parametrize(("length", "expected"), [(2, True), (3, True), (4, False)])
def test_a_short_stay(length: int, expected: bool) -> None:
    assert holds(length=length, max_nights=3) is expected


@pytest.mark.parametrize(("ahead", "expected"), [(29, False), (30, True), (31, True)])
def test_an_early_bird(ahead: int, expected: bool) -> None:
    assert holds(ahead=ahead, min_days_ahead=30) is expected


@pytest.mark.parametrize(("ahead", "expected"), [(0, True), (2, True), (3, False)])
def test_the_last_minute(ahead: int, expected: bool) -> None:
    assert holds(ahead=ahead, max_days_ahead=2) is expected


@pytest.mark.parametrize(("ahead", "expected"), [(0, True), (1, False)])
def test_on_the_day_itself_is_no_days_ahead(ahead: int, expected: bool) -> None:
    assert holds(ahead=ahead, max_days_ahead=0) is expected


@pytest.mark.parametrize(
    ("code", "codes", "expected"),
    [
        ("", (), True),
        ("", ("X",), True),
        ("Summer", (), False),
        ("Summer", ("SUMMER",), True),
        ("A", ("B",), False),
    ],
)
def test_a_code_in_whatever_case(code: str, codes: tuple[str, ...], expected: bool) -> None:
    assert holds(code=code, codes=codes) is expected


@pytest.mark.parametrize(("plan", "expected"), [(1, True), (2, True), (3, False)])
def test_some_rate_plans_only(plan: int, expected: bool) -> None:
    assert holds(plan=plan, rate_plan_ids=frozenset({1, 2})) is expected


@pytest.mark.parametrize(("ahead", "expected"), [(12, False), (11, True), (10, True), (9, True), (8, False)])
def test_a_window_in_which_it_is_booked(ahead: int, expected: bool) -> None:
    window = {
        "bookable_from_date": FIRST - dt.timedelta(days=11),
        "bookable_until_date": FIRST - dt.timedelta(days=9),
    }
    assert holds(ahead=ahead, **window) is expected


def test_every_condition_must_hold() -> None:
    assert holds(min_nights=3, max_nights=3, min_days_ahead=10, max_days_ahead=10)
    assert not holds(min_nights=4, max_days_ahead=10)
    assert not holds(min_nights=3, max_days_ahead=9)


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        (None, None, [9_000, 9_000, 9_000]),
        (1, None, [10_000, 9_000, 9_000]),
        (None, 1, [9_000, 9_000, 10_000]),
        (1, 1, [10_000, 9_000, 10_000]),
        (5, None, [10_000, 10_000, 10_000]),
    ],
)
def test_a_window_of_the_stay_chooses_its_nights(
    first: int | None, last: int | None, expected: list[int]
) -> None:
    def date(day: int | None) -> dt.date | None:
        return None if day is None else FIRST + dt.timedelta(days=day)

    ten_off = offer(1, 1_000, stay_from_date=date(first), stay_until_date=date(last))
    price = price_stay(terms(promotions=(ten_off,)), nights(10_000, 10_000, 10_000), [COUPLE])
    assert [night.amount_minor for night in price.nights] == expected
    assert price.saved_minor == 30_000 - sum(expected)


def chosen(
    *offers: Any, amounts: tuple[int, ...] = (10_000, 20_000), parties: tuple[Party, ...] = (COUPLE,)
) -> list[int]:
    room = terms(promotions=offers, extra_adult_minor=10_000)
    return [promotion.id for promotion in choose_promotions(room, nights(*amounts), parties)]


def test_of_those_that_stand_alone_the_best_one_wins() -> None:
    assert chosen() == []
    assert chosen(offer(1, 1_000), offer(2, 2_000), offer(3, 1_500)) == [2]
    # 10 % of 300.00 is more than 14.99 a night, less than 15.01.
    assert chosen(offer(1, 1_000), offer(2, 1_499, "amount")) == [1]
    assert chosen(offer(1, 1_000), offer(2, 1_501, "amount")) == [2]


def test_the_first_wins_among_equals() -> None:
    assert chosen(offer(1, 1_000), offer(2, 1_500, "amount")) == [1]
    assert chosen(offer(2, 1_500, "amount"), offer(1, 1_000)) == [2]


def test_what_counts_is_the_whole_stay_with_all_its_rooms() -> None:
    only_second = offer(1, 2_000, stay_from_date=FIRST + dt.timedelta(days=1))  # 20 % of 200.00
    assert chosen(only_second, offer(2, 1_300)) == [1]  # 40.00 against 39.00
    assert chosen(only_second, offer(2, 1_400)) == [2]  # against 42.00
    # A third guest makes both nights dearer, and the fixed sum worth less beside the percentage.
    assert chosen(offer(1, 1_000), offer(2, 1_600, "amount")) == [2]  # 30.00 against 32.00
    assert chosen(offer(1, 1_000), offer(2, 1_600, "amount"), parties=(Party(3),)) == [
        1
    ]  # 50.00 against 32.00
    assert chosen(offer(1, 1_000), offer(2, 1_600, "amount"), parties=(COUPLE, Party(3))) == [
        1
    ]  # 80.00 : 64.00


def test_a_sum_is_worth_no_more_than_the_night() -> None:
    assert chosen(offer(1, 5_000), offer(2, 90_000, "amount"), amounts=(100, 200)) == [2]
    assert chosen(offer(1, 10_000), offer(2, 90_000, "amount"), amounts=(100, 200)) == [1]


def test_those_that_combine_all_count_after_the_best_one_in_their_order() -> None:
    offers = (
        offer(1, 1_000, is_combinable=True),
        offer(2, 2_000),
        offer(3, 500, "amount", is_combinable=True),
        offer(4, 3_000),
    )
    assert chosen(*offers) == [4, 1, 3]
    price = price_stay(terms(promotions=offers), nights(10_000), [COUPLE])
    # 100.00 less 30 % is 70.00, less 10 % is 63.00, less 5.00 is 58.00.
    assert price.total_minor == 5_800
    assert price.promotions == [(4, "Offer 4", 3_000), (1, "Offer 1", 700), (3, "Offer 3", 500)]


def test_savings_add_up_over_nights_and_rooms() -> None:
    room = terms(promotions=(offer(7, 1_000),), extra_adult_minor=5_000)
    price = price_stay(room, nights(10_000, 12_000), [COUPLE, Party(3)])
    assert price.promotions == [(7, "Offer 7", 1_000 + 1_200 + 1_500 + 1_700)]
    assert price.saved_minor == 5_400
    assert price.total_minor == 54_000 - 5_400


def test_savings_are_compared_before_other_discounts_but_after_the_plans() -> None:
    from serai.rates.rules import Adjustment

    room = terms(
        adjustments=(Adjustment("percent", -5_000),),
        promotions=(offer(1, 1_000), offer(2, 700, "amount"), offer(3, 9_000, is_combinable=True)),
    )
    # Half of 100.00: 10 % is 5.00, less than 7.00.
    assert [each.id for each in choose_promotions(room, nights(10_000), [COUPLE])] == [2, 3]
