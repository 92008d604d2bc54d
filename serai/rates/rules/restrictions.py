"""What keeps a product from being sold for a stay, whatever the inventory says. Each rule stands alone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields


@dataclass(frozen=True)
class Restrictions:
    """What holds on one date (or always); None restricts nothing.

    On the day of arrival: `min_stay_arrival`, `max_stay_arrival`, `is_closed_to_arrival`,
    `earliest_days` and `latest_days` before it, `cutoff_hour` on it. On every night: `min_stay_through`,
    `max_stay_through`, `is_stop_sold`, `release_days` before that night. On the day of departure:
    `is_closed_to_departure`. Days and hours are the property's.
    """

    min_stay_arrival: int | None = None
    max_stay_arrival: int | None = None
    min_stay_through: int | None = None
    max_stay_through: int | None = None
    is_closed_to_arrival: bool | None = None
    is_closed_to_departure: bool | None = None
    is_stop_sold: bool | None = None
    earliest_days: int | None = None
    latest_days: int | None = None
    release_days: int | None = None
    cutoff_hour: int | None = None


RESTRICTION_FIELDS = tuple(entry.name for entry in fields(Restrictions))
UNRESTRICTED = Restrictions()


@dataclass(frozen=True)
class Reason:
    """Why a product cannot be sold: a code, the date it lies on, and the limit that was missed.

    `rates.reasons.describe` says it in words.
    """

    code: str
    date: dt.date | None = None
    limit: int | None = None


@dataclass(frozen=True)
class RestrictionCalendar:
    """The restrictions of one product: `standing` ones, and those of single dates, fully merged."""

    standing: Restrictions = UNRESTRICTED
    by_date: Mapping[dt.date, Restrictions] = field(default_factory=dict)

    def on(self, date: dt.date) -> Restrictions:
        """What holds on a date."""
        return self.by_date.get(date, self.standing)


def merge(layers: Iterable[Restrictions | None]) -> Restrictions:
    """The nearest layer that says something decides, for each restriction by itself.

    Layers go from the night of the product itself over its plan's standing terms to those of its parent.
    """
    merged: dict[str, int | bool | None] = {}
    for layer in layers:
        if layer is None or layer is UNRESTRICTED:
            continue
        for name in RESTRICTION_FIELDS:
            value = getattr(layer, name)
            if value is not None and name not in merged:
                merged[name] = value
    return Restrictions(**merged) if merged else UNRESTRICTED  # type: ignore[arg-type]


def find_violations(
    calendar: RestrictionCalendar, *, check_in: dt.date, check_out: dt.date, booked_at: dt.datetime
) -> list[Reason]:
    """Every restriction that the stay `[check_in, check_out)` breaks when booked at an instant.

    `booked_at` is in the property's time zone: days ahead are days of its calendar, and the cut-off hour
    is its clock's.
    """
    if calendar.standing is UNRESTRICTED and not calendar.by_date:
        return []
    nights = (check_out - check_in).days
    today = booked_at.date()
    return [
        *_on_arrival(calendar.on(check_in), check_in, nights, today, booked_at.hour),
        *_on_nights(calendar, check_in, nights, today),
        *(
            [Reason("closed_to_departure", check_out)]
            if calendar.on(check_out).is_closed_to_departure
            else []
        ),
    ]


def _on_arrival(
    terms: Restrictions, check_in: dt.date, nights: int, today: dt.date, hour: int
) -> Iterable[Reason]:
    ahead = (check_in - today).days
    if terms.is_closed_to_arrival:
        yield Reason("closed_to_arrival", check_in)
    if terms.min_stay_arrival is not None and nights < terms.min_stay_arrival:
        yield Reason("min_stay_arrival", check_in, terms.min_stay_arrival)
    if terms.max_stay_arrival is not None and nights > terms.max_stay_arrival:
        yield Reason("max_stay_arrival", check_in, terms.max_stay_arrival)
    if terms.earliest_days is not None and ahead > terms.earliest_days:
        yield Reason("too_early", check_in, terms.earliest_days)
    if terms.latest_days is not None and ahead < terms.latest_days:
        yield Reason("too_late", check_in, terms.latest_days)
    if terms.cutoff_hour is not None and ahead == 0 and hour >= terms.cutoff_hour:
        yield Reason("past_cutoff", check_in, terms.cutoff_hour)


def _on_nights(
    calendar: RestrictionCalendar, check_in: dt.date, nights: int, today: dt.date
) -> Iterable[Reason]:
    for offset in range(nights):
        date = check_in + dt.timedelta(days=offset)
        terms = calendar.on(date)
        if terms is UNRESTRICTED:
            continue
        if terms.is_stop_sold:
            yield Reason("stop_sold", date)
        if terms.min_stay_through is not None and nights < terms.min_stay_through:
            yield Reason("min_stay_through", date, terms.min_stay_through)
        if terms.max_stay_through is not None and nights > terms.max_stay_through:
            yield Reason("max_stay_through", date, terms.max_stay_through)
        if terms.release_days is not None and (date - today).days < terms.release_days:
            yield Reason("released", date, terms.release_days)
