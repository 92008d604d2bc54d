"""What a host does to a run of nights, and undoing it.

Rooms to sell belong to `inventory`, prices and restrictions to `rates`; here they change together.
Locks: the nights, then the product.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from serai.bookings.services.waitlist import tell_waiting
from serai.core.db import write_transaction
from serai.inventory.models import Night
from serai.inventory.services import open_dates, set_nights, unopen_nights
from serai.properties.models import RoomType
from serai.rates.models import Product
from serai.rates.nights import prices_of, restrictions_of
from serai.rates.services.prices import clear_manual_prices, restore_prices, set_prices
from serai.rates.services.restrictions import restore_restrictions, set_restrictions

Restrictions = Mapping[str, int | bool | None]


@dataclass(frozen=True)
class NightChange:
    """What a host wants of some nights; None, or a restriction not named, leaves a thing as it is.

    `is_price_cleared` gives the price back to the pattern; a restriction that is None is taken off.
    """

    dates: Sequence[dt.date]
    is_closed: bool | None = None
    allotment: int | None = None
    allowance: int | None = None
    price_minor: int | None = None
    is_price_cleared: bool = False
    restrictions: Restrictions = field(default_factory=dict)

    @property
    def touches_nights(self) -> bool:
        """Whether it changes what of the room type is for sale."""
        return (self.is_closed, self.allotment, self.allowance) != (None, None, None)

    @property
    def touches_prices(self) -> bool:
        """Whether it changes what the nights cost."""
        return self.price_minor is not None or self.is_price_cleared


@dataclass(frozen=True)
class NightBefore:
    """What was for sale of a night before a change."""

    allotment: int
    is_closed: bool
    allowance: int


@dataclass(frozen=True)
class Undo:
    """How nights were before a change, as far as the change could touch it; None as a value is "not there".

    A price is (minor units, set by hand). What a change did not touch is empty and stays as it is.
    """

    room_type_id: int
    product_id: int | None
    nights: Mapping[dt.date, NightBefore | None]
    prices: Mapping[dt.date, tuple[int, bool] | None]
    restrictions: Mapping[dt.date, Restrictions]

    def as_json(self) -> dict[str, Any]:
        """For keeping it in a session."""
        return {
            "room_type": self.room_type_id,
            "product": self.product_id,
            "nights": [
                [str(date), night and [night.allotment, night.is_closed, night.allowance]]
                for date, night in self.nights.items()
            ],
            "prices": [[str(date), price and list(price)] for date, price in self.prices.items()],
            "restrictions": [[str(date), dict(said)] for date, said in self.restrictions.items()],
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Undo:
        """The inverse of `as_json`."""
        day = dt.date.fromisoformat
        return cls(
            room_type_id=data["room_type"],
            product_id=data["product"],
            nights={day(date): night and NightBefore(*night) for date, night in data["nights"]},
            prices={day(date): price and (price[0], price[1]) for date, price in data["prices"]},
            restrictions={day(date): said for date, said in data["restrictions"]},
        )


def change_nights(*, room: RoomType, product_id: int | None, change: NightChange, now: dt.datetime) -> Undo:
    """Change what is for sale of the nights, and the product's price and restrictions; return how to undo it.

    Nights that do not exist yet are made when they are opened or given an allotment. Raises
    `AllotmentTooSmall`, `AllowanceTooSmall`, `DerivedPriceError`, `RestrictionRefused`; then nothing
    was changed. Prices and restrictions need a product.
    """
    with write_transaction():
        nights: dict[dt.date, NightBefore | None] = {}
        if change.touches_nights:
            nights = _change_room(room, change, now)
        prices: dict[dt.date, tuple[int, bool] | None] = {}
        restrictions: dict[dt.date, Restrictions] = {}
        if product_id is not None and (change.touches_prices or change.restrictions):
            # Who else changes this product waits, so what is read here is what gets replaced.
            Product.objects.select_for_update().get(pk=product_id, room_type=room)
            span = (min(change.dates), max(change.dates))
            if change.touches_prices:
                stored = prices_of([product_id], *span).get(product_id, {})
                prices = {date: stored.get(date) for date in change.dates}
            if change.restrictions:
                said = restrictions_of([product_id], *span).get(product_id, {})
                restrictions = {date: said.get(date, {}) for date in change.dates}
            _change_rates(product_id, change, now)
        return Undo(room.pk, product_id, nights, prices, restrictions)


def restore_nights(*, undo: Undo, now: dt.datetime) -> None:
    """Put nights back to exactly how they were; those that the change had made are unmade.

    Raises `AllotmentTooSmall` when guests have booked meanwhile; then nothing was changed.
    """
    with write_transaction():
        room_type_id = undo.room_type_id
        # Without values this only locks: all nights at once and in order, before the groups are written.
        set_nights(room_type_id=room_type_id, dates=undo.nights, now=now)
        by_state: dict[NightBefore | None, list[dt.date]] = defaultdict(list)
        for date, night in undo.nights.items():
            by_state[night].append(date)
        for before, dates in by_state.items():
            if before is None:
                unopen_nights(room_type_id=room_type_id, dates=dates, now=now)
            else:
                set_nights(
                    room_type_id=room_type_id,
                    dates=dates,
                    allotment=before.allotment,
                    is_closed=before.is_closed,
                    allowance=before.allowance,
                    now=now,
                )
        if undo.product_id is not None and undo.prices:
            restore_prices(product_id=undo.product_id, prices=undo.prices, now=now)
        if undo.product_id is not None and undo.restrictions:
            restore_restrictions(product_id=undo.product_id, nights=undo.restrictions, now=now)


def _change_room(room: RoomType, change: NightChange, now: dt.datetime) -> dict[dt.date, NightBefore | None]:
    set_nights(room_type_id=room.pk, dates=change.dates, now=now)  # Locks before anything is read.
    made = set()
    if change.is_closed is False or change.allotment is not None:
        made = set(
            open_dates(
                room_type_id=room.pk,
                dates=change.dates,
                allotment=room.units if change.allotment is None else change.allotment,
                now=now,
            )
        )
    before = {
        night.date: None
        if night.date in made
        else NightBefore(night.allotment, night.is_closed, night.allowance)
        for night in Night.objects.filter(room_type=room, date__in=change.dates).order_by("date")
    }
    set_nights(
        room_type_id=room.pk,
        dates=change.dates,
        allotment=change.allotment,
        is_closed=change.is_closed,
        allowance=change.allowance,
        now=now,
    )
    tell_waiting([room.pk], now=now)
    return before


def _change_rates(product_id: int, change: NightChange, now: dt.datetime) -> None:
    if change.price_minor is not None:
        set_prices(product_id=product_id, dates=change.dates, amount_minor=change.price_minor, now=now)
    elif change.is_price_cleared:
        clear_manual_prices(product_ids=[product_id], dates=change.dates, now=now)
    set_restrictions(product_ids=[product_id], dates=change.dates, changes=change.restrictions, now=now)
