"""One night's page: as it is, as it was, and what happened."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest
import time_machine
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils.http import urlencode

from serai.inventory.models import Night, NightHistory
from serai.rates.models import NightPriceHistory, NightRestrictionHistory
from serai.rates.services.prices import set_prices
from serai.rates.services.restrictions import set_restrictions
from tests.factories import NOW, Hotel, make_hotel

pytestmark = pytest.mark.django_db

NIGHT = dt.date(2026, 12, 10)
# 14:03 in India; the changes below happened half an hour later.
LOOKED_AT = "2026-11-20T14:03"
CHANGED_AT = dt.datetime(2026, 11, 20, 9, 3, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def _frozen() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def hotel() -> Hotel:
    """A hotel whose night was changed in every way at `CHANGED_AT`."""
    hotel = make_hotel(units=3)
    with connection.cursor() as cursor:
        for history in (NightHistory, NightPriceHistory, NightRestrictionHistory):
            cursor.execute(f"DELETE FROM {history._meta.db_table}")
    Night.objects.filter(room_type=hotel.room_type, date=NIGHT).update(sold=2, allotment=2)
    with transaction.atomic():
        set_prices(product_id=hotel.flexible.pk, dates=[NIGHT], amount_minor=550_000, now=NOW)
        set_restrictions(
            product_ids=[hotel.flexible.pk], dates=[NIGHT], changes={"min_stay_arrival": 2}, now=NOW
        )
    for history in (NightHistory, NightPriceHistory, NightRestrictionHistory):
        history.objects.all().update(replaced_at=CHANGED_AT)
    return hotel


@pytest.fixture
def host(client: Client, hotel: Hotel) -> Client:
    client.force_login(hotel.host)
    return client


def look(host: Client, hotel: Hotel, *, status: int = 200, **query: str) -> str:
    url = reverse("host_calendar_night", args=[hotel.property.pk])
    response = host.get(f"{url}?{urlencode({'date': NIGHT.isoformat()} | query)}")
    assert response.status_code == status
    return response.content.decode()


def section(text: str, name: str) -> str:
    start = text.index(f'aria-labelledby="{name}"')
    return text[start : text.index("</section>", start)]


def test_now_and_what_a_guest_saw(host: Client, hotel: Hotel) -> None:
    text = look(host, hotel, at=LOOKED_AT)
    now, then = section(text, "night-now"), section(text, "night-then")
    assert "At 20 November 2026, 14:03" in then
    assert ("0 of 2" in now, "3 of 3" in then) == (True, True)
    assert ("₹5,500" in now, "set by hand" in now, "₹4,000" in then) == (True, True, True)
    assert "Who arrives stays at least 2 nights" in now
    assert "None" in then


def test_what_happened_is_listed_by_the_propertys_clock(host: Client, hotel: Hotel) -> None:
    listed = section(look(host, hotel), "night-changes")
    assert listed.count("20 Nov 2026, 14:33:00") == 4
    for words in ("Rooms to sell", "Sold", "Price", "₹4,000", "₹5,500, set by hand", "Restrictions"):
        assert words in listed
    assert "night-then" not in look(host, hotel)


def test_a_night_without_changes_says_so(host: Client, hotel: Hotel) -> None:
    assert "Nothing has changed" in look(host, hotel, date="2026-12-12")


def test_a_night_that_is_not_open(host: Client, hotel: Hotel) -> None:
    text = section(look(host, hotel, date="2028-01-01"), "night-now")
    assert "Not open" in text
    assert "No price" in text


def test_a_derived_plan_says_where_its_price_comes_from(host: Client, hotel: Hotel) -> None:
    assert "From “Flexible”" in section(look(host, hotel, product=str(hotel.saver.pk)), "night-now")


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ({"date": "soon"}, "Enter a valid date."),
        ({"at": "2026-11-21T12:01"}, "That is still to come."),
        ({"at": "2025-01-01T12:00"}, "remembered for 400 days"),
        ({"at": "yesterday"}, "Enter a date and a time"),
        ({"at": "2026-13-45T12:00"}, "Enter a date and a time"),
    ],
)
def test_odd_questions_are_answered_beside_the_field(
    host: Client, hotel: Hotel, query: dict[str, str], words: str
) -> None:
    text = look(host, hotel, status=422, **query)
    assert words in text
    assert next(iter(query.values())) in text


def test_a_property_without_rooms_has_no_nights(host: Client, hotel: Hotel) -> None:
    hotel.property.room_types.update(is_active=False)
    look(host, hotel, status=404)
