"""Holding: what was quoted, once per form, and nothing when anything has changed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction

from serai.bookings.errors import NotOffered, PriceChanged, QuoteExpired, QuoteInvalid
from serai.bookings.models import Checkout
from serai.bookings.quotes import quote_from_json
from serai.bookings.services import abandon_checkout, claim_checkout, hold_quote
from serai.inventory.models import Hold
from serai.inventory.services import Claim, SoldOut, release_hold, sell_nights, set_nights
from serai.properties.models import Property
from serai.rates.models import CancellationTier, RatePlan, TaxRule
from serai.rates.rules import Party
from serai.rates.services.prices import set_prices
from tests.bookings.desk import AT_PROPERTY, CARD, CHECK_IN, CHECK_OUT, counters, fill_in, quote_stay
from tests.factories import NOW, Hotel, UserFactory, make_hotel
from tests.racing import run_together

pytestmark = pytest.mark.django_db


@pytest.fixture
def hotel() -> Hotel:
    return make_hotel(units=2)


def assert_nothing_kept(hotel: Hotel) -> None:
    assert not Checkout.objects.exists()
    assert not Hold.objects.exists()
    assert counters(hotel.room_type.pk) == [(0, 0), (0, 0)]


def test_a_hold_keeps_the_rooms_and_freezes_the_quote(hotel: Hotel, settings: Any) -> None:
    user = UserFactory.create(name="Asha", phone="+919876543210")
    quote = quote_stay(hotel.flexible, party=Party(4), rooms=2)
    checkout = hold_quote(token=quote.token, user=user, now=NOW)
    assert counters(hotel.room_type.pk, nights=3) == [(2, 0), (2, 0), (0, 0)]
    assert checkout.hold.expires_at == NOW + dt.timedelta(seconds=settings.HOLD_SECONDS)
    assert quote_from_json(checkout.quote) == quote
    assert (checkout.user, checkout.guest_name, checkout.guest_phone) == (user, "Asha", "+919876543210")
    assert (checkout.state, checkout.property_id) == ("open", hotel.property.pk)


def test_the_same_form_twice_holds_once(hotel: Hotel) -> None:
    user, token = UserFactory.create(), quote_stay(hotel.flexible).token
    first = hold_quote(token=token, user=user, now=NOW)
    assert hold_quote(token=token, user=user, now=NOW + dt.timedelta(minutes=1)) == first
    assert counters(hotel.room_type.pk) == [(1, 0), (1, 0)]


@pytest.mark.django_db(transaction=True)
def test_the_same_form_eight_times_at_once_holds_once(hotel: Hotel) -> None:
    user, token = UserFactory.create(), quote_stay(hotel.flexible).token
    race = run_together(*[lambda: hold_quote(token=token, user=user, now=NOW).pk] * 8)
    assert race.errors == []
    assert len(race.results) == 8
    assert len(set(race.results)) == 1
    assert counters(hotel.room_type.pk) == [(1, 0), (1, 0)]


def test_a_form_begun_signed_out_goes_on_signed_in(hotel: Hotel) -> None:
    user, token = UserFactory.create(), quote_stay(hotel.flexible).token
    first = hold_quote(token=token, user=None, now=NOW)
    assert hold_quote(token=token, user=user, now=NOW) == first
    claim_checkout(checkout_id=first.pk, user=user)
    assert hold_quote(token=token, user=user, now=NOW) == first
    first.refresh_from_db()
    assert (first.user, first.guest_name) == (user, user.name)


def test_another_person_with_the_same_token_never_gets_somebodys_checkout(hotel: Hotel) -> None:
    token = quote_stay(hotel.flexible).token
    first = hold_quote(token=token, user=UserFactory.create(), now=NOW)
    others = [hold_quote(token=token, user=UserFactory.create(), now=NOW)]
    assert first not in others
    with pytest.raises(SoldOut):
        hold_quote(token=token, user=None, now=NOW)


def test_claiming_never_takes_a_checkout_from_its_guest(hotel: Hotel) -> None:
    owner, thief = UserFactory.create(), UserFactory.create()
    checkout = hold_quote(token=quote_stay(hotel.flexible).token, user=owner, now=NOW)
    claim_checkout(checkout_id=checkout.pk, user=thief)
    checkout.refresh_from_db()
    assert checkout.user == owner


def test_a_hold_that_is_over_is_made_anew(hotel: Hotel, settings: Any) -> None:
    settings.HOLD_SECONDS = 60
    user, token = UserFactory.create(), quote_stay(hotel.flexible).token
    first = hold_quote(token=token, user=user, now=NOW)
    later = NOW + dt.timedelta(seconds=61)
    second = hold_quote(token=token, user=user, now=later)
    assert second != first
    abandon_checkout(checkout_id=second.pk, now=later)
    assert hold_quote(token=token, user=user, now=later) not in {first, second}


def test_sold_out_keeps_nothing(hotel: Hotel) -> None:
    token = quote_stay(hotel.flexible).token
    with transaction.atomic():
        sell_nights(claims=[Claim(hotel.room_type.pk, CHECK_IN, CHECK_OUT, 2)], now=NOW)
    with pytest.raises(SoldOut) as refusal:
        hold_quote(token=token, user=None, now=NOW)
    assert [(entry.date, entry.left) for entry in refusal.value.shortages] == [
        (CHECK_IN, 0),
        (CHECK_IN + dt.timedelta(days=1), 0),
    ]
    assert not Checkout.objects.exists()
    assert counters(hotel.room_type.pk) == [(0, 2), (0, 2)]


def test_a_closed_night_is_sold_out(hotel: Hotel) -> None:
    token = quote_stay(hotel.flexible).token
    with transaction.atomic():
        set_nights(room_type_id=hotel.room_type.pk, dates=[CHECK_IN], is_closed=True, now=NOW)
    with pytest.raises(SoldOut):
        hold_quote(token=token, user=None, now=NOW)
    assert_nothing_kept(hotel)


def test_a_quote_that_ran_out_or_was_forged_holds_nothing(hotel: Hotel) -> None:
    quote = quote_stay(hotel.flexible)
    with pytest.raises(QuoteExpired):
        hold_quote(token=quote.token, user=None, now=quote.expires_at + dt.timedelta(seconds=1))
    with pytest.raises(QuoteInvalid):
        hold_quote(token=quote.token[:-1] + ("x" if quote.token[-1] != "x" else "y"), user=None, now=NOW)
    assert_nothing_kept(hotel)


def new_price(hotel: Hotel) -> None:
    with transaction.atomic():
        set_prices(product_id=hotel.flexible.pk, dates=[CHECK_IN], amount_minor=400_001, now=NOW)


def new_tax(hotel: Hotel) -> None:
    TaxRule.objects.create(property=hotel.property, name="GST", value=500)


def new_policy(hotel: Hotel) -> None:
    CancellationTier.objects.update(hours_before=48)


def new_meals(hotel: Hotel) -> None:
    RatePlan.objects.update(meals=RatePlan.Meals.BREAKFAST)


def new_payment(hotel: Hotel) -> None:
    RatePlan.objects.update(payment=RatePlan.Payment.PREPAID)


def new_check_in_hour(hotel: Hotel) -> None:
    Property.objects.update(check_in_from=dt.time(9))


@pytest.mark.parametrize(
    "change", [new_price, new_tax, new_policy, new_meals, new_payment, new_check_in_hour]
)
def test_changed_prices_or_terms_are_shown_before_anything_is_held(
    hotel: Hotel, change: Callable[[Hotel], None]
) -> None:
    quote = quote_stay(hotel.flexible)
    change(hotel)
    with pytest.raises(PriceChanged) as refusal:
        hold_quote(token=quote.token, user=None, now=NOW)
    assert refusal.value.old == quote
    assert refusal.value.new.conditions != quote.conditions
    assert len(refusal.value.reasons) == 1
    assert_nothing_kept(hotel)
    # The new quote can be held at once.
    assert hold_quote(token=refusal.value.new.token, user=None, now=NOW).state == "open"


def test_a_derived_plan_follows_its_parent(hotel: Hotel) -> None:
    quote = quote_stay(hotel.saver)
    new_price(hotel)
    with pytest.raises(PriceChanged) as refusal:
        hold_quote(token=quote.token, user=None, now=NOW)
    assert (quote.price.total_minor, refusal.value.new.price.total_minor) == (720_000, 720_001)
    quote = refusal.value.new
    RatePlan.objects.filter(pk=hotel.saver.rate_plan_id).update(adjustment_value=-2000)
    with pytest.raises(PriceChanged) as refusal:
        hold_quote(token=quote.token, user=None, now=NOW)
    assert refusal.value.new.price.total_minor == 640_001
    assert_nothing_kept(hotel)


def test_a_change_that_does_not_concern_the_stay_is_no_change(hotel: Hotel) -> None:
    quote = quote_stay(hotel.flexible)
    with transaction.atomic():
        set_prices(product_id=hotel.flexible.pk, dates=[CHECK_OUT], amount_minor=1, now=NOW)
    Property.objects.update(name="Renamed")
    assert hold_quote(token=quote.token, user=None, now=NOW).state == "open"


def test_a_hotel_that_went_off_sale_is_not_held(hotel: Hotel) -> None:
    quote = quote_stay(hotel.flexible)
    Property.objects.update(status=Property.Status.RETURNED)
    with pytest.raises(NotOffered):
        hold_quote(token=quote.token, user=None, now=NOW)
    assert_nothing_kept(hotel)


def test_giving_up_returns_the_rooms_once(hotel: Hotel) -> None:
    checkout = hold_quote(token=quote_stay(hotel.flexible).token, user=None, now=NOW)
    assert abandon_checkout(checkout_id=checkout.pk, now=NOW) is True
    assert abandon_checkout(checkout_id=checkout.pk, now=NOW) is False
    checkout.refresh_from_db()
    assert checkout.state == "abandoned"
    assert counters(hotel.room_type.pk) == [(0, 0), (0, 0)]


def test_giving_up_after_the_hold_ran_out_is_harmless(hotel: Hotel) -> None:
    checkout = hold_quote(token=quote_stay(hotel.flexible).token, user=None, now=NOW)
    with transaction.atomic():
        release_hold(hold_id=checkout.hold_id, now=NOW)
    assert abandon_checkout(checkout_id=checkout.pk, now=NOW) is True
    assert counters(hotel.room_type.pk) == [(0, 0), (0, 0)]


def test_details_are_kept_while_the_checkout_is_open_only(hotel: Hotel) -> None:
    checkout = hold_quote(token=quote_stay(hotel.flexible).token, user=None, now=NOW)
    fill_in(checkout, guest_name="Asha", arrival_time="late")
    abandon_checkout(checkout_id=checkout.pk, now=NOW)
    fill_in(checkout, guest_name="Too late", payment_method=CARD)
    checkout.refresh_from_db()
    assert (checkout.guest_name, checkout.arrival_time) == ("Asha", "late")
    assert (checkout.guest_email, checkout.requests) == ("anyone@example.com", "A quiet room, please")
    assert checkout.payment_method == AT_PROPERTY
