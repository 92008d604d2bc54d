"""A plain double room and its taxes, to be replaced in the part that an example is about."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

from serai.rates.rules import Party, ProductTerms, PromotionTerm, TaxTerm, price_stay

FIRST = dt.date(2026, 12, 1)  # a Tuesday
COUPLE = Party(2)


def terms(**fields: Any) -> ProductTerms:
    room = ProductTerms("EUR", base_guests=2, max_adults=4, max_children=4, max_guests=6)
    return replace(room, **fields)


def nights(*amounts: int, first: dt.date = FIRST) -> list[tuple[dt.date, int]]:
    return [(first + dt.timedelta(days=offset), amount) for offset, amount in enumerate(amounts)]


def tax(
    name: str, kind: str, value: int, basis: str = "room", period: str = "night", **fields: Any
) -> TaxTerm:
    return TaxTerm(name, kind, basis, period, value, **fields)


def offer(number: int, value: int, kind: str = "percent", **fields: Any) -> PromotionTerm:
    return PromotionTerm(number, f"Offer {number}", kind, value, **fields)


def charged(
    *taxes: TaxTerm,
    amounts: tuple[int, ...] = (10_000,),
    party: Party = COUPLE,
    first: dt.date = FIRST,
    exemptions: tuple[str, ...] = (),
) -> dict[str, int]:
    """What each tax comes to, by name, for one room."""
    price = price_stay(terms(taxes=taxes), nights(*amounts, first=first), [party], exemptions=exemptions)
    return {line.name: line.amount_minor for line in price.taxes}
