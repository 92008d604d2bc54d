"""Rate plans, cancellation policies, seasons and taxes as hosts write them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from serai.core.db import write_transaction
from serai.core.errors import DomainError
from serai.core.outbox import emit
from serai.properties.models import Property
from serai.rates.models import (
    CancellationPolicy,
    CancellationTier,
    Product,
    RatePlan,
    Season,
    TaxRule,
)
from serai.rates.services.prices import fill_products

BASIS_POINTS = 100  # in one percent


class RatePlanInvalid(DomainError):
    """The plan contradicts another of the property's plans."""

    code = "rate_plan_invalid"


@dataclass(frozen=True)
class TierDraft:
    """From `hours_before` check-in on (None: from booking on), cancelling costs `value` percent or nights."""

    hours_before: int | None
    kind: str
    value: int


@dataclass(frozen=True)
class SeasonDraft:
    """Nights `[start_date, end_date]` that cost `percent` more (or, negative, less)."""

    name: str
    start_date: dt.date
    end_date: dt.date
    percent: int


@dataclass(frozen=True)
class TaxDraft:
    """A tax or fee; `value` is basis points for percent, minor units for an amount."""

    name: str
    kind: str
    value: int
    basis: str = TaxRule.Basis.ROOM
    period: str = TaxRule.Period.NIGHT
    is_included: bool = False
    is_paid_at_property: bool = False
    from_minor: int = 0
    below_minor: int | None = None


@dataclass(frozen=True)
class RoomRate:
    """What one room type costs a night, in minor units.

    `weekday_minor` has a price for each weekday, Monday first; None there is the base price.
    """

    room_type_id: int
    base_minor: int
    weekday_minor: Sequence[int | None] | None = None
    extra_adult_minor: int = 0
    extra_child_minor: int = 0


def save_policy(
    *, property_id: int, name: str, tiers: Sequence[TierDraft], policy_id: int | None = None
) -> CancellationPolicy:
    """Write a policy whose tiers become exactly `tiers`. Bookings made before keep their own copy.

    Raises `CancellationPolicy.DoesNotExist` when `policy_id` is not this property's.
    """
    with write_transaction():
        if policy_id is None:
            policy = CancellationPolicy.objects.create(property_id=property_id, name=name)
        else:
            policy = CancellationPolicy.objects.select_for_update().get(pk=policy_id, property_id=property_id)
            policy.name = name
            policy.save(update_fields=["name"])
            policy.tiers.all().delete()
        CancellationTier.objects.bulk_create(
            CancellationTier(policy=policy, hours_before=tier.hours_before, kind=tier.kind, value=tier.value)
            for tier in tiers
        )
        return policy


def create_rate_plan(
    *,
    property_id: int,
    name: str,
    policy: CancellationPolicy,
    parent: RatePlan | None = None,
    adjustment_kind: str = RatePlan.Adjustment.PERCENT,
    adjustment_value: int = 0,
    meals: str = RatePlan.Meals.NONE,
    payment: str = RatePlan.Payment.AT_PROPERTY,
    position: int = 0,
    now: dt.datetime,
) -> RatePlan:
    """Add a plan with a product for each active room type; a parent's prices are adjusted.

    `adjustment_value` is basis points for percent (-1000 is 10 % off), minor units a night for an
    amount. Raises `RatePlanInvalid` when the name is taken or policy or parent is another property's.
    """
    if policy.property_id != property_id or (parent is not None and parent.property_id != property_id):
        raise RatePlanInvalid(_("Policy and parent plan must belong to the same property."))
    with write_transaction():
        property = Property.objects.select_for_update().get(pk=property_id)
        plan = _create_plan(
            property,
            name=name,
            policy=policy,
            parent=parent,
            adjustment_kind=adjustment_kind,
            adjustment_value=adjustment_value,
            meals=meals,
            payment=payment,
            position=position,
        )
        emit("property.changed", {"property_id": property_id}, now=now)
        return plan


