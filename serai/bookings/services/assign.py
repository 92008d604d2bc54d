"""Give rooms: all that are needed by a fair rule, or one room to one guest.

What is scarce is a room at a time. The database's exclusion constraints decide who has it, so nobody
looks first and writes after. The booking is locked first, as everywhere; rooms need no lock.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from serai.accounts.models import User
from serai.bookings.assignment_rules import Span, Stay, share_out
from serai.bookings.errors import StateConflict
from serai.bookings.models import Booking, BookingEvent, BookingRoom, RoomAssignment
from serai.bookings.room_errors import RoomOutOfService, RoomTaken
from serai.bookings.stays import (
    NEEDS_ROOM,
    as_range,
    assignments_by_stay,
    missing_spans,
    plain,
    rooms_in_service,
    span_in,
    span_of,
    spans_taken,
)
from serai.core.db import require_transaction, write_transaction
from serai.core.errors import BusyError
from serai.properties.models import Property, Room

# Somebody may give a room by hand while rooms are shared out; then it is looked at again.
TRIES = 3


@dataclass
class Shared:
    """What sharing out did: how many stays have a new room, and which booked rooms still lack one."""

    given: int = 0
    without: list[int] = field(default_factory=list)


def assign_rooms(
    *,
    property_id: int,
    first: dt.date,
    last: dt.date,
    now: dt.datetime,
    room_type_ids: Collection[int] | None = None,
) -> Shared:
    """Share out rooms among those who arrive from `first` to `last` and are not there yet.

    Follows `assignment_rules.share_out` within each room type: what is locked stays, what was given
    before stays if it can. Types without rooms in service are left out. Raises `BusyError` when others
    kept taking the rooms. Locks the arriving bookings.
    """
    with write_transaction():
        property = Property.objects.get(pk=property_id)
        rooms = [
            room
            for room in rooms_in_service(property_id)
            if room_type_ids is None or room.room_type_id in room_type_ids
        ]
        if not rooms:
            return Shared()
        arriving = BookingRoom.objects.filter(
            booking__property_id=property_id,
            booking__state=Booking.State.CONFIRMED,
            state=BookingRoom.State.BOOKED,
            from_time__isnull=True,
            check_in__range=(first, last),
            room_type__in={room.room_type_id for room in rooms},
        )
        ids = arriving.values("booking_id")
        list(Booking.objects.select_for_update().filter(pk__in=ids).order_by("pk").values_list("pk"))
        # Read again under the lock: somebody may have cancelled or changed while we waited.
        stays = list(arriving.select_related("booking").order_by("pk"))
        return _share(property, stays, rooms, now=now)


def assign_on_arrival(*, booking_id: int, now: dt.datetime) -> None:
    """Give rooms to a booking that is being checked in, as far as it has none and rooms are free.

    Needs the caller's transaction with the booking locked. Without a free room the guest is checked in
    all the same; the reception sees in the plan that a room is missing.
    """
    require_transaction()
    stays = list(
        BookingRoom.objects.filter(
            Q(room_type__rooms__is_active=True),
            booking_id=booking_id,
            state=BookingRoom.State.BOOKED,
        )
        .select_related("booking__property")
        .distinct()
        .order_by("pk")
    )
    if stays:
        property = stays[0].booking.property
        _share(property, stays, rooms_in_service(property.pk), now=now, moves_others=False)


def _share(
    property: Property,
    stays: Sequence[BookingRoom],
    rooms: Sequence[Room],
    *,
    now: dt.datetime,
    moves_others: bool = True,
) -> Shared:
    for _try in range(TRIES):
        try:
            with transaction.atomic():
                return _share_once(property, stays, rooms, now=now, may_move=moves_others)
        except IntegrityError as error:
            if not is_room_conflict(error):
                raise
    raise BusyError(_("Others are giving rooms at this moment. Please try again."))


def _share_once(
    property: Property,
    stays: Sequence[BookingRoom],
    rooms: Sequence[Room],
    *,
    now: dt.datetime,
    may_move: bool,
) -> Shared:
    shared = Shared()
    given = assignments_by_stay(stay.pk for stay in stays)
    rooms_by_type: dict[int, list[Room]] = defaultdict(list)
    for room in rooms:
        rooms_by_type[room.room_type_id].append(room)
    wishes: dict[int, dict[tuple[int, dt.datetime], Stay]] = defaultdict(dict)
    movable: dict[tuple[int, dt.datetime], RoomAssignment] = {}
    for stay in stays:
        segments = given.get(stay.pk, [])
        known = {room.pk for room in rooms_by_type[stay.room_type_id]}
        missing = missing_spans(stay, segments, property)
        if missing:
            for start, end in missing:
                wishes[stay.room_type_id][stay.pk, start] = Stay(start, end, stay.needs_accessible)
        elif may_move and len(segments) == 1 and not segments[0].is_locked and segments[0].room_id in known:
            start, end = span_in(segments[0])
            if start > now:
                movable[stay.pk, start] = segments[0]
                wishes[stay.room_type_id][stay.pk, start] = Stay(
                    start, end, stay.needs_accessible, room=segments[0].room_id
                )
    spans = [(wish.start, wish.end) for group in wishes.values() for wish in group.values()]
    if not spans:
        return shared
    taken = spans_taken(
        [room.pk for room in rooms],
        start=min(start for start, _end in spans),
        end=max(end for _start, end in spans),
        without=[one.pk for one in movable.values()],
    )
    new, old = [], []
    for room_type_id, group in wishes.items():
        result = share_out(group, [plain(room) for room in rooms_by_type[room_type_id]], taken)
        for key, room_id in result.items():
            before = movable.get(key)
            if room_id is None:
                shared.without.append(key[0])
            if before is not None and before.room_id != room_id:
                old.append(before.pk)
            if room_id is not None and (before is None or before.room_id != room_id):
                wish = group[key]
                new.append(
                    RoomAssignment(
                        room_id=room_id, booking_room_id=key[0], during=as_range((wish.start, wish.end))
                    )
                )
    # Those who change go out first, or two who change rooms with each other would meet in the door.
    RoomAssignment.objects.filter(pk__in=old).delete()
    RoomAssignment.objects.bulk_create(new)
    shared.given = len(new)
    return shared


def assign_room(
    *, booking_room_id: int, room_id: int, is_locked: bool, actor: User | None, now: dt.datetime
) -> RoomAssignment:
    """Give one room for the whole of a stay, instead of what was given before.

    The room may be of another type of the property (an upgrade); that takes no night of that type.
    Raises `RoomTaken`, `RoomOutOfService`, `StateConflict` for who has left or is in a room already
    (`move_room` is for them); `Room.DoesNotExist` when it is another property's. Locks the booking.
    """
    with write_transaction():
        stay = lock_stay(booking_room_id)
        room = find_room(stay, room_id)
        own = RoomAssignment.objects.filter(booking_room=stay)
        is_inside = stay.booking.state == Booking.State.CHECKED_IN and not stay.booking.is_day_use
        if is_inside and own.exists():
            raise StateConflict(
                _("%(guest)s is in house. Choose the day from which on the room is another.")
                % {"guest": stay.booking.guest_name}
            )
        own.delete()
        given = put_in_room(
            stay, room, span_of(stay, stay.booking.property), is_locked=is_locked or stay.booking.is_day_use
        )
        note(stay, "room_given", actor, now, room=room.number)
        return given


# --- Shared with moving and day use -------------------------------------------------------------------


def lock_stay(booking_room_id: int) -> BookingRoom:
    """A booked room whose booking is locked now and needs a room; otherwise raise `StateConflict`."""
    require_transaction()
    booking = (
        Booking.objects.select_for_update(of=("self",)).select_related("property").get(rooms=booking_room_id)
    )
    stay = BookingRoom.objects.select_related("room_type").get(pk=booking_room_id)
    stay.booking = booking
    if stay.state == BookingRoom.State.UNPLACED:
        raise StateConflict(_("This booking has no nights yet. Find nights for it first."))
    if booking.state not in NEEDS_ROOM or stay.state != BookingRoom.State.BOOKED:
        raise StateConflict(_("This stay is over or cancelled, so it needs no room."))
    return stay


def find_room(stay: BookingRoom, room_id: int) -> Room:
    """The room of the stay's property; raises `RoomOutOfService`, `Room.DoesNotExist`."""
    room = Room.objects.select_related("room_type").get(pk=room_id, property=stay.booking.property_id)
    if not room.is_active:
        raise RoomOutOfService(number=room.number)
    return room


