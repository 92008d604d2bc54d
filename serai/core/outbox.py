"""The transactional outbox: effects that must happen because a transaction committed.

    @receiver("booking.confirmed")
    def mail_guest(payload: Payload) -> None: ...

    emit("booking.confirmed", {"booking_id": 7}, now=now)      # inside the transaction

`emit` writes one row per receiver. The relay hands rows to the task queue; the task locks the row,
runs the receiver and marks the row done in one transaction, so an effect that only writes to the
database happens exactly once however often workers die. Effects outside the database (SMTP, card
providers) carry the row's id or a key of their own as idempotency key; a receiver that calls a slow
provider is registered with `is_transactional=False` and opens transactions itself. Failures are
retried with back-off; after `MAX_ATTEMPTS` a row is marked failed and stays visible to staff.
"""

from __future__ import annotations

import datetime as dt
import random
import threading
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import psycopg
import structlog
from celery import current_app
from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.db.models import QuerySet
from kombu.exceptions import OperationalError as BrokerError

from serai.core.clock import utc_now
from serai.core.db import require_transaction
from serai.core.models import OutboxMessage

log = structlog.get_logger(__name__)

Payload = Mapping[str, Any]
CHANNEL = "serai_outbox"
# By its name: `core.tasks` imports this module, not the other way round.
DELIVERY_TASK = "serai.core.tasks.deliver_message"
MAX_ATTEMPTS = 12
BATCH = 200


@dataclass(frozen=True)
class Receiver:
    """A function that answers a topic. `is_secret` payloads are wiped once they are done."""

    name: str
    call: Callable[[Payload], None]
    queue: str
    is_secret: bool
    is_transactional: bool


_receivers: dict[str, list[Receiver]] = defaultdict(list)
_by_name: dict[str, Receiver] = {}


def receiver(
    topic: str, *, queue: str = "default", is_secret: bool = False, is_transactional: bool = True
) -> Callable[[Callable[[Payload], None]], Callable[[Payload], None]]:
    """Register a function for a topic. Its payload also carries `outbox_id`, stable over retries.

    With `is_transactional=False` the function runs outside any transaction, because it calls somebody
    who may be slow; it must survive running twice, even at the same time.
    """

    def register(function: Callable[[Payload], None]) -> Callable[[Payload], None]:
        name = f"{function.__module__}.{function.__qualname__}"
        entry = Receiver(
            name=name, call=function, queue=queue, is_secret=is_secret, is_transactional=is_transactional
        )
        # One function may answer several topics; two functions may not share a name.
        if name in _by_name and _by_name[name].call is not function:
            raise RuntimeError(f"{name} is registered twice.")
        _by_name[name] = entry
        _receivers[topic].append(entry)
        return function

    return register


def topics() -> dict[str, list[str]]:
    """Every topic and the names of its receivers."""
    return {topic: [entry.name for entry in entries] for topic, entries in _receivers.items()}


def emit(topic: str, payload: Payload, *, now: dt.datetime, available_at: dt.datetime | None = None) -> None:
    """Record a fact for all receivers of `topic`; needs the transaction that caused it."""
    require_transaction()
    entries = _receivers.get(topic, ())
    if not entries:
        return
    OutboxMessage.objects.bulk_create(
        OutboxMessage(
            topic=topic,
            receiver=entry.name,
            queue=entry.queue,
            payload=dict(payload),
            created_at=now,
            available_at=available_at or now,
        )
        for entry in entries
    )
    with connection.cursor() as cursor:
        cursor.execute(f"NOTIFY {CHANNEL}")


def deliver(message_id: int, *, now: dt.datetime) -> bool:
    """Run one message's receiver; return False when another worker has it or it is done.

    A receiver's failure is recorded on the row and comes back after a growing pause; it is not
    raised, because the queue must not also retry it.
    """
    try:
        if _deliver_outside(message_id, now=now):
            return True
        with transaction.atomic():
            message = (
                OutboxMessage.objects.select_for_update(skip_locked=True)
                .filter(pk=message_id, done_at__isnull=True, failed_at__isnull=True)
                .first()
            )
            if message is None:
                return False
            entry = _by_name.get(message.receiver)
            if entry is None:
                raise LookupError(f"No receiver is called {message.receiver}; was it renamed?")
            entry.call({**message.payload, "outbox_id": message.pk})
            message.done_at = now
            message.error = ""
            if entry.is_secret:
                message.payload = {}
            message.save(update_fields=["done_at", "error", "payload"])
    except Exception as error:
        _record_failure(message_id, error=error, now=now)
        return False
    return True


