"""The host's pages below “Rates”, and that no page takes away what another has set."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from serai.inventory.models import Hold
from serai.properties.models import RoomType
from serai.rates.models import (
    CancellationPolicy,
    ChildBand,
    ChildPrice,
    DepositStep,
    Extra,
    NightPrice,
    Product,
    Promotion,
    RateCode,
    RatePlan,
    TaxRule,
)
from tests.factories import NOW, Hotel, make_hotel

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _frozen() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def hotel() -> Hotel:
    return make_hotel(days=10)


@pytest.fixture
def host(client: Client, hotel: Hotel) -> Client:
    client.force_login(hotel.host)
    return client


def url(name: str, hotel: Hotel, *args: Any) -> str:
    return reverse(name, args=[hotel.property.pk, *args])


def text_of(response: Any, status: int = 200) -> str:
    assert response.status_code == status, response.content.decode()[:2000]
    return str(response.content.decode())


def plan_data(hotel: Hotel, **changes: Any) -> dict[str, Any]:
    return {
        "name": "Members",
        "parent_id": str(hotel.flexible.rate_plan_id),
        "adjustment_kind": "percent",
        "difference": "-8",
        "rounding": "50",
        "audience": "members",
        "meals": "none",
        "payment": "at_property",
        "policy_id": str(hotel.flexible.rate_plan.policy_id),
        "room_type_ids": [str(hotel.room_type.pk)],
        "codes-TOTAL_FORMS": "0",
        "codes-INITIAL_FORMS": "0",
    } | changes


def test_a_plan_is_added_listed_and_previewed(host: Client, hotel: Hotel) -> None:
    response = host.post(url("host_plan_new", hotel), plan_data(hotel))
    assert response.headers["Location"] == url("host_plans", hotel)
    plan = RatePlan.objects.get(name="Members")
    assert (plan.adjustment_value, plan.rounding_minor, plan.audience) == (-800, 5000, "members")
    listed = text_of(host.get(url("host_plans", hotel)))
    assert "−8 %" in listed
    assert "Signed-in members" in listed
    page = text_of(host.get(url("host_plan", hotel, plan.pk)))
    assert "₹3,700.00" in page  # 4,000 less 8 % is 3,680, in multiples of 50
    typed = host.post(url("host_plan", hotel, plan.pk), plan_data(hotel, difference="-50", preview="1"))
    assert "₹2,000.00" in text_of(typed)
    plan.refresh_from_db()
    assert plan.adjustment_value == -800


def test_a_private_plan_without_code_is_told(host: Client, hotel: Hotel) -> None:
    host.post(url("host_plan_new", hotel), plan_data(hotel, audience="code"))
    listed = text_of(host.get(url("host_plans", hotel)))
    assert "No code is in use: nobody can book this plan." in listed
    assert "Without a code in use nobody can book" in listed
    plan = RatePlan.objects.get(name="Members")
    grown = text_of(host.post(url("host_plan", hotel, plan.pk), plan_data(hotel, grow="codes", name="Half")))
    assert 'name="codes-TOTAL_FORMS" value="1"' in grown
    assert 'value="Half"' in grown
    code = {
        "codes-TOTAL_FORMS": "2",
        "codes-0-code": "",
        "codes-0-is_active": "on",
        "codes-1-code": "Spring",
        "codes-1-is_active": "on",
    }
    host.post(url("host_plan", hotel, plan.pk), plan_data(hotel, audience="code", **code))
    assert RateCode.objects.get().code == "Spring"
    assert "nobody can book this plan" not in text_of(host.get(url("host_plans", hotel)))


def test_a_refusal_stands_beside_its_field_and_keeps_the_input(host: Client, hotel: Hotel) -> None:
    saver = hotel.saver.rate_plan
    data = plan_data(hotel, name="Flexible", parent_id=str(saver.pk), description="Kept")
    # The form does not offer a child as parent; whoever sends it anyway is refused too.
    page = text_of(host.post(url("host_plan", hotel, hotel.flexible.rate_plan_id), data), 422)
    assert 'id="id_parent_id_error"' in page
    assert 'value="Kept"' in page
    twice = {
        "codes-TOTAL_FORMS": "2",
        "codes-0-code": "one",
        "codes-1-code": "ONE",
    }
    page = text_of(host.post(url("host_plan_new", hotel), plan_data(hotel, audience="code", **twice)), 422)
    assert 'id="id_codes-1-code_error"' in page
    assert "What is to change is marked below." in page
    assert RatePlan.objects.count() == 2


def test_a_plan_of_its_own_gets_prices_for_its_nights(host: Client, hotel: Hotel) -> None:
    response = host.post(url("host_plan_new", hotel), plan_data(hotel, parent_id="", difference=""))
    plan = RatePlan.objects.get(name="Members")
    assert response.headers["Location"] == url("host_plan_prices", hotel, plan.pk)
    field = f"room-{hotel.room_type.pk}"
    refused = host.post(response.headers["Location"], {f"{field}-base": "x", f"{field}-weekend": "77"})
    assert 'value="77"' in text_of(refused, 422)
    host.post(response.headers["Location"], {f"{field}-base": "5000"})
    nights = NightPrice.objects.filter(product__rate_plan=plan)
    assert set(nights.values_list("amount_minor", flat=True)) == {500_000}
    assert nights.count() == 549


def test_archive_asks_about_children_and_comes_back(host: Client, hotel: Hotel) -> None:
    root, saver = hotel.flexible.rate_plan, hotel.saver.rate_plan
    ask = url("host_plan_archive", hotel, root.pk)
    assert "Saver" in text_of(host.get(ask))
    assert "take their price from" in text_of(host.post(ask), 422)
    assert RatePlan.objects.filter(is_active=True).count() == 2
    host.post(ask, {"with_children": "on"})
    assert not RatePlan.objects.filter(is_active=True).exists()
    listed = text_of(host.get(url("host_plans", hotel)))
    assert "No rate plan is sold" in listed
    for plan in (root, saver):
        host.post(url("host_plan_restore", hotel, plan.pk))
    assert RatePlan.objects.filter(is_active=True).count() == 2


def policy_data(**changes: Any) -> dict[str, Any]:
    return {
        "name": "Holiday",
        "no_show_kind": "fixed",
        "no_show_value": "1500.50",
        "early_departure_percent": "50",
        "change_rates": "frozen",
        "guarantee": "deposit",
        "tiers-TOTAL_FORMS": "2",
        "tiers-INITIAL_FORMS": "0",
        "tiers-0-before": "14",
        "tiers-0-unit": "days",
        "tiers-0-kind": "percent",
        "tiers-0-value": "50",
        "tiers-1-before": "",
        "tiers-1-unit": "hours",
        "tiers-1-kind": "percent",
        "tiers-1-value": "",
        "deposits-TOTAL_FORMS": "1",
        "deposits-INITIAL_FORMS": "0",
        "deposits-0-days_before": "",
        "deposits-0-kind": "percent",
        "deposits-0-value": "30",
    } | changes


def test_a_policy_with_every_term(host: Client, hotel: Hotel) -> None:
    host.post(url("host_policy_new", hotel), policy_data())
    policy = CancellationPolicy.objects.get(name="Holiday")
    assert (policy.no_show_kind, policy.no_show_value, policy.guarantee) == ("fixed", 150_050, "deposit")
    assert list(policy.tiers.values_list("days_before", "hours_before", "value")) == [(14, None, 50)]
    assert list(policy.deposits.values_list("days_before", "value")) == [(None, 30)]
    page = text_of(host.get(url("host_policy", hotel, policy.pk)))
    assert 'value="1500.5"' in page
    assert '<option value="days" selected>' in page
    listed = text_of(host.get(url("host_policies", hotel)))
    assert "From 14 days before check-in:" in listed
    refused = host.post(
        url("host_policy", hotel, policy.pk), policy_data(**{"deposits-0-value": "130", "name": "Typed"})
    )
    assert 'id="id_deposits-0-value_error"' in text_of(refused, 422)
    assert 'value="Typed"' in text_of(refused, 422)
    policy.refresh_from_db()
    assert (policy.name, policy.deposits.get().value) == ("Holiday", 30)
    host.post(url("host_policy_remove", hotel, policy.pk))
    assert not CancellationPolicy.objects.filter(name="Holiday").exists()


def wizard_policies(hotel: Hotel, **changes: str) -> dict[str, str]:
    """What the wizard's page sends when nothing was touched."""
    tax = TaxRule.objects.get(property=hotel.property)
    return {
        "check_in_from": "14:00",
        "check_out_until": "11:00",
        "infant_max_age": "2",
        "child_max_age": "12",
        "tiers-TOTAL_FORMS": "1",
        "tiers-INITIAL_FORMS": "1",
        "tiers-0-hours_before": "48",
        "tiers-0-kind": "nights",
        "tiers-0-value": "1",
        "taxes-TOTAL_FORMS": "1",
        "taxes-INITIAL_FORMS": "1",
        "taxes-shown": str(tax.pk),
        "taxes-0-tax_id": str(tax.pk),
        "taxes-0-name": "City tax",
        "taxes-0-kind": "percent",
        "taxes-0-value": "5",
        "taxes-0-basis": "person",
        "taxes-0-period": "stay",
    } | changes


