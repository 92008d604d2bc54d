"""Which candidates match, how many would match otherwise, and in which order they stand: pure functions."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from statistics import median

from serai.core.money import to_major
from serai.rates.selectors import ProductOffer
from serai.search.requests import MEALS_AT_LEAST, SCORES, Filters, Sort

EARTH_RADIUS_KM = 6371.0
# A new property is ranked as if it already had this many reviews of this score.
PRIOR_REVIEWS = 8
PRIOR_SCORE = 7.4
# Hotels without an official class are ranked like this many stars.
NEUTRAL_STARS = 2.5


class Facet(StrEnum):
    """The filters of the result page, each of which can be lifted alone."""

    STARS = "stars"
    KINDS = "kinds"
    AMENITIES = "amenities"
    SCORE = "min_score"
    CANCELLATION = "free_cancellation"
    MEALS = "meals"
    PRICE = "price"


@dataclass(frozen=True, slots=True)
class PricedProduct:
    """A product that can be sold for the stay, with the engine's total for all rooms."""

    offer: ProductOffer
    room_type_name: str
    total_minor: int
    is_free_to_cancel: bool
    # What offers take off, taxes included.
    saved_minor: int = 0


@dataclass(frozen=True, slots=True)
class Candidate:
    """A property at the place. `products` are those that can be sold, cheapest first; none without dates."""

    id: int
    name: str
    kind: str
    stars: int | None
    currency: str
    latitude: float | None
    longitude: float | None
    review_count: int
    review_total: int
    amenity_ids: frozenset[int]
    closeness: float = 0.0
    products: tuple[PricedProduct, ...] = ()

    @property
    def score(self) -> float | None:
        return self.review_total / self.review_count if self.review_count else None


@dataclass(frozen=True, slots=True)
class Match:
    """A candidate that passes the filters, with the cheapest product that does (none without dates)."""

    candidate: Candidate
    product: PricedProduct | None


@dataclass(frozen=True)
class Outcome:
    """All matches in order, and the figures of the filter panel.

    A facet's counts are taken without that facet's own filter, so they say what one more tick would
    find; amenities narrow each other, so theirs say what remains. Whatever occurs at the place at all has
    a count, be it 0, so the panel's options stay the same while filters change. `without[f]` is how
    many would match if the filter `f` were lifted.
    """

    matches: tuple[Match, ...]
    stars: dict[int, int] = field(default_factory=dict)
    kinds: dict[str, int] = field(default_factory=dict)
    amenities: dict[int, int] = field(default_factory=dict)
    scores: dict[int, int] = field(default_factory=dict)
    meals: dict[str, int] = field(default_factory=dict)
    free_to_cancel: int = 0
    without: dict[Facet, int] = field(default_factory=dict)
    currency: str = ""
    has_several_currencies: bool = False
    lowest_minor: int | None = None
    highest_minor: int | None = None


def main_currency(candidates: Iterable[Candidate]) -> tuple[str, bool]:
    """The currency of most candidates (the first by code among equals), and whether there are others."""
    counts = Counter(candidate.currency for candidate in candidates)
    if not counts:
        return "", False
    return min(counts, key=lambda code: (-counts[code], code)), len(counts) > 1


def cheapest(candidate: Candidate, *, is_free_to_cancel: bool, meals: str) -> PricedProduct | None:
    """The candidate's cheapest product with these terms."""
    wanted = MEALS_AT_LEAST.get(meals)
    for product in candidate.products:
        if is_free_to_cancel and not product.is_free_to_cancel:
            continue
        if wanted is None or product.offer.meals in wanted:
            return product
    return None


