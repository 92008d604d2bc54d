"""What is nearest to a stay that is not to be had: other rooms on its dates, other dates for its rooms."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db import connection

from serai.bookings.quotes import Quote
from serai.core.clock import local_date
from serai.properties.models import Property, RoomType
from serai.rates.rules import StayPrice
from serai.rates.selectors import Audience, load_offers

# How far from the wished arrival other dates are looked for, how many are looked at, how many are told.
WITHIN = dt.timedelta(days=14)
LOOKED_AT = 6
TOLD = 3


@dataclass(frozen=True)
class OtherRoom:
    """Another room of the same hotel that is still there for the same stay and party."""

    room_type: RoomType
    rate_plan_name: str
    product_id: int
    price: StayPrice
    left: int


@dataclass(frozen=True)
class OtherDates:
    """The same rooms for as many nights from another date."""

    check_in: dt.date
    check_out: dt.date
    price: StayPrice


@dataclass(frozen=True)
class Alternatives:
    """Rooms are cheapest first, dates nearest first. Both may be empty."""

    rooms: tuple[OtherRoom, ...] = ()
    dates: tuple[OtherDates, ...] = ()


def find_alternatives(quote: Quote, *, now: dt.datetime) -> Alternatives:
    """What the hotel still has near to a quote that can be held no more."""
    return Alternatives(rooms=tuple(_rooms(quote, now=now)), dates=tuple(_dates(quote, now=now)))


def _audience(quote: Quote) -> Audience:
    return Audience(is_member=quote.request.is_member, codes=quote.request.codes)


def _rooms(quote: Quote, *, now: dt.datetime) -> list[OtherRoom]:
    room_types = {
        room_type.pk: room_type
        for room_type in RoomType.objects.filter(property_id=quote.property_id, is_active=True)
    }
    best: dict[int, OtherRoom] = {}
    for offer in load_offers(
        room_type_ids=room_types,
        check_in=quote.request.check_in,
        check_out=quote.request.check_out,
        now=now,
        audience=_audience(quote),
    ):
        if not offer.is_sellable(quote.request.parties):
            continue
        price = offer.price(quote.request.parties, exemptions=quote.request.exemptions)
        known = best.get(offer.room_type_id)
        if known is None or price.total_minor < known.price.total_minor:
            best[offer.room_type_id] = OtherRoom(
                room_type=room_types[offer.room_type_id],
                rate_plan_name=offer.rate_plan_name,
                product_id=offer.product_id,
                price=price,
                left=offer.left,
            )
    return sorted(best.values(), key=lambda other: other.price.total_minor)


def _dates(quote: Quote, *, now: dt.datetime) -> list[OtherDates]:
    """Only for rooms of one product: several would have to be free on the same other dates."""
    request = quote.request
    if len(request.product_ids) != 1:
        return []
    property_ = Property.objects.only("timezone").get(pk=quote.property_id)
    first = max(local_date(now, property_.timezone), request.check_in - WITHIN)
    with connection.cursor() as cursor:
        cursor.execute(
            _OPEN_ARRIVALS,
            {
                "room_type_id": quote.rooms[0].room_type_id,
                "rooms": len(request.rooms),
                "nights": request.nights,
                "check_in": request.check_in,
                "first": first,
                "end": request.check_out + WITHIN,
                "limit": LOOKED_AT,
            },
        )
        arrivals = [date for (date,) in cursor.fetchall()]
    found: list[OtherDates] = []
    for check_in in arrivals:
        check_out = check_in + dt.timedelta(days=request.nights)
        offer = next(
            (
                offer
                for offer in load_offers(
                    room_type_ids=[quote.rooms[0].room_type_id],
                    check_in=check_in,
                    check_out=check_out,
                    now=now,
                    audience=_audience(quote),
                )
                if offer.product_id == request.product_ids[0] and offer.is_sellable(request.parties)
            ),
            None,
        )
        if offer is not None:
            found.append(
                OtherDates(check_in, check_out, offer.price(request.parties, exemptions=request.exemptions))
            )
        if len(found) == TOLD:
            break
    return found


# Arrivals nearest to the wished one from which all nights have the rooms left, the nearest first.
_OPEN_ARRIVALS = """
    WITH open_night AS (
        SELECT date, date - (row_number() OVER (ORDER BY date))::int AS island
          FROM inventory_night
         WHERE room_type_id = %(room_type_id)s AND NOT is_closed
           AND allotment + allowance - held - sold >= %(rooms)s
           AND date >= %(first)s AND date < %(end)s
    ), island AS (
        SELECT min(date) AS first, max(date) AS last
          FROM open_night GROUP BY island HAVING count(*) >= %(nights)s
    )
    SELECT start::date
      FROM island
     CROSS JOIN LATERAL generate_series(island.first, island.last - %(nights)s + 1, interval '1 day') AS start
     WHERE start::date <> %(check_in)s
     ORDER BY abs(start::date - %(check_in)s), start
     LIMIT %(limit)s
"""
