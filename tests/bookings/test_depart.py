"""Leaving early and not coming: which nights go back, what they cost, what is refunded."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from serai.bookings.audit import recount
from serai.bookings.errors import ChangeNotAllowed, PenaltyChanged, StateConflict
from serai.bookings.models import Booking
from serai.bookings.quotes import quote_from_json
from serai.bookings.rules import first_free_night
from serai.bookings.selectors import balance_minor, owed_minor, paid_minor
from serai.bookings.services import (
    change_booking,
    change_request,
    check_in_booking,
    check_out_booking,
    depart_early,
    early_departure,
    mark_no_show,
    no_show_cost,
    offer_change,
)
from serai.core.models import SentMail
from serai.payments.models import Refund
from serai.rates.models import CancellationPolicy, TaxRule
from serai.rates.rules import Party
from tests.bookings.desk import CHECK_IN, book_stay, counters
from tests.factories import Hotel, make_hotel
from tests.racing import run_together

pytestmark = pytest.mark.django_db

CHECK_OUT = CHECK_IN + dt.timedelta(days=4)
DAY = dt.timedelta(days=1)
ARRIVAL = dt.datetime(2026, 12, 10, 9, tzinfo=dt.UTC)  # 14:30 in India
SECOND_MORNING = dt.datetime(2026, 12, 12, 4, 30, tzinfo=dt.UTC)  # 10:00 on 12 December


@pytest.fixture
def hotel() -> Hotel:
    return make_hotel(units=2)


def in_house(hotel: Hotel, **wish: Any) -> Booking:
    booking = book_stay(hotel.flexible, check_out=CHECK_OUT, **wish)
    check_in_booking(booking_id=booking.pk, actor=hotel.host, now=ARRIVAL)
    booking.refresh_from_db()
    return booking


def terms_of(hotel: Hotel, **fields: Any) -> None:
    CancellationPolicy.objects.filter(property=hotel.property, name="Flexible").update(**fields)


def depart(booking: Booking, *, now: dt.datetime = SECOND_MORNING, **options: Any) -> Booking:
    return depart_early(booking_id=booking.pk, actor=None, now=now, **options)


@pytest.mark.parametrize(
    ("now", "night"),
    [
        # One in the morning: the night of the day before was slept in.
        ("2026-12-11T19:30:00+00:00", dt.date(2026, 12, 12)),
        ("2026-12-12T04:30:00+00:00", dt.date(2026, 12, 12)),
        ("2026-12-12T15:00:00+00:00", dt.date(2026, 12, 12)),
        ("2026-12-12T18:29:59+00:00", dt.date(2026, 12, 12)),
        ("2026-12-12T18:30:00+00:00", dt.date(2026, 12, 13)),
        # The first night is the guest's, however soon he goes.
        ("2026-12-10T10:00:00+00:00", dt.date(2026, 12, 11)),
    ],
)
def test_which_night_is_free_first(now: str, night: dt.date) -> None:
    at = dt.datetime.fromisoformat(now)
    assert first_free_night(at, timezone="Asia/Kolkata", check_in=CHECK_IN) == night


@pytest.mark.parametrize(("percent", "charge"), [(100, 800_000), (50, 400_000), (0, 0)])
def test_nights_not_slept_in_go_back_at_the_agreed_percentage(
    hotel: Hotel, percent: int, charge: int
) -> None:
    terms_of(hotel, early_departure_percent=percent)
    booking = in_house(hotel, is_paid=True)
    terms_of(hotel, early_departure_percent=33)  # what was agreed counts
    shown = early_departure(booking=booking, now=SECOND_MORNING)
    assert shown is not None
    assert (shown.check_out, shown.nights, shown.settlement.penalty_minor) == (
        dt.date(2026, 12, 12),
        2,
        charge,
    )
    after = depart(booking, expected_penalty_minor=charge)
    assert (after.state, after.check_out) == ("checked_out", dt.date(2026, 12, 12))
    assert (after.total_minor, after.penalty_minor, owed_minor(after)) == (800_000, charge, 800_000 + charge)
    assert (paid_minor(after), balance_minor(after)) == (800_000 + charge, 0)
    assert shown.settlement.refund_minor == 800_000 - charge
    assert sum(refund.amount_minor for refund in Refund.objects.all()) == 800_000 - charge
    assert counters(hotel.room_type.pk, nights=4) == [(0, 1), (0, 1), (0, 0), (0, 0)]
    room = after.rooms.get()
    assert (room.check_out, room.total_minor) == (dt.date(2026, 12, 12), 800_000)
    quote = quote_from_json(after.price)
    assert (quote.price.total_minor, quote.request.check_out) == (800_000, dt.date(2026, 12, 12))
    event = after.events.last()
    assert event is not None
    assert (event.kind, event.data) == (
        "left_early",
        {"check_out": "2026-12-14", "total_minor": 1_600_000, "penalty_minor": charge},
    )
    assert recount() == []


def test_each_room_is_rounded_by_itself() -> None:
    hotel = make_hotel(units=2, base_minor=101)
    terms_of(hotel, early_departure_percent=50)
    booking = in_house(hotel, party=Party(4), rooms=2)
    shown = early_departure(booking=booking, now=SECOND_MORNING + DAY)
    assert shown is not None
    assert shown.charges == [51, 51]
    after = depart(booking, now=SECOND_MORNING + DAY)
    assert (after.total_minor, after.penalty_minor) == (606, 102)


def test_taxes_follow_the_nights(hotel: Hotel) -> None:
    """GST on top of each night, a city tax for three nights at most, a fee for the stay."""
    TaxRule.objects.create(property=hotel.property, name="GST", kind="percent", value=1200)
    city = {"kind": "amount", "value": 700, "basis": "person", "is_paid_at_property": True}
    TaxRule.objects.create(property=hotel.property, name="City", max_nights=3, **city)
    fee = {"kind": "amount", "value": 9_000, "basis": "room", "period": "stay"}
    TaxRule.objects.create(property=hotel.property, name="Fee", is_paid_at_property=True, **fee)
    terms_of(hotel, early_departure_percent=50)
    booking = in_house(hotel, is_paid=True)
    assert booking.total_minor == 1_792_000 + 4_200 + 9_000
    after = depart(booking)
    # Two nights with GST, two nights of city tax for two, the fee as it was; half of two nights with GST.
    assert after.total_minor == 896_000 + 2_800 + 9_000
    assert (after.penalty_minor, paid_minor(after)) == (448_000, 1_344_000)
    assert balance_minor(after) == 11_800
    assert recount() == []


def test_taxes_shrink_with_the_nights_when_the_rules_have_changed(hotel: Hotel) -> None:
    tax = TaxRule.objects.create(property=hotel.property, name="GST", kind="percent", value=1200)
    terms_of(hotel, early_departure_percent=0)
    booking = in_house(hotel)
    TaxRule.objects.filter(pk=tax.pk).update(value=1800)
    assert depart(booking).total_minor == 896_000


def test_on_the_last_day_it_is_a_plain_check_out(hotel: Hotel) -> None:
    booking = in_house(hotel)
    last = dt.datetime(2026, 12, 14, 4, 30, tzinfo=dt.UTC)
    assert early_departure(booking=booking, now=last) is None
    after = depart(booking, now=last, expected_penalty_minor=0)
    assert (after.state, after.check_out, after.total_minor) == ("checked_out", CHECK_OUT, 1_600_000)
    assert counters(hotel.room_type.pk, nights=4) == [(0, 1)] * 4
    event = after.events.last()
    assert event is not None
    assert event.kind == "checked_out"


def test_without_it_the_nights_stay_sold(hotel: Hotel) -> None:
    booking = in_house(hotel)
    check_out_booking(booking_id=booking.pk, actor=None, now=SECOND_MORNING)
    booking.refresh_from_db()
    assert (booking.state, booking.check_out, owed_minor(booking)) == ("checked_out", CHECK_OUT, 1_600_000)
    assert counters(hotel.room_type.pk, nights=4) == [(0, 1)] * 4


def test_only_once_and_only_in_house(hotel: Hotel) -> None:
    booking = in_house(hotel)
    first = depart(booking)
    again = depart(booking, now=SECOND_MORNING + DAY, expected_penalty_minor=1)
    assert (again.version, again.check_out) == (first.version, first.check_out)
    other = book_stay(hotel.flexible, check_out=CHECK_OUT)
    with pytest.raises(StateConflict, match="in house"):
        depart(other)
    assert counters(hotel.room_type.pk, nights=4) == [(0, 2), (0, 2), (0, 1), (0, 1)]


def test_another_amount_than_was_shown_changes_nothing(hotel: Hotel) -> None:
    booking = in_house(hotel)
    with pytest.raises(PenaltyChanged):
        depart(booking, expected_penalty_minor=0)
    assert Booking.objects.get().state == "checked_in"
    assert counters(hotel.room_type.pk, nights=4) == [(0, 1)] * 4


def test_a_channels_booking_pays_its_nights(hotel: Hotel) -> None:
    booking = in_house(hotel)
    Booking.objects.update(price={}, terms={}, channel="agency", checkout=None)
    after = depart(booking)
    assert (after.total_minor, after.penalty_minor, owed_minor(after)) == (800_000, 800_000, 1_600_000)
    assert recount() == []


def test_the_guest_is_told(hotel: Hotel, run_outbox: Any) -> None:
    booking = in_house(hotel, is_paid=True)
    run_outbox()
    SentMail.objects.all().delete()
    depart(booking)
    run_outbox(now=SECOND_MORNING)
    assert booking.guest is not None
    mail = SentMail.objects.get(recipient=booking.guest.email)
    assert mail.subject.startswith("Your stay at")
    assert "₹8,000.00" in mail.text
    assert SentMail.objects.get(recipient=hotel.host.email).subject.startswith("Left early")


@pytest.mark.django_db(transaction=True)
def test_leaving_and_staying_longer_at_once(hotel: Hotel) -> None:
    """Whoever comes second sees what the first has made of the stay."""
    booking = in_house(hotel)
    longer = change_request(booking, check_out=CHECK_OUT + DAY)
    token = offer_change(booking=booking, request=longer, now=SECOND_MORNING, is_by_host=True).quote.token
    race = run_together(
        lambda: depart(booking),
        lambda: change_booking(
            booking_id=booking.pk, token=token, actor=None, now=SECOND_MORNING, is_by_host=True
        ),
    )
    assert {type(error) for error in race.errors} <= {ChangeNotAllowed}
    after = Booking.objects.get()
    assert (after.state, after.check_out, after.total_minor) == (
        "checked_out",
        dt.date(2026, 12, 12),
        800_000,
    )
    assert after.penalty_minor in {800_000, 1_200_000}
    assert counters(hotel.room_type.pk, nights=5) == [(0, 1), (0, 1), (0, 0), (0, 0), (0, 0)]
    assert recount() == []


@pytest.mark.parametrize(
    ("kind", "value", "charge"),
    [("", 0, 400_000), ("percent", 100, 1_600_000), ("nights", 2, 800_000), ("fixed", 50_000, 50_000)],
)
@pytest.mark.parametrize("is_paid", [True, False])
def test_not_coming_costs_what_the_terms_say(
    hotel: Hotel, kind: str, value: int, charge: int, is_paid: bool
) -> None:
    terms_of(hotel, no_show_kind=kind, no_show_value=value)
    booking = book_stay(hotel.flexible, check_out=CHECK_OUT, is_paid=is_paid)
    cost = no_show_cost(booking=booking)
    assert (cost.penalty_minor, cost.refund_minor) == (charge, 1_600_000 - charge if is_paid else 0)
    mark_no_show(booking_id=booking.pk, actor=hotel.host, now=ARRIVAL)
    booking.refresh_from_db()
    assert (booking.state, booking.penalty_minor, owed_minor(booking)) == ("no_show", charge, charge)
    assert (paid_minor(booking), balance_minor(booking)) == ((charge, 0) if is_paid else (0, charge))
    assert counters(hotel.room_type.pk, nights=4) == [(0, 1)] * 4
    event = booking.events.last()
    assert event is not None
    assert event.data == {"penalty_minor": charge}
    mark_no_show(booking_id=booking.pk, actor=hotel.host, now=ARRIVAL + DAY)
    assert Booking.objects.get().penalty_minor == charge
    assert Refund.objects.count() == (1 if is_paid and charge < 1_600_000 else 0)
    assert recount() == []


def test_a_booking_without_terms_owes_its_price_as_before(hotel: Hotel) -> None:
    booking = book_stay(hotel.flexible, is_paid=True)
    Booking.objects.update(terms={})
    booking.refresh_from_db()
    assert no_show_cost(booking=booking).due_minor == 0
    mark_no_show(booking_id=booking.pk, actor=None, now=ARRIVAL)
    booking.refresh_from_db()
    assert (owed_minor(booking), paid_minor(booking)) == (800_000, 800_000)
