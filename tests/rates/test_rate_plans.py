"""Any rate plan as a host writes it: parents without circles, codes, products, archive, order."""

from __future__ import annotations

import datetime as dt
import time
from dataclasses import replace
from typing import Any

import pytest

from serai.properties.models import Property
from serai.rates.models import NightPrice, Product, RateCode, RatePlan
from serai.rates.rules import Restrictions
from serai.rates.services import plans as service
from serai.rates.services import products
from serai.rates.services.plans import (
    CodeDraft,
    RatePlanCycle,
    RatePlanDraft,
    RatePlanHasChildren,
    RatePlanInvalid,
    archive_rate_plan,
    move_rate_plan,
    restore_rate_plan,
    save_rate_plan,
)
from tests.factories import (
    NOW,
    Hotel,
    PolicyFactory,
    PropertyFactory,
    RatePlanFactory,
    RoomTypeFactory,
    make_hotel,
)
from tests.racing import Race, run_together

pytestmark = pytest.mark.django_db


@pytest.fixture
def hotel() -> Hotel:
    return make_hotel(days=5)


def draft_of(hotel: Hotel, **changes: Any) -> RatePlanDraft:
    plan = hotel.flexible.rate_plan
    draft = RatePlanDraft(name="Members", policy_id=plan.policy_id, room_type_ids=[hotel.room_type.pk])
    return replace(draft, **changes)


def save(hotel: Hotel, draft: RatePlanDraft, plan_id: int | None = None) -> RatePlan:
    return save_rate_plan(property_id=hotel.property.pk, draft=draft, plan_id=plan_id, now=NOW)


def chain(hotel: Hotel, length: int) -> list[RatePlan]:
    """So many plans, each derived from the one before, the flexible one first."""
    line = [hotel.flexible.rate_plan]
    while len(line) < length:
        line.append(save(hotel, draft_of(hotel, name=f"Link {len(line)}", parent_id=line[-1].pk)))
    return line


def test_a_plan_is_stored_as_drafted_and_told(hotel: Hotel, monkeypatch: pytest.MonkeyPatch) -> None:
    second = RoomTypeFactory.create(property=hotel.property)
    draft = draft_of(
        hotel,
        description="For friends of the house",
        parent_id=hotel.flexible.rate_plan_id,
        adjustment_value=-800,
        rounding_minor=5000,
        audience="corporate",
        codes=[CodeDraft("acme-1", "Acme", dt.date(2027, 1, 31)), CodeDraft("Old", is_active=False)],
        meals="half_board",
        meal_adult_minor=90_000,
        meal_child_minor=45_000,
        payment="prepaid",
        bookable_from_date=dt.date(2026, 12, 1),
        stay_until_date=dt.date(2027, 3, 31),
        restrictions=Restrictions(min_stay_arrival=2, cutoff_hour=18, is_closed_to_arrival=True),
    )
    told: list[Any] = []
    monkeypatch.setattr(products, "emit", lambda topic, payload, *, now: told.append((topic, payload, now)))

    plan = RatePlan.objects.get(pk=save(hotel, draft).pk)

    assert (plan.name, plan.description, plan.parent_id) == (
        "Members",
        "For friends of the house",
        hotel.flexible.rate_plan_id,
    )
    assert (plan.adjustment_kind, plan.adjustment_value, plan.rounding_minor) == ("percent", -800, 5000)
    assert (plan.meals, plan.meal_adult_minor, plan.meal_child_minor) == ("half_board", 90_000, 45_000)
    assert (plan.payment, plan.audience, plan.position, plan.is_active) == ("prepaid", "corporate", 2, True)
    assert (plan.bookable_from_date, plan.bookable_until_date) == (dt.date(2026, 12, 1), None)
    assert (plan.stay_from_date, plan.stay_until_date) == (None, dt.date(2027, 3, 31))
    assert (plan.min_stay_arrival, plan.cutoff_hour, plan.is_closed_to_arrival) == (2, 18, True)
    assert (plan.max_stay_arrival, plan.is_closed_to_departure, plan.release_days) == (None, None, None)
    assert list(plan.codes.values_list("code", "company", "valid_until_date", "is_active")) == [
        ("Old", "", None, False),
        ("acme-1", "Acme", dt.date(2027, 1, 31), True),
    ]
    assert dict(plan.products.values_list("room_type_id", "is_active")) == {
        hotel.room_type.pk: True,
        second.pk: False,
    }
    assert told == [("property.changed", {"property_id": hotel.property.pk}, NOW)]


