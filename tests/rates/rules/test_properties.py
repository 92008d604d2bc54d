"""What holds for every price, and a second engine in fractions that must agree with the first."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from math import floor

from hypothesis import given, settings
from hypothesis import strategies as st

from serai.rates.rules import (
    Adjustment,
    Party,
    ProductTerms,
    TaxTerm,
    fits,
    price_night,
    price_stay,
    split_party,
    stay_price_from_json,
)

FIRST = dt.date(2026, 12, 1)
AMOUNTS = st.integers(0, 50_000_000)

parties = st.builds(Party, st.integers(1, 6), st.lists(st.integers(0, 17), max_size=4).map(tuple))
brackets = st.tuples(st.integers(0, 1_000_000), st.none() | st.integers(1, 1_000_000)).map(
    lambda pair: (pair[0], None if pair[1] is None else pair[0] + pair[1])
)


@st.composite
def taxes(draw: st.DrawFn) -> tuple[TaxTerm, ...]:
    """Up to four taxes as hosts may enter them; included percentages stay below 100 together."""
    terms = []
    for number in range(draw(st.integers(0, 4))):
        is_percent = draw(st.booleans())
        below = draw(brackets)
        terms.append(
            TaxTerm(
                name=f"Tax {number}",
                kind="percent" if is_percent else "amount",
                basis="room" if is_percent else draw(st.sampled_from(["room", "person", "adult"])),
                period="night" if is_percent else draw(st.sampled_from(["night", "stay"])),
                value=draw(st.integers(0, 2_500 if is_percent else 5_000_000)),
                is_included=draw(st.booleans()),
                is_paid_at_property=draw(st.booleans()),
                from_minor=below[0],
                below_minor=below[1],
            )
        )
    return tuple(terms)


@st.composite
def all_terms(draw: st.DrawFn) -> ProductTerms:
    infant = draw(st.integers(0, 3))
    return ProductTerms(
        currency=draw(st.sampled_from(["INR", "JPY", "KWD"])),
        base_guests=draw(st.integers(1, 4)),
        max_adults=draw(st.integers(1, 6)),
        max_children=draw(st.integers(0, 4)),
        max_guests=draw(st.integers(1, 8)),
        extra_adult_minor=draw(st.integers(0, 500_000)),
        extra_child_minor=draw(st.integers(0, 500_000)),
        infant_max_age=infant,
        child_max_age=draw(st.integers(infant, 17)),
        adjustments=tuple(
            draw(
                st.lists(
                    st.builds(Adjustment, st.just("percent"), st.integers(-12_000, 12_000))
                    | st.builds(Adjustment, st.just("amount"), st.integers(-900_000, 900_000)),
                    max_size=3,
                )
            )
        ),
        taxes=draw(taxes()),
    )


stays = st.lists(AMOUNTS, min_size=1, max_size=5).map(
    lambda amounts: [(FIRST + dt.timedelta(days=day), amount) for day, amount in enumerate(amounts)]
)
rooms = st.lists(parties, min_size=1, max_size=3)


@given(all_terms(), stays, rooms)
def test_the_total_is_the_sum_of_its_parts(
    terms: ProductTerms, nights: list[tuple[dt.date, int]], guests: list[Party]
) -> None:
    price = price_stay(terms, nights, guests)
    on_top = sum(tax.amount_minor for tax in price.taxes if not tax.is_included)
    assert price.total_minor == price.room_minor + on_top
    assert price.total_minor == price.prepayable_minor + price.due_at_property_minor
    assert price.total_minor == sum(room.total_minor for room in price.rooms)
    assert price.room_minor == sum(night.amount_minor for night in price.nights)
    assert all(tax.amount_minor > 0 for tax in price.taxes)
    assert 0 <= price.due_at_property_minor <= price.total_minor
    # Night by night never adds up to more than can be paid in advance (fees per stay come besides).
    assert sum(night.amount_minor + night.tax_minor for night in price.nights) <= price.prepayable_minor
    assert stay_price_from_json(json.loads(json.dumps(price.as_json()))) == price


@given(all_terms(), stays, rooms)
def test_included_taxes_never_exceed_the_price(
    terms: ProductTerms, nights: list[tuple[dt.date, int]], guests: list[Party]
) -> None:
    price = price_stay(terms, nights, guests)
    assert sum(tax.amount_minor for tax in price.taxes if tax.is_included) <= price.room_minor


@given(all_terms(), parties, AMOUNTS, st.integers(0, 1_000_000))
def test_a_dearer_base_price_never_makes_a_cheaper_night(
    terms: ProductTerms, party: Party, base: int, more: int
) -> None:
    # −100 % and beyond turns the order round, so it is left out.
    adjustments = tuple(
        Adjustment(link.kind, max(link.value, -9_000) if link.kind == "percent" else link.value)
        for link in terms.adjustments
    )
    terms = replace(terms, adjustments=adjustments)
    assert price_night(terms, party, base) <= price_night(terms, party, base + more)


@given(all_terms(), stays, parties, st.integers(18, 30))
def test_another_guest_never_makes_the_stay_cheaper(
    terms: ProductTerms, nights: list[tuple[dt.date, int]], party: Party, age: int
) -> None:
    terms = replace(terms, adjustments=(), taxes=tuple(replace(tax, below_minor=None) for tax in terms.taxes))
    alone = price_stay(terms, nights, [party]).total_minor
    assert alone <= price_stay(terms, nights, [replace(party, adults=party.adults + 1)]).total_minor
    assert alone <= price_stay(terms, nights, [Party(party.adults, (*party.children_ages, age))]).total_minor


@given(all_terms(), stays, parties)
def test_another_night_never_makes_the_stay_cheaper(
    terms: ProductTerms, nights: list[tuple[dt.date, int]], party: Party
) -> None:
    totals = [price_stay(terms, nights[:count], [party]).total_minor for count in range(1, len(nights) + 1)]
    assert totals == sorted(totals)


@given(all_terms(), parties)
def test_who_fits_also_fits_with_a_child_fewer(terms: ProductTerms, party: Party) -> None:
    if fits(terms, party):
        for index in range(len(party.children_ages)):
            fewer = party.children_ages[:index] + party.children_ages[index + 1 :]
            assert fits(terms, Party(party.adults, fewer))


@given(st.integers(1, 12), st.lists(st.integers(0, 17), max_size=8), st.integers(1, 12))
def test_nobody_is_lost_when_a_party_is_shared_out(adults: int, ages: list[int], count: int) -> None:
    count = min(count, adults)
    shared = split_party(Party(adults, tuple(ages)), count)
    assert len(shared) == count
    assert sum(party.adults for party in shared) == adults
    assert sorted(age for party in shared for age in party.children_ages) == sorted(ages)
    assert all(party.adults >= 1 for party in shared)
    assert max(party.adults for party in shared) - min(party.adults for party in shared) <= 1
    if ages:
        # A room only ever gets a child when it has fewest guests, so no room is more than one ahead
        # of the others through children.
        fewest = min(party.guests for party in shared)
        assert all(party.guests <= fewest + 1 for party in shared if party.children_ages)


# --- The twin: the same definitions in exact fractions, written the long way ----------------------------


def half_up(value: Fraction) -> int:
    """To the nearest whole, halves away from zero."""
    rounded = floor(abs(value) + Fraction(1, 2))
    return rounded if value >= 0 else -rounded


def twin_total(terms: ProductTerms, nights: Sequence[tuple[dt.date, int]], party: Party) -> tuple[int, int]:
    """(total, of which at the property) of one room."""
    infants = [age for age in party.children_ages if age <= terms.infant_max_age]
    children = [age for age in party.children_ages if terms.infant_max_age < age <= terms.child_max_age]
    adults = party.guests - len(infants) - len(children)
    beds = ["adult"] * adults + ["child"] * len(children)
    extra = sum(
        terms.extra_adult_minor if who == "adult" else terms.extra_child_minor
        for who in beds[terms.base_guests :]
    )
    total = at_property = 0
    for index, (_date, base) in enumerate(nights):
        price = base + extra
        for kind, value in ((link.kind, link.value) for link in terms.adjustments):
            change = half_up(Fraction(price) * Fraction(value, 10_000)) if kind == "percent" else value
            price = max(0, price + change)
        total += price
        for tax in terms.taxes:
            inside = tax.from_minor <= price and (tax.below_minor is None or price < tax.below_minor)
            due = tax.period == "night" or index == 0
            if tax.is_included or not inside or not due:
                continue
            if tax.kind == "percent":
                charge = half_up(Fraction(price * tax.value, 10_000))
            else:
                charge = tax.value * {"room": 1, "adult": adults, "person": adults + len(children)}[tax.basis]
            total += charge
            at_property += charge if tax.is_paid_at_property else 0
    return total, at_property


@settings(max_examples=300)
@given(all_terms(), stays, rooms)
def test_the_engine_agrees_with_its_twin(
    terms: ProductTerms, nights: list[tuple[dt.date, int]], guests: list[Party]
) -> None:
    price = price_stay(terms, nights, guests)
    twins = [twin_total(terms, nights, party) for party in guests]
    assert price.total_minor == sum(total for total, _ in twins)
    assert price.due_at_property_minor == sum(part for _, part in twins)


@given(st.integers(0, 10_000_000), st.lists(st.integers(1, 2_500), min_size=1, max_size=3))
def test_included_percentages_are_shares_of_one_net_price(amount: int, rates: list[int]) -> None:
    included = [
        TaxTerm(f"T{index}", "percent", "room", "night", rate, is_included=True)
        for index, rate in enumerate(rates)
    ]
    terms = ProductTerms("EUR", 2, 2, 2, 4, taxes=tuple(included))
    price = price_stay(terms, [(FIRST, amount)], [Party(2)])
    net = Fraction(amount) / (1 + Fraction(sum(rates), 10_000))
    found = {tax.name: tax.amount_minor for tax in price.taxes}
    for index, rate in enumerate(rates):
        assert found.get(f"T{index}", 0) == half_up(net * Fraction(rate, 10_000))
