"""Replaying real bookings: every dirty row, the order of a day, the peak, and the identities."""

from __future__ import annotations

import csv
import datetime as dt
import gzip
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from zeal import zeal_ignore

from serai.bookings.models import Booking
from serai.channels.replay.events import Phase, events_of, order_events, peak_units
from serai.channels.replay.rows import REQUIRED, StayRow, parse_stay
from serai.channels.replay.run import _OVERSOLD, Outcome, replay_file
from serai.channels.tables import RowRefused, TableError, TableRow
from serai.core.models import OutboxMessage
from serai.inventory.models import Night
from tests.channels.realdata import real_file

NOW = dt.datetime(2026, 11, 21, 6, 30, tzinfo=dt.UTC)
FILE = "hotel-bookings/resort_arrivals_2015-07_2017-03.csv.gz"
GOOD = {
    "hotel": "Resort Hotel",
    "is_canceled": "0",
    "lead_time": "10",
    "arrival_date_year": "2016",
    "arrival_date_month": "July",
    "arrival_date_day_of_month": "15",
    "stays_in_weekend_nights": "1",
    "stays_in_week_nights": "2",
    "adults": "2",
    "children": "1",
    "babies": "0",
    "country": "PRT",
    "reserved_room_type": "A",
    "adr": "75.35",
    "reservation_status": "Check-Out",
    "reservation_status_date": "2016-07-18",
}
CANCELLED = {"is_canceled": "1", "reservation_status": "Canceled"}


def parse(**changes: str) -> StayRow:
    return parse_stay(TableRow(2, GOOD | changes), currency="EUR")


def test_a_row_is_read_to_the_cent() -> None:
    assert parse() == StayRow(
        line=2,
        hotel="Resort Hotel",
        room_type="A",
        booked_date=dt.date(2016, 7, 5),
        check_in=dt.date(2016, 7, 15),
        check_out=dt.date(2016, 7, 18),
        adults=2,
        children=1,
        babies=0,
        country="PRT",
        total_minor=22605,
        outcome="checked_out",
        outcome_date=dt.date(2016, 7, 18),
    )


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"hotel": "NULL"}, "no_hotel"),
        ({"reserved_room_type": ""}, "no_room_type"),
        ({"arrival_date_month": "Juli"}, "bad_date"),
        ({"arrival_date_day_of_month": "32"}, "bad_date"),
        ({"arrival_date_year": "NA"}, "bad_date"),
        ({"reservation_status_date": "18/07/2016"}, "bad_date"),
        ({"stays_in_weekend_nights": "0", "stays_in_week_nights": "0"}, "zero_nights"),
        ({"stays_in_week_nights": "400"}, "too_many_nights"),
        ({"lead_time": "-1"}, "bad_number"),
        ({"children": "NA"}, "bad_number"),
        ({"adults": "1.5"}, "bad_number"),
        ({"adults": "0", "children": "0"}, "no_guests"),
        ({"adults": "0"}, "no_adults"),
        ({"adr": "-6.38"}, "negative_rate"),
        ({"adr": "cheap"}, "bad_rate"),
        ({"adr": "Infinity"}, "bad_rate"),
        ({"adr": "75.351"}, "rate_too_precise"),
        ({"reservation_status": "Booked"}, "unknown_status"),
        ({"is_canceled": "1"}, "status_contradiction"),
        (CANCELLED | {"reservation_status_date": "2016-07-04"}, "status_before_booking"),
        (CANCELLED | {"reservation_status_date": "2016-07-16"}, "cancelled_after_arrival"),
        (
            {"is_canceled": "1", "reservation_status": "No-Show", "reservation_status_date": "2016-07-14"},
            "no_show_before_arrival",
        ),
        ({"reservation_status_date": "2016-07-14"}, "checked_out_before_arrival"),
        ({"reservation_status_date": "2016-07-19"}, "status_after_departure"),
    ],
)
def test_rows_that_make_no_sense_have_a_name_for_it(changes: dict[str, str], reason: str) -> None:
    with pytest.raises(RowRefused) as refusal:
        parse(**changes)
    assert refusal.value.reason == reason


