"""What a derived rate plan makes of a night's price, for the host who is writing it. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from serai.rates.rules import divide_half_up

FULL = 10_000  # basis points in a whole


@dataclass(frozen=True)
class Link:
    """One plan of a chain: its difference to the plan before, and the multiple its prices come in.

    `value` is basis points for `percent`, minor units a night for `amount`.
    """

    name: str
    kind: str
    value: int
    rounding_minor: int = 1


def preview_steps(base_minor: int, links: Sequence[Link]) -> Iterator[tuple[Link, int]]:
    """Each link of a chain, root excluded, with the night's price after it (minor units).

    Adjusted, never below zero, then rounded half up to a whole multiple.
    """
    amount = base_minor
    for link in links:
        amount += divide_half_up(amount * link.value, FULL) if link.kind == "percent" else link.value
        amount = divide_half_up(max(amount, 0), link.rounding_minor) * link.rounding_minor
        yield link, amount
