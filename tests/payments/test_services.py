"""Taking money, with everything happening twice, late or not at all."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from django.db import IntegrityError, transaction

from serai.core.db import write_transaction
from serai.core.errors import NotInTransactionError
from serai.payments import fake_provider, selectors, services, tasks
from serai.payments.fake_faults import Fault, WebhookFaults, misbehave
from serai.payments.gateways import UnknownGatewayError, get_gateway
from serai.payments.gateways.base import ChargeStatus, GatewayRefusedError
from serai.payments.models import FakeCharge, GatewayEvent, Payment
from tests.payments.desk import CHALLENGE, DECLINED, GOOD, LATE, NO_FUNDS, Drain, make_payment, type_card

pytestmark = pytest.mark.django_db
SUCCEEDED, FAILED = ("payment.succeeded", "checkout:1"), ("payment.failed", "checkout:1")
Heard = list[tuple[str, str]]


def order(now: dt.datetime, **changes: object) -> Payment:
    with write_transaction():
        return services.create_payment(
            **{
                "reference": "checkout:1",
                "amount_minor": 500,
                "currency": "INR",
                "gateway": "fake",
                "description": "A stay",
                "return_url": "/back/",
                "now": now,
            }
            | changes
        )


# --- Starting ---------------------------------------------------------------------------------------


def test_a_double_click_makes_one_payment_and_one_charge(now: dt.datetime) -> None:
    first, second = make_payment(now), make_payment(now)
    again = services.start_payment(payment_id=first.pk, now=now)
    assert first.pk == second.pk == again.pk
    assert (first.state, first.provider_ref, first.redirect_url) == (
        Payment.State.PENDING,
        FakeCharge.objects.get().pk,
        f"/dev/bank/{FakeCharge.objects.get().pk}/",
    )
    assert again.redirect_url == first.redirect_url


def test_another_amount_is_another_payment(now: dt.datetime) -> None:
    assert order(now).pk != order(now, amount_minor=501).pk


@pytest.mark.parametrize(
    "change", [{"amount_minor": 0}, {"amount_minor": -1}, {"gateway": "pay_at_property"}]
)
def test_what_cannot_be_paid_here_is_refused(change: dict[str, object], now: dt.datetime) -> None:
    with pytest.raises(ValueError, match="payment"):
        order(now, **change)
    assert not Payment.objects.exists()


def test_unknown_gateways_are_refused(now: dt.datetime, settings) -> None:
    with pytest.raises(UnknownGatewayError):
        order(now, gateway="barter")
    settings.IS_PRODUCTION = True
    with pytest.raises(UnknownGatewayError):
        order(now)


def test_pay_at_property_moves_no_money(now: dt.datetime) -> None:
    gateway = get_gateway("pay_at_property")
    assert not gateway.is_online
    with pytest.raises(GatewayRefusedError):
        gateway.fetch_charge("ch_1", now=now)


@pytest.mark.django_db(transaction=True)
def test_creating_needs_a_transaction_and_calling_out_refuses_one(now: dt.datetime) -> None:
    with pytest.raises(NotInTransactionError):
        services.create_payment(
            reference="checkout:1",
            amount_minor=1,
            currency="INR",
            gateway="fake",
            description="",
            return_url="/",
            now=now,
        )
    payment = order(now)
    for call in (services.start_payment, services.refresh_payment):
        with pytest.raises(RuntimeError, match="Close the transaction first"), transaction.atomic():
            call(payment_id=payment.pk, now=now)


@pytest.mark.parametrize(
    ("fault", "charges"), [(Fault.UNAVAILABLE, 0), (Fault.LOST_REQUEST, 0), (Fault.LOST_ANSWER, 1)]
)
def test_a_start_without_answer_can_be_repeated(fault: Fault, charges: int, now: dt.datetime) -> None:
    payment = order(now)
    with misbehave(create_charge=[fault]):
        with pytest.raises(services.PaymentUnavailableError, match="Nothing was charged"):
            services.start_payment(payment_id=payment.pk, now=now)
        payment.refresh_from_db()
        assert payment.state == Payment.State.CREATED
        assert FakeCharge.objects.count() == charges
        payment = services.start_payment(payment_id=payment.pk, now=now)
    assert payment.state == Payment.State.PENDING
    assert payment.provider_ref == FakeCharge.objects.get().pk


def test_a_definite_no_at_the_start_fails_the_payment(now: dt.datetime, heard: Heard, drain: Drain) -> None:
    payment = order(now, return_url="ftp://nowhere/")
    payment = services.start_payment(payment_id=payment.pk, now=now)
    assert (payment.state, payment.failure_code) == (Payment.State.FAILED, "bad_return_url")
    drain(until=now)
    assert heard == [FAILED]


# --- Looking, by asking or by being told --------------------------------------------------------------


def test_refreshing_before_a_card_was_typed_changes_nothing(
    now: dt.datetime, heard: Heard, drain: Drain
) -> None:
    payment = make_payment(now)
    assert services.refresh_payment(payment_id=payment.pk, now=now).state == Payment.State.PENDING
    drain(until=now)
    assert heard == []


def test_success_is_told_once_however_often_it_is_reported(
    now: dt.datetime, heard: Heard, drain: Drain
) -> None:
    payment = make_payment(now)
    with misbehave(webhooks=WebhookFaults(copies=3)):
        type_card(payment, GOOD, now)
    for _time in range(3):
        payment = services.refresh_payment(payment_id=payment.pk, now=now)
        assert (payment.state, payment.succeeded_at) == (Payment.State.SUCCEEDED, now)
    drain(until=now + dt.timedelta(minutes=1))
    assert heard == [SUCCEEDED]
    assert GatewayEvent.objects.count() == 1


@pytest.mark.parametrize(
    ("card", "code", "message"),
    [
        (DECLINED, "card_declined", "Your bank declined the card."),
        (NO_FUNDS, "insufficient_funds", "There is not enough money on the card."),
    ],
)
def test_a_decline_says_why(
    card: str, code: str, message: str, now: dt.datetime, heard: Heard, drain: Drain
) -> None:
    payment = make_payment(now)
    type_card(payment, card, now)
    payment = services.refresh_payment(payment_id=payment.pk, now=now)
    assert (payment.state, payment.failure_code, payment.failure_message) == (
        Payment.State.FAILED,
        code,
        message,
    )
    assert payment.succeeded_at is None
    drain(until=now)
    assert heard == [FAILED]
    # The next attempt is a new payment with a new charge.
    assert make_payment(now).pk != payment.pk


@pytest.mark.parametrize(("is_approved", "told"), [(True, SUCCEEDED), (False, FAILED)])
def test_3d_secure_decides(
    is_approved: bool, told: tuple[str, str], now: dt.datetime, heard: Heard, drain: Drain
) -> None:
    payment = make_payment(now)
    assert type_card(payment, CHALLENGE, now).state == FakeCharge.State.NEEDS_ACTION
    assert services.refresh_payment(payment_id=payment.pk, now=now).state == Payment.State.PENDING
    fake_provider.answer_challenge(charge_id=payment.provider_ref, is_approved=is_approved, now=now)
    drain(until=now)
    assert heard == [told]


def test_a_late_success_arrives_by_webhook_eight_seconds_later(
    now: dt.datetime, heard: Heard, drain: Drain
) -> None:
    payment = make_payment(now)
    type_card(payment, LATE, now)
    drain(until=now + dt.timedelta(seconds=7))
    payment.refresh_from_db()
    assert (payment.state, heard) == (Payment.State.PENDING, [])
    drain(until=now + dt.timedelta(seconds=8))
    payment.refresh_from_db()
    assert (payment.state, heard) == (Payment.State.SUCCEEDED, [SUCCEEDED])


def test_messages_in_the_wrong_order_do_no_harm(now: dt.datetime, heard: Heard, drain: Drain) -> None:
    payment = make_payment(now)
    with misbehave(webhooks=WebhookFaults(is_reversed=True, copies=2)):
        type_card(payment, LATE, now)  # "processing", sent last
        fake_provider.advance_charge(charge_id=payment.provider_ref, now=now + dt.timedelta(seconds=8))
    drain(until=now + dt.timedelta(minutes=4))
    kinds = list(GatewayEvent.objects.order_by("processed_at", "id").values_list("payload__type", flat=True))
    assert kinds == ["charge.succeeded", "charge.processing"]
    payment.refresh_from_db()
    assert payment.state == Payment.State.SUCCEEDED
    assert heard == [SUCCEEDED]


def test_a_message_may_overtake_the_answer_it_belongs_to(
    now: dt.datetime, heard: Heard, drain: Drain
) -> None:
    payment = order(now)
    with (
        misbehave(create_charge=[Fault.LOST_ANSWER]),
        pytest.raises(services.PaymentUnavailableError),
    ):
        services.start_payment(payment_id=payment.pk, now=now)
    payment.provider_ref = FakeCharge.objects.get().pk  # not saved: only the bank knows it so far
    type_card(payment, GOOD, now)
    drain(until=now)
    payment = services.start_payment(payment_id=payment.pk, now=now)
    assert (payment.state, payment.provider_ref) == (Payment.State.SUCCEEDED, FakeCharge.objects.get().pk)
    assert heard == [SUCCEEDED]


def test_lost_messages_are_made_up_for_by_asking(now: dt.datetime, heard: Heard, drain: Drain) -> None:
    payment = make_payment(now)
    with misbehave(webhooks=WebhookFaults(is_lost=True)):
        type_card(payment, GOOD, now)
    Payment.objects.update(created_at=now, updated_at=now - dt.timedelta(hours=1))
    drain(until=now)
    assert heard == []
    with time_machine.travel(now, tick=False):
        assert tasks.refresh_waiting_payments() == 1
        assert tasks.refresh_waiting_payments() == 0
    drain(until=now)
    assert heard == [SUCCEEDED]


def test_a_delivery_that_fails_is_repeated(now: dt.datetime, heard: Heard, drain: Drain) -> None:
    payment = make_payment(now)
    with misbehave(webhooks=WebhookFaults(failures=2)):
        type_card(payment, GOOD, now)
        drain(until=now)
        assert heard == []
        drain(until=now + dt.timedelta(seconds=30))
        assert heard == []
        drain(until=now + dt.timedelta(seconds=60))
    assert heard == [SUCCEEDED]


def test_a_provider_that_is_away_leaves_the_payment_waiting(now: dt.datetime) -> None:
    payment = make_payment(now)
    type_card(payment, GOOD, now)
    with misbehave(fetch_charge=[Fault.UNAVAILABLE]):
        assert services.refresh_payment(payment_id=payment.pk, now=now).state == Payment.State.PENDING
        assert services.refresh_payment(payment_id=payment.pk, now=now).state == Payment.State.SUCCEEDED


@pytest.mark.parametrize("change", [{"amount_minor": 1}, {"currency": "EUR"}, {"provider_ref": "ch_other"}])
def test_a_report_about_other_money_is_never_applied(
    change: dict[str, object], now: dt.datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    payment = make_payment(now)
    report = {
        "provider_ref": payment.provider_ref,
        "key": "",
        "state": "succeeded",
        "amount_minor": payment.amount_minor,
        "currency": "INR",
    }
    monkeypatch.setattr(
        "serai.payments.gateways.fake.FakeGateway.fetch_charge",
        lambda self, provider_ref, *, now: ChargeStatus(**report | change),
    )
    with pytest.raises(services.ChargeMismatchError):
        services.refresh_payment(payment_id=payment.pk, now=now)
    payment.refresh_from_db()
    assert payment.state == Payment.State.PENDING


def test_money_that_came_after_all_is_not_ignored(now: dt.datetime, heard: Heard, drain: Drain) -> None:
    payment = make_payment(now)
    type_card(payment, DECLINED, now)
    drain(until=now)
    with write_transaction():
        status = ChargeStatus(
            provider_ref=payment.provider_ref,
            key=f"payment:{payment.pk}",
            state="succeeded",
            amount_minor=payment.amount_minor,
            currency="INR",
        )
        services.apply_charge(Payment.objects.select_for_update().get(pk=payment.pk), status, now=now)
    payment.refresh_from_db()
    assert (payment.state, payment.failure_code) == (Payment.State.SUCCEEDED, "")
    drain(until=now)
    assert heard == [FAILED, SUCCEEDED]


# --- What is read -------------------------------------------------------------------------------------


def test_payments_are_listed_latest_first_with_what_was_kept(now: dt.datetime) -> None:
    failed = make_payment(now)
    type_card(failed, DECLINED, now)
    services.refresh_payment(payment_id=failed.pk, now=now)
    paid = make_payment(now)
    type_card(paid, GOOD, now)
    services.refresh_payment(payment_id=paid.pk, now=now)
    make_payment(now, reference="checkout:2")
    assert [payment.pk for payment in selectors.payments_for("checkout:1")] == [paid.pk, failed.pk]
    assert selectors.paid_minor("checkout:1") == 1_234_500
    assert selectors.paid_minor("checkout:2") == 0


def test_the_database_itself_refuses_more_refunds_than_money(now: dt.datetime) -> None:
    payment = make_payment(now)
    with pytest.raises(IntegrityError, match="payment_refunds"), transaction.atomic():
        Payment.objects.filter(pk=payment.pk).update(refunded_minor=payment.amount_minor + 1)
