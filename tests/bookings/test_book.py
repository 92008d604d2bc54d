"""Booking: once per checkout and once per key, paid or not, in time or too late."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest
from django.db import transaction

from serai.bookings.audit import oversold_nights, recount
from serai.bookings.errors import CheckoutRefused, IdempotencyConflict, PaymentMissing, RequestInFlight
from serai.bookings.models import Booking, Checkout
from serai.bookings.quotes import quote_from_json
from serai.bookings.selectors import balance_minor, paid_minor
from serai.bookings.services import (
    BookingDetails,
    RoomLine,
    abandon_checkout,
    begin_payment,
    book_hold,
    complete_checkout,
    settle_checkout,
)
from serai.core.models import OutboxMessage, SentMail
from serai.inventory.models import Hold
from serai.inventory.services import (
    Claim,
    HoldExpired,
    SoldOut,
    hold_nights,
    release_expired_holds,
    sell_nights,
)
from serai.payments import fake_provider
from serai.payments.models import Payment, Refund
from serai.payments.services import refresh_payment
from serai.rates.models import TaxRule
from serai.rates.rules import Party
from tests.bookings.desk import (
    AT_PROPERTY,
    CARD,
    CHECK_IN,
    CHECK_OUT,
    DECLINED_CARD,
    GOOD_CARD,
    book_stay,
    counters,
    fill_in,
    hold_stay,
    pay,
)
from tests.factories import NOW, Hotel, UserFactory, make_hotel
from tests.racing import run_together

pytestmark = pytest.mark.django_db

LATE = NOW + dt.timedelta(minutes=16)


@pytest.fixture
def hotel() -> Hotel:
    return make_hotel(units=2)


def sweep(now: dt.datetime = LATE) -> None:
    with transaction.atomic():
        release_expired_holds(now=now)


def take_all(hotel: Hotel, *, now: dt.datetime = LATE) -> None:
    """Somebody else gets every room of the nights."""
    details = [hold_stay(hotel.flexible, now=now) for _ in range(2)]
    for checkout in details:
        complete_checkout(checkout_id=checkout.pk, now=now)


def state_of(checkout: Checkout) -> str:
    return Checkout.objects.values_list("state", flat=True).get(pk=checkout.pk)


# --- A checkout -----------------------------------------------------------------------------------------


def test_a_checkout_becomes_a_booking_with_everything_it_was_quoted(hotel: Hotel) -> None:
    TaxRule.objects.create(property=hotel.property, name="GST", value=500)
    user = UserFactory.create(name="Asha", language="hi")
    checkout = hold_stay(hotel.flexible, user=user, party=Party(3, (4,)), rooms=2)
    booking = complete_checkout(checkout_id=checkout.pk, now=NOW)
    assert (booking.state, booking.channel, booking.payment_method) == (
        "confirmed",
        "site",
        "pay_at_property",
    )
    assert (booking.guest, booking.guest_name, booking.guest_email) == (user, "Asha", user.email)
    assert (booking.language, booking.arrival_time) == ("hi", "18:00")
    assert (booking.check_in, booking.check_out) == (CHECK_IN, CHECK_OUT)
    assert (booking.adults, booking.children_ages) == (3, [4])
    assert (booking.total_minor, booking.currency) == (4 * 420_000, "INR")
    assert (booking.version, booking.booked_at) == (1, NOW)
    assert booking.price == checkout.quote
    assert [tier["penalty_minor"] for tier in booking.cancellation_tiers] == [840_000]
    rooms = list(booking.rooms.all())
    assert [(room.adults, room.children_ages, room.total_minor) for room in rooms] == [
        (2, [], 840_000),
        (1, [4], 840_000),
    ]
    assert len(booking.reference) == 9
    assert [event.kind for event in booking.events.all()] == ["booked"]
    assert state_of(checkout) == "booked"
    assert counters(hotel.room_type.pk, nights=3) == [(0, 2), (0, 2), (0, 0)]
    assert recount() == []


def test_completing_again_returns_the_same_booking(hotel: Hotel) -> None:
    checkout = hold_stay(hotel.flexible)
    first = complete_checkout(checkout_id=checkout.pk, now=NOW)
    assert complete_checkout(checkout_id=checkout.pk, now=LATE) == first
    assert OutboxMessage.objects.filter(topic="booking.confirmed").count() == 2  # guest and hosts, once
    assert recount() == []


@pytest.mark.django_db(transaction=True)
def test_a_double_submit_in_eight_threads_is_one_booking(hotel: Hotel) -> None:
    checkout = hold_stay(hotel.flexible)
    race = run_together(*[lambda: complete_checkout(checkout_id=checkout.pk, now=NOW).pk] * 8)
    assert race.errors == []
    assert len(race.results) == 8
    assert set(race.results) == {Booking.objects.get().pk}
    assert counters(hotel.room_type.pk) == [(0, 1), (0, 1)]
    assert OutboxMessage.objects.filter(topic="booking.confirmed").count() == 2
    assert recount() == []


def test_an_expired_hold_that_nobody_took_back_can_still_be_booked(hotel: Hotel) -> None:
    checkout = hold_stay(hotel.flexible)
    assert complete_checkout(checkout_id=checkout.pk, now=LATE).state == "confirmed"


def test_an_expired_hold_without_payment_is_over(hotel: Hotel) -> None:
    checkout = hold_stay(hotel.flexible)
    sweep()
    with pytest.raises(HoldExpired):
        complete_checkout(checkout_id=checkout.pk, now=LATE)
    assert not Booking.objects.exists()
    assert counters(hotel.room_type.pk) == [(0, 0), (0, 0)]


def test_an_abandoned_checkout_cannot_be_booked(hotel: Hotel) -> None:
    checkout = hold_stay(hotel.flexible)
    abandon_checkout(checkout_id=checkout.pk, now=NOW)
    with pytest.raises(HoldExpired):
        complete_checkout(checkout_id=checkout.pk, now=NOW)
    assert not Booking.objects.exists()


# --- Money ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("begins_to_pay", [False, True])
def test_by_card_the_money_must_have_come(hotel: Hotel, begins_to_pay: bool) -> None:
    checkout = hold_stay(hotel.flexible, method=CARD)
    if begins_to_pay:
        begin_payment(checkout_id=checkout.pk, return_url="/back/", description="", now=NOW)
    with pytest.raises(PaymentMissing):
        complete_checkout(checkout_id=checkout.pk, now=NOW)
    assert not Booking.objects.exists()
    assert counters(hotel.room_type.pk) == [(1, 0), (1, 0)]


def test_a_prepaid_rate_is_never_booked_unpaid_whatever_the_form_says(hotel: Hotel) -> None:
    checkout = hold_stay(hotel.saver, method=AT_PROPERTY)
    with pytest.raises(PaymentMissing):
        complete_checkout(checkout_id=checkout.pk, now=NOW)
    assert not Booking.objects.exists()
    pay(checkout)
    booking = complete_checkout(checkout_id=checkout.pk, now=NOW)
    assert (booking.payment_method, balance_minor(booking)) == ("card", 0)


def test_a_prepaid_stay_that_costs_nothing_needs_no_payment() -> None:
    hotel = make_hotel(base_minor=0)
    checkout = hold_stay(hotel.saver, method=AT_PROPERTY)
    assert complete_checkout(checkout_id=checkout.pk, now=NOW).total_minor == 0


def test_a_card_takes_what_can_be_paid_in_advance(hotel: Hotel) -> None:
    TaxRule.objects.create(
        property=hotel.property,
        name="City",
        kind="amount",
        basis="person",
        value=500,
        is_paid_at_property=True,
    )
    checkout = hold_stay(hotel.flexible, method=CARD)
    payment = pay(checkout)
    assert payment.amount_minor == 800_000
    booking = complete_checkout(checkout_id=checkout.pk, now=NOW)
    assert (booking.total_minor, paid_minor(booking), balance_minor(booking)) == (802_000, 800_000, 2_000)
    assert booking.payment_method == CARD


def test_settling_asks_the_bank(hotel: Hotel) -> None:
    checkout = hold_stay(hotel.flexible, method=CARD)
    assert settle_checkout(checkout_id=checkout.pk, now=NOW) is None
    payment = begin_payment(checkout_id=checkout.pk, return_url="/back/", description="", now=NOW)
    waiting = settle_checkout(checkout_id=checkout.pk, now=NOW)
    assert isinstance(waiting, Payment)
    assert waiting.state == "pending"
    fake_provider.submit_card(
        charge_id=payment.provider_ref, number=GOOD_CARD, expiry=(2030, 12), cvc="123", now=NOW
    )
    booking = settle_checkout(checkout_id=checkout.pk, now=NOW)
    assert isinstance(booking, Booking)
    assert settle_checkout(checkout_id=checkout.pk, now=NOW) == booking


def test_a_declined_card_can_be_followed_by_a_good_one(hotel: Hotel) -> None:
    checkout = hold_stay(hotel.flexible, method=CARD)
    declined = pay(checkout, card=DECLINED_CARD)
    assert declined.state == "failed"
    outcome = settle_checkout(checkout_id=checkout.pk, now=NOW)
    assert isinstance(outcome, Payment)
    assert outcome.state == "failed"
    paid = pay(checkout)
    assert paid.pk != declined.pk
    booking = settle_checkout(checkout_id=checkout.pk, now=NOW)
    assert isinstance(booking, Booking)
    assert paid_minor(booking) == 800_000


def test_paying_goes_on_with_the_payment_that_runs(hotel: Hotel) -> None:
    checkout = hold_stay(hotel.flexible, method=CARD)
    first = begin_payment(checkout_id=checkout.pk, return_url="/back/", description="", now=NOW)
    again = begin_payment(checkout_id=checkout.pk, return_url="/back/", description="", now=NOW)
    assert first.pk == again.pk
    assert Payment.objects.count() == 1


def test_nobody_pays_for_rooms_that_went_back(hotel: Hotel) -> None:
    checkout = hold_stay(hotel.flexible, method=CARD)
    sweep()
    with pytest.raises(HoldExpired):
        begin_payment(checkout_id=checkout.pk, return_url="/back/", description="", now=LATE)
    assert not Payment.objects.exists()


def test_a_late_payment_takes_the_rooms_again(hotel: Hotel) -> None:
    checkout = hold_stay(hotel.flexible, method=CARD)
    payment = begin_payment(checkout_id=checkout.pk, return_url="/back/", description="", now=NOW)
    sweep()
    assert counters(hotel.room_type.pk) == [(0, 0), (0, 0)]
    fake_provider.submit_card(
        charge_id=payment.provider_ref, number=GOOD_CARD, expiry=(2030, 12), cvc="123", now=LATE
    )
    refresh_payment(payment_id=payment.pk, now=LATE)
    booking = complete_checkout(checkout_id=checkout.pk, now=LATE)
    assert booking.state == "confirmed"
    assert counters(hotel.room_type.pk) == [(0, 1), (0, 1)]
    assert not Refund.objects.exists()
    assert recount() == []


def test_a_late_payment_for_rooms_that_are_gone_is_given_back(hotel: Hotel, run_outbox: Any) -> None:
    checkout = hold_stay(hotel.flexible, method=CARD)
    payment = pay(checkout)
    sweep()
    take_all(hotel)
    for _ in range(3):  # asking again changes nothing
        with pytest.raises(CheckoutRefused):
            complete_checkout(checkout_id=checkout.pk, now=LATE)
    assert state_of(checkout) == "refused"
    refund = Refund.objects.get()
    assert (refund.payment_id, refund.amount_minor, refund.reason) == (payment.pk, 800_000, "sold_out")
    assert not Booking.objects.filter(checkout=checkout).exists()
    assert counters(hotel.room_type.pk) == [(0, 2), (0, 2)]
    assert recount() == oversold_nights() == []
    run_outbox(now=LATE + dt.timedelta(hours=1))
    refund.refresh_from_db()
    assert refund.state == "succeeded"
    mail = SentMail.objects.get(recipient=checkout.guest_email)
    assert "₹8,000.00" in mail.text


def test_money_for_an_abandoned_checkout_goes_back_though_rooms_are_free(hotel: Hotel) -> None:
    checkout = hold_stay(hotel.flexible, method=CARD)
    pay(checkout)
    abandon_checkout(checkout_id=checkout.pk, now=NOW)
    with pytest.raises(CheckoutRefused):
        complete_checkout(checkout_id=checkout.pk, now=NOW)
    assert Refund.objects.get().amount_minor == 800_000
    assert counters(hotel.room_type.pk) == [(0, 0), (0, 0)]


def late_second_payment(checkout: Checkout) -> Payment:
    """A payment given up for lost succeeds after another one did: the bank's word counts."""
    payment = Payment.objects.filter(state="failed").get()
    payment.state = Payment.State.SUCCEEDED
    payment.succeeded_at = NOW
    payment.save()
    return payment


