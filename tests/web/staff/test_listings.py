"""The staff's queue and what it sees of a listing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from zeal import zeal_ignore

from serai.properties.models import ListingDecision, Photo, Property
from serai.web.staff.listings import listing_checks
from tests.factories import NOW, DestinationFactory, PropertyFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _several_rows_are_meant() -> Iterator[None]:
    with zeal_ignore():
        yield


@pytest.fixture
def staff(client: Client) -> Client:
    client.force_login(UserFactory.create(is_staff=True))
    return client


def submitted(name: str, hours_ago: int) -> Property:
    return PropertyFactory.create(
        name=name, status="submitted", submitted_at=NOW - dt.timedelta(hours=hours_ago)
    )


def tones(property: Property) -> dict[str, str]:
    return {check.text: check.tone for check in listing_checks(property, list(property.photos.all()))}


def test_the_oldest_waits_at_the_top(staff: Client) -> None:
    for name, hours in (("Second", 5), ("Third", 1), ("First", 50)):
        submitted(name, hours)
    PropertyFactory.create(name="Published")
    response = staff.get(reverse("staff_home"))
    assert [property.name for property in response.context["listings"]] == ["First", "Second", "Third"]


def test_queue_counts_rooms_photos_and_returns(staff: Client) -> None:
    property = submitted("Counted", 1)
    property.room_types.create(name="A")
    property.room_types.create(name="B", is_active=False)
    for status in ("ready", "ready", "failed"):
        Photo.objects.create(property=property, status=status)
    actor = UserFactory.create()
    for kind in ("submitted", "returned", "submitted"):
        ListingDecision.objects.create(property=property, kind=kind, actor=actor, decided_at=NOW)
    row = staff.get(reverse("staff_home")).context["listings"][0]
    assert (row.room_count, row.photo_count, row.times_returned) == (1, 2, 1)


@pytest.mark.parametrize(("url_name", "queries"), [("staff_home", 3), ("staff_property", 20)])
def test_queries_do_not_grow(
    staff: Client, url_name: str, queries: int, django_assert_num_queries: Any
) -> None:
    property = submitted("One", 1)

    def enlarge(times: int) -> None:
        for number in range(times):
            submitted(f"More {number}", number)
            Photo.objects.create(property=property, status="ready")
            room = property.room_types.create(name=f"Room {property.room_types.count()}")
            room.beds.create(kind="double")

    enlarge(1)
    url = reverse(url_name, args=[property.pk] if url_name == "staff_property" else [])
    staff.get(url)
    with django_assert_num_queries(queries):
        staff.get(url)
    enlarge(20)
    with django_assert_num_queries(queries):
        staff.get(url)


@pytest.mark.parametrize(
    ("text", "is_contact"),
    [
        ("Call +91 98290 12345 for a better price.", True),
        ("Write to me@example.com.", True),
        ("See www.neemcourt.example for more.", True),
        ("Built in 1850, 12 rooms, 5 minutes from the lake.", False),
        ("Breakfast from 7:30 to 10:30, 365 days a year.", False),
    ],
)
def test_contact_details_in_texts_are_pointed_out(text: str, is_contact: bool) -> None:
    found = tones(PropertyFactory.create(description=text))
    assert ("The texts hold no contact details." in found) is not is_contact


def test_odd_places_currencies_and_clocks_are_pointed_out() -> None:
    city = DestinationFactory.create(name="Jaipur", latitude=26.9, longitude=75.8)
    property = PropertyFactory.create(
        destination=city, latitude=27.9, longitude=75.8, currency="USD", timezone="Europe/Paris"
    )
    found = tones(property)
    assert found["The position is 111.2 km from the centre of Jaipur."] == "warning"
    assert found["Prices are in USD; usual there is INR."] == "warning"
    assert found["The time zone is Europe/Paris; the city's is Asia/Kolkata."] == "warning"
    usual = PropertyFactory.create(destination=city, latitude=26.9, longitude=75.8)
    assert tones(usual)["The position is 0.0 km from the centre of Jaipur."] == "success"
    assert len([text for text in tones(usual) if "usual" in text or "zone" in text]) == 0


def test_what_is_missing_is_an_error_and_approving_says_so(staff: Client) -> None:
    property = submitted("Bare", 1)
    assert tones(property)["Add at least one room type."] == "error"
    response = staff.post(reverse("staff_approve", args=[property.pk]), follow=True)
    assert "Add at least one room type." in response.content.decode()
    property.refresh_from_db()
    assert property.status == "submitted"


def test_a_decided_listing_offers_no_decision(staff: Client) -> None:
    property = PropertyFactory.create(status="returned")
    url = reverse("staff_property", args=[property.pk])
    assert reverse("staff_approve", args=[property.pk]) not in staff.get(url).content.decode()
    late = staff.post(reverse("staff_return", args=[property.pk]), {"reasons": "Too late."})
    assert late.status_code == 422
    assert "Somebody may have decided" in late.content.decode()


def test_unknown_listings_are_not_found(staff: Client) -> None:
    assert staff.get(reverse("staff_property", args=[999_999])).status_code == 404
    assert staff.post(reverse("staff_approve", args=[999_999])).status_code == 404
