"""Puts the events of many bookings in order, and counts the rooms that they need.

Within one day: guests leave, earlier bookings are cancelled, new bookings are made (and, if it
happened on the same day, cancelled), guests arrive, those who leave on the day of arrival leave, and
last the no-shows are noted. Rooms that come back on a day can so be booked on that day, as at a desk.
Rows of one day and phase keep the file's order.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum

from serai.channels.replay.rows import CANCELLED, CHECKED_OUT, StayRow


class Phase(IntEnum):
    """What happens when within a day."""

    CHECK_OUT = 0
    CANCEL = 1
    BOOK = 2
    CANCEL_AT_ONCE = 3
    CHECK_IN = 4
    CHECK_OUT_AT_ONCE = 5
    NO_SHOW = 6


# The hour at the property at which a phase takes place.
HOURS = {
    Phase.CHECK_OUT: 10,
    Phase.CANCEL: 11,
    Phase.BOOK: 12,
    Phase.CANCEL_AT_ONCE: 13,
    Phase.CHECK_IN: 15,
    Phase.CHECK_OUT_AT_ONCE: 20,
    Phase.NO_SHOW: 23,
}


@dataclass(frozen=True, slots=True, order=True)
class Event:
    """Something that happens to the booking of one line."""

    date: dt.date
    phase: Phase
    line: int


def events_of(stay: StayRow) -> list[Event]:
    """A booking's two or three events."""
    events = [Event(stay.booked_date, Phase.BOOK, stay.line)]
    if stay.outcome == CHECKED_OUT:
        events.append(Event(stay.check_in, Phase.CHECK_IN, stay.line))
        phase = Phase.CHECK_OUT if stay.outcome_date > stay.check_in else Phase.CHECK_OUT_AT_ONCE
    elif stay.outcome == CANCELLED:
        phase = Phase.CANCEL if stay.outcome_date > stay.booked_date else Phase.CANCEL_AT_ONCE
    else:
        phase = Phase.NO_SHOW
    return [*events, Event(stay.outcome_date, phase, stay.line)]


def order_events(stays: Iterable[StayRow]) -> list[Event]:
    """The events of all bookings in the order in which they happen."""
    return sorted(event for stay in stays for event in events_of(stay))


def peak_units(stays: Iterable[StayRow]) -> dict[tuple[str, str], int]:
    """For each (hotel, room type) the fewest units with which no booking need be refused.

    That is the most units booked for any one night at any moment. A booking takes its nights when it
    is made and gives them back only when it is cancelled: who leaves early or never comes has them.
    """
    by_line = {stay.line: stay for stay in stays}
    booked: dict[tuple[str, str], dict[dt.date, int]] = defaultdict(lambda: defaultdict(int))
    peak: dict[tuple[str, str], int] = defaultdict(int)
    for event in order_events(by_line.values()):
        if event.phase not in {Phase.BOOK, Phase.CANCEL, Phase.CANCEL_AT_ONCE}:
            continue
        stay = by_line[event.line]
        kind = (stay.hotel, stay.room_type)
        nights = booked[kind]
        change = 1 if event.phase == Phase.BOOK else -1
        for offset in range(stay.nights):
            night = stay.check_in + dt.timedelta(days=offset)
            nights[night] += change
            peak[kind] = max(peak[kind], nights[night])
    return dict(peak)
