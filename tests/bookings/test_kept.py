"""What a guest keeps who changes a booking: restrictions are for what is new, promotions stay theirs."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from serai.bookings.errors import NotOffered
from serai.bookings.models import Booking, PromotionUse
from serai.bookings.quotes import RoomRequest
from serai.bookings.services import change_booking, change_request, offer_change
from serai.rates.models import CancellationTier, NightRestriction, Promotion
from serai.rates.rules import Party
from tests.bookings.desk import CHECK_IN, CHECK_OUT, book_stay, quote_stay
from tests.factories import NOW, Hotel, ProductFactory, RatePlanFactory, make_hotel

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture
def hotel() -> Hotel:
    hotel = make_hotel()
    CancellationTier.objects.all().delete()
    return hotel


def offered(booking: Booking, **wish: Any) -> int:
    """What the booking would cost with other dates or rooms."""
    request = change_request(booking, **wish)
    return offer_change(booking=booking, request=request, now=NOW).quote.price.total_minor


def restrict(product: Any, date: dt.date, **terms: Any) -> None:
    NightRestriction.objects.create(product=product, date=date, **terms)


@pytest.mark.parametrize("name", ["min_stay_arrival", "min_stay_through"])
def test_a_minimum_made_since_holds_for_a_shorter_stay_only(hotel: Hotel, name: str) -> None:
    booking = book_stay(hotel.flexible)
    restrict(hotel.flexible, CHECK_IN, **{name: 5})
    assert offered(booking) == 800_000
    assert offered(booking, check_out=CHECK_OUT + DAY) == 1_200_000
    with pytest.raises(NotOffered) as caught:
        offered(booking, check_out=CHECK_OUT - DAY)
    assert [(reason.code, reason.limit) for reason in caught.value.reasons] == [(name, 5)]


@pytest.mark.parametrize("name", ["max_stay_arrival", "max_stay_through"])
def test_a_maximum_made_since_holds_for_a_longer_stay_only(hotel: Hotel, name: str) -> None:
    booking = book_stay(hotel.flexible)
    restrict(hotel.flexible, CHECK_IN, **{name: 1})
    assert offered(booking) == 800_000
    assert offered(booking, check_out=CHECK_OUT - DAY) == 400_000
    with pytest.raises(NotOffered) as caught:
        offered(booking, check_out=CHECK_OUT + DAY)
    assert [reason.code for reason in caught.value.reasons] == [name]


def test_restrictions_hold_for_nights_and_days_that_are_new(hotel: Hotel) -> None:
    booking = book_stay(hotel.flexible)
    restrict(hotel.flexible, CHECK_IN, is_stop_sold=True, is_closed_to_arrival=True)
    restrict(hotel.flexible, CHECK_OUT, is_stop_sold=True, is_closed_to_departure=True)
    restrict(hotel.flexible, CHECK_IN - DAY, is_closed_to_arrival=True)
    assert offered(booking) == 800_000
    for wish, code in (
        ({"check_out": CHECK_OUT + DAY}, "stop_sold"),
        ({"check_in": CHECK_IN - DAY}, "closed_to_arrival"),
    ):
        with pytest.raises(NotOffered) as caught:
            offered(booking, **wish)
        assert [reason.code for reason in caught.value.reasons] == [code]


def test_another_product_is_restricted_like_for_everybody(hotel: Hotel) -> None:
    other = ProductFactory.create(
        room_type=hotel.room_type,
        rate_plan=RatePlanFactory.create(
            property=hotel.property, parent=hotel.flexible.rate_plan, adjustment_value=-500
        ),
    )
    booking = book_stay(hotel.flexible)
    rooms = (RoomRequest(other.pk, Party(2)),)
    assert offered(booking, rooms=rooms) == 760_000
    restrict(other, CHECK_IN, is_stop_sold=True)
    with pytest.raises(NotOffered) as caught:
        offered(booking, rooms=rooms)
    assert [reason.code for reason in caught.value.reasons] == ["stop_sold"]


def test_the_last_use_of_an_offer_stays_with_who_has_it(hotel: Hotel) -> None:
    offer = Promotion.objects.create(property=hotel.property, name="First one", value=2_000, limit=1)
    booking = book_stay(hotel.flexible)
    assert booking.total_minor == 640_000
    assert quote_stay(hotel.flexible).price.total_minor == 800_000  # used up for everybody else
    longer = change_request(booking, check_out=CHECK_OUT + DAY)
    quote = offer_change(booking=booking, request=longer, now=NOW).quote
    assert quote.price.total_minor == 960_000
    changed = change_booking(booking_id=booking.pk, token=quote.token, actor=None, now=NOW)
    assert changed.total_minor == 960_000
    assert PromotionUse.objects.filter(promotion=offer).count() == 1
