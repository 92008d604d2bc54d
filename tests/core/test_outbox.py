"""Effects that must happen: once, after commit, whoever dies meanwhile."""

from __future__ import annotations

import datetime as dt
import queue
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import pytest
from django.db import connection, transaction
from kombu.exceptions import OperationalError as BrokerError

from serai.core import outbox
from serai.core.clock import utc_now
from serai.core.errors import NotInTransactionError
from serai.core.models import OutboxMessage, SentMail
from serai.core.outbox import MAX_ATTEMPTS, Payload, deliver, dispatch_due, emit, relay_forever, send_to_queue
from tests.factories import NOW
from tests.racing import run_together

TOPIC = "tests.something_happened"
Handler = Callable[[Payload], None]


@pytest.fixture(autouse=True)
def _no_repeated_queries() -> None:
    """The same message is delivered again and again here on purpose."""


@pytest.fixture
def listen() -> Iterator[Callable[..., str]]:
    """Register receivers of `TOPIC` for one test; returns the receiver's name."""
    names: list[str] = []

    def register(handler: Handler, **options: Any) -> str:
        def call(payload: Payload) -> None:
            handler(payload)

        call.__qualname__ = f"receiver {len(names)}"
        outbox.receiver(TOPIC, **options)(call)
        names.append(f"{call.__module__}.{call.__qualname__}")
        return names[-1]

    yield register
    for name in names:
        entry = outbox._by_name.pop(name, None)
        if entry is not None:
            outbox._receivers[TOPIC].remove(entry)


def tell(payload: dict[str, Any] | None = None, **options: Any) -> None:
    with transaction.atomic():
        emit(TOPIC, payload or {"number": 7}, now=NOW, **options)


def only() -> OutboxMessage:
    return OutboxMessage.objects.get(topic=TOPIC)


def note(text: str) -> None:
    """An effect in the database that shows how often it happened."""
    SentMail.objects.create(key=text, recipient="x@example.com", text="", sent_at=NOW)


def fail(payload: Payload) -> None:
    raise ValueError("not today")


# --- Emitting ------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_one_row_per_receiver(listen: Callable[..., str]) -> None:
    first, second = listen(fail), listen(fail, queue="critical")
    tell()
    rows = OutboxMessage.objects.filter(topic=TOPIC).order_by("id")
    assert [(row.receiver, row.queue) for row in rows] == [(first, "default"), (second, "critical")]
    assert all(row.payload == {"number": 7} for row in rows)
    assert all((row.created_at, row.available_at) == (NOW, NOW) for row in rows)
    assert outbox.topics()[TOPIC] == [first, second]


@pytest.mark.django_db
def test_a_topic_that_nobody_follows_leaves_no_row() -> None:
    tell()
    assert not OutboxMessage.objects.exists()


@pytest.mark.django_db
def test_what_is_rolled_back_was_never_said(listen: Callable[..., str]) -> None:
    listen(fail)
    with suppress(ZeroDivisionError), transaction.atomic():
        emit(TOPIC, {"number": 7}, now=NOW)
        raise ZeroDivisionError
    assert not OutboxMessage.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_emitting_needs_the_transaction_that_caused_it(listen: Callable[..., str]) -> None:
    listen(fail)
    with pytest.raises(NotInTransactionError):
        emit(TOPIC, {}, now=NOW)
    assert not OutboxMessage.objects.exists()


def test_two_functions_may_not_share_a_name(listen: Callable[..., str]) -> None:
    name = listen(fail)
    impostor: Handler = lambda payload: None  # noqa: E731
    impostor.__module__, _, impostor.__qualname__ = name.rpartition(".")
    with pytest.raises(RuntimeError, match="registered twice"):
        outbox.receiver(TOPIC)(impostor)


# --- Delivering ----------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_delivery_happens_once_and_marks_the_row(listen: Callable[..., str]) -> None:
    seen: list[Payload] = []
    listen(seen.append)
    tell()
    message = only()
    assert deliver(message.pk, now=NOW) is True
    assert deliver(message.pk, now=NOW) is False
    assert seen == [{"number": 7, "outbox_id": message.pk}]
    done = only()
    assert (done.done_at, done.error, done.attempts, done.payload) == (NOW, "", 0, {"number": 7})


@pytest.mark.django_db
def test_a_secret_payload_is_wiped_when_it_is_done(listen: Callable[..., str]) -> None:
    failing = [True]

    def once(payload: Payload) -> None:
        assert payload["code"] == "123456"
        if failing.pop() if failing else False:
            raise ValueError

    listen(once, is_secret=True)
    tell({"code": "123456"})
    assert deliver(only().pk, now=NOW) is False
    assert only().payload == {"code": "123456"}  # still needed
    assert deliver(only().pk, now=NOW) is True
    assert only().payload == {}


