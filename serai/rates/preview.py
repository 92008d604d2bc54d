"""What a derived rate plan makes of a night's price, for the host who is writing it. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from serai.rates.rules import Adjustment, Party, ProductTerms, price_night

# Nobody sleeps in it: what is left is the price of the room, without extra guests and meals.
NOBODY = Party(0)


def preview_steps(base_minor: int, links: Sequence[Adjustment]) -> Iterator[tuple[Adjustment, int]]:
    """Each link of a chain with the night's price after it (minor units), as the engine prices it."""
    for count, link in enumerate(links, 1):
        terms = ProductTerms(
            currency="",
            base_guests=1,
            max_adults=1,
            max_children=0,
            max_guests=1,
            adjustments=tuple(links[:count]),
        )
        yield link, price_night(terms, NOBODY, base_minor)
