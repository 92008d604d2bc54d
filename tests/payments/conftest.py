"""A listener on the events of payments, and an outbox run by hand."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest
import time_machine

from serai.core import outbox
from serai.core.models import OutboxMessage
from serai.payments import events
from tests.payments.desk import Drain


@pytest.fixture(autouse=True)
def _no_repeated_queries() -> None:
    """Not here: these tests repeat whole calls on purpose, which looks like one query per row."""


@pytest.fixture
def heard() -> Iterator[list[tuple[str, str]]]:
    """`(topic, payment's reference)` of every event of ours that the outbox delivered."""
    messages: list[tuple[str, str]] = []
    topics = (
        events.PAYMENT_SUCCEEDED,
        events.PAYMENT_FAILED,
        events.REFUND_SUCCEEDED,
        events.REFUND_FAILED,
    )
    names = []
    for topic in topics:

        def listen(payload: outbox.Payload, topic: str = topic) -> None:
            messages.append((topic, payload["reference"]))

        listen.__qualname__ = f"listen to {topic}"
        outbox.receiver(topic)(listen)
        names.append(f"{listen.__module__}.{listen.__qualname__}")
    yield messages
    for topic, name in zip(topics, names, strict=True):
        entry = outbox._by_name.pop(name)
        outbox._receivers[topic].remove(entry)


@pytest.fixture
def drain(heard: list[tuple[str, str]]) -> Drain:
    """Run the outbox as the worker would, oldest due first, with the clock at `until`; return the count.

    Bookings listen to the same events; here only what payments do is run.
    """

    def run(*, until: dt.datetime) -> int:
        delivered = 0
        with time_machine.travel(until, tick=False):
            while True:
                message = (
                    OutboxMessage.objects.filter(
                        done_at__isnull=True, failed_at__isnull=True, available_at__lte=until
                    )
                    .exclude(receiver__startswith="serai.bookings.")
                    .order_by("available_at", "id")
                    .first()
                )
                if message is None:
                    return delivered
                outbox.deliver(message.pk, now=until)
                delivered += 1

    return run
