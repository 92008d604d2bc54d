"""What the wizard writes: the standard pair of plans with prices, and seasons.

It changes what its page shows and nothing else; terms that hosts set on other pages stay.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Case, Exists, IntegerField, OuterRef, Value, When
from django.utils.translation import gettext as _

from serai.core.db import write_transaction
from serai.properties.models import Property
from serai.rates.models import CancellationPolicy, CancellationTier, Product, RatePlan, Season
from serai.rates.services.children import GuestPrice, write_guest_prices
from serai.rates.services.policies import TierDraft, write_policy
from serai.rates.services.prices import DerivedPriceError, fill_products
from serai.rates.services.products import (
    create_plan,
    ensure_products,
    ensure_products_of_property,
    lock_property,
    tell_change,
)
from serai.rates.services.taxes import TaxDraft, write_taxes

BASIS_POINTS = 100  # in one percent
MOST_SIMPLE_TIERS = 6


@dataclass(frozen=True)
class SeasonDraft:
    """Nights `[start_date, end_date]` that cost `percent` more (or, negative, less)."""

    name: str
    start_date: dt.date
    end_date: dt.date
    percent: int


@dataclass(frozen=True)
class RoomRate:
    """What one room type costs a night, in minor units.

    `weekday_minor` has a price for each weekday, Monday first; None there is the base price.
    `child_prices` has a price for each age band by its highest age. The single discount and child
    prices that are None stay as they are stored.
    """

    room_type_id: int
    base_minor: int
    weekday_minor: Sequence[int | None] | None = None
    extra_adult_minor: int = 0
    extra_child_minor: int = 0
    single_discount_minor: int | None = None
    child_prices: Mapping[int, int | None] | None = None


def save_rates(
    *,
    property_id: int,
    rates: Sequence[RoomRate],
    meals: str,
    non_refundable_percent: int | None,
    seasons: Sequence[SeasonDraft],
    first: dt.date,
    last: dt.date,
    now: dt.datetime,
) -> list[int]:
    """Write the standard pair of plans, the price of each room type, and the seasons.

    The flexible plan carries the prices; the non-refundable one, if `non_refundable_percent` is
    given, costs that many whole percent less and is paid at once. Nights in `[first, last]` of
    products whose price or seasons changed are filled anew; other nights keep what the calendar says.
    Returns the ids of the products that were filled. Raises `ChildrenInvalid`, and `RatePlanInvalid`
    when a plan of another kind has the name of one that is to be made. Locks the property.
    """
    with write_transaction():
        property = lock_property(property_id)
        flexible, meals_before = _save_flexible_plan(property, meals=meals)
        _save_non_refundable_plan(
            property,
            parent=flexible,
            percent=non_refundable_percent,
            meals=meals,
            meals_before=meals_before,
        )
        is_every_price_new = _replace_seasons(property_id, seasons)
        ensure_products_of_property(property_id, [rate.room_type_id for rate in rates])
        filled = _write_room_rates(property, flexible, rates, is_every_price_new=is_every_price_new)
        fill_products(product_ids=filled, first=first, last=last, now=now)
        tell_change(property_id, now=now)
        return filled


def save_standard_terms(
    *,
    property_id: int,
    tiers: Sequence[TierDraft],
    taxes: Sequence[TaxDraft],
    shown_tax_ids: Collection[int],
    now: dt.datetime,
) -> None:
    """Write how the flexible plan is cancelled, and the taxes; see `save_taxes` for `shown_tax_ids`.

    Tiers that the wizard cannot show, and all other terms of the policy, stay as they are. Raises
    `PolicyInvalid` and `TaxInvalid`. Locks the property.
    """
    with write_transaction():
        lock_property(property_id)
        plan = find_flexible_plan(property_id)
        if plan is not None and has_simple_tiers(plan.policy):
            write_policy(property_id, policy_id=plan.policy_id, name=plan.policy.name, tiers=tiers)
        write_taxes(property_id, taxes=taxes, shown_ids=shown_tax_ids)
        tell_change(property_id, now=now)


def has_simple_tiers(policy: CancellationPolicy) -> bool:
    """Whether the wizard can show the policy's tiers: few, in hours, each costing percent or nights."""
    tiers = list(policy.tiers.all())
    kinds = {CancellationTier.Kind.PERCENT, CancellationTier.Kind.NIGHTS}
    return len(tiers) <= MOST_SIMPLE_TIERS and all(
        tier.days_before is None and tier.kind in kinds and 1 <= tier.value <= 100 for tier in tiers
    )


def save_plan_prices(
    *,
    property_id: int,
    plan_id: int,
    rates: Sequence[RoomRate],
    first: dt.date,
    last: dt.date,
    now: dt.datetime,
) -> list[int]:
    """Write what the rooms of a plan without parent cost; fill `[first, last]` where that is new.

    Returns the ids of the products that were filled. Raises `ChildrenInvalid`; `DerivedPriceError` when
    the plan takes its prices from another; `RatePlan.DoesNotExist` when it is not this property's.
    Locks the property.
    """
    with write_transaction():
        property = lock_property(property_id)
        plan = RatePlan.objects.get(pk=plan_id, property_id=property_id)
        if plan.parent_id is not None:
            raise DerivedPriceError(
                _("“%(plan)s” takes its prices from another rate plan. Change that one instead.")
                % {"plan": plan.name}
            )
        rooms = set(property.room_types.filter(is_active=True).values_list("pk", flat=True))
        ours = [rate for rate in rates if rate.room_type_id in rooms]
        ensure_products(plan, [rate.room_type_id for rate in ours])
        filled = _write_room_rates(property, plan, ours, is_every_price_new=False)
        fill_products(product_ids=filled, first=first, last=last, now=now)
        tell_change(property_id, now=now)
        return filled


