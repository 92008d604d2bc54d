"""What a host does to nights, and undoing it exactly."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from zeal import zeal_ignore

from serai.bookings.calendar import NightChange, Undo, change_nights, restore_nights
from serai.inventory.models import Night
from serai.inventory.services import AllotmentTooSmall, AllowanceTooSmall, set_nights
from serai.rates.models import NightPrice, NightRestriction
from serai.rates.services.prices import DerivedPriceError, set_prices
from serai.rates.services.restrictions import RestrictionRefused, set_restrictions
from tests.factories import FIRST_NIGHT, NOW, Hotel, make_hotel

pytestmark = pytest.mark.django_db

DAYS = [dt.date(2026, 12, day) for day in range(1, 8)]


@pytest.fixture(autouse=True)
def _no_repeated_queries() -> Any:
    """Services are called again and again here on purpose."""
    with zeal_ignore():
        yield


@pytest.fixture
def hotel() -> Hotel:
    """Nights until 5 December; on the 2nd all kinds of things were set by hand."""
    hotel = make_hotel(units=3, days=(DAYS[4] - FIRST_NIGHT).days + 1)
    by_hand = [DAYS[1]]
    with transaction.atomic():
        set_nights(
            room_type_id=hotel.room_type.pk, dates=by_hand, allotment=1, allowance=1, is_closed=True, now=NOW
        )
        set_prices(product_id=hotel.flexible.pk, dates=by_hand, amount_minor=7, now=NOW)
        set_restrictions(
            product_ids=[hotel.flexible.pk, hotel.saver.pk],
            dates=by_hand,
            changes={"min_stay_arrival": 2, "is_stop_sold": False},
            now=NOW,
        )
    return hotel


def everything() -> tuple[list[Any], list[Any], list[Any]]:
    return (
        sorted(Night.objects.values_list()),
        sorted(NightPrice.objects.values_list()),
        sorted(NightRestriction.objects.values_list(), key=str),
    )


def change(hotel: Hotel, *, derived: bool = False, dates: list[dt.date] = DAYS, **wish: Any) -> Undo:
    product = hotel.saver if derived else hotel.flexible
    undo = change_nights(
        room=hotel.room_type, product_id=product.pk, change=NightChange(dates=dates, **wish), now=NOW
    )
    return Undo.from_json(json.loads(json.dumps(undo.as_json())))


def test_everything_changes_in_one_call(hotel: Hotel) -> None:
    change(
        hotel,
        dates=DAYS[1:6],
        is_closed=False,
        allotment=2,
        allowance=3,
        price_minor=99,
        restrictions={"max_stay_through": 5, "min_stay_arrival": None},
    )
    nights = Night.objects.filter(date__gte=DAYS[0], date__lte=DAYS[6]).order_by("date")
    assert list(nights.values_list("date", "allotment", "allowance", "is_closed")) == [
        (DAYS[0], 3, 0, False),
        *((date, 2, 3, False) for date in DAYS[1:6]),
    ]
    prices = NightPrice.objects.filter(date__in=DAYS).order_by("date")
    assert list(prices.values_list("date", "amount_minor", "is_manual")) == [
        (DAYS[0], 400_000, False),
        *((date, 99, True) for date in DAYS[1:6]),
    ]
    rows = NightRestriction.objects.filter(product=hotel.flexible).order_by("date")
    assert list(rows.values_list("date", "min_stay_arrival", "max_stay_through", "is_stop_sold")) == [
        (DAYS[1], None, 5, False),
        *((date, None, 5, None) for date in DAYS[2:6]),
    ]
    assert NightRestriction.objects.filter(product=hotel.saver).count() == 1


def test_only_the_chosen_weekdays_are_opened(hotel: Hotel) -> None:
    change(hotel, dates=[DAYS[4], DAYS[6]], is_closed=False)
    assert not Night.objects.filter(date=DAYS[5]).exists()
    assert Night.objects.get(date=DAYS[6]).allotment == 3


def test_back_to_the_pattern(hotel: Hotel) -> None:
    change(hotel, dates=DAYS[:3], is_price_cleared=True)
    assert set(NightPrice.objects.filter(date__in=DAYS[:3]).values_list("amount_minor", "is_manual")) == {
        (400_000, False)
    }


def test_a_derived_plan_has_restrictions_but_no_prices(hotel: Hotel) -> None:
    change(hotel, derived=True, restrictions={"is_closed_to_arrival": True})
    assert NightRestriction.objects.filter(product=hotel.saver, is_closed_to_arrival=True).count() == 7
    before = everything()
    for wish in ({"price_minor": 5}, {"is_price_cleared": True}):
        with pytest.raises(DerivedPriceError):
            change(hotel, derived=True, allotment=9, **wish)
    assert everything() == before


@pytest.mark.parametrize(
    ("wish", "error", "dates"),
    [
        ({"allotment": 1}, AllotmentTooSmall, [DAYS[2]]),
        ({"allowance": 0}, AllowanceTooSmall, [DAYS[1]]),
        ({"allotment": 1, "allowance": 0}, AllotmentTooSmall, [DAYS[1], DAYS[2]]),
        ({"allotment": 9, "restrictions": {"cutoff_hour": 30}}, RestrictionRefused, None),
    ],
)
def test_a_refusal_changes_nothing(
    hotel: Hotel, wish: dict[str, Any], error: type[Exception], dates: list[dt.date] | None
) -> None:
    Night.objects.filter(date__in=DAYS[1:3]).update(sold=2)
    before = everything()
    with pytest.raises(error) as refusal:
        change(hotel, price_minor=5, **wish)
    assert type(refusal.value) is error
    assert getattr(refusal.value, "dates", None) == dates
    assert everything() == before


def test_undoing_waits_for_nobody_who_booked(hotel: Hotel) -> None:
    undo = change(hotel, is_closed=False, allotment=5, price_minor=5)
    Night.objects.filter(date=DAYS[6]).update(sold=1)
    before = everything()
    with pytest.raises(AllotmentTooSmall) as refusal:
        restore_nights(undo=undo, now=NOW)
    assert refusal.value.dates == [DAYS[6]]
    assert everything() == before


def test_undoing_a_price_does_not_care_who_booked(hotel: Hotel) -> None:
    before = everything()[1]
    undo = change(hotel, price_minor=5)
    Night.objects.filter(date=DAYS[1]).update(sold=2)
    restore_nights(undo=undo, now=NOW)
    assert everything()[1] == before


wishes = st.fixed_dictionaries(
    {"dates": st.lists(st.sampled_from(DAYS), min_size=1, unique=True)},
    optional={
        "is_closed": st.booleans(),
        "allotment": st.integers(0, 5),
        "allowance": st.integers(0, 2),
        "restrictions": st.dictionaries(
            st.sampled_from(["min_stay_arrival", "cutoff_hour"]), st.none() | st.integers(1, 9)
        ),
    },
)
price_wishes = st.sampled_from([{}, {"price_minor": 5}, {"is_price_cleared": True}])


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(derived=st.booleans(), wish=wishes, price=price_wishes)
def test_undoing_any_change_leaves_no_trace(
    hotel: Hotel, derived: bool, wish: dict[str, Any], price: dict[str, Any]
) -> None:
    before = everything()
    undo = change(hotel, derived=derived, **wish, **({} if derived else price))
    restore_nights(undo=undo, now=NOW)
    assert everything() == before
