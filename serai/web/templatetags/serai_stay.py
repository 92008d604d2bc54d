"""Template tags for priced stays: their lines, their steps, what is due when."""

from __future__ import annotations

from django import template

from serai.bookings.lines import (
    DueLine,
    PriceLine,
    due_lines,
    guarantee_text,
    has_several_policies,
    price_lines,
)
from serai.bookings.quotes import Quote
from serai.rates.reasons import describe_step
from serai.rates.rules import RoomPrice, StayPrice, Step

register = template.Library()


@register.filter
def lines(quote: Quote) -> list[PriceLine]:
    """``{% for line in quote|lines %}``: all of them but the included ones add up to the total."""
    return price_lines(quote)


@register.filter
def dues(quote: Quote, timezone: str) -> list[DueLine]:
    """``{% for due in quote|dues:property.timezone %}``: what is to be paid when."""
    return due_lines(quote.price, quote.terms, timezone=timezone)


@register.filter
def guarantee(quote: Quote, timezone: str) -> str:
    """Until when the rooms are kept, in one sentence."""
    return guarantee_text(quote.terms, timezone=timezone)


@register.filter
def several_policies(quote: Quote) -> bool:
    """Whether its rooms have terms of their own."""
    return has_several_policies(quote)


@register.filter
def words(step: Step) -> str:
    """``{{ step|words }}``: what a step of a night's price is."""
    return describe_step(step)


@register.filter
def room_groups(price: StayPrice) -> list[tuple[int, int, RoomPrice]]:
    """Rooms with the number of the first and how many are alike in a row: equal rooms are shown once."""
    groups: list[tuple[int, int, RoomPrice]] = []
    for number, room in enumerate(price.rooms, start=1):
        if groups and groups[-1][2] == room:
            first, count, same = groups[-1]
            groups[-1] = (first, count + 1, same)
        else:
            groups.append((number, 1, room))
    return groups
