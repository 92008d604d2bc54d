"""Filters, facets and orders, on candidates made by hand."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from serai.rates.rules import PolicyTerms, ProductTerms
from serai.rates.selectors import ProductOffer
from serai.search.requests import Filters, Sort
from serai.search.rules import (
    Candidate,
    Facet,
    Match,
    Outcome,
    PricedProduct,
    distance_km,
    find,
    main_currency,
    order,
)

POOL, BAR = 1, 2
TERMS = ProductTerms(currency="INR", base_guests=2, max_adults=2, max_children=1, max_guests=3)


def product(total_minor: int, *, free: bool = False, meals: str = "none") -> PricedProduct:
    offer = ProductOffer(
        product_id=total_minor,
        property_id=1,
        room_type_id=1,
        room_type_name="Double",
        rate_plan_id=1,
        rate_plan_name="Flexible",
        meals=meals,
        payment="at_property",
        policy=PolicyTerms(name="Flexible"),
        terms=TERMS,
        nights=(),
        left=3,
    )
    return PricedProduct(offer, "Double", total_minor, free)


def candidate(key: int, *products: PricedProduct, **fields: Any) -> Candidate:
    given: dict[str, Any] = {
        "name": f"Hotel {key}",
        "kind": "hotel",
        "stars": 3,
        "currency": "INR",
        "latitude": None,
        "longitude": None,
        "review_count": 0,
        "review_total": 0,
        "amenity_ids": frozenset(),
    } | fields
    return Candidate(id=key, products=products, **given)


WORLD = [
    candidate(1, product(300_00), product(400_00, free=True), stars=3, amenity_ids=frozenset({POOL})),
    candidate(2, product(500_00, free=True, meals="breakfast"), stars=4, review_count=2, review_total=18),
    candidate(3, product(900_00), stars=5, kind="resort", amenity_ids=frozenset({POOL, BAR})),
    candidate(4, product(200_00), stars=None, review_count=1, review_total=6),
]


def found(filters: Filters = Filters(), amenity_ids: frozenset[int] = frozenset()) -> Outcome:  # noqa: B008
    return find(WORLD, filters, amenity_ids, has_stay=True)


def ids(outcome: Outcome) -> list[int]:
    return [match.candidate.id for match in outcome.matches]


def test_without_filters_everything_matches_with_its_cheapest_product() -> None:
    outcome = found()
    assert ids(outcome) == [1, 2, 3, 4]
    assert [match.product.total_minor for match in outcome.matches if match.product] == [
        300_00,
        500_00,
        900_00,
        200_00,
    ]
    assert outcome.stars == {3: 1, 4: 1, 5: 1}
    assert outcome.kinds == {"hotel": 3, "resort": 1}
    assert outcome.amenities == {POOL: 2, BAR: 1}
    assert outcome.scores == {9: 1, 8: 1, 7: 1, 6: 2}
    assert outcome.meals == {"breakfast": 1}
    assert outcome.free_to_cancel == 2
    assert (outcome.lowest_minor, outcome.highest_minor) == (200_00, 900_00)


def test_a_facet_is_counted_without_its_own_filter() -> None:
    outcome = found(Filters(stars=frozenset({4})))
    assert ids(outcome) == [2]
    assert outcome.stars == {3: 1, 4: 1, 5: 1}
    assert outcome.kinds == {"hotel": 1, "resort": 0}
    assert outcome.amenities == {POOL: 0, BAR: 0}


def test_amenities_must_all_be_there() -> None:
    outcome = found(amenity_ids=frozenset({POOL, BAR}))
    assert ids(outcome) == [3]
    assert outcome.amenities == {POOL: 1, BAR: 1}
    assert outcome.without[Facet.AMENITIES] == 4


def test_free_cancellation_chooses_the_dearer_product() -> None:
    outcome = found(Filters(is_free_to_cancel=True))
    assert [
        (match.candidate.id, match.product.total_minor) for match in outcome.matches if match.product
    ] == [
        (1, 400_00),
        (2, 500_00),
    ]
    assert outcome.without[Facet.CANCELLATION] == 4


def test_meals_ask_for_at_least() -> None:
    assert ids(found(Filters(meals="breakfast"))) == [2]
    assert ids(found(Filters(meals="full_board"))) == []


@pytest.mark.parametrize(
    ("price_from", "price_to", "expected"),
    [
        (None, Decimal(300), [1, 4]),
        (Decimal(300), Decimal(500), [1, 2]),
        (Decimal("500.01"), None, [3]),
        (Decimal(0), Decimal(0), []),
    ],
)
def test_price_limits_are_part_of_the_range(
    price_from: Decimal | None, price_to: Decimal | None, expected: list[int]
) -> None:
    outcome = found(Filters(price_from=price_from, price_to=price_to))
    assert ids(outcome) == expected
    assert (outcome.lowest_minor, outcome.highest_minor) == (200_00, 900_00)


def test_two_wishes_that_no_single_product_meets_can_be_lifted_one_by_one() -> None:
    split = [candidate(1, product(300_00, free=True), product(400_00, meals="breakfast"))]
    wishes = Filters(is_free_to_cancel=True, meals="breakfast")
    outcome = find(split, wishes, frozenset(), has_stay=True)
    assert outcome.matches == ()
    assert max(outcome.without[Facet.MEALS], outcome.without[Facet.CANCELLATION]) == 1


def test_without_a_stay_only_filters_on_the_property_count() -> None:
    bare = [candidate(1, stars=3), candidate(2, stars=5)]
    wishes = Filters(stars=frozenset({5}), is_free_to_cancel=True, meals="breakfast", price_to=Decimal(1))
    outcome = find(bare, wishes, frozenset(), has_stay=False)
    assert ids(outcome) == [2]
    assert outcome.matches[0].product is None


def test_prices_of_other_currencies_are_never_compared() -> None:
    mixed = [
        candidate(1, product(500_00)),
        candidate(2, product(600_00)),
        candidate(3, product(100), currency="EUR"),
    ]
    assert main_currency(mixed) == ("INR", True)
    outcome = find(mixed, Filters(price_to=Decimal(550)), frozenset(), has_stay=True)
    assert ids(outcome) == [1]
    everything = find(mixed, Filters(), frozenset(), has_stay=True)
    by_price = order(everything.matches, Sort.PRICE, currency="INR", centre=None)
    assert [match.candidate.id for match in by_price] == [1, 2, 3]


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        (Sort.PRICE, [4, 1, 2, 3]),
        (Sort.RATING, [2, 4, 1, 3]),
        (Sort.STARS, [3, 2, 1, 4]),
    ],
)
def test_orders(sort: Sort, expected: list[int]) -> None:
    ordered = order(found().matches, sort, currency="INR", centre=None)
    assert [match.candidate.id for match in ordered] == expected


def test_distance_puts_the_nearest_first_and_the_unknown_last() -> None:
    mumbai = (19.076, 72.877)
    matches = [
        Match(candidate(1, latitude=18.52, longitude=73.857), None),
        Match(candidate(2), None),
        Match(candidate(3, latitude=19.08, longitude=72.88), None),
    ]
    ordered = order(matches, Sort.DISTANCE, currency="INR", centre=mumbai)
    assert [match.candidate.id for match in ordered] == [3, 1, 2]
    to_pune = distance_km(matches[0].candidate, mumbai)
    assert to_pune == pytest.approx(120, abs=2)


def test_recommended_trusts_many_reviews_more_than_one() -> None:
    single = candidate(1, review_count=1, review_total=10)
    many = candidate(2, review_count=200, review_total=1840)
    ordered = order([Match(single, None), Match(many, None)], Sort.RECOMMENDED, currency="INR", centre=None)
    assert [match.candidate.id for match in ordered] == [2, 1]


def test_recommended_puts_the_name_that_was_typed_first() -> None:
    loved = candidate(1, review_count=90, review_total=880, closeness=0.4)
    named = candidate(2, closeness=1.0)
    ordered = order([Match(loved, None), Match(named, None)], Sort.RECOMMENDED, currency="INR", centre=None)
    assert [match.candidate.id for match in ordered] == [2, 1]
