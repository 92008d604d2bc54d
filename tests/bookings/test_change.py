"""Change of dates: priced first, swapped in one step, and never worse than before."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import transaction

from serai.bookings.audit import recount
from serai.bookings.errors import ChangeNotAllowed, NotOffered, PriceChanged, QuoteExpired
from serai.bookings.models import Booking
from serai.bookings.selectors import balance_minor, paid_minor
from serai.bookings.services import cancel_booking, change_booking, change_request, offer_change
from serai.core.models import OutboxMessage
from serai.inventory.services import SoldOut
from serai.payments.models import Refund
from serai.rates.models import TaxRule
from serai.rates.rules import Party
from serai.rates.services.prices import set_prices
from tests.bookings.desk import CHECK_IN, CHECK_OUT, book_stay, counters, quote_stay
from tests.factories import NOW, Hotel, make_hotel
from tests.racing import run_together

pytestmark = pytest.mark.django_db

DAY = dt.timedelta(days=1)
DEADLINE = dt.datetime(2026, 12, 9, 8, 30, tzinfo=dt.UTC)


@pytest.fixture
def hotel() -> Hotel:
    return make_hotel(units=2)


def offer(booking: Booking, check_in: dt.date, check_out: dt.date, *, now: dt.datetime = NOW) -> Any:
    return offer_change(
        booking=booking, request=change_request(booking, check_in=check_in, check_out=check_out), now=now
    )


def change(booking: Booking, check_in: dt.date, check_out: dt.date) -> Booking:
    token = offer(booking, check_in, check_out).quote.token
    return change_booking(booking_id=booking.pk, token=token, actor=booking.guest, now=NOW)


def assert_unchanged(hotel: Hotel, booking: Booking) -> None:
    fresh = Booking.objects.get(pk=booking.pk)
    assert (fresh.check_in, fresh.check_out) == (booking.check_in, booking.check_out)
    assert (fresh.total_minor, fresh.version, fresh.price) == (
        booking.total_minor,
        booking.version,
        booking.price,
    )
    assert recount() == []


def test_a_longer_stay_is_due_at_the_property(hotel: Hotel) -> None:
    booking = book_stay(hotel.flexible, is_paid=True)
    shown = offer(booking, CHECK_IN - DAY, CHECK_OUT + DAY)
    assert (shown.old_total_minor, shown.difference_minor) == (800_000, 800_000)
    assert (shown.refund_minor, shown.due_at_property_minor) == (0, 800_000)
    changed = change(booking, CHECK_IN - DAY, CHECK_OUT + DAY)
    assert (changed.check_in, changed.check_out, changed.total_minor) == (
        CHECK_IN - DAY,
        CHECK_OUT + DAY,
        1_600_000,
    )
    assert (changed.version, paid_minor(changed), balance_minor(changed)) == (2, 800_000, 800_000)
    assert counters(hotel.room_type.pk, first=CHECK_IN - 2 * DAY, nights=6) == [(0, 0), *[(0, 1)] * 4, (0, 0)]
    room = changed.rooms.get()
    assert (room.check_in, room.check_out, room.total_minor) == (CHECK_IN - DAY, CHECK_OUT + DAY, 1_600_000)
    # The free time now runs from the new arrival.
    assert changed.cancellation_tiers == [{"from_at": "2026-12-08T08:30:00+00:00", "penalty_minor": 400_000}]
    event = changed.events.last()
    assert event is not None
    assert event.data == {"check_in": "2026-12-10", "check_out": "2026-12-12", "total_minor": 800_000}
    assert recount() == []


def test_a_shorter_stay_gives_money_back(hotel: Hotel) -> None:
    booking = book_stay(hotel.flexible, is_paid=True)
    shown = offer(booking, CHECK_IN, CHECK_IN + DAY)
    assert (shown.difference_minor, shown.refund_minor, shown.due_at_property_minor) == (-400_000, 400_000, 0)
    changed = change(booking, CHECK_IN, CHECK_IN + DAY)
    assert (changed.total_minor, paid_minor(changed), balance_minor(changed)) == (400_000, 400_000, 0)
    refund = Refund.objects.get()
    assert (refund.amount_minor, refund.reason) == (400_000, "changed")
    assert counters(hotel.room_type.pk) == [(0, 1), (0, 0)]
    assert recount() == []


def test_changing_back_and_forth_keeps_money_and_nights_right(hotel: Hotel) -> None:
    booking = book_stay(hotel.flexible, is_paid=True)
    booking = change(booking, CHECK_IN, CHECK_IN + DAY)
    booking = change(booking, CHECK_IN + 5 * DAY, CHECK_IN + 8 * DAY)
    assert (paid_minor(booking), balance_minor(booking)) == (400_000, 800_000)
    booking = change(booking, CHECK_IN, CHECK_OUT)
    assert (booking.version, paid_minor(booking), balance_minor(booking)) == (4, 400_000, 400_000)
    assert counters(hotel.room_type.pk, nights=9) == [(0, 1)] * 2 + [(0, 0)] * 7
    cancelled = cancel_booking(booking_id=booking.pk, actor=None, now=NOW)
    assert paid_minor(cancelled) == 0
    assert recount() == []


def test_a_full_house_still_lets_its_own_guests_shift(hotel: Hotel) -> None:
    """The nights in common are the guest's own: no second room is needed for a moment."""
    booking = book_stay(hotel.flexible)
    book_stay(hotel.flexible)
    changed = change(booking, CHECK_IN + DAY, CHECK_OUT + DAY)
    assert changed.check_in == CHECK_IN + DAY
    assert counters(hotel.room_type.pk, nights=4) == [(0, 1), (0, 2), (0, 1), (0, 0)]
    assert recount() == []