def test_money_that_comes_twice_goes_back_once(hotel: Hotel) -> None:
    checkout = hold_stay(hotel.flexible, method=CARD)
    pay(checkout, card=DECLINED_CARD)
    pay(checkout)
    booking = complete_checkout(checkout_id=checkout.pk, now=NOW)
    assert not Refund.objects.exists()
    late_second_payment(checkout)
    for _ in range(2):
        assert complete_checkout(checkout_id=checkout.pk, now=NOW) == booking
    assert [(refund.amount_minor, refund.reason) for refund in Refund.objects.all()] == [
        (800_000, "paid_twice")
    ]
    assert paid_minor(booking) == 800_000


def test_more_money_for_a_refused_checkout_goes_back_too(hotel: Hotel) -> None:
    checkout = hold_stay(hotel.flexible, method=CARD)
    pay(checkout, card=DECLINED_CARD)
    pay(checkout)
    sweep()
    take_all(hotel)
    with pytest.raises(CheckoutRefused):
        complete_checkout(checkout_id=checkout.pk, now=LATE)
    late_second_payment(checkout)
    with pytest.raises(CheckoutRefused):
        complete_checkout(checkout_id=checkout.pk, now=LATE)
    assert sorted(refund.amount_minor for refund in Refund.objects.all()) == [800_000, 800_000]


