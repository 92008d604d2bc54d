"""The provider is strict, and misbehaves exactly as told."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from serai.core.db import write_transaction
from serai.core.models import OutboxMessage
from serai.payments import fake_provider
from serai.payments.fake_faults import Fault, WebhookFaults, misbehave
from serai.payments.models import FakeCharge, FakeRefund

ORDER: dict[str, Any] = {
    "idempotency_key": "payment:0001",
    "amount_minor": 50_000,
    "currency": "INR",
    "description": "A stay",
    "return_url": "https://serai.example/back/",
    "timeout_seconds": 5.0,
}
GOOD_CARD = {"number": "4242424242424242", "expiry": (2030, 1), "cvc": "123"}


def webhooks() -> list[OutboxMessage]:
    return list(OutboxMessage.objects.filter(topic=fake_provider.WEBHOOK_DUE).order_by("available_at", "id"))


def refund(charge_id: str, amount_minor: int, now: dt.datetime, **changes: Any) -> dict[str, Any]:
    request = {
        "idempotency_key": "refund:0001",
        "charge_id": charge_id,
        "amount_minor": amount_minor,
        "currency": "INR",
        "timeout_seconds": 5.0,
    }
    return fake_provider.refund_charge(**request | changes, now=now)


@pytest.fixture
def paid(db: None, now: dt.datetime) -> str:
    charge_id = fake_provider.create_charge(**ORDER, now=now)["id"]
    fake_provider.submit_card(charge_id=charge_id, **GOOD_CARD, now=now)
    return charge_id


@pytest.mark.django_db
def test_a_repeated_key_answers_with_the_first_charge(now: dt.datetime) -> None:
    first = fake_provider.create_charge(**ORDER, now=now)
    assert fake_provider.create_charge(**ORDER, now=now) == first
    assert FakeCharge.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    "change",
    [
        {"amount_minor": 50_001},
        {"currency": "EUR"},
        {"description": "Another stay"},
        {"return_url": "https://serai.example/elsewhere/"},
    ],
)
def test_a_repeated_key_with_another_request_conflicts(change: dict[str, Any], now: dt.datetime) -> None:
    first = fake_provider.create_charge(**ORDER, now=now)
    with pytest.raises(fake_provider.ProviderRefusedError) as caught:
        fake_provider.create_charge(**ORDER | change, now=now)
    assert caught.value.code == "idempotency_conflict"
    assert fake_provider.fetch_charge(charge_id=first["id"], timeout_seconds=5, now=now) == first


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"amount_minor": 0}, "bad_amount"),
        ({"amount_minor": -5}, "bad_amount"),
        ({"amount_minor": 10**10}, "bad_amount"),
        ({"currency": "XQQ"}, "bad_currency"),
        ({"currency": "inr"}, "bad_currency"),
        ({"idempotency_key": "short"}, "bad_key"),
        ({"return_url": "javascript:alert(1)"}, "bad_return_url"),
        ({"return_url": "//evil.example/"}, "bad_return_url"),
        ({"return_url": ""}, "bad_return_url"),
    ],
)
def test_nonsense_is_refused(change: dict[str, Any], code: str, now: dt.datetime) -> None:
    with pytest.raises(fake_provider.ProviderRefusedError) as caught:
        fake_provider.create_charge(**ORDER | change, now=now)
    assert caught.value.code == code
    assert not FakeCharge.objects.exists()


def test_refunds_never_exceed_the_charge(paid: str, now: dt.datetime) -> None:
    refund(paid, 30_000, now)
    assert refund(paid, 30_000, now)["amount_minor"] == 30_000  # the same key: the same refund
    with pytest.raises(fake_provider.ProviderRefusedError) as caught:
        refund(paid, 20_001, now, idempotency_key="refund:0002")
    assert caught.value.code == "refund_too_large"
    refund(paid, 20_000, now, idempotency_key="refund:0003")
    assert FakeCharge.objects.get().refunded_minor == 50_000
    assert FakeRefund.objects.count() == 2


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"amount_minor": 0}, "bad_amount"),
        ({"currency": "EUR"}, "currency_mismatch"),
        ({"charge_id": "ch_nobody"}, "no_such_charge"),
    ],
)
def test_a_wrong_refund_is_refused(change: dict[str, Any], code: str, paid: str, now: dt.datetime) -> None:
    with pytest.raises(fake_provider.ProviderRefusedError) as caught:
        refund(**{"charge_id": paid, "amount_minor": 100, "now": now} | change)
    assert caught.value.code == code
    assert not FakeRefund.objects.exists()


def test_a_refund_key_cannot_mean_two_amounts(paid: str, now: dt.datetime) -> None:
    refund(paid, 100, now)
    with pytest.raises(fake_provider.ProviderRefusedError) as caught:
        refund(paid, 200, now)
    assert caught.value.code == "idempotency_conflict"
    assert FakeCharge.objects.get().refunded_minor == 100


@pytest.mark.django_db
def test_an_unpaid_charge_has_nothing_to_refund(now: dt.datetime) -> None:
    charge_id = fake_provider.create_charge(**ORDER, now=now)["id"]
    with pytest.raises(fake_provider.ProviderRefusedError) as caught:
        refund(charge_id, 100, now)
    assert caught.value.code == "charge_not_paid"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"number": "4242424242424241"}, "bad_card"),
        ({"cvc": "12"}, "bad_card"),
        ({"expiry": (2026, 10)}, "card_expired"),
        ({"number": "5555555555554444"}, "not_a_test_card"),
    ],
)
def test_a_bad_card_leaves_the_charge_open(change: dict[str, Any], code: str, now: dt.datetime) -> None:
    charge_id = fake_provider.create_charge(**ORDER, now=now)["id"]
    with pytest.raises(fake_provider.ProviderRefusedError) as caught:
        fake_provider.submit_card(charge_id=charge_id, **GOOD_CARD | change, now=now)
    assert caught.value.code == code
    assert FakeCharge.objects.get().state == FakeCharge.State.OPEN


@pytest.mark.django_db
def test_an_abandoned_session_ends_by_itself(now: dt.datetime) -> None:
    charge_id = fake_provider.create_charge(**ORDER, now=now)["id"]
    later = now + fake_provider.SESSION
    just_before = later - dt.timedelta(seconds=1)
    assert fake_provider.open_page(charge_id=charge_id, now=just_before).state == FakeCharge.State.OPEN
    charge = fake_provider.submit_card(charge_id=charge_id, **GOOD_CARD, now=later)
    assert (charge.state, charge.decline_code) == (FakeCharge.State.DECLINED, "session_expired")


def test_a_decided_charge_stays_decided(paid: str, now: dt.datetime) -> None:
    fake_provider.cancel_charge(charge_id=paid, now=now)
    fake_provider.answer_challenge(charge_id=paid, is_approved=False, now=now)
    charge = fake_provider.submit_card(
        charge_id=paid, number="4000000000000002", expiry=(2030, 1), cvc="123", now=now
    )
    assert charge.state == FakeCharge.State.SUCCEEDED
    assert len(webhooks()) == 1


def test_signatures_are_checked_to_the_letter_and_the_minute(now: dt.datetime) -> None:
    body = b'{"id": "evt_1"}'
    signature = fake_provider.sign(body, now=now)

    def is_good(**changes: Any) -> bool:
        return fake_provider.is_signature_valid(
            **{"body": body, "signature": signature, "now": now} | changes
        )

    assert is_good()
    assert is_good(now=now + dt.timedelta(minutes=5))
    assert not is_good(now=now + dt.timedelta(minutes=5, seconds=1))
    assert not is_good(now=now - dt.timedelta(minutes=5, seconds=1))
    assert not is_good(body=body + b" ")
    assert not is_good(signature="")
    assert not is_good(signature=signature.replace("v1=", "v0="))
    # A fresher date cannot be put on an old signature.
    moved = f"t={int(now.timestamp()) + 60},{signature.partition(',')[2]}"
    assert not is_good(signature=moved)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("verb", ["create", "fetch", "refund", "page", "card"])
def test_nobody_calls_the_provider_from_inside_a_transaction(verb: str, now: dt.datetime) -> None:
    call = {
        "create": lambda: fake_provider.create_charge(**ORDER, now=now),
        "fetch": lambda: fake_provider.fetch_charge(charge_id="ch_1", timeout_seconds=5, now=now),
        "refund": lambda: refund("ch_1", 5, now),
        "page": lambda: fake_provider.open_page(charge_id="ch_1", now=now),
        "card": lambda: fake_provider.submit_card(charge_id="ch_1", **GOOD_CARD, now=now),
    }[verb]
    with pytest.raises(RuntimeError, match="Close the transaction first"), write_transaction():
        call()
    assert not FakeCharge.objects.exists()


@pytest.mark.django_db
def test_faults_of_calls_are_used_up_one_by_one(now: dt.datetime) -> None:
    with misbehave(create_charge=[Fault.UNAVAILABLE, Fault.LOST_REQUEST, Fault.LOST_ANSWER]):
        for charges_after in (0, 0, 1):
            with pytest.raises(fake_provider.ProviderUnavailableError):
                fake_provider.create_charge(**ORDER, now=now)
            assert FakeCharge.objects.count() == charges_after
        fake_provider.create_charge(**ORDER, now=now)
    assert FakeCharge.objects.count() == 1


@pytest.mark.django_db
def test_a_slow_call_is_done_but_unheard(now: dt.datetime) -> None:
    with misbehave(call_seconds=5.1), pytest.raises(fake_provider.ProviderUnavailableError):
        fake_provider.create_charge(**ORDER, now=now)
    assert FakeCharge.objects.count() == 1
    with misbehave(call_seconds=4.9):
        fake_provider.create_charge(**ORDER, now=now)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("faults", "count"),
    [(WebhookFaults(is_lost=True), 0), (WebhookFaults(), 1), (WebhookFaults(copies=3), 3)],
)
def test_webhooks_can_be_lost_or_copied(faults: WebhookFaults, count: int, now: dt.datetime) -> None:
    charge_id = fake_provider.create_charge(**ORDER, now=now)["id"]
    with misbehave(webhooks=faults):
        fake_provider.submit_card(charge_id=charge_id, **GOOD_CARD, now=now)
    messages = webhooks()
    assert len(messages) == count
    assert len({message.payload["body"] for message in messages}) == min(count, 1)


@pytest.mark.django_db
def test_webhooks_can_be_late_or_turned_round(now: dt.datetime) -> None:
    charge_id = fake_provider.create_charge(**ORDER, now=now)["id"]
    with misbehave(webhooks=WebhookFaults(is_reversed=True)):
        fake_provider.submit_card(
            charge_id=charge_id, number="4000000000000259", expiry=(2030, 1), cvc="123", now=now
        )
        fake_provider.advance_charge(charge_id=charge_id, now=now + fake_provider.LATE_SUCCESS)
    written = [message.payload["body"] for message in sorted(webhooks(), key=lambda message: message.pk)]
    assert ["charge.processing" in written[0], "charge.succeeded" in written[1]] == [True, True]
    with misbehave(webhooks=WebhookFaults(delay_seconds=60)):
        fake_provider.refund_charge(
            idempotency_key="refund:0009",
            charge_id=charge_id,
            amount_minor=1,
            currency="INR",
            timeout_seconds=5,
            now=now,
        )
    assert any(message.available_at == now + dt.timedelta(seconds=60) for message in webhooks())
