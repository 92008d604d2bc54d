"""Plays a file of real bookings through the services that the site uses, and reports what came of it."""

from __future__ import annotations

import datetime as dt
import secrets
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection
from django.utils.text import slugify

from serai.bookings.models import Booking
from serai.bookings.services import (
    BookingDetails,
    RoomLine,
    book_hold,
    cancel_booking,
    check_in_booking,
    check_out_booking,
    mark_no_show,
)
from serai.channels.replay.events import HOURS, Event, Phase, order_events, peak_units
from serai.channels.replay.rows import REQUIRED, StayRow, parse_stay
from serai.channels.tables import RowRefused, read_table
from serai.core.db import write_transaction
from serai.inventory.services import Claim, SoldOut, hold_nights, open_nights
from serai.properties.models import Property, RoomType
from serai.rates.rules import Party

# Events per transaction: enough that commits do not count, few enough that locks are short.
BATCH = 200
HOLD_FOR = dt.timedelta(minutes=15)
SOLD_OUT = "sold_out"
Report = Callable[[str, int, int], None]


@dataclass
class Outcome:
    """The figures of a replay. `rows == booked + sum(refused.values())`."""

    rows: int = 0
    booked: int = 0
    refused: dict[str, int] = field(default_factory=dict)
    cancelled: int = 0
    no_show: int = 0
    checked_out: int = 0
    nights_sold: int = 0
    revenue_minor: int = 0
    currency: str = "EUR"
    oversold_nights: int = 0
    seconds: float = 0.0
    bookings_per_second: float = 0.0
    channel: str = ""
    units: dict[str, dict[str, int]] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class House:
    """The property that one hotel of the file became."""

    property: Property
    room_types: dict[str, RoomType]
    zone: ZoneInfo


class Replay:
    """One replay: its houses, and what became of each line."""

    def __init__(
        self, *, currency: str, timezone: str, capacity: int | None, now: dt.datetime, report: Report
    ) -> None:
        self.capacity = capacity
        self.timezone = timezone
        self.now = now
        self.report = report
        # Every run has houses and a channel of its own, so it can be repeated in one database.
        self.name = f"replay-{now:%Y%m%d%H%M%S}-{secrets.token_hex(3)}"
        self.outcome = Outcome(currency=currency, channel=self.name)
        self.refused: Counter[str] = Counter()
        self.stays: dict[int, StayRow] = {}
        self.houses: dict[str, House] = {}
        self.bookings: dict[int, int] = {}

    def run(self, path: Path) -> Outcome:
        """Read, prepare the houses, play all events, count. Raises `TableError`."""
        self._read(path)
        self._open_houses()
        events = order_events(self.stays.values())
        started = time.perf_counter()
        for first in range(0, len(events), BATCH):
            self._play(events[first : first + BATCH])
            self.report("Bookings and what became of them", min(first + BATCH, len(events)), len(events))
        self.outcome.seconds = round(time.perf_counter() - started, 3)
        return self._count()

    def _read(self, path: Path) -> None:
        for row in read_table(path, required=REQUIRED):
            self.outcome.rows += 1
            try:
                self.stays[row.line] = parse_stay(row, currency=self.outcome.currency)
            except RowRefused as refusal:
                self.refused[refusal.reason] += 1
            if self.outcome.rows % 5000 == 0:
                self.report("Rows read", self.outcome.rows, 0)

    def _open_houses(self) -> None:
        """A draft property for each hotel, its room types with the asked capacity, and their nights.

        Nights are open from the first to the last that anybody booked. Drafts are not shown to travellers.
        """
        peak = peak_units(self.stays.values())
        for hotel in sorted({hotel for hotel, _room_type in peak}):
            mine = [stay for stay in self.stays.values() if stay.hotel == hotel]
            first = min(stay.check_in for stay in mine)
            last = max(stay.check_out for stay in mine) - dt.timedelta(days=1)
            with write_transaction():
                entry = Property.objects.create(
                    slug=f"{self.name}-{slugify(hotel)[:80] or len(self.houses)}",
                    name=hotel[:140],
                    currency=self.outcome.currency,
                    timezone=self.timezone,
                    description="Made by `serai replay`.",
                )
                room_types = {}
                for name in sorted(room_type for of, room_type in peak if of == hotel):
                    units = peak[hotel, name]
                    if self.capacity is not None:
                        units = units * self.capacity // 100
                    parties = [stay for stay in mine if stay.room_type == name]
                    adults = max(stay.adults for stay in parties)
                    guests = max(stay.adults + stay.children + stay.babies for stay in parties)
                    row = RoomType.objects.create(
                        property=entry,
                        name=name[:100],
                        units=units,
                        base_guests=min(2, adults),
                        max_adults=adults,
                        max_children=max(stay.children + stay.babies for stay in parties),
                        max_guests=guests,
                    )
                    open_nights(room_type_id=row.pk, first=first, last=last, allotment=units, now=self.now)
                    room_types[name] = row
                    self.outcome.units.setdefault(hotel, {})[name] = units
            self.houses[hotel] = House(entry, room_types, ZoneInfo(self.timezone))
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE inventory_night")

    def _play(self, events: Sequence[Event]) -> None:
        with write_transaction():
            for event in events:
                stay = self.stays[event.line]
                house = self.houses[stay.hotel]
                now = dt.datetime.combine(event.date, dt.time(HOURS[event.phase]), tzinfo=house.zone)
                if event.phase == Phase.BOOK:
                    self._book(stay, house, now=now.astimezone(dt.UTC))
                elif event.line in self.bookings:
                    self._follow(event.phase, self.bookings[event.line], now=now.astimezone(dt.UTC))

    def _book(self, stay: StayRow, house: House, *, now: dt.datetime) -> None:
        """Hold and book as a guest does; the channel has taken the money and tells its guest itself."""
        row = house.room_types[stay.room_type]
        # The file has counts where we keep ages: a child is as old as its price goes, a baby as an infant.
        ages = (house.property.child_max_age,) * stay.children + (
            house.property.infant_max_age,
        ) * stay.babies
        line = RoomLine(
            room_type_id=row.pk,
            check_in=stay.check_in,
            check_out=stay.check_out,
            party=Party(stay.adults, ages),
            total_minor=stay.total_minor,
            room_type=row.name,
        )
        try:
            hold = hold_nights(
                claims=[Claim(row.pk, stay.check_in, stay.check_out, 1)], expires_at=now + HOLD_FOR, now=now
            )
        except SoldOut:
            self.refused[SOLD_OUT] += 1
            return
        booking = book_hold(
            hold_id=hold.pk,
            details=BookingDetails(
                property_id=house.property.pk,
                channel=self.name,
                guest_name=f"Guest of line {stay.line}",
                guest_country=stay.country,
                currency=self.outcome.currency,
                rooms=[line],
                payment_method=Booking.PaymentMethod.CHANNEL,
            ),
            key=str(stay.line),
            now=now,
        )
        self.bookings[stay.line] = booking.pk
        self.outcome.booked += 1

    def _follow(self, phase: Phase, booking_id: int, *, now: dt.datetime) -> None:
        """What becomes of a booking after it was made."""
        if phase in {Phase.CANCEL, Phase.CANCEL_AT_ONCE}:
            cancel_booking(booking_id=booking_id, actor=None, now=now)
        elif phase == Phase.CHECK_IN:
            check_in_booking(booking_id=booking_id, actor=None, now=now)
        elif phase == Phase.NO_SHOW:
            mark_no_show(booking_id=booking_id, actor=None, now=now)
        else:
            check_out_booking(booking_id=booking_id, actor=None, now=now)

    def _count(self) -> Outcome:
        """Fill in what the bookings' rows say."""
        outcome = self.outcome
        outcome.refused = dict(sorted(self.refused.items()))
        with connection.cursor() as cursor:
            cursor.execute(_STATES, [self.name])
            states = {state: (count, nights, total) for state, count, nights, total in cursor.fetchall()}
            cursor.execute(_OVERSOLD, [self.name])
            outcome.oversold_nights = cursor.fetchone()[0]
        empty = (0, 0, 0)
        outcome.cancelled = states.get(Booking.State.CANCELLED, empty)[0]
        outcome.no_show = states.get(Booking.State.NO_SHOW, empty)[0]
        outcome.checked_out, _nights, outcome.revenue_minor = states.get(Booking.State.CHECKED_OUT, empty)
        outcome.nights_sold = sum(
            nights for state, (_count, nights, _total) in states.items() if state in Booking.TAKES_NIGHTS
        )
        if outcome.seconds:
            outcome.bookings_per_second = round(outcome.booked / outcome.seconds, 1)
        return outcome


