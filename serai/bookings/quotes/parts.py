"""Parts of a quote: fewer of its rooms, or fewer of a room's nights, at the prices that were agreed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import replace

from serai.bookings.quotes.quote import Quote
from serai.bookings.rules import CompiledTier
from serai.rates.rules import NightLine, ProductTerms, RoomPrice, TaxLine, divide_half_up, price_room
from serai.rates.selectors import Audience, load_offers


def keep_rooms(quote: Quote, places: Sequence[int], tiers: Sequence[Sequence[CompiledTier]]) -> Quote:
    """The quote of some of its rooms, by their places in it, with the tiers of each; extras stay."""
    return replace(
        quote,
        request=replace(quote.request, rooms=tuple(quote.request.rooms[place] for place in places)),
        rooms=tuple(
            replace(quote.rooms[place], tiers=tuple(own)) for place, own in zip(places, tiers, strict=True)
        ),
        price=replace(quote.price, rooms=tuple(quote.price.rooms[place] for place in places)),
    )


def end_stay(quote: Quote, check_out: dt.date, *, now: dt.datetime) -> Quote:
    """The quote of the same rooms for the nights before `check_out` only.

    Nights keep the prices that were agreed. Taxes are those of the property's rules on these prices; if
    the rules are not those of the booking any more, each tax shrinks with the nights.
    """
    terms = _tax_terms(quote, now=now)
    return replace(
        quote,
        request=replace(quote.request, check_out=check_out),
        price=replace(
            quote.price,
            rooms=tuple(
                cut_room(price, check_out, terms=terms.get(room.product_id), claims=quote.request.exemptions)
                for room, price in zip(quote.rooms, quote.price.rooms, strict=True)
            ),
        ),
    )


def cut_room(
    price: RoomPrice, check_out: dt.date, *, terms: ProductTerms | None, claims: Collection[str] = ()
) -> RoomPrice:
    """One room's price for its nights before `check_out`. `terms` carry nothing but taxes and ages."""
    slept = tuple(night for night in price.nights if night.date < check_out)
    if terms is not None and _taxed(price, price.nights, terms, claims).taxes == price.taxes:
        cut = _taxed(price, slept, terms, claims)
        return RoomPrice(
            party=price.party,
            nights=tuple(
                replace(night, tax_minor=taxed.tax_minor)
                for night, taxed in zip(slept, cut.nights, strict=True)
            ),
            taxes=cut.taxes,
        )
    before, after = len(price.nights), len(slept)
    return RoomPrice(
        party=price.party,
        nights=slept,
        taxes=tuple(
            TaxLine(
                tax.name,
                divide_half_up(tax.amount_minor * after, before),
                tax.is_included,
                tax.is_paid_at_property,
            )
            for tax in price.taxes
        ),
    )


def _taxed(
    price: RoomPrice, nights: Sequence[NightLine], terms: ProductTerms, claims: Collection[str]
) -> RoomPrice:
    """The taxes on nights as they were agreed: what a party costs is in their prices already."""
    agreed = [(night.date, night.amount_minor) for night in nights]
    return price_room(terms, price.party, agreed, exemptions=claims)


def _tax_terms(quote: Quote, *, now: dt.datetime) -> dict[int, ProductTerms]:
    """Each product's taxes and ages, and nothing that would price a night otherwise than it is."""
    offers = load_offers(
        room_type_ids={room.room_type_id for room in quote.rooms},
        check_in=quote.request.check_in,
        check_out=quote.request.check_out,
        now=now,
        audience=Audience(plan_ids=frozenset(room.rate_plan_id for room in quote.rooms)),
        is_explaining=True,
    )
    return {
        offer.product_id: replace(
            offer.terms,
            single_discount_minor=0,
            extra_adult_minor=0,
            extra_child_minor=0,
            child_bands=(),
            adjustments=(),
            promotions=(),
        )
        for offer in offers
    }
