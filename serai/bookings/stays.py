"""Booked rooms and the physical rooms given for them, as spans of instants. Reads only."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from serai.bookings.assignment_rules import (
    Hours,
    Nights,
    PlainRoom,
    Span,
    day_span,
    missing_nights,
    nights_in,
    stay_span,
)
from serai.bookings.models import Booking, BookingRoom, RoomAssignment
from serai.properties.models import Property, Room

# Guests who come or are there: whoever else is in the books needs no room (any more).
NEEDS_ROOM = (Booking.State.CONFIRMED, Booking.State.CHECKED_IN)


def hours_of(property: Property) -> Hours:
    """When rooms change hands at a property."""
    return Hours(property.check_in_from, property.check_out_until, property.timezone)


def span_of(stay: BookingRoom, property: Property) -> Span:
    """From when to when a booked room needs a room (UTC). Its booking must be loaded."""
    if stay.from_time is not None and stay.until_time is not None:
        return day_span(stay.booking.check_in, stay.from_time, stay.until_time, property.timezone)
    return stay_span(stay.check_in, stay.check_out, hours_of(property))


def as_range(span: Span) -> DateTimeTZRange:
    """A span as the database keeps it: with its start, without its end."""
    return DateTimeTZRange(*span, "[)")


def span_in(assignment: RoomAssignment) -> Span:
    """The span of an assignment."""
    return assignment.during.lower, assignment.during.upper


def missing_spans(stay: BookingRoom, assignments: Iterable[RoomAssignment], property: Property) -> list[Span]:
    """The parts of a stay for which no room is given. A day use is one part."""
    if stay.from_time is not None:
        return [] if list(assignments) else [span_of(stay, property)]
    covered: list[Nights] = [nights_in(span_in(one), property.timezone) for one in assignments]
    hours = hours_of(property)
    return [
        stay_span(first, after, hours)
        for first, after in missing_nights((stay.check_in, stay.check_out), covered)
    ]


def assignments_by_stay(stay_ids: Iterable[int]) -> dict[int, list[RoomAssignment]]:
    """The rooms given for each booked room, in order of time; one query."""
    found: dict[int, list[RoomAssignment]] = defaultdict(list)
    for one in RoomAssignment.objects.filter(booking_room__in=list(stay_ids)).select_related("room"):
        found[one.booking_room_id].append(one)
    return found


def rooms_in_service(property_id: int) -> list[Room]:
    """The property's rooms that can be given, with their types."""
    return list(Room.objects.filter(property_id=property_id, is_active=True).select_related("room_type"))


def plain(room: Room) -> PlainRoom:
    """A room as `share_out` wants it."""
    return PlainRoom(room.pk, room.number, room.is_accessible)


def spans_taken(
    room_ids: Iterable[int], *, start: dt.datetime, end: dt.datetime, without: Iterable[int] = ()
) -> dict[int, list[Span]]:
    """What is taken of rooms around `[start, end)`, leaving out assignments by their ids.

    A fortnight on either side is read as well: it says how long a room stands empty before and after.
    """
    around = dt.timedelta(days=14)
    taken: dict[int, list[Span]] = defaultdict(list)
    for one in RoomAssignment.objects.filter(
        room__in=list(room_ids), during__overlap=DateTimeTZRange(start - around, end + around)
    ).exclude(pk__in=list(without)):
        taken[one.room_id].append(span_in(one))
    return taken
