"""The host's pages for groups, the waiting list and bookings without a room."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from zeal import zeal_ignore

from serai.bookings.models import Block, Booking, BookingRoom
from serai.inventory.models import Hold
from serai.inventory.services import open_nights
from tests.bookings.desk import book_stay, counters
from tests.bookings.test_channel import accept
from tests.factories import NOW, Hotel, RoomTypeFactory, UserFactory, make_hotel
from tests.web.test_authorisation import make_group_and_queue

pytestmark = pytest.mark.django_db

FIRST, LAST = dt.date(2026, 12, 10), dt.date(2026, 12, 11)


@pytest.fixture(autouse=True)
def _frozen() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False), zeal_ignore():
        yield


@pytest.fixture
def hotel() -> Hotel:
    return make_hotel(units=3)


@pytest.fixture
def client(hotel: Hotel) -> Client:
    client = Client()
    client.force_login(hotel.host)
    return client


def new_group(hotel: Hotel, **fields: str) -> dict[str, str]:
    return {
        "name": "Sharma wedding",
        "code": "SHARMA26",
        "contact_name": "Priya",
        "contact_email": "priya@example.com",
        "rate_plan": str(hotel.flexible.rate_plan_id),
        "first": "2026-12-10",
        "last": "2026-12-11",
        "release_date": "2026-12-01",
        f"rooms_{hotel.room_type.pk}": "2",
    } | fields


def path(hotel: Hotel, name: str, *more: Any) -> str:
    return reverse(name, args=[hotel.property.pk, *more])


def test_a_host_sets_rooms_aside_and_gets_a_link_to_share(hotel: Hotel, client: Client) -> None:
    empty = client.get(path(hotel, "host_groups")).content.decode()
    assert "No groups yet" in empty
    response = client.post(path(hotel, "host_group_new"), new_group(hotel))
    block = Block.objects.get()
    assert response["Location"] == path(hotel, "host_group", block.pk)
    assert counters(hotel.room_type.pk) == [(2, 0), (2, 0)]
    page = client.get(response["Location"]).content.decode()
    assert "/groups/SHARMA26/" in page
    assert "priya@example.com" in page
    assert "Thu 10 Dec 2026" in page
    listed = client.get(path(hotel, "host_groups")).content.decode()
    assert "0 of 4 (0 %)" in listed
    assert "in 10 days" in listed


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"name": ""}, "This field is required"),
        ({"last": "2026-12-09"}, "The last night must not be before the first."),
        ({"code": "abc"}, "A code has 6 to 40 letters"),
        ({"release_date": "2026-11-21"}, "Rooms can go back from tomorrow on."),
        ({"last": "2027-12-09"}, "A group can have up to 62 nights."),
    ],
)
def test_what_is_wrong_stands_there_and_nothing_typed_is_lost(
    hotel: Hotel, client: Client, fields: dict[str, str], says: str
) -> None:
    response = client.post(path(hotel, "host_group_new"), new_group(hotel, **fields))
    page = response.content.decode()
    assert response.status_code == 422
    assert says in page
    assert 'value="priya@example.com"' in page
    assert not Hold.objects.exists()


def test_too_many_rooms_are_refused_night_by_night(hotel: Hotel, client: Client) -> None:
    book_stay(hotel.flexible, check_in=LAST, check_out=LAST + dt.timedelta(days=1))
    response = client.post(
        path(hotel, "host_group_new"), new_group(hotel, **{f"rooms_{hotel.room_type.pk}": "3"})
    )
    page = response.content.decode()
    assert response.status_code == 422
    assert f"{hotel.room_type.name}, Fri 11 Dec 2026: 2 free." in page
    assert not Block.objects.exists()


def make_group(hotel: Hotel, client: Client) -> Block:
    client.post(path(hotel, "host_group_new"), new_group(hotel))
    return Block.objects.get()


def test_a_group_is_changed_night_by_night(hotel: Hotel, client: Client) -> None:
    block = make_group(hotel, client)
    url = path(hotel, "host_group_change", block.pk) + "?last=2026-12-12"
    page = client.get(url).content.decode()
    names = [f"rooms-{hotel.room_type.pk}-2026-12-{day}" for day in (10, 11, 12)]
    assert all(f'name="{name}"' in page for name in names)
    details = {
        "name": "Sharma",
        "release_date": "2026-12-02",
        **dict(zip(names, ["1", "", "3"], strict=True)),
    }
    refused = client.post(url, details | {names[0]: "many"})
    assert refused.status_code == 422
    assert "Please write whole numbers of rooms" in refused.content.decode()
    assert counters(hotel.room_type.pk, nights=3) == [(2, 0), (2, 0), (0, 0)]
    refused = client.post(url, details | {names[0]: "4"})
    assert refused.status_code == 422
    assert "Thu 10 Dec 2026: 1 free." in refused.content.decode()
    assert client.post(url, details)["Location"] == path(hotel, "host_group", block.pk)
    assert counters(hotel.room_type.pk, nights=3) == [(1, 0), (0, 0), (3, 0)]
    block.refresh_from_db()
    assert (block.name, block.release_date) == ("Sharma", dt.date(2026, 12, 2))


def test_a_group_is_given_back_after_a_question(hotel: Hotel, client: Client) -> None:
    block = make_group(hotel, client)
    url = path(hotel, "host_group_release", block.pk)
    assert "4 room nights that the group has not booked" in client.get(url).content.decode()
    assert counters(hotel.room_type.pk) == [(2, 0), (2, 0)]
    page = client.post(url, follow=True).content.decode()
    assert "on sale again" in page
    assert "Gone back" in page
    assert counters(hotel.room_type.pk) == [(0, 0), (0, 0)]
    assert client.get(path(hotel, "host_group_change", block.pk)).status_code == 302


def test_groups_and_rooms_of_another_hotel_do_not_exist(hotel: Hotel, client: Client) -> None:
    block = make_group(hotel, client)
    for _ in range(2):
        accept(hotel, f"K{_}", rooms=1)
    missing = BookingRoom.objects.filter(state="unplaced").first()
    assert missing is not None
    other = make_hotel()
    stranger = Client()
    stranger.force_login(other.host)
    for name, number in (
        ("host_group", block.pk),
        ("host_group_change", block.pk),
        ("host_group_release", block.pk),
        ("host_relocate_elsewhere", missing.pk),
        ("host_relocate_place", missing.pk),
    ):
        url = path(other, name, number)
        assert stranger.post(url, {"note": "x", "room_type": other.room_type.pk}).status_code in {404, 405}
        assert stranger.get(url).status_code in {404, 405}
    missing.refresh_from_db()
    assert missing.state == "unplaced"
    assert counters(hotel.room_type.pk) == [(2, 1), (2, 1)]
    assert counters(other.room_type.pk) == [(0, 0), (0, 0)]


def test_who_waits_is_listed_in_order(hotel: Hotel, client: Client) -> None:
    assert "Nobody is waiting" in client.get(path(hotel, "host_waiting")).content.decode()
    guests = [UserFactory.create(name=name) for name in ("Asha", "Ben")]
    make_group_and_queue(hotel, guests)
    page = client.get(path(hotel, "host_waiting")).content.decode()
    assert page.index("Asha") < page.index("Ben")
    assert "20 Dec – 21 Dec 2026" in page
    assert "21 Nov 2026, 12:00" in page


@pytest.fixture
def missing(hotel: Hotel) -> BookingRoom:
    """A channel's guest for whom no room is left."""
    for number in range(3):
        accept(hotel, f"K{number}")
    return accept(hotel, "last", guest_email="lena@example.com").rooms.get()


