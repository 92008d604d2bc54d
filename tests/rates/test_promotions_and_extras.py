"""Promotions and extras as hosts write them."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from serai.rates.models import Extra, Promotion
from serai.rates.services.errors import ExtraInvalid, PromotionInvalid
from serai.rates.services.extras import ExtraDraft, remove_extra, save_extra
from serai.rates.services.promotions import PromotionDraft, end_promotion, save_promotion
from tests.factories import NOW, PropertyFactory, RatePlanFactory

pytestmark = pytest.mark.django_db


def welcome(property_id: int, **changes: Any) -> Promotion:
    promotion_id = changes.pop("promotion_id", None)
    values: dict[str, Any] = {"name": "Welcome", "value": 1000, "code": "WELCOME10"} | changes
    return save_promotion(
        property_id=property_id, draft=PromotionDraft(**values), promotion_id=promotion_id, now=NOW
    )


def test_a_promotion_is_stored_as_drafted_and_ends() -> None:
    plan = RatePlanFactory.create()
    promotion = welcome(
        plan.property_id,
        min_nights=3,
        max_nights=10,
        min_days_ahead=5,
        bookable_until_date=dt.date(2027, 1, 1),
        stay_from_date=dt.date(2026, 12, 1),
        is_combinable=True,
        limit=20,
        rate_plan_ids=[plan.pk],
    )
    promotion.refresh_from_db()
    assert (promotion.code, promotion.value, promotion.limit) == ("WELCOME10", 1000, 20)
    assert (promotion.min_nights, promotion.max_nights, promotion.min_days_ahead) == (3, 10, 5)
    assert (promotion.is_combinable, promotion.is_active) == (True, True)
    assert list(promotion.rate_plans.all()) == [plan]
    end_promotion(property_id=plan.property_id, promotion_id=promotion.pk, now=NOW)
    promotion.refresh_from_db()
    assert promotion.is_active is False
    welcome(plan.property_id, promotion_id=promotion.pk)
    promotion.refresh_from_db()
    assert (promotion.is_active, promotion.limit, promotion.rate_plans.count()) == (True, None, 0)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"code": "welcome10"}, "code"),
        ({"code": "two words"}, "code"),
        ({"code": "x", "value": 0}, "value"),
        ({"code": "x", "value": 10_001}, "value"),
        ({"code": "x", "kind": "amount", "value": 0}, "value"),
        ({"code": "x", "limit": 0}, "limit"),
        ({"code": "x", "min_nights": 3, "max_nights": 2}, "max_nights"),
        ({"code": "x", "min_days_ahead": 3, "max_days_ahead": 2}, "max_days_ahead"),
        (
            {
                "code": "x",
                "bookable_from_date": dt.date(2027, 1, 2),
                "bookable_until_date": dt.date(2027, 1, 1),
            },
            "bookable_until_date",
        ),
        ({"code": "x", "rate_plan_ids": [-1]}, "rate_plan_ids"),
    ],
)
def test_a_refused_promotion_names_the_field(changes: dict[str, Any], field: str) -> None:
    property_id = PropertyFactory.create().pk
    welcome(property_id)
    with pytest.raises(PromotionInvalid) as refusal:
        welcome(property_id, **changes)
    assert refusal.value.field == field
    assert Promotion.objects.count() == 1


def test_promotions_of_others_are_out_of_reach() -> None:
    mine, theirs = PropertyFactory.create().pk, welcome(PropertyFactory.create().pk)
    with pytest.raises(Promotion.DoesNotExist):
        welcome(mine, promotion_id=theirs.pk, name="Stolen")
    with pytest.raises(Promotion.DoesNotExist):
        end_promotion(property_id=mine, promotion_id=theirs.pk, now=NOW)
    theirs.refresh_from_db()
    assert (theirs.name, theirs.is_active) == ("Welcome", True)
    welcome(mine)  # the same code at another property is another code


def test_an_extra_comes_goes_and_comes_back() -> None:
    property_id = PropertyFactory.create().pk
    transfer = ExtraDraft("Transfer", 90_000, "From the airport", max_quantity=2)
    extra = save_extra(property_id=property_id, draft=transfer, now=NOW)
    parking = save_extra(property_id=property_id, draft=ExtraDraft("Parking", 500, period="night"), now=NOW)
    assert (extra.position, parking.position) == (0, 1)
    remove_extra(property_id=property_id, extra_id=extra.pk, now=NOW)
    assert list(Extra.objects.filter(is_active=True)) == [parking]
    with pytest.raises(Extra.DoesNotExist):
        save_extra(property_id=property_id, draft=transfer, extra_id=extra.pk, now=NOW)
    again = save_extra(property_id=property_id, draft=ExtraDraft("Transfer", 95_000), now=NOW)
    assert (again.pk, again.amount_minor, again.description, again.is_active) == (extra.pk, 95_000, "", True)


@pytest.mark.parametrize(
    ("draft", "field"),
    [
        (ExtraDraft("Parking", 1), "name"),
        (ExtraDraft("Dog", -1), "amount_minor"),
        (ExtraDraft("Dog", 1, max_quantity=0), "max_quantity"),
        (ExtraDraft("Dog", 1, max_quantity=51), "max_quantity"),
    ],
)
def test_a_refused_extra_names_the_field(draft: ExtraDraft, field: str) -> None:
    property_id = PropertyFactory.create().pk
    save_extra(property_id=property_id, draft=ExtraDraft("Parking", 500), now=NOW)
    with pytest.raises(ExtraInvalid) as refusal:
        save_extra(property_id=property_id, draft=draft, now=NOW)
    assert refusal.value.field == field
    assert Extra.objects.count() == 1


def test_extras_of_others_are_out_of_reach() -> None:
    mine = PropertyFactory.create().pk
    theirs = save_extra(property_id=PropertyFactory.create().pk, draft=ExtraDraft("Spa", 500), now=NOW)
    with pytest.raises(Extra.DoesNotExist):
        remove_extra(property_id=mine, extra_id=theirs.pk, now=NOW)
    with pytest.raises(Extra.DoesNotExist):
        save_extra(property_id=mine, draft=ExtraDraft("Mine", 1), extra_id=theirs.pk, now=NOW)
    theirs.refresh_from_db()
    assert (theirs.name, theirs.is_active) == ("Spa", True)