@given(
    st.dictionaries(
        st.sampled_from(sorted(REQUIRED)),
        st.one_of(st.text(max_size=8), st.sampled_from(["0", "1", "NA", "-2", "1e9"])),
        max_size=3,
    )
)
def test_any_row_is_read_or_refused(noise: dict[str, str]) -> None:
    try:
        stay = parse(**noise)
    except RowRefused:
        return
    assert stay.booked_date <= stay.check_in < stay.check_out
    assert stay.adults >= 1
    assert stay.total_minor >= 0


def test_a_day_frees_rooms_before_it_books_them() -> None:
    day = dt.date(2016, 7, 15)
    leaving = parse(arrival_date_day_of_month="12", reservation_status_date="2016-07-15")
    called_off = parse(**CANCELLED | {"reservation_status_date": "2016-07-15"})
    walk_in = parse(lead_time="0")
    regret = parse(**CANCELLED | {"lead_time": "0", "reservation_status_date": "2016-07-15"})
    no_show = parse(is_canceled="1", reservation_status="No-Show", reservation_status_date="2016-07-15")
    left_at_once = parse(reservation_status_date="2016-07-15")
    phases = sorted(
        event.phase
        for stay in (no_show, walk_in, regret, called_off, leaving, left_at_once)
        for event in events_of(stay)
        if event.date == day
    )
    assert phases == [
        Phase.CHECK_OUT,
        Phase.CANCEL,
        Phase.BOOK,
        Phase.BOOK,
        Phase.CANCEL_AT_ONCE,
        Phase.CHECK_IN,
        Phase.CHECK_IN,
        Phase.CHECK_OUT_AT_ONCE,
        Phase.NO_SHOW,
    ]


stays = st.builds(
    lambda line, lead, arrival, nights, kind, outcome, early: StayRow(
        line=line,
        hotel="H",
        room_type=kind,
        booked_date=dt.date(2026, 1, 1) + dt.timedelta(days=arrival - lead),
        check_in=dt.date(2026, 1, 1) + dt.timedelta(days=arrival),
        check_out=dt.date(2026, 1, 1) + dt.timedelta(days=arrival + nights),
        adults=1,
        children=0,
        babies=0,
        country="",
        total_minor=100,
        outcome=outcome,
        outcome_date=dt.date(2026, 1, 1)
        + dt.timedelta(
            days=arrival - min(early, lead) if outcome == "cancelled" else arrival + min(early, nights)
        ),
    ),
    line=st.integers(2, 10**6),
    lead=st.integers(0, 12),
    arrival=st.integers(0, 12),
    nights=st.integers(1, 6),
    kind=st.sampled_from("AB"),
    outcome=st.sampled_from(["checked_out", "cancelled", "no_show"]),
    early=st.integers(0, 12),
)


@given(st.lists(stays, max_size=25, unique_by=lambda stay: stay.line))
def test_the_peak_is_just_enough(rows: list[StayRow]) -> None:
    """Against a plain count: with the peak nobody is refused, with one room less somebody is."""

    def refusals(units: dict[tuple[str, str], int]) -> int:
        by_line = {stay.line: stay for stay in rows}
        taken: Counter[tuple[str, dt.date]] = Counter()
        inside: set[int] = set()
        refused = 0
        for event in order_events(rows):
            stay = by_line[event.line]
            nights = [(stay.room_type, stay.check_in + dt.timedelta(days=day)) for day in range(stay.nights)]
            if event.phase == Phase.BOOK:
                if any(taken[night] >= units["H", stay.room_type] for night in nights):
                    refused += 1
                    continue
                inside.add(stay.line)
                taken.update(nights)
            elif event.phase in {Phase.CANCEL, Phase.CANCEL_AT_ONCE} and stay.line in inside:
                taken.subtract(nights)
        return refused

    peak = peak_units(rows)
    assert refusals(peak) == 0
    for kind in peak:
        assert refusals(peak | {kind: peak[kind] - 1}) > 0


def replay(path: Path, capacity: int | None = None) -> Outcome:
    with zeal_ignore():
        outcome = replay_file(path, capacity=capacity, now=NOW, report=lambda *_told: None)
    assert outcome.rows == outcome.booked + sum(outcome.refused.values())
    assert outcome.oversold_nights == 0
    return outcome


