"""Making a quote: load what is offered, price it, compile its terms."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from serai.bookings.block_selectors import BlockRooms, rooms_of_block
from serai.bookings.errors import NotOffered
from serai.bookings.quotes.quote import Quote, QuotedRoom
from serai.bookings.quotes.request import StayRequest
from serai.bookings.rules import CompiledTier, compile_terms, compile_tiers, merge_tiers
from serai.core.clock import local_date
from serai.properties.models import Property
from serai.rates.models import Extra, Product, RatePlan
from serai.rates.reasons import describe
from serai.rates.rules import ExtraTerm, NightLine, Party, Reason, RoomPrice, StayPrice, price_extra
from serai.rates.selectors import Audience, ProductOffer, load_offers

# Goes up when the same inputs would be priced otherwise than before.
ENGINE = 2


def make_quote(*, request: StayRequest, now: dt.datetime, kept: Quote | None = None) -> Quote:
    """Price a stay as it stands now. Does not look at what is left: holding does.

    `kept` is the quote of a booking that is being changed: what its guest has already is not
    restricted anew, and under a policy that freezes rates its nights keep their prices. Raises
    `NotOffered` when a product does not exist, is not on sale for this stay and audience, or is too
    small for its party.
    """
    if not request.rooms:
        raise NotOffered(_("Please choose a room."))
    products = {
        product.pk: product
        for product in Product.objects.select_related("room_type__property").filter(
            pk__in=request.product_ids, room_type__property__status=Property.Status.PUBLISHED
        )
    }
    properties = {product.room_type.property_id for product in products.values()}
    if len(products) < len(request.product_ids) or len(properties) != 1:
        raise NotOffered(_("This room is not on sale any more. Please choose another."))
    property_ = next(iter(products.values())).room_type.property
    check_dates(request=request, property_=property_, now=now, booked=kept.request if kept else None)
    today = local_date(now, property_.timezone)
    group = None if kept else _group(request, products.values(), property_.pk, now=now)
    offers = {
        offer.product_id: _keep(offer, request, kept, today=today) if kept else offer
        for offer in load_offers(
            room_type_ids={product.room_type_id for product in products.values()},
            check_in=request.check_in,
            check_out=request.check_out,
            now=now,
            audience=_audience(request, kept, group),
        )
        if offer.product_id in products
    }
    for product_id in request.product_ids:
        offer = offers.get(product_id)
        if offer is None or not offer.nights:
            raise NotOffered(
                _("This room is not on sale for all of these nights. Please choose other dates.")
            )
        if offer.reasons:
            raise NotOffered(describe(offer.reasons[0]), reasons=offer.reasons)
    return quote_offers(offers=offers, request=request, property_=property_, now=now)


def _audience(request: StayRequest, kept: Quote | None, group: BlockRooms | None) -> Audience:
    """Who asks; a guest keeps the rate and the promotions that were booked, whoever may have them now."""
    plans = {room.rate_plan_id for room in kept.rooms} if kept else set()
    if group:
        plans.add(group.rate_plan_id)
    promotions = kept.price.promotions if kept else []
    return Audience(
        is_member=request.is_member,
        codes=request.codes,
        plan_ids=frozenset(plans),
        promotion_ids=frozenset(ref for ref, _name, _amount in promotions),
    )


def _group(
    request: StayRequest, products: Iterable[Product], property_id: int, *, now: dt.datetime
) -> BlockRooms | None:
    """The rooms of the group that the guest belongs to. Raises `NotOffered` when these are not among them."""
    if request.block_id is None:
        return None
    group = rooms_of_block(
        block_id=request.block_id,
        property_id=property_id,
        check_in=request.check_in,
        check_out=request.check_out,
        now=now,
    )
    if group is None:
        raise NotOffered(_("The rooms of this group have gone back on sale. Please choose a room again."))
    if not all(
        group.covers(rate_plan_id=product.rate_plan_id, room_type_id=product.room_type_id)
        for product in products
    ):
        raise NotOffered(_("Your group has no such room on all of these nights. Please choose other dates."))
    return group


def _keep(offer: ProductOffer, request: StayRequest, kept: Quote, *, today: dt.date) -> ProductOffer:
    """An offer for a changed stay: without restrictions on what was booked already, at frozen prices.

    Another product than the booked ones is what it is for everybody; other guests in a booked one pay by
    the hotel's price of then. Once a stay has begun, what was
    slept in is not priced anew, whatever the policy says.
    """
    booked = kept.request
    frozen: dict[dt.date, int] = {}
    agreed: dict[Party, dict[dt.date, NightLine]] = {}
    is_booked = False
    for room, price in zip(kept.rooms, kept.price.rooms, strict=True):
        if room.product_id == offer.product_id:
            is_booked = True
            if room.terms.change_rates == "frozen" or booked.check_in < today:
                # Nights stored before there were steps do not know their price before the plan's discount.
                kept_nights = {night.date: night for night in price.nights if night.steps}
                frozen |= {date: night.base_minor for date, night in kept_nights.items()}
                agreed[price.party] = kept_nights
    if not is_booked:
        return offer
    return replace(
        offer,
        nights=tuple((date, frozen.get(date, base)) for date, base in offer.nights),
        agreed=agreed,
        reasons=tuple(reason for reason in offer.reasons if _is_new(reason, request, booked)),
    )


def _is_new(reason: Reason, request: StayRequest, booked: StayRequest) -> bool:
    """Whether a broken restriction is about something that the booked stay did not have."""
    if reason.code == "booking_window":
        return False
    if reason.code == "closed_to_departure":
        return request.check_out != booked.check_out
    if reason.code in _ABOUT_NIGHTS:
        is_new = reason.date is None or not booked.check_in <= reason.date < booked.check_out
    elif reason.code in _ABOUT_ARRIVAL:
        is_new = request.check_in != booked.check_in
    else:
        return True
    if reason.code.startswith("min_stay"):
        return is_new or request.nights < booked.nights
    if reason.code.startswith("max_stay"):
        return is_new or request.nights > booked.nights
    return is_new


_ABOUT_NIGHTS = {"stop_sold", "released", "stay_window", "min_stay_through", "max_stay_through"}
_ABOUT_ARRIVAL = {
    "closed_to_arrival",
    "too_early",
    "too_late",
    "past_cutoff",
    "min_stay_arrival",
    "max_stay_arrival",
}


def check_dates(
    *, request: StayRequest, property_: Property, now: dt.datetime, booked: StayRequest | None = None
) -> None:
    """Raise `NotOffered` for stays that are empty, too long, or begin before today at the property.

    A stay that was `booked` and has begun may go on from the day on which it began.
    """
    if request.nights < 1:
        raise NotOffered(_("The check-out date must be after the check-in date."))
    if request.nights > settings.MAX_STAY_NIGHTS:
        raise NotOffered(_("Stays can be up to %(count)s nights.") % {"count": settings.MAX_STAY_NIGHTS})
    has_begun = booked is not None and booked.check_in == request.check_in
    if request.check_in < local_date(now, property_.timezone) and not has_begun:
        raise NotOffered(_("The check-in date has passed. Please choose a later one."))


def quote_offers(
    *,
    offers: Mapping[int, ProductOffer],
    request: StayRequest,
    property_: Property,
    now: dt.datetime,
) -> Quote:
    """Make the quote from offers (by product) that were loaded for the request's nights.

    Raises `NotOffered` when a room is too small for its party or an extra is not there.
    """
    priced: dict[tuple[int, Party], RoomPrice] = {}
    for product_id in request.product_ids:
        offer = offers[product_id]
        parties = [room.party for room in request.rooms if room.product_id == product_id]
        if not offer.is_large_enough(parties):
            raise NotOffered(_("This room is too small for your party. Please choose another or add a room."))
        prices = offer.price(parties, exemptions=request.exemptions).rooms
        priced |= {(product_id, party): price for party, price in zip(parties, prices, strict=True)}
    rooms = [(offers[room.product_id], priced[room.product_id, room.party]) for room in request.rooms]
    terms = rooms[0][0].terms
    return Quote(
        request=request,
        property_id=property_.pk,
        rooms=tuple(_quoted_room(offer, price, request, property_, now) for offer, price in rooms),
        price=StayPrice(
            currency=terms.currency,
            rooms=tuple(price for _offer, price in rooms),
            extras=tuple(
                price_extra(terms, extra, request.parties, request.nights)
                for extra in load_extras(property_.pk, request.extras)
            ),
        ),
        issued_at=now,
        expires_at=now + dt.timedelta(seconds=settings.QUOTE_SECONDS),
        company=next((offer.company for offer, _price in rooms if offer.company), ""),
        versions=_versions(offers[product_id] for product_id in request.product_ids),
    )


def _quoted_room(
    offer: ProductOffer, price: RoomPrice, request: StayRequest, property_: Property, now: dt.datetime
) -> QuotedRoom:
    when: dict[str, Any] = {
        "check_in": request.check_in,
        "check_in_from": property_.check_in_from,
        "timezone": property_.timezone,
        "price": price,
    }
    tiers = compile_tiers(tiers=offer.tiers, **when)
    return QuotedRoom(
        product_id=offer.product_id,
        room_type_id=offer.room_type_id,
        room_type_name=offer.room_type_name,
        rate_plan_id=offer.rate_plan_id,
        rate_plan_name=offer.rate_plan_name,
        meals=offer.meals,
        payment=offer.payment,
        policy_name=offer.policy_name,
        tiers=tuple(tiers),
        terms=compile_terms(
            policy=offer.policy,
            tiers=tiers,
            is_prepaid=offer.payment == RatePlan.Payment.PREPAID,
            booked_at=now,
            **when,
        ),
    )


def tiers_of_offer(offer: ProductOffer, price: StayPrice) -> list[CompiledTier]:
    """What cancelling all rooms of a priced offer costs when."""
    compiled = {
        room: compile_tiers(
            tiers=offer.tiers,
            check_in=offer.nights[0][0],
            check_in_from=offer.check_in_from,
            timezone=offer.timezone,
            price=room,
        )
        for room in set(price.rooms)
    }
    return merge_tiers([compiled[room] for room in price.rooms])


def load_extras(property_id: int, wanted: Sequence[tuple[int, int]]) -> list[ExtraTerm]:
    """The extras of a property with how many are wanted of each. Raises `NotOffered`."""
    if not wanted:
        return []
    stored = Extra.objects.filter(property_id=property_id, is_active=True).in_bulk(
        [extra_id for extra_id, _quantity in wanted]
    )
    terms = []
    for extra_id, quantity in wanted:
        extra = stored.get(extra_id)
        if extra is None or not 1 <= quantity <= extra.max_quantity:
            raise NotOffered(_("One of the extras is not offered like this. Please choose again."))
        terms.append(ExtraTerm(extra.pk, extra.name, extra.amount_minor, extra.basis, extra.period, quantity))
    return terms


def _versions(offers: Iterable[ProductOffer]) -> dict[str, str]:
    versions = {"engine": str(ENGINE)}
    for offer in offers:
        terms = offer.terms
        for name, part in (
            ("nights", offer.nights),
            ("rules", replace(terms, taxes=())),
            ("taxes", terms.taxes),
            ("policy", offer.policy),
        ):
            versions[f"{offer.product_id}.{name}"] = hashlib.sha256(repr(part).encode()).hexdigest()[:12]
    return versions
