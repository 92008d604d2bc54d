"""Two reports of one success at the same instant: the house hears of it once, thanks to the row lock."""

from __future__ import annotations

import contextlib
import datetime as dt
import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from serai.core.db import write_transaction
from serai.core.models import OutboxMessage
from serai.payments import fake_provider, rules, services
from serai.payments.models import FakeCharge, GatewayEvent, Payment, Refund
from serai.payments.services import locks
from tests.payments.desk import GOOD, make_paid, make_payment, type_card

pytestmark = pytest.mark.django_db(transaction=True)


def run_together(*calls: Callable[[], object]) -> list[Exception]:
    """Run each call in a thread with a connection of its own; return what they raised."""
    errors: list[Exception] = []

    def run(call: Callable[[], object]) -> None:
        try:
            call()
        except Exception as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[call]) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert not any(thread.is_alive() for thread in threads)
    return errors


def meet_inside(monkeypatch: pytest.MonkeyPatch, rule: str) -> None:
    """Make whoever reaches `rule` wait a moment for the other: without a lock both have read by then."""
    barrier = threading.Barrier(2, timeout=0.7)
    decide = getattr(rules, rule)

    def wait_and_decide(*args: Any, **kwargs: Any) -> Any:
        # A broken barrier means being alone: the other one waits for the lock.
        with contextlib.suppress(threading.BrokenBarrierError):
            barrier.wait()
        return decide(*args, **kwargs)

    monkeypatch.setattr(rules, rule, wait_and_decide)


def race_refresh_against_webhook(now: dt.datetime, monkeypatch: pytest.MonkeyPatch) -> int:
    """How often `payment.succeeded` was emitted."""
    payment = make_payment(now)
    type_card(payment, GOOD, now)
    message = OutboxMessage.objects.get(topic=fake_provider.WEBHOOK_DUE)
    body = message.payload["body"].encode()
    services.receive_event(
        gateway="fake",
        body=body,
        headers={fake_provider.SIGNATURE_HEADER: fake_provider.sign(body, now=now)},
        now=now,
    )
    event = GatewayEvent.objects.get()

    def webhook() -> None:
        with write_transaction():
            services.apply_event(event_id=event.pk, now=now)

    meet_inside(monkeypatch, "next_state")
    errors = run_together(lambda: services.refresh_payment(payment_id=payment.pk, now=now), webhook)
    assert errors == []
    payment.refresh_from_db()
    assert payment.state == Payment.State.SUCCEEDED
    return OutboxMessage.objects.filter(topic="payment.succeeded", receiver__contains="listen").count()


@pytest.mark.usefixtures("heard")
def test_refresh_and_webhook_at_once_tell_the_house_once(
    now: dt.datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert race_refresh_against_webhook(now, monkeypatch) == 1


@pytest.mark.usefixtures("heard")
def test_negative_control_without_the_lock_it_is_told_twice(
    now: dt.datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(locks, "locked_payments", lambda: Payment.objects.all())
    assert race_refresh_against_webhook(now, monkeypatch) == 2


def test_many_starts_at_once_open_one_charge(now: dt.datetime) -> None:
    with write_transaction():
        payment = services.create_payment(
            reference="checkout:1",
            amount_minor=500,
            currency="INR",
            gateway="fake",
            description="",
            return_url="/back/",
            now=now,
        )
    errors = run_together(*[lambda: services.start_payment(payment_id=payment.pk, now=now)] * 8)
    assert errors == []
    payment.refresh_from_db()
    assert payment.provider_ref == FakeCharge.objects.get().pk


def race_refunds(now: dt.datetime, monkeypatch: pytest.MonkeyPatch) -> list[Exception]:
    """Two refunds of 600 from 1,000, read at the same moment if they can be."""
    payment = make_paid(now, amount_minor=1_000)
    meet_inside(monkeypatch, "refundable_minor")

    def ask(key: str) -> None:
        with write_transaction():
            services.refund_payment(payment_id=payment.pk, amount_minor=600, key=key, reason="", now=now)

    return run_together(lambda: ask("a"), lambda: ask("b"))


def test_two_refunds_at_once_cannot_both_have_the_same_money(
    now: dt.datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    errors = race_refunds(now, monkeypatch)
    assert [type(error) for error in errors] == [services.RefundRefusedError]
    assert Refund.objects.count() == 1
    assert Payment.objects.get().refunded_minor == 600


def test_negative_control_without_the_lock_both_refunds_are_promised(
    now: dt.datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(locks, "locked_payments", lambda: Payment.objects.all())
    assert race_refunds(now, monkeypatch) == []
    assert Refund.objects.count() == 2


def test_one_message_delivered_many_times_at_once_is_kept_once(now: dt.datetime) -> None:
    payment = make_payment(now)
    type_card(payment, GOOD, now)
    body = OutboxMessage.objects.get(topic=fake_provider.WEBHOOK_DUE).payload["body"].encode()
    headers = {fake_provider.SIGNATURE_HEADER: fake_provider.sign(body, now=now)}
    errors = run_together(
        *[lambda: services.receive_event(gateway="fake", body=body, headers=headers, now=now)] * 8
    )
    assert errors == []
    assert GatewayEvent.objects.count() == 1
    assert OutboxMessage.objects.filter(topic="gateway_event.received").count() == 1
