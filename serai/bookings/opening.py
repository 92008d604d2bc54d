"""Puts what a host has described on sale: nights and prices for the months ahead.

Nights belong to `inventory`, prices to `rates`, rooms to `properties`; none of them knows the others,
so they are called from here, in one transaction.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict

from django.db.models import Max

from serai.core.clock import local_date
from serai.core.db import write_transaction
from serai.inventory.models import Night
from serai.inventory.services import open_nights, set_nights
from serai.properties.models import Property, RoomType
from serai.properties.services import remove_room_type, save_room_type
from serai.properties.services.rooms import RoomTypeDraft
from serai.rates.models import NightPrice
from serai.rates.services.plans import RoomRate, SeasonDraft, save_rates
from serai.rates.services.prices import fill_products

# Eighteen months: how far ahead guests plan, and as far as partitions are made.
HORIZON = dt.timedelta(days=548)
ONE_DAY = dt.timedelta(days=1)


def selling_dates(property: Property, now: dt.datetime) -> tuple[dt.date, dt.date]:
    """The first and last night that is on sale, by the property's own calendar."""
    today = local_date(now, property.timezone)
    return today, today + HORIZON


def save_room_on_sale(
    *, property: Property, draft: RoomTypeDraft, room_type_id: int | None, now: dt.datetime
) -> RoomType:
    """Save a room type and open its nights.

    With another number of rooms, nights that still had the old number follow; nights the host set
    by hand keep theirs. Raises what the called services raise; then nothing was changed.
    """
    first, last = selling_dates(property, now)
    with write_transaction():
        units_before = (
            RoomType.objects.filter(pk=room_type_id, property=property)
            .values_list("units", flat=True)
            .first()
            if room_type_id
            else None
        )
        room = save_room_type(property_id=property.pk, draft=draft, room_type_id=room_type_id, now=now)
        open_nights(room_type_id=room.pk, first=first, last=last, allotment=room.units, now=now)
        if units_before is not None and units_before != room.units:
            following = Night.objects.filter(
                room_type=room, date__range=(first, last), allotment=units_before
            ).values_list("date", flat=True)
            set_nights(room_type_id=room.pk, dates=list(following), allotment=room.units, now=now)
        return room


def take_room_off_sale(*, property: Property, room_type_id: int, now: dt.datetime) -> None:
    """Remove a room type; if guests may know it, its nights are closed and bookings stay."""
    first, last = selling_dates(property, now)
    with write_transaction():
        is_deleted = remove_room_type(property_id=property.pk, room_type_id=room_type_id, now=now)
        if not is_deleted:
            nights = Night.objects.filter(room_type_id=room_type_id, date__range=(first, last))
            set_nights(
                room_type_id=room_type_id,
                dates=list(nights.values_list("date", flat=True)),
                is_closed=True,
                now=now,
            )


def save_rates_on_sale(
    *,
    property: Property,
    rates: list[RoomRate],
    meals: str,
    non_refundable_percent: int | None,
    seasons: list[SeasonDraft],
    now: dt.datetime,
) -> None:
    """Save prices and seasons, and fill the nights on sale with them."""
    first, last = selling_dates(property, now)
    with write_transaction():
        for room in property.room_types.filter(is_active=True):
            open_nights(room_type_id=room.pk, first=first, last=last, allotment=room.units, now=now)
        save_rates(
            property_id=property.pk,
            rates=rates,
            meals=meals,
            non_refundable_percent=non_refundable_percent,
            seasons=seasons,
            first=first,
            last=last,
            now=now,
        )


def extend_selling(*, property: Property, now: dt.datetime) -> int:
    """Open and price the nights that the horizon has reached since the last time; return how many.

    Nights and prices that exist are left alone, so what the host set by hand stays. Room types and
    products that were never on sale are not put there.
    """
    _first, last = selling_dates(property, now)
    opened = 0
    with write_transaction():
        ends = Night.objects.filter(room_type__property=property, room_type__is_active=True)
        for room_type_id, units, end in ends.values_list("room_type_id", "room_type__units").annotate(
            end=Max("date")
        ):
            if end < last:
                opened += open_nights(
                    room_type_id=room_type_id, first=end + ONE_DAY, last=last, allotment=units, now=now
                )
        priced = NightPrice.objects.filter(product__rate_plan__property=property, product__is_active=True)
        by_end: dict[dt.date, list[int]] = defaultdict(list)
        for product_id, end in priced.values_list("product_id").annotate(end=Max("date")):
            if end < last:
                by_end[end].append(product_id)
        for end in sorted(by_end):
            fill_products(product_ids=by_end[end], first=end + ONE_DAY, last=last, now=now)
    return opened
