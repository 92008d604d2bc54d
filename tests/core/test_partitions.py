"""Monthly partitions: made once each, however many makers there are."""

from __future__ import annotations

import datetime as dt
from collections import Counter

import pytest
from django.db import connection, transaction

from serai.core.partitions import (
    MONTHS_AHEAD,
    PARTITIONED_BY_MONTH,
    ensure_partitions,
    existing_partitions,
    month_starts,
    next_month,
)
from serai.core.tasks import make_partitions_ahead
from tests.factories import ProductFactory
from tests.racing import run_together


@pytest.mark.parametrize(
    ("month", "expected"),
    [
        (dt.date(2026, 12, 31), dt.date(2027, 1, 1)),
        (dt.date(2027, 1, 31), dt.date(2027, 2, 1)),
        (dt.date(2028, 2, 29), dt.date(2028, 3, 1)),
        (dt.date(2026, 6, 1), dt.date(2026, 7, 1)),
    ],
)
def test_the_next_month(month: dt.date, expected: dt.date) -> None:
    assert next_month(month) == expected


def test_month_starts_covers_both_ends() -> None:
    assert list(month_starts(first=dt.date(2026, 11, 30), last=dt.date(2027, 1, 1))) == [
        dt.date(2026, 11, 1),
        dt.date(2026, 12, 1),
        dt.date(2027, 1, 1),
    ]
    assert list(month_starts(first=dt.date(2026, 11, 2), last=dt.date(2026, 11, 1))) == [dt.date(2026, 11, 1)]


@pytest.mark.django_db
def test_missing_partitions_are_made_once() -> None:
    first, last = dt.date(2041, 1, 15), dt.date(2041, 2, 1)
    names = [f"{table}_2041_{month}" for table in PARTITIONED_BY_MONTH for month in ("01", "02")]
    assert ensure_partitions(first=first, last=last) == names
    assert ensure_partitions(first=first, last=last) == []
    assert set(names[:2]) <= existing_partitions("inventory_night")


@pytest.mark.django_db(transaction=True)
def test_eight_makers_make_each_partition_once() -> None:
    first, last = dt.date(2042, 1, 1), dt.date(2042, 6, 30)
    names = [f"{table}_2042_{month:02}" for table in PARTITIONED_BY_MONTH for month in range(1, 7)]
    try:
        race = run_together(*[lambda: ensure_partitions(first=first, last=last)] * 8)
        assert race.errors == []
        made = Counter(name for names in race.results for name in names)
        assert made == {
            f"{table}_2042_{month:02}": 1 for table in PARTITIONED_BY_MONTH for month in range(1, 7)
        }
    finally:
        with connection.cursor() as cursor:
            for name in names:
                cursor.execute(f"DROP TABLE IF EXISTS {name}")


@pytest.mark.django_db
def test_rows_fall_into_the_month_of_their_date() -> None:
    product = ProductFactory.create()
    ensure_partitions(first=dt.date(2043, 1, 1), last=dt.date(2043, 2, 28))
    with transaction.atomic(), connection.cursor() as cursor:
        for date in (dt.date(2043, 1, 31), dt.date(2043, 2, 1)):
            cursor.execute(
                "INSERT INTO rates_nightprice (product_id, date, amount_minor)"
                " VALUES (%s, %s, 1) RETURNING tableoid::regclass::text",
                [product.pk, date],
            )
            assert cursor.fetchone()[0] == f"rates_nightprice_{date:%Y_%m}"


@pytest.mark.django_db
def test_the_task_makes_the_months_ahead() -> None:
    make_partitions_ahead()
    month = dt.datetime.now(tz=dt.UTC).date().replace(day=1)
    there = existing_partitions("inventory_night")
    for _ in range(MONTHS_AHEAD):
        assert f"inventory_night_{month:%Y_%m}" in there
        month = next_month(month)
