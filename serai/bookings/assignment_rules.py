"""Which stay gets which physical room. Pure: instants in, rooms out; no database, no clock."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

K = TypeVar("K", bound=Hashable)
# What a caller names its rooms by.
RoomKey = Any
Span = tuple[dt.datetime, dt.datetime]
Nights = tuple[dt.date, dt.date]

ONE_DAY = dt.timedelta(days=1)
# So often looking for an exchange may be in vain: in a house that is packed and locked it takes long.
MOST_VAIN_SEARCHES = 5


# --- From dates to instants ---------------------------------------------------------------------------


@dataclass(frozen=True)
class Hours:
    """When rooms change hands at a property, in its own time zone (IANA name)."""

    check_in_from: dt.time
    check_out_until: dt.time
    timezone: str


def instant(date: dt.date, time: dt.time, timezone: str) -> dt.datetime:
    """A wall-clock time at a property as UTC; an hour that is skipped or comes twice has `fold=0`."""
    return dt.datetime.combine(date, time, tzinfo=ZoneInfo(timezone)).astimezone(dt.UTC)


def check_out_instant(date: dt.date, hours: Hours) -> dt.datetime:
    """When a room is free again on the day of departure (UTC).

    Where check-out is allowed until later than check-in begins, the room changes hands at check-in:
    both nights are sold, so one room must be able to serve both stays.
    """
    return min(
        instant(date, hours.check_out_until, hours.timezone),
        instant(date, hours.check_in_from, hours.timezone),
    )


def stay_span(check_in: dt.date, check_out: dt.date, hours: Hours) -> Span:
    """The instants `[check-in hour, check-out hour)` of the nights `[check_in, check_out)`."""
    return instant(check_in, hours.check_in_from, hours.timezone), check_out_instant(check_out, hours)


def day_span(date: dt.date, from_time: dt.time, until_time: dt.time, timezone: str) -> Span:
    """The instants of some hours of one day."""
    return instant(date, from_time, timezone), instant(date, until_time, timezone)


def nights_in(span: Span, timezone: str) -> Nights:
    """The nights `[first, after last)` that a span of instants goes through at the property."""
    zone = ZoneInfo(timezone)
    return span[0].astimezone(zone).date(), span[1].astimezone(zone).date()


def day_use_nights(date: dt.date, from_time: dt.time, until_time: dt.time, hours: Hours) -> Nights:
    """The nights `[first, after last)` that a day use reaches into; none when it fits in the gap.

    Before the check-out hour its room may belong to who slept there; after the check-in hour, to who
    comes. Then it takes that night of the type, so that a day guest never displaces one for the night.
    """
    start, end = day_span(date, from_time, until_time, hours.timezone)
    first = date - ONE_DAY if start < check_out_instant(date, hours) else date
    after = date + ONE_DAY if end > instant(date, hours.check_in_from, hours.timezone) else date
    return first, after


def missing_nights(stay: Nights, covered: Iterable[Nights]) -> list[Nights]:
    """The runs of nights of a stay that no room is given for."""
    missing = []
    first = stay[0]
    for start, end in sorted(covered):
        if first < min(start, stay[1]):
            missing.append((first, min(start, stay[1])))
        first = max(first, end)
    if first < stay[1]:
        missing.append((first, stay[1]))
    return missing


# --- Sharing out --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Stay:
    """Somebody who needs a room for `[start, end)`; `room` is the one promised before, if any."""

    start: dt.datetime
    end: dt.datetime
    needs_accessible: bool = False
    room: RoomKey = None
    is_locked: bool = False


@dataclass(frozen=True)
class PlainRoom:
    """A physical room, as far as sharing out cares."""

    key: RoomKey
    number: str
    is_accessible: bool = False


def number_order(number: str) -> list[tuple[int, int, str]]:
    """A sort key by which room 9 comes before room 10."""
    return [
        (0, int(part), "") if part.isdecimal() else (1, 0, part) for part in re.findall(r"\d+|\D+", number)
    ]


def share_out(
    stays: Mapping[K, Stay],
    rooms: Sequence[PlainRoom],
    taken: Mapping[RoomKey, Collection[Span]] | None = None,
) -> dict[K, RoomKey]:
    """Give each stay a room for all of its time, or None. `taken` is what others have in each room.

    Locked stays keep their room. Earlier rooms are kept as well, unless somebody would go without. A
    new stay gets the room in which the least idle time is left around it, so that long stretches stay
    whole for long stays. A stay that needs an accessible room gets no other; the rest get one only
    when nothing else is free. Equal choices fall to the lower number, so the same world gives the same
    answer. When nothing is locked or taken, nobody needs an accessible room and there are never more
    stays than rooms at a time, everybody gets one.
    """
    best: tuple[tuple[int, int], dict[K, RoomKey]] | None = None
    for keeps_earlier in (True, False):
        for needs_come_first in (True, False):
            table = _Table(stays, rooms, taken or {}, keeps_earlier=keeps_earlier)
            table.place_all(needs_come_first=needs_come_first)
            lost = [key for key, room in table.result.items() if room is None]
            score = (sum(stays[key].needs_accessible for key in lost), len(lost))
            if best is None or score < best[0]:
                best = score, table.result
            if not lost:
                return table.result
    assert best is not None  # noqa: S101 - the loops ran
    return best[1]


class _Table:
    """Rooms with who is in them when, while one way of sharing out is tried."""

    def __init__(
        self,
        stays: Mapping[K, Stay],
        rooms: Sequence[PlainRoom],
        taken: Mapping[RoomKey, Collection[Span]],
        *,
        keeps_earlier: bool,
    ) -> None:
        self.stays: Mapping[Hashable, Stay] = stays  # type: ignore[assignment]
        self.rooms = {room.key: room for room in rooms}
        self.order = {key: (number_order(room.number), str(key)) for key, room in self.rooms.items()}
        self.fixed: dict[RoomKey, list[Span]] = {key: list(taken.get(key, ())) for key in self.rooms}
        self.inside: dict[RoomKey, set[Hashable]] = {key: set() for key in self.rooms}
        # Locked stays count as placed wherever they are, also in a room of another type.
        self.result: dict = dict.fromkeys(stays)
        self.waiting: list[Hashable] = []
        edges = [edge for stay in stays.values() for edge in (stay.start, stay.end)]
        edges += [edge for spans in self.fixed.values() for span in spans for edge in span]
        self.horizon = (min(edges), max(edges)) if edges else None
        earlier: list[Hashable] = []
        for key, stay in self.stays.items():
            if stay.is_locked and stay.room is not None:
                self.result[key] = stay.room
                if stay.room in self.fixed:
                    self.fixed[stay.room].append((stay.start, stay.end))
            elif keeps_earlier and stay.room in self.rooms:
                earlier.append(key)
            else:
                self.waiting.append(key)
        for key in sorted(earlier, key=self._by_start):
            room = self.stays[key].room
            if self._suits(key, room) and self._is_free(room, key):
                self._put(key, room)
            else:
                self.waiting.append(key)

    def place_all(self, *, needs_come_first: bool) -> None:
        """Place who waits, by arrival; whoever finds nothing makes two others change places."""
        vain = 0
        for key in sorted(
            self.waiting,
            key=lambda key: (needs_come_first and not self.stays[key].needs_accessible, *self._by_start(key)),
        ):
            free = [room for room in self.rooms if self._suits(key, room) and self._is_free(room, key)]
            if free:
                self._put(key, min(free, key=self._preference(key)))
            elif vain < MOST_VAIN_SEARCHES and not self._is_full(self.stays[key]):
                self._exchange_for(key)
                vain += self.result[key] is None

    def _by_start(self, key: Hashable) -> tuple:
        stay = self.stays[key]
        return stay.start, stay.end, str(key)

    def _suits(self, key: Hashable, room: RoomKey) -> bool:
        return self.rooms[room].is_accessible or not self.stays[key].needs_accessible

    def _preference(self, key: Hashable) -> Callable[[RoomKey], tuple]:
        """Not an accessible room for who does not need it; then the tightest fit; then the number."""
        stay = self.stays[key]
        return lambda room: (
            self.rooms[room].is_accessible and not stay.needs_accessible,
            self._idle(room, stay),
            self.order[room],
        )

    def _idle(self, room: RoomKey, stay: Stay) -> dt.timedelta:
        """The time for which the room would stand empty before and after the stay."""
        assert self.horizon is not None  # noqa: S101 - there is a stay
        spans = self._spans(room)
        before = max((end for _start, end in spans if end <= stay.start), default=self.horizon[0])
        after = min((start for start, _end in spans if start >= stay.end), default=self.horizon[1])
        return (stay.start - before) + (after - stay.end)

    def _spans(self, room: RoomKey) -> list[Span]:
        movable = [(self.stays[key].start, self.stays[key].end) for key in self.inside[room]]
        return self.fixed[room] + movable

    def _is_free(self, room: RoomKey, key: Hashable) -> bool:
        stay = self.stays[key]
        return not any(_overlap(span, (stay.start, stay.end)) for span in self._spans(room))

    def _put(self, key: Hashable, room: RoomKey) -> None:
        self.inside[room].add(key)
        self.result[key] = room

    def _is_full(self, stay: Stay) -> bool:
        """Whether at some instant of the stay nobody who is placed could make way, however they move."""
        spans = []
        count = 0
        for room in self.rooms.values():
            if room.is_accessible or not stay.needs_accessible:
                count += 1
                spans += self.fixed[room.key]
                spans += [
                    self._span(key)
                    for key in self.inside[room.key]
                    if self.stays[key].needs_accessible or not stay.needs_accessible
                ]
        spans = [span for span in spans if _overlap(span, (stay.start, stay.end))]
        # Departures come before arrivals of the same instant; whoever is there already arrives first.
        edges = sorted(
            (edge, step) for start, end in spans for edge, step in ((max(start, stay.start), 1), (end, -1))
        )
        return any(inside >= count for inside in accumulate((step for _edge, step in edges), initial=0))

    def _exchange_for(self, key: Hashable) -> None:
        """Free a room for the stay by letting chains of movable stays change between two rooms."""
        stay = self.stays[key]
        for room in sorted(self.rooms, key=self._preference(key)):
            if not self._suits(key, room) or self._hits(self.fixed[room], stay):
                continue
            for other in sorted(self.rooms, key=lambda room: self.order[room]):
                chain = self._chain(key, room, other) if other != room else None
                if chain is not None:
                    for moving in chain:
                        source = self.result[moving]
                        self.inside[source].remove(moving)
                        self._put(moving, other if source == room else room)
                    self._put(key, room)
                    return

    def _hits(self, spans: Iterable[Span], stay: Stay) -> bool:
        return any(_overlap(span, (stay.start, stay.end)) for span in spans)

    def _chain(self, key: Hashable, room: RoomKey, other: RoomKey) -> set[Hashable] | None:
        """Who has to change sides so that the stay fits into `room`; None when somebody cannot."""
        stay = self.stays[key]
        chain = {one for one in self.inside[room] if self._hits([self._span(one)], stay)}
        queue = list(chain)
        while queue:
            moving = queue.pop()
            target = other if self.result[moving] == room else room
            if self._hits(self.fixed[target], self.stays[moving]):
                return None
            for one in self.inside[target] - chain:
                if self._hits([self._span(one)], self.stays[moving]):
                    chain.add(one)
                    queue.append(one)
        for one in chain:
            target = other if self.result[one] == room else room
            if not self._suits(one, target) or (target == room and self._hits([self._span(one)], stay)):
                return None
        return chain

    def _span(self, key: Hashable) -> Span:
        return self.stays[key].start, self.stays[key].end


def _overlap(one: Span, other: Span) -> bool:
    return one[0] < other[1] and other[0] < one[1]