def test_a_payment_that_arrives_books_by_itself(hotel: Hotel, run_outbox: Any) -> None:
    """The guest has closed the browser at the bank."""
    checkout = hold_stay(hotel.flexible, method=CARD)
    pay(checkout)
    assert not Booking.objects.exists()
    run_outbox()
    booking = Booking.objects.get()
    assert booking.checkout_id == checkout.pk
    assert SentMail.objects.filter(recipient=booking.guest_email).count() == 1


def test_paying_while_the_form_says_at_the_property_counts_as_paid(hotel: Hotel) -> None:
    checkout = hold_stay(hotel.flexible, method=CARD)
    pay(checkout)
    fill_in(checkout, payment_method=AT_PROPERTY)
    booking = complete_checkout(checkout_id=checkout.pk, now=NOW)
    assert (booking.payment_method, balance_minor(booking)) == (CARD, 0)


# --- A hold and a key -----------------------------------------------------------------------------------


def details_for(hotel: Hotel, **fields: Any) -> BookingDetails:
    line = RoomLine(hotel.room_type.pk, CHECK_IN, CHECK_OUT, Party(2), 123_456)
    details = BookingDetails(
        property_id=hotel.property.pk,
        channel="agency",
        guest_name="Asha",
        currency="INR",
        rooms=[line],
        payment_method=Booking.PaymentMethod.CHANNEL,
    )
    return replace(details, **fields)