def rows_to(path: Path, rows: list[dict[str, str]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(GOOD))
        writer.writeheader()
        writer.writerows(rows)
    return path


SMALL = [
    GOOD,
    GOOD,  # an exact duplicate is a second room
    GOOD | CANCELLED | {"reservation_status_date": "2016-07-05"},
    GOOD | CANCELLED | {"reservation_status_date": "2016-07-15"},
    GOOD | {"is_canceled": "1", "reservation_status": "No-Show", "reservation_status_date": "2016-07-15"},
    GOOD | {"hotel": "City Hotel", "adr": "0"},
    GOOD | {"adr": "-6.38"},
    GOOD | {"stays_in_weekend_nights": "0", "stays_in_week_nights": "0"},
]


@pytest.mark.django_db
def test_a_small_file_to_the_cent(tmp_path: Path) -> None:
    outcome = replay(rows_to(tmp_path / "b.csv", SMALL))
    assert outcome.refused == {"negative_rate": 1, "zero_nights": 1}
    assert (outcome.rows, outcome.booked) == (8, 6)
    assert (outcome.checked_out, outcome.cancelled, outcome.no_show) == (3, 2, 1)
    assert outcome.revenue_minor == 2 * 22605
    assert outcome.nights_sold == 4 * 3
    # All five of the resort are booked on one day, one is called off on that day after the others came.
    assert outcome.units == {"Resort Hotel": {"A": 5}, "City Hotel": {"A": 1}}
    stayed = Booking.objects.filter(channel=outcome.channel, state="checked_out").first()
    assert stayed is not None
    assert [event.kind for event in stayed.events.all()] == ["booked", "checked_in", "checked_out"]
    assert set(
        Night.objects.filter(room_type__property__name="Resort Hotel").values_list("sold", "held")
    ) == {(3, 0)}
    assert not OutboxMessage.objects.exists()


@pytest.mark.django_db
def test_too_few_rooms_refuse_and_never_oversell(tmp_path: Path) -> None:
    path = rows_to(tmp_path / "b.csv", SMALL)
    outcome = replay(path, capacity=40)
    assert outcome.units == {"Resort Hotel": {"A": 2}, "City Hotel": {"A": 0}}
    assert outcome.refused == {"negative_rate": 1, "sold_out": 4, "zero_nights": 1}
    assert replay(path, capacity=200).booked == 6
    assert Booking.objects.values("channel").distinct().count() == 2


@pytest.mark.django_db
def test_overselling_would_be_seen(tmp_path: Path) -> None:
    """Negative control: with fewer units than bookings the count must not be zero."""
    from django.db import connection

    from serai.properties.models import RoomType

    outcome = replay(rows_to(tmp_path / "b.csv", SMALL))
    RoomType.objects.filter(property__name="Resort Hotel").update(units=3)
    with connection.cursor() as cursor:
        cursor.execute(_OVERSOLD, [outcome.channel])
        assert cursor.fetchone() == (3,)


@pytest.mark.django_db
def test_a_file_that_is_none(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("a,b\n1,2\n")
    with pytest.raises(TableError, match="lacks the columns hotel"):
        replay_file(path, capacity=None, now=NOW, report=lambda *_told: None)


@pytest.mark.django_db
@pytest.mark.parametrize("capacity", [None, 70])
def test_the_first_rows_of_the_real_file(tmp_path: Path, capacity: int | None) -> None:
    with gzip.open(real_file(FILE), "rt", encoding="utf-8", newline="") as source:
        lines = [next(source) for _ in range(401)]
    path = tmp_path / "part.csv"
    path.write_text("".join(lines), encoding="utf-8")
    outcome = replay(path, capacity)
    assert outcome.rows == 400
    if capacity is None:
        assert "sold_out" not in outcome.refused
        expected = sum(
            int(Decimal(row["adr"]) * 100)
            * (int(row["stays_in_weekend_nights"]) + int(row["stays_in_week_nights"]))
            for row in csv.DictReader(lines)
            if row["reservation_status"] == "Check-Out"
        )
        assert outcome.revenue_minor == expected
    else:
        assert outcome.refused["sold_out"] > 0