def test_sold_out_keeps_the_old_nights(hotel: Hotel) -> None:
    booking = book_stay(hotel.flexible, is_paid=True)
    for _ in range(2):
        book_stay(hotel.flexible, check_in=CHECK_OUT, check_out=CHECK_OUT + DAY)
    with pytest.raises(SoldOut) as refusal:
        change(booking, CHECK_IN + DAY, CHECK_OUT + DAY)
    assert [shortage.date for shortage in refusal.value.shortages] == [CHECK_OUT]
    assert_unchanged(hotel, booking)
    assert not Refund.objects.exists()
    assert not OutboxMessage.objects.filter(topic="booking.changed").exists()


def test_a_price_that_changed_meanwhile_is_shown_first(hotel: Hotel) -> None:
    booking = book_stay(hotel.flexible)
    token = offer(booking, CHECK_IN, CHECK_OUT + DAY).quote.token
    with transaction.atomic():
        set_prices(product_id=hotel.flexible.pk, dates=[CHECK_OUT], amount_minor=1, now=NOW)
    with pytest.raises(PriceChanged) as refusal:
        change_booking(booking_id=booking.pk, token=token, actor=None, now=NOW)
    assert refusal.value.new.price.total_minor == 800_001
    assert_unchanged(hotel, booking)


def test_the_new_stay_costs_todays_price_on_every_night(hotel: Hotel) -> None:
    booking = book_stay(hotel.flexible)
    with transaction.atomic():
        set_prices(product_id=hotel.flexible.pk, dates=[CHECK_IN, CHECK_OUT], amount_minor=500_000, now=NOW)
    assert change(booking, CHECK_IN, CHECK_OUT + DAY).total_minor == 1_400_000


def test_the_same_dates_change_nothing(hotel: Hotel) -> None:
    booking = book_stay(hotel.flexible)
    assert change(booking, CHECK_IN, CHECK_OUT).version == 1
    assert_unchanged(hotel, booking)


def test_a_repeated_change_is_made_once(hotel: Hotel) -> None:
    booking = book_stay(hotel.flexible)
    token = offer(booking, CHECK_IN, CHECK_OUT + DAY).quote.token
    for _ in range(2):
        changed = change_booking(booking_id=booking.pk, token=token, actor=None, now=NOW)
    assert changed.version == 2
    assert recount() == []