def test_the_wizards_policies_keep_what_other_pages_set(host: Client, hotel: Hotel) -> None:
    policy = hotel.flexible.rate_plan.policy
    CancellationPolicy.objects.filter(pk=policy.pk).update(
        no_show_kind="percent",
        no_show_value=80,
        early_departure_percent=40,
        guarantee="deposit",
        change_rates="frozen",
    )
    DepositStep.objects.create(policy=policy, kind="percent", value=30)
    tax = TaxRule.objects.create(
        property=hotel.property,
        name="Old",
        value=400,
        basis="person",
        period="stay",
        from_age=16,
        max_nights=7,
        exemption="business",
        valid_until_date=dt.date(2027, 12, 31),
    )
    step = url("host_property_step", hotel, "policies")
    shown = text_of(host.get(step))
    assert f'name="taxes-0-tax_id" value="{tax.pk}"' in shown
    response = host.post(step, wizard_policies(hotel))
    assert response.status_code == 302
    policy.refresh_from_db()
    assert policy.tiers.get().hours_before == 48
    assert (policy.no_show_kind, policy.no_show_value, policy.early_departure_percent) == ("percent", 80, 40)
    assert (policy.guarantee, policy.change_rates) == ("deposit", "frozen")
    assert policy.deposits.get().value == 30
    tax.refresh_from_db()
    assert (tax.name, tax.value, tax.basis, tax.period) == ("City tax", 500, "person", "stay")
    assert (tax.from_age, tax.max_nights, tax.exemption) == (16, 7, "business")
    assert tax.valid_until_date == dt.date(2027, 12, 31)


