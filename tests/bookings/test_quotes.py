"""Quotes: signed, dated, and refused for what cannot be sold."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core import signing

from serai.bookings.errors import NotOffered, QuoteExpired, QuoteInvalid
from serai.bookings.quotes import SALT, make_quote, quote_from_json, read_quote, request_rooms
from serai.properties.models import Property
from serai.rates.models import NightPrice, RatePlan, TaxRule
from serai.rates.rules import Party
from tests.bookings.desk import CHECK_IN, CHECK_OUT, quote_stay
from tests.factories import NOW, Hotel, make_hotel

pytestmark = pytest.mark.django_db


@pytest.fixture
def hotel() -> Hotel:
    return make_hotel()


def test_a_quote_survives_its_token(hotel: Hotel) -> None:
    TaxRule.objects.create(property=hotel.property, name="GST", value=500)
    quote = quote_stay(hotel.saver, party=Party(4, (3,)), rooms=2)
    assert read_quote(quote.token, now=NOW) == quote
    assert quote_from_json(quote.as_json()) == quote
    assert quote.request.parties == [Party(2), Party(2, (3,))]
    assert quote.price.total_minor == 4 * 378_000
    assert quote.tiers[0].penalty_minor == quote.price.total_minor
    for room in quote.rooms:
        assert (room.payment, room.policy_name, room.rate_plan_name) == (
            "prepaid",
            "Non-refundable",
            "Saver",
        )
    assert quote.terms.due_now_minor == quote.price.total_minor


def test_a_quote_runs_out(hotel: Hotel, settings: Any) -> None:
    quote = quote_stay(hotel.flexible)
    assert quote.expires_at == NOW + dt.timedelta(seconds=settings.QUOTE_SECONDS)
    assert read_quote(quote.token, now=quote.expires_at) == quote
    with pytest.raises(QuoteExpired):
        read_quote(quote.token, now=quote.expires_at + dt.timedelta(microseconds=1))


def test_no_character_of_a_token_can_be_changed(hotel: Hotel) -> None:
    token = quote_stay(hotel.flexible).token
    for index in range(0, len(token), 7):
        forged = token[:index] + ("A" if token[index] != "A" else "B") + token[index + 1 :]
        with pytest.raises(QuoteInvalid):
            read_quote(forged, now=NOW)


@pytest.mark.parametrize("token", ["", "x", "a:b:c", "é" * 40, "." * 300])
def test_nonsense_is_no_quote(token: str) -> None:
    with pytest.raises(QuoteInvalid):
        read_quote(token, now=NOW)


@pytest.mark.parametrize("content", [{}, [], 7, None, {"product_id": 1}, "text"])
def test_something_else_that_we_signed_is_no_quote(content: object) -> None:
    with pytest.raises(QuoteInvalid):
        read_quote(signing.dumps(content, salt=SALT), now=NOW)


def test_a_token_signed_for_another_purpose_is_no_quote(hotel: Hotel) -> None:
    quote = quote_stay(hotel.flexible)
    with pytest.raises(QuoteInvalid):
        read_quote(signing.dumps(quote.as_json(), salt="elsewhere", compress=True), now=NOW)


@pytest.mark.parametrize(
    ("check_in", "check_out", "words"),
    [
        (CHECK_IN, CHECK_IN, "after the check-in"),
        (CHECK_OUT, CHECK_IN, "after the check-in"),
        (CHECK_IN, CHECK_IN + dt.timedelta(days=91), "up to 90"),
        (dt.date(2026, 11, 20), CHECK_IN, "has passed"),
        (dt.date(2027, 2, 1), dt.date(2027, 2, 3), "not on sale for all"),
        (dt.date(2027, 1, 18), dt.date(2027, 1, 20), "not on sale for all"),
    ],
)
def test_stays_that_cannot_be(hotel: Hotel, check_in: dt.date, check_out: dt.date, words: str) -> None:
    with pytest.raises(NotOffered, match=words):
        quote_stay(hotel.flexible, check_in=check_in, check_out=check_out)


def test_today_is_the_date_at_the_property(hotel: Hotel) -> None:
    late_evening_utc = dt.datetime(2026, 11, 21, 18, 29, tzinfo=dt.UTC)  # 23:59 in India
    today = dt.date(2026, 11, 21)
    assert quote_stay(hotel.flexible, check_in=today, check_out=CHECK_IN, now=late_evening_utc)
    with pytest.raises(NotOffered, match="has passed"):
        quote_stay(
            hotel.flexible, check_in=today, check_out=CHECK_IN, now=late_evening_utc + dt.timedelta(minutes=1)
        )


@pytest.mark.parametrize(
    ("party", "rooms", "words"),
    [
        (Party(3), 1, "too small"),
        (Party(2, (5, 6)), 1, "too small"),
        (Party(1), 2, "at least one adult"),
        (Party(2), 0, "at least one adult"),
    ],
)
def test_parties_that_do_not_fit(hotel: Hotel, party: Party, rooms: int, words: str) -> None:
    with pytest.raises(NotOffered, match=words):
        quote_stay(hotel.flexible, party=party, rooms=rooms)


@pytest.mark.parametrize(
    "status", [status for status in Property.Status if status != Property.Status.PUBLISHED]
)
def test_only_published_hotels_are_quoted(hotel: Hotel, status: str) -> None:
    Property.objects.filter(pk=hotel.property.pk).update(status=status)
    with pytest.raises(NotOffered, match="not on sale any more"):
        quote_stay(hotel.flexible)


def test_what_is_not_sold_is_not_quoted(hotel: Hotel) -> None:
    with pytest.raises(NotOffered):
        make_quote(request=request_rooms(999_999, CHECK_IN, CHECK_OUT, Party(2)), now=NOW)
    RatePlan.objects.filter(pk=hotel.flexible.rate_plan_id).update(is_active=False)
    with pytest.raises(NotOffered):
        quote_stay(hotel.flexible)
    NightPrice.objects.filter(product=hotel.flexible, date=CHECK_IN).delete()
    with pytest.raises(NotOffered):
        quote_stay(hotel.saver)


def test_quoting_does_not_look_at_what_is_left(hotel: Hotel) -> None:
    assert quote_stay(hotel.flexible, party=Party(8), rooms=4).price.total_minor == 8 * 400_000
