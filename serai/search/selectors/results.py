"""The result list: candidates by SQL, prices by the one engine, filters and facets by `search.rules`."""

from __future__ import annotations

import datetime as dt
import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from typing import Any, NamedTuple

from django.conf import settings
from django.core.paginator import Page, Paginator
from django.db import connection
from django.utils.translation import gettext as _

from serai.bookings.rules import compile_tiers, penalty_at
from serai.properties.models import Amenity, Photo, Property
from serai.properties.selectors import cover_photos
from serai.rates.rules import Party, ProductTerms, TaxTerm
from serai.rates.selectors import PolicyTier, ProductOffer
from serai.search import rules, sql
from serai.search.destinations import DestinationRow, Place, PlaceKind, nearby_destinations
from serai.search.requests import Filters, SearchRequest, Sort, Stay
from serai.search.rules import Candidate, Facet, Match, Outcome, PricedProduct

PAGE_SIZE = 20
SCARCE_UNITS = 5
CARD_AMENITIES = 4


class SellableRow(NamedTuple):
    """A row of `sql.SELLABLE_PRODUCTS`, column by column."""

    property_id: int
    currency: str
    timezone: str
    check_in_from: dt.time
    infant_max_age: int
    child_max_age: int
    room_type_id: int
    room_type_name: str
    base_guests: int
    max_adults: int
    max_children: int
    max_guests: int
    units_left: int
    product_id: int
    rate_plan_id: int
    rate_plan_name: str
    meals: str
    payment: str
    policy_id: int
    policy_name: str
    adjustments: str
    extra_adult_minor: int
    extra_child_minor: int
    amounts: list[int]


@dataclass(frozen=True)
class Hit:
    """One card of the list. `product` is None without dates and for what is sold out.

    `free_product` is the cheapest that can be cancelled without cost, when that is another one.
    """

    property: Property
    photo: Photo | None
    amenities: Sequence[Amenity]
    product: PricedProduct | None
    distance_km: float | None
    free_product: PricedProduct | None = None
    is_sold_out: bool = False

    @cached_property
    def scarce_units(self) -> int | None:
        """How many rooms are left when they are few."""
        if self.product is None or self.product.offer.left > SCARCE_UNITS:
            return None
        return self.product.offer.left


@dataclass(frozen=True)
class SearchPage:
    """One page of results with the figures around it. `page` is a page of `Hit`s."""

    request: SearchRequest
    place: Place
    hits: Sequence[Hit]
    page: Page[Any]
    outcome: Outcome
    amenities: Sequence[Amenity]
    unavailable: int
    nearby: Sequence[DestinationRow] = field(default_factory=tuple)

    @cached_property
    def total(self) -> int:
        """How many properties match on all pages."""
        return self.page.paginator.count

    @cached_property
    def relaxations(self) -> list[tuple[Facet, int]]:
        """Filters of which lifting one alone would find something, the most fruitful first."""
        found = [(facet, count) for facet, count in self.outcome.without.items() if count > self.total]
        return sorted(found, key=lambda entry: -entry[1])


def search_properties(request: SearchRequest, place: Place, *, now: dt.datetime) -> SearchPage:
    """Search at a resolved place. The number of queries depends on neither hotels nor nights.

    Seven queries with a stay, four without; one more when nothing is found and the place has neighbours.
    `request.errors` may gain a sentence about an order that needs dates or a centre.
    """
    candidates = _candidates(place)
    amenities = list(Amenity.objects.filter(scope=Amenity.Scope.PROPERTY))
    stay, there = request.stay, len(candidates)
    unsold: list[Candidate] = []
    if stay is not None:
        products = _priced_products([candidate.id for candidate in candidates], stay, now=now)
        unsold = [candidate for candidate in candidates if candidate.id not in products]
        candidates = [
            replace(candidate, products=products[candidate.id])
            for candidate in candidates
            if candidate.id in products
        ]
    request = _known_filters(_possible_order(request, place), amenities)
    wanted = frozenset(entry.pk for entry in amenities if entry.slug in request.filters.amenities)
    outcome = rules.find(candidates, request.filters, wanted, has_stay=stay is not None)
    centre = _centre(place)
    ordered = rules.order(outcome.matches, request.sort, currency=outcome.currency, centre=centre)
    page = Paginator(ordered, PAGE_SIZE).get_page(request.page)
    shown, is_sold_out = list(page.object_list), False
    if not candidates and unsold:
        # All are sold out: better to see them, and other dates, than nothing.
        matches = [Match(candidate, None) for candidate in unsold]
        shown = list(rules.order(matches, Sort.RECOMMENDED, currency="", centre=centre)[:6])
        is_sold_out = True
    return SearchPage(
        request=request,
        place=place,
        hits=_hits(shown, amenities, centre=centre, is_sold_out=is_sold_out),
        page=page,
        outcome=outcome,
        amenities=[entry for entry in amenities if entry.pk in outcome.amenities or entry.pk in wanted],
        unavailable=there - len(candidates),
        nearby=[] if outcome.matches else nearby_destinations(place),
    )


