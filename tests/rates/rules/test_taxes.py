"""Worked examples of taxes and fees: each sum can be redone on paper."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from serai.rates.rules import Party, heads, price_stay
from tests.rates.rules.examples import COUPLE, FIRST, charged, nights, tax, terms

FAMILY = Party(2, (1, 8, 11))  # two adults, two children, an infant: four persons
LONG = (10_001, 10_001, 10_003)  # 300.05 in all


# --- Basis × period × kind ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "basis", "period", "expected"),
    [
        # 7.50 % of 100.01 is 7.50075, of 100.03 7.50225: 7.50 each; of 300.05 22.50375: 22.50.
        ("percent", "room", "night", 2_250),
        ("percent", "room", "stay", 2_250),
        ("percent", "person", "night", 2_250),
        ("percent", "person", "stay", 2_250),
        # Two of four: half of it is 3.750375, 3.751125, together 11.251875.
        ("percent", "adult", "night", 1_125),
        ("percent", "adult", "stay", 1_125),
        ("amount", "room", "night", 3 * 750),
        ("amount", "room", "stay", 750),
        ("amount", "person", "night", 3 * 4 * 750),
        ("amount", "person", "stay", 4 * 750),
        ("amount", "adult", "night", 3 * 2 * 750),
        ("amount", "adult", "stay", 2 * 750),
        # Also of 10 % put on before: 110.01, 110.01, 110.03, each 8.25; 330.05 make 24.75375.
        ("compound", "room", "night", 2_475),
        ("compound", "room", "stay", 2_475),
        ("compound", "person", "night", 2_475),
        ("compound", "person", "stay", 2_475),
        # Half of that: 4.125375 → 4.13, 4.13, 4.126125 → 4.13; once over all 12.376875 → 12.38.
        ("compound", "adult", "night", 3 * 413),
        ("compound", "adult", "stay", 1_238),
    ],
)
def test_each_basis_period_and_kind(kind: str, basis: str, period: str, expected: int) -> None:
    first = tax("First", "percent", 1_000)  # 10.0001 → 10.00, 10.00, 10.003 → 10.00
    found = charged(first, tax("T", kind, 750, basis, period), amounts=LONG, party=FAMILY)
    assert found == {"First": 3_000, "T": expected}


@pytest.mark.parametrize(
    ("kind", "basis", "period", "expected"),
    [
        # The net price is 1000 of 1075: 107.50 hold 7.50, three of them 22.50.
        ("percent", "room", "night", 2_250),
        ("percent", "room", "stay", 2_250),
        # Half of 7.5 %: 3.75 of 103.75. 107.50 hold 3.885542 → 3.89; 322.50 hold 11.656627 → 11.66.
        ("percent", "adult", "night", 1_167),
        ("percent", "adult", "stay", 1_166),
        ("amount", "person", "night", 9_000),
        ("amount", "adult", "stay", 1_500),
        ("compound", "room", "night", 2_250),
    ],
)
def test_each_kind_within_the_price(kind: str, basis: str, period: str, expected: int) -> None:
    within = tax("T", kind, 750, basis, period, is_included=True)
    price = price_stay(terms(taxes=(within,)), nights(10_750, 10_750, 10_750), [FAMILY])
    assert [line.amount_minor for line in price.taxes] == [expected]
    assert (price.total_minor, price.due_at_property_minor) == (32_250, 0)


def test_per_night_is_rounded_every_night_and_per_stay_once() -> None:
    """Three nights of 0.05 at 10 %: half a cent each becomes one, once over all 1.5 becomes 2."""
    assert charged(tax("T", "percent", 1_000), amounts=(5, 5, 5)) == {"T": 3}
    assert charged(tax("T", "percent", 1_000, period="stay"), amounts=(5, 5, 5)) == {"T": 2}
    inside = {"is_included": True}
    assert charged(tax("T", "percent", 1_000, **inside), amounts=(16, 16, 16)) == {"T": 3}  # 1.4545 each
    assert charged(tax("T", "percent", 1_000, period="stay", **inside), amounts=(16, 16, 16)) == {
        "T": 4
    }  # 4.36


@pytest.mark.parametrize(
    ("currency", "amount", "expected"),
    [("JPY", 12_345, 1_235), ("EUR", 123_45, 12_35), ("KWD", 12_345, 1_235), ("JPY", 12_344, 1_234)],
)
def test_currencies_of_no_two_and_three_decimals_round_their_minor_unit(
    currency: str, amount: int, expected: int
) -> None:
    """12,345 ¥, 123.45 €, 12.345 KD: 10 % are 1,234.5 minor units each, half up."""
    price = price_stay(
        terms(currency=currency, taxes=(tax("T", "percent", 1_000),)), nights(amount), [COUPLE]
    )
    assert (price.currency, price.taxes[0].amount_minor) == (currency, expected)


# --- Compound ----------------------------------------------------------------------------------------


def test_a_compound_tax_on_top_is_of_what_came_on_top_before_it() -> None:
    service, gst = tax("Service", "percent", 1_000), tax("GST", "compound", 1_800)
    assert charged(service, gst) == {"Service": 1_000, "GST": 1_980}
    assert charged(gst, service) == {"GST": 1_800, "Service": 1_000}
    assert charged(service, tax("GST", "percent", 1_800)) == {"Service": 1_000, "GST": 1_800}
    # Three in a row, and a fee of 3.00 a head: 106.00, 116.60, 136.42…
    fee = tax("Fee", "amount", 300, "person")
    assert charged(fee, tax("Service", "compound", 1_000), gst) == {
        "Fee": 600,
        "Service": 1_060,
        "GST": 2_099,
    }


def test_a_compound_tax_on_top_is_not_of_what_is_inside() -> None:
    vat = tax("VAT", "percent", 1_000, is_included=True)
    assert charged(vat, tax("City", "compound", 500), amounts=(11_000,)) == {"VAT": 1_000, "City": 550}


def test_compound_taxes_inside_come_out_as_they_would_have_gone_in() -> None:
    """100.00 + 10 % + 5 % of 110.00 is 115.50."""
    service = tax("Service", "percent", 1_000, is_included=True)
    gst = tax("GST", "compound", 500, is_included=True)
    assert charged(service, gst, amounts=(11_550,)) == {"Service": 1_000, "GST": 550}
    # The other way round the second stands above nothing: 5 % and 10 % of one net price.
    assert charged(gst, service, amounts=(11_500,)) == {"GST": 500, "Service": 1_000}


def test_a_fixed_charge_inside_lowers_what_a_percentage_is_of() -> None:
    """100.00 + 10.00 + 10 % of 100.00 is 120.00; with 10 % of 110.00 it is 121.00."""
    fee = tax("Fee", "amount", 1_000, is_included=True)
    vat = tax("VAT", "percent", 1_000, is_included=True)
    assert charged(fee, vat, amounts=(12_000,)) == {"Fee": 1_000, "VAT": 1_000}
    assert charged(vat, fee, amounts=(12_000,)) == {"VAT": 1_000, "Fee": 1_000}
    compound = tax("VAT", "compound", 1_000, is_included=True)
    assert charged(fee, compound, amounts=(12_100,)) == {"Fee": 1_000, "VAT": 1_100}
    assert charged(compound, fee, amounts=(12_000,)) == {"VAT": 1_000, "Fee": 1_000}


def test_a_fixed_charge_inside_per_stay_is_in_the_first_night() -> None:
    fee = tax("Fee", "amount", 1_000, period="stay", is_included=True)
    vat = tax("VAT", "percent", 1_000, is_included=True)
    # 120.00 hold 10.00 of the fee and 10 % of 100.00; 121.00 hold 11.00.
    assert charged(fee, vat, amounts=(12_000, 12_100)) == {"Fee": 1_000, "VAT": 2_100}


def test_what_is_inside_is_never_more_than_the_price() -> None:
    fee = tax("Fee", "amount", 900, is_included=True)
    vat = tax("VAT", "compound", 5_000, is_included=True)
    assert charged(fee, vat, amounts=(1_000,)) == {"Fee": 900, "VAT": 100}
    assert charged(vat, fee, amounts=(300,)) == {"Fee": 300}
    per_stay = tax("Stay", "compound", 5_000, period="stay", is_included=True)
    assert charged(fee, per_stay, amounts=(950,)) == {"Fee": 900, "Stay": 50}
    on_top = tax("Top", "amount", 700)
    assert charged(fee, on_top, per_stay, amounts=(950,)) == {"Fee": 900, "Top": 700, "Stay": 50}
    assert charged(fee, tax("More", "amount", 900, is_included=True), per_stay, amounts=(950,)) == {
        "Fee": 900,
        "More": 50,
    }


def test_a_compound_tax_per_stay_is_of_all_that_stands_above_it() -> None:
    night = tax("Night", "amount", 1_000)
    once = tax("Once", "amount", 4_000, period="stay")
    # Two nights of 100.00: 200.00 + 20.00 + 40.00 = 260.00.
    total = tax("Total", "compound", 1_000, period="stay")
    assert charged(night, once, total, amounts=(10_000, 10_000)) == {
        "Night": 2_000,
        "Once": 4_000,
        "Total": 2_600,
    }
    assert charged(night, total, once, amounts=(10_000, 10_000))["Total"] == 2_200
    # One per night knows nothing of what is charged once.
    assert charged(once, tax("Each", "compound", 1_000), amounts=(10_000,)) == {"Once": 4_000, "Each": 1_000}
    # What is inside stands in the price already and is not counted twice.
    within = tax("Within", "amount", 500, period="stay", is_included=True)
    assert charged(within, total, amounts=(10_000,)) == {"Within": 500, "Total": 1_000}


def test_a_compound_tax_per_stay_of_some_persons_is_of_their_share_of_all_of_it() -> None:
    """Two adults of four persons: half of 200.00 and half of the 40.00 above."""
    once = tax("Once", "amount", 4_000, period="stay")
    total = tax("Total", "compound", 1_000, "adult", "stay")
    assert charged(once, total, amounts=(10_000, 10_000), party=FAMILY) == {"Once": 4_000, "Total": 1_200}


def test_charges_per_stay_stand_on_each_other_in_their_order() -> None:
    first = tax("First", "percent", 1_000, period="stay")
    second = tax("Second", "compound", 1_000, period="stay")
    third = tax("Third", "compound", 1_000, period="stay")
    assert charged(first, second, third, amounts=(10_000, 10_000)) == {
        "First": 2_000,
        "Second": 2_200,
        "Third": 2_420,
    }


# --- Brackets ----------------------------------------------------------------------------------------


def gst(**fields: Any) -> tuple[Any, ...]:
    """India since September 2025, by the price of the night: none to 1,000 ₹, 5 % to 7,500 ₹, then 18 %."""
    return (
        tax("GST 5 %", "percent", 500, from_minor=100_001, below_minor=750_001, **fields),
        tax("GST 18 %", "percent", 1_800, from_minor=750_001, **fields),
    )


@pytest.mark.parametrize(
    ("amount", "expected"),
    [
        (100_000, {}),
        (100_001, {"GST 5 %": 5_000}),
        (750_000, {"GST 5 %": 37_500}),
        (750_001, {"GST 18 %": 135_000}),
        (1_000_000, {"GST 18 %": 180_000}),
    ],
)
def test_the_slab_of_a_night_is_that_of_its_price(amount: int, expected: dict[str, int]) -> None:
    assert charged(*gst(), amounts=(amount,)) == expected


def test_one_stay_may_meet_every_slab() -> None:
    assert charged(*gst(), amounts=(90_000, 700_000, 800_000)) == {"GST 5 %": 35_000, "GST 18 %": 144_000}
    assert charged(*gst(period="stay"), amounts=(90_000, 700_000, 800_000, 800_000)) == {
        "GST 5 %": 35_000,
        "GST 18 %": 288_000,
    }


def test_the_slab_looks_at_the_whole_price_also_when_the_tax_is_inside() -> None:
    assert charged(*gst(is_included=True), amounts=(750_000,)) == {"GST 5 %": 35_714}
    assert charged(*gst(is_included=True), amounts=(885_000,)) == {"GST 18 %": 135_000}


# --- Ages --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("from_age", "below_age", "expected"),
    [
        (None, None, 2 + 3),  # without ages infants do not count
        (18, None, 2),
        (16, None, 3),
        (17, None, 2),
        (0, None, 6),
        (None, 18, 3),  # children only: adults are older than any age a tax can name
        (None, 8, 0),
        (3, 12, 2),
        (8, 9, 1),
        (0, 2, 1),
        (12, 16, 0),
    ],
)
def test_persons_count_by_age(from_age: int | None, below_age: int | None, expected: int) -> None:
    party = Party(2, (1, 8, 11, 16))
    term = tax("City", "amount", 100, "person", from_age=from_age, below_age=below_age)
    assert heads(terms(), term, party) == expected
    assert charged(term, party=party) == ({"City": expected * 100} if expected else {})


def test_without_a_lowest_age_infants_do_not_count() -> None:
    children = tax("Children", "amount", 100, "person", below_age=18)
    assert charged(children, party=Party(2, (2, 3, 4))) == {"Children": 200}
    assert charged(children, party=Party(2, (2,))) == {}


def test_a_percentage_for_some_ages_is_of_their_share() -> None:
    # Three of four persons: 75 % of 100.00, of which 10 %.
    term = tax("City", "percent", 1_000, "person", from_age=10)
    assert charged(term, party=FAMILY) == {"City": 750}
    # Infants are no persons, yet a tax may name their age: all five share the price among five.
    assert charged(tax("City", "percent", 1_000, "person", from_age=0), party=FAMILY) == {"City": 1_000}


def test_a_tax_of_nobody_is_not_charged() -> None:
    term = tax("Children", "percent", 1_000, "person", below_age=18)
    assert charged(term, party=COUPLE) == {}
    assert charged(term, tax("On it", "compound", 1_000), party=COUPLE) == {"On it": 1_000}


# --- Nights and dates --------------------------------------------------------------------------------


@pytest.mark.parametrize(("length", "expected"), [(1, 200), (6, 1_200), (7, 1_400), (8, 1_400), (14, 1_400)])
def test_a_city_tax_ends_after_seven_nights(length: int, expected: int) -> None:
    city = tax("City", "amount", 100, "adult", max_nights=7)
    assert charged(city, amounts=(10_000,) * length) == {"City": expected}


def test_one_tax_may_end_while_another_goes_on() -> None:
    city, vat = tax("City", "amount", 100, max_nights=1), tax("VAT", "percent", 1_000)
    assert charged(city, vat, amounts=(10_000, 10_000)) == {"City": 100, "VAT": 2_000}


@pytest.mark.parametrize("period", ["night", "stay"])
def test_a_percentage_ends_after_its_nights_too(period: str) -> None:
    first_two = tax("T", "percent", 1_000, period=period, max_nights=2)
    assert charged(first_two, amounts=(10_000, 20_000, 40_000)) == {"T": 3_000}


@pytest.mark.parametrize(("length", "expected"), [(27, {"City": 2_700}), (28, {}), (29, {})])
def test_a_long_stay_is_exempt_as_a_whole(length: int, expected: dict[str, int]) -> None:
    city = tax("City", "amount", 100, exempt_from_nights=28)
    assert charged(city, amounts=(10_000,) * length) == expected


def test_a_new_rate_begins_with_the_year() -> None:
    old = tax("7 %", "percent", 700, valid_until_date=dt.date(2026, 12, 31))
    new = tax("9 %", "percent", 900, valid_from_date=dt.date(2027, 1, 1))
    assert charged(old, new, amounts=(10_000, 20_000, 40_000), first=dt.date(2026, 12, 30)) == {
        "7 %": 2_100,
        "9 %": 3_600,
    }
    assert charged(old, new, amounts=(10_000,), first=dt.date(2026, 12, 31)) == {"7 %": 700}
    assert charged(old, new, amounts=(10_000,), first=dt.date(2027, 1, 1)) == {"9 %": 900}


def test_a_fee_per_stay_is_charged_if_it_is_in_force_on_the_first_night() -> None:
    fee = tax("Fee", "amount", 500, period="stay", valid_from_date=FIRST + dt.timedelta(days=1))
    assert charged(fee, amounts=(10_000, 10_000)) == {}
    assert charged(fee, amounts=(10_000, 10_000), first=FIRST + dt.timedelta(days=1)) == {"Fee": 500}
    cheap = tax("Fee", "amount", 500, period="stay", below_minor=5_000)
    assert charged(cheap, amounts=(4_000, 9_000)) == {"Fee": 500}
    assert charged(cheap, amounts=(9_000, 4_000)) == {}


# --- Exemptions --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("exemption", "claimed", "expected"),
    [
        ("business", (), {"City": 200}),
        ("business", ("business",), {}),
        ("business", ("resident",), {"City": 200}),
        ("business", ("resident", "business"), {}),
        ("", ("business", ""), {"City": 200}),
    ],
)
def test_who_claims_an_exemption_does_not_pay(
    exemption: str, claimed: tuple[str, ...], expected: dict[str, int]
) -> None:
    city = tax("City", "amount", 100, "adult", exemption=exemption)
    assert charged(city, exemptions=claimed) == expected


# --- What is paid where ------------------------------------------------------------------------------


def test_on_top_and_inside_now_and_at_the_property() -> None:
    """119.00 with 19 % inside; 5 % and 2.00 each on top, the latter at the hotel; 30.00 once."""
    taxes = (
        tax("VAT", "percent", 1_900, is_included=True),
        tax("Service", "percent", 500),
        tax("City", "amount", 200, "person", is_paid_at_property=True),
        tax("Cleaning", "amount", 3_000, period="stay"),
        tax("Percent at the hotel", "percent", 100, period="stay", is_paid_at_property=True),
    )
    price = price_stay(terms(taxes=taxes), nights(11_900, 11_900), [COUPLE])
    assert {line.name: line.amount_minor for line in price.taxes} == {
        "VAT": 3_800,
        "Service": 1_190,
        "City": 800,
        "Cleaning": 3_000,
        "Percent at the hotel": 238,
    }
    assert price.total_minor == 23_800 + 1_190 + 800 + 3_000 + 238
    assert price.due_at_property_minor == 1_038
    assert price.prepayable_minor == 27_990
    assert [night.tax_minor for night in price.nights] == [595, 595]  # per night, and paid in advance
