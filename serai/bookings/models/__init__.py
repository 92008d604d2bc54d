"""What guests hold, book, wait for and sleep in."""

from serai.bookings.models.assignment import RoomAssignment
from serai.bookings.models.booking import Booking, BookingEvent, BookingQuerySet, BookingRoom
from serai.bookings.models.checkout import Checkout, PromotionUse
from serai.bookings.models.group import Block, BlockNight, WaitlistEntry

__all__ = [
    "Block",
    "BlockNight",
    "Booking",
    "BookingEvent",
    "BookingQuerySet",
    "BookingRoom",
    "Checkout",
    "PromotionUse",
    "RoomAssignment",
    "WaitlistEntry",
]