def hold(hotel: Hotel, *, quantity: int = 1) -> Hold:
    with transaction.atomic():
        return hold_nights(
            claims=[Claim(hotel.room_type.pk, CHECK_IN, CHECK_OUT, quantity)],
            expires_at=NOW + dt.timedelta(minutes=15),
            now=NOW,
        )


def test_a_hold_is_booked_with_the_channels_own_price(hotel: Hotel) -> None:
    booking = book_hold(hold_id=hold(hotel).pk, details=details_for(hotel), key="a1", now=NOW)
    assert (booking.total_minor, booking.channel, booking.idempotency_key) == (123_456, "agency", "a1")
    assert counters(hotel.room_type.pk) == [(0, 1), (0, 1)]
    assert not OutboxMessage.objects.exists()  # the channel speaks to its guest
    assert recount() == []


def test_a_key_books_once_for_one_hold(hotel: Hotel) -> None:
    kept = hold(hotel)
    first = book_hold(hold_id=kept.pk, details=details_for(hotel), key="a1", now=NOW)
    assert book_hold(hold_id=kept.pk, details=details_for(hotel), key="a1", now=NOW) == first
    assert counters(hotel.room_type.pk) == [(0, 1), (0, 1)]


def test_a_key_repeated_with_a_new_hold_loses_no_night(hotel: Hotel) -> None:
    """A channel that heard no answer begins again: holds anew, books with its old key."""
    first = book_hold(hold_id=hold(hotel).pk, details=details_for(hotel), key="a1", now=NOW)
    second_hold = hold(hotel)
    assert book_hold(hold_id=second_hold.pk, details=details_for(hotel), key="a1", now=NOW) == first
    second_hold.refresh_from_db()
    assert second_hold.state == "released"
    assert counters(hotel.room_type.pk) == [(0, 1), (0, 1)]
    assert recount() == []


