"""The room plan and its forms: what they show, what they do, what they refuse."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from zeal import zeal_ignore

from serai.bookings.assignment_rules import Hours, stay_span
from serai.bookings.models import Booking, BookingEvent, BookingRoom, RoomAssignment
from serai.bookings.services import assign_room, check_in_booking
from serai.properties.models import Membership, Room
from serai.web.host.room_plan import SLOTS, columns_of
from tests.bookings.rooms import book_room, day, number_rooms, plan_of
from tests.factories import NOW, Hotel, RoomTypeFactory, UserFactory, make_hotel

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _frozen() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def hotel() -> Hotel:
    return make_hotel(units=3, published_at=NOW)


@pytest.fixture
def rooms(hotel: Hotel) -> dict[str, Room]:
    return number_rooms(hotel.room_type, "101, 102", floor="1")


@pytest.fixture
def host(client: Client, hotel: Hotel) -> Client:
    client.force_login(hotel.host)
    return client


def stay_in(hotel: Hotel, first: int, last: int, name: str, room: Room | None = None) -> BookingRoom:
    with zeal_ignore():
        stay = book_room(hotel, first, last, name=name)
        if room:
            assign_room(booking_room_id=stay.pk, room_id=room.pk, is_locked=False, actor=None, now=NOW)
    return stay


def text_of(client: Client, url: str) -> str:
    response = client.get(url)
    assert response.status_code == 200, response
    return re.sub(r"\s+", " ", response.content.decode())


def plan_url(hotel: Hotel) -> str:
    return reverse("host_room_plan", args=[hotel.property.pk])


def assignment_url(stay: BookingRoom) -> str:
    return reverse("host_assignment", args=[stay.booking.reference, stay.pk])


# --- The plan -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("span", "columns"),
    [
        (("2026-11-22T14:00", "2026-11-24T11:00"), (5, 10)),
        (("2026-11-20T14:00", "2026-11-22T09:30"), (-1, 4)),
        (("2026-11-21T11:00", "2026-11-21T14:00"), (1, 2)),
        (("2026-11-21T08:00", "2026-11-21T18:00"), (0, 3)),
        (("2026-11-21T14:00", "2026-11-21T20:00"), (2, 3)),
    ],
)
def test_columns_of_a_bar(span: tuple[str, str], columns: tuple[int, int]) -> None:
    hours = Hours(dt.time(14), dt.time(11), "Asia/Kolkata")
    start, end = (dt.datetime.fromisoformat(f"{edge}+05:30").astimezone(dt.UTC) for edge in span)
    assert columns_of((start, end), day(0), hours) == columns


def test_columns_do_not_slip_when_clocks_change() -> None:
    hours = Hours(dt.time(14), dt.time(11), "Europe/Berlin")
    first = dt.date(2027, 3, 27)
    for offset in range(3):
        date = first + dt.timedelta(days=offset)
        span = stay_span(date, date + dt.timedelta(days=1), hours)
        assert columns_of(span, first, hours) == (SLOTS * offset + 2, SLOTS * offset + 4)


def test_without_numbers_the_plan_says_what_to_do(host: Client, hotel: Hotel) -> None:
    text = text_of(host, plan_url(hotel))
    assert "No rooms with numbers yet" in text
    assert reverse("host_room_numbers", args=[hotel.property.pk]) in text
    assert "Share out rooms" not in text


def test_the_plan_has_bars_in_rooms_and_those_without_on_top(
    host: Client, hotel: Hotel, rooms: dict[str, Room]
) -> None:
    given = stay_in(hotel, 1, 4, "Asha Rao", rooms["101"])
    waiting = stay_in(hotel, 2, 3, "Ben Oduya")
    stay_in(hotel, 30, 31, "Much Later")
    text = text_of(host, plan_url(hotel))
    assert "1 stay without a room" in text
    assert text.index("Ben Oduya") < text.index("Asha Rao")
    assert "Much Later" not in text
    # From the evening of the 22nd to the morning of the 25th: three nights, eight columns.
    assert re.search(r'<td colspan="8"[^>]*><a class="plan-bar" data-look="coming"', text)
    assert assignment_url(given) in text
    assert assignment_url(waiting) in text
    # Every row has all columns.
    for row in re.findall(r'<th scope="row".*?</tr>', text):
        assert sum(int(width) for width in re.findall(r'<td colspan="(\d+)"', row)) == 42


def test_stays_that_go_on_beyond_the_page_are_cut(host: Client, hotel: Hotel, rooms: dict[str, Room]) -> None:
    stay_in(hotel, 1, 4, "Asha Rao", rooms["101"])
    text = text_of(host, f"{plan_url(hotel)}?from={day(2).isoformat()}")
    assert re.search(r'<td colspan="7"[^>]*><a class="plan-bar" data-look="coming" data-cut-before', text)
    before = text_of(host, f"{plan_url(hotel)}?from={(day(2) - dt.timedelta(days=14)).isoformat()}")
    assert "data-cut-after" in before


@pytest.mark.parametrize("asked", ["", "nonsense", "9999-12-31", "0001-01-01"])
def test_a_day_that_cannot_be_shown_is_today(
    host: Client, hotel: Hotel, rooms: dict[str, Room], asked: str
) -> None:
    assert "20 Nov – 3 Dec 2026" in text_of(host, f"{plan_url(hotel)}?from={asked}")


def test_sharing_out_says_what_came_of_it(host: Client, hotel: Hotel, rooms: dict[str, Room]) -> None:
    for name in ("Asha", "Ben", "Cleo"):
        stay_in(hotel, 1, 2, name)
    share = reverse("host_room_plan_share", args=[hotel.property.pk])
    response = host.post(share, {"from": day(0).isoformat()}, follow=True)
    text = response.content.decode()
    assert response.redirect_chain[0][0] == f"{plan_url(hotel)}?from={day(0).isoformat()}"
    assert "2 stays have a new room." in text
    assert "1 stay is left without one" in text
    assert plan_of(hotel) == {"Asha": ["101 22–23"], "Ben": ["102 22–23"]}
    Booking.objects.filter(guest_name="Cleo").delete()
    again = host.post(share, {"from": day(0).isoformat()}, follow=True)
    assert "has a room already" in again.content.decode()


# --- One stay -----------------------------------------------------------------------------------------


def test_the_form_offers_free_rooms_first_and_says_who_has_the_others(
    host: Client, hotel: Hotel, rooms: dict[str, Room]
) -> None:
    suite = RoomTypeFactory.create(property=hotel.property, name="Suite")
    number_rooms(suite, "201", is_accessible=True)
    stay_in(hotel, 1, 3, "Asha", rooms["101"])
    text = text_of(host, assignment_url(stay_in(hotel, 2, 4, "Ben")))
    free, upgrade, taken = (
        text.index(label)
        for label in ('<optgroup label="Free">', "Free, but a Suite", "Taken for a part of the stay")
    )
    assert free < text.index("102, floor 1") < upgrade < text.index("201, step-free") < taken
    assert taken < text.index("101, floor 1: Asha until 24 Nov")


def test_giving_a_room_goes_back_to_where_one_came_from(
    host: Client, hotel: Hotel, rooms: dict[str, Room]
) -> None:
    stay = stay_in(hotel, 1, 3, "Asha")
    back = f"{plan_url(hotel)}?from=2026-11-20"
    response = host.post(assignment_url(stay), {"room": rooms["102"].pk, "is_locked": "on", "next": back})
    assert (response.status_code, response["Location"]) == (302, back)
    assert plan_of(hotel) == {"Asha": ["102 22–24*"]}
    away = host.post(assignment_url(stay), {"room": rooms["101"].pk, "next": "https://evil.example/"})
    assert away["Location"] == reverse("host_booking", args=[stay.booking.reference])
    assert plan_of(hotel) == {"Asha": ["101 22–24"]}


def test_a_taken_room_is_refused_beside_the_field_and_nothing_is_lost(
    host: Client, hotel: Hotel, rooms: dict[str, Room]
) -> None:
    stay_in(hotel, 1, 3, "Asha", rooms["101"])
    stay = stay_in(hotel, 2, 4, "Ben")
    response = host.post(assignment_url(stay), {"room": rooms["101"].pk})
    assert response.status_code == 422
    text = response.content.decode()
    assert "Room 101 is Asha’s until 24 Nov, 11:00." in text
    assert f'<option value="{rooms["101"].pk}" selected>' in text
    assert plan_of(hotel) == {"Asha": ["101 22–24"]}
    assert host.post(assignment_url(stay), {"room": ""}).status_code == 422
    other = number_rooms(make_hotel().room_type, "9")["9"]
    assert host.post(assignment_url(stay), {"room": other.pk}).status_code == 422
    assert plan_of(hotel) == {"Asha": ["101 22–24"]}


def test_an_upgrade_is_said_plainly(host: Client, hotel: Hotel, rooms: dict[str, Room]) -> None:
    suite = RoomTypeFactory.create(property=hotel.property, name="Suite")
    room = number_rooms(suite, "201")["201"]
    stay = stay_in(hotel, 1, 3, "Asha")
    text = host.post(assignment_url(stay), {"room": room.pk}, follow=True).content.decode()
    assert f"Room 201 is a Suite, booked was a {hotel.room_type.name}." in text


def test_a_guest_in_house_moves_from_a_day_on(host: Client, hotel: Hotel, rooms: dict[str, Room]) -> None:
    stay = stay_in(hotel, 0, 4, "Asha", rooms["101"])
    with zeal_ignore():
        check_in_booking(booking_id=stay.booking_id, actor=None, now=NOW)
    text = text_of(host, assignment_url(stay))
    assert "Move to another room" in text
    assert 'value="2026-11-21"' in text
    refused = host.post(assignment_url(stay), {"room": rooms["102"].pk, "from_date": "2026-12-24"})
    assert refused.status_code == 422
    assert "from today on" in refused.content.decode()
    host.post(assignment_url(stay), {"room": rooms["102"].pk, "from_date": "2026-11-23"})
    assert plan_of(hotel) == {"Asha": ["101 21–23*", "102 23–25*"]}


def test_locking_taking_away_and_swapping(host: Client, hotel: Hotel, rooms: dict[str, Room]) -> None:
    first = stay_in(hotel, 1, 3, "Asha", rooms["101"])
    second = stay_in(hotel, 1, 3, "Ben", rooms["102"])
    url = assignment_url(first)
    host.post(url, {"action": "lock"})
    assert plan_of(hotel)["Asha"] == ["101 22–24*"]
    host.post(url, {"action": "unlock"})
    assert plan_of(hotel)["Asha"] == ["101 22–24"]
    assert "102: Ben" in text_of(host, url)
    with zeal_ignore():
        host.post(url, {"action": "swap", "with": second.pk})
    assert plan_of(hotel) == {"Asha": ["102 22–24*"], "Ben": ["101 22–24*"]}
    unknown = host.post(url, {"action": "swap", "with": 999999})
    assert unknown.status_code == 422
    assert "Choose a guest to swap with" in unknown.content.decode()
    host.post(url, {"action": "release"})
    assert plan_of(hotel) == {"Ben": ["101 22–24*"]}
    assert host.post(url, {"action": "nonsense"}).status_code == 404


def test_a_stay_that_is_over_cannot_be_changed(host: Client, hotel: Hotel, rooms: dict[str, Room]) -> None:
    stay = stay_in(hotel, 1, 3, "Asha")
    Booking.objects.update(state="cancelled")
    assert "cannot be changed" in text_of(host, assignment_url(stay))
    assert host.post(assignment_url(stay), {"room": rooms["101"].pk}).status_code == 422
    assert not RoomAssignment.objects.exists()


def test_strangers_do_not_give_rooms(client: Client, hotel: Hotel, rooms: dict[str, Room]) -> None:
    stay = stay_in(hotel, 1, 3, "Asha")
    client.force_login(make_hotel().host)
    for data in ({"room": rooms["101"].pk}, {"action": "lock"}):
        assert client.post(assignment_url(stay), data).status_code == 404
    other = stay_in(hotel, 1, 3, "Ben")
    client.force_login(hotel.host)
    mixed = reverse("host_assignment", args=[other.booking.reference, stay.pk])
    assert client.post(mixed, {"room": rooms["101"].pk}).status_code == 404
    assert not RoomAssignment.objects.exists()


# --- The booking's page -------------------------------------------------------------------------------


def test_the_booking_page_has_the_room_and_a_small_form(
    host: Client, hotel: Hotel, rooms: dict[str, Room]
) -> None:
    stay = stay_in(hotel, 1, 3, "Asha")
    url = reverse("host_booking", args=[stay.booking.reference])
    text = text_of(host, url)
    assert "Room numbers" in text
    assert "No room yet" in text
    assert f'action="{assignment_url(stay)}"' in text
    response = host.post(assignment_url(stay), {"action": "give", "room": rooms["101"].pk}, follow=True)
    after = response.content.decode()
    assert "Asha has room 101." in after
    assert "Given room 101" in after
    assert "No room yet" not in after


def test_without_numbers_the_booking_page_says_nothing_of_rooms(host: Client, hotel: Hotel) -> None:
    stay = stay_in(hotel, 1, 3, "Asha")
    assert "Room numbers" not in text_of(host, reverse("host_booking", args=[stay.booking.reference]))


# --- Day use ------------------------------------------------------------------------------------------


def day_use_form(hotel: Hotel, **fields: object) -> dict[str, object]:
    return {
        "room_type": hotel.room_type.pk,
        "date": "2026-11-23",
        "from_time": "11:00",
        "until_time": "14:00",
        "guest_name": "Zoe",
        "guest_email": "",
        "adults": "2",
        "ages": "",
        "amount": "1500",
        "key": "5f8c7c0e-5a0a-4f0e-9b5e-000000000001",
    } | fields


def test_a_day_use_is_booked_once(host: Client, hotel: Hotel, rooms: dict[str, Room]) -> None:
    url = reverse("host_day_use", args=[hotel.property.pk])
    text = text_of(host, url)
    assert 'value="11:00"' in text
    assert 'value="14:00"' in text
    with zeal_ignore():
        for _again in range(2):
            response = host.post(url, day_use_form(hotel))
    booking = Booking.objects.get()
    assert response["Location"] == reverse("host_booking", args=[booking.reference])
    assert (booking.is_day_use, booking.total_minor, booking.children_ages) == (True, 150_000, [])
    assert plan_of(hotel) == {"Zoe": ["101 23–23*"]}
    page = text_of(host, response["Location"])
    assert "11:00–14:00" in page
    assert re.search(
        r'<td colspan="1"[^>]*><a class="plan-bar" data-look="day-use"', text_of(host, plan_url(hotel))
    )


def test_day_guests_are_among_todays_arrivals(host: Client, hotel: Hotel, rooms: dict[str, Room]) -> None:
    host.post(
        reverse("host_day_use", args=[hotel.property.pk]),
        day_use_form(hotel, date="2026-11-21", until_time="13:00"),
    )
    assert "Zoe" in text_of(host, reverse("host_home"))


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"until_time": "10:00"}, "must end later"),
        ({"date": "2026-11-20"}, "are over"),
        ({"ages": "x"}, "Write the age of each child"),
        ({"adults": "9"}, "At most 2 adults"),
        ({"until_time": "18:00"}, "reach into a night that is sold out. Between 11:00 and 14:00"),
        ({"needs_accessible": "on"}, "No room of this type is free"),
        ({"amount": ""}, "This field is required"),
    ],
)
def test_a_refused_day_use_keeps_what_was_typed(
    host: Client, hotel: Hotel, rooms: dict[str, Room], fields: dict[str, str], sentence: str
) -> None:
    for name in "abc":
        stay_in(hotel, 2, 3, name)
    response = host.post(reverse("host_day_use", args=[hotel.property.pk]), day_use_form(hotel, **fields))
    assert response.status_code == 422
    text = response.content.decode()
    assert sentence in text
    assert 'value="Zoe"' in text
    assert not Booking.objects.filter(is_day_use=True).exists()


def test_without_numbers_there_is_no_day_use(host: Client, hotel: Hotel) -> None:
    url = reverse("host_day_use", args=[hotel.property.pk])
    assert "No rooms with numbers yet" in text_of(host, url)
    assert host.post(url, day_use_form(hotel)).status_code == 422


# --- Numbers ------------------------------------------------------------------------------------------


def test_numbers_are_added_changed_and_removed(host: Client, hotel: Hotel) -> None:
    url = reverse("host_room_numbers", args=[hotel.property.pk])
    assert "You can do without" in text_of(host, url)
    done = host.post(url, {"room_type": hotel.room_type.pk, "numbers": "101–103", "floor": "1"}, follow=True)
    assert "3 rooms added." in done.content.decode()
    refused = host.post(url, {"room_type": hotel.room_type.pk, "numbers": "103–104", "floor": "2"})
    assert refused.status_code == 422
    assert "There is a room 103 already" in refused.content.decode()
    assert 'value="103–104"' in refused.content.decode()
    room = Room.objects.get(number="103")
    one = reverse("host_room_number", args=[hotel.property.pk, room.pk])
    assert 'value="103"' in text_of(host, one)
    host.post(
        one,
        {"action": "save", "room_type": hotel.room_type.pk, "numbers": "203", "floor": "2", "notes": "Quiet"},
    )
    taken = host.post(one, {"action": "save", "room_type": hotel.room_type.pk, "numbers": "101"})
    assert taken.status_code == 422
    room.refresh_from_db()
    assert (room.number, room.floor, room.notes) == ("203", "2", "Quiet")
    host.post(one, {"action": "remove"})
    assert list(Room.objects.values_list("number", flat=True)) == ["101", "102"]


def test_out_of_service_names_who_still_has_the_room(
    host: Client, hotel: Hotel, rooms: dict[str, Room]
) -> None:
    stay = stay_in(hotel, 1, 3, "Asha", rooms["101"])
    RoomAssignment.objects.update(is_locked=True)
    one = reverse("host_room_number", args=[hotel.property.pk, rooms["101"].pk])
    done = host.post(one, {"action": "out"}, follow=True).content.decode()
    assert "Still given to Asha." in done
    assert "out of service" in text_of(host, plan_url(hotel))
    assert "out of service" not in text_of(host, assignment_url(stay))
    used = host.post(one, {"action": "remove"}, follow=True).content.decode()
    assert "stays in the books" in used
    host.post(one, {"action": "in"})
    assert Room.objects.get(number="101").is_active
    assert host.post(one, {"action": "nonsense"}).status_code == 404
    assert not BookingEvent.objects.filter(kind="room_released").exists()


def test_reception_sees_the_plan_and_not_the_numbers(
    client: Client, hotel: Hotel, rooms: dict[str, Room]
) -> None:
    user = UserFactory.create()
    Membership.objects.create(property=hotel.property, user=user, role="reception")
    client.force_login(user)
    numbers = reverse("host_room_numbers", args=[hotel.property.pk])
    assert numbers not in text_of(client, plan_url(hotel))
    assert client.get(numbers).status_code == 404
    post = client.post(numbers, {"room_type": hotel.room_type.pk, "numbers": "7"})
    assert post.status_code == 404
    assert Room.objects.count() == 2
