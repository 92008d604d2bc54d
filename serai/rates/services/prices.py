"""Nightly prices of products whose rate plan has no parent.

However many products and nights there are, they are written by one statement. The pattern (base price,
weekdays, seasons) is worked out by `rates.rules` once for each product, weekday and season; SQL only
joins the figures to the dates. All functions need the caller's transaction and lock the products in the
order of their ids.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from serai.core.db import require_transaction
from serai.core.errors import DomainError
from serai.core.partitions import ensure_partitions
from serai.rates.models import NightPrice, Product, Season
from serai.rates.rules import season_price, weekday_price

# A week from Monday on, to ask the rules for each weekday.
WEEK = [dt.date(2024, 1, 1) + dt.timedelta(days=number) for number in range(7)]


class DerivedPriceError(DomainError):
    """A derived rate plan has no nightly prices of its own."""

    code = "derived_price"


def fill_prices(*, product_id: int, first: dt.date, last: dt.date, now: dt.datetime) -> int:
    """Write the price of every night in `[first, last]` from the product's base and weekday prices
    and the property's seasons; return how many nights changed.

    Where seasons overlap, the one that starts last wins. Prices set by hand stay.
    Raises `DerivedPriceError`. Needs a transaction; locks the product.
    """
    return fill_products(product_ids=[product_id], first=first, last=last, now=now)


def fill_products(*, product_ids: Iterable[int], first: dt.date, last: dt.date, now: dt.datetime) -> int:
    """`fill_prices` for several products."""
    require_transaction()
    dates = [first + dt.timedelta(days=offset) for offset in range((last - first).days + 1)]
    return _write_pattern(_lock_root_products(product_ids), dates)


def clear_manual_prices(*, product_ids: Iterable[int], dates: Iterable[dt.date], now: dt.datetime) -> int:
    """Give nights back to the pattern, those with a price set by hand too; return how many changed.

    Raises `DerivedPriceError`. Needs a transaction; locks the products.
    """
    require_transaction()
    return _write_pattern(_lock_root_products(product_ids), sorted(set(dates)), over_manual=True)


def set_prices(*, product_id: int, dates: Iterable[dt.date], amount_minor: int, now: dt.datetime) -> int:
    """Set one price on the given nights; return how many changed.

    Raises `DerivedPriceError`. Needs a transaction; locks the product.
    """
    return set_prices_of(product_ids=[product_id], dates=dates, amount_minor=amount_minor, now=now)


def set_prices_of(
    *, product_ids: Iterable[int], dates: Iterable[dt.date], amount_minor: int, now: dt.datetime
) -> int:
    """Set one price (minor units) on the given nights of several products; return how many changed.

    Raises `DerivedPriceError`. Needs a transaction; locks the products.
    """
    require_transaction()
    ids = [product.pk for product in _lock_root_products(product_ids)]
    dates = sorted(set(dates))
    if not ids or not dates:
        return 0
    return _write(
        "SELECT product_id, day AS date, %(amount)s::bigint AS amount_minor, true AS is_manual"
        " FROM unnest(%(products)s::bigint[]) AS product_id, unnest(%(dates)s::date[]) AS day",
        {"amount": amount_minor, "products": ids, "dates": dates},
        dates,
    )


def set_night_prices(*, product_id: int, amounts: Mapping[dt.date, int], now: dt.datetime) -> int:
    """Set each night's own price (minor units by date); return how many changed.

    Raises `DerivedPriceError`. Needs a transaction; locks the product.
    """
    prices = {date: (amount, True) for date, amount in amounts.items()}
    return restore_prices(product_id=product_id, prices=prices, now=now)


def restore_prices(
    *, product_id: int, prices: Mapping[dt.date, tuple[int, bool] | None], now: dt.datetime
) -> int:
    """Make each night's price what is given: minor units and whether it was set by hand, None for no price.

    Returns how many nights changed. Raises `DerivedPriceError`. Needs a transaction; locks the product.
    """
    require_transaction()
    _lock_root_products([product_id])
    stored = {date: price for date, price in sorted(prices.items()) if price is not None}
    missing = [date for date, price in prices.items() if price is None]
    changed = 0
    if missing:
        changed = NightPrice.objects.filter(product_id=product_id, date__in=missing).delete()[0]
    if stored:
        changed += _write(
            "SELECT %(product)s::bigint AS product_id, date, amount_minor, is_manual"
            " FROM unnest(%(dates)s::date[], %(amounts)s::bigint[], %(manual)s::boolean[])"
            " AS night (date, amount_minor, is_manual)",
            {
                "product": product_id,
                "dates": list(stored),
                "amounts": [amount for amount, _is_manual in stored.values()],
                "manual": [is_manual for _amount, is_manual in stored.values()],
            },
            list(stored),
        )
    return changed


def _lock_root_products(product_ids: Iterable[int]) -> list[Product]:
    products = list(
        Product.objects.select_for_update(of=("self",))
        .select_related("rate_plan")
        .filter(pk__in=list(product_ids))
        .order_by("id")
    )
    for product in products:
        if product.rate_plan.parent_id is not None:
            raise DerivedPriceError(
                _(
                    "“%(plan)s” takes its prices from another rate plan. "
                    "Change that one, or the difference to it."
                )
                % {"plan": product.rate_plan.name}
            )
    return products


def _write_pattern(
    products: Sequence[Product], dates: Sequence[dt.date], *, over_manual: bool = False
) -> int:
    """Write what the pattern says for `dates`, in order."""
    if not products or not dates:
        return 0
    days = _season_days({product.rate_plan.property_id for product in products}, dates)
    percents: dict[int, set[int]] = {}
    for property_id, _date, percent in days:
        percents.setdefault(property_id, set()).add(percent)
    amounts = [
        (
            product.pk,
            product.rate_plan.property_id,
            percent,
            monday.isoweekday(),
            season_price(weekday_price(product.base_minor, product.weekday_minor, monday), percent),
        )
        for product in products
        for percent in sorted(percents[product.rate_plan.property_id])
        for monday in WEEK
    ]
    return _write(
        "SELECT product_id, day.date, amount_minor, false AS is_manual"
        " FROM unnest(%(products)s::bigint[], %(property_of)s::bigint[], %(percents)s::int[],"
        " %(weekdays)s::int[], %(amounts)s::bigint[])"
        " AS pattern (product_id, property_id, percent, weekday, amount_minor)"
        " JOIN unnest(%(properties)s::bigint[], %(dates)s::date[], %(seasons)s::int[])"
        " AS day (property_id, date, percent)"
        " ON day.property_id = pattern.property_id AND day.percent = pattern.percent"
        " AND EXTRACT(isodow FROM day.date) = pattern.weekday",
        {
            **dict(
                zip(
                    ("products", "property_of", "percents", "weekdays", "amounts"),
                    map(list, zip(*amounts, strict=True)),
                    strict=True,
                )
            ),
            **dict(zip(("properties", "dates", "seasons"), map(list, zip(*days, strict=True)), strict=True)),
        },
        dates,
        over_manual=over_manual,
    )


def _season_days(property_ids: Iterable[int], dates: Sequence[dt.date]) -> list[tuple[int, dt.date, int]]:
    """(property, date, percent) for every property and date; of overlapping seasons the last to start."""
    percents = {(property_id, date): 0 for property_id in sorted(property_ids) for date in dates}
    seasons = Season.objects.filter(
        property__in=property_ids, start_date__lte=dates[-1], end_date__gte=dates[0]
    ).order_by("start_date", "id")
    for season in seasons:
        for date in dates:
            if season.start_date <= date <= season.end_date:
                percents[season.property_id, date] = season.percent
    return [(property_id, date, percent) for (property_id, date), percent in percents.items()]


def _write(
    given: str, parameters: dict[str, Any], dates: Sequence[dt.date], *, over_manual: bool = True
) -> int:
    """Make the prices of the SELECT `given` the stored ones; rows that are so already are not touched.

    Its columns are product_id, date, amount_minor, is_manual.
    """
    ensure_partitions(first=min(dates), last=max(dates))
    with connection.cursor() as cursor:
        cursor.execute(
            _WRITE.format(given=given, guard="" if over_manual else " AND NOT price.is_manual"), parameters
        )
        return cursor.rowcount


_WRITE = """
    INSERT INTO rates_nightprice AS price (product_id, date, amount_minor, is_manual)
    SELECT product_id, date, amount_minor, is_manual FROM ({given}) AS given ORDER BY product_id, date
    ON CONFLICT (product_id, date) DO UPDATE
       SET amount_minor = EXCLUDED.amount_minor, is_manual = EXCLUDED.is_manual
     WHERE (price.amount_minor, price.is_manual) <> (EXCLUDED.amount_minor, EXCLUDED.is_manual){guard}
"""