def put_in_room(stay: BookingRoom, room: Room, span: Span, *, is_locked: bool) -> RoomAssignment:
    """Write an assignment; raises `RoomTaken` (nothing was written) when the room is another's then."""
    require_transaction()
    try:
        with transaction.atomic():
            return RoomAssignment.objects.create(
                room=room, booking_room=stay, during=as_range(span), is_locked=is_locked
            )
    except IntegrityError as error:
        if not is_room_conflict(error):
            raise
        other = (
            RoomAssignment.objects.filter(room=room, during__overlap=as_range(span))
            .exclude(booking_room=stay)
            .select_related("booking_room__booking")
            .first()
        )
        if other is None:
            raise BusyError(_("Somebody else is giving rooms at this moment. Please try again.")) from error
        raise RoomTaken(
            number=room.number,
            guest_name=other.booking_room.booking.guest_name,
            until=other.during.upper,
            timezone=stay.booking.property.timezone,
        ) from error


def is_room_conflict(error: IntegrityError) -> bool:
    """Whether the database refused to give one room twice or two rooms at a time."""
    return "room_given_once" in str(error) or "stay_in_one_room" in str(error)


def note(stay: BookingRoom, kind: str, actor: User | None, now: dt.datetime, **data: str) -> None:
    """Write down what was done by hand."""
    BookingEvent.objects.create(
        booking=stay.booking, kind=kind, actor=actor, data={"stay": stay.pk, **data}, happened_at=now
    )
