"""What can be done to a booking, a file per verb. The only code that joins nights, prices and money."""

from serai.bookings.services.book import BookingDetails, RoomLine, book_hold, complete_checkout
from serai.bookings.services.cancel import cancel_booking, cancel_rooms, cancellation_cost
from serai.bookings.services.change import ChangeOffer, change_booking, change_request, offer_change
from serai.bookings.services.depart import depart_early, early_departure
from serai.bookings.services.hold import abandon_checkout, claim_checkout, hold_quote, save_guest_details
from serai.bookings.services.pay import begin_instalment, begin_payment, settle_checkout
from serai.bookings.services.stay import check_in_booking, check_out_booking, mark_no_show, no_show_cost

__all__ = [
    "BookingDetails",
    "ChangeOffer",
    "RoomLine",
    "abandon_checkout",
    "begin_instalment",
    "begin_payment",
    "book_hold",
    "cancel_booking",
    "cancel_rooms",
    "cancellation_cost",
    "change_booking",
    "change_request",
    "check_in_booking",
    "check_out_booking",
    "claim_checkout",
    "complete_checkout",
    "depart_early",
    "early_departure",
    "hold_quote",
    "mark_no_show",
    "no_show_cost",
    "offer_change",
    "save_guest_details",
    "settle_checkout",
]