_STATES = """
    SELECT state, COUNT(*), SUM(check_out - check_in)::bigint, SUM(total_minor)::bigint
      FROM bookings_booking
     WHERE channel = %s
     GROUP BY state
"""

# Nights of a room type for which, at any moment, more rooms were booked than there are. Counted from
# the bookings alone: each room of a booking takes its nights at `booked_at` and frees them at
# `cancelled_at`. At one instant rooms are freed first, as the events are ordered.
_OVERSOLD = """
    WITH room AS (
        SELECT room.room_type_id, room.check_in, room.check_out, booking.booked_at, booking.cancelled_at
          FROM bookings_bookingroom room
          JOIN bookings_booking booking ON booking.id = room.booking_id
         WHERE booking.channel = %s
    ), change AS (
        SELECT room_type_id, night::date AS night, booked_at AS at, 1 AS rooms
          FROM room, generate_series(check_in, check_out - 1, interval '1 day') AS night
        UNION ALL
        SELECT room_type_id, night::date, cancelled_at, -1
          FROM room, generate_series(check_in, check_out - 1, interval '1 day') AS night
         WHERE cancelled_at IS NOT NULL
    ), running AS (
        SELECT room_type_id, night,
               SUM(rooms) OVER (PARTITION BY room_type_id, night ORDER BY at, rooms
                                ROWS UNBOUNDED PRECEDING) AS booked
          FROM change
    ), highest AS (
        SELECT room_type_id, night, MAX(booked) AS booked FROM running GROUP BY room_type_id, night
    )
    SELECT COUNT(*)
      FROM highest
      JOIN properties_roomtype kind ON kind.id = highest.room_type_id
     WHERE highest.booked > kind.units
"""


def replay_file(
    path: Path,
    *,
    capacity: int | None,
    now: dt.datetime,
    report: Report,
    currency: str = "EUR",
    timezone: str = "Europe/Lisbon",
) -> Outcome:
    """Replay a file with `capacity` percent of the peak, or exactly the peak when it is None.

    `N` percent rounds down to whole rooms. Raises `TableError`. Opens transactions of its own.
    """
    return Replay(currency=currency, timezone=timezone, capacity=capacity, now=now, report=report).run(path)
