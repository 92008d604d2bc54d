"""Every move of a payment and of a refund, by name. Needs no database."""

from __future__ import annotations

import pytest

from serai.payments.rules import (
    COUNTED_REFUND_STATES,
    PAYMENT_MOVES,
    REFUND_MOVES,
    Moves,
    next_state,
    refundable_minor,
    refunded_after_move,
)


@pytest.mark.parametrize(
    ("moves", "allowed"),
    [
        (
            PAYMENT_MOVES,
            {
                ("created", "pending"),
                ("created", "succeeded"),
                ("created", "failed"),
                ("pending", "succeeded"),
                ("pending", "failed"),
                ("failed", "succeeded"),
            },
        ),
        (
            REFUND_MOVES,
            {
                ("pending", "succeeded"),
                ("pending", "failed"),
                ("failed", "pending"),
                ("failed", "succeeded"),
            },
        ),
    ],
    ids=["payments", "refunds"],
)
def test_what_may_follow_what(moves: Moves, allowed: set[tuple[str, str]]) -> None:
    for current in moves:
        for reported in moves:
            expected = reported if (current, reported) in allowed else current
            assert next_state(moves, current=current, reported=reported) == expected


def test_a_state_that_nobody_knows_is_refused() -> None:
    with pytest.raises(KeyError, match="lost"):
        next_state(PAYMENT_MOVES, current="created", reported="lost")


def test_what_is_left_to_give_back() -> None:
    assert refundable_minor(amount_minor=1_000, refunded_minor=300) == 700
    assert refundable_minor(amount_minor=1_000, refunded_minor=1_000) == 0


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("pending", "succeeded", 500),
        ("pending", "failed", 300),
        ("failed", "pending", 700),
        ("failed", "succeeded", 700),
        ("failed", "failed", 500),
    ],
)
def test_refunds_on_their_way_and_done_are_counted(before: str, after: str, expected: int) -> None:
    assert refunded_after_move(refunded_minor=500, refund_minor=200, before=before, after=after) == expected
    assert {"pending", "succeeded"} == COUNTED_REFUND_STATES
