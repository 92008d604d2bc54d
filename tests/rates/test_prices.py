"""Filling and setting nightly prices."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import transaction

from serai.core.errors import NotInTransactionError
from serai.core.partitions import existing_partitions
from serai.rates.models import NightPrice, Product, Season
from serai.rates.services.prices import DerivedPriceError, fill_prices, set_prices
from tests.factories import NOW, ProductFactory, RatePlanFactory

pytestmark = pytest.mark.django_db

MONDAY = dt.date(2026, 12, 7)


def prices_of(product: Product) -> dict[dt.date, int]:
    return dict(NightPrice.objects.filter(product=product).values_list("date", "amount_minor"))


def fill(product: Product, first: dt.date, last: dt.date) -> int:
    with transaction.atomic():
        return fill_prices(product_id=product.pk, first=first, last=last, now=NOW)


def season(product: Product, name: str, first: dt.date, last: dt.date, percent: int) -> None:
    Season.objects.create(
        property=product.rate_plan.property, name=name, start_date=first, end_date=last, percent=percent
    )


def week(*amounts: int) -> dict[dt.date, int]:
    return {MONDAY + dt.timedelta(days=offset): amount for offset, amount in enumerate(amounts)}


def test_friday_and_saturday_nights_cost_the_weekend_price() -> None:
    product = ProductFactory.create(
        base_minor=400_000, weekday_minor=[None, None, None, None, 500_000, 500_000, None]
    )
    assert fill(product, MONDAY, MONDAY + dt.timedelta(days=6)) == 7
    assert prices_of(product) == week(400_000, 400_000, 400_000, 400_000, 500_000, 500_000, 400_000)


def test_without_a_weekend_price_every_night_costs_the_same() -> None:
    product = ProductFactory.create(base_minor=400_000)
    fill(product, MONDAY, MONDAY + dt.timedelta(days=6))
    assert set(prices_of(product).values()) == {400_000}


def test_seasons_change_their_nights_and_the_one_that_starts_last_wins() -> None:
    product = ProductFactory.create(
        base_minor=10_001, weekday_minor=[None, None, None, None, 20_000, 20_000, None]
    )
    season(product, "Winter", MONDAY, MONDAY + dt.timedelta(days=4), 50)
    season(product, "Fair", MONDAY + dt.timedelta(days=2), MONDAY + dt.timedelta(days=3), -10)
    season(product, "Long over", dt.date(2025, 1, 1), dt.date(2025, 2, 1), 400)
    fill(product, MONDAY, MONDAY + dt.timedelta(days=6))
    # 10,001 + 5,000.5 → 15,002 and 10,001 − 1,000.1 → 9,001
    assert prices_of(product) == week(15_002, 15_002, 9_001, 9_001, 30_000, 20_000, 10_001)


def test_a_season_of_another_property_changes_nothing() -> None:
    product, other = ProductFactory.create(base_minor=10_000), ProductFactory.create()
    season(other, "Winter", MONDAY, MONDAY, 50)
    fill(product, MONDAY, MONDAY)
    assert prices_of(product) == {MONDAY: 10_000}


def test_filling_keeps_prices_set_by_hand_and_counts_what_changed() -> None:
    product = ProductFactory.create(base_minor=10_000)
    assert fill(product, MONDAY, MONDAY + dt.timedelta(days=2)) == 3
    with transaction.atomic():
        assert set_prices(product_id=product.pk, dates=[MONDAY], amount_minor=7, now=NOW) == 1
        assert set_prices(product_id=product.pk, dates=[MONDAY], amount_minor=7, now=NOW) == 0
        assert set_prices(product_id=product.pk, dates=[], amount_minor=7, now=NOW) == 0
    assert prices_of(product) == week(7, 10_000, 10_000)
    product.base_minor = 20_000
    product.save()
    assert fill(product, MONDAY, MONDAY + dt.timedelta(days=2)) == 2
    assert prices_of(product) == week(7, 20_000, 20_000)


def test_filling_no_nights_does_nothing() -> None:
    product = ProductFactory.create()
    assert fill(product, MONDAY, MONDAY - dt.timedelta(days=1)) == 0
    assert prices_of(product) == {}


def test_nights_far_ahead_get_their_partition() -> None:
    product = ProductFactory.create(base_minor=10_000)
    first, last = dt.date(2031, 1, 31), dt.date(2031, 2, 1)
    assert not any("2031" in name for name in existing_partitions("rates_nightprice"))
    fill(product, first, last)
    assert {"rates_nightprice_2031_01", "rates_nightprice_2031_02"} <= existing_partitions("rates_nightprice")
    assert prices_of(product) == {first: 10_000, last: 10_000}


def test_a_derived_plan_has_no_prices_of_its_own() -> None:
    root = ProductFactory.create()
    derived = ProductFactory.create(
        room_type=root.room_type,
        rate_plan=RatePlanFactory.create(
            property=root.rate_plan.property, parent=root.rate_plan, name="Saver", adjustment_value=-1000
        ),
    )
    with pytest.raises(DerivedPriceError, match="Saver"):
        fill(derived, MONDAY, MONDAY)
    with pytest.raises(DerivedPriceError, match="Saver"), transaction.atomic():
        set_prices(product_id=derived.pk, dates=[MONDAY], amount_minor=1, now=NOW)
    assert prices_of(derived) == {}


def test_prices_need_a_transaction(transactional_db: None) -> None:
    product = ProductFactory.create()
    with pytest.raises(NotInTransactionError):
        fill_prices(product_id=product.pk, first=MONDAY, last=MONDAY, now=NOW)
    with pytest.raises(NotInTransactionError):
        set_prices(product_id=product.pk, dates=[MONDAY], amount_minor=1, now=NOW)
    assert prices_of(product) == {}
