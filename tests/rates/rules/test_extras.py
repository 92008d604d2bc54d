"""Extras, and the totals of rooms and stays with them; what terms are when nothing is said."""

from __future__ import annotations

from dataclasses import replace

import pytest

from serai.rates.rules import (
    Adjustment,
    Deposit,
    ExtraLine,
    ExtraTerm,
    Party,
    PolicyTerms,
    ProductTerms,
    Step,
    fits,
    price_night,
    price_stay,
    stay_price_from_json,
)
from tests.rates.rules.examples import COUPLE, charged, nights, offer, tax, terms

FAMILY = Party(2, (1, 8))  # three who count, and an infant


@pytest.mark.parametrize(
    ("basis", "period", "quantity", "expected"),
    [
        ("item", "stay", 1, 700),
        ("item", "stay", 2, 1_400),
        ("item", "night", 2, 3 * 1_400),
        ("person", "stay", 1, 5 * 700),
        ("person", "stay", 2, 5 * 1_400),
        ("person", "night", 2, 3 * 5 * 1_400),
    ],
)
def test_what_an_extra_costs(basis: str, period: str, quantity: int, expected: int) -> None:
    extra = ExtraTerm(7, "Parking", 700, basis, period, quantity)
    price = price_stay(terms(), nights(10_000, 10_000, 10_000), [FAMILY, COUPLE], extras=[extra])
    assert price.extras == (ExtraLine(7, "Parking", quantity, expected),)
    assert (price.room_minor, price.extras_minor, price.total_minor) == (60_000, expected, 60_000 + expected)
    assert (price.prepayable_minor, price.due_at_property_minor) == (60_000 + expected, 0)
    assert stay_price_from_json(price.as_json()) == price


def test_extras_add_up_and_carry_no_tax_of_rooms() -> None:
    room = terms(taxes=(tax("VAT", "percent", 1_000),))
    extras = [ExtraTerm(1, "Breakfast", 1_500, "person"), ExtraTerm(2, "Transfer", 4_000)]
    price = price_stay(room, nights(10_000), [COUPLE], extras=extras)
    assert price.total_minor == 10_000 + 1_000 + 3_000 + 4_000


def test_the_parts_of_each_room() -> None:
    taxes = (
        tax("VAT", "percent", 1_000),
        tax("City", "amount", 200, "person", is_paid_at_property=True),
        tax("Inside", "amount", 300, is_included=True, is_paid_at_property=True),
    )
    [room] = price_stay(terms(taxes=taxes), nights(10_000, 20_000), [COUPLE]).rooms
    assert (room.room_minor, room.total_minor) == (30_000, 33_800)
    assert (room.due_at_property_minor, room.prepayable_minor) == (800, 33_000)


def test_the_nights_of_all_rooms_keep_their_stored_prices_beside_what_is_paid() -> None:
    room = terms(promotions=(offer(1, 1_000),), taxes=(tax("VAT", "percent", 1_000),))
    price = price_stay(room, nights(10_000, 20_000), [COUPLE, Party(1)])
    assert [(night.base_minor, night.amount_minor, night.tax_minor) for night in price.nights] == [
        (20_000, 18_000, 1_800),
        (40_000, 36_000, 3_600),
    ]
    assert price.promotions == [(1, "Offer 1", 6_000)]


def test_nights_that_were_agreed_keep_their_price_and_its_steps() -> None:
    room = terms(taxes=(tax("VAT", "percent", 1_000),))
    booked = price_stay(replace(room, promotions=(offer(1, 2_000),)), nights(10_000), [COUPLE])
    [agreed] = booked.rooms[0].nights
    price = price_stay(
        room, nights(99_000, 20_000), [COUPLE, Party(1)], agreed={COUPLE: {agreed.date: agreed}}
    )
    couple, single = price.rooms
    assert [night.amount_minor for night in couple.nights] == [8_000, 20_000]
    assert [night.tax_minor for night in couple.nights] == [800, 2_000]
    assert couple.nights[0].steps == agreed.steps
    assert [night.amount_minor for night in single.nights] == [99_000, 20_000]
    assert price.promotions == [(1, "Offer 1", 2_000)]
    assert price.total_minor == 28_000 + 2_800 + 119_000 + 11_900


def test_prices_stored_before_nights_had_steps_are_read() -> None:
    old = {
        "currency": "EUR",
        "rooms": [
            {
                "adults": 2,
                "children_ages": [],
                "nights": [["2026-12-01", 10_000, 500]],
                "taxes": [
                    {"name": "VAT", "amount_minor": 500, "is_included": False, "is_paid_at_property": False}
                ],
            }
        ],
    }
    price = stay_price_from_json(old)
    [night] = price.nights
    assert (night.base_minor, night.amount_minor, night.tax_minor) == (10_000, 10_000, 500)
    assert (price.rooms[0].nights[0].steps, price.extras, price.total_minor) == ((), (), 10_500)


def test_what_terms_are_when_nothing_is_said() -> None:
    plain = ProductTerms("EUR", 2, 2, 2, 4)
    assert price_night(plain, Party(2, (1, 2, 3, 12, 13)), 10_000) == 10_000
    assert (plain.infant_max_age, plain.child_max_age) == (2, 12)
    link = Adjustment("amount", 0)
    assert price_night(terms(adjustments=(link,)), Party(2, (8,)), 10_000) == 10_000
    assert Step("base", 1) == Step("base", 1, label="", count=0, ref=0)
    assert PolicyTerms() == PolicyTerms(
        name="",
        tiers=(),
        deposits=(),
        no_show_kind="",
        no_show_value=0,
        early_departure_percent=100,
        change_rates="current",
        guarantee="none",
        kept_until=None,
    )
    assert Deposit(None, "percent", 10).days_before is None
    assert ExtraTerm(1, "Transfer", 4_000) == ExtraTerm(1, "Transfer", 4_000, "item", "stay", 1)


def test_a_tax_without_bracket_is_charged_on_a_free_night_too() -> None:
    assert charged(tax("City", "amount", 100), amounts=(0,)) == {"City": 100}


@pytest.mark.parametrize(
    ("party", "expected"),
    [
        (Party(3, (1,)), True),
        (Party(3, (8, 1)), False),
        (Party(2, (0, 1)), True),
        (Party(2, (0, 1, 2)), False),
    ],
)
def test_infants_take_room_in_a_room(party: Party, expected: bool) -> None:
    assert fits(ProductTerms("EUR", 2, max_adults=3, max_children=3, max_guests=4), party) is expected
