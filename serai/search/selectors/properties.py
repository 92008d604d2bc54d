"""All that the page of one property shows, for a stay or without one."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

from django.db import connection
from django.db.models import Prefetch

from serai.bookings.quotes import tiers_of_offer
from serai.bookings.rules import CompiledTier, free_until, is_always_free, penalty_at
from serai.core.clock import local_date
from serai.properties.models import Amenity, Photo, Property, RoomType
from serai.rates.reasons import describe
from serai.rates.rules import Party, StayPrice
from serai.rates.selectors import Audience, ProductOffer, load_offers
from serai.search import sql
from serai.search.requests import MAX_DAYS_AHEAD, Stay

# How far from the wished date other dates are looked for.
OTHER_DATES_WITHIN = dt.timedelta(days=21)
OTHER_DATES = 4
SCARCE_UNITS = 5


@dataclass(frozen=True)
class OfferDetail:
    """A rate of a room that can be booked for the stay, with the engine's whole price."""

    offer: ProductOffer
    price: StayPrice
    tiers: tuple[CompiledTier, ...]
    now: dt.datetime

    @cached_property
    def is_free_to_cancel(self) -> bool:
        """Whether cancelling costs nothing at this moment."""
        return penalty_at(self.tiers, self.now) == 0

    @cached_property
    def is_always_free(self) -> bool:
        return is_always_free(self.tiers)

    @cached_property
    def free_until_at(self) -> dt.datetime | None:
        """Until when cancelling is free, if it is free now and will not be for ever."""
        return free_until(self.tiers) if self.is_free_to_cancel else None

    @cached_property
    def is_refundable_in_part(self) -> bool:
        """Whether cancelling now costs something, but not all."""
        return 0 < penalty_at(self.tiers, self.now) < self.price.prepayable_minor

    @cached_property
    def per_night_minor(self) -> int:
        """The total divided by nights and rooms, for comparing only."""
        return self.price.total_minor // max(len(self.price.nights) * len(self.price.rooms), 1)


@dataclass(frozen=True)
class RoomDetail:
    """A room type and what it can be booked for. `state` says why `offers` may be empty.

    For `restricted` rooms `reasons` are the sentences that tell what would make them bookable.
    """

    room_type: RoomType
    photos: Sequence[Photo]
    offers: Sequence[OfferDetail]
    left: int
    state: str
    reasons: Sequence[str] = ()

    @cached_property
    def scarce_units(self) -> int | None:
        """How many are left when they are few."""
        return self.left if self.offers and self.left <= SCARCE_UNITS else None


@dataclass(frozen=True)
class PropertyDetail:
    """A property's page. `other_dates` are check-in dates near the wished one when nothing is left."""

    property: Property
    photos: Sequence[Photo]
    amenities: Sequence[Amenity]
    rooms: Sequence[RoomDetail]
    stay: Stay | None
    other_dates: Sequence[dt.date] = field(default_factory=tuple)

    @cached_property
    def cheapest(self) -> OfferDetail | None:
        """The offer with the lowest total."""
        offers = [offer for room in self.rooms for offer in room.offers]
        return min(offers, key=lambda entry: entry.price.total_minor, default=None)

    @cached_property
    def is_sold_out(self) -> bool:
        """Whether dates were asked for and nothing can be booked for them."""
        return self.stay is not None and self.cheapest is None


def find_published(slug: str) -> Property:
    """A published property with its destination, by its address. Raises `Property.DoesNotExist`."""
    published = Property.objects.published().select_related("destination").defer("destination__names")
    return published.get(slug=slug)


