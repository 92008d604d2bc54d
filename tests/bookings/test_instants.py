"""Hours are real hours, days are days of the property's calendar; on days of 23 or 25 hours it shows."""

from __future__ import annotations

import datetime as dt

import pytest

from serai.bookings.rules import (
    CompiledTier,
    Instalment,
    before_check_in,
    check_in_instant,
    compile_terms,
    compile_tiers,
)
from serai.rates.rules import Deposit, Party, PolicyTerms, PolicyTier, ProductTerms, price_stay

PRICE = price_stay(
    ProductTerms(currency="EUR", base_guests=2, max_adults=2, max_children=0, max_guests=2),
    [(dt.date(2026, 10, 25), 10_000), (dt.date(2026, 10, 26), 12_000)],
    [Party(2)],
).rooms[0]

BERLIN, NEW_YORK, KOLKATA = "Europe/Berlin", "America/New_York", "Asia/Kolkata"
# Time zone, arrival (local), and day and hour in UTC of: check-in, 24 hours before, one day before, 48 hours
# before, two days before.
CASES = [
    # Berlin, clocks go back at 3:00 on 25 October 2026: that day has 25 hours.
    (BERLIN, "2026-10-25 14:00", "25 13:00, 24 13:00, 24 12:00, 23 13:00, 23 12:00"),
    (BERLIN, "2026-10-26 14:00", "26 13:00, 25 13:00, 25 13:00, 24 13:00, 24 12:00"),
    # Berlin, clocks go forward at 2:00 on 28 March 2027: 23 hours.
    (BERLIN, "2027-03-28 14:00", "28 12:00, 27 12:00, 27 13:00, 26 12:00, 26 13:00"),
    (BERLIN, "2027-03-29 14:00", "29 12:00, 28 12:00, 28 12:00, 27 12:00, 27 13:00"),
    # New York: back on 1 November 2026, forward on 14 March 2027.
    (NEW_YORK, "2026-11-01 15:00", "01 20:00, 31 20:00, 31 19:00, 30 20:00, 30 19:00"),
    (NEW_YORK, "2027-03-14 15:00", "14 19:00, 13 19:00, 13 20:00, 12 19:00, 12 20:00"),
    # India knows no such days.
    (KOLKATA, "2026-10-25 14:00", "25 08:30, 24 08:30, 24 08:30, 23 08:30, 23 08:30"),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case[0]} {case[1]}")
def test_hours_and_days_before_an_arrival(case: tuple[str, ...]) -> None:
    zone, local, expected = case
    arrival = dt.datetime.strptime(local, "%Y-%m-%d %H:%M")  # noqa: DTZ007 - the property's own time
    instant = check_in_instant(check_in=arrival.date(), check_in_from=arrival.time(), timezone=zone)
    found = [
        instant,
        before_check_in(instant, timezone=zone, hours=24),
        before_check_in(instant, timezone=zone, days=1),
        before_check_in(instant, timezone=zone, hours=48),
        before_check_in(instant, timezone=zone, days=2),
    ]
    assert ", ".join(at.strftime("%d %H:%M") for at in found) == expected


@pytest.mark.parametrize(
    ("check_in_from", "instant"),
    [
        (dt.time(2, 30), "2027-03-28T01:30:00+00:00"),  # skipped: read as if clocks had not moved yet
        (dt.time(3), "2027-03-28T01:00:00+00:00"),
    ],
)
def test_an_hour_that_does_not_exist(check_in_from: dt.time, instant: str) -> None:
    found = check_in_instant(
        check_in=dt.date(2027, 3, 28), check_in_from=check_in_from, timezone="Europe/Berlin"
    )
    assert found.isoformat() == instant


def test_an_hour_that_comes_twice_is_the_first() -> None:
    when = {"check_in": dt.date(2026, 10, 25), "timezone": "Europe/Berlin"}
    found = check_in_instant(check_in_from=dt.time(2, 30), **when)  # type: ignore[arg-type]
    assert found.isoformat() == "2026-10-25T00:30:00+00:00"
    # Also when it is arrived at by counting days back.
    later = check_in_instant(
        check_in=dt.date(2026, 10, 26), check_in_from=dt.time(2, 30), timezone="Europe/Berlin"
    )
    assert before_check_in(later, timezone="Europe/Berlin", days=1) == found


def test_tiers_in_hours_and_days_cross_on_a_long_day() -> None:
    """With 25 hours, "one day before" begins an hour before "24 hours before"."""
    when = {"check_in": dt.date(2026, 10, 25), "check_in_from": dt.time(14), "timezone": "Europe/Berlin"}
    tiers = [PolicyTier(24, "nights", 1), PolicyTier(None, "percent", 20, days_before=1)]
    compiled = compile_tiers(tiers=tiers, price=PRICE, **when)  # type: ignore[arg-type]
    assert compiled == [
        CompiledTier(dt.datetime(2026, 10, 24, 12, tzinfo=dt.UTC), 4_400),
        CompiledTier(dt.datetime(2026, 10, 24, 13, tzinfo=dt.UTC), 10_000),
    ]


@pytest.mark.parametrize(
    ("zone", "due", "kept"),
    [
        ("Europe/Berlin", "2026-10-18T12:00:00+00:00", "2026-10-25T17:00:00+00:00"),
        ("America/New_York", "2026-10-18T18:00:00+00:00", "2026-10-25T22:00:00+00:00"),
        ("Asia/Kolkata", "2026-10-18T08:30:00+00:00", "2026-10-25T12:30:00+00:00"),
    ],
)
def test_deposits_and_the_hour_until_which_a_room_is_kept(zone: str, due: str, kept: str) -> None:
    terms = compile_terms(
        policy=PolicyTerms(deposits=(Deposit(7, "percent", 30),), kept_until=dt.time(18)),
        tiers=[],
        is_prepaid=False,
        check_in=dt.date(2026, 10, 25),
        check_in_from=dt.time(14),
        timezone=zone,
        price=PRICE,
        booked_at=dt.datetime(2026, 9, 1, tzinfo=dt.UTC),
    )
    assert terms.deposits == (Instalment(dt.datetime.fromisoformat(due), 6_600),)
    assert terms.kept_until_at == dt.datetime.fromisoformat(kept)