@pytest.mark.django_db(transaction=True)
def test_a_key_in_eight_threads_with_a_hold_each_is_one_booking() -> None:
    hotel = make_hotel(units=8)
    holds = [hold(hotel).pk for _ in range(8)]
    details = details_for(hotel)
    race = run_together(
        *(
            lambda hold_id=hold_id: book_hold(hold_id=hold_id, details=details, key="a1", now=NOW).pk
            for hold_id in holds
        )
    )
    # Who comes while the first one is being written is told so; who comes later gets its booking.
    assert all(isinstance(error, RequestInFlight) for error in race.errors)
    assert len(race.results) + len(race.errors) == 8
    assert set(race.results) == {Booking.objects.get().pk}
    for hold_id in holds:
        assert book_hold(hold_id=hold_id, details=details, key="a1", now=NOW).pk == race.results[0]
    assert counters(hotel.room_type.pk) == [(0, 1), (0, 1)]
    assert recount() == []


@pytest.mark.django_db(transaction=True)
def test_a_key_that_is_being_booked_is_a_conflict_and_changes_nothing() -> None:
    hotel = make_hotel(units=2)
    first, second = hold(hotel), hold(hotel)
    details = details_for(hotel)
    with transaction.atomic():
        booking = book_hold(hold_id=first.pk, details=details, key="a1", now=NOW)
        race = run_together(lambda: book_hold(hold_id=second.pk, details=details, key="a1", now=NOW).pk)
        assert [type(error) for error in race.errors] == [RequestInFlight]
    assert counters(hotel.room_type.pk) == [(1, 1), (1, 1)]
    # The same key of another caller is another key.
    other = book_hold(hold_id=second.pk, details=replace(details, caller="partner"), key="a1", now=NOW)
    assert other.pk != booking.pk
    assert counters(hotel.room_type.pk) == [(0, 2), (0, 2)]


