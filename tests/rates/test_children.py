"""Age bands, what children of each pay, and what somebody alone pays less."""

from __future__ import annotations

from typing import Any

import pytest

from serai.rates.models import ChildBand, ChildPrice, Product
from serai.rates.services.children import GuestPrice, save_child_bands, save_guest_prices
from serai.rates.services.errors import ChildrenInvalid
from serai.rates.services.plans import RoomRate, save_rates
from tests.factories import FIRST_NIGHT, NOW, Hotel, make_hotel

pytestmark = pytest.mark.django_db


@pytest.fixture
def hotel() -> Hotel:
    hotel = make_hotel(days=2)
    save_guest_prices(
        property_id=hotel.property.pk,
        max_ages=[6, 12],
        prices=[GuestPrice(hotel.flexible.pk, 50_000, {6: 30_000, 12: 60_000})],
        now=NOW,
    )
    return hotel


def prices() -> dict[int, int]:
    return dict(ChildPrice.objects.values_list("band__max_age", "amount_minor"))


def test_bands_that_stay_keep_their_prices(hotel: Hotel) -> None:
    assert prices() == {6: 30_000, 12: 60_000}
    bands = save_child_bands(property_id=hotel.property.pk, max_ages=[12, 9], now=NOW)
    assert [band.max_age for band in bands] == [9, 12]
    assert prices() == {12: 60_000}


@pytest.mark.parametrize("age", [2, 13])
def test_a_band_ends_at_a_childs_age(hotel: Hotel, age: int) -> None:
    with pytest.raises(ChildrenInvalid) as refusal:
        save_child_bands(property_id=hotel.property.pk, max_ages=[6, age], now=NOW)
    assert refusal.value.field == "max_ages"
    assert list(ChildBand.objects.values_list("max_age", flat=True)) == [6, 12]


def test_a_band_without_price_has_none(hotel: Hotel) -> None:
    given = [GuestPrice(hotel.flexible.pk, 0, {6: 0, 12: None})]
    save_guest_prices(property_id=hotel.property.pk, max_ages=[6, 12], prices=given, now=NOW)
    assert prices() == {6: 0}
    hotel.flexible.refresh_from_db()
    assert hotel.flexible.single_discount_minor == 0


@pytest.mark.parametrize(
    ("price", "field"),
    [
        ({"single_discount_minor": 400_001}, "single_discount_minor"),
        ({"child_prices": {7: 1}}, "child_prices"),
        ({"child_prices": {6: -1}}, "child_prices"),
    ],
)
def test_a_refusal_names_the_field_and_changes_nothing(
    hotel: Hotel, price: dict[str, Any], field: str
) -> None:
    with pytest.raises(ChildrenInvalid) as refusal:
        save_guest_prices(
            property_id=hotel.property.pk,
            max_ages=[6],
            prices=[GuestPrice(hotel.flexible.pk, **price)],
            now=NOW,
        )
    assert (refusal.value.field, refusal.value.row) == (field, 0)
    assert prices() == {6: 30_000, 12: 60_000}


@pytest.mark.parametrize("which", ["derived", "other"])
def test_only_own_products_with_prices_take_them(hotel: Hotel, which: str) -> None:
    product = hotel.saver if which == "derived" else make_hotel(days=1).flexible
    with pytest.raises(Product.DoesNotExist):
        save_guest_prices(
            property_id=hotel.property.pk, max_ages=[6], prices=[GuestPrice(product.pk, 1)], now=NOW
        )
    assert prices() == {6: 30_000, 12: 60_000}


def test_the_prices_of_rooms_leave_them_alone_or_set_them(hotel: Hotel) -> None:
    def save(**more: Any) -> None:
        save_rates(
            property_id=hotel.property.pk,
            rates=[RoomRate(hotel.room_type.pk, base_minor=500_000, **more)],
            meals="none",
            non_refundable_percent=None,
            seasons=[],
            first=FIRST_NIGHT,
            last=FIRST_NIGHT,
            now=NOW,
        )
        hotel.flexible.refresh_from_db()

    save()
    assert (hotel.flexible.base_minor, hotel.flexible.single_discount_minor) == (500_000, 50_000)
    assert prices() == {6: 30_000, 12: 60_000}
    save(single_discount_minor=70_000, child_prices={6: 10_000})
    assert hotel.flexible.single_discount_minor == 70_000
    assert prices() == {6: 10_000}