def test_the_wizard_leaves_tiers_alone_that_it_cannot_show(host: Client, hotel: Hotel) -> None:
    TaxRule.objects.create(property=hotel.property, name="City tax", value=500)
    policy = hotel.flexible.rate_plan.policy
    policy.tiers.update(hours_before=None, days_before=7, kind="fixed", value=50_000)
    step = url("host_property_step", hotel, "policies")
    assert url("host_policy", hotel, policy.pk) in text_of(host.get(step))
    host.post(step, wizard_policies(hotel))
    tier = policy.tiers.get()
    assert (tier.days_before, tier.kind, tier.value) == (7, "fixed", 50_000)


def test_a_tax_added_meanwhile_survives_the_wizard(host: Client, hotel: Hotel) -> None:
    TaxRule.objects.create(property=hotel.property, name="City tax", value=500)
    data = wizard_policies(hotel)
    TaxRule.objects.create(property=hotel.property, name="New", value=100, position=1)
    host.post(url("host_property_step", hotel, "policies"), data)
    assert list(TaxRule.objects.values_list("name", flat=True)) == ["City tax", "New"]


def test_the_wizards_rates_keep_what_other_pages_set(host: Client, hotel: Hotel) -> None:
    flexible = hotel.flexible
    pattern = [None, None, 380_000, None, 450_000, 470_000, None]
    Product.objects.filter(pk=flexible.pk).update(single_discount_minor=50_000, weekday_minor=pattern)
    band = ChildBand.objects.create(property=hotel.property, max_age=6)
    ChildPrice.objects.create(product=flexible, band=band, amount_minor=30_000)
    saver = hotel.saver.rate_plan
    kept: dict[str, Any] = {
        "adjustment_value": -1250,
        "rounding_minor": 5000,
        "meals": "breakfast",
        "meal_adult_minor": 40_000,
        "min_stay_arrival": 2,
    }
    RatePlan.objects.filter(pk=saver.pk).update(**kept)
    field = f"room-{hotel.room_type.pk}"
    data = {
        f"{field}-base": "4200",
        f"{field}-weekend": "4500",
        "plans-meals": "none",
        "plans-offers_non_refundable": "on",
        "plans-discount": "12",
        "seasons-TOTAL_FORMS": "0",
        "seasons-INITIAL_FORMS": "0",
    }
    assert host.post(url("host_property_step", hotel, "rates"), data).status_code == 302
    flexible.refresh_from_db()
    assert (flexible.base_minor, flexible.single_discount_minor) == (420_000, 50_000)
    assert flexible.weekday_minor == pattern
    assert flexible.child_prices.get().amount_minor == 30_000
    assert RatePlan.objects.filter(pk=saver.pk, **kept).exists()
    assert RatePlan.objects.count() == 2
    # A corporate plan that is paid at once is not the wizard's non-refundable one.
    RatePlan.objects.filter(pk=saver.pk).update(audience="corporate")
    del data["plans-offers_non_refundable"]
    host.post(url("host_property_step", hotel, "rates"), data)
    assert RatePlan.objects.filter(pk=saver.pk, is_active=True, **kept).exists()


