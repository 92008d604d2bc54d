"""What a stay costs, as lines of its folio: written with the booking, and anew with each change of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Protocol

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from serai.bookings.models import Booking, BookingRoom
from serai.bookings.quotes import quote_from_json
from serai.bookings.selectors import folio_reference, is_over
from serai.core.db import require_transaction
from serai.payments import folio_rules
from serai.payments.folio_rules import LineDraft
from serai.payments.selectors import folio
from serai.payments.services import post_lines


class Stay(Protocol):
    """Something from one date to another."""

    @property
    def check_in(self) -> dt.date: ...
    @property
    def check_out(self) -> dt.date: ...


def charge_stay(*, booking: Booking, now: dt.datetime) -> None:
    """Let the charges of a booking's folio be what it costs now; what was written is taken back, not edited.

    Needs the transaction that changed the booking and raised its version. A booking from before there
    were folios gets its charges now.
    """
    require_transaction()
    reference = folio_reference(booking)
    lines = folio_rules.replacement_lines(folio(reference).lines, stay_charges(booking))
    post_lines(reference=reference, lines=lines, now=now)


def stay_charges(booking: Booking) -> list[LineDraft]:
    """The charges of a stay as it is, in the guest's language; they add up to `selectors.owed_minor`.

    From the price that was frozen with the booking: a line per room, tax and extra. A booking that came
    with totals alone has a line per room. What was given up is one line more; of a cancelled stay and a
    no-show it is the only one.
    """
    with translation.override(booking.language):
        penalty = folio_rules.penalty_lines(
            [],
            version=booking.version,
            text=_("No-show") if booking.state == Booking.State.NO_SHOW else _("Cancellation"),
            penalty_minor=booking.penalty_minor,
        )
        if is_over(booking):
            return penalty
        rooms = [
            (
                room_label(room.room_type.name, room.rate_plan.name if room.rate_plan else "", room),
                room.total_minor,
            )
            for room in booking.rooms.select_related("room_type", "rate_plan").order_by("id")
            if room.state != BookingRoom.State.CANCELLED
        ]
        return [*first_charges(booking, rooms), *penalty]


def first_charges(booking: Booking, rooms: Sequence[tuple[str, int]]) -> list[LineDraft]:
    """The charges of a stay without penalties, from the label and the total of each of its rooms."""
    price = quote_from_json(booking.price).price if booking.price else None
    if price is not None and len(price.rooms) == len(rooms):
        lines = folio_rules.charge_lines(
            version=booking.version,
            rooms=[
                (label, priced.room_minor) for (label, _total), priced in zip(rooms, price.rooms, strict=True)
            ],
            taxes=[(tax.name, tax.amount_minor, tax.is_included) for tax in price.taxes],
            extras=[(f"{extra.name} × {extra.quantity}", extra.amount_minor) for extra in price.extras],
        )
        if folio_rules.charges_minor(lines) == booking.total_minor:
            return lines
    if sum(total for _label, total in rooms) != booking.total_minor:
        rooms = [(_("Stay"), booking.total_minor)]
    return folio_rules.charge_lines(version=booking.version, rooms=rooms)


def room_label(room_type: str, rate_plan: str, stay: Stay) -> str:
    """A room in a line of the folio, such as "Deluxe, Flexible, 2 nights"."""
    count = (stay.check_out - stay.check_in).days
    nights = ngettext("%(count)s night", "%(count)s nights", count) % {"count": count}
    return ", ".join(part for part in (room_type or _("Room"), rate_plan, nights) if part)
