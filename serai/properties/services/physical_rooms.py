"""Rooms with a number on the door. A property may do without: then nobody is told a number."""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.utils.translation import gettext as _

from serai.core.db import write_transaction
from serai.core.errors import DomainError
from serai.properties.models import Room, RoomType
from serai.properties.rules import ROOM_NUMBER_MAX_CHARACTERS, read_room_numbers


class RoomNumbersInvalid(DomainError):
    """Numbers that cannot be read, or that other doors of the property have already."""

    code = "room_numbers_invalid"


class RoomInUse(DomainError):
    """A room that was given to guests: their stays must go on saying where they were."""

    code = "room_in_use"

    def __init__(self) -> None:
        super().__init__(
            _("Guests have had this room, so it stays in the books. Take it out of service instead.")
        )


def add_rooms(
    *,
    property_id: int,
    room_type_id: int,
    numbers: str,
    floor: str = "",
    is_accessible: bool = False,
    notes: str = "",
) -> list[Room]:
    """Add the rooms whose numbers were typed, one (`7`) or a run of them (`101–112`), all or none.

    Raises `RoomNumbersInvalid`; `RoomType.DoesNotExist` when the type is not this property's. How many
    nights are for sale does not follow from rooms: that is the allotment's.
    """
    try:
        wanted = read_room_numbers(numbers)
    except ValueError as error:
        raise RoomNumbersInvalid(
            _("“%(part)s” cannot be read. Write 101, or 101–112 for a run, with commas between.")
            % {"part": error}
        ) from error
    if not wanted:
        raise RoomNumbersInvalid(_("Write at least one number or name."))
    with write_transaction():
        room_type = RoomType.objects.get(pk=room_type_id, property_id=property_id, is_active=True)
        rooms = [
            Room(
                property_id=property_id,
                room_type=room_type,
                number=number,
                floor=floor,
                is_accessible=is_accessible,
                notes=notes,
            )
            for number in wanted
        ]
        try:
            with transaction.atomic():
                return Room.objects.bulk_create(rooms)
        except IntegrityError as error:
            _refuse_unless_number_taken(error)
            known = Room.objects.filter(property_id=property_id, number__in=wanted)
            raise RoomNumbersInvalid(
                _("There is a room %(number)s already. Leave it out, or change that one.")
                % {"number": ", ".join(known.values_list("number", flat=True)[:3])}
            ) from error


def change_room(
    *,
    property_id: int,
    room_id: int,
    room_type_id: int,
    number: str,
    floor: str,
    is_accessible: bool,
    notes: str,
) -> Room:
    """Change what is said about a room; whether it is in service is `bookings.services.rooms`' to change.

    Raises `RoomNumbersInvalid`; `DoesNotExist` when room or type is not this property's. Locks the room.
    """
    if not number.strip() or len(number.strip()) > ROOM_NUMBER_MAX_CHARACTERS:
        raise RoomNumbersInvalid(_("Write a number or name of at most 20 characters."))
    with write_transaction():
        room = Room.objects.select_for_update().get(pk=room_id, property_id=property_id)
        room.room_type = RoomType.objects.get(pk=room_type_id, property_id=property_id)
        room.number = number.strip()
        room.floor = floor
        room.is_accessible = is_accessible
        room.notes = notes
        try:
            with transaction.atomic():
                room.save()
        except IntegrityError as error:
            _refuse_unless_number_taken(error)
            raise RoomNumbersInvalid(
                _("There is a room %(number)s already. Leave it out, or change that one.")
                % {"number": number.strip()}
            ) from error
        return room


def remove_room(*, property_id: int, room_id: int) -> None:
    """Delete a room that no guest was ever given; otherwise raise `RoomInUse`.

    `Room.DoesNotExist` when it is not this property's.
    """
    with write_transaction():
        room = Room.objects.select_for_update().get(pk=room_id, property_id=property_id)
        try:
            with transaction.atomic():
                room.delete()
        except ProtectedError as error:
            raise RoomInUse from error


def _refuse_unless_number_taken(error: IntegrityError) -> None:
    if "room_number_unique" not in str(error):
        raise error
