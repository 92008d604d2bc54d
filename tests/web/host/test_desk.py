"""Bookings at the reception: the day, the list, one booking, and its moves."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from serai.bookings.models import Booking, BookingRoom
from serai.inventory.models import Night
from serai.properties.models import Membership, Property
from tests.factories import NOW, Hotel, UserFactory, make_hotel

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 11, 21)


@pytest.fixture(autouse=True)
def _frozen() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def hotel() -> Hotel:
    return make_hotel(published_at=NOW)


@pytest.fixture
def host(client: Client, hotel: Hotel) -> Client:
    client.force_login(hotel.host)
    return client


def book(hotel: Hotel, name: str, *, arrives: int, nights: int = 2, state: str = "confirmed") -> Booking:
    check_in = TODAY + dt.timedelta(days=arrives)
    number = Booking.objects.count() + 1
    booking = Booking.objects.create(
        reference=f"SR{number:05}",
        property=hotel.property,
        state=state,
        idempotency_key=str(number),
        request_hash="x",
        guest_name=name,
        guest_email=f"{name.split()[0].lower()}@example.com",
        check_in=check_in,
        check_out=check_in + dt.timedelta(days=nights),
        adults=2,
        currency="INR",
        total_minor=400_000 * nights,
        payment_method="pay_at_property",
        booked_at=NOW,
    )
    BookingRoom.objects.create(
        booking=booking,
        room_type=hotel.room_type,
        rate_plan=hotel.flexible.rate_plan,
        check_in=booking.check_in,
        check_out=booking.check_out,
        adults=2,
        total_minor=booking.total_minor,
    )
    Night.objects.filter(
        room_type=hotel.room_type, date__gte=booking.check_in, date__lt=booking.check_out
    ).update(sold=1)
    return booking


def text_of(client: Client, url: str) -> str:
    response = client.get(url)
    assert response.status_code == 200
    return response.content.decode()


def test_the_day_has_who_comes_who_is_late_and_who_leaves(host: Client, hotel: Hotel) -> None:
    book(hotel, "Comes Today", arrives=0)
    book(hotel, "Late Since Yesterday", arrives=-1, nights=3)
    book(hotel, "Next Week", arrives=7)
    book(hotel, "Far Away", arrives=8)
    book(hotel, "Leaves Today", arrives=-2, nights=2, state="checked_in")
    book(hotel, "Stays On", arrives=-2, nights=5, state="checked_in")
    book(hotel, "Gave Up", arrives=0, state="cancelled")

    response = host.get(reverse("host_home"))

    desk = response.context["desk"]
    assert [booking.guest_name for booking in desk.arrivals] == ["Late Since Yesterday", "Comes Today"]
    assert [booking.guest_name for booking in desk.departures] == ["Leaves Today"]
    assert (desk.arrival_count, desk.departure_count, desk.in_house_count, desk.week_count) == (2, 1, 2, 1)


def test_each_property_has_its_own_today(client: Client) -> None:
    # 06:30 UTC on 21 November is still the 20th in Honolulu.
    far = make_hotel(published_at=NOW, timezone="Pacific/Honolulu")
    book(far, "There Yesterday", arrives=-1)
    book(far, "There Today", arrives=0)
    client.force_login(far.host)
    desk = client.get(reverse("host_home")).context["desk"]
    assert [booking.guest_name for booking in desk.arrivals] == ["There Yesterday"]


def test_a_newcomer_is_invited(client: Client) -> None:
    client.force_login(UserFactory.create())
    assert "List your property" in text_of(client, reverse("host_home"))
    assert "No property, no bookings" in text_of(client, reverse("host_bookings"))


@pytest.mark.parametrize(("url_name", "queries"), [("host_home", 8), ("host_bookings", 6)])
def test_queries_do_not_grow_with_bookings(
    host: Client, hotel: Hotel, url_name: str, queries: int, django_assert_num_queries: Any
) -> None:
    book(hotel, "First", arrives=0)
    url = reverse(url_name)
    host.get(url)
    with django_assert_num_queries(queries):
        host.get(url)
    for number in range(15):
        book(hotel, f"Guest {number}", arrives=0)
    with django_assert_num_queries(queries):
        host.get(url)


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("", ["Soon", "Later"]),
        ("?show=upcoming", ["Soon", "Later"]),
        ("?show=in_house", ["Here"]),
        ("?show=past", ["Never Came", "Was Here"]),
        ("?show=cancelled", ["Gave Up"]),
        ("?show=nonsense", ["Soon", "Later"]),
        ("?q=soo", ["Soon"]),
        ("?q=sr00002", ["Later"]),
        ("?q=later@example", ["Later"]),
        ("?q=here", []),
        ("?page=99", ["Soon", "Later"]),
    ],
)
def test_filters_and_search(host: Client, hotel: Hotel, query: str, names: list[str]) -> None:
    book(hotel, "Soon", arrives=1)
    book(hotel, "Later", arrives=9)
    book(hotel, "Here", arrives=-1, state="checked_in")
    book(hotel, "Was Here", arrives=-9, state="checked_out")
    book(hotel, "Never Came", arrives=-5, state="no_show")
    book(hotel, "Gave Up", arrives=3, state="cancelled")
    book(make_hotel(), "Not Ours", arrives=1)
    page = host.get(reverse("host_bookings") + query).context["page"]
    assert [booking.guest_name for booking in page] == names


def test_one_property_of_several(host: Client, hotel: Hotel) -> None:
    other = make_hotel()
    Membership.objects.create(property=other.property, user=hotel.host, role="reception")
    book(hotel, "At First", arrives=1)
    book(other, "At Second", arrives=1)
    url = reverse("host_bookings")
    assert len(host.get(url).context["page"]) == 2
    page = host.get(f"{url}?property={other.property.pk}").context["page"]
    assert [booking.guest_name for booking in page] == ["At Second"]
    assert host.get(f"{url}?property={make_hotel().property.pk}").status_code == 404


def test_check_in_and_out_leave_a_trail(host: Client, hotel: Hotel) -> None:
    booking = book(hotel, "Rohan Mehta", arrives=0)
    move = lambda action: host.post(reverse("host_booking_move", args=[booking.reference, action]))  # noqa: E731
    assert move("check-in").status_code == 302
    booking.refresh_from_db()
    assert booking.state == "checked_in"
    move("check-out")
    booking.refresh_from_db()
    assert booking.state == "checked_out"
    events = booking.events.values_list("kind", "actor__email")
    assert list(events) == [("checked_in", hotel.host.email), ("checked_out", hotel.host.email)]
    page = text_of(host, reverse("host_booking", args=[booking.reference]))
    assert "Checked in" in page
    assert "Checked out" in page


def test_moves_that_make_no_sense_are_refused_in_words(host: Client, hotel: Hotel) -> None:
    early = book(hotel, "Early", arrives=3)
    response = host.post(reverse("host_booking_move", args=[early.reference, "check-in"]), follow=True)
    assert "from the day of arrival on" in response.content.decode()
    early.refresh_from_db()
    assert early.state == "confirmed"
    gone = book(hotel, "Gone", arrives=-5, state="checked_out")
    host.post(reverse("host_booking_move", args=[gone.reference, "cancel"]))
    gone.refresh_from_db()
    assert gone.state == "checked_out"


@pytest.mark.parametrize(("action", "state"), [("cancel", "cancelled"), ("no-show", "no_show")])
def test_what_cannot_be_undone_is_asked_first(host: Client, hotel: Hotel, action: str, state: str) -> None:
    booking = book(hotel, "Rohan Mehta", arrives=0)
    url = reverse("host_booking_move", args=[booking.reference, action])
    assert "Rohan Mehta" in text_of(host, url)
    booking.refresh_from_db()
    assert booking.state == "confirmed"
    host.post(url)
    booking.refresh_from_db()
    assert booking.state == state


def test_a_hosts_cancellation_costs_the_guest_nothing_and_frees_the_nights(
    host: Client, hotel: Hotel
) -> None:
    booking = book(hotel, "Rohan Mehta", arrives=1)
    Booking.objects.filter(pk=booking.pk).update(
        cancellation_tiers=[{"from_at": None, "penalty_minor": 800_000}]
    )
    host.post(reverse("host_booking_move", args=[booking.reference, "cancel"]))
    booking.refresh_from_db()
    assert (booking.state, booking.penalty_minor) == ("cancelled", 0)
    assert not Night.objects.filter(room_type=hotel.room_type, sold__gt=0).exists()


def test_moves_return_only_to_pages_of_this_site(host: Client, hotel: Hotel) -> None:
    booking = book(hotel, "Rohan Mehta", arrives=0)
    url = reverse("host_booking_move", args=[booking.reference, "check-in"])
    here = reverse("host_booking", args=[booking.reference])
    assert host.post(url, {"next": "https://evil.example/"}).headers["Location"] == here
    assert host.post(url, {"next": "//evil.example/"}).headers["Location"] == here
    assert host.post(url, {"next": "/host/"}).headers["Location"] == "/host/"


def test_an_unknown_action_is_not_found(host: Client, hotel: Hotel) -> None:
    booking = book(hotel, "Rohan Mehta", arrives=0)
    assert host.post(reverse("host_booking_move", args=[booking.reference, "explode"])).status_code == 404


def test_team_page_adds_changes_and_removes(host: Client, hotel: Hotel) -> None:
    url = reverse("host_team", args=[hotel.property.pk])
    host.post(url, {"email": "desk@example.com", "role": "reception"})
    member = hotel.property.memberships.get(user__email="desk@example.com")
    host.post(reverse("host_team_role", args=[hotel.property.pk, member.pk]), {"role": "manager"})
    member.refresh_from_db()
    assert member.role == "manager"
    again = host.post(url, {"email": "desk@example.com", "role": "owner"})
    assert again.status_code == 422
    assert "already in the team" in again.content.decode()
    host.post(reverse("host_team_remove", args=[hotel.property.pk, member.pk]))
    assert hotel.property.memberships.count() == 1


def test_the_last_owner_is_told_why_not(host: Client, hotel: Hotel) -> None:
    own = hotel.property.memberships.get()
    response = host.post(reverse("host_team_remove", args=[hotel.property.pk, own.pk]), follow=True)
    assert "A property needs an owner." in response.content.decode()
    assert hotel.property.memberships.count() == 1


def test_an_owner_who_leaves_lands_on_the_overview(host: Client, hotel: Hotel) -> None:
    Membership.objects.create(property=hotel.property, user=UserFactory.create(), role="owner")
    own = hotel.property.memberships.get(user=hotel.host)
    response = host.post(reverse("host_team_remove", args=[hotel.property.pk, own.pk]))
    assert response.headers["Location"] == reverse("host_home")
    assert not Property.objects.run_by(hotel.host).exists()
