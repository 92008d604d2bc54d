"""The result list: candidates by SQL, prices by the one engine, filters and facets by `search.rules`."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from django.core.paginator import Page, Paginator
from django.db import connection
from django.utils.translation import gettext as _

from serai.bookings.quotes import tiers_of_offer
from serai.bookings.rules import penalty_at
from serai.properties.models import Amenity, Photo, Property
from serai.properties.selectors import cover_photos
from serai.rates.selectors import Audience, load_offers
from serai.search import rules, sql
from serai.search.destinations import DestinationRow, Place, PlaceKind, nearby_destinations
from serai.search.requests import Filters, SearchRequest, Sort, Stay
from serai.search.rules import Candidate, Facet, Match, Outcome, PricedProduct
from serai.search.selectors.rooms import total_without_promotions

PAGE_SIZE = 20
SCARCE_UNITS = 5
CARD_AMENITIES = 4


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


def search_properties(
    request: SearchRequest, place: Place, *, now: dt.datetime, is_member: bool = False
) -> SearchPage:
    """Search at a resolved place. The number of queries depends on neither hotels nor nights.

    Fourteen queries with a stay, four without; one more when nothing is found and the place has neighbours.
    `request.errors` may gain a sentence about an order that needs dates or a centre.
    """
    candidates = _candidates(place)
    amenities = list(Amenity.objects.filter(scope=Amenity.Scope.PROPERTY))
    stay, there = request.stay, len(candidates)
    unsold: list[Candidate] = []
    if stay is not None:
        products = _priced_products(
            [candidate.id for candidate in candidates],
            stay,
            now=now,
            audience=Audience(is_member=is_member, codes=stay.codes),
        )
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
    property_ids: Sequence[int], stay: Stay, *, now: dt.datetime, audience: Audience
) -> dict[int, tuple[PricedProduct, ...]]:
    parties = stay.guests.parties
    with connection.cursor() as cursor:
        cursor.execute(
            sql.OPEN_ROOM_TYPES,
            {
                "property_ids": list(property_ids),
                "check_in": stay.check_in,
                "check_out": stay.check_out,
                "nights": stay.nights,
                "rooms": stay.guests.rooms,
                "guests_in_a_room": max(party.guests for party in parties),
                "now": now,
            },
        )
        room_type_ids = [room_type_id for (room_type_id,) in cursor.fetchall()]
    found: dict[int, list[PricedProduct]] = defaultdict(list)
    for offer in load_offers(
        room_type_ids=room_type_ids,
        check_in=stay.check_in,
        check_out=stay.check_out,
        now=now,
        audience=audience,
    ):
        if not offer.is_sellable(parties):
            continue
        price = offer.price(parties)
        found[offer.property_id].append(
            PricedProduct(
                offer=offer,
                room_type_name=offer.room_type_name,
                total_minor=price.total_minor,
                is_free_to_cancel=penalty_at(tiers_of_offer(offer, price), now) == 0,
                saved_minor=total_without_promotions(offer, price, parties) - price.total_minor,
            )
        )
    return {
        property_id: tuple(sorted(products, key=lambda entry: (entry.total_minor, entry.offer.product_id)))
        for property_id, products in found.items()
    }


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
