"""The room plan: who is in which room when, who has none yet, and which rooms somebody could have."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from serai.bookings.assignment_rules import Span, instant, number_order
from serai.bookings.models import BookingRoom, RoomAssignment
from serai.bookings.stays import (
    NEEDS_ROOM,
    as_range,
    assignments_by_stay,
    missing_spans,
    rooms_in_service,
    span_in,
    span_of,
)
from serai.properties.models import Property, Room


@dataclass(frozen=True)
class Placed:
    """A stay, or a part of one, in the plan; without an assignment it has no room yet."""

    stay: BookingRoom
    span: Span
    assignment: RoomAssignment | None = None


@dataclass(frozen=True)
class RoomPlan:
    """The plan of some days: the rooms by type and number, who is in them, and who has none."""

    rooms: list[Room]
    placed: dict[int, list[Placed]]
    waiting: list[Placed]


def read_plan(*, property: Property, first: dt.date, days: int) -> RoomPlan:
    """The plan of `days` days from `first` on, by the property's calendar.

    Rooms out of service are in it while somebody is in them. Only stays of types with rooms can wait.
    """
    start = instant(first, dt.time(), property.timezone)
    end = instant(first + dt.timedelta(days=days), dt.time(), property.timezone)
    rooms = {room.pk: room for room in rooms_in_service(property.pk)}
    placed: dict[int, list[Placed]] = {}
    given = RoomAssignment.objects.filter(
        room__property=property, during__overlap=as_range((start, end))
    ).select_related("room__room_type", "booking_room__booking", "booking_room__room_type")
    for one in given:
        rooms.setdefault(one.room_id, one.room)
        placed.setdefault(one.room_id, []).append(Placed(one.booking_room, span_in(one), one))
    return RoomPlan(
        rooms=sorted(rooms.values(), key=_room_order),
        placed=placed,
        waiting=_waiting(property, first, first + dt.timedelta(days=days)),
    )


def _waiting(property: Property, first: dt.date, after: dt.date) -> list[Placed]:
    stays = list(
        BookingRoom.objects.filter(
            booking__property=property,
            booking__state__in=NEEDS_ROOM,
            state=BookingRoom.State.BOOKED,
            from_time__isnull=True,
            check_in__lt=after,
            check_out__gt=first,
            room_type__in=Room.objects.filter(property=property, is_active=True).values("room_type"),
        )
        .select_related("booking", "room_type")
        .order_by("check_in", "pk")
    )
    given = assignments_by_stay(stay.pk for stay in stays)
    start = instant(first, dt.time(), property.timezone)
    return [
        Placed(stay, span)
        for stay in stays
        for span in missing_spans(stay, given.get(stay.pk, []), property)
        if span[1] > start
    ]


@dataclass(frozen=True)
class RoomOption:
    """A room somebody could be given; `taken_by` has it for some of that time, until `until` (UTC)."""

    room: Room
    is_other_type: bool
    taken_by: str = ""
    until: dt.datetime | None = None


@dataclass(frozen=True)
class StayRooms:
    """A booked room with the rooms given for it, what is missing, and what there is to choose from."""

    stay: BookingRoom
    given: list[RoomAssignment]
    missing: list[Span]
    options: list[RoomOption]

    @property
    def is_locked(self) -> bool:
        """Whether sharing out leaves all of it alone."""
        return bool(self.given) and all(one.is_locked for one in self.given)


def rooms_for(stays: Sequence[BookingRoom], property: Property) -> list[StayRooms]:
    """What the reception can do about each booked room; three queries. Their bookings must be loaded.

    Options come free ones first, then the booked type, then rooms as accessible as is needed, then by
    number. Free means for the whole stay.
    """
    rooms = rooms_in_service(property.pk)
    given = assignments_by_stay(stay.pk for stay in stays)
    spans = {stay.pk: span_of(stay, property) for stay in stays}
    others: list[RoomAssignment] = []
    if rooms and spans:
        whole = (min(start for start, _end in spans.values()), max(end for _start, end in spans.values()))
        others = list(
            RoomAssignment.objects.filter(
                room__property=property, during__overlap=as_range(whole)
            ).select_related("booking_room__booking")
        )
    return [
        StayRooms(
            stay=stay,
            given=given.get(stay.pk, []),
            missing=missing_spans(stay, given.get(stay.pk, []), property),
            options=_options(stay, spans[stay.pk], rooms, others),
        )
        for stay in stays
    ]


def _options(
    stay: BookingRoom, span: Span, rooms: Iterable[Room], others: Iterable[RoomAssignment]
) -> list[RoomOption]:
    in_the_way: dict[int, RoomAssignment] = {}
    for one in others:
        if one.booking_room_id != stay.pk and one.during.lower < span[1] and span[0] < one.during.upper:
            in_the_way.setdefault(one.room_id, one)
    options = []
    for room in rooms:
        other = in_the_way.get(room.pk)
        options.append(
            RoomOption(
                room=room,
                is_other_type=room.room_type_id != stay.room_type_id,
                taken_by=other.booking_room.booking.guest_name if other else "",
                until=other.during.upper if other else None,
            )
        )
    return sorted(
        options,
        key=lambda one: (
            one.until is not None,
            one.is_other_type,
            one.room.is_accessible != stay.needs_accessible,
            number_order(one.room.number),
        ),
    )


def stays_to_swap_with(stay: BookingRoom) -> list[RoomAssignment]:
    """Who could exchange rooms with a stay: not arrived, in a room at the same time, of the property."""
    span = span_of(stay, stay.booking.property)
    return list(
        RoomAssignment.objects.filter(
            room__property=stay.booking.property_id,
            during__overlap=as_range(span),
            booking_room__booking__state="confirmed",
        )
        .exclude(booking_room=stay)
        .select_related("room", "booking_room__booking")
        .order_by("room__number", "during")[:50]
    )


def _room_order(room: Room) -> tuple[object, ...]:
    return room.room_type.position, room.room_type_id, number_order(room.number), room.pk
