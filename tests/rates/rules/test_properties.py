"""What holds for every price, whatever the terms: more never costs less, and nobody is lost."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from fractions import Fraction

from hypothesis import given
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
)
from tests import twin
from tests.rates.rules import strategies as our


@given(our.all_terms(), our.parties, our.amounts, st.integers(0, 1_000_000))
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


@given(our.all_terms(), our.stays, our.parties, st.integers(18, 30))
def test_another_guest_never_makes_the_stay_cheaper(
    terms: ProductTerms, nights: list[tuple[dt.date, int]], party: Party, age: int
) -> None:
    # A percentage per person is of a share that gets smaller as more people come, so it is left out.
    taxes = tuple(
        replace(tax, below_minor=None, from_age=None, below_age=None)
        for tax in terms.taxes
        if tax.kind == "amount" or tax.basis == "room"
    )
    terms = replace(terms, adjustments=(), promotions=(), taxes=taxes)
    alone = price_stay(terms, nights, [party]).total_minor
    assert alone <= price_stay(terms, nights, [replace(party, adults=party.adults + 1)]).total_minor
    assert alone <= price_stay(terms, nights, [Party(party.adults, (*party.children_ages, age))]).total_minor


@given(our.all_terms(), our.stays, our.parties)
def test_another_night_never_makes_the_stay_cheaper(
    terms: ProductTerms, nights: list[tuple[dt.date, int]], party: Party
) -> None:
    terms = replace(
        terms, promotions=(), taxes=tuple(replace(tax, exempt_from_nights=None) for tax in terms.taxes)
    )
    totals = [price_stay(terms, nights[:count], [party]).total_minor for count in range(1, len(nights) + 1)]
    assert totals == sorted(totals)


@given(our.all_terms(), our.parties)
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


@given(st.integers(0, 10_000_000), st.lists(st.integers(1, 2_500), min_size=1, max_size=3))
def test_included_percentages_are_shares_of_one_net_price(amount: int, rates: list[int]) -> None:
    included = [
        TaxTerm(f"T{index}", "percent", "room", "night", rate, is_included=True)
        for index, rate in enumerate(rates)
    ]
    terms = ProductTerms("EUR", 2, 2, 2, 4, taxes=tuple(included))
    price = price_stay(terms, [(our.FIRST, amount)], [Party(2)])
    net = Fraction(amount) / (1 + Fraction(sum(rates), 10_000))
    found = {tax.name: tax.amount_minor for tax in price.taxes}
    for index, rate in enumerate(rates):
        assert found.get(f"T{index}", 0) == twin.half_up(net * Fraction(rate, 10_000))
