"""A guest of a group books with the link; a guest who came too late waits."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from zeal import zeal_ignore

from serai.accounts.models import User
from serai.bookings.models import Block, Booking, Checkout, WaitlistEntry
from serai.bookings.quotes import read_quote
from serai.bookings.services import (
    cancel_booking,
    complete_checkout,
    create_block,
    offer_nights,
    release_block,
)
from serai.rates.models import RatePlan
from tests.bookings.desk import CHECK_IN, book_stay, counters, hold_stay, quote_stay
from tests.factories import NOW, Hotel, UserFactory, make_hotel

pytestmark = pytest.mark.django_db

STAY = "check_in=2026-12-10&check_out=2026-12-12&adults=2&rooms=1"


@pytest.fixture(autouse=True)
def _frozen() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False), zeal_ignore():
        yield


@pytest.fixture
def hotel() -> Hotel:
    return make_hotel(units=2)


@pytest.fixture
def block(hotel: Hotel) -> Block:
    """One room for a group, at a rate that only its code opens."""
    RatePlan.objects.filter(pk=hotel.flexible.rate_plan_id).update(audience="code")
    return create_block(
        property_id=hotel.property.pk,
        rate_plan_id=hotel.flexible.rate_plan_id,
        name="Sharma wedding",
        code="SHARMA26",
        nights={(hotel.room_type.pk, CHECK_IN + dt.timedelta(days=day)): 1 for day in range(2)},
        release_date=dt.date(2026, 12, 1),
        actor=None,
        now=NOW,
    )


def signed_in(user: User | None = None) -> Client:
    client = Client()
    client.force_login(user or UserFactory.create())
    return client


def token_in(page: str) -> str:
    return page.split('name="token" value="')[1].split('"')[0]


def test_the_link_of_a_group_leads_to_its_rooms(hotel: Hotel, block: Block) -> None:
    client = Client()
    page = client.get("/groups/sharma26/").content.decode()
    assert "Sharma wedding" in page
    assert "1 left" in page
    assert 'name="code" value="SHARMA26"' in page
    hotel_url = reverse("property_page", args=[hotel.property.slug])
    assert "Flexible" not in client.get(f"{hotel_url}?{STAY}").content.decode()
    rooms = client.get(f"{hotel_url}?{STAY}&code=SHARMA26").content.decode()
    assert "You book with “Sharma wedding”" in rooms
    assert "Flexible" in rooms
    assert "1 left for your dates" in rooms


def test_a_guest_of_a_group_books_out_of_its_rooms(hotel: Hotel, block: Block) -> None:
    user = UserFactory.create()
    client = signed_in(user)
    quote_url = reverse("quote", args=[hotel.property.slug])
    page = client.get(f"{quote_url}?product={hotel.flexible.pk}&{STAY}&code=SHARMA26").content.decode()
    token = token_in(page)
    assert read_quote(token, now=NOW).request.block_id == block.pk
    response = client.post(reverse("hold_create"), {"token": token})
    checkout = Checkout.objects.get()
    assert response["Location"] == reverse("checkout", args=[checkout.pk])
    assert checkout.hold.parent_id == block.hold_id
    booking = complete_checkout(checkout_id=checkout.pk, now=NOW)
    assert booking.block_id == block.pk
    assert counters(hotel.room_type.pk) == [(0, 1), (0, 1)]
    assert "all booked" in Client().get("/groups/SHARMA26/").content.decode()


def test_a_group_that_is_over_says_so(hotel: Hotel, block: Block) -> None:
    release_block(block_id=block.pk, property_id=hotel.property.pk, actor=None, now=NOW)
    response = Client().get("/groups/SHARMA26/")
    assert response.status_code == 410
    assert "have gone back on sale" in response.content.decode()
    assert Client().get("/groups/NOSUCHCODE/").status_code == 404


def wait_url(hotel: Hotel) -> str:
    return f"{reverse('wait', args=[hotel.property.slug])}?product={hotel.flexible.pk}&{STAY}"


@pytest.fixture
def booked(hotel: Hotel) -> list[Booking]:
    return [book_stay(hotel.flexible) for _ in range(2)]


def test_a_sold_out_room_can_be_waited_for(hotel: Hotel, booked: list[Booking]) -> None:
    page = Client().get(f"{reverse('property_page', args=[hotel.property.slug])}?{STAY}").content.decode()
    assert "Join the waiting list" in page
    assert wait_url(hotel).replace("&", "&amp;") in page


def test_signing_in_on_the_way_comes_back_to_the_list(hotel: Hotel, booked: list[Booking]) -> None:
    response = Client().get(wait_url(hotel))
    assert response.status_code == 302
    assert response["Location"].startswith("/accounts/login/?next=/hotels/")
    user = UserFactory.create()
    client = signed_in(user)
    assert "Whoever joined first is asked first." in client.get(wait_url(hotel)).content.decode()
    assert not WaitlistEntry.objects.exists()
    page = client.post(wait_url(hotel), follow=True).content.decode()
    assert "You are on the waiting list." in page
    entry = WaitlistEntry.objects.get()
    assert (entry.user, entry.room_type, entry.state) == (user, hotel.room_type, "waiting")


@pytest.mark.parametrize("is_signed_in", [True, False])
def test_who_comes_too_late_can_wait(hotel: Hotel, is_signed_in: bool) -> None:
    token = quote_stay(hotel.flexible).token
    for _ in range(2):
        book_stay(hotel.flexible)
    client = signed_in() if is_signed_in else Client()
    response = client.post(reverse("hold_create"), {"token": token})
    page = response.content.decode()
    assert response.status_code == 409
    assert "Join the waiting list" in page
    query = f"check_in=2026-12-10&amp;check_out=2026-12-12&amp;room={hotel.flexible.pk}%3A2"
    target = f"{reverse('wait', args=[hotel.property.slug])}?{query}"
    assert (f'action="{target}"' in page) == is_signed_in
    assert (f'href="{target}"' in page) != is_signed_in


def test_what_is_free_is_booked_and_not_waited_for(hotel: Hotel) -> None:
    page = signed_in().post(wait_url(hotel), follow=True).content.decode()
    assert "free right now" in page
    for query in ("", "?product=x", "?product=1&check_in=2026-12-10"):
        url = reverse("wait", args=[hotel.property.slug]) + query
        assert signed_in().get(url).status_code == 302
    assert not WaitlistEntry.objects.exists()


def test_a_product_of_another_hotel_is_not_shown_under_this_one(hotel: Hotel) -> None:
    other = make_hotel()
    url = f"{reverse('wait', args=[hotel.property.slug])}?product={other.flexible.pk}&{STAY}"
    assert signed_in().get(url).status_code == 404


def test_my_waiting_list_leads_to_the_offer_and_can_be_left(hotel: Hotel, booked: list[Booking]) -> None:
    user = UserFactory.create()
    client = signed_in(user)
    assert "You are not waiting for anything" in client.get(reverse("waiting")).content.decode()
    client.post(wait_url(hotel))
    assert "Leave the list" in client.get(reverse("waiting")).content.decode()
    cancel_booking(booking_id=booked[0].pk, actor=None, now=NOW)
    assert len(offer_nights(now=NOW)) == 1
    entry = WaitlistEntry.objects.get()
    page = client.get(reverse("waiting")).content.decode()
    assert "Held for you" in page
    assert "until 21 Nov, 14:00 at the hotel" in page
    checkout_url = reverse("checkout", args=[entry.checkout_id])
    assert checkout_url in page
    assert "It is held for you until 21 Nov 2026, 14:00" in client.get(checkout_url).content.decode()
    leave = reverse("waiting_leave", args=[entry.pk])
    assert signed_in().post(leave).status_code == 404
    assert counters(hotel.room_type.pk) == [(1, 1), (1, 1)]
    assert "You left the list" in client.post(leave, follow=True).content.decode()
    assert counters(hotel.room_type.pk) == [(0, 1), (0, 1)]
    over = client.get(checkout_url)
    assert over.status_code == 410


def test_an_offer_that_is_over_says_whose_turn_it_is(hotel: Hotel, booked: list[Booking]) -> None:
    client = signed_in()
    client.post(wait_url(hotel))
    cancel_booking(booking_id=booked[0].pk, actor=None, now=NOW)
    offer_nights(now=NOW)
    entry = WaitlistEntry.objects.get()
    with time_machine.travel(NOW + dt.timedelta(hours=3), tick=False):
        page = client.get(reverse("checkout", args=[entry.checkout_id])).content.decode()
        assert "the turn of the next in line" in page
        assert "The offer was not taken in time." in client.get(reverse("waiting")).content.decode()


def test_an_ordinary_checkout_says_nothing_of_waiting(hotel: Hotel) -> None:
    user = UserFactory.create()
    checkout: Any = hold_stay(hotel.flexible, user=user)
    page = signed_in(user).get(reverse("checkout", args=[checkout.pk])).content.decode()
    assert "You waited for this room" not in page
