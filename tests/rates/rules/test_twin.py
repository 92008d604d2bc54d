"""The whole engine beside its slow twin, on thousands of terms, parties, nights and taxes."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import asdict, replace
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from serai.bookings.rules import compile_tiers, merge_tiers, penalty_at
from serai.rates.rules import (
    Party,
    PolicyTier,
    ProductTerms,
    PromotionTerm,
    RestrictionCalendar,
    Restrictions,
    TaxTerm,
    find_violations,
    may_use,
    merge,
    price_stay,
    stay_price_from_json,
)
from tests import twin
from tests.rates.rules import strategies as our

Nights = list[tuple[dt.date, int]]


@settings(max_examples=our.MANY)
@given(our.all_terms(), our.stays, our.rooms, our.claimed)
def test_prices(terms: ProductTerms, nights: Nights, parties: list[Party], claimed: tuple[str, ...]) -> None:
    price = price_stay(terms, nights, parties, exemptions=claimed)
    expected = twin.stay(terms, nights, parties, exemptions=claimed)
    for room, other in zip(price.rooms, expected, strict=True):
        assert [night.amount_minor for night in room.nights] == other.nights
        named = {tax.name: tax.amount_minor for tax in room.taxes}
        assert [named.get(tax.name, 0) for tax in terms.taxes] == other.charges
        assert [night.tax_minor for night in room.nights] == other.night_taxes
        assert (room.total_minor, room.due_at_property_minor) == (other.total, other.at_property)
    assert price.total_minor == sum(other.total for other in expected)
    assert price.due_at_property_minor == sum(other.at_property for other in expected)


@settings(max_examples=our.MANY // 4)
@given(our.all_terms(), our.stays, our.rooms, our.claimed)
def test_what_holds_for_every_price(
    terms: ProductTerms, nights: Nights, parties: list[Party], claimed: tuple[str, ...]
) -> None:
    price = price_stay(terms, nights, parties, exemptions=claimed)
    on_top = sum(tax.amount_minor for tax in price.taxes if not tax.is_included)
    assert price.total_minor == price.room_minor + on_top
    assert price.total_minor == price.prepayable_minor + price.due_at_property_minor
    assert sum(tax.amount_minor for tax in price.taxes if tax.is_included) <= price.room_minor
    assert sum(night.amount_minor + night.tax_minor for night in price.nights) <= price.prepayable_minor
    assert price.saved_minor == sum(amount for _ref, _name, amount in price.promotions)
    for room in price.rooms:
        for night in room.nights:
            assert night.amount_minor == sum(step.minor for step in night.steps) >= 0
            assert night.steps[0].minor == night.base_minor
    assert all(tax.amount_minor > 0 for tax in price.taxes)
    assert stay_price_from_json(json.loads(json.dumps(price.as_json()))) == price


@given(our.taxes(most=3), st.integers(0, 5_000_000), our.parties)
def test_a_price_with_its_taxes_inside_is_what_they_make_on_top(
    taxes: tuple[TaxTerm, ...], net: int, party: Party
) -> None:
    """Put taxes on top of a net price; the same taxes inside the sum are the same to the minor unit each."""
    taxes = tuple(
        replace(
            tax, is_included=False, from_minor=0, below_minor=None, period="night", is_paid_at_property=False
        )
        for tax in taxes
    )
    terms = ProductTerms("EUR", 9, 9, 9, 9, taxes=taxes)
    outside = price_stay(terms, [(our.FIRST, net)], [party])
    inside = price_stay(
        replace(terms, taxes=tuple(replace(tax, is_included=True) for tax in taxes)),
        [(our.FIRST, outside.total_minor)],
        [party],
    )
    assert inside.total_minor == outside.total_minor
    found = {tax.name: tax.amount_minor for tax in inside.taxes}
    for tax in outside.taxes:
        assert abs(found.get(tax.name, 0) - tax.amount_minor) <= len(taxes)


@settings(max_examples=our.MANY // 4)
@given(
    st.lists(
        st.tuples(our.restrictions, st.dictionaries(our.dates, our.restrictions, max_size=3)),
        min_size=1,
        max_size=3,
    ),
    st.integers(0, 3),
    st.integers(1, 4),
    st.datetimes(dt.datetime(2026, 12, 24), dt.datetime(2026, 12, 31)),  # noqa: DTZ001 - made aware below
    st.sampled_from(["Asia/Kolkata", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe"]),
)
def test_restrictions(
    layers: list[tuple[Restrictions, dict[dt.date, Restrictions]]],
    start: int,
    length: int,
    now: dt.datetime,
    timezone: str,
) -> None:
    check_in = our.FIRST + dt.timedelta(days=start)
    check_out = check_in + dt.timedelta(days=length)
    now = now.replace(tzinfo=dt.UTC)
    plan: twin.TwinPlan | None = None
    for standing, nights in reversed(layers):
        plan = twin.TwinPlan(asdict(standing), {date: asdict(night) for date, night in nights.items()}, plan)
    assert plan is not None
    calendar = RestrictionCalendar(
        standing=merge(standing for standing, _nights in layers),
        by_date={
            date: merge(layer for standing, nights in layers for layer in (nights.get(date), standing))
            for date in {date for _standing, nights in layers for date in nights}
        },
    )
    found = find_violations(
        calendar, check_in=check_in, check_out=check_out, booked_at=now.astimezone(ZoneInfo(timezone))
    )
    assert len(found) == len({(reason.code, reason.date) for reason in found})
    assert {(reason.code, reason.date) for reason in found} == twin.violations(
        plan, check_in=check_in, check_out=check_out, now=now, timezone=timezone
    )


@settings(max_examples=our.MANY // 4)
@given(
    st.lists(our.tiers, min_size=1, max_size=3),
    st.lists(st.tuples(our.stays, our.taxes()), min_size=3, max_size=3),
    st.dates(dt.date(2015, 1, 1), dt.date(2037, 12, 31))
    | st.sampled_from(
        [dt.date(2026, 3, 29), dt.date(2026, 10, 25), dt.date(2026, 3, 8), dt.date(2026, 4, 5)]
    ),
    st.times(),
    st.sampled_from(
        ["Europe/Berlin", "America/New_York", "Asia/Kolkata", "Pacific/Apia", "Australia/Lord_Howe"]
    ),
    st.integers(-90_000, 6_000),
)
def test_policies(
    policies: list[list[PolicyTier]],
    priced: list[tuple[Nights, tuple[TaxTerm, ...]]],
    check_in: dt.date,
    hour: dt.time,
    timezone: str,
    minutes: int,
) -> None:
    at = twin.check_in_at(check_in, hour, timezone) + dt.timedelta(minutes=minutes)
    when = {"check_in": check_in, "timezone": timezone}
    compiled, expected = [], 0
    for tiers, (nights, taxes) in zip(policies, priced, strict=False):
        terms = ProductTerms("INR", 2, 2, 2, 4, taxes=taxes)
        [room] = price_stay(terms, nights, [Party(2)]).rooms
        [other] = twin.stay(terms, nights, [Party(2)])
        compiled.append(compile_tiers(tiers=tiers, check_in_from=hour, price=room, **when))
        single = twin.penalty(tiers, other, at, hour=hour, **when)
        assert penalty_at(compiled[-1], at) == single
        expected += single
    assert penalty_at(merge_tiers(compiled), at) == expected


@given(
    st.builds(
        PromotionTerm,
        id=st.just(1),
        name=st.just("Offer"),
        kind=st.just("percent"),
        value=st.just(1_000),
        code=st.sampled_from(["", "", "Summer"]),
        min_nights=our.maybe(st.integers(1, 4)),
        max_nights=our.maybe(st.integers(1, 4)),
        min_days_ahead=our.maybe(st.integers(0, 8)),
        max_days_ahead=our.maybe(st.integers(0, 8)),
        bookable_from_date=our.maybe(our.dates),
        bookable_until_date=our.maybe(our.dates),
        rate_plan_ids=st.sampled_from([frozenset(), frozenset({7}), frozenset({8, 9})]),
    ),
    st.integers(0, 8),
    st.integers(1, 5),
    st.sampled_from([(), ("SUMMER",), ("WINTER",)]),
)
def test_conditions_of_promotions(
    promotion: PromotionTerm, ahead: int, length: int, codes: tuple[str, ...]
) -> None:
    check_in = our.FIRST + dt.timedelta(days=ahead)
    common = {
        "rate_plan_id": 7,
        "check_in": check_in,
        "check_out": check_in + dt.timedelta(days=length),
        "codes": codes,
    }
    assert may_use(promotion, booking_date=our.FIRST, **common) is twin.promotion_holds(
        promotion, today=our.FIRST, **common
    )
