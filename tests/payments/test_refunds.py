"""Giving money back: once per key, never too much, and never forgotten."""

from __future__ import annotations

import contextlib
import datetime as dt
import uuid

import pytest
from django.db.models import Sum
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase as HypothesisTestCase

from serai.core.db import write_transaction
from serai.core.errors import NotInTransactionError
from serai.core.models import OutboxMessage
from serai.core.outbox import MAX_ATTEMPTS
from serai.payments import selectors, services
from serai.payments.fake_faults import Fault, WebhookFaults, misbehave
from serai.payments.gateways.base import GatewayUnavailableError
from serai.payments.models import FakeCharge, FakeRefund, Refund
from tests.payments.desk import DECLINED, Drain, make_paid, make_payment, refund, type_card

Heard = list[tuple[str, str]]
pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 11, 21, 6, 30, tzinfo=dt.UTC)


def test_a_refund_reaches_the_bank_once_and_is_told_once(
    now: dt.datetime, heard: Heard, drain: Drain
) -> None:
    payment = make_paid(now)
    first = refund(payment, 1_000, key="cancel:1", now=now)
    assert refund(payment, 1_000, key="cancel:1", now=now) == first
    payment.refresh_from_db()
    assert payment.refunded_minor == 1_000
    assert not FakeRefund.objects.exists()  # promised; the bank hears of it after the commit
    drain(until=now)
    services.send_refund(refund_id=first, now=now)
    drain(until=now + dt.timedelta(minutes=1))
    row = Refund.objects.get()
    assert (row.state, row.provider_ref) == (Refund.State.SUCCEEDED, FakeRefund.objects.get().pk)
    assert FakeCharge.objects.get().refunded_minor == 1_000
    assert heard == [("payment.succeeded", "checkout:1"), ("refund.succeeded", "checkout:1")]
    assert selectors.paid_minor("checkout:1") == payment.amount_minor - 1_000


@pytest.mark.parametrize("amount", [0, -1, 1_234_501])
def test_impossible_amounts_are_refused(amount: int, now: dt.datetime) -> None:
    payment = make_paid(now)
    with pytest.raises(services.RefundRefusedError):
        refund(payment, amount, key="cancel:1", now=now)
    assert not Refund.objects.exists()


def test_refunds_together_never_exceed_the_payment(now: dt.datetime) -> None:
    payment = make_paid(now, amount_minor=1_000)
    refund(payment, 600, key="a", now=now)
    with pytest.raises(services.RefundRefusedError):
        refund(payment, 401, key="b", now=now)
    refund(payment, 400, key="c", now=now)
    payment.refresh_from_db()
    assert payment.refunded_minor == 1_000


def test_only_what_was_paid_can_be_refunded(now: dt.datetime) -> None:
    waiting = make_payment(now)
    with pytest.raises(services.RefundRefusedError):
        refund(waiting, 1, key="a", now=now)
    type_card(waiting, DECLINED, now)
    services.refresh_payment(payment_id=waiting.pk, now=now)
    with pytest.raises(services.RefundRefusedError):
        refund(waiting, 1, key="a", now=now)


def test_a_key_cannot_mean_two_refunds(now: dt.datetime) -> None:
    payment, other = make_paid(now), make_paid(now, reference="checkout:2")
    refund(payment, 100, key="a", now=now)
    with pytest.raises(services.KeyReusedError):
        refund(payment, 101, key="a", now=now)
    with pytest.raises(services.KeyReusedError):
        refund(other, 100, key="a", now=now)
    assert Refund.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_promising_needs_a_transaction_and_sending_refuses_one(now: dt.datetime) -> None:
    payment = make_paid(now)
    with pytest.raises(NotInTransactionError):
        services.refund_payment(payment_id=payment.pk, amount_minor=1, key="a", reason="", now=now)
    promised = refund(payment, 1, key="a", now=now)
    with pytest.raises(RuntimeError, match="Close the transaction first"), write_transaction():
        services.send_refund(refund_id=promised, now=now)
    assert not FakeRefund.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_the_outbox_calls_the_bank_outside_any_transaction(now: dt.datetime, drain: Drain) -> None:
    """On real commits: the provider would raise if the outbox held its row's lock around the call."""
    payment = make_paid(now)
    refund(payment, 700, key="a", now=now)
    drain(until=now)
    assert FakeCharge.objects.get().refunded_minor == 700
    assert Refund.objects.get().state == Refund.State.SUCCEEDED


def test_a_bank_that_is_away_is_asked_again(now: dt.datetime, heard: Heard, drain: Drain) -> None:
    payment = make_paid(now)
    refund(payment, 500, key="a", now=now)
    with misbehave(refund_charge=[Fault.UNAVAILABLE, Fault.LOST_ANSWER]):
        drain(until=now)
        message = OutboxMessage.objects.get(topic="refund.requested")
        assert message.attempts == 1
        assert message.error.startswith("GatewayUnavailableError")
        assert Refund.objects.get().state == Refund.State.PENDING
        # Done, but we did not hear of it: the webhook may tell, the repetition certainly will.
        drain(until=now + dt.timedelta(seconds=10))
        drain(until=now + dt.timedelta(seconds=60))
    assert Refund.objects.get().state == Refund.State.SUCCEEDED
    assert FakeCharge.objects.get().refunded_minor == 500
    assert FakeRefund.objects.count() == 1
    assert heard.count(("refund.succeeded", "checkout:1")) == 1


