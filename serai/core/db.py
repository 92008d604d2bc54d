"""Transactions and locks, said once.

The entry service opens `write_transaction()`; inner services call `require_transaction()`.
Lock order everywhere: checkout or booking row → promotions by id → hold rows by id → nights in (room type,
date) order.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import OperationalError, connection, transaction
from django.utils.translation import gettext as _

from serai.core.errors import BusyError, NotInTransactionError

_LOCK_NOT_AVAILABLE = "55P03"
_DEADLOCK_DETECTED = "40P01"


# Whether this thread's connection is inside a `write_transaction()` already.
_open = threading.local()


@contextmanager
def write_transaction() -> Iterator[None]:
    """Open a transaction whose lock waits are short.

    Inside another one it joins: many bookings may share one commit. An error that leaves an inner
    block dooms the whole transaction, even if somebody catches it, so nothing is ever half-written.
    Raises `BusyError` when a lock could not be had within `LOCK_TIMEOUT_MS`; all is rolled back.
    """
    if getattr(_open, "depth", 0) and connection.in_atomic_block:
        try:
            yield
        except BaseException:
            transaction.set_rollback(True)
            raise
        return
    try:
        with transaction.atomic():
            if settings.LOCK_TIMEOUT_MS != settings.CONNECTION_LOCK_TIMEOUT_MS:
                with connection.cursor() as cursor:
                    cursor.execute(
                        "SELECT set_config('lock_timeout', %s, true)", [f"{settings.LOCK_TIMEOUT_MS}ms"]
                    )
            _open.depth = 1
            try:
                yield
            finally:
                _open.depth = 0
    except OperationalError as error:
        if getattr(error.__cause__, "sqlstate", None) in {_LOCK_NOT_AVAILABLE, _DEADLOCK_DETECTED}:
            raise BusyError(_("Many people are booking here right now. Please try again.")) from error
        raise


def require_transaction() -> None:
    """Raise `NotInTransactionError` unless the caller has opened a transaction."""
    if not connection.in_atomic_block:
        raise NotInTransactionError("Open a transaction around this call: `with write_transaction():`")


def refuse_transaction() -> None:
    """Raise `RuntimeError` inside an open transaction: nothing slow may happen while locks are held.

    The transaction that a test wraps around itself does not count.
    """
    opened = connection.atomic_blocks if connection.in_atomic_block else []
    if any(not getattr(block, "_from_testcase", False) for block in opened):
        raise RuntimeError("Close the transaction first: this call leaves the house.")


def lock_text(text: str) -> None:
    """Put everybody who names the same text in line until the transaction ends."""
    require_transaction()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [text])
