"""Pieces of a priced stay as several pages show them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from serai.bookings.quotes import Quote
from serai.bookings.rules import CompiledTier
from serai.properties.models import RoomType
from serai.rates.rules import StayPrice
from serai.rates.selectors import load_offers


@dataclass(frozen=True)
class PolicyStep:
    """One stretch of time on the cancellation timeline; `from_at`/`until_at` are instants or None."""

    from_at: dt.datetime | None
    until_at: dt.datetime | None
    penalty_minor: int
    tone: str
    is_now: bool


def policy_steps(
    tiers: Sequence[CompiledTier], *, end: dt.datetime, whole_minor: int, now: dt.datetime
) -> list[PolicyStep]:
    """The timeline from now to check-in: what cancelling costs when. Steps that are over are left out."""
    marks: list[tuple[dt.datetime | None, int]] = [(None, 0)]
    for tier in tiers:
        if tier.from_at is None:
            marks[0] = (None, tier.penalty_minor)
        elif tier.penalty_minor != marks[-1][1]:
            marks.append((tier.from_at, tier.penalty_minor))
    steps = []
    for index, (from_at, penalty) in enumerate(marks):
        until_at = marks[index + 1][0] if index + 1 < len(marks) else None
        if until_at is not None and until_at <= now:
            continue
        tone = "success" if penalty == 0 else "error" if penalty >= whole_minor else "warning"
        is_now = from_at is None or from_at <= now
        steps.append(
            PolicyStep(
                from_at=from_at,
                until_at=until_at if until_at is not None else (end if penalty == 0 else None),
                penalty_minor=penalty,
                tone=tone,
                is_now=is_now,
            )
        )
    return steps


@dataclass(frozen=True)
class Alternative:
    """Another room of the same hotel that is still there for the same stay."""

    room_type: RoomType
    rate_plan_name: str
    product_id: int
    price: StayPrice
    left: int


def stay_alternatives(quote: Quote) -> list[Alternative]:
    """What the hotel still has for the quote's stay and party, cheapest first, one per room type."""
    room_types = {
        room_type.pk: room_type
        for room_type in RoomType.objects.filter(property_id=quote.property_id, is_active=True)
    }
    offers = load_offers(
        room_type_ids=room_types, check_in=quote.request.check_in, check_out=quote.request.check_out
    )
    best: dict[int, Alternative] = {}
    for offer in offers:
        if not offer.is_sellable(quote.parties):
            continue
        price = offer.price(quote.parties)
        known = best.get(offer.room_type_id)
        if known is None or price.total_minor < known.price.total_minor:
            best[offer.room_type_id] = Alternative(
                room_type=room_types[offer.room_type_id],
                rate_plan_name=offer.rate_plan_name,
                product_id=offer.product_id,
                price=price,
                left=offer.left,
            )
    return sorted(best.values(), key=lambda alternative: alternative.price.total_minor)