def find(
    candidates: Sequence[Candidate], filters: Filters, amenity_ids: frozenset[int], *, has_stay: bool
) -> Outcome:
    """Filter and count, in the candidates' own order.

    `amenity_ids` are the ids of `filters.amenities`. Without a stay there are no products, and the
    filters on price, meals and cancellation rest.
    """
    currency, has_several = main_currency(candidates)
    within = _price_window(filters, currency)
    matches: list[Match] = []
    stars: Counter[int] = Counter()
    kinds: Counter[str] = Counter()
    amenities: Counter[int] = Counter()
    scores: Counter[int] = Counter()
    meals: Counter[str] = Counter()
    without: Counter[Facet] = Counter()
    free_to_cancel = 0
    totals: list[int] = []

    for candidate in candidates:
        _occurs(candidate, stars, kinds, amenities, scores, meals)
        failed = _failed_by_property(candidate, filters, amenity_ids)
        product = None
        if has_stay:
            product, failed_by_product = _choose_product(candidate, filters, within, currency)
            failed |= failed_by_product
        if not failed:
            matches.append(Match(candidate, product))
            amenities.update(candidate.amenity_ids)
        for facet in Facet:
            without[facet] += failed <= {facet}
        if failed <= {Facet.STARS} and candidate.stars:
            stars[candidate.stars] += 1
        if failed <= {Facet.KINDS}:
            kinds[candidate.kind] += 1
        if failed <= {Facet.SCORE} and candidate.score is not None:
            scores.update(least for least in SCORES if candidate.score >= least)
        if not has_stay:
            continue
        if failed <= {Facet.PRICE} and product is not None and candidate.currency == currency:
            totals.append(product.total_minor)
        if failed <= {Facet.CANCELLATION, Facet.PRICE}:
            free = cheapest(candidate, is_free_to_cancel=True, meals=filters.meals)
            free_to_cancel += free is not None and within(candidate.currency, free.total_minor)
        if failed <= {Facet.MEALS, Facet.PRICE}:
            for wish in MEALS_AT_LEAST:
                fed = cheapest(candidate, is_free_to_cancel=filters.is_free_to_cancel, meals=wish)
                if fed is not None and within(candidate.currency, fed.total_minor):
                    meals[wish] += 1
    return Outcome(
        matches=tuple(matches),
        stars=dict(stars),
        kinds=dict(kinds),
        amenities=dict(amenities),
        scores=dict(scores),
        meals=dict(meals),
        free_to_cancel=free_to_cancel,
        without=dict(without),
        currency=currency,
        has_several_currencies=has_several,
        lowest_minor=min(totals, default=None),
        highest_minor=max(totals, default=None),
    )


def _occurs(
    candidate: Candidate,
    stars: Counter[int],
    kinds: Counter[str],
    amenities: Counter[int],
    scores: Counter[int],
    meals: Counter[str],
) -> None:
    """Give every value that the candidate has an entry, without counting it."""
    if candidate.stars:
        stars[candidate.stars] += 0
    kinds[candidate.kind] += 0
    for amenity_id in candidate.amenity_ids:
        amenities[amenity_id] += 0
    for least in SCORES:
        if candidate.score is not None and candidate.score >= least:
            scores[least] += 0
    for wish in MEALS_AT_LEAST:
        if cheapest(candidate, is_free_to_cancel=False, meals=wish):
            meals[wish] += 0


class _PriceWindow:
    """Whether a total lies within the wished prices. Only the main currency's totals can."""

    def __init__(self, currency: str, price_from: Decimal | None, price_to: Decimal | None) -> None:
        self.currency, self.price_from, self.price_to = currency, price_from, price_to

    def __call__(self, currency: str, total_minor: int) -> bool:
        if self.price_from is None and self.price_to is None:
            return True
        if currency != self.currency:
            return False
        total = to_major(total_minor, currency)
        return (self.price_from is None or total >= self.price_from) and (
            self.price_to is None or total <= self.price_to
        )


def _price_window(filters: Filters, currency: str) -> _PriceWindow:
    return _PriceWindow(currency, filters.price_from, filters.price_to)


def _failed_by_property(candidate: Candidate, filters: Filters, amenity_ids: frozenset[int]) -> set[Facet]:
    failed: set[Facet] = set()
    if filters.stars and candidate.stars not in filters.stars:
        failed.add(Facet.STARS)
    if filters.kinds and candidate.kind not in filters.kinds:
        failed.add(Facet.KINDS)
    if not amenity_ids <= candidate.amenity_ids:
        failed.add(Facet.AMENITIES)
    if filters.min_score is not None and (candidate.score is None or candidate.score < filters.min_score):
        failed.add(Facet.SCORE)
    return failed


