"""The result page and the suggestions, as a browser sees them."""

from __future__ import annotations

from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from serai.inventory.models import Night
from serai.properties.models import Destination
from tests.factories import NOW, DestinationFactory, make_hotel

pytestmark = pytest.mark.django_db

DATES = {"check_in": "2026-12-10", "check_out": "2026-12-12"}


@pytest.fixture(autouse=True)
def _at_noon() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def jaipur() -> Destination:
    return DestinationFactory.create(name="Jaipur", names="|jaipur|जयपुर|", region="Rajasthan")


def page_text(client: Client, headers: dict[str, str] | None = None, **query: Any) -> str:
    response = client.get(reverse("search"), query, headers=headers)
    assert response.status_code == 200
    return response.content.decode()


def test_free_words_find_the_city_without_scripts(client: Client, jaipur: Destination) -> None:
    make_hotel(name="Hawa Lodge", destination=jaipur, slug="hawa-lodge", units=2)
    text = page_text(client, q="jaipur", **DATES)
    assert "1 place to stay in Jaipur" in text
    assert 'value="Jaipur, Rajasthan, India"' in text
    assert f'name="destination" value="{jaipur.pk}"' in text
    assert "₹7,200" in text
    assert "2 nights" in text
    assert "2 rooms left" in text
    query = "check_in=2026-12-10&amp;check_out=2026-12-12&amp;adults=2&amp;rooms=1"
    assert f'href="/hotels/hawa-lodge/?{query}"' in text


def test_without_dates_the_page_asks_for_them(client: Client, jaipur: Destination) -> None:
    make_hotel(name="Hawa Lodge", destination=jaipur)
    text = page_text(client, q="jaipur")
    assert "Add dates to see prices" in text
    assert "Hawa Lodge" in text
    assert "₹" not in text


def test_a_typo_is_owned_up_to(client: Client, jaipur: Destination) -> None:
    make_hotel(name="Hawa Lodge", destination=jaipur)
    text = page_text(client, q="jaipru")
    assert "Nothing is called “jaipru”. These are places to stay in Jaipur" in text


def test_bad_input_is_kept_with_a_word_beside_it_and_something_is_shown(
    client: Client, jaipur: Destination
) -> None:
    make_hotel(name="Hawa Lodge", destination=jaipur)
    text = page_text(
        client, q="jaipur", check_in="2026-12-10", check_out="2026-12-01", adults="0", sort="zigzag"
    )
    assert "Check-out must be after check-in." in text
    assert 'name="check_out" value="2026-12-01"' in text
    assert 'aria-describedby="check_out_error"' in text
    assert "At least one adult has to travel." in text
    assert "We cannot sort like that" in text
    assert "Hawa Lodge" in text


def test_today_is_the_day_at_the_place(client: Client) -> None:
    """At 06:30 UTC on the 21st it is still the 20th in Honolulu and already afternoon in India."""
    DestinationFactory.create(name="Honolulu", names="|honolulu|", timezone="Pacific/Honolulu")
    DestinationFactory.create(name="Jaipur", names="|jaipur|")
    stay = {"check_in": "2026-11-20", "check_out": "2026-11-22"}
    passed = "This day has passed at the place"
    assert passed not in page_text(client, q="honolulu", **stay)
    assert passed in page_text(client, q="jaipur", **stay)


def test_a_changed_filter_gets_only_the_list_and_a_clean_address(client: Client, jaipur: Destination) -> None:
    make_hotel(name="Plain", stars=3, destination=jaipur)
    make_hotel(name="Grand", stars=5, destination=jaipur)
    response = client.get(
        reverse("search"),
        {"q": "jaipur", "destination": "", "stars": "5", "price_to": "", "sort": "recommended", **DATES},
        headers={"HX-Request": "true", "HX-Target": "results"},
    )
    text = response.content.decode()
    assert "<html" not in text
    assert "Grand" in text
    assert "Plain" not in text
    assert '<span id="count-stars-3" hx-swap-oob="innerHTML">1</span>' in text
    assert response["HX-Push-Url"] == "/search/?q=jaipur&stars=5&check_in=2026-12-10&check_out=2026-12-12"
    assert "HX-Target" in response["Vary"]


def test_each_filter_that_is_on_can_be_taken_away(client: Client, jaipur: Destination) -> None:
    make_hotel(stars=5, destination=jaipur)
    make_hotel(stars=4, destination=jaipur)
    response = client.get(reverse("search"), {"q": "jaipur", "stars": ["5", "4"], "min_score": "8"})
    assert [(chip.label, chip.url) for chip in response.context["chips"]] == [
        ("5 stars", "/search/?q=jaipur&stars=4&min_score=8"),
        ("4 stars", "/search/?q=jaipur&stars=5&min_score=8"),
        ("Score 8 or more", "/search/?q=jaipur&stars=5&stars=4"),
    ]


def test_nothing_found_says_what_to_relax(client: Client, jaipur: Destination) -> None:
    make_hotel(stars=3, destination=jaipur)
    text = page_text(client, q="jaipur", stars="5", **DATES)
    assert "No place meets all of your wishes" in text
    assert "any number of stars · 1" in text


def test_sold_out_places_are_named(client: Client, jaipur: Destination) -> None:
    hotel = make_hotel(name="Hawa Lodge", destination=jaipur)
    Night.objects.filter(room_type=hotel.room_type).update(is_closed=True)
    text = page_text(client, q="jaipur", **DATES)
    assert "No rooms for these dates" in text
    assert "Hawa Lodge" in text
    assert "No rooms for your dates" in text


@pytest.mark.parametrize(
    "query", [{"q": "nowhere at all"}, {"q": "जयपुर"}, {"destination": "0"}, {"page": "-5"}]
)
def test_places_without_hotels_have_a_page(
    client: Client, jaipur: Destination, query: dict[str, str]
) -> None:
    assert page_text(client, **query, **DATES)


def test_what_people_typed_is_escaped(client: Client) -> None:
    text = page_text(client, q="<script>alert(1)</script>", check_in='"><script>', stars="<b>")
    assert "<script>alert" not in text
    assert '"><script>' not in text
    assert "<b>" not in text


@pytest.mark.parametrize(("query", "count"), [({"q": "jaipur", **DATES}, 15), ({"q": "jaipur"}, 5)])
def test_the_page_costs_as_many_queries_for_one_hotel_as_for_fifty(
    client: Client, jaipur: Destination, django_assert_num_queries: Any, query: dict[str, str], count: int
) -> None:
    make_hotel(destination=jaipur, days=30)
    with django_assert_num_queries(count):
        client.get(reverse("search"), query)
    for _number in range(49):
        make_hotel(destination=jaipur, days=30)
    with django_assert_num_queries(count):
        response = client.get(reverse("search"), query)
    assert response.context["results"].total == 50


def test_suggestions_are_options(client: Client, jaipur: Destination, django_assert_num_queries: Any) -> None:
    make_hotel(name="Jaipur Gate", destination=jaipur)
    with django_assert_num_queries(2):
        response = client.get(reverse("suggest"), {"q": "jaip"})
    text = response.content.decode()
    assert f'<li role="option" data-value="Jaipur, Rajasthan, India" data-id="{jaipur.pk}">' in text
    assert "1 place to stay" in text
    assert '<li role="option" data-value="Jaipur Gate" data-id="">' in text