def test_all_terms_of_taxes_come_from_their_own_page(host: Client, hotel: Hotel) -> None:
    data = {
        "taxes-TOTAL_FORMS": "1",
        "taxes-INITIAL_FORMS": "0",
        "taxes-shown": "",
        "taxes-0-name": "City tax",
        "taxes-0-kind": "amount",
        "taxes-0-value": "3.50",
        "taxes-0-basis": "person",
        "taxes-0-period": "night",
        "taxes-0-from_age": "16",
        "taxes-0-max_nights": "21",
        "taxes-0-valid_from_date": "2027-01-01",
    }
    page = url("host_taxes", hotel)
    refused = text_of(host.post(page, data | {"taxes-0-basis": "room"}), 422)
    assert 'id="id_taxes-0-basis_error"' in refused
    assert 'value="21"' in refused
    assert not TaxRule.objects.exists()
    host.post(page, data)
    tax = TaxRule.objects.get()
    assert (tax.value, tax.from_age, tax.max_nights) == (350, 16, 21)
    assert tax.valid_from_date == dt.date(2027, 1, 1)
    shown = text_of(host.get(page))
    assert 'value="16"' in shown


def test_children_and_single_use(host: Client, hotel: Hotel) -> None:
    page = url("host_guest_prices", hotel)
    field = f"product-{hotel.flexible.pk}"
    bands = {"bands-TOTAL_FORMS": "2", "bands-INITIAL_FORMS": "0", "bands-0-max_age": "6"}
    host.post(page, bands | {"bands-1-max_age": "12", f"{field}-single_discount_minor": "500"})
    hotel.flexible.refresh_from_db()
    assert hotel.flexible.single_discount_minor == 50_000
    host.post(page, bands | {f"{field}-single_discount_minor": "500", f"{field}-band-6": "300"})
    assert [(price.band.max_age, price.amount_minor) for price in ChildPrice.objects.all()] == [(6, 30_000)]
    assert list(ChildBand.objects.values_list("max_age", flat=True)) == [6]
    refused = host.post(page, bands | {f"{field}-single_discount_minor": "9000", f"{field}-band-6": "7"})
    assert f'id="id_{field}-single_discount_minor_error"' in text_of(refused, 422)
    assert 'value="9000"' in text_of(refused, 422)
    assert ChildPrice.objects.get().amount_minor == 30_000


def promotion_data(**changes: str) -> dict[str, str]:
    return {"name": "Welcome", "kind": "percent", "value": "10", "code": "WELCOME10", "limit": "2"} | changes


def test_promotions_by_state_and_use(host: Client, hotel: Hotel) -> None:
    page = url("host_promotions", hotel)
    assert "No promotions yet" in text_of(host.get(page))
    host.post(url("host_promotion_new", hotel), promotion_data())
    promotion = Promotion.objects.get()
    assert (promotion.value, promotion.limit) == (1000, 2)
    for state in (Hold.State.ACTIVE, Hold.State.EXPIRED):
        hold = Hold.objects.create(state=state, created_at=NOW, expires_at=NOW)
        promotion.uses.create(hold=hold)
    assert "1 of 2" in text_of(host.get(page))
    hold = Hold.objects.create(created_at=NOW, expires_at=NOW)
    promotion.uses.create(hold=hold)
    listed = text_of(host.get(page))
    assert "2 of 2" in listed
    assert "Used up" in listed
    host.post(
        url("host_promotion", hotel, promotion.pk),
        promotion_data(limit="", bookable_from_date="2026-12-01"),
    )
    assert "Scheduled" in text_of(host.get(page))
    again = host.post(url("host_promotion_new", hotel), promotion_data(code="welcome10", name="Typed"))
    assert 'id="id_code_error"' in text_of(again, 422)
    assert 'value="Typed"' in text_of(again, 422)
    host.post(url("host_promotion_end", hotel, promotion.pk))
    assert "Ended" in text_of(host.get(page))


def test_extras_come_and_go(host: Client, hotel: Hotel) -> None:
    assert "No extras yet" in text_of(host.get(url("host_extras", hotel)))
    data = {"name": "Transfer", "amount_minor": "900", "basis": "item", "period": "stay", "max_quantity": "2"}
    host.post(url("host_extra_new", hotel), data)
    extra = Extra.objects.get()
    assert (extra.amount_minor, extra.max_quantity) == (90_000, 2)
    twice = host.post(url("host_extra_new", hotel), data | {"amount_minor": "77"})
    assert 'id="id_name_error"' in text_of(twice, 422)
    assert 'value="77"' in text_of(twice, 422)
    host.post(url("host_extra_remove", hotel, extra.pk))
    extra.refresh_from_db()
    assert extra.is_active is False
    assert "No extras yet" in text_of(host.get(url("host_extras", hotel)))


def test_without_rooms_pages_say_what_comes_first(host: Client, hotel: Hotel) -> None:
    RoomType.objects.update(is_active=False)
    assert "Rooms come first" in text_of(host.get(url("host_plan_new", hotel)))
    assert "Prices come first" in text_of(host.get(url("host_guest_prices", hotel)))
