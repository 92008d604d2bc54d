"""The door for payment providers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from serai.core.errors import BusyError
from serai.core.models import OutboxMessage
from serai.payments import fake_provider
from serai.payments.models import GatewayEvent
from tests.payments.desk import GOOD, make_payment, type_card

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _clock(now: dt.datetime) -> Iterator[None]:
    with time_machine.travel(now, tick=False):
        yield


@pytest.fixture
def body(now: dt.datetime) -> bytes:
    type_card(make_payment(now), GOOD, now)
    return OutboxMessage.objects.get(topic=fake_provider.WEBHOOK_DUE).payload["body"].encode()


def post(body: bytes, *, gateway: str = "fake", signature: str | None = None, **options: Any) -> HttpResponse:
    if signature is None:
        signature = fake_provider.sign(body, now=dt.datetime.now(tz=dt.UTC))
    return Client(enforce_csrf_checks=True).post(
        reverse("payment_webhook", args=[gateway]),
        body,
        content_type="application/json",
        headers={fake_provider.SIGNATURE_HEADER: signature},
        **options,
    )


def test_a_signed_message_is_kept_and_handed_to_the_outbox(body: bytes) -> None:
    assert reverse("payment_webhook", args=["fake"]) == "/webhooks/fake/"
    response = post(body)
    assert (response.status_code, response.json()) == (200, {"received": True})
    stored = GatewayEvent.objects.get()
    assert (stored.payload["type"], stored.processed_at) == ("charge.succeeded", None)
    assert OutboxMessage.objects.get(topic="gateway_event.received").payload == {"event_id": stored.pk}


def test_a_repeated_message_is_answered_alike_and_kept_once(body: bytes) -> None:
    assert [post(body).status_code for _time in range(3)] == [200, 200, 200]
    assert GatewayEvent.objects.count() == 1
    assert OutboxMessage.objects.filter(topic="gateway_event.received").count() == 1


@pytest.mark.parametrize("signature", ["", "nonsense", f"t=1,v1={'0' * 64}"])
def test_a_wrong_signature_is_refused(signature: str, body: bytes) -> None:
    response = post(body, signature=signature)
    assert (response.status_code, response.json()) == (400, {"error": "bad_signature"})
    assert not GatewayEvent.objects.exists()


def test_an_old_message_cannot_be_replayed(body: bytes, now: dt.datetime) -> None:
    signature = fake_provider.sign(body, now=now)
    with time_machine.travel(now + dt.timedelta(minutes=6), tick=False):
        assert post(body, signature=signature).status_code == 400
    assert not GatewayEvent.objects.exists()


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"not json",
        b"[]",
        b"{}",
        b'"text"',
        b"\xff\xfe",
        b'{"id": 5, "type": "charge.succeeded", "object": {}}',
        b'{"id": "", "type": "other"}',
        b'{"id": "evt_1", "type": "charge.succeeded", "object": {"id": "ch_1"}}',
        b'{"id": "evt_1", "type": "charge.succeeded", "object": []}',
        b'{"id": "evt_1", "type": 7, "object": {}}',
        b'{"type": "unheard.of", "object": {}}',
        b'{"id": "evt_1", "type": "other", "object": {"note": "\\u0000"}}',
    ],
)
def test_signed_nonsense_is_refused(body: bytes) -> None:
    response = post(body)
    assert (response.status_code, response.json()) == (400, {"error": "malformed"})
    assert not GatewayEvent.objects.exists()


def test_a_new_kind_of_message_is_kept_without_effect() -> None:
    assert post(b'{"id": "evt_9", "type": "dispute.opened", "object": {}}').status_code == 200
    assert GatewayEvent.objects.get().event_id == "evt_9"


@pytest.mark.parametrize("gateway", ["barter", "pay_at_property"])
def test_only_providers_that_send_messages_are_heard(gateway: str, body: bytes) -> None:
    response = post(body, gateway=gateway)
    assert response.status_code == (404 if gateway == "barter" else 400)
    assert not GatewayEvent.objects.exists()


def test_a_huge_message_is_refused_before_it_is_looked_at() -> None:
    response = post(b" " * (64 * 1024 + 1))
    assert (response.status_code, response.json()) == (413, {"error": "too_large"})


def test_a_busy_house_asks_for_the_message_again(body: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    def busy(**_arguments: object) -> None:
        raise BusyError("later")

    monkeypatch.setattr("serai.web.guest.webhooks.receive_event", busy)
    response = post(body)
    assert (response.status_code, response["Retry-After"]) == (503, "5")


def test_only_posts_are_taken(client: Client) -> None:
    assert client.get(reverse("payment_webhook", args=["fake"])).status_code == 405
