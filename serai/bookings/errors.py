"""Why a quote, a hold, a booking or a change was refused. Each sentence says what to do next."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from serai.core.errors import DomainError
from serai.core.money import format_money
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


class AmountChanged(DomainError):
    """Something else is to be paid than what was shown."""

    code = "amount_changed"

    def __init__(self) -> None:
        super().__init__(_("What is to be paid has just changed. Please look at it again."))


class IdempotencyConflict(DomainError):
    """The key was used before for another request."""

    code = "idempotency_conflict"

    def __init__(self) -> None:
        super().__init__(_("This key was used before for another booking."))


class ChangeNotAllowed(DomainError):
    """The booking's dates cannot be changed online (any more)."""

    code = "change_not_allowed"


class PaymentTooLarge(DomainError):
    """More is to be written down as paid than is due."""

    code = "payment_too_large"

    def __init__(self, due: str) -> None:
        super().__init__(
            _("That is more than the %(due)s that are due. If it is for something else, add a charge first.")
            % {"due": due}
        )


class DiscountTooLarge(DomainError):
    """More is to be taken off than is charged."""

    code = "discount_too_large"

    def __init__(self, charged: str) -> None:
        super().__init__(_("That is more than the %(charged)s that are charged.") % {"charged": charged})


class NotHandedBack(DomainError):
    """Only money that was taken at the property, and is still there, can be handed back."""

    code = "not_handed_back"

    def __init__(self) -> None:
        super().__init__(_("This money has been given back already."))


class PrepaymentMissing(ChangeNotAllowed):
    """The new stay is paid in advance, and less was paid so far. `missing_minor` is how much less."""

    code = "prepayment_missing"

    def __init__(self, missing_minor: int, currency: str) -> None:
        super().__init__(prepayment_sentence(missing_minor, currency))
        self.missing_minor = missing_minor


def prepayment_sentence(missing_minor: int, currency: str) -> str:
    """Why a change is refused that would have to be paid first, and what to do instead."""
    return _(
        "This rate is paid in advance and %(amount)s of it is not paid, so the booking cannot move to it. "
        "Please choose a rate that is paid later, or book the new stay and then cancel this one."
    ) % {"amount": format_money(missing_minor, currency, get_language() or "en")}
