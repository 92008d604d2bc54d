"""How payments and refunds may move, as tables. No ORM, no clock.

States are the plain strings that `models.Payment.State` and `models.Refund.State` store.
"""

from __future__ import annotations

from collections.abc import Mapping

Moves = Mapping[str, frozenset[str]]

# A payment that succeeded stays so: money given back is a refund, never a failed payment. A payment
# that failed can still succeed, because money that arrived after all must never be ignored.
PAYMENT_MOVES: Moves = {
    "created": frozenset({"pending", "succeeded", "failed"}),
    "pending": frozenset({"succeeded", "failed"}),
    "failed": frozenset({"succeeded"}),
    "succeeded": frozenset(),
}

# A refused refund may be tried again by staff; the provider may also report it done after all.
REFUND_MOVES: Moves = {
    "pending": frozenset({"succeeded", "failed"}),
    "failed": frozenset({"pending", "succeeded"}),
    "succeeded": frozenset(),
}

# Refunds in these states use up the payment's amount.
COUNTED_REFUND_STATES = frozenset({"pending", "succeeded"})


def next_state(moves: Moves, *, current: str, reported: str) -> str:
    """The state after a report, which may be late, repeated or out of order.

    A report that is no allowed move says nothing new: the current state stays. Raises `KeyError`
    for a state that the table does not know.
    """
    if reported not in moves:
        raise KeyError(reported)
    return reported if reported in moves[current] else current


def refundable_minor(*, amount_minor: int, refunded_minor: int) -> int:
    """What is left to give back, in minor units; `refunded_minor` includes refunds on their way."""
    return amount_minor - refunded_minor


def refunded_after_move(*, refunded_minor: int, refund_minor: int, before: str, after: str) -> int:
    """The payment's refunded total once one of its refunds has moved from `before` to `after`."""
    was_counted = before in COUNTED_REFUND_STATES
    is_counted = after in COUNTED_REFUND_STATES
    return refunded_minor + refund_minor * (int(is_counted) - int(was_counted))
