"""Restrictions of single nights: set, merged, taken off, put back."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from serai.core.errors import NotInTransactionError
from serai.rates.models import NightRestriction, Product
from serai.rates.nights import restrictions_of
from serai.rates.services.restrictions import (
    RESTRICTIONS,
    RestrictionRefused,
    restore_restrictions,
    set_restrictions,
)
from tests.factories import NOW, ProductFactory, RatePlanFactory

pytestmark = pytest.mark.django_db

FIRST = dt.date(2026, 12, 30)
NIGHTS = [FIRST + dt.timedelta(days=offset) for offset in range(4)]


@pytest.fixture
def product() -> Product:
    return ProductFactory.create()


def put(*products: Product, dates: list[dt.date] | None = None, **changes: Any) -> int:
    with transaction.atomic():
        return set_restrictions(
            product_ids=[product.pk for product in products], dates=dates or NIGHTS, changes=changes, now=NOW
        )


def stored(product: Product) -> dict[dt.date, dict[str, Any]]:
    return restrictions_of([product.pk], FIRST, NIGHTS[-1]).get(product.pk, {})


def test_only_what_is_named_changes(product: Product) -> None:
    assert put(product, min_stay_arrival=2, is_stop_sold=False) == 4
    assert put(product, dates=NIGHTS[1:3], min_stay_arrival=3, cutoff_hour=18) == 2
    assert stored(product) == {
        NIGHTS[0]: {"min_stay_arrival": 2, "is_stop_sold": False},
        NIGHTS[1]: {"min_stay_arrival": 3, "is_stop_sold": False, "cutoff_hour": 18},
        NIGHTS[2]: {"min_stay_arrival": 3, "is_stop_sold": False, "cutoff_hour": 18},
        NIGHTS[3]: {"min_stay_arrival": 2, "is_stop_sold": False},
    }
    assert put(product, min_stay_arrival=3) == 2
    assert put(product, min_stay_arrival=3) == 0


def test_a_night_that_restricts_nothing_has_no_row(product: Product) -> None:
    put(product, min_stay_arrival=2)
    put(product, dates=NIGHTS[:1], is_stop_sold=True)
    assert put(product, min_stay_arrival=None) == 4
    assert stored(product) == {NIGHTS[0]: {"is_stop_sold": True}}
    assert NightRestriction.objects.count() == 1
    assert put(product, is_stop_sold=None, cutoff_hour=None) == 1
    assert not NightRestriction.objects.exists()
    assert put(product, **dict.fromkeys(RESTRICTIONS)) == 0


def test_setting_one_and_taking_off_another_at_once(product: Product) -> None:
    put(product, dates=NIGHTS[:1], min_stay_arrival=2)
    assert put(product, dates=NIGHTS[:2], min_stay_arrival=None, release_days=0) == 2
    assert stored(product) == {NIGHTS[0]: {"release_days": 0}, NIGHTS[1]: {"release_days": 0}}


def test_several_products_and_also_derived_ones(product: Product) -> None:
    plan = RatePlanFactory.create(property=product.rate_plan.property, parent=product.rate_plan, name="Saver")
    derived = ProductFactory.create(room_type=product.room_type, rate_plan=plan)
    assert put(product, derived, is_closed_to_arrival=True) == 8
    assert stored(derived) == {night: {"is_closed_to_arrival": True} for night in NIGHTS}


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"min_stay": 2}, "min_stay"),
        ({"product_id": 2}, "product_id"),
        ({"min_stay_arrival": 0}, "min_stay_arrival"),
        ({"min_stay_arrival": True}, "min_stay_arrival"),
        ({"is_stop_sold": 1}, "is_stop_sold"),
        ({"cutoff_hour": 25}, "cutoff_hour"),
        ({"release_days": -1}, "release_days"),
        ({"release_days": 40_000}, "release_days"),
        ({"min_stay_through": 4, "max_stay_through": 3}, "max_stay_through"),
        ({"latest_days": 4, "earliest_days": 3}, "earliest_days"),
    ],
)
def test_what_cannot_be_is_refused(product: Product, changes: dict[str, Any], name: str) -> None:
    put(product, cutoff_hour=3)
    before = stored(product)
    with pytest.raises(RestrictionRefused) as refusal:
        put(product, **changes)
    assert refusal.value.name == name
    assert stored(product) == before


def test_restoring_is_exact(product: Product) -> None:
    put(product, min_stay_arrival=2)
    put(product, dates=NIGHTS[:1], cutoff_hour=12)
    wanted: dict[dt.date, dict[str, Any]] = {NIGHTS[0]: {"is_stop_sold": True}, NIGHTS[1]: {}}
    with transaction.atomic():
        assert restore_restrictions(product_id=product.pk, nights=wanted, now=NOW) == 2
    assert stored(product) == {
        NIGHTS[0]: {"is_stop_sold": True},
        NIGHTS[2]: {"min_stay_arrival": 2},
        NIGHTS[3]: {"min_stay_arrival": 2},
    }


def test_restrictions_need_a_transaction(transactional_db: None) -> None:
    product = ProductFactory.create()
    with pytest.raises(NotInTransactionError):
        set_restrictions(product_ids=[product.pk], dates=NIGHTS, changes={"cutoff_hour": 1}, now=NOW)
    with pytest.raises(NotInTransactionError):
        restore_restrictions(product_id=product.pk, nights={}, now=NOW)


values = st.fixed_dictionaries(
    {},
    optional={
        name: st.one_of(st.none(), st.booleans() if name.startswith("is_") else st.integers(1, 9))
        for name in ("min_stay_arrival", "max_stay_through", "is_stop_sold", "cutoff_hour")
    },
)
steps = st.lists(st.tuples(st.lists(st.sampled_from(NIGHTS), min_size=1), values), max_size=8)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(steps=steps)
def test_any_order_of_changes_gives_what_a_dictionary_would(
    product: Product, steps: list[tuple[list[dt.date], dict[str, Any]]]
) -> None:
    NightRestriction.objects.all().delete()
    model: dict[dt.date, dict[str, Any]] = {}
    for dates, changes in steps:
        before = {date: dict(row) for date, row in model.items()}
        for date in dates:
            merged = {
                name: value for name, value in (model.get(date, {}) | changes).items() if value is not None
            }
            model.pop(date, None)
            if merged:
                model[date] = merged
        changed = sum(before.get(date) != model.get(date) for date in NIGHTS)
        assert put(product, dates=dates, **changes) == changed
        assert stored(product) == dict(sorted(model.items()))
