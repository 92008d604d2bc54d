"""What a guest saw at 14:03: prices and restrictions as of an instant."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise

import pytest
from django.db import connection, transaction

from serai.rates.history import (
    price_changes_of,
    prices_as_of,
    restriction_changes_of,
    restrictions_as_of,
)
from serai.rates.models import Product
from serai.rates.nights import prices_of, restrictions_of
from serai.rates.services.prices import clear_manual_prices, fill_products, restore_prices, set_prices_of
from serai.rates.services.restrictions import set_restrictions
from tests.factories import NOW, ProductFactory

pytestmark = pytest.mark.django_db

FIRST, LAST = dt.date(2026, 12, 31), dt.date(2027, 1, 1)


def clock() -> dt.datetime:
    """The database's clock, which also stamps the history."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        moment: dt.datetime = cursor.fetchone()[0]
        return moment


@pytest.fixture
def product() -> Product:
    return ProductFactory.create(base_minor=10_000)


def test_prices_as_of(product: Product) -> None:
    ids = [product.pk]
    moments = [clock()]
    with transaction.atomic():
        fill_products(product_ids=ids, first=FIRST, last=LAST, now=NOW)
        moments.append(clock())
        set_prices_of(product_ids=ids, dates=[LAST], amount_minor=7, now=NOW)
        moments.append(clock())
        clear_manual_prices(product_ids=ids, dates=[LAST], now=NOW)
        moments.append(clock())
        restore_prices(product_id=product.pk, prices={FIRST: None}, now=NOW)
        moments.append(clock())
    filled = {FIRST: (10_000, False), LAST: (10_000, False)}
    assert [prices_as_of(ids, FIRST, LAST, moment).get(product.pk) for moment in moments] == [
        None,
        filled,
        filled | {LAST: (7, True)},
        filled,
        {LAST: (10_000, False)},
    ]
    assert prices_as_of(ids, FIRST, LAST, clock()) == prices_of(ids, FIRST, LAST)
    changes = price_changes_of(product_id=product.pk, date=LAST)
    assert [(change.before, change.after) for change in changes] == [
        ((7, True), (10_000, False)),
        ((10_000, False), (7, True)),
        (None, (10_000, False)),
    ]


def test_restrictions_as_of(product: Product) -> None:
    ids = [product.pk]
    moments = [clock()]
    for changes in ({"min_stay_arrival": 2}, {"is_stop_sold": True}, {"min_stay_arrival": None}):
        with transaction.atomic():
            set_restrictions(product_ids=ids, dates=[LAST], changes=changes, now=NOW)
        moments.append(clock())
    with transaction.atomic():
        set_restrictions(product_ids=ids, dates=[LAST], changes={"is_stop_sold": None}, now=NOW)
    moments.append(clock())
    story = [
        {},
        {"min_stay_arrival": 2},
        {"min_stay_arrival": 2, "is_stop_sold": True},
        {"is_stop_sold": True},
        {},
    ]
    assert [
        restrictions_as_of(ids, FIRST, LAST, moment).get(product.pk, {}).get(LAST, {}) for moment in moments
    ] == story
    assert restrictions_as_of(ids, FIRST, LAST, clock()) == restrictions_of(ids, FIRST, LAST) == {}
    changes = restriction_changes_of(product_id=product.pk, date=LAST)
    assert [(change.before, change.after) for change in reversed(changes)] == list(pairwise(story))


def test_filling_anew_notes_only_what_changed(product: Product) -> None:
    ids = [product.pk]
    with transaction.atomic():
        fill_products(product_ids=ids, first=FIRST, last=LAST, now=NOW)
        fill_products(product_ids=ids, first=FIRST, last=LAST, now=NOW)
    assert [change.before for change in price_changes_of(product_id=product.pk, date=FIRST)] == [None]
