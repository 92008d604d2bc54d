"""The last uses of a promotion, wanted by many at the same instant, on the real database.

The negative control takes the lock on the promotion's row away and must then see it given away too often:
if it does not, these tests prove nothing.
"""

from __future__ import annotations

import datetime as dt
import time
from dataclasses import replace
from typing import Any

import pytest

from serai.bookings.errors import PriceChanged
from serai.bookings.models import Booking, PromotionUse
from serai.bookings.services import cancel_booking, complete_checkout, hold_quote
from serai.bookings.services import hold as hold_module
from serai.bookings.services.promotions import LIVE
from serai.inventory.models import Hold
from serai.rates.models import Promotion
from tests.bookings.desk import fill_in, patiently, quote_stay
from tests.factories import NOW, Hotel, make_hotel
from tests.racing import Race, run_together

pytestmark = pytest.mark.django_db(transaction=True)
THREADS = 16


@pytest.fixture
def hotel() -> Hotel:
    return make_hotel(units=50)


@pytest.fixture(autouse=True)
def _slow_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    """A pause between looking whether a use is left and taking it, so that a race would happen."""
    take_nights = hold_module.take_nights

    def slowly(**arguments: Any) -> Hold:
        time.sleep(0.02)
        return take_nights(**arguments)

    monkeypatch.setattr(hold_module, "take_nights", slowly)


def offer(hotel: Hotel, limit: int | None) -> Promotion:
    return Promotion.objects.create(property=hotel.property, name="First come", value=2_000, limit=limit)


def hold_together(hotel: Hotel) -> Race:
    """Everybody was told the lower price; the quotes end at different instants, so that no two are one."""
    quote = quote_stay(hotel.flexible)
    tokens = [
        replace(quote, expires_at=quote.expires_at + dt.timedelta(microseconds=number)).token
        for number in range(THREADS)
    ]
    return run_together(*(lambda token=token: hold_for(token) for token in tokens))


def hold_for(token: str) -> int:
    """What one guest does, from the button to the confirmation; what it costs."""
    checkout = patiently(lambda: hold_quote(token=token, user=None, now=NOW))
    fill_in(checkout)
    return complete_checkout(checkout_id=checkout.pk, now=NOW).total_minor


def uses(promotion: Promotion) -> int:
    return PromotionUse.objects.filter(LIVE, promotion=promotion).count()


@pytest.mark.parametrize("limit", [1, 5])
def test_exactly_as_many_as_there_are_get_it(hotel: Hotel, limit: int) -> None:
    promotion = offer(hotel, limit)
    race = hold_together(hotel)
    assert race.results == [640_000] * limit
    changed = race.errors_of(PriceChanged)
    assert len(changed) == len(race.errors) == THREADS - limit
    for error in changed:
        assert isinstance(error, PriceChanged)
        assert (error.old.price.total_minor, error.new.price.total_minor) == (640_000, 800_000)
        assert error.reasons == ("The offer “First come” is not available any more.",)
    assert uses(promotion) == limit
    assert Booking.objects.count() == Hold.objects.count() == limit


def test_a_promotion_without_limit_is_everybodys(hotel: Hotel) -> None:
    promotion = offer(hotel, None)
    race = hold_together(hotel)
    assert (race.results, race.errors) == ([640_000] * THREADS, [])
    assert uses(promotion) == 0  # nobody counts


def test_a_use_that_comes_back_is_one_more_persons(hotel: Hotel) -> None:
    promotion = offer(hotel, 1)
    hold_for(quote_stay(hotel.flexible).token)
    assert quote_stay(hotel.flexible).price.total_minor == 800_000
    cancel_booking(booking_id=Booking.objects.get().pk, actor=None, now=NOW)
    assert uses(promotion) == 0
    race = hold_together(hotel)
    assert race.results == [640_000]
    assert uses(promotion) == 1


def test_without_the_lock_it_is_given_away_too_often(hotel: Hotel, monkeypatch: pytest.MonkeyPatch) -> None:
    promotion = offer(hotel, 1)
    monkeypatch.setattr(Promotion.objects, "select_for_update", Promotion.objects.all)
    race = hold_together(hotel)
    assert len(race.results) > 1
    assert uses(promotion) > 1
