"""Cancel: give the nights back, charge the penalty that was agreed, refund the rest."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.utils.translation import gettext as _

from serai.accounts.models import User
from serai.bookings.errors import PenaltyChanged, StateConflict
from serai.bookings.events import BOOKING_CANCELLED
from serai.bookings.models import Booking, BookingEvent
from serai.bookings.rules import may_become, penalty_at, tiers_from_json
from serai.bookings.selectors import nights_of, paid_minor
from serai.bookings.services.book import tell
from serai.bookings.services.refund import refund_above
from serai.bookings.services.waitlist import tell_waiting
from serai.core.clock import local_date
from serai.core.db import write_transaction
from serai.inventory.services import return_nights


@dataclass(frozen=True)
class CancellationCost:
    """What cancelling means for the guest's money (minor units)."""

    penalty_minor: int
    paid_minor: int

    @property
    def refund_minor(self) -> int:
        return max(self.paid_minor - self.penalty_minor, 0)

    @property
    def due_minor(self) -> int:
        """The part of the penalty that was not paid yet."""
        return max(self.penalty_minor - self.paid_minor, 0)


def cancellation_cost(*, booking: Booking, now: dt.datetime) -> CancellationCost:
    """What cancelling costs at `now`, by the policy frozen with the booking."""
    penalty = penalty_at(tiers_from_json(booking.cancellation_tiers), now)
    return CancellationCost(penalty_minor=penalty, paid_minor=paid_minor(booking))


def cancel_booking(
    *,
    booking_id: int,
    actor: User | None,
    now: dt.datetime,
    expected_penalty_minor: int | None = None,
    is_penalty_waived: bool = False,
) -> Booking:
    """Cancel a confirmed booking; ask again and the cancelled booking is returned.

    With `expected_penalty_minor`, the amount that was shown, raises `PenaltyChanged` when another
    one applies by now. Raises `StateConflict` for a stay that has begun or ended; for the guest it
    has begun when the day of arrival is over. Locks the booking, then its nights.
    """
    with write_transaction():
        booking = (
            Booking.objects.select_for_update(of=("self",)).select_related("property").get(pk=booking_id)
        )
        if booking.state == Booking.State.CANCELLED:
            return booking
        # Once the first night is past, a guest who is not there is the hotel's to judge.
        is_too_late = (
            actor is not None
            and actor.pk == booking.guest_id
            and local_date(now, booking.property.timezone) > booking.check_in
        )
        if is_too_late or not may_become(booking.state, Booking.State.CANCELLED):
            raise StateConflict(_("This stay has begun or is over, so it cannot be cancelled."))
        cost = cancellation_cost(booking=booking, now=now)
        penalty = 0 if is_penalty_waived else cost.penalty_minor
        if expected_penalty_minor is not None and expected_penalty_minor != penalty:
            raise PenaltyChanged
        nights = nights_of(booking)
        return_nights(claims=nights, now=now)
        tell_waiting({claim.room_type_id for claim in nights}, now=now)
        booking.state = Booking.State.CANCELLED
        booking.penalty_minor = penalty
        booking.cancelled_at = now
        booking.version += 1
        booking.save(update_fields=["state", "penalty_minor", "cancelled_at", "version", "updated_at"])
        BookingEvent.objects.create(
            booking=booking, kind="cancelled", actor=actor, data={"penalty_minor": penalty}, happened_at=now
        )
        refund_above(booking=booking, keep_minor=penalty, reason="cancelled", now=now)
        tell(BOOKING_CANCELLED, booking, now=now)
        return booking
