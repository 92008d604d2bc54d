"""What can be done to a booking, a file per verb. The only code that joins nights, prices and money."""

from serai.bookings.services.assign import assign_room, assign_rooms
from serai.bookings.services.blocks import change_block, create_block, release_block
from serai.bookings.services.book import BookingDetails, RoomLine, book_hold, complete_checkout
from serai.bookings.services.cancel import (
    cancel_booking,
    cancel_rooms,
    cancellation_cost,
    penalties_by_room,
)
from serai.bookings.services.change import (
    ChangeOffer,
    change_booking,
    change_request,
    offer_change,
    require_changeable,
)
from serai.bookings.services.channel import accept_channel_booking, place_room, relocate_booking
from serai.bookings.services.day_use import book_day_use, day_use_claims
from serai.bookings.services.depart import depart_early, early_departure
from serai.bookings.services.folio import (
    add_charge,
    correct_invoice,
    hand_back,
    invoice_booking,
    take_payment,
    write_missing_charges,
)
from serai.bookings.services.hold import abandon_checkout, claim_checkout, hold_quote, save_guest_details
from serai.bookings.services.move import lock_room, move_room, swap_rooms, unassign_room, unlock_room
from serai.bookings.services.pay import begin_instalment, begin_payment, settle_checkout
from serai.bookings.services.reshape import release_assignments, reshape_assignments
from serai.bookings.services.stay import check_in_booking, check_out_booking, mark_no_show, no_show_cost
from serai.bookings.services.waitlist import join_waitlist, leave_waitlist, offer_nights, tell_waiting

__all__ = [
    "BookingDetails",
    "ChangeOffer",
    "RoomLine",
    "abandon_checkout",
    "accept_channel_booking",
    "add_charge",
    "assign_room",
    "assign_rooms",
    "begin_instalment",
    "begin_payment",
    "book_day_use",
    "book_hold",
    "cancel_booking",
    "cancel_rooms",
    "cancellation_cost",
    "change_block",
    "change_booking",
    "change_request",
    "check_in_booking",
    "check_out_booking",
    "claim_checkout",
    "complete_checkout",
    "correct_invoice",
    "create_block",
    "day_use_claims",
    "depart_early",
    "early_departure",
    "hand_back",
    "hold_quote",
    "invoice_booking",
    "join_waitlist",
    "leave_waitlist",
    "lock_room",
    "mark_no_show",
    "move_room",
    "no_show_cost",
    "offer_change",
    "offer_nights",
    "penalties_by_room",
    "place_room",
    "release_assignments",
    "release_block",
    "relocate_booking",
    "require_changeable",
    "reshape_assignments",
    "save_guest_details",
    "settle_checkout",
    "swap_rooms",
    "take_payment",
    "tell_waiting",
    "unassign_room",
    "unlock_room",
    "write_missing_charges",
]
