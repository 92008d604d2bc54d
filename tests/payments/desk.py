"""A payment desk for tests: payments in every state, made through the services."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable
from typing import Any

from serai.core.db import write_transaction
from serai.payments import fake_provider, services
from serai.payments.models import FakeCharge, Payment

GOOD, DECLINED, NO_FUNDS, CHALLENGE, LATE = (
    "4242424242424242",
    "4000000000000002",
    "4000000000009995",
    "4000000000003220",
    "4000000000000259",
)
Drain = Callable[..., int]


def make_payment(
    now: dt.datetime, *, amount_minor: int = 1_234_500, reference: str = "checkout:1"
) -> Payment:
    """A payment in INR that has been started: the provider waits for a card."""
    with write_transaction():
        payment = services.create_payment(
            reference=reference,
            amount_minor=amount_minor,
            currency="INR",
            gateway="fake",
            description="Two nights in Jaipur",
            return_url="/checkout/1/return/",
            now=now,
        )
    return services.start_payment(payment_id=payment.pk, now=now)


def type_card(payment: Payment, number: str, now: dt.datetime) -> FakeCharge:
    """What the guest does at the bank."""
    return fake_provider.submit_card(
        charge_id=payment.provider_ref, number=number, expiry=(2030, 12), cvc="123", now=now
    )


def make_paid(now: dt.datetime, **options: Any) -> Payment:
    """A payment that succeeded."""
    payment = make_payment(now, **options)
    type_card(payment, GOOD, now)
    return services.refresh_payment(payment_id=payment.pk, now=now)


def refund(payment: Payment, amount_minor: int, *, key: str, now: dt.datetime) -> uuid.UUID:
    """A refund that was promised; the outbox has not called the provider yet."""
    with write_transaction():
        return services.refund_payment(
            payment_id=payment.pk, amount_minor=amount_minor, key=key, reason="test", now=now
        ).pk
