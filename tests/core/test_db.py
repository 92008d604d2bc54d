"""Transactions that wait briefly, and calls that need or refuse one."""

from __future__ import annotations

import threading
import time
from contextlib import suppress
from typing import Any

import pytest
from django.db import OperationalError, connection

from serai.core.db import lock_text, refuse_transaction, require_transaction, write_transaction
from serai.core.errors import BusyError, DomainError, NotInTransactionError
from serai.core.models import SentMail
from tests.factories import NOW
from tests.racing import run_together

pytestmark = pytest.mark.django_db(transaction=True)


def note(key: str) -> None:
    SentMail.objects.create(key=key, recipient="x@example.com", text="", sent_at=NOW)


def test_inner_services_need_a_transaction_and_slow_calls_refuse_one() -> None:
    with pytest.raises(NotInTransactionError):
        require_transaction()
    refuse_transaction()
    with write_transaction():
        require_transaction()
        with pytest.raises(RuntimeError, match="leaves the house"):
            refuse_transaction()


def test_what_raises_is_rolled_back() -> None:
    def fail() -> None:
        with write_transaction():
            note("lost")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert not SentMail.objects.exists()


def test_the_short_wait_ends_with_the_transaction(settings: Any) -> None:
    settings.LOCK_TIMEOUT_MS = 1234
    with connection.cursor() as cursor:
        cursor.execute("SHOW lock_timeout")
        before = cursor.fetchone()[0]
        with write_transaction():
            cursor.execute("SHOW lock_timeout")
            assert cursor.fetchone()[0] == "1234ms"
        cursor.execute("SHOW lock_timeout")
        assert cursor.fetchone()[0] == before


def test_a_lock_that_is_not_had_in_time_is_busy_and_changes_nothing(settings: Any) -> None:
    settings.LOCK_TIMEOUT_MS = 100
    held, leave = threading.Event(), threading.Event()

    def hold() -> None:
        with write_transaction():
            lock_text("the last room")
            held.set()
            leave.wait(10)

    def want() -> None:
        held.wait(10)
        try:
            with write_transaction():
                note("too early")
                lock_text("the last room")
        finally:
            leave.set()

    race = run_together(hold, want)
    assert [type(error) for error in race.errors] == [BusyError]
    assert not SentMail.objects.exists()


def test_a_deadlock_is_busy_for_one_and_nothing_for_the_other() -> None:
    both = threading.Barrier(2, timeout=10)

    def take(first: str, second: str) -> None:
        with write_transaction():
            note(first)
            lock_text(first)
            both.wait()
            lock_text(second)

    race = run_together(lambda: take("a", "b"), lambda: take("b", "a"))
    assert [type(error) for error in race.errors] == [BusyError]
    assert SentMail.objects.count() == 1


def test_other_errors_of_the_database_are_not_called_busy() -> None:
    with write_transaction(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = '20ms'")
        with pytest.raises(OperationalError) as raised, write_transaction():
            cursor.execute("SELECT pg_sleep(2)")
    assert not isinstance(raised.value, BusyError)


def test_the_same_text_is_one_line_and_another_is_not() -> None:
    order: list[str] = []

    def go(text: str) -> None:
        with write_transaction():
            lock_text(text)
            order.append(f"in {text}")
            time.sleep(0.15)
            order.append(f"out {text}")

    run_together(lambda: go("x"), lambda: go("x"))
    assert order == ["in x", "out x", "in x", "out x"]


def test_an_inner_transaction_joins_the_outer_one(django_assert_num_queries: Any) -> None:
    with write_transaction():
        with django_assert_num_queries(0), write_transaction():
            pass
        note("outer")
        with write_transaction():
            note("inner")
    assert SentMail.objects.count() == 2


def test_an_error_that_leaves_an_inner_block_dooms_everything_even_if_caught() -> None:
    with write_transaction():
        note("outer")
        with suppress(DomainError), write_transaction():
            note("inner")
            raise DomainError
    assert SentMail.objects.count() == 0
    with write_transaction():
        note("afterwards")
    assert SentMail.objects.count() == 1
