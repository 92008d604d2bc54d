"""Whatever hosts may enter and guests may ask, for the tests that go through many."""

from __future__ import annotations

import datetime as dt
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st

from serai.rates.rules import (
    Adjustment,
    Party,
    PolicyTier,
    ProductTerms,
    PromotionTerm,
    Restrictions,
    TaxTerm,
)

FIRST = dt.date(2026, 12, 28)  # stays go over the end of the year
# How many examples a test of the whole engine tries: thousands, and more when exploring.
MANY = settings.default.max_examples * 20

amounts = st.one_of(st.integers(0, 2_000), st.integers(0, 50_000_000))
parties = st.builds(Party, st.integers(1, 6), st.lists(st.integers(0, 17), max_size=4).map(tuple))
dates = st.dates(FIRST - dt.timedelta(days=2), FIRST + dt.timedelta(days=6))


def maybe(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Often nothing."""
    return st.one_of(st.none(), strategy)


@st.composite
def tax(draw: st.DrawFn, name: str = "Tax") -> TaxTerm:
    kind = draw(st.sampled_from(["percent", "amount", "compound"]))
    basis = draw(st.sampled_from(["room", "person", "adult"]))
    low = draw(st.one_of(st.just(0), st.integers(0, 1_000_000)))
    has_ages = basis == "person" and draw(st.booleans())
    return TaxTerm(
        name=name,
        kind=kind,
        basis=basis,
        period=draw(st.sampled_from(["night", "stay"])),
        value=draw(st.integers(0, 100_000 if kind == "amount" else 2_500)),
        is_included=draw(st.booleans()),
        is_paid_at_property=draw(st.booleans()),
        from_minor=low,
        below_minor=draw(maybe(st.integers(low + 1, 3_000_000))),
        from_age=draw(maybe(st.integers(0, 18))) if has_ages else None,
        below_age=draw(maybe(st.integers(1, 18))) if has_ages else None,
        max_nights=draw(maybe(st.integers(1, 4))),
        exempt_from_nights=draw(maybe(st.integers(2, 6))),
        exemption=draw(st.sampled_from(["", "", "business", "resident"])),
        valid_from_date=draw(maybe(dates)),
        valid_until_date=draw(maybe(dates)),
    )


@st.composite
def taxes(draw: st.DrawFn, most: int = 4) -> tuple[TaxTerm, ...]:
    return tuple(draw(tax(name=f"Tax {number}")) for number in range(draw(st.integers(0, most))))


@st.composite
def promotion(draw: st.DrawFn, number: int) -> PromotionTerm:
    is_percent = draw(st.booleans())
    return PromotionTerm(
        id=number,
        name=f"Offer {number}",
        kind="percent" if is_percent else "amount",
        value=draw(st.integers(1, 10_000) if is_percent else amounts),
        stay_from_date=draw(maybe(dates)),
        stay_until_date=draw(maybe(dates)),
        is_combinable=draw(st.booleans()),
    )


@st.composite
def promotions(draw: st.DrawFn) -> tuple[PromotionTerm, ...]:
    return tuple(draw(promotion(number)) for number in range(1, draw(st.integers(0, 3)) + 1))


links = st.builds(
    Adjustment,
    st.just("percent"),
    st.integers(-12_000, 12_000),
    st.sampled_from([1, 1, 5, 100, 1_000]),
    st.sampled_from([0, 0, 1_234]),
    st.sampled_from([0, 0, 617]),
) | st.builds(Adjustment, st.just("amount"), st.integers(-900_000, 900_000), st.sampled_from([1, 50]))


@st.composite
def all_terms(draw: st.DrawFn) -> ProductTerms:
    infant = draw(st.integers(0, 3))
    child = draw(st.integers(infant, 17))
    bands = sorted(draw(st.sets(st.integers(infant + 1, 17), max_size=3)))
    return ProductTerms(
        currency=draw(st.sampled_from(["INR", "JPY", "KWD"])),
        base_guests=draw(st.integers(1, 4)),
        max_adults=draw(st.integers(1, 6)),
        max_children=draw(st.integers(0, 4)),
        max_guests=draw(st.integers(1, 8)),
        single_discount_minor=draw(st.one_of(st.just(0), st.integers(0, 300_000))),
        extra_adult_minor=draw(st.integers(0, 500_000)),
        extra_child_minor=draw(st.integers(0, 500_000)),
        child_bands=tuple((age, draw(st.integers(0, 300_000))) for age in bands),
        infant_max_age=infant,
        child_max_age=child,
        adjustments=tuple(draw(st.lists(links, max_size=3))),
        taxes=draw(taxes()),
        promotions=draw(promotions()),
    )


stays = st.lists(amounts, min_size=1, max_size=6).map(
    lambda prices: [(FIRST + dt.timedelta(days=day), price) for day, price in enumerate(prices)]
)
rooms = st.lists(parties, min_size=1, max_size=3)
claimed = st.sampled_from([(), ("business",), ("business", "resident")])

tiers = st.lists(
    st.builds(
        PolicyTier,
        st.just(None),
        st.sampled_from(["percent", "nights", "fixed"]),
        st.integers(0, 100),
        st.none() | st.integers(0, 60),
    )
    | st.builds(
        PolicyTier,
        st.integers(0, 1_500),
        st.sampled_from(["percent", "nights", "fixed"]),
        st.integers(0, 100),
    ),
    max_size=4,
    unique_by=lambda tier: (tier.hours_before, tier.days_before),
)

restrictions = st.builds(
    Restrictions,
    min_stay_arrival=maybe(st.integers(1, 4)),
    max_stay_arrival=maybe(st.integers(1, 4)),
    min_stay_through=maybe(st.integers(1, 4)),
    max_stay_through=maybe(st.integers(1, 4)),
    is_closed_to_arrival=maybe(st.booleans()),
    is_closed_to_departure=maybe(st.booleans()),
    is_stop_sold=maybe(st.booleans()),
    earliest_days=maybe(st.integers(0, 6)),
    latest_days=maybe(st.integers(0, 6)),
    release_days=maybe(st.integers(0, 6)),
    cutoff_hour=maybe(st.integers(0, 24)),
)
