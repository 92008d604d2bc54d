"""The folio of a booking as the host's page shows it: every line, what is still open, its invoices."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from serai.bookings.models import Booking
from serai.bookings.selectors import folio_reference, owed_minor, payments_of
from serai.payments.folio_rules import DESK_PREFIX, is_stay_line, standing_lines
from serai.payments.gateways.desk import DESK
from serai.payments.models import FolioLine, Payment
from serai.payments.selectors import folio, invoices_of


@dataclass(frozen=True)
class FolioRow:
    """A line; `is_void` when it was taken back or takes back, `payment` when it can be handed back."""

    line: FolioLine
    is_void: bool
    payment: Payment | None = None


def folio_context(booking: Booking) -> dict[str, Any]:
    """What `web/host/parts/folio.html` needs besides the booking.

    The stay of a booking from before there were folios is shown as one row (`unwritten_minor`).
    """
    whole = folio(folio_reference(booking))
    standing = {line.pk for line in standing_lines(whole.lines)}
    in_hand = {
        f"payment:{payment.pk}": payment
        for payment in payments_of(booking)
        if payment.gateway == DESK and payment.amount_minor > payment.refunded_minor
    }
    is_written = any(is_stay_line(line) for line in whole.lines)
    unwritten = 0 if is_written else owed_minor(booking)
    return {
        "rows": [FolioRow(line, line.pk not in standing, in_hand.get(line.key)) for line in whole.lines],
        "added_minor": sum(line.amount_minor for line in whole.lines if line.key.startswith(DESK_PREFIX)),
        "unwritten_minor": unwritten,
        "open_minor": whole.balance_minor + unwritten,
        "owed_to_guest_minor": max(-whole.balance_minor - unwritten, 0),
        "invoices": list(invoices_of(whole.reference)),
    }
