"""The horizon moves on by itself and leaves what the host set alone."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import transaction
from zeal import zeal_ignore

from serai.bookings.opening import HORIZON, extend_selling
from serai.bookings.tasks import extend_horizon
from serai.inventory.models import Night
from serai.inventory.services import set_nights
from serai.rates.models import NightPrice
from serai.rates.services.prices import set_prices
from tests.factories import FIRST_NIGHT, NOW, make_hotel

pytestmark = pytest.mark.django_db

LAST = NOW.date() + HORIZON


def test_new_nights_are_opened_and_priced_and_old_ones_left_alone():
    hotel = make_hotel(days=60, units=3)
    by_hand = FIRST_NIGHT + dt.timedelta(days=30)
    with transaction.atomic():
        set_nights(room_type_id=hotel.room_type.pk, dates=[by_hand], allotment=1, is_closed=True, now=NOW)
        set_prices(product_id=hotel.flexible.pk, dates=[by_hand], amount_minor=1, now=NOW)
    with zeal_ignore():
        opened = extend_selling(property=hotel.property, now=NOW)
    assert opened == (LAST - (FIRST_NIGHT + dt.timedelta(days=59))).days
    nights = Night.objects.filter(room_type=hotel.room_type)
    assert (nights.count(), nights.order_by("-date").first().date) == (60 + opened, LAST)
    night = nights.get(date=by_hand)
    assert (night.allotment, night.is_closed) == (1, True)
    prices = NightPrice.objects.filter(product=hotel.flexible)
    assert prices.count() == 60 + opened
    assert prices.get(date=by_hand).amount_minor == 1
    assert prices.get(date=LAST).amount_minor == 400_000


def test_a_second_run_changes_nothing():
    hotel = make_hotel()
    with zeal_ignore():
        extend_selling(property=hotel.property, now=NOW)
        assert extend_selling(property=hotel.property, now=NOW) == 0


def test_the_task_takes_published_properties_only():
    make_hotel()
    make_hotel(status="draft")
    with zeal_ignore():
        assert extend_horizon() > 400
        assert extend_horizon() == 0
