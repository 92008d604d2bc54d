"""Worked examples of the price engine: each sum can be redone on paper."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest

from serai.rates.rules import (
    Adjustment,
    Party,
    ProductTerms,
    StayPrice,
    TaxLine,
    TaxTerm,
    count_guests,
    divide_half_up,
    fits,
    price_night,
    price_room,
    price_stay,
    season_price,
    split_party,
    stay_price_from_json,
)

FIRST = dt.date(2026, 12, 1)


def terms(**fields: Any) -> ProductTerms:
    """A double room in rupees; `fields` replace what an example is about."""
    room = ProductTerms("INR", base_guests=2, max_adults=3, max_children=2, max_guests=4)
    return replace(room, **fields)


def nights(*amounts: int) -> list[tuple[dt.date, int]]:
    return [(FIRST + dt.timedelta(days=offset), amount) for offset, amount in enumerate(amounts)]


def vat(value: int, *, name: str = "VAT", **fields: Any) -> TaxTerm:
    return TaxTerm(name, "percent", "room", "night", value, **fields)


def fee(
    value: int, *, name: str = "Fee", basis: str = "room", period: str = "night", **fields: Any
) -> TaxTerm:
    return TaxTerm(name, "amount", basis, period, value, **fields)


@pytest.mark.parametrize(
    ("numerator", "denominator", "expected"),
    [(5, 2, 3), (-5, 2, -3), (4, 3, 1), (5, 3, 2), (-4, 3, -1), (0, 7, 0), (7, 7, 1), (1, 2, 1), (-1, 2, -1)],
)
def test_halves_are_rounded_away_from_zero(numerator: int, denominator: int, expected: int) -> None:
    assert divide_half_up(numerator, denominator) == expected


# --- Who counts as what ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("party", "expected"),
    [
        (Party(2), (2, 0, 0)),
        (Party(2, (0, 2)), (2, 0, 2)),
        (Party(2, (3, 12)), (2, 2, 0)),
        (Party(2, (13,)), (3, 0, 0)),
        (Party(1, (2, 3, 12, 13, 17)), (3, 2, 1)),
    ],
)
def test_guests_are_counted_by_age(party: Party, expected: tuple[int, int, int]) -> None:
    assert count_guests(terms(infant_max_age=2, child_max_age=12), party) == expected


def test_the_property_decides_until_which_age_one_is_a_child() -> None:
    assert count_guests(terms(infant_max_age=0, child_max_age=5), Party(2, (0, 1, 5, 6))) == (3, 2, 1)


@pytest.mark.parametrize(
    ("party", "expected"),
    [
        (Party(3), True),
        (Party(4), False),
        (Party(2, (5, 7)), True),
        (Party(2, (5, 6, 7)), False),
        (Party(1, (0, 1)), True),
        (Party(1, (0, 1, 2)), False),
        (Party(3, (4,)), True),
        (Party(3, (4, 5)), False),
        (Party(3, (14,)), False),
    ],
)
def test_a_party_fits_within_each_limit_of_the_room(party: Party, expected: bool) -> None:
    assert fits(terms(), party) is expected


@pytest.mark.parametrize(
    ("party", "expected"),
    [
        (Party(1), 10_000),  # no discount for an empty place
        (Party(2), 10_000),
        (Party(3), 12_500),
        (Party(2, (8,)), 11_000),
        (Party(2, (8, 9)), 12_000),
        (Party(1, (8,)), 10_000),  # the child sleeps in the second included place
        (Party(1, (8, 9)), 11_000),
        (Party(2, (1,)), 10_000),  # infants are free
        (Party(1, (1, 8)), 10_000),  # and take no included place
        (Party(2, (15,)), 12_500),  # fifteen-year-olds pay as adults
        (Party(3, (8,)), 13_500),
    ],
)
def test_extra_guests_pay_extra(party: Party, expected: int) -> None:
    priced = price_night(terms(extra_adult_minor=2_500, extra_child_minor=1_000), party, 10_000)
    assert priced == expected


# --- Derived rate plans ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("adjustments", "base", "expected"),
    [
        ((), 10_001, 10_001),
        ((("percent", -1000),), 10_000, 9_000),
        ((("percent", -1000),), 10_001, 9_001),  # −1000.1 → −1000
        ((("percent", -1000),), 10_005, 9_004),  # −1000.5 → −1001
        ((("percent", 1250),), 333, 375),  # 41.625 → 42
        ((("percent", 1),), 5_000, 5_001),  # 0.5 → 1
        ((("amount", 1_500),), 10_000, 11_500),
        ((("amount", -1_500),), 1_000, 0),  # never below zero
        ((("percent", -10000),), 10_000, 0),
        ((("percent", -20000),), 10_000, 0),
        ((("percent", -1000), ("amount", 500)), 10_000, 9_500),
        ((("amount", 500), ("percent", -1000)), 10_000, 9_450),  # order matters
        ((("percent", -1000), ("percent", -1000)), 10_000, 8_100),
        ((("percent", -3333), ("percent", -3333), ("percent", -3333)), 101, 30),  # 101 → 67 → 45 → 30
        ((("amount", -20_000), ("amount", 500)), 10_000, 500),  # clamped at each step
    ],
)
def test_each_adjustment_is_applied_and_rounded_in_turn(
    adjustments: tuple[tuple[str, int], ...], base: int, expected: int
) -> None:
    assert (
        price_night(terms(adjustments=tuple(Adjustment(*link) for link in adjustments)), Party(2), base)
        == expected
    )


def test_a_derived_plan_adjusts_extra_guests_too() -> None:
    room = terms(extra_adult_minor=2_000, adjustments=(Adjustment("percent", -1000),))
    assert price_night(room, Party(3), 10_000) == 10_800


@pytest.mark.parametrize(
    ("base", "percent", "expected"),
    [(400_000, 0, 400_000), (400_000, 25, 500_000), (99, 50, 149), (99, -50, 49), (1, -90, 0), (0, 500, 0)],
)
def test_seasons_raise_and_lower_base_prices(base: int, percent: int, expected: int) -> None:
    assert season_price(base, percent) == expected


# --- Taxes -------------------------------------------------------------------------------------------


def test_tax_on_top_is_rounded_per_night() -> None:
    priced = price_room(terms(taxes=(vat(1250),)), Party(2), nights(1_001, 1_002))
    # 125.125 → 125 and 125.25 → 125; rounded once for both it would be 250 as well, so look at the halves:
    assert [line.tax_minor for line in priced.nights] == [125, 125]
    priced = price_room(terms(taxes=(vat(1250),)), Party(2), nights(1_004, 1_004))
    assert [line.tax_minor for line in priced.nights] == [126, 126]  # 125.5 → 126 each, not 251 for both
    assert priced.taxes == (TaxLine("VAT", 252, is_included=False, is_paid_at_property=False),)
    assert priced.total_minor == 2_260


@pytest.mark.parametrize(
    ("amount", "name", "tax"),
    [
        (100_000, None, 0),
        (100_001, "GST 5 %", 5_000),
        (749_999, "GST 5 %", 37_500),
        (750_000, "GST 18 %", 135_000),
        (900_050, "GST 18 %", 162_009),
    ],
)
def test_indian_gst_depends_on_the_price_of_the_night(amount: int, name: str | None, tax: int) -> None:
    """India since September 2025: none up to 1,000 ₹, 5 % up to 7,500 ₹, 18 % from there on."""
    gst = (
        vat(500, name="GST 5 %", from_minor=100_001, below_minor=750_000),
        vat(1800, name="GST 18 %", from_minor=750_000),
    )
    priced = price_room(terms(taxes=gst), Party(2), nights(amount))
    expected = (TaxLine(name, tax, is_included=False, is_paid_at_property=False),) if name else ()
    assert priced.taxes == expected
    assert priced.total_minor == amount + tax


def test_each_night_falls_into_its_own_bracket() -> None:
    gst = (vat(500, name="low", below_minor=750_000), vat(1800, name="high", from_minor=750_000))
    priced = price_room(terms(taxes=gst), Party(2), nights(700_000, 800_000))
    assert {tax.name: tax.amount_minor for tax in priced.taxes} == {"low": 35_000, "high": 144_000}
    assert priced.total_minor == 1_679_000


def test_the_bracket_looks_at_the_price_after_discounts_and_extra_guests() -> None:
    gst = (vat(500, name="low", below_minor=750_000), vat(1800, name="high", from_minor=750_000))
    discounted = terms(taxes=gst, adjustments=(Adjustment("percent", -1000),))
    assert price_room(discounted, Party(2), nights(800_000)).taxes[0].name == "low"
    crowded = terms(taxes=gst, extra_adult_minor=100_000)
    assert price_room(crowded, Party(3), nights(700_000)).taxes[0].name == "high"


def test_included_tax_is_part_of_the_price_and_not_added() -> None:
    priced = price_room(terms(taxes=(vat(700, is_included=True),)), Party(2), nights(10_700))
    assert priced.taxes == (TaxLine("VAT", 700, is_included=True, is_paid_at_property=False),)
    assert [(night.amount_minor, night.tax_minor) for night in priced.nights] == [(10_700, 0)]
    assert priced.total_minor == 10_700


def test_several_included_taxes_share_one_net_price() -> None:
    taxes = (vat(1000, name="state", is_included=True), vat(500, name="city", is_included=True))
    priced = price_room(terms(taxes=taxes), Party(2), nights(11_500))
    # Net 10,000: 10 % and 5 % of it, not of the gross price.
    assert {tax.name: tax.amount_minor for tax in priced.taxes} == {"state": 1_000, "city": 500}


def test_included_and_added_taxes_side_by_side() -> None:
    taxes = (vat(1900, is_included=True), vat(500, name="City tax"), fee(300, basis="person"))
    priced = price_room(terms(taxes=taxes), Party(2), nights(11_900))
    assert {tax.name: tax.amount_minor for tax in priced.taxes} == {"VAT": 1_900, "City tax": 595, "Fee": 600}
    assert priced.total_minor == 11_900 + 595 + 600


def test_a_fixed_fee_inside_the_price_is_never_more_than_the_price() -> None:
    taxes = (fee(500, is_included=True), vat(1000, is_included=True))
    priced = price_room(terms(taxes=taxes), Party(2), nights(300))
    assert {tax.name: tax.amount_minor for tax in priced.taxes} == {"Fee": 300}
    assert priced.total_minor == 300


@pytest.mark.parametrize(
    ("basis", "period", "expected"),
    [
        ("room", "night", 300),
        ("room", "stay", 100),
        ("adult", "night", 600),
        ("adult", "stay", 200),
        ("person", "night", 900),  # two adults and a child; the infant is free
        ("person", "stay", 300),
    ],
)
def test_fixed_fees_by_head_and_time(basis: str, period: str, expected: int) -> None:
    room = terms(taxes=(fee(100, basis=basis, period=period),))
    priced = price_room(room, Party(2, (8, 1)), nights(10_000, 10_000, 10_000))
    assert [tax.amount_minor for tax in priced.taxes] == [expected]
    assert priced.total_minor == 30_000 + expected


def test_a_fee_per_stay_is_no_part_of_any_night() -> None:
    priced = price_room(terms(taxes=(fee(100, period="stay"),)), Party(2), nights(10_000, 10_000))
    assert [line.tax_minor for line in priced.nights] == [0, 0]


def test_a_fee_per_stay_looks_at_the_first_night_for_its_bracket() -> None:
    room = terms(taxes=(fee(100, period="stay", from_minor=5_000),))
    assert price_room(room, Party(2), nights(4_000, 9_000)).taxes == ()
    assert price_room(room, Party(2), nights(9_000, 4_000)).taxes[0].amount_minor == 100


def test_a_city_tax_is_paid_at_the_property() -> None:
    taxes = (vat(1000), fee(200, basis="person", name="City tax", is_paid_at_property=True))
    priced = price_stay(terms(taxes=taxes), nights(10_000, 10_000), [Party(2), Party(1)])
    assert priced.room_minor == 40_000
    assert priced.total_minor == 40_000 + 4_000 + 1_200
    assert priced.due_at_property_minor == 1_200
    assert priced.prepayable_minor == 44_000
    # What a night costs in advance leaves the city tax out.
    assert [line.tax_minor for line in priced.nights] == [2_000, 2_000]


def test_a_tax_within_the_price_is_not_due_at_the_property_again() -> None:
    priced = price_stay(
        terms(taxes=(vat(1000, is_included=True, is_paid_at_property=True),)), nights(11_000), [Party(2)]
    )
    assert (priced.total_minor, priced.due_at_property_minor, priced.prepayable_minor) == (11_000, 0, 11_000)


def test_a_tax_that_comes_to_nothing_is_not_listed() -> None:
    assert price_room(terms(taxes=(vat(1, name="tiny"),)), Party(2), nights(100)).taxes == ()


# --- Whole stays -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("currency", "night", "tax"),
    [("JPY", 12_345, 1_235), ("EUR", 12_345, 1_235), ("KWD", 45_125, 4_513)],
)
def test_minor_units_are_what_is_rounded_whatever_their_number_of_digits(
    currency: str, night: int, tax: int
) -> None:
    """12,345 ¥ + 10 % = 13,580 ¥; 45.125 KD + 10 % = 49.638 KD."""
    priced = price_stay(terms(currency=currency, taxes=(vat(1000),)), nights(night), [Party(2)])
    assert (priced.currency, priced.total_minor) == (currency, night + tax)


def test_rooms_of_a_stay_add_up_and_same_taxes_are_one_line() -> None:
    room = terms(extra_adult_minor=1_000, taxes=(vat(500), fee(50, basis="adult", name="Fee")))
    priced = price_stay(room, nights(10_000, 12_000), [Party(3), Party(2), Party(2)])
    assert [entry.room_minor for entry in priced.rooms] == [24_000, 22_000, 22_000]
    assert priced.room_minor == 68_000
    assert priced.taxes == (
        TaxLine("VAT", 3_400, is_included=False, is_paid_at_property=False),
        TaxLine("Fee", 700, is_included=False, is_paid_at_property=False),
    )
    assert priced.total_minor == 72_100
    assert [(night.date, night.amount_minor, night.tax_minor) for night in priced.nights] == [
        (FIRST, 31_000, 1_550 + 350),
        (dt.date(2026, 12, 2), 37_000, 1_850 + 350),
    ]


def test_a_stay_survives_being_stored() -> None:
    taxes = (
        vat(500),
        fee(200, basis="person", is_paid_at_property=True),
        vat(100, name="in", is_included=True),
    )
    priced = price_stay(terms(taxes=taxes), nights(10_001, 9_999), [Party(2, (4,)), Party(1)])
    assert stay_price_from_json(priced.as_json()) == priced
    assert isinstance(stay_price_from_json(priced.as_json()), StayPrice)


@pytest.mark.parametrize(("given", "parties"), [([], [Party(2)]), (nights(100), [])])
def test_a_stay_without_nights_or_rooms_is_refused(
    given: list[tuple[dt.date, int]], parties: list[Party]
) -> None:
    with pytest.raises(ValueError, match="at least one"):
        price_stay(terms(), given, parties)


# --- Sharing out rooms -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("party", "rooms", "expected"),
    [
        (Party(2), 1, [Party(2)]),
        (Party(3), 2, [Party(2), Party(1)]),
        (Party(5), 3, [Party(2), Party(2), Party(1)]),
        (Party(2, (9, 4)), 2, [Party(1, (4,)), Party(1, (9,))]),
        (Party(3, (9,)), 2, [Party(2), Party(1, (9,))]),
        (Party(3, (9, 4, 1)), 2, [Party(2, (1,)), Party(1, (9, 4))]),
    ],
)
def test_a_party_is_shared_out_evenly(party: Party, rooms: int, expected: list[Party]) -> None:
    assert split_party(party, rooms) == expected


@pytest.mark.parametrize(("adults", "rooms"), [(1, 2), (0, 1), (2, 0), (3, -1)])
def test_every_room_needs_an_adult(adults: int, rooms: int) -> None:
    with pytest.raises(ValueError, match="adult"):
        split_party(Party(adults, (5, 6)), rooms)