@pytest.mark.django_db(transaction=True)
def test_a_change_and_a_cancellation_at_once_leave_right_counters(hotel: Hotel) -> None:
    booking = book_stay(hotel.flexible, is_paid=True)
    token = offer(booking, CHECK_OUT, CHECK_OUT + DAY).quote.token
    race = run_together(
        lambda: change_booking(booking_id=booking.pk, token=token, actor=None, now=NOW),
        lambda: cancel_booking(booking_id=booking.pk, actor=None, now=NOW),
    )
    assert all(isinstance(error, ChangeNotAllowed) for error in race.errors)
    booking.refresh_from_db()
    assert (booking.state, paid_minor(booking)) == ("cancelled", 0)
    assert counters(hotel.room_type.pk, nights=3) == [(0, 0)] * 3
    assert recount() == []


def test_only_while_cancelling_is_free(hotel: Hotel) -> None:
    booking = book_stay(hotel.flexible)
    assert offer(booking, CHECK_IN, CHECK_OUT + DAY, now=DEADLINE - dt.timedelta(seconds=1))
    with pytest.raises(ChangeNotAllowed, match="free"):
        offer(booking, CHECK_IN, CHECK_OUT + DAY, now=DEADLINE)
    saver = book_stay(hotel.saver, is_paid=True)
    with pytest.raises(ChangeNotAllowed, match="free"):
        offer(saver, CHECK_IN, CHECK_OUT + DAY)


def test_not_after_cancelling_nor_for_other_channels(hotel: Hotel) -> None:
    booking = book_stay(hotel.flexible)
    token = offer(booking, CHECK_IN, CHECK_OUT + DAY).quote.token
    cancelled = cancel_booking(booking_id=booking.pk, actor=None, now=NOW)
    with pytest.raises(ChangeNotAllowed):
        change_booking(booking_id=booking.pk, token=token, actor=None, now=NOW)
    assert_unchanged(hotel, cancelled)
    Booking.objects.update(channel="agency", state="confirmed")
    with pytest.raises(ChangeNotAllowed, match="where it was made"):
        offer(Booking.objects.get(), CHECK_IN, CHECK_OUT + DAY)


def test_a_quote_for_another_hotel_changes_nothing(hotel: Hotel) -> None:
    booking = book_stay(hotel.flexible)
    elsewhere = quote_stay(make_hotel().flexible, check_out=CHECK_OUT + DAY)
    with pytest.raises(ChangeNotAllowed, match="another booking"):
        change_booking(booking_id=booking.pk, token=elsewhere.token, actor=None, now=NOW)
    assert_unchanged(hotel, booking)


def test_old_quotes_and_past_dates_are_refused(hotel: Hotel) -> None:
    booking = book_stay(hotel.flexible)
    quote = offer(booking, CHECK_IN, CHECK_OUT + DAY).quote
    too_late = quote.expires_at + dt.timedelta(seconds=1)
    with pytest.raises(QuoteExpired):
        change_booking(booking_id=booking.pk, token=quote.token, actor=None, now=too_late)
    with pytest.raises(NotOffered):
        offer(booking, dt.date(2026, 11, 20), CHECK_OUT)
    assert_unchanged(hotel, booking)


def test_what_only_the_property_takes_is_not_refunded_to_the_card(hotel: Hotel) -> None:
    city = {"kind": "amount", "basis": "room", "value": 700, "is_paid_at_property": True}
    TaxRule.objects.create(property=hotel.property, name="City", **city)
    booking = book_stay(hotel.flexible, is_paid=True)
    changed = change(booking, CHECK_IN, CHECK_IN + DAY)
    assert (changed.total_minor, paid_minor(changed), balance_minor(changed)) == (400_700, 400_000, 700)


def test_all_rooms_move_together(hotel: Hotel) -> None:
    booking = book_stay(hotel.flexible, party=Party(3), rooms=2)
    changed = change(booking, CHECK_IN + DAY, CHECK_OUT + DAY)
    assert {(room.check_in, room.check_out) for room in changed.rooms.all()} == {
        (CHECK_IN + DAY, CHECK_OUT + DAY)
    }
    assert counters(hotel.room_type.pk, nights=3) == [(0, 0), (0, 2), (0, 2)]
