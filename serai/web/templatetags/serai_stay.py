"""Template tags for priced stays: their lines, their steps, what is due when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django import template

from serai.bookings.lines import (
    DueLine,
    PriceLine,
    due_lines,
    guarantee_text,
    price_lines,
)
from serai.bookings.quotes import Quote, QuotedRoom
from serai.rates.reasons import describe_step
from serai.rates.rules import Party, RoomPrice, StayPrice, Step

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
def words(step: Step) -> str:
    """``{{ step|words }}``: what a step of a night's price is."""
    return describe_step(step)


@register.filter
def room_names(quote: Quote) -> list[str]:
    """The room type of each room, for `room_groups`."""
    return [room.room_type_name for room in quote.rooms]


@register.filter
def room_groups(price: StayPrice, names: Sequence[str] = ()) -> list[tuple[int, int, str, RoomPrice]]:
    """Rooms that cost the same in a row, shown once: the first's number, the last's, the name, the price."""
    groups: list[tuple[int, int, str, RoomPrice]] = []
    for index, room in enumerate(price.rooms):
        name = names[index] if names else ""
        if groups and groups[-1][2:] == (name, room):
            groups[-1] = (groups[-1][0], index + 1, name, room)
        else:
            groups.append((index + 1, index + 1, name, room))
    return groups


@register.filter
def rooms_and_parties(quote: Quote) -> list[tuple[QuotedRoom, Party]]:
    """Each room with who sleeps in it."""
    return [(room, price.party) for room, price in zip(quote.rooms, quote.price.rooms, strict=True)]


@register.filter
def chosen(quantities: Mapping[int, int], product_id: int) -> int:
    """How many rooms of a product have been chosen."""
    return quantities.get(product_id, 0) if quantities else 0
