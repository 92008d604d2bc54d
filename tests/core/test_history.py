"""Every way in which our rows are replaced leaves its trace, once a row; and old traces go."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import connection, transaction

from serai.core.errors import NotInTransactionError
from serai.core.history import trim_history, without_history
from serai.inventory.models import Night, NightHistory
from serai.inventory.tasks import trim_night_history
from serai.rates.models import (
    NightPrice,
    NightPriceHistory,
    NightRestriction,
    NightRestrictionHistory,
)
from serai.rates.tasks import trim_rate_history
from tests.factories import Hotel, make_hotel

pytestmark = pytest.mark.django_db

PAIRS = [
    (Night, NightHistory),
    (NightPrice, NightPriceHistory),
    (NightRestriction, NightRestrictionHistory),
]
YEAR_END = dt.date(2026, 12, 31)


@pytest.fixture
def hotel() -> Hotel:
    hotel = make_hotel(units=3, days=45)  # until 3 January
    NightHistory.objects.all().delete()
    NightPriceHistory.objects.all().delete()
    return hotel


def execute(query: str, *parameters: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(query, parameters)


def noted() -> list[tuple[str, bool, int | None]]:
    """(date, was it there, its allotment) in the order of writing."""
    rows = NightHistory.objects.order_by("number").values_list("date", "was_there", "allotment")
    return [(f"{date:%m-%d}", was_there, allotment) for date, was_there, allotment in rows]


@pytest.mark.parametrize(("model", "history"), PAIRS)
def test_the_history_has_every_column_and_the_triggers_write_it(model: Any, history: Any) -> None:
    columns = {field.column for field in model._meta.local_concrete_fields if field.column}
    assert {field.column for field in history._meta.local_concrete_fields if field.column} == columns | {
        "number",
        "replaced_at",
        "was_there",
    }
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT prosrc FROM pg_proc WHERE proname = %s", [f"{history._meta.db_table}_replaced"]
        )
        (source,) = cursor.fetchone()
    (written,) = (line for line in source.splitlines() if "INSERT INTO" in line)
    named = written[written.index("(") + 1 : written.index(")")].split(", ")
    assert set(named) == columns | {"was_there", "replaced_at"}


def test_an_update_notes_what_was(hotel: Hotel) -> None:
    Night.objects.filter(room_type=hotel.room_type, date__gte=YEAR_END).update(allotment=5)
    assert noted() == [(date, True, 3) for date in ("12-31", "01-01", "01-02", "01-03")]


def test_an_insert_notes_that_there_was_nothing(hotel: Hotel) -> None:
    Night.objects.create(room_type=hotel.room_type, date=dt.date(2027, 1, 4), allotment=1)
    assert noted() == [("01-04", False, None)]


def test_insert_or_update_notes_each_row_as_what_happened_to_it(hotel: Hotel) -> None:
    execute(
        "INSERT INTO inventory_night (room_type_id, date, allotment, held, sold, allowance, is_closed)"
        " SELECT %s, day::date, 9, 0, 0, 0, false"
        " FROM generate_series(DATE '2027-01-03', '2027-01-04', '1 day') AS day"
        " ON CONFLICT (room_type_id, date) DO UPDATE SET allotment = EXCLUDED.allotment",
        hotel.room_type.pk,
    )
    assert sorted(noted()) == [("01-03", True, 3), ("01-04", False, None)]


def test_a_conflict_that_does_nothing_notes_nothing(hotel: Hotel) -> None:
    execute(
        "INSERT INTO inventory_night (room_type_id, date, allotment, held, sold, allowance, is_closed)"
        " VALUES (%s, '2027-01-03', 9, 0, 0, 0, false) ON CONFLICT DO NOTHING",
        hotel.room_type.pk,
    )
    assert noted() == []


def test_a_delete_notes_what_was(hotel: Hotel) -> None:
    Night.objects.filter(room_type=hotel.room_type, date=YEAR_END).delete()
    assert noted() == [("12-31", True, 3)]


def test_copy_notes_that_there_was_nothing(hotel: Hotel) -> None:
    with (
        connection.cursor() as cursor,
        cursor.copy(
            "COPY inventory_night (room_type_id, date, allotment, held, sold, allowance, is_closed)"
            " FROM STDIN"
        ) as copy,
    ):
        copy.write(f"{hotel.room_type.pk}\t2027-01-04\t3\t0\t0\t0\tf\n")
    assert noted() == [("01-04", False, None)]


def test_a_data_changing_cte_is_noted_like_any_statement(hotel: Hotel) -> None:
    execute(
        "WITH moved AS (UPDATE inventory_night SET allotment = 4"
        " WHERE room_type_id = %s AND date = '2026-12-31' RETURNING 1) SELECT * FROM moved",
        hotel.room_type.pk,
    )
    assert noted() == [("12-31", True, 3)]


def test_who_writes_to_a_partition_by_its_name_is_not_noted(hotel: Hotel) -> None:
    """The limit of statement triggers on the parent; the next test sees that nobody does."""
    execute(
        "UPDATE inventory_night_2026_12 SET allotment = 4 WHERE room_type_id = %s AND date = '2026-12-31'",
        hotel.room_type.pk,
    )
    assert noted() == []


def test_removing_a_room_type_leaves_its_history(hotel: Hotel) -> None:
    room_type_id = hotel.room_type.pk
    product_id = hotel.flexible.pk
    hotel.saver.delete()
    hotel.flexible.delete()
    hotel.room_type.delete()
    execute("SET CONSTRAINTS ALL IMMEDIATE")
    assert NightHistory.objects.filter(room_type_id=room_type_id, was_there=True).count() == 45
    assert NightPriceHistory.objects.filter(product_id=product_id).count() == 45


def test_the_history_can_be_off_for_a_while(hotel: Hotel) -> None:
    nights = Night.objects.filter(room_type=hotel.room_type, date=YEAR_END)
    with transaction.atomic():
        with without_history():
            nights.update(allotment=7)
        assert noted() == []
        nights.update(allotment=8)
    assert noted() == [("12-31", True, 7)]


def test_without_a_transaction_it_cannot_be_off(transactional_db: None) -> None:
    with pytest.raises(NotInTransactionError), without_history():
        pass


def test_old_rows_are_forgotten_a_batch_at_a_time(
    hotel: Hotel, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("serai.core.history.BATCH", 2)
    settings.HISTORY_DAYS = 10
    Night.objects.filter(room_type=hotel.room_type, date__gte=YEAR_END).update(allotment=5)
    Night.objects.filter(room_type=hotel.room_type, date=YEAR_END).update(allotment=6)
    replaced_at = NightHistory.objects.order_by("number")[0].replaced_at
    NightHistory.objects.filter(allotment=3).update(replaced_at=replaced_at - dt.timedelta(days=11))
    assert trim_history(history="inventory_nighthistory", now=replaced_at) == 4
    assert noted() == [("12-31", True, 5)]
    assert trim_night_history() == trim_rate_history() == 0
