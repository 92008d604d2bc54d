"""Nightly prices of products whose rate plan has no parent."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping

from django.db import connection
from django.utils.translation import gettext as _

from serai.core.db import require_transaction
from serai.core.errors import DomainError
from serai.core.partitions import ensure_partitions
from serai.rates.models import Product, Season
from serai.rates.rules import season_price, weekday_price


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
    """`fill_prices` for several products; locks them in the order of their ids."""
    require_transaction()
    products = _lock_root_products(product_ids)
    seasons = list(
        Season.objects.filter(
            property__in={product.rate_plan.property_id for product in products},
            start_date__lte=last,
            end_date__gte=first,
        ).order_by("start_date", "id")
    )
    return sum(
        _write(
            product.pk,
            _amounts(
                product,
                [season for season in seasons if season.property_id == product.rate_plan.property_id],
                first=first,
                last=last,
            ),
        )
        for product in products
    )


def set_prices(*, product_id: int, dates: Iterable[dt.date], amount_minor: int, now: dt.datetime) -> int:
    """Set one price on the given nights; return how many changed.

    Raises `DerivedPriceError`. Needs a transaction; locks the product.
    """
    return set_night_prices(product_id=product_id, amounts=dict.fromkeys(dates, amount_minor), now=now)


def set_night_prices(*, product_id: int, amounts: Mapping[dt.date, int], now: dt.datetime) -> int:
    """Set each night's own price (minor units by date); return how many changed.

    Raises `DerivedPriceError`. Needs a transaction; locks the product.
    """
    require_transaction()
    _lock_root_products([product_id])
    return _write(product_id, dict(amounts), is_manual=True)


def _amounts(
    product: Product, seasons: Iterable[Season], *, first: dt.date, last: dt.date
) -> dict[dt.date, int]:
    amounts = {}
    for offset in range((last - first).days + 1):
        date = first + dt.timedelta(days=offset)
        base = weekday_price(product.base_minor, product.weekday_minor, date)
        percent = 0
        for season in seasons:
            if season.start_date <= date <= season.end_date:
                percent = season.percent
        amounts[date] = season_price(base, percent)
    return amounts


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


def _write(product_id: int, amounts: dict[dt.date, int], *, is_manual: bool = False) -> int:
    if not amounts:
        return 0
    ensure_partitions(first=min(amounts), last=max(amounts))
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO rates_nightprice AS price (product_id, date, amount_minor, is_manual)"
            " SELECT %s, day, amount, %s FROM unnest(%s::date[], %s::bigint[]) AS given (day, amount)"
            " ON CONFLICT (product_id, date) DO UPDATE"
            " SET amount_minor = EXCLUDED.amount_minor, is_manual = EXCLUDED.is_manual"
            " WHERE (EXCLUDED.is_manual OR NOT price.is_manual)"
            " AND (price.amount_minor, price.is_manual) <> (EXCLUDED.amount_minor, EXCLUDED.is_manual)",
            [product_id, is_manual, list(amounts), list(amounts.values())],
        )
        return cursor.rowcount
