"""Day use: a room for some hours of one day, given at once."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import secrets
from collections.abc import Sequence

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from serai.accounts.models import User
from serai.bookings.assignment_rules import Stay, day_span, day_use_nights, share_out
from serai.bookings.errors import IdempotencyConflict
from serai.bookings.models import Booking, BookingEvent, BookingRoom
from serai.bookings.room_errors import DayUseInvalid, NoRoomForDayUse, RoomTaken
from serai.bookings.services.assign import TRIES, put_in_room
from serai.bookings.services.book import ALPHABET
from serai.bookings.stays import (
    NEEDS_ROOM,
    assignments_by_stay,
    hours_of,
    missing_spans,
    plain,
    spans_taken,
)
from serai.core.db import require_transaction, write_transaction
from serai.inventory.services import Claim, sell_nights
from serai.properties.models import Property, Room, RoomType

DESK = "desk"
ONE_DAY = dt.timedelta(days=1)


def book_day_use(
    *,
    property_id: int,
    room_type_id: int,
    date: dt.date,
    from_time: dt.time,
    until_time: dt.time,
    guest_name: str,
    guest_email: str,
    adults: int,
    children_ages: Sequence[int],
    amount_minor: int,
    key: str,
    actor: User | None,
    now: dt.datetime,
    needs_accessible: bool = False,
) -> Booking:
    """Book a room for some hours of a day (property-local) and lock a physical room for them.

    Hours between check-out and check-in take no night. Hours that reach further take the night they
    reach into, so nobody who booked or may book it is displaced. `amount_minor` is for all of it, in
    the property's currency, due at the property. With a known `key` the booking made before is
    returned. Raises `DayUseInvalid`, `IdempotencyConflict`, `SoldOut` (a night that is needed),
    `NoRoomForDayUse`. Locks the key (by writing it), the nights, then the rooms of the type by id.
    """
    property = Property.objects.get(pk=property_id)
    room_type = RoomType.objects.get(pk=room_type_id, property=property, is_active=True)
    _check(property, room_type, date, from_time, until_time, adults, children_ages, amount_minor, now)
    body = [
        *(property_id, room_type_id, date.isoformat(), from_time.isoformat(), until_time.isoformat()),
        *(guest_name, guest_email, adults, list(children_ages), amount_minor, needs_accessible),
    ]
    caller = f"{DESK}:{property_id}"
    booking = Booking(
        reference="".join(secrets.choice(ALPHABET) for _ in range(9)),
        property=property,
        channel=DESK,
        caller=caller,
        idempotency_key=key,
        request_hash=hashlib.sha256(json.dumps(body).encode()).hexdigest(),
        guest_name=guest_name,
        guest_email=guest_email,
        check_in=date,
        check_out=date,
        is_day_use=True,
        adults=adults,
        children_ages=list(children_ages),
        currency=property.currency,
        total_minor=amount_minor,
        payment_method=Booking.PaymentMethod.AT_PROPERTY,
        booked_at=now,
    )
    with write_transaction():
        try:
            with transaction.atomic():
                booking.save()
        except IntegrityError as error:
            if "booking_once_per_key" not in str(error):
                raise
            known = Booking.objects.get(caller=caller, idempotency_key=key)
            if known.request_hash != booking.request_hash:
                raise IdempotencyConflict from error
            return known
        first, after = day_use_nights(date, from_time, until_time, hours_of(property))
        stay = BookingRoom.objects.create(
            booking=booking,
            room_type=room_type,
            # Of a day use these are the nights it takes, kept as they were when it was booked: the
            # property may change its hours, and what was taken is what has to be given back.
            check_in=first,
            check_out=after,
            from_time=from_time,
            until_time=until_time,
            adults=adults,
            children_ages=list(children_ages),
            total_minor=amount_minor,
            needs_accessible=needs_accessible,
        )
        sell_nights(claims=day_use_claims(booking), now=now)
        room = _take_room(stay, property)
        BookingEvent.objects.create(
            booking=booking, kind="booked", actor=actor, data={"room": room.number}, happened_at=now
        )
        return booking


def day_use_claims(booking: Booking) -> list[Claim]:
    """The nights a day use took when it was booked; none when its hours lie between two stays."""
    return [
        Claim(room_type_id=room.room_type_id, check_in=room.check_in, check_out=room.check_out, quantity=1)
        for room in booking.rooms.all()
        if room.state == BookingRoom.State.BOOKED and room.check_in < room.check_out
    ]


def _take_room(stay: BookingRoom, property: Property) -> Room:
    """Lock a room for the hours so that everybody for the night who could have one still can.

    Guests who stay over the day and have no room yet are placed as if it were decided now. The rooms
    of the type are locked, so that two day guests do not both count on the last one. Somebody who gives
    a room by hand is stopped by the database only; then it is looked at again.
    """
    require_transaction()
    rooms = list(
        Room.objects.select_for_update()
        .filter(property=property, room_type=stay.room_type_id, is_active=True)
        .order_by("pk")
    )
    date = stay.booking.check_in
    assert stay.from_time is not None and stay.until_time is not None  # noqa: S101, PT018 - set above
    start, end = span = day_span(date, stay.from_time, stay.until_time, property.timezone)
    for _try in range(TRIES):
        others = _stays_without_room(stay, property)
        around = [*others.values(), Stay(start, end)]
        taken = spans_taken(
            [room.pk for room in rooms],
            start=min(one.start for one in around),
            end=max(one.end for one in around),
        )
        plain_rooms = [plain(room) for room in rooms]
        without = share_out(others, plain_rooms, taken)
        wish = Stay(start, end, stay.needs_accessible)
        together = share_out({**others, "day": wish}, plain_rooms, taken)
        room_id = together.pop("day")
        placed, placed_before = (
            sum(room is not None for room in result.values()) for result in (together, without)
        )
        if room_id is None or placed < placed_before:
            raise NoRoomForDayUse
        room = next(room for room in rooms if room.pk == room_id)
        try:
            put_in_room(stay, room, span, is_locked=True)
        except RoomTaken:
            continue
        return room
    raise NoRoomForDayUse


def _stays_without_room(day_use: BookingRoom, property: Property) -> dict[object, Stay]:
    """Who needs a room of the type around that day and has none yet."""
    date = day_use.booking.check_in
    stays = list(
        BookingRoom.objects.filter(
            room_type=day_use.room_type_id,
            state=BookingRoom.State.BOOKED,
            from_time__isnull=True,
            booking__state__in=NEEDS_ROOM,
            check_in__lte=date,
            check_out__gte=date,
        ).select_related("booking")
    )
    given = assignments_by_stay(stay.pk for stay in stays)
    return {
        (stay.pk, start): Stay(start, end, stay.needs_accessible)
        for stay in stays
        for start, end in missing_spans(stay, given.get(stay.pk, []), property)
    }


def _check(
    property: Property,
    room_type: RoomType,
    date: dt.date,
    from_time: dt.time,
    until_time: dt.time,
    adults: int,
    children_ages: Sequence[int],
    amount_minor: int,
    now: dt.datetime,
) -> None:
    start, end = day_span(date, from_time, until_time, property.timezone)
    if from_time >= until_time or start >= end:
        raise DayUseInvalid(_("The hours must end later than they begin."), field="until_time")
    if end <= now:
        raise DayUseInvalid(_("These hours are over. Choose a later day or hour."), field="date")
    guests = adults + len(children_ages)
    if adults < 1:
        raise DayUseInvalid(_("At least one adult must come."), field="adults")
    if adults > room_type.max_adults or guests > room_type.max_guests:
        raise DayUseInvalid(
            _("At most %(adults)s adults and %(guests)s guests fit into this room.")
            % {"adults": room_type.max_adults, "guests": room_type.max_guests},
            field="adults",
        )
    if amount_minor < 0:
        raise DayUseInvalid(_("An amount cannot be below zero."), field="amount")
