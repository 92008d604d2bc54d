"""Whole numbers and their one rounding: half up, at the step that divides."""

from __future__ import annotations

FULL = 10_000  # basis points in a whole


def divide_half_up(numerator: int, denominator: int) -> int:
    """`numerator / denominator` for a positive denominator, halves away from zero."""
    quotient, rest = divmod(abs(numerator), denominator)
    quotient += 2 * rest >= denominator
    return quotient if numerator >= 0 else -quotient


def percent_of(amount: int, basis_points: int) -> int:
    """A part of an amount in basis points (1,000 is 10 %), rounded once."""
    return divide_half_up(amount * basis_points, FULL)


def round_to_multiple(amount: int, multiple: int) -> int:
    """The nearest multiple, halves away from zero: 12,345 to 100 is 12,300."""
    return amount if multiple <= 1 else divide_half_up(amount, multiple) * multiple
