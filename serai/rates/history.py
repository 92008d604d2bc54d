"""Prices and restrictions as they were at an instant, and what happened to one night."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from serai.rates.models import NightPriceHistory, NightRestrictionHistory
from serai.rates.nights import RESTRICTIONS, prices_of, restrictions_of

PRICE = ("amount_minor", "is_manual")


@dataclass(frozen=True)
class RateChanged:
    """At `at` (UTC) a night's price or restrictions went from one value to another.

    A price is (minor units, set by hand), or None where there was none; restrictions are those the
    night had, by name.
    """

    at: dt.datetime
    before: Any
    after: Any


def prices_as_of(
    product_ids: Iterable[int], first: dt.date, last: dt.date, at: dt.datetime
) -> dict[int, dict[dt.date, tuple[int, bool]]]:
    """`rates.nights.prices_of` at the instant `at` (UTC), as far back as `HISTORY_DAYS` remember."""
    found: dict[int, dict[dt.date, tuple[int, bool]]] = defaultdict(dict)
    for product_id, date, amount_minor, is_manual in _as_of(
        "rates_nightprice", "rates_nightpricehistory", PRICE, product_ids, first, last, at
    ):
        found[product_id][date] = (amount_minor, is_manual)
    return dict(found)


def restrictions_as_of(
    product_ids: Iterable[int], first: dt.date, last: dt.date, at: dt.datetime
) -> dict[int, dict[dt.date, dict[str, int | bool]]]:
    """`rates.nights.restrictions_of` at the instant `at` (UTC), as far back as `HISTORY_DAYS` remember."""
    found: dict[int, dict[dt.date, dict[str, int | bool]]] = defaultdict(dict)
    for product_id, date, *values in _as_of(
        "rates_nightrestriction", "rates_nightrestrictionhistory", RESTRICTIONS, product_ids, first, last, at
    ):
        found[product_id][date] = _said(values)
    return dict(found)


def price_changes_of(*, product_id: int, date: dt.date, limit: int = 50) -> list[RateChanged]:
    """The latest changes of one night's price, newest first."""
    rows = NightPriceHistory.objects.filter(product_id=product_id, date=date).order_by("-number")[:limit]
    return _changes(
        [(row.replaced_at, (row.amount_minor, row.is_manual) if row.was_there else None) for row in rows],
        prices_of([product_id], date, date).get(product_id, {}).get(date),
    )


def restriction_changes_of(*, product_id: int, date: dt.date, limit: int = 50) -> list[RateChanged]:
    """The latest changes of one night's restrictions, newest first."""
    rows = NightRestrictionHistory.objects.filter(product_id=product_id, date=date).order_by("-number")[
        :limit
    ]
    return _changes(
        [(row.replaced_at, _said([getattr(row, name) for name in RESTRICTIONS])) for row in rows],
        restrictions_of([product_id], date, date).get(product_id, {}).get(date, {}),
    )


def _said(values: Sequence[Any]) -> dict[str, int | bool]:
    return {name: value for name, value in zip(RESTRICTIONS, values, strict=True) if value is not None}


def _changes(states: Iterable[tuple[dt.datetime, Any]], now: Any) -> list[RateChanged]:
    """From former states, newest first, and the present one; statements that changed nothing are left out."""
    changes, after = [], now
    for at, before in states:
        if before != after:
            changes.append(RateChanged(at, before, after))
        after = before
    return changes


def _as_of(
    table: str,
    history: str,
    columns: Sequence[str],
    product_ids: Iterable[int],
    first: dt.date,
    last: dt.date,
    at: dt.datetime,
) -> list[tuple[Any, ...]]:
    names = ", ".join(columns)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            WITH earlier AS (
                SELECT DISTINCT ON (product_id, date) product_id, date, was_there, {names}
                  FROM {history}
                 WHERE product_id = ANY(%(products)s) AND date BETWEEN %(first)s AND %(last)s
                   AND replaced_at > %(at)s
                 ORDER BY product_id, date, number
            )
            SELECT product_id, date, {names} FROM earlier WHERE was_there
            UNION ALL
            SELECT product_id, date, {names} FROM {table} AS night
             WHERE product_id = ANY(%(products)s) AND date BETWEEN %(first)s AND %(last)s
               AND NOT EXISTS (SELECT FROM earlier
                                WHERE earlier.product_id = night.product_id AND earlier.date = night.date)
             ORDER BY product_id, date
            """,  # noqa: S608 - names of our own tables and columns
            {"products": list(product_ids), "first": first, "last": last, "at": at},
        )
        return cursor.fetchall()
