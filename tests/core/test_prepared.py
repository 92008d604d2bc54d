"""Prepared statements: kept by the server, counted and wrapped like any other."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from serai.core.prepared import prepared_cursor

pytestmark = pytest.mark.django_db


def prepared() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement FROM pg_prepared_statements ORDER BY prepare_time")
        return [statement for (statement,) in cursor.fetchall()]


def test_a_statement_is_prepared_once_and_answers_like_any_other() -> None:
    before = prepared()
    with CaptureQueriesContext(connection) as queries:
        for number in (1, 2, 3):
            with prepared_cursor() as cursor:
                cursor.execute("SELECT %s::int + 1, 'seen'", [number])
                assert cursor.fetchone() == (number + 1, "seen")
    assert len(queries) == 3
    assert [text for text in prepared() if text not in before] == ["SELECT $1::int + 1, 'seen'"]


def test_other_cursors_of_the_connection_prepare_nothing() -> None:
    with prepared_cursor() as cursor:
        cursor.execute("SELECT 1")
    before = prepared()
    for _turn in range(8):
        with connection.cursor() as cursor:
            cursor.execute("SELECT %s", ["often"])
    assert prepared() == before


def test_errors_are_djangos() -> None:
    with pytest.raises(IntegrityError), transaction.atomic(), prepared_cursor() as cursor:
        cursor.execute("INSERT INTO inventory_hold (id) VALUES (gen_random_uuid())")
