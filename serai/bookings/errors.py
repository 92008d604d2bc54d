"""Why a quote, a hold, a booking or a change was refused. Each sentence says what to do next."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from serai.core.errors import DomainError
from serai.inventory.services import Shortage, SoldOut

if TYPE_CHECKING:
    from serai.bookings.alternatives import Alternatives
    from serai.bookings.quotes import Quote
    from serai.rates.rules import Reason


class QuoteInvalid(DomainError):
    """A token that this site did not sign."""

    code = "quote_invalid"

    def __init__(self) -> None:
        super().__init__(_("This price was not made here. Please choose the room again."))


class QuoteExpired(DomainError):
    """A token older than `QUOTE_SECONDS`."""

    code = "quote_expired"

    def __init__(self) -> None:
        super().__init__(_("This price is more than a quarter of an hour old. Please look at it again."))


class NotOffered(DomainError):
    """The product cannot be sold for this stay and party, whatever the inventory says.

    `reasons` are the restrictions that the stay breaks, if that is why.
    """

    code = "not_offered"

    def __init__(self, message: str, *, reasons: Sequence[Reason] = ()) -> None:
        super().__init__(message)
        self.reasons = tuple(reasons)


class PriceChanged(DomainError):
    """The price or the terms are not those of the quote any more. `new` is today's quote.

    `reasons` say what is different, a sentence each.
    """

    code = "price_changed"

    def __init__(self, *, old: Quote, new: Quote, reasons: Sequence[str] = ()) -> None:
        super().__init__(_("The price or the terms have changed since you looked."))
        self.old = old
        self.new = new
        self.reasons = tuple(reasons)


class StaySoldOut(SoldOut):
    """The nights of a quote are gone; `alternatives` are what is nearest to it and still there."""

    def __init__(self, shortages: Sequence[Shortage], alternatives: Alternatives) -> None:
        super().__init__(shortages)
        self.alternatives = alternatives


class BlockInvalid(DomainError):
    """A group's block cannot be like this; the sentence says what to change. `field` is what it is about."""

    code = "block_invalid"

    def __init__(self, message: str, *, field: str = "") -> None:
        super().__init__(message)
        self.field = field


class BlockShort(SoldOut):
    """Fewer rooms are free than a block wants on the short nights. Nothing was set aside."""

    code = "block_short"

    def __init__(self, shortages: Sequence[Shortage]) -> None:
        super().__init__(shortages)
        self.args = (_("Not that many rooms are free on some of these nights. Set fewer aside there."),)


class BlockOver(DomainError):
    """The block's rooms have gone back; there is nothing to change any more."""

    code = "block_over"

    def __init__(self) -> None:
        super().__init__(_("The rooms of this group have gone back on sale already."))


class WaitlistRefused(DomainError):
    """Somebody cannot wait for this stay; the sentence says what to do instead."""

    code = "waitlist_refused"


class RequestInFlight(DomainError):
    """The same caller is making the booking of this key at this moment."""

    code = "request_in_flight"

    def __init__(self) -> None:
        super().__init__(_("This booking is being made right now. Please look again in a moment."))


class PaymentMissing(DomainError):
    """Completing was asked for before any payment came in."""

    code = "payment_missing"

    def __init__(self) -> None:
        super().__init__(_("The payment has not arrived yet."))


class CheckoutRefused(DomainError):
    """The payment came after the hold had run out and the rooms were gone; it is being refunded."""

    code = "checkout_refused"

    def __init__(self) -> None:
        super().__init__(_("The rooms were taken before the payment arrived. You get all of it back."))


class StateConflict(DomainError):
    """The booking is in a state from which this cannot be done."""

    code = "state_conflict"


class PenaltyChanged(DomainError):
    """Cancelling costs something else than what was shown."""

    code = "penalty_changed"

    def __init__(self) -> None:
        super().__init__(_("What cancelling costs has just changed. Please look at it again."))


class IdempotencyConflict(DomainError):
    """The key was used before for another request."""

    code = "idempotency_conflict"

    def __init__(self) -> None:
        super().__init__(_("This key was used before for another booking."))


class ChangeNotAllowed(DomainError):
    """The booking's dates cannot be changed online (any more)."""

    code = "change_not_allowed"