@pytest.mark.django_db
def test_a_failed_receiver_leaves_nothing_behind_but_its_error(listen: Callable[..., str]) -> None:
    def half_done(payload: Payload) -> None:
        note("half done")
        raise ValueError("not today")

    listen(half_done)
    tell()
    assert deliver(only().pk, now=NOW) is False
    row = only()
    assert not SentMail.objects.exists()
    assert (row.done_at, row.failed_at, row.attempts, row.error) == (None, None, 1, "ValueError: not today")
    assert 1.6 <= (row.available_at - NOW).total_seconds() <= 2.4


@pytest.mark.django_db
def test_pauses_grow_until_it_gives_up_and_stays_visible(listen: Callable[..., str]) -> None:
    listen(fail)
    tell()
    pauses = []
    for attempt in range(1, MAX_ATTEMPTS + 1):
        assert deliver(only().pk, now=NOW) is False
        row = only()
        assert row.attempts == attempt
        pauses.append((row.available_at - NOW).total_seconds())
    for attempt, pause in enumerate(pauses[:-1], start=1):
        assert 0.8 * min(2**attempt, 3600) <= pause <= 1.2 * min(2**attempt, 3600)
    assert row.failed_at == NOW
    assert row.done_at is None
    assert row.error == "ValueError: not today"
    # It is neither handed out nor delivered again by itself.
    assert deliver(row.pk, now=NOW) is False
    assert only().attempts == MAX_ATTEMPTS
    assert dispatch_due(send=lambda message: None, now=NOW + dt.timedelta(days=9)) == 0


@pytest.mark.django_db
def test_a_receiver_that_was_renamed_is_an_error_that_says_so(listen: Callable[..., str]) -> None:
    name = listen(fail)
    tell()
    outbox._receivers[TOPIC].remove(outbox._by_name.pop(name))
    assert deliver(only().pk, now=NOW) is False
    assert "was it renamed?" in only().error


@pytest.mark.django_db
def test_an_unknown_message_is_not_delivered() -> None:
    assert deliver(987_654_321, now=NOW) is False


@pytest.mark.django_db(transaction=True)
def test_an_effect_outside_the_database_runs_outside_a_transaction(listen: Callable[..., str]) -> None:
    inside: list[bool] = []
    listen(lambda payload: inside.append(connection.in_atomic_block), is_transactional=False, is_secret=True)
    listen(lambda payload: inside.append(connection.in_atomic_block))
    tell()
    for message_id in OutboxMessage.objects.order_by("id").values_list("id", flat=True):
        assert deliver(message_id, now=NOW) is True
        assert deliver(message_id, now=NOW) is False
    assert inside == [False, True]
    assert list(OutboxMessage.objects.order_by("id").values_list("payload", flat=True)) == [{}, {"number": 7}]


@pytest.mark.django_db(transaction=True)
def test_a_failure_outside_a_transaction_is_recorded_too(listen: Callable[..., str]) -> None:
    listen(fail, is_transactional=False)
    tell()
    assert deliver(only().pk, now=NOW) is False
    assert (only().attempts, only().error, only().done_at) == (1, "ValueError: not today", None)


@pytest.mark.django_db(transaction=True)
def test_eight_workers_deliver_each_message_once(listen: Callable[..., str]) -> None:
    def effect(payload: Payload) -> None:
        note(f"effect {payload['number']}")
        time.sleep(0.01)

    listen(effect)
    for number in range(12):
        tell({"number": number})
    ids = list(OutboxMessage.objects.values_list("id", flat=True))

    def work() -> int:
        return sum(deliver(message_id, now=NOW) for message_id in ids)

    race = run_together(*[work] * 8)
    assert race.errors == []
    assert sum(race.results) == 12
    assert SentMail.objects.count() == 12  # a second effect would have failed on its unique key
    assert set(OutboxMessage.objects.values_list("attempts", "error")) == {(0, "")}


# --- Handing to the queue ------------------------------------------------------------------------------


@pytest.mark.django_db
def test_due_messages_are_handed_over_once_and_in_order(listen: Callable[..., str]) -> None:
    listen(fail)
    tell({"number": 1}, available_at=NOW + dt.timedelta(seconds=5))
    tell({"number": 2})
    tell({"number": 3})
    handed: list[int] = []
    assert dispatch_due(send=lambda message: handed.append(message.payload["number"]), now=NOW) == 2
    assert dispatch_due(send=lambda message: handed.append(message.payload["number"]), now=NOW) == 0
    later = NOW + dt.timedelta(seconds=5)
    assert dispatch_due(send=lambda message: handed.append(message.payload["number"]), now=later) == 1
    assert handed == [2, 3, 1]


@pytest.mark.django_db
def test_a_message_whose_worker_died_is_handed_over_again(listen: Callable[..., str], settings: Any) -> None:
    settings.OUTBOX_REDISPATCH_SECONDS = 20
    listen(fail)
    tell()
    counts = [
        dispatch_due(send=lambda message: None, now=NOW + dt.timedelta(seconds=seconds))
        for seconds in (0, 10, 19, 20, 21)
    ]
    assert counts == [1, 0, 0, 1, 0]


