"""A host lists a property without any scripts, staff returns it, then publishes it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from serai.core.models import OutboxMessage
from serai.inventory.models import Night
from serai.properties.models import Amenity, Photo, Property
from serai.properties.services import prepare_photo
from serai.rates.models import NightPrice, Product, RatePlan, Season
from tests.factories import NOW, DestinationFactory, UserFactory
from tests.properties.pictures import draw, encode, upload

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 11, 21)
LONG_TEXT = "Rooms around a quiet courtyard with a neem tree, five minutes from the old market and the lake."


@pytest.fixture(autouse=True)
def _frozen(settings: Any, tmp_path: Path) -> Iterator[None]:
    settings.MEDIA_ROOT = tmp_path
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def host(client: Client) -> Client:
    client.force_login(UserFactory.create(name="Asha Rao"))
    return client


def step(property: Property, name: str) -> str:
    return reverse("host_property_step", args=[property.pk, name])


def page(client: Client, url: str, status: int = 200) -> str:
    response = client.get(url)
    assert response.status_code == status
    return response.content.decode()


def start(host: Client) -> Property:
    DestinationFactory.create(name="Udaipur", names="|udaipur|", region="Rajasthan")
    response = host.post(
        reverse("host_property_new"), {"name": "Neem Court", "kind": "hotel", "city": "udaipur"}
    )
    property = Property.objects.get()
    assert response.headers["Location"] == step(property, "details")
    return property


ROOM = {
    "name": "Deluxe",
    "units": "4",
    "max_adults": "2",
    "max_children": "1",
    "max_guests": "3",
    "base_guests": "2",
    "beds-TOTAL_FORMS": "1",
    "beds-INITIAL_FORMS": "1",
    "beds-0-kind": "double",
    "beds-0-count": "1",
}


def rates_of(property: Property, **changes: str) -> dict[str, str]:
    prefix = f"room-{property.room_types.get().pk}"
    return {
        f"{prefix}-base": "4500",
        f"{prefix}-weekend": "5200.50",
        f"{prefix}-extra_adult": "900",
        "plans-meals": "breakfast",
        "plans-offers_non_refundable": "on",
        "plans-discount": "12",
        "seasons-TOTAL_FORMS": "1",
        "seasons-INITIAL_FORMS": "0",
        "seasons-0-name": "Diwali",
        "seasons-0-start_date": "2026-12-24",
        "seasons-0-end_date": "2026-12-31",
        "seasons-0-percent": "50",
    } | changes


def test_from_nothing_to_published(host: Client) -> None:
    property = start(host)
    assert (property.timezone, property.currency) == ("Asia/Kolkata", "INR")
    assert "Describe the place a little more" in page(host, step(property, "details"))

    host.post(step(property, "details"), {"name": "Neem Court", "kind": "resort", "description": LONG_TEXT})
    host.post(
        step(property, "place"),
        {
            "city": "Udaipur, Rajasthan, IN",
            "address": "12 Lake Road",
            "position": "26.91, 75.82",
            "timezone": "Asia/Kolkata",
            "currency": "INR",
        },
    )
    host.post(
        step(property, "photos"),
        {"upload": "1", "photos": [upload(encode(draw())), upload(encode(draw(), "PNG"), "two.png")]},
    )
    assert "2 photos are being prepared" in page(host, step(property, "photos"))
    for photo in Photo.objects.all():
        prepare_photo(photo_id=photo.pk, now=NOW)
    grid = page(host, reverse("host_photo_grid", args=[property.pk]))
    assert "hx-trigger" not in grid
    assert grid.count("<img") == 2
    amenity, _created = Amenity.objects.get_or_create(
        slug="wifi", defaults={"name": "Wi-Fi", "scope": "property"}
    )
    host.post(step(property, "amenities"), {"amenities": [amenity.pk]})
    host.post(reverse("host_room_new", args=[property.pk]), ROOM)
    assert "Set a price for “Deluxe”" in page(host, step(property, "rates"))
    host.post(step(property, "rates"), rates_of(property))
    host.post(
        step(property, "policies"),
        {
            "check_in_from": "13:00",
            "check_out_until": "10:30",
            "infant_max_age": "2",
            "child_max_age": "11",
            "tiers-TOTAL_FORMS": "1",
            "tiers-INITIAL_FORMS": "1",
            "tiers-0-hours_before": "48",
            "tiers-0-kind": "percent",
            "tiers-0-value": "50",
            "taxes-TOTAL_FORMS": "1",
            "taxes-INITIAL_FORMS": "0",
            "taxes-0-name": "GST",
            "taxes-0-kind": "percent",
            "taxes-0-value": "12",
            "taxes-0-below_minor": "7500",
        },
    )
    room = property.room_types.get()
    assert [room.beds.get().kind, room.units] == ["double", 4]
    nights = Night.objects.filter(room_type=room)
    assert nights.count() == 549
    assert set(nights.values_list("allotment", flat=True)) == {4}
    assert nights.earliest("date").date == TODAY
    product = Product.objects.get(rate_plan__parent=None)
    prices = dict(NightPrice.objects.filter(product=product).values_list("date", "amount_minor"))
    assert len(prices) == 549
    assert prices[dt.date(2026, 12, 1)] == 450_000  # a Tuesday
    assert prices[dt.date(2026, 12, 4)] == 520_050  # a Friday
    assert prices[dt.date(2026, 12, 24)] == 675_000  # a Thursday in the season
    derived = RatePlan.objects.get(parent__isnull=False)
    assert (derived.adjustment_value, derived.payment, derived.products.count()) == (-1200, "prepaid", 1)
    tier = RatePlan.objects.get(parent=None).policy.tiers.get()
    assert (tier.hours_before, tier.kind, tier.value) == (48, "percent", 50)
    tax = property.taxes.get()
    assert (tax.value, tax.basis, tax.period, tax.below_minor) == (1200, "room", "night", 750_000)

    review = page(host, step(property, "review"))
    assert "Complete the marked steps first" not in review
    preview = page(host, reverse("host_property_preview", args=[property.pk]))
    assert "Neem Court" in preview
    host.post(reverse("host_property_submit", args=[property.pk]))
    property.refresh_from_db()
    assert property.status == "submitted"

    staff = Client()
    staff.force_login(UserFactory.create(is_staff=True))
    assert "Neem Court" in page(staff, reverse("staff_home"))
    seen = page(staff, reverse("staff_property", args=[property.pk]))
    assert "Only 2 photos can be shown" in seen
    refused = staff.post(reverse("staff_return", args=[property.pk]), {"reasons": " "})
    assert refused.status_code == 422
    staff.post(reverse("staff_return", args=[property.pk]), {"reasons": "Please show the bathroom."})
    for name in ("details", "place", "photos", "amenities", "rooms", "rates", "policies", "review"):
        assert "Please show the bathroom." in page(host, step(property, name))

    public = reverse("property_page", args=[property.slug])
    assert Client().get(public).status_code == 404
    host.post(reverse("host_property_submit", args=[property.pk]))
    staff.post(reverse("staff_approve", args=[property.pk]))
    property.refresh_from_db()
    assert property.slug == "neem-court-udaipur"
    assert Client().get(reverse("property_page", args=[property.slug])).status_code == 200
    assert "Please show the bathroom." not in page(host, step(property, "details"))
    mails = OutboxMessage.objects.filter(topic="mail.queued").order_by("id")
    assert [mail.payload["template"] for mail in mails] == ["listing_returned", "listing_approved"]

    host.post(step(property, "details"), {"name": "Neem Palace", "kind": "hotel", "description": LONG_TEXT})
    property.refresh_from_db()
    assert (property.name, property.status) == ("Neem Palace", "published")


def test_an_incomplete_listing_is_not_handed_in(host: Client) -> None:
    property = start(host)
    response = host.post(reverse("host_property_submit", args=[property.pk]), follow=True)
    assert "Add at least one room type." in response.content.decode()
    property.refresh_from_db()
    assert property.status == "draft"


def test_rows_of_beds_grow_and_shrink_and_nothing_typed_is_lost(host: Client) -> None:
    property = start(host)
    url = reverse("host_room_new", args=[property.pk])
    typed = ROOM | {"name": "Half ty", "units": "abc", "description": "Not done", "beds-0-count": "7"}

    grown = host.post(url, typed | {"grow": "beds"})

    text = grown.content.decode()
    assert grown.status_code == 200
    assert 'value="Half ty"' in text
    assert 'value="abc"' in text
    assert "Not done" in text
    assert 'name="beds-TOTAL_FORMS" value="2"' in text
    assert 'name="beds-0-count" value="7"' in text
    assert 'aria-invalid="true"' not in text
    assert text.count("autofocus") == 1

    two = {"beds-TOTAL_FORMS": "2", "beds-1-kind": "king", "beds-1-count": "3"}
    shrunk = host.post(url, typed | two | {"shrink": "beds-0"}).content.decode()
    assert 'name="beds-TOTAL_FORMS" value="1"' in shrunk
    assert 'name="beds-0-count" value="3"' in shrunk
    assert '<option value="king" selected>' in shrunk
    assert not property.room_types.exists()


def test_a_room_needs_a_bed_and_says_so(host: Client) -> None:
    property = start(host)
    none = {key: value for key, value in ROOM.items() if not key.startswith("beds-0")}
    response = host.post(reverse("host_room_new", args=[property.pk]), none | {"beds-TOTAL_FORMS": "0"})
    assert response.status_code == 422
    assert "A room needs at least one bed." in response.content.decode()
    assert not property.room_types.exists()


def test_errors_stand_beside_fields_and_keep_the_input(host: Client) -> None:
    property = start(host)
    response = host.post(
        reverse("host_room_new", args=[property.pk]), ROOM | {"max_guests": "1", "name": "Attic"}
    )
    text = response.content.decode()
    assert response.status_code == 422
    assert 'id="id_max_guests_error"' in text
    assert "At least as many guests as adults must fit." in text
    assert 'value="Attic"' in text


def test_more_rooms_follow_into_nights_that_were_not_set_by_hand(host: Client) -> None:
    property = start(host)
    host.post(reverse("host_room_new", args=[property.pk]), ROOM)
    room = property.room_types.get()
    by_hand = dt.date(2026, 12, 24)
    Night.objects.filter(room_type=room, date=by_hand).update(allotment=2)

    host.post(reverse("host_room", args=[property.pk, room.pk]), ROOM | {"units": "6"})

    nights = Night.objects.filter(room_type=room)
    assert set(nights.exclude(date=by_hand).values_list("allotment", flat=True)) == {6}
    assert nights.get(date=by_hand).allotment == 2


def test_fewer_rooms_than_guests_have_is_refused_as_a_whole(host: Client) -> None:
    property = start(host)
    host.post(reverse("host_room_new", args=[property.pk]), ROOM)
    room = property.room_types.get()
    Night.objects.filter(room_type=room, date=dt.date(2026, 12, 24)).update(sold=3)

    response = host.post(reverse("host_room", args=[property.pk, room.pk]), ROOM | {"units": "2"})

    assert response.status_code == 422
    assert "Guests have booked more rooms than that" in response.content.decode()
    room.refresh_from_db()
    assert room.units == 4
    assert set(Night.objects.filter(room_type=room).values_list("allotment", flat=True)) == {4}


def test_rates_are_refused_together_with_words(host: Client) -> None:
    property = start(host)
    host.post(reverse("host_room_new", args=[property.pk]), ROOM)
    prefix = f"room-{property.room_types.get().pk}"

    response = host.post(
        step(property, "rates"),
        rates_of(property, **{f"{prefix}-base": "45.005", "seasons-0-end_date": "2026-12-01"}),
    )

    text = response.content.decode()
    assert response.status_code == 422
    assert f'id="id_{prefix}-base_error"' in text
    assert 'value="45.005"' in text
    assert "The last night cannot come before the first." in text
    assert not RatePlan.objects.exists()
    assert not Season.objects.exists()


def test_unchanged_rates_leave_prices_set_by_hand(host: Client) -> None:
    property = start(host)
    host.post(reverse("host_room_new", args=[property.pk]), ROOM)
    host.post(step(property, "rates"), rates_of(property))
    night = NightPrice.objects.filter(date=dt.date(2026, 12, 1))
    night.update(amount_minor=999_900)

    host.post(step(property, "rates"), rates_of(property, **{"plans-discount": "20"}))
    assert night.get().amount_minor == 999_900
    assert RatePlan.objects.get(parent__isnull=False).adjustment_value == -2000

    host.post(step(property, "rates"), rates_of(property, **{"seasons-0-percent": "10"}))
    assert night.get().amount_minor == 450_000


def test_the_non_refundable_plan_goes_and_comes_back(host: Client) -> None:
    property = start(host)
    host.post(reverse("host_room_new", args=[property.pk]), ROOM)
    host.post(step(property, "rates"), rates_of(property))
    without = rates_of(property)
    del without["plans-offers_non_refundable"]

    host.post(step(property, "rates"), without)
    assert list(RatePlan.objects.filter(is_active=True).values_list("name", flat=True)) == ["Flexible"]
    host.post(step(property, "rates"), rates_of(property))
    assert RatePlan.objects.filter(is_active=True).count() == 2
    assert RatePlan.objects.count() == 2


def test_namesakes_of_a_city_are_offered(host: Client) -> None:
    property = start(host)
    small, large = (
        DestinationFactory.create(name="Aurangabad", names="|aurangabad|", region=region, population=people)
        for region, people in (("Bihar", 100_000), ("Maharashtra", 1_000_000))
    )
    data = {"city": "Aurangabad", "timezone": "Asia/Kolkata", "currency": "INR"}

    response = host.post(step(property, "place"), data)

    text = response.content.decode()
    assert response.status_code == 422
    assert "Several cities have that name" in text
    assert text.index(f'value="{large.pk}"') < text.index(f'value="{small.pk}"')
    host.post(step(property, "place"), data | {"city_choice": str(small.pk)})
    property.refresh_from_db()
    assert property.destination == small


@pytest.mark.parametrize(
    ("position", "words"),
    [
        ("somewhere", "Write two numbers"),
        ("126.9, 75.8", "Latitude goes from -90 to 90"),
        ("75.8, 26.9", "km from Udaipur"),
    ],
)
def test_positions_that_make_no_sense(host: Client, position: str, words: str) -> None:
    property = start(host)
    response = host.post(
        step(property, "place"),
        {"city": "Udaipur", "position": position, "timezone": "Asia/Kolkata", "currency": "INR"},
    )
    assert response.status_code == 422
    assert words in response.content.decode()
    property.refresh_from_db()
    assert property.latitude is None


def test_another_city_brings_its_clock_and_currency(host: Client) -> None:
    property = start(host)
    DestinationFactory.create(
        name="Osaka",
        names="|osaka|",
        country_code="JP",
        timezone="Asia/Tokyo",
        latitude=34.7,
        longitude=135.5,
    )
    host.post(step(property, "place"), {"city": "Osaka", "timezone": "Asia/Kolkata", "currency": "INR"})
    property.refresh_from_db()
    assert (property.timezone, property.currency) == ("Asia/Tokyo", "JPY")


def test_refused_photos_are_named_and_the_others_stay(host: Client) -> None:
    property = start(host)
    response = host.post(
        step(property, "photos"),
        {"upload": "1", "photos": [upload(encode(draw())), upload(b"<svg/>", "logo.svg")]},
        follow=True,
    )
    text = response.content.decode()
    assert "logo.svg: This is not a photo we can read" in text
    assert property.photos.count() == 1


def test_photos_are_ordered_described_and_deleted_without_scripts(host: Client) -> None:
    property = start(host)
    photos = [Photo.objects.create(property=property, position=place) for place in range(3)]
    host.post(reverse("host_photo_order", args=[property.pk, photos[2].pk]), {"to": "0"})
    assert [photo.pk for photo in property.photos.all()] == [photos[2].pk, photos[0].pk, photos[1].pk]

    host.post(reverse("host_photo", args=[property.pk, photos[0].pk]), {"alt": "The courtyard"})
    photos[0].refresh_from_db()
    assert photos[0].alt == "The courtyard"

    ask = reverse("host_photo_remove", args=[property.pk, photos[0].pk])
    assert "Delete this photo?" in page(host, ask)
    assert property.photos.count() == 3
    host.post(ask)
    assert property.photos.count() == 2
