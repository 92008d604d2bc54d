"""What can be done to a booking, a file per verb. The only code that joins nights, prices and money."""

from serai.bookings.services.blocks import change_block, create_block, release_block
from serai.bookings.services.book import BookingDetails, RoomLine, book_hold, complete_checkout
from serai.bookings.services.cancel import cancel_booking, cancellation_cost
from serai.bookings.services.change import ChangeOffer, change_booking, change_request, offer_change
from serai.bookings.services.channel import accept_channel_booking, place_room, relocate_booking
from serai.bookings.services.hold import abandon_checkout, claim_checkout, hold_quote, save_guest_details
from serai.bookings.services.pay import begin_payment, settle_checkout
from serai.bookings.services.stay import check_in_booking, check_out_booking, mark_no_show
from serai.bookings.services.waitlist import join_waitlist, leave_waitlist, offer_nights, tell_waiting

__all__ = [
    "BookingDetails",
    "ChangeOffer",
    "RoomLine",
    "abandon_checkout",
    "accept_channel_booking",
    "begin_payment",
    "book_hold",
    "cancel_booking",
    "cancellation_cost",
    "change_block",
    "change_booking",
    "change_request",
    "check_in_booking",
    "check_out_booking",
    "claim_checkout",
    "complete_checkout",
    "create_block",
    "hold_quote",
    "join_waitlist",
    "leave_waitlist",
    "mark_no_show",
    "offer_change",
    "offer_nights",
    "place_room",
    "release_block",
    "relocate_booking",
    "save_guest_details",
    "settle_checkout",
    "tell_waiting",
]
