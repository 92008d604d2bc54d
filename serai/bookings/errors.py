"""Why a quote, a hold, a booking or a change was refused. Each sentence says what to do next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from serai.core.errors import DomainError

if TYPE_CHECKING:
    from serai.bookings.quotes import Quote


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
    """The product cannot be sold for this stay and party, whatever the inventory says."""

    code = "not_offered"


class PriceChanged(DomainError):
    """The price or the terms are not those of the quote any more. `new` is today's quote."""

    code = "price_changed"

    def __init__(self, *, old: Quote, new: Quote) -> None:
        super().__init__(_("The price or the terms have changed since you looked."))
        self.old = old
        self.new = new


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