@pytest.mark.django_db
def test_a_failed_message_is_handed_over_again_when_its_pause_is_over(listen: Callable[..., str]) -> None:
    listen(fail)
    tell()
    dispatch_due(send=lambda message: None, now=NOW)
    deliver(only().pk, now=NOW)
    assert dispatch_due(send=lambda message: None, now=NOW + dt.timedelta(seconds=1)) == 0
    assert dispatch_due(send=lambda message: None, now=NOW + dt.timedelta(seconds=3)) == 1


@pytest.mark.django_db
@pytest.mark.parametrize("error", [BrokerError("away"), ConnectionRefusedError(), TimeoutError()])
def test_while_the_broker_is_away_messages_wait(listen: Callable[..., str], error: Exception) -> None:
    listen(fail)
    for number in range(3):
        tell({"number": number})
    handed: list[int] = []

    def send(message: OutboxMessage) -> None:
        if len(handed) == 1:
            raise error
        handed.append(message.payload["number"])

    assert dispatch_due(send=send, now=NOW) == 1
    assert list(OutboxMessage.objects.order_by("id").values_list("dispatched_at", flat=True)) == [
        NOW,
        None,
        None,
    ]
    assert dispatch_due(send=lambda message: handed.append(message.payload["number"]), now=NOW) == 2
    assert handed == [0, 1, 2]


@pytest.mark.django_db
def test_a_bug_in_sending_leaves_the_rest_waiting_and_is_not_hidden(listen: Callable[..., str]) -> None:
    listen(fail)
    tell()
    with pytest.raises(ZeroDivisionError):
        dispatch_due(send=lambda message: 1 / 0, now=NOW)  # type: ignore[func-returns-value]
    assert only().dispatched_at is None


@pytest.mark.django_db
def test_the_real_queue_that_is_away_fails_nobody(
    listen: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """With nothing behind the broker's address the row stays, and the request that emitted it went well."""
    from serai.config.celery import app

    listen(fail)
    tell()
    monkeypatch.setitem(app.conf, "broker_url", "redis://127.0.0.1:1/0")
    monkeypatch.setitem(app.conf, "broker_write_url", "redis://127.0.0.1:1/0")
    monkeypatch.setattr(app.amqp, "_producer_pool", None)
    monkeypatch.setattr(app, "_pool", None)
    began = time.monotonic()
    assert dispatch_due(send=send_to_queue, now=NOW) == 0
    assert time.monotonic() - began < 10
    assert (only().dispatched_at, only().attempts, only().error) == (None, 0, "")


@pytest.mark.django_db(transaction=True)
def test_a_worker_quicker_than_the_relay_finds_the_row_free(listen: Callable[..., str]) -> None:
    """The queue hands the task out before the relay has gone on: the row must be deliverable by then."""
    listen(lambda payload: note("effect"))
    tell()
    outcomes: list[bool] = []

    def work_at_once(message: OutboxMessage) -> None:
        race = run_together(lambda: deliver(message.pk, now=NOW))
        outcomes.extend(race.results)

    assert dispatch_due(send=work_at_once, now=NOW) == 1
    assert outcomes == [True]
    assert SentMail.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_several_relays_share_the_messages(listen: Callable[..., str]) -> None:
    listen(fail)
    for number in range(40):
        tell({"number": number})
    handed: list[int] = []

    def relay() -> int:
        return dispatch_due(send=lambda message: handed.append(message.payload["number"]), now=NOW)

    race = run_together(*[relay] * 6)
    assert race.errors == []
    # A relay that found the rows taken leaves them to the other one; another look finds the rest.
    total = sum(race.results) + relay()
    assert total == 40
    assert Counter(handed) == dict.fromkeys(range(40), 1)


@pytest.mark.django_db(transaction=True)
def test_the_relay_wakes_up_when_something_is_said(
    listen: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """By NOTIFY, long before its poll."""
    listen(fail)
    handed: queue.Queue[int] = queue.Queue()
    monkeypatch.setattr(outbox, "send_to_queue", lambda message: handed.put(message.payload["number"]))
    stop = threading.Event()

    def relay() -> None:
        try:
            relay_forever(stop=stop, poll_seconds=30)
        finally:
            connection.close()

    def say(number: int) -> None:
        with transaction.atomic():
            emit(TOPIC, {"number": number}, now=utc_now())

    say(1)  # found by the first look; from then on the relay listens
    thread = threading.Thread(target=relay, daemon=True)
    thread.start()
    assert handed.get(timeout=10) == 1
    time.sleep(0.3)
    say(2)
    assert handed.get(timeout=5) == 2
    stop.set()
    say(3)  # it looks at `stop` when it wakes
    thread.join(10)
    assert not thread.is_alive()
