"""Puts what a host has described on sale: nights and prices for the months ahead.

Nights belong to `inventory`, prices to `rates`, rooms to `properties`; none of them knows the others,
so they are called from here, in one transaction.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

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
from serai.rates.services.prices import fill_products, set_night_prices, set_prices

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


@dataclass(frozen=True)
class NightChange:
    """What a host wants of some nights; None leaves a thing as it is."""

    dates: Sequence[dt.date]
    is_closed: bool | None = None
    allotment: int | None = None
    price_minor: int | None = None


@dataclass(frozen=True)
class NightBefore:
    """A night as it was before a change; no price when it had none."""

    date: dt.date
    allotment: int
    is_closed: bool
    price_minor: int | None


def change_nights(
    *, room: RoomType, product_id: int | None, change: NightChange, now: dt.datetime
) -> list[NightBefore]:
    """Open or close nights, set their allotment and the product's price; return how they were.

    Nights that do not exist yet are made when they are opened or given an allotment. Raises
    `AllotmentTooSmall`; then nothing was changed.
    """
    with write_transaction():
        before = _nights_now(room.pk, product_id, change.dates)
        if change.is_closed is False or change.allotment is not None:
            open_nights(
                room_type_id=room.pk,
                first=min(change.dates),
                last=max(change.dates),
                allotment=room.units if change.allotment is None else change.allotment,
                now=now,
            )
        set_nights(
            room_type_id=room.pk,
            dates=change.dates,
            allotment=change.allotment,
            is_closed=change.is_closed,
            now=now,
        )
        if change.price_minor is not None and product_id is not None:
            set_prices(product_id=product_id, dates=change.dates, amount_minor=change.price_minor, now=now)
        return before


def restore_nights(
    *, room_type_id: int, product_id: int | None, before: Sequence[NightBefore], now: dt.datetime
) -> None:
    """Put nights back to how they were. A night that had no price keeps the new one.

    Raises `AllotmentTooSmall` when guests have booked meanwhile; then nothing was changed.
    """
    by_state: dict[tuple[int, bool], list[dt.date]] = defaultdict(list)
    for night in before:
        by_state[night.allotment, night.is_closed].append(night.date)
    with write_transaction():
        # Without values this only locks: all nights at once and in order, before the groups are written.
        set_nights(room_type_id=room_type_id, dates=[night.date for night in before], now=now)
        for (allotment, is_closed), dates in by_state.items():
            set_nights(
                room_type_id=room_type_id, dates=dates, allotment=allotment, is_closed=is_closed, now=now
            )
        if product_id is not None:
            prices = {night.date: night.price_minor for night in before if night.price_minor is not None}
            set_night_prices(product_id=product_id, amounts=prices, now=now)


def _nights_now(room_type_id: int, product_id: int | None, dates: Sequence[dt.date]) -> list[NightBefore]:
    prices: dict[dt.date, int] = {}
    if product_id is not None:
        stored = NightPrice.objects.filter(product_id=product_id, date__in=dates)
        prices = dict(stored.values_list("date", "amount_minor"))
    nights = Night.objects.filter(room_type_id=room_type_id, date__in=dates).order_by("date")
    return [
        NightBefore(night.date, night.allotment, night.is_closed, prices.get(night.date)) for night in nights
    ]
