"""Why: every step of a product's price for a stay, and every reason for which it cannot be sold.

Hosts see all of it in their calendar, staff and programs too; guests see what concerns them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils.translation import gettext as _

from serai.bookings.errors import NotOffered
from serai.bookings.promotion_reasons import PromotionNote, note_promotions
from serai.bookings.quotes import load_extras
from serai.bookings.rules import CompiledTier, Terms, compile_terms, compile_tiers, merge_terms, merge_tiers
from serai.core.clock import local_date
from serai.core.errors import DomainError
from serai.properties.models import Property
from serai.rates.models import Product, RatePlan
from serai.rates.reasons import describe
from serai.rates.rules import Party, Reason, StayPrice, price_extra
from serai.rates.selectors import PUBLIC, Audience, ProductOffer, load_offers


class UnknownProduct(DomainError):
    """There is no such product, or none that this person may know of."""

    code = "unknown_product"

    def __init__(self) -> None:
        super().__init__(_("There is no such room and rate. Please choose again."))


@dataclass(frozen=True)
class NightUnits:
    """The inventory of one night. `is_open` is false when the night was never put on sale.

    `lapsed` of the held units are under holds that have run out: whoever comes next may have them.
    """

    date: dt.date
    is_open: bool
    is_closed: bool = False
    allotment: int = 0
    allowance: int = 0
    held: int = 0
    sold: int = 0
    lapsed: int = 0

    @property
    def left(self) -> int:
        """How many could be sold at this moment."""
        if not self.is_open or self.is_closed:
            return 0
        return max(self.allotment + self.allowance - self.held - self.sold + self.lapsed, 0)


@dataclass(frozen=True)
class Explanation:
    """What there is to say about a product for a stay. Without `reasons` it can be booked.

    `price` is None when a night has no price. `units` are for hosts; guests get none.
    """

    product_id: int
    property_name: str
    room_type_name: str
    rate_plan_name: str
    timezone: str
    check_in: dt.date
    check_out: dt.date
    parties: tuple[Party, ...]
    reasons: tuple[Reason, ...]
    price: StayPrice | None = None
    promotions: tuple[PromotionNote, ...] = ()
    units: tuple[NightUnits, ...] = ()
    tiers: tuple[CompiledTier, ...] = ()
    terms: Terms = field(default_factory=Terms)

    @property
    def can_be_sold(self) -> bool:
        return not self.reasons

    @property
    def sentences(self) -> list[str]:
        """The reasons in words, each once."""
        return list(dict.fromkeys(describe(reason) for reason in self.reasons))


# What a guest is not told of: a product that is hidden for one of these does not exist for them.
_SECRET = frozenset({"inactive", "needs_code", "unpublished"})


def explain(
    *,
    product_id: int,
    check_in: dt.date,
    check_out: dt.date,
    parties: Sequence[Party],
    now: dt.datetime,
    audience: Audience = PUBLIC,
    as_host: bool = False,
    exemptions: Collection[str] = (),
    extras: Sequence[tuple[int, int]] = (),
) -> Explanation:
    """Everything about one product for `[check_in, check_out)` with a room for each party, as of `now`.

    Thirteen queries, one more with codes and one more with extras, however many nights and rooms.
    Without `as_host` what is not for this audience is `UnknownProduct`, and neither units nor offers that
    need another code are told. Raises `UnknownProduct`, and `NotOffered` for a stay without nights or rooms.
    """
    if check_out <= check_in:
        raise NotOffered(_("The check-out date must be after the check-in date."))
    if not parties:
        raise NotOffered(_("Please choose a room."))
    product = (
        Product.objects.select_related("room_type__property", "rate_plan")
        .defer("room_type__property__description")
        .filter(pk=product_id)
        .first()
    )
    if product is None:
        raise UnknownProduct
    property_ = product.room_type.property
    offer = _find_offer(product, check_in, check_out, now=now, audience=audience)
    priced = _priced_nights(product, check_in, check_out)
    units = _units(product.room_type_id, check_in, check_out, now=now)
    reasons = tuple(_reasons(product, offer, priced, units, parties, check_in, check_out, now=now))
    if not as_host and any(reason.code in _SECRET for reason in reasons):
        raise UnknownProduct
    price = _price(offer, parties, property_.pk, exemptions, extras)
    notes = note_promotions(
        property_id=property_.pk,
        rate_plan_id=product.rate_plan_id,
        check_in=check_in,
        check_out=check_out,
        booking_date=local_date(now, property_.timezone),
        codes=audience.codes,
        saved={ref: amount for ref, _name, amount in price.promotions} if price else {},
    )
    tiers, terms = _terms(offer, price, property_, now=now)
    return Explanation(
        product_id=product.pk,
        property_name=property_.name,
        room_type_name=product.room_type.name,
        rate_plan_name=product.rate_plan.name,
        timezone=property_.timezone,
        check_in=check_in,
        check_out=check_out,
        parties=tuple(parties),
        reasons=reasons if as_host else tuple(_for_guests(reasons)),
        price=price,
        promotions=tuple(note for note in notes if as_host or note.concerns_guests),
        units=units if as_host else (),
        tiers=tiers,
        terms=terms,
    )


def _find_offer(
    product: Product, check_in: dt.date, check_out: dt.date, *, now: dt.datetime, audience: Audience
) -> ProductOffer | None:
    offers = load_offers(
        room_type_ids=[product.room_type_id],
        check_in=check_in,
        check_out=check_out,
        now=now,
        audience=audience,
        is_explaining=True,
    )
    return next((offer for offer in offers if offer.product_id == product.pk), None)


def _reasons(
    product: Product,
    offer: ProductOffer | None,
    priced: frozenset[dt.date],
    units: Sequence[NightUnits],
    parties: Sequence[Party],
    check_in: dt.date,
    check_out: dt.date,
    *,
    now: dt.datetime,
) -> Iterable[Reason]:
    """All that keeps the product from being sold, from the property down to single nights."""
    property_ = product.room_type.property
    if property_.status != Property.Status.PUBLISHED:
        yield Reason("unpublished")
    if check_in < local_date(now, property_.timezone):
        yield Reason("past", check_in)
    if (check_out - check_in).days > settings.MAX_STAY_NIGHTS:
        yield Reason("too_long", limit=settings.MAX_STAY_NIGHTS)
    if offer is None:
        yield Reason("no_parent")
    else:
        yield from offer.reasons
        if not offer.is_large_enough(parties):
            yield Reason("too_small")
        yield from (Reason("no_price", unit.date) for unit in units if unit.date not in priced)
    for unit in units:
        if not unit.is_open:
            yield Reason("not_opened", unit.date)
        elif unit.is_closed:
            yield Reason("closed", unit.date)
        elif unit.left < len(parties):
            yield Reason("sold_out", unit.date, unit.left)


def _for_guests(reasons: Iterable[Reason]) -> Iterable[Reason]:
    """Guests hear that a night is not to be had, not how the house counts its rooms."""
    for reason in reasons:
        yield Reason("closed", reason.date) if reason.code == "not_opened" else reason


def _price(
    offer: ProductOffer | None,
    parties: Sequence[Party],
    property_id: int,
    exemptions: Collection[str],
    extras: Sequence[tuple[int, int]],
) -> StayPrice | None:
    wanted = load_extras(property_id, extras)
    if offer is None or not offer.nights:
        return None
    rooms = offer.price(parties, exemptions=exemptions).rooms
    lines = (price_extra(offer.terms, extra, parties, len(offer.nights)) for extra in wanted)
    return StayPrice(currency=offer.terms.currency, rooms=rooms, extras=tuple(lines))


def _terms(
    offer: ProductOffer | None, price: StayPrice | None, property_: Property, *, now: dt.datetime
) -> tuple[tuple[CompiledTier, ...], Terms]:
    """What cancelling costs from which instant on, and what is due when: as a booking would keep it."""
    if offer is None or price is None:
        return (), Terms()
    tiers, terms = [], []
    for room in price.rooms:
        when: dict[str, Any] = {
            "check_in": offer.nights[0][0],
            "check_in_from": property_.check_in_from,
            "timezone": property_.timezone,
        }
        tiers.append(compile_tiers(tiers=offer.tiers, price=room, **when))
        terms.append(
            compile_terms(
                policy=offer.policy,
                tiers=tiers[-1],
                is_prepaid=offer.payment == RatePlan.Payment.PREPAID,
                booked_at=now,
                price=room,
                **when,
            )
        )
    return tuple(merge_tiers(tiers)), merge_terms(terms)


def _priced_nights(product: Product, check_in: dt.date, check_out: dt.date) -> frozenset[dt.date]:
    """Nights for which the plan at the root of the product's chain has a price for this room."""
    with connection.cursor() as cursor:
        cursor.execute(_PRICED, [product.rate_plan_id, product.room_type_id, check_in, check_out])
        return frozenset(date for (date,) in cursor.fetchall())


