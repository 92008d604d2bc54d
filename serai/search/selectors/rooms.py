"""A room type on a property's page: what it can be booked for, and what keeps its other rates from it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from urllib.parse import urlencode

from serai.bookings.quotes import tiers_of_offer
from serai.bookings.rules import CompiledTier, free_until, is_always_free, penalty_at
from serai.properties.models import Photo, RoomType
from serai.rates.reasons import describe, describe_remedy
from serai.rates.rules import Party, Reason, StayPrice
from serai.rates.selectors import ProductOffer
from serai.search.requests import MAX_ROOMS, Stay

SCARCE_UNITS = 5
# Rates that exist, but not for this guest: they are not shown. Members' rates are told of by their price.
HIDDEN = frozenset({"inactive", "no_card", "needs_code"})
# Rates that nobody can book today or for this season: naming them would only disappoint.
OUT_OF_SEASON = frozenset({"booking_window", "stay_window"})
SHORTER = frozenset({"max_stay_arrival", "max_stay_through"})
LONGER = frozenset({"min_stay_arrival", "min_stay_through"})


def total_without_promotions(offer: ProductOffer, price: StayPrice, parties: Sequence[Party]) -> int:
    """What the stay would cost without offers, taxes included."""
    if not price.saved_minor:
        return price.total_minor
    plain = replace(offer, terms=replace(offer.terms, promotions=()))
    return plain.price(parties).total_minor


@dataclass(frozen=True)
class OfferDetail:
    """A rate of a room that can be booked for the stay, with the engine's whole price.

    `before_minor` is the total without offers. With `is_part` the price is that of one room for
    `parties`, because the whole party does not fit: several rooms together may hold it.
    """

    offer: ProductOffer
    price: StayPrice
    tiers: tuple[CompiledTier, ...]
    now: dt.datetime
    before_minor: int = 0
    is_part: bool = False

    @property
    def saved_minor(self) -> int:
        """What offers take off, taxes included."""
        return max(self.before_minor - self.price.total_minor, 0)

    @property
    def most_rooms(self) -> int:
        """How many of it can be chosen at once."""
        return min(self.offer.left, MAX_ROOMS)

    @cached_property
    def is_free_to_cancel(self) -> bool:
        """Whether cancelling costs nothing at this moment."""
        return penalty_at(self.tiers, self.now) == 0

    @cached_property
    def is_always_free(self) -> bool:
        return is_always_free(self.tiers)

    @cached_property
    def free_until_at(self) -> dt.datetime | None:
        """Until when cancelling is free, if it is free now and will not be for ever."""
        return free_until(self.tiers) if self.is_free_to_cancel else None

    @cached_property
    def is_refundable_in_part(self) -> bool:
        """Whether cancelling now costs something, but not all."""
        return 0 < penalty_at(self.tiers, self.now) < self.price.prepayable_minor

    @cached_property
    def per_night_minor(self) -> int:
        """The total divided by nights and rooms, for comparing only."""
        return self.price.total_minor // max(len(self.price.nights) * len(self.price.rooms), 1)


@dataclass(frozen=True)
class RestrictedRates:
    """Rates of a room that this stay cannot have, all for the same reasons.

    `remedy` says which length of stay would do, and `remedy_query` is that stay as a query string; both
    are empty when only other dates would.
    """

    names: str
    sentences: Sequence[str]
    remedy: str = ""
    remedy_query: str = ""


@dataclass(frozen=True)
class RoomDetail:
    """A room type and what it can be booked for. `state` says why `offers` may be empty.

    `parts` are rates for a part of the party, when it needs several rooms. For `restricted` rooms
    `reasons` are the sentences of all their rates. `member_minor` is what members would pay, if less.
    `waits_for_product_id` is what a guest can wait for when nothing is left.
    """

    room_type: RoomType
    photos: Sequence[Photo]
    offers: Sequence[OfferDetail]
    left: int
    state: str
    reasons: Sequence[str] = ()
    parts: Sequence[OfferDetail] = ()
    restricted: Sequence[RestrictedRates] = ()
    member_minor: int | None = None
    waits_for_product_id: int | None = None

    @cached_property
    def scarce_units(self) -> int | None:
        """How many are left when they are few."""
        return self.left if (self.offers or self.parts) and self.left <= SCARCE_UNITS else None


def describe_room(
    room_type: RoomType,
    photos: Sequence[Photo],
    offers: Sequence[ProductOffer],
    stay: Stay,
    *,
    now: dt.datetime,
) -> RoomDetail:
    """A room for a stay, from all of its offers, also those that are hidden from this guest."""
    parties = stay.guests.parties
    shown = [offer for offer in offers if not _codes(offer) & (HIDDEN | {"members_only"})]
    left = max((offer.left for offer in shown), default=0)
    sellable = [offer for offer in shown if offer.is_sellable(parties)]
    state = _state(shown, sellable, left, parties)
    details = [_detail(offer, parties, now=now) for offer in sellable]
    return RoomDetail(
        room_type,
        photos,
        details,
        left=left,
        state=state,
        reasons=_sentences(shown) if state == "restricted" else (),
        parts=_parts(shown, stay, now=now) if state in {"too_small", "too_few"} else (),
        restricted=_restricted([offer for offer in shown if offer not in sellable], stay),
        member_minor=_member_price(offers, details, parties),
        waits_for_product_id=_waits_for(shown, parties) if state in {"sold_out", "too_few"} else None,
    )


def _waits_for(shown: Sequence[ProductOffer], parties: Sequence[Party]) -> int | None:
    """The first product for everybody that could be sold for the stay if there were room."""
    return next(
        (
            offer.product_id
            for offer in shown
            if offer.is_offered and offer.is_large_enough(parties) and offer.audience in {"public", "members"}
        ),
        None,
    )


def _codes(offer: ProductOffer) -> set[str]:
    return {reason.code for reason in offer.reasons}


def _state(
    shown: Sequence[ProductOffer], sellable: Sequence[ProductOffer], left: int, parties: Sequence[Party]
) -> str:
    if sellable:
        return "available"
    if shown and not any(offer.is_large_enough(parties) for offer in shown):
        return "too_small"
    if 0 < left < len(parties):
        return "too_few"
    if left and not any(offer.nights for offer in shown):
        return "no_price"
    if left and any(offer.nights and offer.reasons for offer in shown):
        return "restricted"
    return "sold_out"


def _detail(
    offer: ProductOffer, parties: Sequence[Party], *, now: dt.datetime, is_part: bool = False
) -> OfferDetail:
    price = offer.price(parties)
    return OfferDetail(
        offer,
        price,
        tuple(tiers_of_offer(offer, price)),
        now,
        before_minor=total_without_promotions(offer, price, parties),
        is_part=is_part,
    )


def _parts(shown: Sequence[ProductOffer], stay: Stay, *, now: dt.datetime) -> list[OfferDetail]:
    """One room for as many adults as it holds; only for parties that could take several rooms."""
    if stay.guests.adults < 2:
        return []
    return [
        _detail(
            offer,
            [Party(min(stay.guests.adults, offer.terms.max_adults, offer.terms.max_guests))],
            now=now,
            is_part=True,
        )
        for offer in shown
        if offer.is_offered and offer.left
    ]


def _sentences(offers: Sequence[ProductOffer]) -> tuple[str, ...]:
    return tuple(
        dict.fromkeys(
            describe(reason) for offer in offers if offer.nights and offer.left for reason in offer.reasons
        )
    )


def _restricted(offers: Sequence[ProductOffer], stay: Stay) -> list[RestrictedRates]:
    """Rates with rooms left and prices that some restriction keeps from this stay."""
    parties = stay.guests.parties
    groups: dict[tuple[Reason, ...], list[str]] = {}
    for offer in offers:
        if (
            offer.reasons
            and offer.nights
            and offer.left >= len(parties)
            and offer.is_large_enough(parties)
            and not _codes(offer) & OUT_OF_SEASON
        ):
            groups.setdefault(offer.reasons, []).append(offer.rate_plan_name)
    rates = []
    for reasons, names in groups.items():
        other = _other_length(reasons, stay)
        rates.append(
            RestrictedRates(
                names=", ".join(names),
                sentences=tuple(dict.fromkeys(describe(reason) for reason in reasons)),
                remedy=describe_remedy(other, stay.nights) if other else "",
                remedy_query=urlencode(_of_length(stay, other.limit or 1).query_items()) if other else "",
            )
        )
    return rates


def _other_length(reasons: Sequence[Reason], stay: Stay) -> Reason | None:
    """The reason whose limit all of them accept, when only the number of nights is wrong."""
    codes = {reason.code for reason in reasons}
    if codes <= LONGER:
        return max(reasons, key=lambda reason: reason.limit or 0)
    if codes <= SHORTER:
        return min(reasons, key=lambda reason: reason.limit or 0)
    return None


def _of_length(stay: Stay, nights: int) -> Stay:
    return replace(stay, check_out=stay.check_in + dt.timedelta(days=nights))


def _member_price(
    offers: Sequence[ProductOffer], details: Sequence[OfferDetail], parties: Sequence[Party]
) -> int | None:
    """The lowest total that signing in alone would open, when it is below all others."""
    totals = [
        offer.price(parties).total_minor
        for offer in offers
        if _codes(offer) == {"members_only"}
        and offer.nights
        and offer.left >= len(parties)
        and offer.is_large_enough(parties)
    ]
    lowest = min(totals, default=None)
    if lowest is None or any(detail.price.total_minor <= lowest for detail in details):
        return None
    return lowest
