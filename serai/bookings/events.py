"""Facts about bookings that others may follow. Payloads carry ids only."""

BOOKING_CONFIRMED = "booking.confirmed"
BOOKING_CHANGED = "booking.changed"
BOOKING_CANCELLED = "booking.cancelled"
CHECKOUT_REFUSED = "checkout.refused"
HOST_TO_TELL = "booking.host_to_tell"