@pytest.mark.parametrize(
    "difference",
    [
        {"guest_name": "Somebody else"},
        {"currency": "EUR"},
        {"payment_method": "card"},
        {"guest_email": "other@example.com"},
    ],
)
def test_a_key_with_other_details_is_a_conflict(hotel: Hotel, difference: dict[str, str]) -> None:
    book_hold(hold_id=hold(hotel).pk, details=details_for(hotel), key="a1", now=NOW)
    other = hold(hotel)
    with pytest.raises(IdempotencyConflict):
        book_hold(hold_id=other.pk, details=details_for(hotel, **difference), key="a1", now=NOW)
    assert Booking.objects.count() == 1
    assert counters(hotel.room_type.pk) == [(1, 1), (1, 1)]  # the second hold is as it was


def test_a_key_with_other_rooms_is_a_conflict(hotel: Hotel) -> None:
    book_hold(hold_id=hold(hotel).pk, details=details_for(hotel), key="a1", now=NOW)
    line = RoomLine(hotel.room_type.pk, CHECK_IN, CHECK_OUT, Party(1), 123_456)
    with pytest.raises(IdempotencyConflict):
        book_hold(hold_id=hold(hotel).pk, details=details_for(hotel, rooms=[line]), key="a1", now=NOW)


def test_the_same_key_of_another_channel_is_another_booking(hotel: Hotel) -> None:
    first = book_hold(hold_id=hold(hotel).pk, details=details_for(hotel), key="a1", now=NOW)
    other = details_for(hotel, channel="elsewhere")
    assert book_hold(hold_id=hold(hotel).pk, details=other, key="a1", now=NOW) != first
    assert counters(hotel.room_type.pk) == [(0, 2), (0, 2)]


def test_a_hold_that_went_back_is_not_booked(hotel: Hotel) -> None:
    kept = hold(hotel)
    sweep()
    with pytest.raises(HoldExpired):
        book_hold(hold_id=kept.pk, details=details_for(hotel), key="a1", now=LATE)
    assert not Booking.objects.exists()


def test_the_references_spell_no_word_and_never_repeat(hotel: Hotel) -> None:
    booking = book_stay(hotel.flexible)
    assert set(booking.reference) <= set("23456789BCDFGHJKMNPQRSTVWXZ")
    frozen = quote_from_json(booking.price)
    assert frozen.request.product_ids == [hotel.flexible.pk]


def test_the_audit_sees_what_is_wrong(hotel: Hotel) -> None:
    """A check that finds nothing proves nothing until it has been seen to find something."""
    booking = book_stay(hotel.flexible)
    assert (recount(), oversold_nights()) == ([], [])
    with transaction.atomic():
        sell_nights(claims=[Claim(hotel.room_type.pk, CHECK_IN, CHECK_IN + dt.timedelta(days=1), 1)], now=NOW)
    [found] = recount()
    assert (found.date, found.held, found.held_by_holds, found.sold, found.sold_by_bookings) == (
        CHECK_IN,
        0,
        0,
        2,
        1,
    )
    assert recount(room_type_ids=[]) == []
    for _ in range(2):
        booking.rooms.create(
            room_type=hotel.room_type, check_in=CHECK_IN, check_out=CHECK_OUT, adults=1, total_minor=0
        )
    assert [(night.date, night.booked, night.capacity) for night in oversold_nights()] == [
        (CHECK_IN, 3, 2),
        (CHECK_IN + dt.timedelta(days=1), 3, 2),
    ]
    assert oversold_nights(room_type_ids=[hotel.room_type.pk + 1]) == []
    with pytest.raises(SoldOut), transaction.atomic():
        sell_nights(claims=[Claim(hotel.room_type.pk, CHECK_IN, CHECK_OUT, 1)], now=NOW)
