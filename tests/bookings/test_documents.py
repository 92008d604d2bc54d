"""What the guest carries: a voucher with every figure, a calendar entry at the right instants."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import translation
from icalendar import Calendar

from serai.bookings.documents import calendar_file, guests_text, policy_lines, voucher, voucher_data
from serai.bookings.models import Booking, BookingRoom
from serai.bookings.services import cancel_booking, change_request, offer_change
from serai.bookings.services.change import change_booking
from serai.rates.models import CancellationTier, TaxRule
from serai.rates.rules import Party
from tests.bookings.desk import CHECK_OUT, book_stay
from tests.factories import NOW, make_hotel
from tests.racing import run_together

pytestmark = pytest.mark.django_db


def load(booking: Booking) -> Booking:
    """As the receivers and pages load it."""
    rows = Booking.objects.select_related("property__destination", "guest")
    return rows.prefetch_related("rooms__room_type", "rooms__rate_plan").get(pk=booking.pk)


@pytest.mark.parametrize("language", ["en", "hi", "ar", "fr"])
def test_the_voucher_is_one_page_of_pdf_in_every_language(language: str) -> None:
    booking = load(book_stay(make_hotel(name="लेक हाउस · بيت البحيرة").flexible))
    with translation.override(language):
        file = voucher(booking)
    assert file.filename == f"voucher-{booking.reference}.pdf"
    assert file.content_type == "application/pdf"
    assert file.content.startswith(b"%PDF-")
    assert file.content.rstrip().endswith(b"%%EOF")
    assert b"/Count 1" in file.content
    assert len(file.content) > 5_000


def test_the_voucher_says_what_was_booked_and_paid() -> None:
    hotel = make_hotel(
        name="Lake House", address="1 Lake Road", postal_code="302001", phone="+91 141 1234567"
    )
    TaxRule.objects.create(property=hotel.property, name="GST", value=500)
    city = {"kind": "amount", "basis": "person", "value": 5_000, "is_paid_at_property": True}
    TaxRule.objects.create(property=hotel.property, name="City tax", **city)
    booking = load(book_stay(hotel.flexible, is_paid=True, party=Party(2, (4,)), rooms=1))
    with translation.override("en"):
        data = voucher_data(booking)
    assert (data["reference"], data["property"], data["total"]) == (
        booking.reference,
        "Lake House",
        "₹8,700.00",
    )
    # Three heads of whom none is an infant, two nights, ₹50 each: ₹300 that only the property takes.
    assert data["lines"] == [
        {"label": f"{hotel.room_type.name}, Flexible, 2 nights", "amount": "₹8,000.00"},
        {"label": "GST", "amount": "₹400.00"},
        {"label": "City tax", "amount": "₹300.00"},
    ]
    assert data["dues"] == [
        {"label": "Paid", "amount": "₹8,400.00"},
        {"label": "To be paid at the property", "amount": "₹300.00"},
    ]
    assert data["address"] == ["1 Lake Road", f"302001 {hotel.property.destination.name}", "+91 141 1234567"]
    assert data["facts"] == [
        {"label": "Check-in", "value": "Thursday, December 10, 2026", "note": "from 14:00"},
        {"label": "Check-out", "value": "Saturday, December 12, 2026", "note": "until 11:00"},
        {"label": "Guest", "value": booking.guest_name, "note": "2 nights"},
    ]
    assert data["rooms"] == [
        {"name": hotel.room_type.name, "plan": "Flexible", "guests": "2 adults, 1 child (aged 4)"}
    ]
    assert data["policy"] == ["From 9 December 2026, 14:00: ₹4,200.00.", "Free before that."]
    assert data["guarantee"] == "Your room is kept for you all day."
    assert data["requests"] == "A quiet room, please"
    assert data["footer"] == "Times are those at the property (Asia/Kolkata)."


def test_addresses_keep_their_order_on_a_page_from_right_to_left() -> None:
    hotel = make_hotel(address="1 Lake Road", postal_code="", phone="+91 141 1234567")
    booking = load(book_stay(hotel.flexible))
    with translation.override("ar"):
        lines = voucher_data(booking)["address"]
    assert isinstance(lines, list)
    assert all(line.startswith("\N{FIRST STRONG ISOLATE}") for line in lines)
    assert "\N{FIRST STRONG ISOLATE}1 Lake Road\N{POP DIRECTIONAL ISOLATE}" in lines


def test_a_cancelled_stay_owes_its_penalty_only() -> None:
    hotel = make_hotel()
    booking = book_stay(hotel.flexible)
    late = dt.datetime(2026, 12, 10, tzinfo=dt.UTC)
    cancel_booking(booking_id=booking.pk, actor=None, now=late)
    with translation.override("en"):
        data = voucher_data(load(booking))
    assert [line["amount"] for line in data["dues"]] == ["₹0.00", "₹4,000.00"]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("adults", "ages", "text"),
    [
        (1, [], "1 adult"),
        (2, [5], "2 adults, 1 child (aged 5)"),
        (3, [0, 9], "3 adults, 2 children (aged 0, 9)"),
    ],
)
def test_guests_in_words(adults: int, ages: list[int], text: str) -> None:
    with translation.override("en"):
        assert guests_text(BookingRoom(adults=adults, children_ages=ages)) == text


def test_policies_in_words() -> None:
    hotel = make_hotel()
    flexible, saver = load(book_stay(hotel.flexible)), load(book_stay(hotel.saver, is_paid=True))
    CancellationTier.objects.all().delete()
    free = load(book_stay(hotel.flexible))
    with translation.override("en"):
        assert policy_lines(flexible) == ["From 9 December 2026, 14:00: ₹4,000.00.", "Free before that."]
        assert policy_lines(saver) == ["From booking on: ₹7,200.00."]
        assert policy_lines(free) == ["Cancelling is free until check-in."]


@pytest.mark.parametrize(
    ("timezone", "starts", "ends"),
    [
        ("Asia/Kolkata", "2026-12-10 08:30", "2026-12-12 05:30"),
        ("Europe/Berlin", "2026-12-10 13:00", "2026-12-12 10:00"),
        ("America/New_York", "2026-12-10 19:00", "2026-12-12 16:00"),
        ("Pacific/Apia", "2026-12-10 01:00", "2026-12-11 22:00"),
    ],
)
def test_the_calendar_entry_has_the_right_instants(timezone: str, starts: str, ends: str) -> None:
    hotel = make_hotel(timezone=timezone, name="Lake; House, \\ Inn", address="1, Lake Road")
    booking = load(book_stay(hotel.flexible))
    file = calendar_file(booking)
    assert (file.filename, file.content_type) == (f"stay-{booking.reference}.ics", "text/calendar")
    [event] = Calendar.from_ical(file.content).walk("VEVENT")
    assert event["dtstart"].dt.astimezone(dt.UTC).strftime("%Y-%m-%d %H:%M") == starts
    assert event["dtend"].dt.astimezone(dt.UTC).strftime("%Y-%m-%d %H:%M") == ends
    assert (event["uid"], event["sequence"]) == (f"{booking.reference}@serai", 1)
    assert event["location"] == "Lake; House, \\ Inn, 1, Lake Road"
    assert booking.reference in event["url"]


def test_a_changed_stay_replaces_its_entry() -> None:
    hotel = make_hotel()
    booking = book_stay(hotel.flexible)
    quote = offer_change(
        booking=booking,
        request=change_request(booking, check_out=CHECK_OUT + dt.timedelta(days=1)),
        now=NOW,
    ).quote
    change_booking(booking_id=booking.pk, token=quote.token, actor=None, now=NOW)
    [event] = Calendar.from_ical(calendar_file(load(booking)).content).walk("VEVENT")
    assert (event["uid"], event["sequence"]) == (f"{booking.reference}@serai", 2)
    assert event["dtend"].dt.astimezone(dt.UTC).date() == CHECK_OUT + dt.timedelta(days=1)


@pytest.mark.django_db(transaction=True)
def test_many_guests_may_open_their_vouchers_at_once() -> None:
    booking = load(book_stay(make_hotel().flexible))
    race = run_together(*[lambda: len(voucher(booking).content)] * 8)
    assert race.errors == []
    assert len(race.results) == 8