def _deliver_outside(message_id: int, *, now: dt.datetime) -> bool:
    """Run the receiver without a transaction if it asked for that; return False when it did not."""
    message = OutboxMessage.objects.filter(
        pk=message_id, done_at__isnull=True, failed_at__isnull=True
    ).first()
    entry = _by_name.get(message.receiver) if message else None
    if message is None or entry is None or entry.is_transactional:
        return False
    entry.call({**message.payload, "outbox_id": message.pk})
    message.done_at = now
    message.error = ""
    if entry.is_secret:
        message.payload = {}
    message.save(update_fields=["done_at", "error", "payload"])
    return True


def _record_failure(message_id: int, *, error: Exception, now: dt.datetime) -> None:
    with transaction.atomic():
        message = (
            OutboxMessage.objects.select_for_update().filter(pk=message_id, done_at__isnull=True).first()
        )
        if message is None:
            return
        message.attempts += 1
        message.error = f"{type(error).__name__}: {error}"[:2000]
        message.dispatched_at = None
        if message.attempts >= MAX_ATTEMPTS:
            message.failed_at = now
            log.error("outbox.gave_up", outbox_id=message_id, receiver=message.receiver, error=message.error)
        else:
            pause = min(2.0**message.attempts, 3600.0) * random.uniform(0.8, 1.2)  # noqa: S311 - jitter
            message.available_at = now + dt.timedelta(seconds=pause)
            log.warning(
                "outbox.retry_later",
                outbox_id=message_id,
                receiver=message.receiver,
                error=message.error,
                seconds=pause,
            )
        message.save(update_fields=["attempts", "error", "dispatched_at", "failed_at", "available_at"])


def failed_messages() -> QuerySet[OutboxMessage]:
    """What the outbox gave up on, latest first."""
    return OutboxMessage.objects.filter(failed_at__isnull=False).order_by("-failed_at")


def retry_message(*, message_id: int, now: dt.datetime) -> bool:
    """Let a given-up message start over; False when it was not given up. For staff."""
    retried = OutboxMessage.objects.filter(pk=message_id, failed_at__isnull=False).update(
        failed_at=None, attempts=0, available_at=now, dispatched_at=None
    )
    return retried > 0


def dispatch_due(*, send: Callable[[OutboxMessage], None], now: dt.datetime) -> int:
    """Hand due messages to the queue through `send`; return how many were handed over.

    Rows are claimed with SKIP LOCKED, so several relays may run, and sent after the claim was
    committed: a worker that is quicker than we are must not find its row locked. A `BrokerError` out
    of `send` lets the remaining rows wait; those of a relay that died here wait `OUTBOX_REDISPATCH_SECONDS`.
    """
    lost_before = now - dt.timedelta(seconds=settings.OUTBOX_REDISPATCH_SECONDS)
    with transaction.atomic():
        due = list(
            OutboxMessage.objects.select_for_update(skip_locked=True)
            .filter(done_at__isnull=True, failed_at__isnull=True, available_at__lte=now)
            .exclude(dispatched_at__gt=lost_before)
            .order_by("available_at", "id")[:BATCH]
        )
        OutboxMessage.objects.filter(pk__in=[message.pk for message in due]).update(dispatched_at=now)
    sent = 0
    try:
        for message in due:
            send(message)
            sent += 1
    except (BrokerError, ConnectionError, TimeoutError) as error:
        log.warning("outbox.broker_away", error=str(error))
    finally:
        unsent = [message.pk for message in due[sent:]]
        if unsent:
            OutboxMessage.objects.filter(pk__in=unsent, dispatched_at=now).update(dispatched_at=None)
    return sent


def send_to_queue(message: OutboxMessage) -> None:
    """Queue the delivery task for a message; raises `BrokerError` when the broker is away."""
    current_app.send_task(DELIVERY_TASK, args=(message.pk,), queue=message.queue, retry=False)


def relay_forever(*, stop: threading.Event | None = None, poll_seconds: float = 1.0) -> None:
    """Move messages from the outbox to the queue until `stop` is set: wake on NOTIFY, poll as a net.

    Survives the loss of the database and of the broker: it pauses and tries again.
    """
    stop = stop or threading.Event()
    pause = poll_seconds
    while not stop.is_set():
        try:
            with connection.cursor() as cursor:
                cursor.execute(f"LISTEN {CHANNEL}")
            while not stop.is_set():
                while dispatch_due(send=send_to_queue, now=utc_now()) == BATCH:
                    pass
                pause = poll_seconds
                for _notification in connection.connection.notifies(timeout=poll_seconds, stop_after=1):
                    pass
        except (psycopg.Error, DatabaseError, OSError) as error:
            log.warning("outbox.database_away", error=str(error), seconds=pause)
            connection.close()
            stop.wait(pause)
            pause = min(pause * 2, 10.0)
