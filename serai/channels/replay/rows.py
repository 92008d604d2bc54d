"""Reads rows of the public hotel-bookings data set (Antonio, de Almeida, Nunes, 2019).

https://doi.org/10.1016/j.dib.2018.11.126 describes the columns. A row is taken as it is or refused
with a reason; nothing is repaired.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from serai.channels.tables import RowRefused, TableRow
from serai.core.money import TooPrecise, to_minor

REQUIRED = (
    "hotel",
    "is_canceled",
    "lead_time",
    "arrival_date_year",
    "arrival_date_month",
    "arrival_date_day_of_month",
    "stays_in_weekend_nights",
    "stays_in_week_nights",
    "adults",
    "children",
    "babies",
    "country",
    "reserved_room_type",
    "adr",
    "reservation_status",
    "reservation_status_date",
)
MONTHS = {
    name: number
    for number, name in enumerate(
        (
            "January",
            "February",
            "March",
            "April",
            "May",
            "June",
            "July",
            "August",
            "September",
            "October",
            "November",
            "December",
        ),
        start=1,
    )
}
CHECKED_OUT, CANCELLED, NO_SHOW = "checked_out", "cancelled", "no_show"
STATUSES = {"Check-Out": CHECKED_OUT, "Canceled": CANCELLED, "No-Show": NO_SHOW}
UNKNOWN = {"", "NULL", "NA"}
MAX_NIGHTS = 365
MAX_LEAD_DAYS = 5000
MAX_GUESTS = 1000


@dataclass(frozen=True, slots=True)
class StayRow:
    """One booked room. `total_minor` is the channel's nightly rate times the nights."""

    line: int
    hotel: str
    room_type: str
    booked_date: dt.date
    check_in: dt.date
    check_out: dt.date
    adults: int
    children: int
    babies: int
    country: str
    total_minor: int
    outcome: str
    outcome_date: dt.date

    @property
    def nights(self) -> int:
        return (self.check_out - self.check_in).days


def parse_stay(row: TableRow, *, currency: str) -> StayRow:
    """The booking that a row tells of. Raises `RowRefused` with the reason.

    Reasons: wrong_columns, no_hotel, no_room_type, bad_date, bad_number, zero_nights, too_many_nights,
    no_guests, no_adults, too_many_guests, bad_rate, negative_rate, rate_too_precise, unknown_status,
    status_contradiction, and for dates that cannot follow each other: status_before_booking,
    cancelled_after_arrival, no_show_before_arrival, checked_out_before_arrival, status_after_departure.
    """
    values = row.values
    if values is None:
        raise RowRefused("wrong_columns")
    hotel, room_type = values["hotel"], values["reserved_room_type"]
    if hotel in UNKNOWN:
        raise RowRefused("no_hotel")
    if room_type in UNKNOWN:
        raise RowRefused("no_room_type")
    check_in = _arrival(values)
    nights = _count(values, "stays_in_weekend_nights") + _count(values, "stays_in_week_nights")
    lead = _count(values, "lead_time")
    if nights == 0:
        raise RowRefused("zero_nights")
    if nights > MAX_NIGHTS:
        raise RowRefused("too_many_nights", str(nights))
    if lead > MAX_LEAD_DAYS:
        raise RowRefused("bad_number", f"lead_time={lead}")
    adults, children, babies = (_count(values, name) for name in ("adults", "children", "babies"))
    if adults + children + babies == 0:
        raise RowRefused("no_guests")
    if adults == 0:
        raise RowRefused("no_adults", f"children={children} babies={babies}")
    if adults + children + babies > MAX_GUESTS:
        raise RowRefused("too_many_guests", str(adults + children + babies))
    total_minor = _total(values["adr"], nights=nights, currency=currency)
    stay = StayRow(
        line=row.line,
        hotel=hotel,
        room_type=room_type,
        booked_date=check_in - dt.timedelta(days=lead),
        check_in=check_in,
        check_out=check_in + dt.timedelta(days=nights),
        adults=adults,
        children=children,
        babies=babies,
        country="" if values["country"] in UNKNOWN else values["country"][:3],
        total_minor=total_minor,
        outcome=_outcome(values),
        outcome_date=_date(values, "reservation_status_date"),
    )
    _require_order(stay)
    return stay


def _require_order(stay: StayRow) -> None:
    """Raise unless the dates can follow each other."""
    told = f"{stay.outcome} {stay.outcome_date}, stay {stay.check_in} to {stay.check_out}"
    if stay.outcome_date < stay.booked_date:
        raise RowRefused("status_before_booking", told)
    if stay.outcome == CANCELLED and stay.outcome_date > stay.check_in:
        raise RowRefused("cancelled_after_arrival", told)
    if stay.outcome == NO_SHOW and stay.outcome_date < stay.check_in:
        raise RowRefused("no_show_before_arrival", told)
    if stay.outcome == CHECKED_OUT and stay.outcome_date < stay.check_in:
        raise RowRefused("checked_out_before_arrival", told)
    if stay.outcome_date > stay.check_out:
        raise RowRefused("status_after_departure", told)


def _arrival(values: dict[str, str]) -> dt.date:
    month = MONTHS.get(values["arrival_date_month"])
    try:
        return dt.date(int(values["arrival_date_year"]), month or 0, int(values["arrival_date_day_of_month"]))
    except ValueError as error:
        told = " ".join(values[f"arrival_date_{part}"] for part in ("year", "month", "day_of_month"))
        raise RowRefused("bad_date", told) from error


def _date(values: dict[str, str], column: str) -> dt.date:
    try:
        return dt.datetime.strptime(values[column], "%Y-%m-%d").date()  # noqa: DTZ007 - a date, no instant
    except ValueError as error:
        raise RowRefused("bad_date", f"{column}={values[column]}") from error


def _count(values: dict[str, str], column: str) -> int:
    """A whole number from 0; `2.0` counts as 2, `NA` is not known and not guessed."""
    try:
        number = Decimal(values[column])
    except InvalidOperation:
        raise RowRefused("bad_number", f"{column}={values[column]}") from None
    if not number.is_finite() or number < 0 or number != int(number):
        raise RowRefused("bad_number", f"{column}={values[column]}")
    return int(number)


def _total(text: str, *, nights: int, currency: str) -> int:
    try:
        rate = Decimal(text)
    except InvalidOperation:
        raise RowRefused("bad_rate", text) from None
    if not rate.is_finite() or rate > 10**9:
        raise RowRefused("bad_rate", text)
    if rate < 0:
        raise RowRefused("negative_rate", text)
    try:
        return to_minor(rate * nights, currency)
    except TooPrecise:
        raise RowRefused("rate_too_precise", text) from None


def _outcome(values: dict[str, str]) -> str:
    outcome = STATUSES.get(values["reservation_status"])
    if outcome is None:
        raise RowRefused("unknown_status", values["reservation_status"])
    if values["is_canceled"] != ("0" if outcome == CHECKED_OUT else "1"):
        raise RowRefused("status_contradiction", f"is_canceled={values['is_canceled']}, {outcome}")
    return outcome