def property_detail(
    *, property_: Property, stay: Stay | None, now: dt.datetime, is_member: bool = False
) -> PropertyDetail:
    """All of a property for a stay or without one. Drafts too: who may see one is the page's question.

    Five queries without a stay, fourteen with one, one more when nothing is left.
    """
    photos: dict[int | None, list[Photo]] = defaultdict(list)
    for photo in Photo.objects.filter(property=property_, status=Photo.Status.READY):
        photos[photo.room_type_id].append(photo)
    room_types = list(
        RoomType.objects.filter(property=property_, is_active=True).prefetch_related(
            "beds", Prefetch("amenities", queryset=Amenity.objects.all())
        )
    )
    audience = Audience(is_member=is_member, codes=stay.codes if stay else ())
    rooms = _rooms(room_types, photos, stay, now=now, audience=audience)
    detail = PropertyDetail(
        property=property_,
        photos=[*photos[None], *(photo for room_type in room_types for photo in photos[room_type.pk])],
        amenities=list(property_.amenities.all()),
        rooms=rooms,
        stay=stay,
    )
    if stay is not None and detail.is_sold_out:
        dates = nearest_open_stays(property_=property_, stay=stay, now=now)
        return PropertyDetail(property_, detail.photos, detail.amenities, rooms, stay, other_dates=dates)
    return detail


def nearest_open_stays(*, property_: Property, stay: Stay, now: dt.datetime) -> list[dt.date]:
    """Check-in dates nearest to the stay's with as many open nights and rooms: one query.

    Nights only; a rate may still be missing its price.
    """
    today = local_date(now, property_.timezone)
    first = max(today, stay.check_in - OTHER_DATES_WITHIN)
    end = min(stay.check_out + OTHER_DATES_WITHIN, today + dt.timedelta(days=MAX_DAYS_AHEAD))
    with connection.cursor() as cursor:
        cursor.execute(
            sql.NEAREST_OPEN_STAYS,
            {
                "property_id": property_.pk,
                "guests_in_a_room": max(party.guests for party in stay.guests.parties),
                "rooms": stay.guests.rooms,
                "nights": stay.nights,
                "check_in": stay.check_in,
                "first": first,
                "end": end,
                "limit": OTHER_DATES,
            },
        )
        return sorted(date for (date,) in cursor.fetchall())


def _rooms(
    room_types: Sequence[RoomType],
    photos: dict[int | None, list[Photo]],
    stay: Stay | None,
    *,
    now: dt.datetime,
    audience: Audience,
) -> list[RoomDetail]:
    if stay is None:
        return [
            RoomDetail(room_type, photos[room_type.pk], offers=(), left=0, state="no_dates")
            for room_type in room_types
        ]
    parties = stay.guests.parties
    by_room: dict[int, list[ProductOffer]] = defaultdict(list)
    for offer in load_offers(
        room_type_ids=[room_type.pk for room_type in room_types],
        check_in=stay.check_in,
        check_out=stay.check_out,
        now=now,
        audience=audience,
    ):
        by_room[offer.room_type_id].append(offer)
    rooms = [
        _room(room_type, photos[room_type.pk], by_room[room_type.pk], parties, now=now)
        for room_type in room_types
    ]
    # What can be booked stands before what cannot; otherwise the host's own order.
    return sorted(rooms, key=lambda room: not room.offers)


def _room(
    room_type: RoomType,
    photos: Sequence[Photo],
    offers: Sequence[ProductOffer],
    parties: Sequence[Party],
    *,
    now: dt.datetime,
) -> RoomDetail:
    left = max((offer.left for offer in offers), default=0)
    sellable = [offer for offer in offers if offer.is_sellable(parties)]
    if sellable:
        state = "available"
    elif offers and not any(offer.is_large_enough(parties) for offer in offers):
        state = "too_small"
    elif 0 < left < len(parties):
        state = "too_few"
    elif left and not any(offer.nights for offer in offers):
        state = "no_price"
    elif left and any(offer.nights and offer.reasons for offer in offers):
        state = "restricted"
    else:
        state = "sold_out"
    reasons = tuple(
        dict.fromkeys(
            describe(reason) for offer in offers if offer.nights and offer.left for reason in offer.reasons
        )
    )
    details = []
    for offer in sellable:
        price = offer.price(parties)
        details.append(OfferDetail(offer, price, tuple(tiers_of_offer(offer, price)), now))
    return RoomDetail(
        room_type,
        photos,
        details,
        left=left,
        state=state,
        reasons=reasons if state == "restricted" else (),
    )