def _write_room_rates(
    property: Property, plan: RatePlan, rates: Sequence[RoomRate], *, is_every_price_new: bool
) -> list[int]:
    """Write the prices of a plan's products; return those whose nights must be filled anew."""
    products = {product.room_type_id: product for product in plan.products.select_for_update().order_by("id")}
    filled = []
    for rate in rates:
        product = products[rate.room_type_id]
        prices_before = (product.base_minor, product.weekday_minor)
        weekdays = None if rate.weekday_minor is None else list(rate.weekday_minor)
        product.base_minor = rate.base_minor
        product.weekday_minor = weekdays
        product.extra_adult_minor = rate.extra_adult_minor
        product.extra_child_minor = rate.extra_child_minor
        if is_every_price_new or prices_before != (rate.base_minor, weekdays):
            filled.append(product.pk)
    Product.objects.bulk_update(
        [products[rate.room_type_id] for rate in rates],
        ["base_minor", "weekday_minor", "extra_adult_minor", "extra_child_minor"],
    )
    write_guest_prices(
        property,
        [
            GuestPrice(products[rate.room_type_id].pk, rate.single_discount_minor, rate.child_prices)
            for rate in rates
        ],
    )
    return filled


def find_flexible_plan(property_id: int) -> RatePlan | None:
    """The plan that carries the prices: the property's first public one without a parent."""
    return (
        RatePlan.objects.select_related("policy")
        .prefetch_related("policy__tiers")
        .filter(property_id=property_id, parent=None)
        .order_by("-is_active", _public_first(), "position", "id")
        .first()
    )


def find_non_refundable_plan(flexible: RatePlan) -> RatePlan | None:
    """The prepaid plan that everybody may book at some percent less than the flexible one, on sale or not.

    Of several, the one is meant whose policy gives nothing back from booking on.
    """
    gives_nothing_back = CancellationTier.objects.filter(
        policy=OuterRef("policy"),
        hours_before=None,
        days_before=None,
        kind=CancellationTier.Kind.PERCENT,
        value=100,
    )
    return (
        RatePlan.objects.filter(
            parent=flexible,
            payment=RatePlan.Payment.PREPAID,
            adjustment_kind=RatePlan.Adjustment.PERCENT,
            audience=RatePlan.Audience.PUBLIC,
            # What the wizard can say: between 1 and 80 percent cheaper.
            adjustment_value__range=(-80 * BASIS_POINTS, -BASIS_POINTS),
        )
        .annotate(gives_nothing_back=Exists(gives_nothing_back))
        .order_by("-gives_nothing_back", "-is_active", "position", "id")
        .first()
    )


def _public_first() -> Case:
    return Case(
        When(audience=RatePlan.Audience.PUBLIC, then=Value(0)), default=Value(1), output_field=IntegerField()
    )


def _save_flexible_plan(property: Property, *, meals: str) -> tuple[RatePlan, str]:
    """The plan with these meals, and which ones it had before."""
    plan = find_flexible_plan(property.pk)
    if plan is None:
        policy = write_policy(
            property.pk,
            name=_("Flexible"),
            # Free until the day before arrival, then the first night.
            tiers=[TierDraft(hours_before=24, kind=CancellationTier.Kind.NIGHTS, value=1)],
        )
        return create_plan(property, name=_("Flexible"), policy=policy, meals=meals), meals
    meals_before = plan.meals
    plan.meals = meals
    plan.is_active = True
    plan.save(update_fields=["meals", "is_active", "updated_at"])
    return plan, meals_before


def _save_non_refundable_plan(
    property: Property,
    *,
    parent: RatePlan,
    percent: int | None,
    meals: str,
    meals_before: str,
) -> None:
    plan = find_non_refundable_plan(parent)
    if percent is None:
        if plan is not None:
            plan.is_active = False
            plan.save(update_fields=["is_active", "updated_at"])
        return
    if plan is not None:
        # The wizard shows whole percent: 12.5 that comes back as 12 was not touched.
        if shown_percent(plan) != percent:
            plan.adjustment_value = -percent * BASIS_POINTS
        # Meals of its own, given on the plan's page, are its own business.
        if plan.meals == meals_before:
            plan.meals = meals
        plan.is_active = True
        plan.save(update_fields=["adjustment_value", "meals", "is_active", "updated_at"])
        return
    policy = write_policy(
        property.pk,
        name=_("Non-refundable"),
        tiers=[TierDraft(hours_before=None, kind=CancellationTier.Kind.PERCENT, value=100)],
    )
    create_plan(
        property,
        name=_("Non-refundable"),
        policy=policy,
        parent=parent,
        adjustment_value=-percent * BASIS_POINTS,
        meals=meals,
        payment=RatePlan.Payment.PREPAID,
        position=parent.position + 1,
    )


def shown_percent(plan: RatePlan) -> int:
    """By how many whole percent a plan is cheaper than its parent, as the wizard shows it."""
    return -plan.adjustment_value // BASIS_POINTS


def _replace_seasons(property_id: int, seasons: Sequence[SeasonDraft]) -> bool:
    """Make the seasons exactly these; return whether any nightly price can differ from before."""
    before = {
        SeasonDraft(season.name, season.start_date, season.end_date, season.percent)
        for season in Season.objects.filter(property_id=property_id)
    }
    if before == set(seasons):
        return False
    Season.objects.filter(property_id=property_id).delete()
    Season.objects.bulk_create(
        Season(
            property_id=property_id,
            name=season.name,
            start_date=season.start_date,
            end_date=season.end_date,
            percent=season.percent,
        )
        for season in seasons
    )
    return True
