"""Several rooms at once: from the hotel's page over the bar with the total to a quote that can be shared."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
import time_machine
from django.test import Client

from serai.bookings.models import Checkout
from serai.inventory.models import Night
from serai.rates.models import CancellationPolicy, DepositStep, Extra, Promotion, RatePlan, TaxRule
from tests.factories import NOW, Hotel, UserFactory, make_hotel

pytestmark = pytest.mark.django_db

STAY = {"check_in": "2026-12-10", "check_out": "2026-12-12", "adults": "3", "rooms": "1"}


@pytest.fixture(autouse=True)
def _frozen() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def hotel() -> Hotel:
    return make_hotel(slug="hawa-lodge", units=2)


def text_of(response: Any) -> str:
    return str(response.content.decode())


def test_chosen_rooms_become_a_quote_with_an_address_of_their_own(client: Client, hotel: Hotel) -> None:
    Promotion.objects.create(property=hotel.property, name="Sun", value=1000, code="SUN")
    choice = {f"quantity-{hotel.flexible.pk}": "1", f"quantity-{hotel.saver.pk}": "1"}
    page = text_of(client.get("/hotels/hawa-lodge/", {**STAY, "code": "sun"}))
    assert "No single room holds all of you" in page
    assert f'name="quantity-{hotel.saver.pk}" form="choose"' in page
    assert '<input type="hidden" name="code" value="SUN">' in page
    response = client.get("/hotels/hawa-lodge/choose/", {**STAY, "code": "SUN", **choice})
    assert response.status_code == 302
    assert dict(parse_qsl(urlsplit(response["Location"]).query))["code"] == "SUN"
    quote = client.get(response["Location"])
    assert [room.rate_plan_name for room in quote.context["quote"].rooms] == ["Flexible", "Saver"]
    assert quote.context["price"].total_minor == 2 * (360_000 + 324_000)
    assert "room=" in response["Location"]
    text = text_of(quote)
    # Each room has terms of its own, and its own timeline.
    assert len(quote.context["room_policies"]) == 2
    assert "Offer “Sun”" in text
    hold = client.post("/holds/", {"token": quote.context["quote"].token})
    assert hold["Location"].startswith("/checkout/")
    assert list(Night.objects.filter(date="2026-12-10").values_list("held", flat=True)) == [2]


def test_the_bar_tells_the_total_or_what_is_missing(client: Client, hotel: Hotel) -> None:
    part = {"headers": {"HX-Request": "true", "HX-Target": "choice"}}
    url = "/hotels/hawa-lodge/choose/"
    both = {f"quantity-{hotel.flexible.pk}": "2"}
    assert "₹16,000.00" in text_of(client.get(url, {**STAY, **both}, **part))
    one = {f"quantity-{hotel.flexible.pk}": "1"}
    assert "1 of your guests has no place yet" in text_of(client.get(url, {**STAY, **one}, **part))
    assert "Several rooms?" in text_of(
        client.get(url, {**STAY, f"quantity-{hotel.flexible.pk}": "0"}, **part)
    )


def test_a_choice_that_does_not_fit_keeps_everything_typed(client: Client, hotel: Hotel) -> None:
    choice = {f"quantity-{hotel.flexible.pk}": "1"}
    response = client.get("/hotels/hawa-lodge/choose/", {**STAY, "code": "NOPE", **choice}, follow=True)
    text = text_of(response)
    assert "1 of your guests has no place yet" in text
    assert '<option value="1" selected>1</option>' in text
    assert "“NOPE” is not a code of this hotel" in text
    assert 'value="NOPE"' in text
    assert client.get("/hotels/none/choose/").status_code == 404
    assert client.get("/hotels/hawa-lodge/choose/", choice).status_code == 302


@pytest.mark.parametrize(
    "room", ["x", "1:0", "1:2:99", "1", "1:2:", "9" * 19 + ":2", "1:2:1,2,3,4,5,6,7", "0:2"]
)
def test_an_address_that_makes_no_sense_goes_back_to_the_hotel(
    client: Client, hotel: Hotel, room: str
) -> None:
    response = client.get("/hotels/hawa-lodge/quote/", {**STAY, "room": room})
    assert response.status_code == 302
    assert response["Location"].startswith("/hotels/hawa-lodge/?")


def test_extras_claims_and_a_wish_are_priced_in_place(client: Client, hotel: Hotel) -> None:
    transfer = Extra.objects.create(
        property=hotel.property, name="Transfer", amount_minor=50_000, max_quantity=2
    )
    TaxRule.objects.create(
        property=hotel.property, name="City tax", value=1000, exemption="business", is_paid_at_property=True
    )
    query = {
        "check_in": "2026-12-10",
        "check_out": "2026-12-12",
        "room": f"{hotel.flexible.pk}:2:4",
    }
    plain = client.get("/hotels/hawa-lodge/quote/", query)
    assert plain.context["price"].total_minor == 880_000
    text = text_of(plain)
    for words in (
        "Business travellers",
        "You will be asked for proof",
        "Transfer",
        "How the price is made up",
    ):
        assert words in text
    full = client.get(
        "/hotels/hawa-lodge/quote/",
        {**query, f"extra-{transfer.pk}": "2", "exempt": "business", "accessible": "1"},
    )
    assert full.context["price"].total_minor == 800_000 + 100_000
    request = full.context["quote"].request
    assert (request.extras, request.exemptions, request.rooms[0].needs_accessible) == (
        ((transfer.pk, 2),),
        ("business",),
        True,
    )
    again = client.get(f"/hotels/hawa-lodge/quote/?{full.context['share_url']}")
    assert again.context["quote"].request == request
    assert client.get("/hotels/hawa-lodge/quote/", {**query, f"extra-{transfer.pk}": "3"}).status_code == 302


def test_deposits_guarantee_and_validity_are_said(client: Client, hotel: Hotel) -> None:
    policy = CancellationPolicy.objects.get(name="Flexible")
    DepositStep.objects.create(policy=policy, days_before=None, kind="percent", value=25)
    CancellationPolicy.objects.filter(pk=policy.pk).update(guarantee="deposit")
    query = urlencode({**STAY, "adults": "2", "product": hotel.flexible.pk})
    text = text_of(client.get(f"/hotels/hawa-lodge/quote/?{query}"))
    for words in ("Due now", "₹2,000.00", "At the hotel", "₹6,000.00", "guarantees the room", "until 12:15"):
        assert words in text


def test_signed_out_visitors_read_what_members_pay(client: Client, hotel: Hotel) -> None:
    RatePlan.objects.filter(pk=hotel.saver.rate_plan_id).update(audience="members")
    stay = {**STAY, "adults": "2"}
    text = text_of(client.get("/hotels/hawa-lodge/", stay))
    assert "Members pay ₹7,200." in text
    assert "/accounts/login/?next=/hotels/hawa-lodge/%3F" in text
    client.force_login(UserFactory.create())
    assert "Members pay" not in text_of(client.get("/hotels/hawa-lodge/", stay))


def test_a_sold_out_stay_offers_other_dates_and_rooms(client: Client, hotel: Hotel) -> None:
    query = {**STAY, "adults": "2", "product": hotel.flexible.pk}
    quote = client.get("/hotels/hawa-lodge/quote/", query).context["quote"]
    Night.objects.filter(date__in=["2026-12-10", "2026-12-11"]).update(sold=2)
    response = client.post("/holds/", {"token": quote.token})
    text = text_of(response)
    assert response.status_code == 409
    assert "The same room on other dates" in text
    assert f"quote/?check_in=2026-12-08&amp;check_out=2026-12-10&amp;room={hotel.flexible.pk}%3A2" in text
    assert not Checkout.objects.exists()


def test_a_stay_that_was_restricted_meanwhile_says_why(client: Client, hotel: Hotel) -> None:
    query = {**STAY, "adults": "2", "product": hotel.flexible.pk}
    quote = client.get("/hotels/hawa-lodge/quote/", query).context["quote"]
    RatePlan.objects.update(min_stay_arrival=3)
    response = client.post("/holds/", {"token": quote.token})
    text = text_of(response)
    assert response.status_code == 409
    assert "This is not on sale any more" in text
    assert "needs at least 3 nights" in text
    assert "Someone just took" not in text


def test_a_changed_price_says_why(client: Client, hotel: Hotel) -> None:
    offer = Promotion.objects.create(property=hotel.property, name="Winter", value=1000)
    query = {**STAY, "adults": "2", "product": hotel.flexible.pk}
    quote = client.get("/hotels/hawa-lodge/quote/", query).context["quote"]
    offer.delete()
    text = text_of(client.post("/holds/", {"token": quote.token}))
    assert "The offer “Winter” is not available any more." in text
    assert "₹7,200.00" in text
    assert "₹8,000.00" in text


def test_search_cards_show_what_an_offer_saves_and_keep_the_code(client: Client, hotel: Hotel) -> None:
    Promotion.objects.create(property=hotel.property, name="Sun", value=1000, code="SUN")
    text = text_of(client.get("/search/", {**STAY, "adults": "2", "code": "sun"}))
    assert "You save ₹720" in text
    assert (
        "/hotels/hawa-lodge/?check_in=2026-12-10&amp;check_out=2026-12-12&amp;adults=2&amp;rooms=1&amp;code=SUN"
        in text
    )
    assert '<input type="hidden" name="code" value="SUN">' in text