def _create_plan(property: Property, *, name: str, **terms: Any) -> RatePlan:
    """Write a plan of a locked property, and its products."""
    try:
        with transaction.atomic():
            plan = RatePlan.objects.create(property=property, name=name, **terms)
    except IntegrityError as error:
        raise RatePlanInvalid(_("Another rate plan of this property has that name.")) from error
    _ensure_products(plan, property.room_types.filter(is_active=True).values_list("pk", flat=True))
    return plan


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
    Returns the ids of the products that were filled. Locks the property.
    """
    with write_transaction():
        property = Property.objects.select_for_update().get(pk=property_id)
        flexible = _save_flexible_plan(property, meals=meals)
        _save_non_refundable_plan(property, parent=flexible, percent=non_refundable_percent, meals=meals)
        is_every_price_new = _replace_seasons(property_id, seasons)
        _ensure_products_of_property(property_id, [rate.room_type_id for rate in rates])
        products = {
            product.room_type_id: product for product in flexible.products.select_for_update().order_by("id")
        }
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
        fill_products(product_ids=filled, first=first, last=last, now=now)
        emit("property.changed", {"property_id": property_id}, now=now)
        return filled


def save_taxes(*, property_id: int, taxes: Sequence[TaxDraft], now: dt.datetime) -> None:
    """Make the property's taxes and fees exactly `taxes`, in this order. Locks the property."""
    with write_transaction():
        Property.objects.select_for_update().get(pk=property_id)
        TaxRule.objects.filter(property_id=property_id).delete()
        TaxRule.objects.bulk_create(
            TaxRule(
                property_id=property_id,
                position=position,
                name=tax.name,
                kind=tax.kind,
                value=tax.value,
                basis=tax.basis,
                period=tax.period,
                is_included=tax.is_included,
                is_paid_at_property=tax.is_paid_at_property,
                from_minor=tax.from_minor,
                below_minor=tax.below_minor,
            )
            for position, tax in enumerate(taxes)
        )
        emit("property.changed", {"property_id": property_id}, now=now)


def find_flexible_plan(property_id: int) -> RatePlan | None:
    """The plan that carries the prices: the property's first one without a parent."""
    return (
        RatePlan.objects.select_related("policy")
        .filter(property_id=property_id, parent=None)
        .order_by("-is_active", "position", "id")
        .first()
    )


def find_non_refundable_plan(flexible: RatePlan) -> RatePlan | None:
    """The prepaid plan derived from the flexible one, switched on or off."""
    return (
        RatePlan.objects.filter(
            parent=flexible,
            payment=RatePlan.Payment.PREPAID,
            adjustment_kind=RatePlan.Adjustment.PERCENT,
        )
        .order_by("-is_active", "position", "id")
        .first()
    )


def _save_flexible_plan(property: Property, *, meals: str) -> RatePlan:
    plan = find_flexible_plan(property.pk)
    if plan is None:
        policy = save_policy(
            property_id=property.pk,
            name=_("Flexible"),
            # Free until the day before arrival, then the first night.
            tiers=[TierDraft(hours_before=24, kind=CancellationTier.Kind.NIGHTS, value=1)],
        )
        return _create_plan(property, name=_("Flexible"), policy=policy, meals=meals)
    plan.meals = meals
    plan.is_active = True
    plan.save(update_fields=["meals", "is_active", "updated_at"])
    return plan


def _save_non_refundable_plan(
    property: Property, *, parent: RatePlan, percent: int | None, meals: str
) -> None:
    plan = find_non_refundable_plan(parent)
    if percent is None:
        if plan is not None:
            plan.is_active = False
            plan.save(update_fields=["is_active", "updated_at"])
        return
    adjustment = -percent * BASIS_POINTS
    if plan is not None:
        plan.adjustment_value = adjustment
        plan.meals = meals
        plan.is_active = True
        plan.save(update_fields=["adjustment_value", "meals", "is_active", "updated_at"])
        return
    policy = save_policy(
        property_id=property.pk,
        name=_("Non-refundable"),
        tiers=[TierDraft(hours_before=None, kind=CancellationTier.Kind.PERCENT, value=100)],
    )
    _create_plan(
        property,
        name=_("Non-refundable"),
        policy=policy,
        parent=parent,
        adjustment_value=adjustment,
        meals=meals,
        payment=RatePlan.Payment.PREPAID,
        position=parent.position + 1,
    )


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


def _ensure_products(plan: RatePlan, room_type_ids: Iterable[int]) -> None:
    Product.objects.bulk_create(
        (Product(room_type_id=room_type_id, rate_plan=plan) for room_type_id in room_type_ids),
        ignore_conflicts=True,
    )


def _ensure_products_of_property(property_id: int, room_type_ids: Sequence[int]) -> None:
    """Every plan sells every room type; products that exist stay as they are."""
    Product.objects.bulk_create(
        (
            Product(room_type_id=room_type_id, rate_plan_id=plan_id)
            for plan_id in RatePlan.objects.filter(property_id=property_id).values_list("pk", flat=True)
            for room_type_id in room_type_ids
        ),
        ignore_conflicts=True,
    )
