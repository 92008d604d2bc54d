"""Choosing several rooms of several types at once: who sleeps where, and what it all costs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from serai.bookings.block_selectors import with_block
from serai.bookings.errors import NotOffered
from serai.bookings.quotes import Quote, RoomRequest, StayRequest, make_quote
from serai.inventory.counters import find_shortages, read_left
from serai.inventory.services import Claim, merge_claims
from serai.properties.models import Property, RoomType
from serai.rates.models import Product
from serai.rates.rules import Party, ProductTerms
from serai.search.requests import MAX_ROOMS, Stay
from serai.search.sharing import share_party


def choose_rooms(
    *, property_: Property, stay: Stay, quantities: Mapping[int, int], is_member: bool, now: dt.datetime
) -> Quote:
    """The quote of so many rooms of each product, with the stay's guests shared out over them.

    Raises `NotOffered` with what is missing: no room, too many, too few places or adults, none left.
    """
    wanted = {product_id: count for product_id, count in quantities.items() if count > 0}
    if not wanted:
        raise NotOffered(_("Please choose a room."))
    if sum(wanted.values()) > MAX_ROOMS:
        raise NotOffered(_("At most %(most)d rooms can be booked at once.") % {"most": MAX_ROOMS})
    products = list(
        Product.objects.filter(pk__in=wanted, room_type__property=property_)
        .select_related("room_type")
        .order_by("room_type__position", "room_type_id", "rate_plan__position", "rate_plan_id")
    )
    if len(products) < len(wanted):
        raise NotOffered(_("This room is not on sale any more. Please choose another."))
    rooms = [product for product in products for _room in range(wanted[product.pk])]
    parties = _share(stay.guests.party, rooms, property_)
    request = StayRequest(
        check_in=stay.check_in,
        check_out=stay.check_out,
        rooms=tuple(
            RoomRequest(product.pk, party, needs_accessible=stay.needs_accessible and index == 0)
            for index, (product, party) in enumerate(zip(rooms, parties, strict=True))
        ),
        codes=stay.codes,
        is_member=is_member,
    )
    quote = make_quote(request=with_block(request, property_id=property_.pk, now=now), now=now)
    if quote.request.block_id is None:
        _require_left(quote)  # What a block has left is for holding to say.
    return quote


def _share(party: Party, rooms: list[Product], property_: Property) -> list[Party]:
    if party.adults < len(rooms):
        raise NotOffered(
            ngettext(
                "Each room needs an adult: with %(adults)d adult you can book one room.",
                "Each room needs an adult: with %(adults)d adults you can book up to %(adults)d rooms.",
                party.adults,
            )
            % {"adults": party.adults}
        )
    shared = share_party(party, [_places(product.room_type, property_) for product in rooms])
    if isinstance(shared, int):
        raise NotOffered(
            ngettext(
                "%(count)d of your guests has no place yet: add a room or choose a larger one.",
                "%(count)d of your guests have no place yet: add a room or choose a larger one.",
                shared,
            )
            % {"count": shared}
        )
    return shared


def _places(room_type: RoomType, property_: Property) -> ProductTerms:
    """As much of a product's terms as says who fits."""
    return ProductTerms(
        currency=property_.currency,
        base_guests=room_type.base_guests,
        max_adults=room_type.max_adults,
        max_children=room_type.max_children,
        max_guests=room_type.max_guests,
        infant_max_age=property_.infant_max_age,
        child_max_age=property_.child_max_age,
    )


def _require_left(quote: Quote) -> None:
    """Say it now when two rates of one room take more than there is; holding decides later."""
    request = quote.request
    claims = merge_claims(
        Claim(room.room_type_id, request.check_in, request.check_out, 1) for room in quote.rooms
    )
    short = {shortage.room_type_id: shortage.left for shortage in find_shortages(claims, read_left(claims))}
    for room in quote.rooms:
        if room.room_type_id in short:
            left = max(short[room.room_type_id], 0)
            raise NotOffered(
                ngettext(
                    "Only %(count)d room of “%(name)s” is left for these dates.",
                    "Only %(count)d rooms of “%(name)s” are left for these dates.",
                    left,
                )
                % {"count": left, "name": room.room_type_name}
            )
