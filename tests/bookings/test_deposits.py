"""Deposits: what is due when, later payments that add up, reminders, and money that is no surplus."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise
from typing import Any

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from serai.bookings.deposits import ScheduledInstalment, payable_minor, schedule
from serai.bookings.errors import AmountChanged
from serai.bookings.models import Booking
from serai.bookings.rules import Instalment
from serai.bookings.selectors import (
    balance_minor,
    deposit_schedule,
    overdue_deposits,
    paid_minor,
    payable_amounts,
)
from serai.bookings.services import (
    begin_instalment,
    cancel_booking,
    cancel_rooms,
    complete_checkout,
    settle_checkout,
)
from serai.bookings.services.remind import bookings_to_remind, remind_of_deposit
from serai.bookings.tasks import remind_of_deposits
from serai.core.models import OutboxMessage, SentMail
from serai.payments import fake_provider
from serai.payments.models import Payment, Refund
from serai.payments.services import refresh_payment
from serai.rates.models import DepositStep, TaxRule
from serai.rates.rules import Party
from tests.bookings.desk import DECLINED_CARD, GOOD_CARD, book_stay
from tests.factories import NOW, Hotel, make_hotel
from tests.racing import run_together

pytestmark = pytest.mark.django_db

# 30 % at booking, 50 % fourteen days before check-in at 14:00 in India on 10 December.
DUE = dt.datetime(2026, 11, 26, 8, 30, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)


@pytest.fixture
def hotel() -> Hotel:
    hotel = make_hotel(units=3)
    policy = hotel.flexible.rate_plan.policy
    DepositStep.objects.create(policy=policy, kind="percent", value=30)
    DepositStep.objects.create(policy=policy, days_before=14, kind="percent", value=50)
    return hotel


def pay_instalment(
    booking: Booking, amount: int, *, now: dt.datetime = NOW, card: str = GOOD_CARD
) -> Payment:
    """Pay at the bank; nobody has looked after it yet."""
    payment = begin_instalment(
        booking_id=booking.pk, amount_minor=amount, return_url="/back/", description="A stay", now=now
    )
    fake_provider.submit_card(
        charge_id=payment.provider_ref, number=card, expiry=(2030, 12), cvc="123", now=now
    )
    return refresh_payment(payment_id=payment.pk, now=now)


def states(booking: Booking, *, now: dt.datetime = NOW) -> list[tuple[int, int, str]]:
    return [(part.amount_minor, part.paid_minor, part.state) for part in deposit_schedule(booking, now=now)]


def test_the_schedule_of_a_booking(hotel: Hotel) -> None:
    booking = book_stay(hotel.flexible, is_paid=True)
    assert paid_minor(booking) == 240_000
    assert deposit_schedule(booking, now=NOW) == [
        ScheduledInstalment(None, 240_000, 240_000, is_past=True),
        ScheduledInstalment(DUE, 400_000, 0, is_past=False),
    ]
    assert states(booking, now=DUE - dt.timedelta(seconds=1))[1] == (400_000, 0, "due")
    assert states(booking, now=DUE)[1] == (400_000, 0, "overdue")
    assert payable_amounts(booking, now=NOW) == [400_000, 560_000]
    assert overdue_deposits([booking], now=NOW) == {}
    assert overdue_deposits([booking], now=DUE) == {booking.pk: 400_000}


@pytest.mark.parametrize("amount", [400_000, 560_000])
def test_payments_add_up_and_are_not_paid_twice(hotel: Hotel, run_outbox: Any, amount: int) -> None:
    booking = book_stay(hotel.flexible, is_paid=True)
    pay_instalment(booking, amount)
    # The provider's message, ours, and the guest who comes back: in any order, as often as they like.
    run_outbox()
    for _ in range(2):
        assert booking.checkout_id is not None
        assert settle_checkout(checkout_id=booking.checkout_id, now=NOW) == booking
        complete_checkout(checkout_id=booking.checkout_id, now=NOW)
    run_outbox()
    assert not Refund.objects.exists()
    assert (paid_minor(booking), balance_minor(booking)) == (240_000 + amount, 560_000 - amount)
    assert [state for _amount, _paid, state in states(booking)] == ["paid", "paid"]
    assert payable_amounts(booking, now=NOW) == []
    assert Payment.objects.count() == 2


def test_what_comes_beyond_the_price_goes_back(hotel: Hotel, run_outbox: Any) -> None:
    """Two tabs: the next instalment in one, everything in the other, and both are paid."""
    booking = book_stay(hotel.flexible, is_paid=True)
    payments = [
        begin_instalment(
            booking_id=booking.pk, amount_minor=amount, return_url="/", description="A stay", now=NOW
        )
        for amount in (400_000, 560_000)
    ]
    for payment in payments:
        fake_provider.submit_card(
            charge_id=payment.provider_ref, number=GOOD_CARD, expiry=(2030, 12), cvc="123", now=NOW
        )
        refresh_payment(payment_id=payment.pk, now=NOW)
    run_outbox()
    assert (paid_minor(booking), balance_minor(booking)) == (800_000, 0)
    assert sum(refund.amount_minor for refund in Refund.objects.all()) == 400_000


def test_a_declined_card_changes_nothing(hotel: Hotel) -> None:
    booking = book_stay(hotel.flexible, is_paid=True)
    assert pay_instalment(booking, 400_000, card=DECLINED_CARD).state == "failed"
    assert states(booking)[1] == (400_000, 0, "due")
    assert pay_instalment(booking, 400_000).state == "succeeded"
    assert states(booking)[1] == (400_000, 400_000, "paid")


def test_only_what_is_due_can_be_paid(hotel: Hotel) -> None:
    booking = book_stay(hotel.flexible, is_paid=True)
    for amount in (1, 240_000, 800_000):
        with pytest.raises(AmountChanged):
            pay_instalment(booking, amount)
    cancel_booking(booking_id=booking.pk, actor=None, now=NOW)
    with pytest.raises(AmountChanged):
        pay_instalment(booking, 400_000)
    assert Payment.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_pressing_twice_pays_once(hotel: Hotel) -> None:
    booking = book_stay(hotel.flexible, is_paid=True)
    race = run_together(
        *[
            lambda: (
                begin_instalment(
                    booking_id=booking.pk, amount_minor=400_000, return_url="/", description="A", now=NOW
                ).pk
            )
        ]
        * 4
    )
    assert race.errors == []
    assert len(set(race.results)) == 1


def test_money_for_a_cancelled_stay_goes_back(hotel: Hotel, run_outbox: Any) -> None:
    """The instalment is at the bank while the guest cancels."""
    booking = book_stay(hotel.flexible, is_paid=True)
    payment = begin_instalment(
        booking_id=booking.pk, amount_minor=400_000, return_url="/", description="A stay", now=NOW
    )
    cancel_booking(booking_id=booking.pk, actor=None, now=NOW)
    fake_provider.submit_card(
        charge_id=payment.provider_ref, number=GOOD_CARD, expiry=(2030, 12), cvc="123", now=NOW
    )
    refresh_payment(payment_id=payment.pk, now=NOW)
    run_outbox()
    assert paid_minor(Booking.objects.get()) == 0


def test_deposits_are_those_of_the_rooms_that_stay(hotel: Hotel) -> None:
    booking = book_stay(hotel.flexible, is_paid=True, party=Party(4), rooms=2)
    assert states(booking) == [(480_000, 480_000, "paid"), (800_000, 0, "due")]
    room = booking.rooms.order_by("pk")[1]
    after = cancel_rooms(booking_id=booking.pk, room_ids=[room.pk], actor=None, now=NOW)
    # Nothing goes back: what was paid is less than what the room that stays takes in advance.
    assert (paid_minor(after), states(after)) == (
        480_000,
        [(240_000, 240_000, "paid"), (400_000, 240_000, "due")],
    )


def test_money_pays_penalties_before_instalments(hotel: Hotel) -> None:
    booking = book_stay(hotel.flexible, is_paid=True)
    Booking.objects.update(penalty_minor=100_000)
    assert states(Booking.objects.get()) == [(240_000, 140_000, "overdue"), (400_000, 0, "due")]
    assert booking.penalty_minor == 0


def test_what_only_the_property_takes_is_in_no_deposit(hotel: Hotel) -> None:
    TaxRule.objects.create(
        property=hotel.property, name="City", kind="amount", value=700, is_paid_at_property=True
    )
    booking = book_stay(hotel.flexible, is_paid=True)
    assert payable_amounts(booking, now=NOW) == [400_000, 560_000]


# --- Reminders --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("now", "stages"),
    [
        ("2026-11-22T18:29:00+00:00", []),  # still the 22nd in India
        ("2026-11-22T18:31:00+00:00", ["soon"]),
        ("2026-11-25T06:00:00+00:00", ["soon"]),
        ("2026-11-25T18:31:00+00:00", ["today"]),
        ("2026-11-26T18:29:00+00:00", ["today"]),
        ("2026-11-26T18:31:00+00:00", []),
    ],
)
def test_reminders_go_by_the_propertys_days(hotel: Hotel, now: str, stages: list[str]) -> None:
    booking = book_stay(hotel.flexible, is_paid=True, now=NOW - DAY)
    at = dt.datetime.fromisoformat(now)
    for _ in range(2):
        remind_of_deposit(booking_id=booking.pk, now=at)
    messages = OutboxMessage.objects.filter(topic="booking.deposit_due")
    assert [message.payload for message in messages] == [
        {"booking_id": booking.pk, "due_at": DUE.isoformat(), "stage": stage} for stage in stages
    ]
    assert booking.events.filter(kind="deposit_reminded").count() == len(stages)


def test_each_stage_is_mailed_once_and_not_when_paid(hotel: Hotel, run_outbox: Any) -> None:
    booking = book_stay(hotel.flexible, is_paid=True)
    other = book_stay(hotel.flexible, is_paid=True)
    book_stay(hotel.saver, is_paid=True)
    run_outbox()
    SentMail.objects.all().delete()
    assert set(bookings_to_remind(now=NOW + 2 * DAY)) == {booking, other}
    pay_instalment(other, 400_000)
    for day in range(8):
        with time_machine.travel(NOW + day * DAY):
            for _ in range(2):
                remind_of_deposits()
            run_outbox()
    assert booking.guest is not None
    mails = SentMail.objects.filter(key__contains="deposit").order_by("id")
    assert [(mail.recipient, mail.subject) for mail in mails] == [
        (booking.guest.email, f"Due on 26 Nov: ₹4,000.00 for {hotel.property.name}"),
        (booking.guest.email, f"Due today: ₹4,000.00 for {hotel.property.name}"),
    ]
    assert "26 November 2026, 14:00" in mails[0].text
    assert Booking.objects.get(pk=booking.pk).state == "confirmed"


def test_who_books_late_is_reminded_on_the_day_only(hotel: Hotel) -> None:
    booking = book_stay(hotel.flexible, is_paid=True, now=NOW + 3 * DAY)
    assert remind_of_deposit(booking_id=booking.pk, now=NOW + 4 * DAY) == 0
    assert remind_of_deposit(booking_id=booking.pk, now=NOW + 5 * DAY) == 1


@given(
    amounts=st.lists(st.integers(1, 10**9), max_size=6),
    paid=st.integers(0, 10**10),
    day=st.integers(-1, 8),
)
def test_money_is_spread_without_loss(amounts: list[int], paid: int, day: int) -> None:
    parts = schedule(
        [Instalment(NOW + index * DAY if index else None, amount) for index, amount in enumerate(amounts)],
        paid_minor=paid,
        now=NOW + day * DAY,
    )
    assert sum(part.paid_minor for part in parts) == min(paid, sum(amounts))
    assert all(0 <= part.paid_minor <= part.amount_minor for part in parts)
    # The earliest first: after one that is not paid in full, nothing is.
    opened = [part.open_minor > 0 for part in parts]
    assert opened == sorted(opened)
    assert all(not after.paid_minor for before, after in pairwise(parts) if before.open_minor)
    assert payable_minor(parts) <= sum(part.open_minor for part in parts)
    assert (payable_minor(parts) > 0) == any(opened)
