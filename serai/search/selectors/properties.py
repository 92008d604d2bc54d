"""All that the page of one property shows, for a stay or without one."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from django.db import connection
from django.db.models import Prefetch

from serai.bookings.block_selectors import BlockRooms, block_rooms, offers_of_block
from serai.core.clock import local_date
from serai.properties.models import Amenity, Photo, Property, RoomType
from serai.rates.selectors import Audience, ProductOffer, load_offers
from serai.search import sql
from serai.search.codes import CodeNote, read_codes, saved_by_promotion
from serai.search.requests import MAX_DAYS_AHEAD, Stay
from serai.search.selectors.rooms import OfferDetail, RoomDetail, describe_room

# How far from the wished date other dates are looked for.
OTHER_DATES_WITHIN = dt.timedelta(days=21)
OTHER_DATES = 4


@dataclass(frozen=True)
class PropertyDetail:
    """A property's page. `other_dates` are check-in dates near the wished one when nothing is left.

    `codes` say what each code that was typed does.
    """

    property: Property
    photos: Sequence[Photo]
    amenities: Sequence[Amenity]
    rooms: Sequence[RoomDetail]
    stay: Stay | None
    other_dates: Sequence[dt.date] = field(default_factory=tuple)
    codes: Sequence[CodeNote] = field(default_factory=tuple)

    @cached_property
    def cheapest(self) -> OfferDetail | None:
        """The offer with the lowest total."""
        offers = [offer for room in self.rooms for offer in room.offers]
        return min(offers, key=lambda entry: entry.price.total_minor, default=None)

    @cached_property
    def has_choice(self) -> bool:
        """Whether several rooms can be chosen together."""
        if self.stay is None or self.stay.guests.adults < 2:
            return False
        return any(room.offers or room.parts for room in self.rooms)

    @cached_property
    def has_parts(self) -> bool:
        """Whether rooms for a part of the party are there."""
        return any(room.parts for room in self.rooms)

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

    Five queries without a stay, fourteen with one, four more with codes (five if one is
    a group's), one more when nothing is left.
    """
    photos: dict[int | None, list[Photo]] = defaultdict(list)
    for photo in Photo.objects.filter(property=property_, status=Photo.Status.READY):
        photos[photo.room_type_id].append(photo)
    room_types = list(
        RoomType.objects.filter(property=property_, is_active=True).prefetch_related(
            "beds", Prefetch("amenities", queryset=Amenity.objects.all())
        )
    )
    group = _group(property_, stay, now=now)
    audience = Audience(
        is_member=is_member,
        codes=stay.codes if stay else (),
        plan_ids=frozenset({group.rate_plan_id}) if group else frozenset(),
    )
    rooms = _rooms(room_types, photos, stay, now=now, audience=audience, group=group)
    detail = PropertyDetail(
        property=property_,
        photos=[*photos[None], *(photo for room_type in room_types for photo in photos[room_type.pk])],
        amenities=list(property_.amenities.all()),
        rooms=rooms,
        stay=stay,
    )
    if stay is None:
        return detail
    saved = saved_by_promotion([offer.price.promotions for room in rooms for offer in room.offers])
    return replace(
        detail,
        codes=read_codes(property_=property_, stay=stay, saved=saved, now=now, group=group),
        other_dates=nearest_open_stays(property_=property_, stay=stay, now=now) if detail.is_sold_out else (),
    )


def _group(property_: Property, stay: Stay | None, *, now: dt.datetime) -> BlockRooms | None:
    """The group whose code the guest has, as long as its rooms are set aside."""
    if stay is None:
        return None
    return block_rooms(
        property_id=property_.pk, codes=stay.codes, check_in=stay.check_in, check_out=stay.check_out, now=now
    )


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
    group: BlockRooms | None,
) -> list[RoomDetail]:
    if stay is None:
        return [
            RoomDetail(room_type, photos[room_type.pk], offers=(), left=0, state="no_dates")
            for room_type in room_types
        ]
    by_room: dict[int, list[ProductOffer]] = defaultdict(list)
    offers = load_offers(
        room_type_ids=[room_type.pk for room_type in room_types],
        check_in=stay.check_in,
        check_out=stay.check_out,
        now=now,
        audience=audience,
        is_explaining=True,  # What members pay is told to everybody.
    )
    for offer in offers_of_block(offers, group):
        by_room[offer.room_type_id].append(offer)
    rooms = [
        describe_room(room_type, photos[room_type.pk], by_room[room_type.pk], stay, now=now)
        for room_type in room_types
    ]
    # What can be booked stands before what cannot; otherwise the host's own order.
    return sorted(rooms, key=lambda room: not room.offers)
