"""Facts about bookings that others may follow. Payloads carry ids only."""

BOOKING_CONFIRMED = "booking.confirmed"
# With `what`: "rooms_cancelled" or "left_early" where nights went back and nobody asked for other dates.
BOOKING_CHANGED = "booking.changed"
BOOKING_CANCELLED = "booking.cancelled"
CHECKOUT_REFUSED = "checkout.refused"
HOST_TO_TELL = "booking.host_to_tell"
BOOKING_UNPLACED = "booking.unplaced"
WAITLIST_OFFERED = "waitlist.offered"
NIGHTS_RETURNED = "nights.returned"
# {booking_id, due_at, stage}: an instalment of a deposit is due soon or today.
DEPOSIT_DUE = "booking.deposit_due"
