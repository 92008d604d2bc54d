"""Products with their terms, nightly prices and units left, read in a fixed number of queries."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.db import connection

from serai.rates.models import CancellationTier, Product, RatePlan, TaxRule
from serai.rates.rules import Party, ProductTerms, StayPrice, TaxTerm, fits, price_stay


@dataclass(frozen=True)
class PolicyTier:
    """From `hours_before` check-in on (None: from booking on) cancelling costs `value` of `kind`."""

    hours_before: int | None
    kind: str
    value: int


@dataclass(frozen=True)
class ProductOffer:
    """A product as it can be sold for one stay. `nights` is empty when a night has no price.

    `left` is the fewest units left on any night: 0 when a night is closed, full or not opened.
    """

    product_id: int
    property_id: int
    room_type_id: int
    rate_plan_id: int
    rate_plan_name: str
    meals: str
    payment: str
    policy_name: str
    tiers: tuple[PolicyTier, ...]
    terms: ProductTerms
    nights: tuple[tuple[dt.date, int], ...]
    left: int

    def is_sellable(self, parties: Sequence[Party]) -> bool:
        """Whether every room is there, priced, and large enough for its party."""
        return bool(self.nights) and self.left >= len(parties) and self.is_large_enough(parties)

    def is_large_enough(self, parties: Sequence[Party]) -> bool:
        """Whether each party fits into one room."""
        return all(fits(self.terms, party) for party in set(parties))

    def price(self, parties: Sequence[Party]) -> StayPrice:
        """The stay's price with one room per party; needs `nights`."""
        return price_stay(self.terms, self.nights, parties)


def load_offers(*, room_type_ids: Iterable[int], check_in: dt.date, check_out: dt.date) -> list[ProductOffer]:
    """Every active product of the room types for a stay, in six queries however many there are.

    Ordered by room type and rate plan position. Offers that cannot be sold are returned too, with
    empty `nights` or `left == 0`, so that pages can say so.
    """
    wanted = sorted(set(room_type_ids))
    products = list(
        Product.objects.filter(room_type_id__in=wanted)
        .select_related("room_type__property", "rate_plan__policy")
        .order_by("room_type__position", "room_type_id", "rate_plan__position", "rate_plan_id")
    )
    property_ids = {product.room_type.property_id for product in products}
    plans = {
        plan.pk: plan
        for plan in RatePlan.objects.filter(property_id__in=property_ids).only(
            "parent_id", "adjustment_kind", "adjustment_value", "property_id", "is_active"
        )
    }
    taxes: dict[int, list[TaxTerm]] = defaultdict(list)
    for tax in TaxRule.objects.filter(property_id__in=property_ids):
        taxes[tax.property_id].append(tax_term(tax))
    tiers: dict[int, list[PolicyTier]] = defaultdict(list)
    for tier in CancellationTier.objects.filter(policy__property_id__in=property_ids):
        tiers[tier.policy_id].append(PolicyTier(tier.hours_before, tier.kind, tier.value))

    by_pair = {(product.room_type_id, product.rate_plan_id): product for product in products}
    prices = _nightly_prices(
        [product.pk for product in products if plans[product.rate_plan_id].parent_id is None],
        check_in,
        check_out,
    )
    left = _units_left(wanted, check_in, check_out)
    stay_nights = (check_out - check_in).days

    offers = []
    for product in products:
        if not (product.is_active and product.rate_plan.is_active and product.room_type.is_active):
            continue
        if product.rate_plan.payment == RatePlan.Payment.PREPAID and not settings.CARD_GATEWAY:
            continue  # Nobody could pay for it.
        chain = _chain(plans, product.rate_plan_id)
        root = by_pair.get((product.room_type_id, chain[0].pk))
        if root is None:
            continue
        nights = prices.get(root.pk, ())
        room_type, plan = product.room_type, product.rate_plan
        offers.append(
            ProductOffer(
                product_id=product.pk,
                property_id=room_type.property_id,
                room_type_id=room_type.pk,
                rate_plan_id=plan.pk,
                rate_plan_name=plan.name,
                meals=plan.meals,
                payment=plan.payment,
                policy_name=plan.policy.name,
                tiers=tuple(tiers[plan.policy_id]),
                terms=ProductTerms(
                    currency=room_type.property.currency,
                    base_guests=room_type.base_guests,
                    max_adults=room_type.max_adults,
                    max_children=room_type.max_children,
                    max_guests=room_type.max_guests,
                    extra_adult_minor=root.extra_adult_minor,
                    extra_child_minor=root.extra_child_minor,
                    infant_max_age=room_type.property.infant_max_age,
                    child_max_age=room_type.property.child_max_age,
                    adjustments=tuple((link.adjustment_kind, link.adjustment_value) for link in chain[1:]),
                    taxes=tuple(taxes[room_type.property_id]),
                ),
                nights=nights if len(nights) == stay_nights else (),
                left=left.get(room_type.pk, 0),
            )
        )
    return offers


def tax_term(tax: TaxRule) -> TaxTerm:
    """A stored tax as the engine takes it."""
    return TaxTerm(
        name=tax.name,
        kind=tax.kind,
        basis=tax.basis,
        period=tax.period,
        value=tax.value,
        is_included=tax.is_included,
        is_paid_at_property=tax.is_paid_at_property,
        from_minor=tax.from_minor,
        below_minor=tax.below_minor,
    )


def _chain(plans: dict[int, RatePlan], plan_id: int) -> list[RatePlan]:
    """The rate plan and its ancestors, root first."""
    chain = [plans[plan_id]]
    while (parent_id := chain[0].parent_id) is not None:
        chain.insert(0, plans[parent_id])
    return chain


def _nightly_prices(
    product_ids: Sequence[int], check_in: dt.date, check_out: dt.date
) -> dict[int, tuple[tuple[dt.date, int], ...]]:
    """Base prices per root product, by date."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT product_id, array_agg(date ORDER BY date), array_agg(amount_minor ORDER BY date)"
            " FROM rates_nightprice WHERE product_id = ANY(%s) AND date >= %s AND date < %s"
            " GROUP BY product_id",
            [list(product_ids), check_in, check_out],
        )
        return {
            product_id: tuple(zip(dates, amounts, strict=True))
            for product_id, dates, amounts in cursor.fetchall()
        }


def _units_left(room_type_ids: Sequence[int], check_in: dt.date, check_out: dt.date) -> dict[int, int]:
    """The fewest units left on any night; room types that lack a night are absent.

    The table belongs to `inventory` on the same floor, so it is read here by its name.
    Nights under expired holds count as taken until the sweeper or a taker returns them.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT room_type_id,"
            " MIN(CASE WHEN is_closed THEN 0 ELSE GREATEST(allotment + allowance - held - sold, 0) END)"
            " FROM inventory_night WHERE room_type_id = ANY(%s) AND date >= %s AND date < %s"
            " GROUP BY room_type_id HAVING COUNT(*) = %s",
            [list(room_type_ids), check_in, check_out, (check_out - check_in).days],
        )
        return dict(cursor.fetchall())