_PRICED = """
    WITH RECURSIVE chain AS (
        SELECT id, parent_id FROM rates_rateplan WHERE id = %s
         UNION ALL
        SELECT plan.id, plan.parent_id FROM rates_rateplan AS plan JOIN chain ON plan.id = chain.parent_id
    )
    SELECT price.date
      FROM chain
      JOIN rates_product AS product ON product.rate_plan_id = chain.id AND product.room_type_id = %s
      JOIN rates_nightprice AS price ON price.product_id = product.id
     WHERE chain.parent_id IS NULL AND price.date >= %s AND price.date < %s
"""


def _units(
    room_type_id: int, check_in: dt.date, check_out: dt.date, *, now: dt.datetime
) -> tuple[NightUnits, ...]:
    """The stay's nights, also those that were never opened, with what expired holds still keep."""
    with connection.cursor() as cursor:
        cursor.execute(
            _UNITS,
            {"room_type_id": room_type_id, "check_in": check_in, "check_out": check_out, "now": now},
        )
        rows: Mapping[dt.date, NightUnits] = {
            row[0]: NightUnits(row[0], True, *row[1:]) for row in cursor.fetchall()
        }
    dates = (check_in + dt.timedelta(days=offset) for offset in range((check_out - check_in).days))
    return tuple(rows.get(date) or NightUnits(date, is_open=False) for date in dates)


_UNITS = """
    SELECT night.date, night.is_closed, night.allotment, night.allowance, night.held, night.sold,
           COALESCE((SELECT sum(item.quantity)
                       FROM inventory_hold AS hold
                       JOIN inventory_holditem AS item ON item.hold_id = hold.id
                      WHERE hold.state = 'active' AND hold.expires_at <= %(now)s
                        AND item.room_type_id = night.room_type_id
                        AND item.check_in <= night.date AND item.check_out > night.date), 0)::int
      FROM inventory_night AS night
     WHERE night.room_type_id = %(room_type_id)s
       AND night.date >= %(check_in)s AND night.date < %(check_out)s
"""