def test_products_stop_and_come_back_with_their_prices(hotel: Hotel) -> None:
    second = RoomTypeFactory.create(property=hotel.property)
    plan = hotel.flexible.rate_plan
    only_second = draft_of(hotel, name=plan.name, room_type_ids=[second.pk])
    save(hotel, only_second, plan.pk)
    hotel.flexible.refresh_from_db()
    assert (hotel.flexible.is_active, hotel.flexible.base_minor) == (False, 400_000)
    save(hotel, replace(only_second, room_type_ids=[second.pk, hotel.room_type.pk]), plan.pk)
    assert list(plan.products.order_by("id").values_list("is_active", "base_minor")) == [
        (True, 400_000),
        (True, 0),
    ]


def test_codes_are_changed_kept_and_deleted_without_regard_to_case(hotel: Hotel) -> None:
    draft = draft_of(hotel, audience="code", codes=[CodeDraft("Spring"), CodeDraft("old")])
    plan = save(hotel, draft)
    kept = plan.codes.get(code="Spring").pk
    save(hotel, replace(draft, codes=[CodeDraft("SPRING", is_active=False), CodeDraft("new")]), plan.pk)
    assert list(plan.codes.values_list("code", "is_active")) == [("SPRING", False), ("new", True)]
    assert plan.codes.get(code="SPRING").pk == kept
    save(hotel, replace(draft, audience="public"), plan.pk)
    assert not RateCode.objects.exists()


@pytest.mark.parametrize(
    ("changes", "field", "row"),
    [
        ({"codes": [CodeDraft("one"), CodeDraft("ONE")]}, "code", 1),
        ({"codes": [CodeDraft("fine"), CodeDraft("two words")]}, "code", 1),
        ({"codes": [CodeDraft("Taken")]}, "code", 0),
        ({"name": "Flexible"}, "name", None),
        ({"room_type_ids": []}, "room_type_ids", None),
        ({"room_type_ids": [-1]}, "room_type_ids", None),
        ({"policy_id": -1}, "policy_id", None),
        ({"parent_id": -1}, "parent_id", None),
        ({"rounding_minor": 0}, "rounding_minor", None),
        ({"adjustment_value": -10_001}, "adjustment_value", None),
        ({"meal_child_minor": -1}, "meal_adult_minor", None),
        (
            {"stay_from_date": dt.date(2026, 12, 2), "stay_until_date": dt.date(2026, 12, 1)},
            "stay_until_date",
            None,
        ),
        (
            {"restrictions": Restrictions(min_stay_through=4, max_stay_through=3)},
            "max_stay_through",
            None,
        ),
        ({"restrictions": Restrictions(min_stay_arrival=0)}, "max_stay_arrival", None),
        ({"restrictions": Restrictions(earliest_days=3, latest_days=7)}, "earliest_days", None),
        ({"restrictions": Restrictions(cutoff_hour=25)}, "cutoff_hour", None),
    ],
)
def test_a_refusal_names_the_field_and_changes_nothing(
    hotel: Hotel, changes: dict[str, Any], field: str, row: int | None
) -> None:
    save(hotel, draft_of(hotel, name="Partner", audience="code", codes=[CodeDraft("TAKEN")]))
    before = [list(model.objects.order_by("pk").values_list()) for model in (RatePlan, Product, RateCode)]
    with pytest.raises(RatePlanInvalid) as refusal:
        save(hotel, draft_of(hotel, audience="code", **changes))
    assert (refusal.value.field, refusal.value.row) == (field, row)
    after = [list(model.objects.order_by("pk").values_list()) for model in (RatePlan, Product, RateCode)]
    assert after == before


def test_policies_and_parents_of_other_properties_are_refused(hotel: Hotel) -> None:
    other = PropertyFactory.create()
    theirs = RatePlanFactory.create(property=other)
    for changes in ({"policy_id": PolicyFactory.create(property=other).pk}, {"parent_id": theirs.pk}):
        with pytest.raises(RatePlanInvalid):
            save(hotel, draft_of(hotel, **changes))
    with pytest.raises(RatePlan.DoesNotExist):
        save(hotel, draft_of(hotel), theirs.pk)
    assert not RatePlan.objects.filter(name="Members").exists()


@pytest.mark.parametrize("below", [0, 1, 3])
def test_no_plan_derives_from_itself_through_others(hotel: Hotel, below: int) -> None:
    line = chain(hotel, 4)
    root = line[0]
    with pytest.raises(RatePlanCycle) as refusal:
        save(hotel, draft_of(hotel, name=root.name, parent_id=line[below].pk), root.pk)
    assert refusal.value.field == "parent_id"
    root.refresh_from_db()
    assert root.parent_id is None