def test_the_home_page_says_who_has_no_room(hotel: Hotel, client: Client, missing: BookingRoom) -> None:
    hotel.property.published_at = NOW
    hotel.property.save()
    page = client.get(reverse("host_home")).content.decode()
    assert "has no room" in page
    assert path(hotel, "host_relocate") in page
    booking = client.get(reverse("host_booking", args=[missing.booking.reference])).content.decode()
    assert "Without a room" in booking
    assert "Accepted without a room" in booking


def test_a_guest_is_given_another_room(hotel: Hotel, client: Client, missing: BookingRoom) -> None:
    page = client.get(path(hotel, "host_relocate")).content.decode()
    assert "Lena Brandt" in page
    assert "Full on 10 Dec, 11 Dec" in page
    assert "Allow one more in the calendar" in page
    suite = RoomTypeFactory.create(property=hotel.property, name="Garden suite")
    open_nights(room_type_id=suite.pk, first=FIRST, last=LAST, allotment=1, now=NOW)
    assert "Garden suite" in client.get(path(hotel, "host_relocate")).content.decode()
    url = path(hotel, "host_relocate_place", missing.pk)
    assert client.post(url, {"room_type": "x"}).status_code == 404
    full = client.post(url, {"room_type": hotel.room_type.pk}, follow=True).content.decode()
    assert "is not free any more" in full
    placed = client.post(url, {"room_type": suite.pk}, follow=True).content.decode()
    assert "Lena Brandt has a room: Garden suite." in placed
    assert "Everybody has a room" in placed
    assert counters(suite.pk) == [(0, 1), (0, 1)]
    again = client.post(url, {"room_type": suite.pk}, follow=True).content.decode()
    assert "This booking has a room by now" in again


def test_a_guest_is_sent_to_another_house(hotel: Hotel, client: Client, missing: BookingRoom) -> None:
    url = path(hotel, "host_relocate_elsewhere", missing.pk)
    assert "Your text is mailed to the guest." in client.get(url).content.decode()
    assert client.post(url, {"note": " "}).status_code == 422
    assert Booking.objects.get(pk=missing.booking_id).state == "confirmed"
    page = client.post(url, {"note": "Hotel Sonne"}, follow=True).content.decode()
    assert "Lena Brandt stays elsewhere and gets your note." in page
    assert Booking.objects.get(pk=missing.booking_id).state == "cancelled"
    assert (
        "This booking has a room by now, or is over."
        in client.post(url, {"note": "Twice"}, follow=True).content.decode()
    )
