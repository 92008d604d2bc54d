"""The page that answers why a stay cannot be booked, for hosts and for staff."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from serai.properties.models import Property
from serai.rates.models import NightRestriction, Promotion
from tests.factories import NOW, Hotel, PropertyFactory, UserFactory, make_hotel

pytestmark = pytest.mark.django_db

STAY = {"check_in": "2026-12-10", "check_out": "2026-12-12"}


@pytest.fixture(autouse=True)
def _frozen() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def hotel() -> Hotel:
    return make_hotel(slug="hawa-lodge")


@pytest.fixture
def host(client: Client, hotel: Hotel) -> Client:
    client.force_login(hotel.host)
    return client


def test_the_answer_stands_below_the_form(host: Client, hotel: Hotel) -> None:
    NightRestriction.objects.create(product=hotel.flexible, date="2026-12-10", is_closed_to_arrival=True)
    Promotion.objects.create(property=hotel.property, name="Long stays", value=1000, min_nights=7)
    url = reverse("host_why", args=[hotel.property.pk])
    response = host.get(url, {**STAY, "product": hotel.flexible.pk, "adults": 2, "rooms": 1, "ages": "4, 9"})
    text = response.content.decode()
    assert response.status_code == 200
    for words in (
        "This cannot be booked:",
        "Nobody can arrive on 10 Dec 2026.",
        "The room is too small for these guests.",
        "It is for stays of 7 nights or more.",
        "₹8,000.00",
        "Rooms left, night by night",
    ):
        assert words in text
    assert 'value="4, 9"' in text
    NightRestriction.objects.all().delete()
    response = host.get(url, {**STAY, "product": hotel.saver.pk})
    assert "This can be booked now." in response.content.decode()


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ({"product": "x"}, "Select a valid choice"),
        ({"check_out": "2026-12-10"}, "Check-out must be after check-in."),
        ({"ages": "4, forty"}, "whole number from 0 to 17"),
        ({"adults": "1", "rooms": "2"}, "Each room needs an adult"),
    ],
)
def test_nonsense_is_said_beside_its_field(
    host: Client, hotel: Hotel, query: dict[str, str], words: str
) -> None:
    url = reverse("host_why", args=[hotel.property.pk])
    response = host.get(url, {**STAY, "product": str(hotel.flexible.pk), "code": "KEPT", **query})
    assert response.status_code == 422
    assert words in response.content.decode()
    assert 'value="KEPT"' in response.content.decode()


def test_products_of_others_cannot_be_asked_about(host: Client, hotel: Hotel) -> None:
    other = make_hotel()
    url = reverse("host_why", args=[hotel.property.pk])
    assert host.get(url, {**STAY, "product": other.flexible.pk}).status_code == 422


def test_without_rooms_the_page_says_what_is_missing(client: Client) -> None:
    bare = PropertyFactory.create()
    client.force_login(UserFactory.create(is_staff=True))
    text = client.get("/staff/why/", {"property": bare.pk}).content.decode()
    assert "No rooms with rates yet" in text


def test_staff_ask_about_any_property(client: Client, hotel: Hotel) -> None:
    Property.objects.update(status="draft")
    client.force_login(UserFactory.create(is_staff=True))
    assert client.get("/staff/why/").status_code == 200
    missing = client.get("/staff/why/", {"property": "nowhere"})
    assert missing.status_code == 422
    assert "There is no such property" in missing.content.decode()
    query = {**STAY, "product": hotel.flexible.pk}
    for name in (str(hotel.property.pk), "Hawa-Lodge"):
        text = client.get("/staff/why/", {**query, "property": name}).content.decode()
        assert "The property is not published." in text
