"""The page of one property."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
import time_machine
from django.test import Client, RequestFactory
from django.urls import reverse

from serai.inventory.models import Night
from serai.properties.models import Photo
from serai.rates.models import TaxRule
from serai.reviews.models import Review
from serai.web.guest.property_page import render_property
from tests.factories import NOW, Hotel, PropertyFactory, RoomTypeFactory, make_hotel

pytestmark = pytest.mark.django_db

DATES = {"check_in": "2026-12-10", "check_out": "2026-12-12"}


@pytest.fixture(autouse=True)
def _at_noon() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def hotel() -> Hotel:
    hotel = make_hotel(name="Hawa Lodge", slug="hawa-lodge", units=2, latitude=26.92, longitude=75.82)
    TaxRule.objects.create(property=hotel.property, name="GST", kind="percent", value=1200)
    return hotel


def page_text(client: Client, **query: Any) -> str:
    response = client.get(reverse("property_page", args=["hawa-lodge"]), query)
    assert response.status_code == 200
    return response.content.decode()


def test_rates_with_their_whole_price_and_terms(client: Client, hotel: Hotel) -> None:
    text = page_text(client, **DATES)
    # Saver: 2 × 3,600 and 12 %; flexible: 2 × 4,000 and 12 %.
    assert "₹8,064" in text
    assert "₹8,960" in text
    # 24 hours before check-in at 14:00 in India, in the property's own time.
    assert "Free cancellation until 9 Dec 2026, 14:00" in text
    assert "No refund if you cancel" in text
    assert "2 left for your dates" in text
    stay = "check_in=2026-12-10&amp;check_out=2026-12-12&amp;adults=2&amp;rooms=1"
    assert f"/hotels/hawa-lodge/quote/?product={hotel.saver.pk}&amp;{stay}" in text
    assert "https://www.openstreetmap.org/?mlat=26.92000&amp;mlon=75.82000" in text


def test_the_page_and_the_result_show_the_same_price(client: Client, hotel: Hotel) -> None:
    query = {**DATES, "adults": "3", "rooms": "2", "ages": "6"}
    page = client.get(reverse("property_page", args=["hawa-lodge"]), query).context["detail"]
    hit = client.get(reverse("search"), query).context["results"].hits[0]
    assert page.cheapest.price.total_minor == hit.product.total_minor


def test_without_dates_rooms_are_shown_without_prices(client: Client, hotel: Hotel) -> None:
    text = page_text(client)
    assert hotel.room_type.name in text
    assert "Choose your dates" in text
    assert "₹" not in text


def test_sold_out_offers_the_nearest_dates(client: Client, hotel: Hotel) -> None:
    Night.objects.filter(room_type=hotel.room_type, date__range=("2026-12-09", "2026-12-12")).update(sold=2)
    response = client.get(reverse("property_page", args=["hawa-lodge"]), DATES)
    assert [str(date) for date in response.context["detail"].other_dates] == [
        "2026-12-06",
        "2026-12-07",
        "2026-12-13",
        "2026-12-14",
    ]
    text = response.content.decode()
    assert "Nothing is left for these dates and guests" in text
    assert "?check_in=2026-12-13&amp;check_out=2026-12-15&amp;adults=2&amp;rooms=1#rooms" in text


def test_why_a_room_cannot_be_booked(client: Client, hotel: Hotel) -> None:
    assert "Too small for your party" in page_text(client, **DATES, adults="3")
    assert "Only 2 are left" in page_text(client, **DATES, adults="3", rooms="3")


def test_bad_dates_keep_the_page_and_say_why(client: Client, hotel: Hotel) -> None:
    text = page_text(client, check_in="2026-11-20", check_out="2026-11-22")
    assert "This day has passed" in text
    assert 'value="2026-11-20"' in text
    assert hotel.room_type.name in text


def test_changed_dates_in_place_get_only_the_rooms(client: Client, hotel: Hotel) -> None:
    response = client.get(
        reverse("property_page", args=["hawa-lodge"]),
        DATES,
        headers={"HX-Request": "true", "HX-Target": "rooms"},
    )
    text = response.content.decode()
    assert text.lstrip().startswith('<section class="section busy-area" id="rooms"')
    assert "₹8,064" in text


@pytest.mark.parametrize("status", ["draft", "submitted", "returned"])
def test_what_is_not_published_does_not_exist(client: Client, status: str) -> None:
    PropertyFactory.create(slug="secret", status=status)
    for name in ("property_page", "property_reviews"):
        assert client.get(reverse(name, args=["secret"])).status_code == 404
    assert client.get(reverse("property_page", args=["no-such"])).status_code == 404


def test_a_preview_says_so_and_sells_nothing(rf: RequestFactory, hotel: Hotel) -> None:
    from django.contrib.auth.models import AnonymousUser

    hotel.property.status = "draft"
    hotel.property.save()
    request = rf.get("/host/properties/1/preview/", DATES)
    request.user = AnonymousUser()
    text = render_property(request, hotel.property, is_preview=True).content.decode()
    assert "Preview for your team" in text
    assert "₹8,064" in text
    assert "/quote/" not in text
    assert "application/ld+json" not in text


def test_structured_data_cannot_break_out_of_its_element(client: Client, hotel: Hotel) -> None:
    hotel.property.headline = "</script><script>alert(1)</script> & more"
    hotel.property.save()
    response = client.get(reverse("property_page", args=["hawa-lodge"]), DATES)
    text = response.content.decode()
    found = re.search(r'<script type="application/ld\+json" nonce="([^"]+)">(.*?)</script>', text)
    assert found is not None
    assert f"'nonce-{found[1]}'" in response["Content-Security-Policy"]
    data = json.loads(found[2])
    assert data["description"] == "</script><script>alert(1)</script> & more"
    assert data["makesOffer"] == {"@type": "Offer", "priceCurrency": "INR", "price": "8064.00"}


def review(hotel: Hotel, number: int) -> Review:
    return Review.objects.create(
        property=hotel.property,
        author_name=f"Guest {number}",
        score=8,
        text=f"Stay {number}.",
        stayed_on="2026-10-01",
    )


def test_reviews_come_page_by_page(client: Client, hotel: Hotel) -> None:
    for number in range(8):
        review(hotel, number)
    text = page_text(client)
    assert text.count("<article>") == 6
    url = reverse("property_reviews", args=["hawa-lodge"])
    assert f'href="{url}?page=2"' in text
    part = client.get(url, {"page": "2"}, headers={"HX-Request": "true"}).content.decode()
    assert part.count("<article>") == 2
    assert "<html" not in part
    assert "<html" in client.get(url, {"page": "2"}).content.decode()


@pytest.mark.parametrize(("query", "count"), [({}, 9), (DATES, 18)])
def test_the_page_costs_as_many_queries_for_one_row_as_for_many(
    client: Client, hotel: Hotel, django_assert_num_queries: Any, query: dict[str, str], count: int
) -> None:
    def grow(number: int) -> None:
        room_type = RoomTypeFactory.create(property=hotel.property)
        room_type.beds.create(kind="double")
        Photo.objects.create(property=hotel.property, room_type=room_type, original="x", status="ready")
        review(hotel, number)

    grow(0)
    url = reverse("property_page", args=["hawa-lodge"])
    with django_assert_num_queries(count):
        client.get(url, query)
    for number in range(20):
        grow(number)
    with django_assert_num_queries(count):
        client.get(url, query)
