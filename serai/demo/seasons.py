"""Four seasons of prices for each kind of place, laid over the dates that the demo covers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from itertools import pairwise

from serai.demo.places import Place

# (name, first month and day, percent): each lasts until the next begins, the last one over New Year.
_CALENDARS: dict[str, tuple[tuple[str, int, int, int], ...]] = {
    "india": (
        ("Spring", 2, 16, 0),
        ("Summer heat", 4, 15, -22),
        ("Monsoon", 7, 1, -12),
        ("Winter season", 10, 1, 25),
    ),
    "hills": (
        ("Winter quiet", 1, 8, -15),
        ("Summer season", 4, 10, 35),
        ("Monsoon", 7, 5, -20),
        ("Autumn and holidays", 9, 20, 15),
    ),
    "beach": (
        ("Late season", 2, 16, 8),
        ("Hot season", 4, 15, -20),
        ("Rains", 6, 15, -30),
        ("High season", 11, 1, 40),
    ),
    "north": (
        ("Winter", 1, 7, -18),
        ("Spring", 4, 1, 8),
        ("Summer", 6, 15, 28),
        ("Autumn and Advent", 9, 16, 4),
    ),
    "south": (
        ("Late summer", 2, 1, 15),
        ("Autumn", 4, 15, -6),
        ("Winter", 6, 10, -18),
        ("Spring and holidays", 10, 1, 24),
    ),
    "gulf": (
        ("Spring", 3, 16, 5),
        ("Summer heat", 5, 15, -35),
        ("Autumn", 9, 16, 0),
        ("Winter season", 11, 1, 30),
    ),
}
_SOUTHERN = {"AU", "NZ", "ZA", "BR", "PE"}
_GULF = {"AE", "KW", "BH", "OM", "EG"}
_TROPICS = {"TH", "ID", "VN", "MY", "LK", "SG", "MX", "KE"}


def calendar_of(place: Place) -> tuple[tuple[str, int, int, int], ...]:
    """The seasons that a place's hosts would name."""
    if place.country in _SOUTHERN:
        return _CALENDARS["south"]
    if place.country in _GULF:
        return _CALENDARS["gulf"]
    if place.setting in {"beach", "backwater"} and place.country in {"IN", *_TROPICS}:
        return _CALENDARS["beach"]
    if place.setting == "hills":
        return _CALENDARS["hills"]
    return _CALENDARS["india" if place.country in {"IN", "NP", *_TROPICS} else "north"]


def seasons_between(
    place: Place, *, first: dt.date, last: dt.date
) -> Iterator[tuple[str, dt.date, dt.date, int]]:
    """Yield `(name, first night, last night, percent)` so that every night in `[first, last]` has one."""
    calendar = calendar_of(place)
    starts = sorted(
        (dt.date(year, month, day), name, percent)
        for year in range(first.year - 1, last.year + 2)
        for name, month, day, percent in calendar
    )
    for (start, name, percent), (following, _name, _percent) in pairwise(starts):
        end = following - dt.timedelta(days=1)
        if end >= first and start <= last:
            yield name, start, end, percent
