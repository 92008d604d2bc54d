"""Statements that run thousands of times a minute: parsed and planned once per connection, not each time.

Django binds parameters on the client, so the server reads and plans every statement anew; over
partitioned tables that costs more than running it. The few statements of holding and booking are
prepared instead (https://www.psycopg.org/psycopg3/docs/advanced/prepare.html). A pooler between site
and database must know prepared statements (PgBouncer from 1.21 on) or keep sessions.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from django.db import connection
from django.db.backends.utils import CursorWrapper


class _PreparingCursor(psycopg.Cursor[Any]):
    """Binds on the server and prepares what it runs."""

    def execute(self, query: Any, params: Any = None, **options: Any) -> _PreparingCursor:
        super().execute(query, params, prepare=True, **options)
        return self


@contextmanager
def prepared_cursor() -> Iterator[CursorWrapper]:
    """A cursor like `connection.cursor()` for statements whose text is always the same.

    Logged, counted and wrapped in Django's errors like any other; parameters need types that the server
    can tell, so arrays are cast in the statement.
    """
    connection.ensure_connection()
    with connection.wrap_database_errors:
        # Django switches preparing off; its own cursors bind on the client and do not ask.
        connection.connection.prepare_threshold = 5
        raw = _PreparingCursor(connection.connection)
    with connection._prepare_cursor(raw) as cursor:  # type: ignore[attr-defined]
        yield cursor
