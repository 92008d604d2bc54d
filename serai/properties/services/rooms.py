"""Room types with their beds."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from serai.core.db import write_transaction
from serai.core.errors import DomainError
from serai.core.outbox import emit
from serai.properties.models import Bed, Property, RoomType


class RoomTypeInvalid(DomainError):
    """The room type contradicts itself or its siblings; `field` names the input to change."""

    code = "room_type_invalid"

    def __init__(self, message: str, *, field: str) -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True)
class RoomTypeDraft:
    """What a host says about a room type. `beds` maps `Bed.Kind` to how many."""

    name: str
    units: int
    max_adults: int
    max_children: int
    max_guests: int
    base_guests: int
    beds: Mapping[str, int]
    description: str = ""
    size_m2: int | None = None
    amenity_ids: Iterable[int] = ()


def save_room_type(
    *, property_id: int, draft: RoomTypeDraft, now: dt.datetime, room_type_id: int | None = None
) -> RoomType:
    """Add a room type, or change the one with `room_type_id`; its beds become exactly `draft.beds`.

    Raises `RoomTypeInvalid`; `RoomType.DoesNotExist` when it is not this property's. Locks the property.
    """
    if draft.max_guests < draft.max_adults:
        raise RoomTypeInvalid(
            _("At least as many guests as adults must fit."),
            field="max_guests",
        )
    if draft.base_guests > draft.max_guests:
        raise RoomTypeInvalid(
            _("The price cannot include more guests than fit."),
            field="base_guests",
        )
    with write_transaction():
        Property.objects.select_for_update().get(pk=property_id)
        rooms = RoomType.objects.filter(property_id=property_id)
        if room_type_id is None:
            last = rooms.aggregate(last=Max("position"))["last"]
            room = RoomType(property_id=property_id, position=0 if last is None else last + 1)
        else:
            room = rooms.get(pk=room_type_id)
        for field in (
            "name",
            "units",
            "max_adults",
            "max_children",
            "max_guests",
            "base_guests",
            "description",
            "size_m2",
        ):
            setattr(room, field, getattr(draft, field))
        try:
            with transaction.atomic():
                room.save()
        except IntegrityError as error:
            if "room_type_name_unique" not in str(error):
                raise
            raise RoomTypeInvalid(
                _("Another room type of this property has that name."), field="name"
            ) from error
        room.beds.all().delete()
        Bed.objects.bulk_create(
            Bed(room_type=room, kind=kind, count=count) for kind, count in draft.beds.items()
        )
        room.amenities.set(draft.amenity_ids)
        emit("property.changed", {"property_id": property_id}, now=now)
        return room


def remove_room_type(*, property_id: int, room_type_id: int, now: dt.datetime) -> bool:
    """Take a room type off the listing; return whether its row is gone.

    Before a property was ever published nothing can refer to the room type, so it is deleted.
    Afterwards bookings and holds may, so it is only no longer sold. Locks the property.
    """
    with write_transaction():
        property = Property.objects.select_for_update().get(pk=property_id)
        room = RoomType.objects.get(pk=room_type_id, property_id=property_id)
        is_deleted = property.published_at is None
        if is_deleted:
            room.rooms.all().delete()
            room.delete()
        else:
            room.is_active = False
            room.save(update_fields=["is_active", "updated_at"])
        emit("property.changed", {"property_id": property_id}, now=now)
        return is_deleted
