"""Offers: what is read, and in how many queries."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from serai.inventory.models import Night
from serai.inventory.services import Claim, sell_nights, set_nights
from serai.rates.models import NightPrice, RatePlan, TaxRule
from serai.rates.rules import Adjustment, Party
from serai.rates.selectors import ProductOffer, load_offers
from tests.factories import NOW, Hotel, ProductFactory, RatePlanFactory, RoomTypeFactory, make_hotel

pytestmark = pytest.mark.django_db

CHECK_IN, CHECK_OUT = dt.date(2026, 12, 1), dt.date(2026, 12, 4)
QUERIES = 9


def offers_of(
    hotel: Hotel, *, check_in: dt.date = CHECK_IN, check_out: dt.date = CHECK_OUT
) -> dict[int, ProductOffer]:
    found = load_offers(room_type_ids=[hotel.room_type.pk], check_in=check_in, check_out=check_out, now=NOW)
    return {offer.product_id: offer for offer in found}


def test_the_number_of_queries_does_not_depend_on_the_number_of_hotels() -> None:
    hotels = [make_hotel(days=20) for _ in range(50)]
    counts = []
    for some in (hotels[:1], hotels):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            offers = load_offers(
                room_type_ids=[hotel.room_type.pk for hotel in some],
                check_in=CHECK_IN,
                check_out=CHECK_OUT,
                now=NOW,
            )
        assert len(offers) == 2 * len(some)
        assert all(offer.is_sellable([Party(2)]) for offer in offers)
        counts.append(len(queries))
    assert counts == [QUERIES, QUERIES]


def test_an_offer_tells_prices_terms_and_what_is_left() -> None:
    hotel = make_hotel(units=3)
    with transaction.atomic():
        sell_nights(
            claims=[Claim(hotel.room_type.pk, dt.date(2026, 12, 2), dt.date(2026, 12, 3), 2)], now=NOW
        )
    offers = offers_of(hotel)
    assert list(offers) == [hotel.flexible.pk, hotel.saver.pk]
    flexible, saver = offers[hotel.flexible.pk], offers[hotel.saver.pk]
    assert flexible.left == saver.left == 1
    assert (
        flexible.nights
        == saver.nights
        == tuple((CHECK_IN + dt.timedelta(days=offset), 400_000) for offset in range(3))
    )
    assert flexible.price([Party(2)]).total_minor == 1_200_000
    assert saver.price([Party(2)]).total_minor == 1_080_000
    assert [(tier.hours_before, tier.kind, tier.value) for tier in flexible.tiers] == [(24, "nights", 1)]
    assert [(tier.hours_before, tier.kind, tier.value) for tier in saver.tiers] == [(None, "percent", 100)]
    assert (saver.payment, saver.policy_name, saver.rate_plan_name) == ("prepaid", "Non-refundable", "Saver")
    assert flexible.is_sellable([Party(2)])
    assert not flexible.is_sellable([Party(2), Party(2)])
    assert not flexible.is_sellable([Party(3)])


def test_a_chain_of_plans_is_adjusted_from_the_root_down() -> None:
    hotel = make_hotel(base_minor=10_000)
    member = RatePlanFactory.create(
        property=hotel.property, parent=hotel.saver.rate_plan, adjustment_kind="amount", adjustment_value=-500
    )
    product = ProductFactory.create(room_type=hotel.room_type, rate_plan=member, base_minor=0)
    offer = offers_of(hotel)[product.pk]
    assert offer.terms.adjustments == (
        Adjustment("percent", -1000, plan="Saver"),
        Adjustment("amount", -500, plan=member.name),
    )
    assert offer.price([Party(2)]).total_minor == 3 * 8_500


def test_the_property_taxes_apply_in_their_order() -> None:
    hotel = make_hotel(base_minor=10_000)
    TaxRule.objects.create(
        property=hotel.property, name="City", kind="amount", basis="person", value=50, position=1
    )
    TaxRule.objects.create(property=hotel.property, name="GST", value=500, position=0)
    price = offers_of(hotel)[hotel.flexible.pk].price([Party(2)])
    assert [(tax.name, tax.amount_minor) for tax in price.taxes] == [("GST", 1_500), ("City", 300)]


def test_a_night_without_price_leaves_the_offer_without_nights() -> None:
    hotel = make_hotel()
    NightPrice.objects.filter(date=dt.date(2026, 12, 2)).delete()
    for offer in offers_of(hotel).values():
        assert offer.nights == ()
        assert not offer.is_sellable([Party(2)])
    # The check-out date is no night of the stay.
    assert offers_of(hotel, check_out=dt.date(2026, 12, 2))[hotel.flexible.pk].is_sellable([Party(2)])


def test_a_closed_full_or_unopened_night_leaves_none() -> None:
    hotel = make_hotel(units=1)
    second = dt.date(2026, 12, 2)
    with transaction.atomic():
        set_nights(room_type_id=hotel.room_type.pk, dates=[second], is_closed=True, now=NOW)
    assert offers_of(hotel)[hotel.flexible.pk].left == 0
    with transaction.atomic():
        set_nights(room_type_id=hotel.room_type.pk, dates=[second], is_closed=False, now=NOW)
        sell_nights(claims=[Claim(hotel.room_type.pk, second, dt.date(2026, 12, 3), 1)], now=NOW)
    assert offers_of(hotel)[hotel.flexible.pk].left == 0
    assert offers_of(hotel, check_out=second)[hotel.flexible.pk].left == 1
    Night.objects.filter(date=CHECK_IN).delete()
    assert offers_of(hotel, check_out=second)[hotel.flexible.pk].left == 0


def test_what_is_switched_off_is_not_offered() -> None:
    hotel = make_hotel()
    RatePlan.objects.filter(pk=hotel.saver.rate_plan_id).update(is_active=False)
    assert list(offers_of(hotel)) == [hotel.flexible.pk]
    hotel.flexible.is_active = False
    hotel.flexible.save()
    assert offers_of(hotel) == {}
    # A derived plan lives on when the plan it takes its prices from is not sold itself.
    RatePlan.objects.filter(pk=hotel.saver.rate_plan_id).update(is_active=True)
    assert offers_of(hotel)[hotel.saver.pk].price([Party(2)]).total_minor == 1_080_000
    hotel.room_type.is_active = False
    hotel.room_type.save()
    assert offers_of(hotel) == {}


def test_a_derived_product_without_its_root_in_the_room_is_not_offered() -> None:
    hotel = make_hotel()
    bare = RoomTypeFactory.create(property=hotel.property)
    ProductFactory.create(room_type=bare, rate_plan=hotel.saver.rate_plan)
    assert load_offers(room_type_ids=[bare.pk], check_in=CHECK_IN, check_out=CHECK_OUT, now=NOW) == []


def test_nothing_asked_for_nothing_found() -> None:
    assert load_offers(room_type_ids=[], check_in=CHECK_IN, check_out=CHECK_OUT, now=NOW) == []