def test_a_line_of_plans_has_at_most_five_links(hotel: Hotel) -> None:
    line = chain(hotel, 5)
    with pytest.raises(RatePlanInvalid) as refusal:
        save(hotel, draft_of(hotel, name="Sixth", parent_id=line[-1].pk))
    assert refusal.value.field == "parent_id"
    # A short line cannot be hung below a long one either.
    top = save(hotel, draft_of(hotel, name="Top"))
    with pytest.raises(RatePlanInvalid):
        save(hotel, draft_of(hotel, name=line[0].name, parent_id=top.pk), line[0].pk)
    save(hotel, draft_of(hotel, name=line[1].name, parent_id=top.pk), line[1].pk)


def test_a_root_that_becomes_derived_keeps_its_prices_unused(hotel: Hotel) -> None:
    root = save(hotel, draft_of(hotel, name="House"))
    plan = hotel.flexible.rate_plan
    save(hotel, draft_of(hotel, name=plan.name, parent_id=root.pk), plan.pk)
    assert NightPrice.objects.filter(product=hotel.flexible).count() == 5
    save(hotel, draft_of(hotel, name=plan.name), plan.pk)
    plan.refresh_from_db()
    assert plan.parent_id is None


def test_archiving_asks_about_those_that_derive(hotel: Hotel) -> None:
    root = hotel.flexible.rate_plan
    with pytest.raises(RatePlanHasChildren, match="Saver"):
        archive_rate_plan(property_id=hotel.property.pk, plan_id=root.pk, now=NOW)
    assert RatePlan.objects.filter(is_active=True).count() == 2
    gone = archive_rate_plan(property_id=hotel.property.pk, plan_id=root.pk, with_children=True, now=NOW)
    assert {plan.name for plan in gone} == {"Flexible", "Saver"}
    assert not RatePlan.objects.filter(is_active=True).exists()
    saver = hotel.saver.rate_plan_id
    with pytest.raises(RatePlanInvalid, match="Flexible"):
        restore_rate_plan(property_id=hotel.property.pk, plan_id=saver, now=NOW)
    for plan_id in (root.pk, saver):
        restore_rate_plan(property_id=hotel.property.pk, plan_id=plan_id, now=NOW)
    assert RatePlan.objects.filter(is_active=True).count() == 2
    archive_rate_plan(property_id=hotel.property.pk, plan_id=saver, now=NOW)
    with pytest.raises(RatePlanInvalid, match="archived"):
        save(hotel, draft_of(hotel, parent_id=saver))


def test_order_is_among_siblings_and_children_follow_their_parent(hotel: Hotel) -> None:
    second = save(hotel, draft_of(hotel, name="House"))
    save(hotel, draft_of(hotel, name="Members", parent_id=hotel.flexible.rate_plan_id))

    def names() -> list[str]:
        return list(RatePlan.objects.order_by("position").values_list("name", flat=True))

    move_rate_plan(property_id=hotel.property.pk, plan_id=second.pk, by=-1, now=NOW)
    assert names() == ["House", "Flexible", "Saver", "Members"]
    move_rate_plan(property_id=hotel.property.pk, plan_id=hotel.saver.rate_plan_id, by=1, now=NOW)
    assert names() == ["House", "Flexible", "Members", "Saver"]
    move_rate_plan(property_id=hotel.property.pk, plan_id=second.pk, by=-5, now=NOW)
    assert names() == ["House", "Flexible", "Members", "Saver"]


def race_for_a_circle(monkeypatch: pytest.MonkeyPatch) -> tuple[Race, set[int | None]]:
    """Two hosts at once derive two root plans from each other, slowly; what came of it, and the parents."""
    hotel = make_hotel(days=1)
    one = save(hotel, draft_of(hotel, name="One"))
    two = save(hotel, draft_of(hotel, name="Two"))
    check = service._check_parent

    def check_slowly(*args: Any) -> None:
        check(*args)
        time.sleep(0.4)

    monkeypatch.setattr(service, "_check_parent", check_slowly)
    race = run_together(
        lambda: save(hotel, draft_of(hotel, name="One", parent_id=two.pk), one.pk),
        lambda: save(hotel, draft_of(hotel, name="Two", parent_id=one.pk), two.pk),
    )
    return race, set(RatePlan.objects.filter(pk__in=[one.pk, two.pk]).values_list("parent_id", flat=True))


@pytest.mark.django_db(transaction=True)
def test_two_hosts_at_once_cannot_close_a_circle(monkeypatch: pytest.MonkeyPatch) -> None:
    race, parents = race_for_a_circle(monkeypatch)
    assert len(race.results) == 1
    assert len(race.errors_of(RatePlanCycle)) == 1
    assert None in parents


@pytest.mark.django_db(transaction=True)
def test_without_the_propertys_lock_they_would(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "lock_property", lambda pk: Property.objects.get(pk=pk))
    race, parents = race_for_a_circle(monkeypatch)
    assert len(race.results) == 2
    assert None not in parents
