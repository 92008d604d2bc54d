"""The month grid: what it shows, what it changes, and taking it back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from zeal import zeal_ignore

from serai.inventory.models import Night
from serai.rates.models import NightPrice, NightRestriction
from tests.factories import NOW, Hotel, ProductFactory, RoomTypeFactory, make_hotel

pytestmark = pytest.mark.django_db
DECEMBER = "?month=2026-12"


@pytest.fixture(autouse=True)
def _frozen() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def hotel() -> Hotel:
    return make_hotel(units=3)


@pytest.fixture
def host(client: Client, hotel: Hotel) -> Client:
    client.force_login(hotel.host)
    return client


def url_of(hotel: Hotel, query: str = DECEMBER) -> str:
    return reverse("host_calendar", args=[hotel.property.pk]) + query


def cell(text: str, date: str) -> str:
    """The button of one day."""
    start = text.index(f'data-date="{date}"')
    return text[text.rindex("<button", 0, start) : text.index("</button>", start)]


def night(hotel: Hotel, day: int) -> Night:
    with zeal_ignore():
        return Night.objects.get(room_type=hotel.room_type, date=dt.date(2026, 12, day))


def price(hotel: Hotel, day: int) -> int:
    prices = NightPrice.objects.filter(product=hotel.flexible, date=dt.date(2026, 12, day))
    with zeal_ignore():
        return prices.get().amount_minor


def change(first: int, last: int, **fields: Any) -> dict[str, Any]:
    return {"first": f"2026-12-{first:02}", "last": f"2026-12-{last:02}"} | fields


def test_cells_say_what_is_left_sold_held_closed_and_the_price(host: Client, hotel: Hotel) -> None:
    nights = Night.objects.filter(room_type=hotel.room_type)
    nights.filter(date=dt.date(2026, 12, 2)).update(sold=1, held=1)
    nights.filter(date=dt.date(2026, 12, 3)).update(sold=3)
    nights.filter(date=dt.date(2026, 12, 4)).update(is_closed=True)
    nights.filter(date=dt.date(2026, 12, 5)).delete()

    text = host.get(url_of(hotel)).content.decode()

    assert 'data-state="open"' in cell(text, "2026-12-01")
    assert "3 left" in cell(text, "2026-12-01")
    assert "₹4,000" in cell(text, "2026-12-01")
    assert 'data-state="few"' in cell(text, "2026-12-02")
    assert "1 sold, 1 held" in cell(text, "2026-12-02")
    assert 'data-state="sold-out"' in cell(text, "2026-12-03")
    assert 'data-state="closed"' in cell(text, "2026-12-04")
    assert 'data-state="unopened"' in cell(text, "2026-12-05")


def test_past_days_cannot_be_chosen(host: Client, hotel: Hotel) -> None:
    text = host.get(url_of(hotel, "")).content.decode()
    assert 'data-date="2026-11-20"' not in text
    assert "data-today" in cell(text, "2026-11-21")


def test_queries_are_the_same_for_one_and_many_rooms(
    host: Client, hotel: Hotel, django_assert_num_queries: Any
) -> None:
    host.get(url_of(hotel))
    with django_assert_num_queries(7):
        host.get(url_of(hotel))
    for _ in range(12):
        room = RoomTypeFactory.create(property=hotel.property)
        ProductFactory.create(room_type=room, rate_plan=hotel.flexible.rate_plan)
    with django_assert_num_queries(7):
        host.get(url_of(hotel))


def test_nights_are_closed_allotted_and_priced_in_one_go(host: Client, hotel: Hotel) -> None:
    response = host.post(
        url_of(hotel), change(10, 12, sale="close", allotment="2", price="5500.50"), follow=True
    )
    assert "3 nights were changed." in response.content.decode()
    assert [(night(hotel, day).is_closed, night(hotel, day).allotment) for day in (9, 10, 12, 13)] == [
        (False, 3), (True, 2), (True, 2), (False, 3),
    ]  # fmt: skip
    assert [price(hotel, day) for day in (9, 10, 12, 13)] == [400_000, 550_050, 550_050, 400_000]


def test_only_some_weekdays(host: Client, hotel: Hotel) -> None:
    host.post(url_of(hotel), change(1, 31, price="6000", weekdays=["4", "5"]))
    assert [day for day in range(1, 32) if price(hotel, day) == 600_000] == [4, 5, 11, 12, 18, 19, 25, 26]


def test_undo_brings_everything_back_once(host: Client, hotel: Hotel) -> None:
    Night.objects.filter(room_type=hotel.room_type, date=dt.date(2026, 12, 11)).update(is_closed=True)
    host.post(url_of(hotel), change(10, 12, sale="open", allotment="9", price="100"))
    assert "Undo" in host.get(url_of(hotel)).content.decode()

    undo = reverse("host_calendar_undo", args=[hotel.property.pk])
    assert "The change was undone." in host.post(undo, follow=True).content.decode()

    assert [(night(hotel, day).is_closed, night(hotel, day).allotment) for day in (10, 11, 12)] == [
        (False, 3), (True, 3), (False, 3),
    ]  # fmt: skip
    assert [price(hotel, day) for day in (10, 11, 12)] == [400_000] * 3
    assert "There is nothing to undo." in host.post(undo, follow=True).content.decode()


def test_undo_yields_to_guests_who_booked_meanwhile(host: Client, hotel: Hotel) -> None:
    host.post(url_of(hotel), change(10, 12, allotment="5", price="100"))
    Night.objects.filter(room_type=hotel.room_type, date=dt.date(2026, 12, 11)).update(sold=5)

    response = host.post(reverse("host_calendar_undo", args=[hotel.property.pk]), follow=True)

    assert "guests have booked 11 Dec since" in response.content.decode()
    assert [night(hotel, day).allotment for day in (10, 11, 12)] == [5, 5, 5]
    assert price(hotel, 10) == 10_000


def test_fewer_rooms_than_guests_have_is_refused_beside_the_field(host: Client, hotel: Hotel) -> None:
    Night.objects.filter(room_type=hotel.room_type, date=dt.date(2026, 12, 11)).update(sold=2)
    response = host.post(url_of(hotel), change(10, 12, allotment="1", price="9000"))
    text = response.content.decode()
    assert response.status_code == 422
    assert 'id="id_allotment_error"' in text
    assert "Guests already have more rooms than that on 11 Dec." in text
    assert 'value="9000"' in text
    assert [night(hotel, day).allotment for day in (10, 11, 12)] == [3, 3, 3]
    assert price(hotel, 10) == 400_000


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"first": "2026-11-20", "last": "2026-12-01", "price": "1"}, "That night is over."),
        ({"first": "2026-12-05", "last": "2026-12-01", "price": "1"}, "cannot come before the first"),
        ({"first": "2026-12-05", "last": "2029-12-01", "price": "1"}, "Nights are sold until"),
        ({"first": "2026-12-05", "last": "2026-12-06"}, "Say what shall change"),
        ({"first": "2026-12-05", "last": "2026-12-06", "price": "0"}, "greater than or equal to 1"),
        ({"first": "2026-12-05", "last": "2026-12-06", "price": "1.005"}, "2 decimal places"),
        ({"first": "2026-12-07", "last": "2026-12-08", "price": "1", "weekdays": "6"}, "None of those"),
        ({"first": "soon", "last": "", "price": "1"}, "Enter a valid date."),
    ],
)
def test_bad_input_is_named_and_changes_nothing(
    host: Client, hotel: Hotel, fields: dict[str, str], words: str
) -> None:
    before = list(NightPrice.objects.values_list("date", "amount_minor"))
    response = host.post(url_of(hotel), fields)
    assert response.status_code == 422
    assert words in response.content.decode()
    assert list(NightPrice.objects.values_list("date", "amount_minor")) == before


def test_nights_beyond_those_open_are_opened(host: Client, hotel: Hotel) -> None:
    far = dt.date(2027, 6, 1)
    assert not Night.objects.filter(room_type=hotel.room_type, date=far).exists()
    host.post(url_of(hotel), {"first": "2027-06-01", "last": "2027-06-02", "sale": "open"})
    assert Night.objects.get(room_type=hotel.room_type, date=far).allotment == 3


@pytest.mark.parametrize("query", ["?month=nonsense", "?month=1999-01", "?month=9999-12", "?product=x"])
def test_odd_addresses_show_a_near_month(host: Client, hotel: Hotel, query: str) -> None:
    assert host.get(url_of(hotel, query)).status_code == 200


@pytest.mark.parametrize("query", ["?room_type=0", "?room_type=abc"])
def test_unknown_rooms_are_not_found(host: Client, hotel: Hotel, query: str) -> None:
    assert host.get(url_of(hotel, query)).status_code == 404


def restrictions(hotel: Hotel, day: int, *, derived: bool = False) -> dict[str, Any]:
    product = hotel.saver if derived else hotel.flexible
    with zeal_ignore():
        row = NightRestriction.objects.filter(product=product, date=dt.date(2026, 12, day)).values().first()
    skipped = {"product_id", "date"}
    return {name: value for name, value in (row or {}).items() if value is not None and name not in skipped}


def test_restrictions_are_set_taken_off_and_undone(host: Client, hotel: Hotel) -> None:
    host.post(
        url_of(hotel),
        change(10, 11, min_stay_arrival="2", is_closed_to_arrival="yes", is_stop_sold="no", cutoff_hour="18"),
    )
    expected = {
        "min_stay_arrival": 2, "is_closed_to_arrival": True, "is_stop_sold": False, "cutoff_hour": 18,
    }  # fmt: skip
    assert [restrictions(hotel, day) for day in (9, 10, 11, 12)] == [{}, expected, expected, {}]
    host.post(url_of(hotel), change(10, 10, is_closed_to_arrival="off", remove=["cutoff_hour"]))
    assert restrictions(hotel, 10) == {"min_stay_arrival": 2, "is_stop_sold": False}
    host.post(reverse("host_calendar_undo", args=[hotel.property.pk]))
    assert restrictions(hotel, 10) == expected
    text = cell(host.get(url_of(hotel)).content.decode(), "2026-12-10")
    assert "who arrives stays at least 2 nights" in text
    assert "no arrival" in text
    assert "sold whatever the rate plan says" in text
    assert '<span class="day-mark">≥2</span>' in text


def test_a_derived_plan_has_no_price_field_but_restrictions(host: Client, hotel: Hotel) -> None:
    where = f"{DECEMBER}&product={hotel.saver.pk}"
    text = host.get(url_of(hotel, where)).content.decode()
    assert "“Saver” takes its prices from “Flexible”, so they are set there." in text
    assert 'name="price"' not in text
    host.post(url_of(hotel, where), change(10, 10, max_stay_through="4", price="5"))
    assert (restrictions(hotel, 10, derived=True), restrictions(hotel, 10)) == ({"max_stay_through": 4}, {})
    assert price(hotel, 10) == 400_000


def test_the_allowance_is_shown_and_guarded(host: Client, hotel: Hotel) -> None:
    host.post(url_of(hotel), change(10, 10, allowance="2"))
    text = cell(host.get(url_of(hotel)).content.decode(), "2026-12-10")
    assert "5 left, 3 to sell" in text
    assert "2 may be overbooked" in text
    assert '<span class="day-allowance">+2</span>' in text
    Night.objects.filter(room_type=hotel.room_type, date=dt.date(2026, 12, 10)).update(sold=5)
    response = host.post(url_of(hotel), change(10, 10, allowance="1"))
    assert response.status_code == 422
    assert 'id="id_allowance_error"' in response.content.decode()
    assert night(hotel, 10).allowance == 2


def test_prices_by_hand_are_marked_and_go_back_to_the_pattern(host: Client, hotel: Hotel) -> None:
    host.post(url_of(hotel), change(10, 11, price="5500"))
    text = host.get(url_of(hotel)).content.decode()
    assert "price set by hand" in cell(text, "2026-12-10")
    assert "price set by hand" not in cell(text, "2026-12-12")
    host.post(url_of(hotel), change(10, 10, is_price_cleared="on"))
    assert [price(hotel, day) for day in (10, 11)] == [400_000, 550_000]


@pytest.mark.parametrize(
    ("fields", "field", "words"),
    [
        ({"price": "5", "is_price_cleared": "on"}, "price", "Either a price of its own or back"),
        ({"cutoff_hour": "25"}, "cutoff_hour", "less than or equal to 24"),
        ({"min_stay_arrival": "0"}, "min_stay_arrival", "greater than or equal to 1"),
        ({"cutoff_hour": "5", "remove": "cutoff_hour"}, "cutoff_hour", "Either a new value or none"),
        ({"min_stay_arrival": "5", "max_stay_arrival": "4"}, "max_stay_arrival", "Nobody could book"),
    ],
)
def test_what_does_not_fit_is_said_beside_its_field(
    host: Client, hotel: Hotel, fields: dict[str, str], field: str, words: str
) -> None:
    response = host.post(url_of(hotel), change(10, 11, allotment="9", **fields))
    text = response.content.decode()
    assert response.status_code == 422
    assert words in text
    assert f'id="id_{field}_error"' in text
    assert (night(hotel, 10).allotment, restrictions(hotel, 10), price(hotel, 10)) == (3, {}, 400_000)