def priced_products(
    *, property_ids: Sequence[int], stay: Stay, now: dt.datetime
) -> dict[int, tuple[PricedProduct, ...]]:
    """What can be sold for a stay, by property, cheapest first: three queries."""
    return _priced_products(property_ids, stay, now=now)


def _candidates(place: Place) -> list[Candidate]:
    query = sql.PROPERTIES_AT_PLACE.format(
        at_place=sql.AT_PLACE[place.kind], closeness=sql.CLOSENESS.get(place.kind, sql.NO_CLOSENESS)
    )
    with connection.cursor() as cursor:
        cursor.execute(query, place.sql_parameters())
        return [_candidate(row) for row in cursor.fetchall()]


def _candidate(row: tuple[Any, ...]) -> Candidate:
    """A row of `sql.PROPERTIES_AT_PLACE`."""
    key, name, kind, stars, currency, latitude, longitude, count, total, amenity_ids, closeness = row
    return Candidate(
        id=key,
        name=name,
        kind=kind,
        stars=stars,
        currency=currency,
        latitude=latitude,
        longitude=longitude,
        review_count=count,
        review_total=total,
        amenity_ids=frozenset(amenity_ids),
        closeness=closeness,
    )


def _priced_products(
    property_ids: Sequence[int], stay: Stay, *, now: dt.datetime
) -> dict[int, tuple[PricedProduct, ...]]:
    parties = stay.guests.parties
    with connection.cursor() as cursor:
        cursor.execute(
            sql.SELLABLE_PRODUCTS,
            {
                "takes_cards": bool(settings.CARD_GATEWAY),
                "property_ids": list(property_ids),
                "check_in": stay.check_in,
                "check_out": stay.check_out,
                "nights": stay.nights,
                "rooms": stay.guests.rooms,
                "guests_in_a_room": max(party.guests for party in parties),
                "now": now,
            },
        )
        rows = [SellableRow(*row) for row in cursor.fetchall()]
        cursor.execute(sql.TAXES, {"property_ids": list({row.property_id for row in rows})})
        taxes: dict[int, list[TaxTerm]] = defaultdict(list)
        for property_id, *term in cursor.fetchall():
            taxes[property_id].append(TaxTerm(*term))
        cursor.execute(sql.TIERS, {"policy_ids": list({row.policy_id for row in rows})})
        tiers: dict[int, list[PolicyTier]] = defaultdict(list)
        for policy_id, *tier in cursor.fetchall():
            tiers[policy_id].append(PolicyTier(*tier))

    dates = [stay.check_in + dt.timedelta(days=index) for index in range(stay.nights)]
    found: dict[int, list[PricedProduct]] = defaultdict(list)
    for row in rows:
        product = _price_row(row, dates, parties, taxes, tiers, now=now)
        if product is not None:
            found[product.offer.property_id].append(product)
    return {
        property_id: tuple(sorted(products, key=lambda entry: (entry.total_minor, entry.offer.product_id)))
        for property_id, products in found.items()
    }


