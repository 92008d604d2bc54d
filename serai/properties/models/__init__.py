"""Hotels as their hosts describe them, where they stand, and who may run them."""

from serai.properties.models.destination import Destination
from serai.properties.models.listing import Amenity, ListingDecision, Property
from serai.properties.models.membership import Membership
from serai.properties.models.photo import Photo
from serai.properties.models.room import Room
from serai.properties.models.room_type import Bed, RoomType

__all__ = [
    "Amenity",
    "Bed",
    "Destination",
    "ListingDecision",
    "Membership",
    "Photo",
    "Property",
    "Room",
    "RoomType",
]
