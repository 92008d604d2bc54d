"""Writes on properties, one module per thing that is written."""

from serai.properties.services.listings import (
    CurrencyFixed,
    ListingIncomplete,
    ListingStateError,
    ReasonsMissing,
    approve_listing,
    create_property,
    record_score,
    return_listing,
    submit_listing,
    update_listing,
)
from serai.properties.services.photos import (
    TooManyPhotos,
    add_photo,
    add_photos,
    delete_photo,
    describe_photo,
    move_photo,
    prepare_photo,
)
from serai.properties.services.physical_rooms import (
    RoomInUse,
    RoomNumbersInvalid,
    add_rooms,
    change_room,
    remove_room,
)
from serai.properties.services.rooms import RoomTypeInvalid, remove_room_type, save_room_type
from serai.properties.services.team import (
    AlreadyMember,
    LastOwner,
    add_member,
    change_role,
    remove_member,
)

__all__ = [
    "AlreadyMember",
    "CurrencyFixed",
    "LastOwner",
    "ListingIncomplete",
    "ListingStateError",
    "ReasonsMissing",
    "RoomInUse",
    "RoomNumbersInvalid",
    "RoomTypeInvalid",
    "TooManyPhotos",
    "add_member",
    "add_photo",
    "add_photos",
    "add_rooms",
    "approve_listing",
    "change_role",
    "change_room",
    "create_property",
    "delete_photo",
    "describe_photo",
    "move_photo",
    "prepare_photo",
    "record_score",
    "remove_member",
    "remove_room",
    "remove_room_type",
    "return_listing",
    "save_room_type",
    "submit_listing",
    "update_listing",
]
