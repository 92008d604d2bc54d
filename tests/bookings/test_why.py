"""Why: the steps of a price and the reasons against a sale, and that they tell what booking would do."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from serai.bookings.errors import NotOffered
from serai.bookings.models import PromotionUse
from serai.bookings.quotes import make_quote, request_rooms
from serai.bookings.services import hold_quote
from serai.bookings.why import Explanation, UnknownProduct, explain
from serai.core.errors import DomainError
from serai.inventory.models import Night
from serai.inventory.services import Claim, hold_nights
from serai.properties.models import Property
from serai.rates.models import (
    Extra,
    NightPrice,
    NightRestriction,
    Promotion,
    RateCode,
    RatePlan,
    TaxRule,
)
from serai.rates.reasons import describe, describe_step
from serai.rates.rules import Party, Reason
from serai.rates.selectors import Audience
from tests.bookings.desk import CHECK_IN, CHECK_OUT
from tests.factories import NOW, Hotel, UserFactory, make_hotel

pytestmark = pytest.mark.django_db
NIGHT, LAST = CHECK_IN, CHECK_OUT - dt.timedelta(days=1)


@pytest.fixture
def hotel() -> Hotel:
    return make_hotel(units=2)


def ask(hotel: Hotel, **changes: Any) -> Explanation:
    wish: dict[str, Any] = {
        "product_id": hotel.flexible.pk,
        "check_in": CHECK_IN,
        "check_out": CHECK_OUT,
        "parties": [Party(2)],
        "now": NOW,
        "as_host": True,
    }
    return explain(**wish | changes)


def codes(why: Explanation) -> list[str]:
    return [reason.code for reason in why.reasons]


def test_what_can_be_sold_has_no_reasons_and_every_step(hotel: Hotel) -> None:
    TaxRule.objects.create(property=hotel.property, name="GST", value=500)
    Promotion.objects.create(property=hotel.property, name="Winter", value=1000)
    extra = Extra.objects.create(property=hotel.property, name="Transfer", amount_minor=90_000)
    why = ask(hotel, product_id=hotel.saver.pk, parties=[Party(2), Party(1)], extras=[(extra.pk, 1)])
    assert why.can_be_sold
    assert why.price is not None
    # 4,000 less 10 % for the saver, less 10 % for the winter.
    assert [(describe_step(step), step.minor) for step in why.price.rooms[0].nights[0].steps] == [
        ("Price of the night", 400_000),
        ("Rate “Saver”", -40_000),
        ("Offer “Winter”", -36_000),
    ]
    assert why.price.total_minor == 4 * (324_000 + 16_200) + 90_000
    assert [(note.name, note.saved_minor, note.sentence) for note in why.promotions] == [
        ("Winter", 4 * 36_000, "")
    ]
    assert [tier.penalty_minor for tier in why.tiers] == [4 * (324_000 + 16_200)]
    assert [(unit.date, unit.left) for unit in why.units] == [(NIGHT, 2), (LAST, 2)]


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"is_active": False}, "The offer is switched off."),
        ({"code": "SUN"}, "It needs its code."),
        ({"min_nights": 3}, "It is for stays of 3 nights or more."),
        ({"max_nights": 1}, "It is for stays of up to 1 night."),
        ({"min_days_ahead": 30}, "It had to be booked 30 days or more before arrival."),
        ({"max_days_ahead": 3}, "It begins 3 days before arrival."),
        ({"bookable_from_date": dt.date(2026, 12, 1)}, "It can be booked from 1 Dec 2026 on."),
        ({"bookable_until_date": dt.date(2026, 11, 1)}, "It could be booked until 1 Nov 2026."),
        ({"stay_from_date": CHECK_OUT}, "It covers none of these nights."),
        ({"value": 100}, "It does not combine with another one that saves more."),
        ({}, ""),
    ],
)
def test_why_a_promotion_takes_nothing_off(hotel: Hotel, fields: dict[str, Any], sentence: str) -> None:
    Promotion.objects.create(property=hotel.property, name="Always", value=500)
    Promotion.objects.create(property=hotel.property, name="Asked", **{"value": 1000, **fields})
    assert ask(hotel).promotions[1].sentence == sentence


def test_a_promotion_that_is_used_up_or_for_another_rate_says_so(hotel: Hotel) -> None:
    limited = Promotion.objects.create(property=hotel.property, name="First", value=1000, limit=1)
    other = Promotion.objects.create(property=hotel.property, name="Saver only", value=1000)
    other.rate_plans.add(hotel.saver.rate_plan)
    with transaction.atomic():
        claim = Claim(hotel.room_type.pk, CHECK_IN, CHECK_OUT, 1)
        hold = hold_nights(claims=[claim], expires_at=NOW + dt.timedelta(hours=1), now=NOW)
    PromotionUse.objects.create(promotion=limited, hold=hold)
    assert [note.sentence for note in ask(hotel).promotions] == [
        "It was for 1 booking and is used up.",
        "It holds for other rates.",
    ]


def test_every_reason_of_the_house_is_named(hotel: Hotel) -> None:
    Property.objects.update(status="draft")
    RatePlan.objects.filter(pk=hotel.flexible.rate_plan_id).update(
        audience="members", min_stay_arrival=3, bookable_until_date=dt.date(2026, 11, 1)
    )
    NightRestriction.objects.create(product=hotel.flexible, date=CHECK_OUT, is_closed_to_departure=True)
    NightPrice.objects.filter(date=LAST).delete()
    Night.objects.filter(date=NIGHT).update(sold=1, is_closed=True)
    Night.objects.filter(date=LAST).update(sold=2)
    why = ask(hotel, parties=[Party(5)])
    assert codes(why) == [
        "unpublished",
        "members_only",
        "booking_window",
        "min_stay_arrival",
        "closed_to_departure",
        "too_small",
        "no_price",
        "closed",
        "sold_out",
    ]
    assert why.reasons[-1] == Reason("sold_out", LAST, 0)
    assert why.price is None
    assert len(why.sentences) == 9


def test_days_before_and_after_what_is_open(hotel: Hotel) -> None:
    past = ask(hotel, check_in=dt.date(2026, 11, 20), check_out=dt.date(2026, 11, 21))
    assert codes(past) == ["past"]
    far = ask(hotel, check_in=dt.date(2027, 3, 1), check_out=dt.date(2027, 3, 2))
    assert codes(far) == ["no_price", "not_opened"]
    assert "too_long" in codes(ask(hotel, check_out=CHECK_IN + dt.timedelta(days=400)))
    with pytest.raises(NotOffered):
        ask(hotel, check_out=CHECK_IN)
    with pytest.raises(NotOffered):
        ask(hotel, parties=[])


def test_held_sold_and_allowed_rooms_are_counted_apart(hotel: Hotel) -> None:
    Night.objects.filter(date=NIGHT).update(allowance=1, sold=1)
    with transaction.atomic():
        claim = Claim(hotel.room_type.pk, CHECK_IN, CHECK_OUT, 1)
        hold_nights(claims=[claim], expires_at=NOW + dt.timedelta(minutes=1), now=NOW)
    first = ask(hotel).units[0]
    assert (first.allotment, first.allowance, first.held, first.sold, first.lapsed, first.left) == (
        *(2, 1, 1, 1, 0),
        1,
    )
    later = ask(hotel, now=NOW + dt.timedelta(minutes=1)).units[0]
    assert (later.held, later.lapsed, later.left) == (1, 1, 2)


def test_a_product_that_is_not_there_is_a_named_error(hotel: Hotel) -> None:
    with pytest.raises(UnknownProduct, match="no such room"):
        ask(hotel, product_id=0)


def test_a_rate_whose_parent_is_not_sold_for_the_room_says_so(hotel: Hotel) -> None:
    hotel.flexible.delete()
    assert codes(ask(hotel, product_id=hotel.saver.pk)) == ["no_parent"]


def test_guests_are_told_what_concerns_them(hotel: Hotel) -> None:
    Promotion.objects.create(property=hotel.property, name="Secret", value=100, code="SUN")
    Promotion.objects.create(property=hotel.property, name="Long", value=100, min_nights=7)
    why = ask(hotel, as_host=False)
    assert [note.name for note in why.promotions] == ["Long"]
    assert why.units == ()
    RatePlan.objects.filter(pk=hotel.flexible.rate_plan_id).update(audience="corporate")
    with pytest.raises(UnknownProduct):
        ask(hotel, as_host=False)
    RateCode.objects.create(property=hotel.property, rate_plan=hotel.flexible.rate_plan, code="Acme")
    assert ask(hotel, as_host=False, audience=Audience(codes=("ACME",))).can_be_sold
    RatePlan.objects.filter(pk=hotel.flexible.rate_plan_id).update(audience="members")
    assert codes(ask(hotel, as_host=False)) == ["members_only"]


@pytest.mark.parametrize(("nights", "promotions"), [(1, 1), (30, 20)])
def test_it_asks_the_database_a_fixed_number_of_times(
    hotel: Hotel, django_assert_num_queries: Any, nights: int, promotions: int
) -> None:
    for number in range(promotions):
        Promotion.objects.create(property=hotel.property, name=f"P{number}", value=100)
    stay = {"check_in": dt.date(2026, 11, 25), "check_out": dt.date(2026, 11, 25) + dt.timedelta(nights)}
    with django_assert_num_queries(13):
        ask(hotel, parties=[Party(1)] * min(nights, 2), **stay)


def test_every_code_has_a_sentence() -> None:
    from serai.rates.reasons import CODES

    for code in CODES:
        assert describe(Reason(code, NIGHT, 2))


worlds = st.fixed_dictionaries(
    {
        "plan": st.fixed_dictionaries(
            {},
            optional={
                "audience": st.sampled_from(["public", "members", "code"]),
                "min_stay_arrival": st.integers(1, 4),
                "max_stay_through": st.integers(1, 4),
                "is_closed_to_arrival": st.booleans(),
                "latest_days": st.integers(0, 30),
                "stay_until_date": st.sampled_from([NIGHT, LAST]),
                "is_active": st.booleans(),
            },
        ),
        "night": st.fixed_dictionaries({}, optional={"sold": st.integers(0, 2), "is_closed": st.booleans()}),
        "has_price": st.booleans(),
        "status": st.sampled_from(["published", "published", "published", "draft"]),
        "promotion": st.none()
        | st.fixed_dictionaries(
            {"value": st.integers(1, 10_000)},
            optional={"code": st.just("SUN"), "min_nights": st.integers(1, 3), "limit": st.integers(1, 2)},
        ),
        "is_member": st.booleans(),
        "codes": st.sampled_from([(), ("SUN",), ("KEY",), ("KEY", "SUN")]),
        "adults": st.integers(1, 5),
        "rooms": st.integers(1, 3),
        "nights": st.integers(1, 4),
        "is_saver": st.booleans(),
    }
)


@given(world=worlds)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_it_has_no_reasons_exactly_when_the_stay_can_be_held(world: dict[str, Any]) -> None:
    with transaction.atomic():
        _try_world(world)
        transaction.set_rollback(True)


def _try_world(world: dict[str, Any]) -> None:
    hotel = make_hotel(units=2, days=30)
    product = hotel.saver if world["is_saver"] else hotel.flexible
    RatePlan.objects.filter(pk=product.rate_plan_id).update(**world["plan"])
    RateCode.objects.create(property=hotel.property, rate_plan=product.rate_plan, code="key")
    Night.objects.filter(room_type=hotel.room_type, date=LAST).update(**world["night"])
    if not world["has_price"]:
        NightPrice.objects.filter(date=LAST).delete()
    if world["promotion"]:
        Promotion.objects.create(property=hotel.property, name="P", **world["promotion"])
    TaxRule.objects.create(property=hotel.property, name="GST", value=1200, below_minor=350_000)
    Property.objects.filter(pk=hotel.property.pk).update(status=world["status"])
    rooms = min(world["rooms"], world["adults"])
    request = request_rooms(
        product.pk,
        CHECK_IN,
        CHECK_IN + dt.timedelta(days=world["nights"]),
        Party(world["adults"]),
        rooms,
        codes=world["codes"],
        is_member=world["is_member"],
    )
    why = explain(
        product_id=product.pk,
        check_in=request.check_in,
        check_out=request.check_out,
        parties=request.parties,
        now=NOW,
        audience=Audience(world["is_member"], world["codes"]),
        as_host=True,
    )
    if why.price is not None:
        for room in why.price.rooms:
            for night in room.nights:
                assert sum(step.minor for step in night.steps) == night.amount_minor
    if why.reasons:
        with pytest.raises(DomainError):
            hold_quote(token=make_quote(request=request, now=NOW).token, user=None, now=NOW)
        return
    quote = make_quote(request=request, now=NOW)
    hold_quote(token=quote.token, user=UserFactory.create(), now=NOW)
    assert why.price == quote.price
    assert list(why.tiers) == quote.tiers
    assert why.terms == quote.terms
