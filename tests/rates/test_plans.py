"""Rate plans, policies, seasons and taxes as hosts write them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
from zeal import zeal_ignore

from serai.rates.models import CancellationPolicy, NightPrice, RatePlan, TaxRule
from serai.rates.services.plans import (
    RatePlanInvalid,
    RoomRate,
    SeasonDraft,
    TaxDraft,
    TierDraft,
    create_rate_plan,
    save_policy,
    save_rates,
    save_taxes,
)
from tests.factories import PolicyFactory, PropertyFactory, RatePlanFactory, RoomTypeFactory, make_hotel

pytestmark = pytest.mark.django_db
FIRST, LAST = dt.date(2026, 12, 1), dt.date(2026, 12, 31)


@pytest.fixture(autouse=True)
def _several_calls_are_meant() -> Iterator[None]:
    with zeal_ignore():
        yield


def test_a_plan_sells_every_active_room(now: Any) -> None:
    property = PropertyFactory.create()
    rooms = [RoomTypeFactory.create(property=property) for _ in range(3)]
    RoomTypeFactory.create(property=property, is_active=False)
    plan = create_rate_plan(
        property_id=property.pk,
        name="Half board",
        policy=PolicyFactory.create(property=property),
        meals="half_board",
        now=now,
    )
    assert set(plan.products.values_list("room_type_id", flat=True)) == {room.pk for room in rooms}


@pytest.mark.parametrize("wrong", ["policy", "parent", "name"])
def test_plans_do_not_mix_properties_or_names(wrong: str, now: Any) -> None:
    property, other = PropertyFactory.create(), PropertyFactory.create()
    mine = RatePlanFactory.create(property=property, name="Flexible")
    before = RatePlan.objects.count()
    with pytest.raises(RatePlanInvalid):
        create_rate_plan(
            property_id=property.pk,
            name="Flexible" if wrong == "name" else "New",
            policy=PolicyFactory.create(property=other) if wrong == "policy" else mine.policy,
            parent=RatePlanFactory.create(property=other) if wrong == "parent" else None,
            now=now,
        )
    assert RatePlan.objects.filter(property=property).count() == before


def test_another_propertys_policy_is_out_of_reach(now: Any) -> None:
    policy = PolicyFactory.create(name="Theirs")
    with pytest.raises(CancellationPolicy.DoesNotExist):
        save_policy(
            property_id=PropertyFactory.create().pk, policy_id=policy.pk, name="Mine", tiers=[], now=now
        )
    policy.refresh_from_db()
    assert policy.name == "Theirs"


def test_tiers_become_exactly_those_given_strictest_time_first(now: Any) -> None:
    property = PropertyFactory.create()
    policy = save_policy(
        property_id=property.pk,
        name="Firm",
        tiers=[TierDraft(24, "percent", 100), TierDraft(None, "nights", 1)],
        now=now,
    )
    assert list(policy.tiers.values_list("hours_before", "kind", "value")) == [
        (None, "nights", 1), (24, "percent", 100),
    ]  # fmt: skip
    save_policy(
        property_id=property.pk,
        policy_id=policy.pk,
        name="Firm",
        tiers=[TierDraft(48, "percent", 50)],
        now=now,
    )
    assert list(policy.tiers.values_list("hours_before", flat=True)) == [48]


def test_only_products_whose_price_changed_are_filled(now: Any) -> None:
    hotel = make_hotel()
    rates = [RoomRate(hotel.room_type.pk, base_minor=400_000)]
    common: dict[str, Any] = {
        "property_id": hotel.property.pk,
        "meals": "none",
        "non_refundable_percent": 10,
        "first": FIRST,
        "last": LAST,
        "now": now,
    }
    assert save_rates(rates=rates, seasons=[], **common) == []
    season = SeasonDraft("Peak", dt.date(2026, 12, 24), dt.date(2026, 12, 26), 25)
    assert save_rates(rates=rates, seasons=[season], **common) == [hotel.flexible.pk]
    prices = dict(NightPrice.objects.filter(product=hotel.flexible).values_list("date", "amount_minor"))
    assert [prices[dt.date(2026, 12, day)] for day in (23, 24, 26, 27)] == [
        400_000,
        500_000,
        500_000,
        400_000,
    ]
    hotel.saver.rate_plan.refresh_from_db()
    assert hotel.saver.rate_plan.adjustment_value == -1000
    assert RatePlan.objects.filter(property=hotel.property).count() == 2


def test_taxes_become_exactly_those_given_in_order(now: Any) -> None:
    property = PropertyFactory.create()
    save_taxes(property_id=property.pk, taxes=[TaxDraft("Old", "percent", 500)], now=now)
    save_taxes(
        property_id=property.pk,
        taxes=[
            TaxDraft("GST", "percent", 1200, below_minor=750_000),
            TaxDraft("City", "amount", 10_000, basis="adult", is_paid_at_property=True),
        ],
        now=now,
    )
    assert list(TaxRule.objects.values_list("name", "value", "basis", "position")) == [
        ("GST", 1200, "room", 0), ("City", 10_000, "adult", 1),
    ]  # fmt: skip