def _price_row(
    row: SellableRow,
    dates: Sequence[dt.date],
    parties: Sequence[Party],
    taxes: dict[int, list[TaxTerm]],
    tiers: dict[int, list[PolicyTier]],
    *,
    now: dt.datetime,
) -> PricedProduct | None:
    """A row of `SELLABLE_PRODUCTS` as an offer with its price; None when the party does not fit."""
    offer = ProductOffer(
        product_id=row.product_id,
        property_id=row.property_id,
        room_type_id=row.room_type_id,
        rate_plan_id=row.rate_plan_id,
        rate_plan_name=row.rate_plan_name,
        meals=row.meals,
        payment=row.payment,
        policy_name=row.policy_name,
        tiers=tuple(tiers[row.policy_id]),
        terms=ProductTerms(
            currency=row.currency,
            base_guests=row.base_guests,
            max_adults=row.max_adults,
            max_children=row.max_children,
            max_guests=row.max_guests,
            extra_adult_minor=row.extra_adult_minor,
            extra_child_minor=row.extra_child_minor,
            infant_max_age=row.infant_max_age,
            child_max_age=row.child_max_age,
            adjustments=_adjustments(row.adjustments),
            taxes=tuple(taxes[row.property_id]),
        ),
        nights=tuple(zip(dates, row.amounts, strict=True)),
        left=row.units_left,
    )
    if not offer.is_sellable(parties):
        return None
    price = offer.price(parties)
    compiled = compile_tiers(
        tiers=offer.tiers,
        check_in=dates[0],
        check_in_from=row.check_in_from,
        timezone=row.timezone,
        price=price,
    )
    return PricedProduct(
        offer=offer,
        room_type_name=row.room_type_name,
        total_minor=price.total_minor,
        is_free_to_cancel=penalty_at(compiled, now) == 0,
    )


@cache
def _adjustments(text: str) -> tuple[tuple[str, int], ...]:
    return tuple((kind, value) for kind, value in json.loads(text))


def _possible_order(request: SearchRequest, place: Place) -> SearchRequest:
    """The request with an order that can be made, and a word about it."""
    if request.sort == Sort.PRICE and request.stay is None:
        text = _("Add dates to sort by price.")
    elif request.sort == Sort.DISTANCE and _centre(place) is None:
        text = _("Choose a city to sort by the distance from its centre.")
    else:
        return request
    return replace(request, sort=Sort.RECOMMENDED, errors={**request.errors, "sort": text})


def _known_filters(request: SearchRequest, amenities: Iterable[Amenity]) -> SearchRequest:
    """The request without amenities that do not exist, and a word about them."""
    unknown = request.filters.amenities - {entry.slug for entry in amenities}
    if not unknown:
        return request
    text = _("We do not know this filter and left it out: %(names)s.") % {"names": ", ".join(sorted(unknown))}
    filters: Filters = replace(request.filters, amenities=request.filters.amenities - unknown)
    return replace(request, filters=filters, errors={"filters": text, **request.errors})


def _centre(place: Place) -> tuple[float, float] | None:
    if place.kind != PlaceKind.DESTINATION or place.latitude is None or place.longitude is None:
        return None
    return place.latitude, place.longitude


def _hits(
    matches: Sequence[Match],
    amenities: Sequence[Amenity],
    *,
    centre: tuple[float, float] | None,
    is_sold_out: bool,
) -> list[Hit]:
    ids = [match.candidate.id for match in matches]
    properties = (
        Property.objects.select_related("destination").defer("description", "destination__names").in_bulk(ids)
    )
    photos = cover_photos(ids)
    hits = []
    for match in matches:
        candidate = match.candidate
        # Unpublished or deleted since the first query: it is simply not shown.
        if candidate.id not in properties:
            continue
        has = [entry for entry in amenities if entry.pk in candidate.amenity_ids]
        free = rules.cheapest(candidate, is_free_to_cancel=True, meals="")
        hits.append(
            Hit(
                property=properties[candidate.id],
                photo=photos.get(candidate.id),
                amenities=has[:CARD_AMENITIES],
                product=match.product,
                distance_km=rules.distance_km(candidate, centre),
                free_product=free if match.product and not match.product.is_free_to_cancel else None,
                is_sold_out=is_sold_out,
            )
        )
    return hits