def _choose_product(
    candidate: Candidate, filters: Filters, within: _PriceWindow, currency: str
) -> tuple[PricedProduct | None, set[Facet]]:
    """The product to show, and which wishes no product of the candidate meets."""
    product = cheapest(candidate, is_free_to_cancel=filters.is_free_to_cancel, meals=filters.meals)
    if product is not None:
        return product, set() if within(candidate.currency, product.total_minor) else {Facet.PRICE}
    failed: set[Facet] = set()
    fed = cheapest(candidate, is_free_to_cancel=False, meals=filters.meals)
    free = cheapest(candidate, is_free_to_cancel=filters.is_free_to_cancel, meals="")
    if fed is None or free is not None:
        failed.add(Facet.MEALS)
    if free is None or fed is not None:
        failed.add(Facet.CANCELLATION)
    # Each of two wishes can be met, but not by one product: lifting either is enough.
    if fed is not None and free is not None:
        failed = {Facet.MEALS} if fed.total_minor >= free.total_minor else {Facet.CANCELLATION}
    remaining = fed if failed == {Facet.CANCELLATION} else free if failed == {Facet.MEALS} else None
    if remaining is not None and not within(candidate.currency, remaining.total_minor):
        failed.add(Facet.PRICE)
    return None, failed


def order(
    matches: Iterable[Match], sort: Sort, *, currency: str, centre: tuple[float, float] | None
) -> tuple[Match, ...]:
    """Matches in the wished order; equal ones by id, so that pages never overlap."""
    entries = list(matches)
    appeal = _appeal(entries)

    def recommended(match: Match) -> tuple[float, float, int]:
        candidate = match.candidate
        return (-round(candidate.closeness, 1), -appeal[candidate.id], candidate.id)

    def by_price(match: Match) -> tuple[object, ...]:
        total = match.product.total_minor if match.product else 0
        # Amounts of different currencies cannot be compared: each currency stands by itself.
        return (match.candidate.currency != currency, match.candidate.currency, total, match.candidate.id)

    def by_rating(match: Match) -> tuple[object, ...]:
        return (-(match.candidate.score or 0.0), -match.candidate.review_count, match.candidate.id)

    def by_stars(match: Match) -> tuple[object, ...]:
        return (-(match.candidate.stars or 0), *recommended(match))

    def by_distance(match: Match) -> tuple[object, ...]:
        far = distance_km(match.candidate, centre)
        return (far is None, far or 0.0, match.candidate.id)

    keys = {
        Sort.RECOMMENDED: recommended,
        Sort.PRICE: by_price,
        Sort.RATING: by_rating,
        Sort.STARS: by_stars,
        Sort.DISTANCE: by_distance,
    }
    return tuple(sorted(entries, key=keys[sort]))


def _appeal(matches: Sequence[Match]) -> dict[int, float]:
    """What "recommended" goes by: the guests' score, a little the class, and the price among its like.

    The score is drawn towards `PRIOR_SCORE` while reviews are few; twice the usual price costs half a
    point of ten, half of it gains as much.
    """
    totals: dict[str, list[int]] = {}
    for match in matches:
        if match.product is not None:
            totals.setdefault(match.candidate.currency, []).append(match.product.total_minor)
    usual = {currency: median(amounts) for currency, amounts in totals.items()}
    appeal = {}
    for match in matches:
        candidate = match.candidate
        points = (candidate.review_total + PRIOR_REVIEWS * PRIOR_SCORE) / (
            candidate.review_count + PRIOR_REVIEWS
        )
        points += 0.15 * (candidate.stars or NEUTRAL_STARS)
        if match.product is not None and match.product.total_minor > 0 and usual[candidate.currency] > 0:
            dearness = math.log2(match.product.total_minor / usual[candidate.currency])
            points -= 0.5 * max(-1.0, min(1.0, dearness))
        appeal[candidate.id] = points
    return appeal


def distance_km(candidate: Candidate, centre: tuple[float, float] | None) -> float | None:
    """Kilometres as the crow flies from the centre (latitude, longitude); None when either is unknown."""
    if centre is None or candidate.latitude is None or candidate.longitude is None:
        return None
    phi, other_phi = math.radians(centre[0]), math.radians(candidate.latitude)
    half_phi = (other_phi - phi) / 2
    half_lambda = math.radians(candidate.longitude - centre[1]) / 2
    chord = math.sin(half_phi) ** 2 + math.cos(phi) * math.cos(other_phi) * math.sin(half_lambda) ** 2
    return 2 * EARTH_RADIUS_KM * math.asin(min(1.0, math.sqrt(chord)))
