"""Nights and their prices, hundreds of thousands of rows, by COPY."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from random import Random
from typing import Any, cast

from django.db import connection
from psycopg import Cursor

from serai.core.history import without_history
from serai.core.partitions import ensure_partitions
from serai.demo.hotels import WrittenHotel
from serai.demo.plan import SEED
from serai.rates.rules import season_price

FRIDAY, SATURDAY = 4, 5
DAYS_BACK = 75
DAYS_AHEAD = 400
BLOCK = 40  # hotels written between two reports of progress


def write_nights(
    hotels: Sequence[WrittenHotel],
    *,
    first: dt.date,
    last: dt.date,
    today: dt.date,
    report: Callable[[int, int], None],
) -> int:
    """Write every night in `[first, last]` of every room type and return how many nights there are.

    The allotment is what the house gives to Serai: nearly all of its units, few on busy weekends,
    none on some; now and then a house closes for repairs. `report(done, total)` counts nights.
    Needs a transaction; the history does not note that the rows were made.
    """
    with without_history():
        return _write_nights(hotels, first=first, last=last, today=today, report=report)


def _write_nights(
    hotels: Sequence[WrittenHotel],
    *,
    first: dt.date,
    last: dt.date,
    today: dt.date,
    report: Callable[[int, int], None],
) -> int:
    ensure_partitions(first=first, last=last)
    dates = [first + dt.timedelta(days=offset) for offset in range((last - first).days + 1)]
    texts = [date.isoformat() for date in dates]
    total = len(dates) * sum(len(hotel.rooms) for hotel in hotels)
    done = 0
    for start in range(0, len(hotels), BLOCK):
        block = hotels[start : start + BLOCK]
        _copy(
            "inventory_night (room_type_id, date, allotment, held, sold, allowance, is_closed)",
            (
                _night_lines(hotel, index, dates, texts, today)
                for hotel in block
                for index in range(len(hotel.rooms))
            ),
        )
        _copy(
            "rates_nightprice (product_id, date, amount_minor, is_manual)",
            (
                _price_lines(hotel, index, dates, texts)
                for hotel in block
                for index in range(len(hotel.rooms))
            ),
        )
        done += len(dates) * sum(len(hotel.rooms) for hotel in block)
        report(done, total)
    return total


def _copy(target: str, blocks: Any) -> None:
    with connection.cursor() as wrapper:
        cursor = cast("Cursor[Any]", wrapper.cursor)
        with cursor.copy(f"COPY {target} FROM STDIN") as copy:
            for block in blocks:
                copy.write(block)


def _night_lines(
    hotel: WrittenHotel, index: int, dates: Sequence[dt.date], texts: Sequence[str], today: dt.date
) -> str:
    room = hotel.rooms[index]
    rng = Random(f"{SEED}-nights-{hotel.plan.number}-{index}")
    demand = hotel.plan.demand
    kept_back = room.units // 6 if rng.random() < 0.4 else 0
    usual = room.units - kept_back
    closed_from = rng.randint(20, 330) if rng.random() < 0.12 else None
    lines = []
    for date, text in zip(dates, texts, strict=True):
        ahead = (date - today).days
        allotment, closed = usual, "f"
        if ahead >= 0:
            draw = rng.random()
            weekend = date.weekday() in {FRIDAY, SATURDAY}
            soon = ahead < 90
            if draw < demand * (0.16 if weekend else 0.03) * (1.0 if soon else 0.35):
                allotment = 0
            elif draw < demand * (0.5 if weekend else 0.14) * (1.0 if soon else 0.4):
                allotment = min(usual, 1 + int(draw * 997) % 2)
            if closed_from is not None and closed_from <= ahead < closed_from + 6:
                closed = "t"
        lines.append(f"{room.pk}\t{text}\t{allotment}\t0\t0\t0\t{closed}\n")
    return "".join(lines)


def _price_lines(hotel: WrittenHotel, index: int, dates: Sequence[dt.date], texts: Sequence[str]) -> str:
    """The same figures that `rates.services.fill_prices` would write for the product."""
    product = hotel.flexible[index]
    lines = []
    for start, end, percent in hotel.seasons:
        by_weekday = [
            season_price(own if own is not None else product.base_minor, percent)
            for own in product.weekday_minor or [None] * 7
        ]
        low, high = max((start - dates[0]).days, 0), min((end - dates[0]).days + 1, len(dates))
        lines += [
            f"{product.pk}\t{texts[day]}\t{by_weekday[dates[day].weekday()]}\tf\n" for day in range(low, high)
        ]
    return "".join(lines)