def test_a_webhook_can_finish_a_refund_whose_answer_was_lost(
    now: dt.datetime, heard: Heard, drain: Drain
) -> None:
    payment = make_paid(now)
    promised = refund(payment, 500, key="a", now=now)
    with misbehave(refund_charge=[Fault.LOST_ANSWER]), pytest.raises(GatewayUnavailableError):
        services.send_refund(refund_id=promised, now=now)
    OutboxMessage.objects.filter(topic="refund.requested").delete()
    drain(until=now)
    assert Refund.objects.get().state == Refund.State.SUCCEEDED
    assert heard.count(("refund.succeeded", "checkout:1")) == 1


def test_a_refund_nobody_answers_stays_visible_and_can_be_retried(now: dt.datetime, drain: Drain) -> None:
    payment = make_paid(now)
    promised = refund(payment, 500, key="a", now=now)
    Refund.objects.update(created_at=now)
    later = now
    with misbehave(refund_charge=[Fault.UNAVAILABLE] * MAX_ATTEMPTS):
        for _attempt in range(MAX_ATTEMPTS):
            drain(until=later)
            later += dt.timedelta(hours=2)
    message = OutboxMessage.objects.get(topic="refund.requested")
    assert (message.attempts, message.failed_at is not None) == (MAX_ATTEMPTS, True)
    assert list(selectors.refunds_in_trouble(now=now + dt.timedelta(minutes=5))) == []
    assert [row.pk for row in selectors.refunds_in_trouble(now=later)] == [promised]
    with write_transaction():
        services.retry_refund(refund_id=promised, now=later)
    drain(until=later)
    assert Refund.objects.get().state == Refund.State.SUCCEEDED
    assert list(selectors.refunds_in_trouble(now=later)) == []


def test_a_refused_refund_frees_the_amount_and_can_be_tried_again(
    now: dt.datetime, heard: Heard, drain: Drain
) -> None:
    payment = make_paid(now, amount_minor=1_000)
    # Somebody gave the money back at the provider's own desk: nothing is left there.
    FakeCharge.objects.update(refunded_minor=1_000)
    promised = refund(payment, 1_000, key="a", now=now)
    drain(until=now)
    payment.refresh_from_db()
    assert (Refund.objects.get().state, payment.refunded_minor) == (Refund.State.FAILED, 0)
    assert heard[-1] == ("refund.failed", "checkout:1")
    assert [row.pk for row in selectors.refunds_in_trouble(now=now)] == [promised]

    FakeCharge.objects.update(refunded_minor=0)
    with write_transaction():
        services.retry_refund(refund_id=promised, now=now)
    drain(until=now)
    payment.refresh_from_db()
    assert (Refund.objects.get().state, payment.refunded_minor) == (Refund.State.SUCCEEDED, 1_000)
    with write_transaction():
        services.retry_refund(refund_id=promised, now=now)  # nothing left to do
    drain(until=now)
    assert FakeRefund.objects.count() == 1


def test_a_retry_cannot_take_what_another_refund_took(now: dt.datetime, drain: Drain) -> None:
    payment = make_paid(now, amount_minor=1_000)
    FakeCharge.objects.update(refunded_minor=500)
    promised = refund(payment, 1_000, key="a", now=now)
    drain(until=now)
    refund(payment, 500, key="b", now=now)
    with pytest.raises(services.RefundRefusedError), write_transaction():
        services.retry_refund(refund_id=promised, now=now)
    payment.refresh_from_db()
    assert (Refund.objects.get(pk=promised).state, payment.refunded_minor) == (Refund.State.FAILED, 500)


def test_repeated_refund_webhooks_change_nothing(now: dt.datetime, heard: Heard, drain: Drain) -> None:
    payment = make_paid(now)
    refund(payment, 500, key="a", now=now)
    with misbehave(webhooks=WebhookFaults(copies=3, delay_seconds=5)):
        drain(until=now)
    drain(until=now + dt.timedelta(minutes=1))
    payment.refresh_from_db()
    assert payment.refunded_minor == 500
    assert heard.count(("refund.succeeded", "checkout:1")) == 1


faults = st.sampled_from(list(Fault))


class RefundsAtRandom(HypothesisTestCase):
    """Random refunds over a random line, against a plain sum."""

    @settings(max_examples=25, suppress_health_check=list(HealthCheck))
    @given(
        amounts=st.lists(st.integers(1, 900), min_size=1, max_size=6),
        line=st.lists(faults, max_size=8),
        is_retried=st.lists(st.booleans(), min_size=6, max_size=6),
    )
    def test_books_on_both_sides_agree(
        self, amounts: list[int], line: list[Fault], is_retried: list[bool]
    ) -> None:
        payment = make_paid(NOW, amount_minor=1_000)
        promised = []
        with misbehave(refund_charge=line):
            for number, amount in enumerate(amounts):
                try:
                    promised.append(refund(payment, amount, key=f"r:{number}", now=NOW))
                except services.RefundRefusedError:
                    continue
                if is_retried[number]:
                    self._try_to_send(promised[-1])
                    self._try_to_send(promised[-1])
        for refund_id in promised:
            services.send_refund(refund_id=refund_id, now=NOW)
        payment.refresh_from_db()
        assert set(Refund.objects.values_list("state", flat=True)) <= {Refund.State.SUCCEEDED}
        total = Refund.objects.aggregate(total=Sum("amount_minor"))["total"] or 0
        assert total == payment.refunded_minor == FakeCharge.objects.get().refunded_minor <= 1_000

    def _try_to_send(self, refund_id: uuid.UUID) -> None:
        with contextlib.suppress(GatewayUnavailableError):
            services.send_refund(refund_id=refund_id, now=NOW)
