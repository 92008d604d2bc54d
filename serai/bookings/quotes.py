"""Quotes: what was priced, on which terms, until when; signed, so that nobody has to store them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core import signing
from django.utils.translation import gettext as _

from serai.bookings.errors import NotOffered, QuoteExpired, QuoteInvalid
from serai.bookings.rules import CompiledTier, compile_tiers, tiers_from_json
from serai.core.clock import local_date
from serai.properties.models import Property
from serai.rates.models import Product
from serai.rates.rules import Party, StayPrice, split_party, stay_price_from_json
from serai.rates.selectors import ProductOffer, load_offers

SALT = "serai.bookings.quote"


@dataclass(frozen=True)
class StayRequest:
    """What a guest wants: `rooms` rooms of a product for `[check_in, check_out)`, property-local."""

    product_id: int
    check_in: dt.date
    check_out: dt.date
    party: Party
    rooms: int = 1

    @property
    def nights(self) -> int:
        return (self.check_out - self.check_in).days


@dataclass(frozen=True)
class Quote:
    """A priced stay. Two quotes with equal `terms` cost the same under the same conditions."""

    request: StayRequest
    property_id: int
    room_type_id: int
    room_type_name: str
    rate_plan_id: int
    rate_plan_name: str
    meals: str
    payment: str
    policy_name: str
    price: StayPrice
    tiers: tuple[CompiledTier, ...]
    issued_at: dt.datetime
    expires_at: dt.datetime

    @property
    def terms(self) -> tuple[object, ...]:
        """What must not differ between quoting and holding."""
        return (self.price, self.tiers, self.meals, self.payment)

    @property
    def parties(self) -> list[Party]:
        """Who sleeps in which room."""
        return split_party(self.request.party, self.request.rooms)

    @property
    def token(self) -> str:
        """The quote, signed and packed for a form field."""
        return signing.dumps(self.as_json(), salt=SALT, compress=True)

    def as_json(self) -> dict[str, Any]:
        """Plain values; `quote_from_json` reads them back."""
        return {
            "product_id": self.request.product_id,
            "check_in": self.request.check_in.isoformat(),
            "check_out": self.request.check_out.isoformat(),
            "adults": self.request.party.adults,
            "children_ages": list(self.request.party.children_ages),
            "rooms": self.request.rooms,
            "property_id": self.property_id,
            "room_type_id": self.room_type_id,
            "room_type_name": self.room_type_name,
            "rate_plan_id": self.rate_plan_id,
            "rate_plan_name": self.rate_plan_name,
            "meals": self.meals,
            "payment": self.payment,
            "policy_name": self.policy_name,
            "price": self.price.as_json(),
            "tiers": [tier.as_json() for tier in self.tiers],
            "issued_at": self.issued_at.isoformat(),
            "expires_at": self.expires_at.isoformat(),
        }


def quote_from_json(data: dict[str, Any]) -> Quote:
    """The inverse of `Quote.as_json`."""
    return Quote(
        request=StayRequest(
            product_id=data["product_id"],
            check_in=dt.date.fromisoformat(data["check_in"]),
            check_out=dt.date.fromisoformat(data["check_out"]),
            party=Party(data["adults"], tuple(data["children_ages"])),
            rooms=data["rooms"],
        ),
        property_id=data["property_id"],
        room_type_id=data["room_type_id"],
        room_type_name=data["room_type_name"],
        rate_plan_id=data["rate_plan_id"],
        rate_plan_name=data["rate_plan_name"],
        meals=data["meals"],
        payment=data["payment"],
        policy_name=data["policy_name"],
        price=stay_price_from_json(data["price"]),
        tiers=tuple(tiers_from_json(data["tiers"])),
        issued_at=dt.datetime.fromisoformat(data["issued_at"]),
        expires_at=dt.datetime.fromisoformat(data["expires_at"]),
    )


def read_quote(token: str, *, now: dt.datetime) -> Quote:
    """Open a signed token. Raises `QuoteInvalid`, or `QuoteExpired` after `expires_at`."""
    try:
        quote = quote_from_json(signing.loads(token, salt=SALT))
    except (signing.BadSignature, KeyError, TypeError, ValueError) as error:
        raise QuoteInvalid from error
    if quote.expires_at < now:
        raise QuoteExpired
    return quote


def make_quote(*, request: StayRequest, now: dt.datetime) -> Quote:
    """Price a stay as it stands now. Does not look at what is left: holding does.

    Raises `NotOffered` when the product does not exist, is not on sale, has no price for a night,
    or is too small for the party.
    """
    product = (
        Product.objects.select_related("room_type__property")
        .filter(pk=request.product_id, room_type__property__status=Property.Status.PUBLISHED)
        .first()
    )
    if product is None:
        raise NotOffered(_("This room is not on sale any more. Please choose another."))
    check_dates(request=request, property_=product.room_type.property, now=now)
    offer = next(
        (
            offer
            for offer in load_offers(
                room_type_ids=[product.room_type_id], check_in=request.check_in, check_out=request.check_out
            )
            if offer.product_id == product.pk
        ),
        None,
    )
    if offer is None or not offer.nights:
        raise NotOffered(_("This room is not on sale for all of these nights. Please choose other dates."))
    return quote_offer(
        offer=offer,
        request=request,
        property_=product.room_type.property,
        room_name=product.room_type.name,
        now=now,
    )


def check_dates(*, request: StayRequest, property_: Property, now: dt.datetime) -> None:
    """Raise `NotOffered` for stays that are empty, too long, or begin before today at the property."""
    if request.nights < 1:
        raise NotOffered(_("The check-out date must be after the check-in date."))
    if request.nights > settings.MAX_STAY_NIGHTS:
        raise NotOffered(_("Stays can be up to %(count)s nights.") % {"count": settings.MAX_STAY_NIGHTS})
    if request.check_in < local_date(now, property_.timezone):
        raise NotOffered(_("The check-in date has passed. Please choose a later one."))


def quote_offer(
    *, offer: ProductOffer, request: StayRequest, property_: Property, room_name: str, now: dt.datetime
) -> Quote:
    """Make the quote for an offer that was loaded for the request's nights. Raises `NotOffered`."""
    try:
        parties = split_party(request.party, request.rooms)
    except ValueError as error:
        raise NotOffered(_("Every room needs at least one adult.")) from error
    if not offer.is_large_enough(parties):
        raise NotOffered(_("This room is too small for your party. Please choose another or add a room."))
    price = offer.price(parties)
    return Quote(
        request=request,
        property_id=property_.pk,
        room_type_id=offer.room_type_id,
        room_type_name=room_name,
        rate_plan_id=offer.rate_plan_id,
        rate_plan_name=offer.rate_plan_name,
        meals=offer.meals,
        payment=offer.payment,
        policy_name=offer.policy_name,
        price=price,
        tiers=tuple(
            compile_tiers(
                tiers=offer.tiers,
                check_in=request.check_in,
                check_in_from=property_.check_in_from,
                timezone=property_.timezone,
                price=price,
            )
        ),
        issued_at=now,
        expires_at=now + dt.timedelta(seconds=settings.QUOTE_SECONDS),
    )
