"""Rate plans as hosts write them: how they hang together, whom they are for, what they sell.

Every write locks the property, so that two hosts at once can neither close a circle of parents nor
give one code away twice.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from serai.core.db import write_transaction
from serai.properties.models import Property
from serai.rates.models import CancellationPolicy, Product, RateCode, RatePlan
from serai.rates.rules import UNRESTRICTED, Restrictions
from serai.rates.services.codes import check_code
from serai.rates.services.errors import (
    PolicyInUse,
    PolicyInvalid,
    RatePlanCycle,
    RatePlanHasChildren,
    RatePlanInvalid,
    RatesInvalid,
)
from serai.rates.services.policies import TierDraft, save_policy
from serai.rates.services.products import create_plan, lock_property, name_is_taken, tell_change
from serai.rates.services.standard import (
    RoomRate,
    SeasonDraft,
    find_flexible_plan,
    find_non_refundable_plan,
    save_rates,
)
from serai.rates.services.taxes import TaxDraft, save_taxes

__all__ = [
    "CodeDraft",
    "PolicyInUse",
    "PolicyInvalid",
    "RatePlanCycle",
    "RatePlanDraft",
    "RatePlanHasChildren",
    "RatePlanInvalid",
    "RatesInvalid",
    "RoomRate",
    "SeasonDraft",
    "TaxDraft",
    "TierDraft",
    "archive_rate_plan",
    "create_rate_plan",
    "find_flexible_plan",
    "find_non_refundable_plan",
    "move_rate_plan",
    "restore_rate_plan",
    "save_policy",
    "save_rate_plan",
    "save_rates",
    "save_taxes",
]

# Plans in one line of descent, root included: further links would be prices nobody can explain.
LONGEST_CHAIN = 5
PRIVATE = frozenset({RatePlan.Audience.CODE, RatePlan.Audience.CORPORATE})


@dataclass(frozen=True)
class CodeDraft:
    """A word that opens a private plan; `company` is whom a corporate one is for."""

    code: str
    company: str = ""
    valid_until_date: dt.date | None = None
    is_active: bool = True


@dataclass(frozen=True)
class RatePlanDraft:
    """All that a host says about a plan. `room_type_ids` are the room types that it sells.

    `restrictions` are its standing ones; what is None there is taken from the parent.
    `adjustment_value` is basis points for percent (-1000 is 10 % off), minor units a night for an
    amount; it and the rounding count for a derived plan only. Codes count for private plans only.
    """

    name: str
    policy_id: int
    room_type_ids: Collection[int]
    description: str = ""
    parent_id: int | None = None
    adjustment_kind: str = RatePlan.Adjustment.PERCENT
    adjustment_value: int = 0
    rounding_minor: int = 1
    audience: str = RatePlan.Audience.PUBLIC
    codes: Sequence[CodeDraft] = ()
    meals: str = RatePlan.Meals.NONE
    meal_adult_minor: int = 0
    meal_child_minor: int = 0
    payment: str = RatePlan.Payment.AT_PROPERTY
    bookable_from_date: dt.date | None = None
    bookable_until_date: dt.date | None = None
    stay_from_date: dt.date | None = None
    stay_until_date: dt.date | None = None
    restrictions: Restrictions = UNRESTRICTED


def save_rate_plan(
    *, property_id: int, draft: RatePlanDraft, now: dt.datetime, plan_id: int | None = None
) -> RatePlan:
    """Add a plan, or change the one with `plan_id` to be exactly `draft`.

    A plan that becomes derived keeps its nightly prices unused, for the day it stands alone again.
    Codes that the draft no longer has are deleted. Raises `RatePlanInvalid` (`RatePlanCycle` when the
    parents would go round); `RatePlan.DoesNotExist` when it is not this property's. Locks the property.
    """
    _check_draft(draft)
    with write_transaction():
        property = lock_property(property_id)
        plans = {plan.pk: plan for plan in RatePlan.objects.filter(property_id=property_id)}
        if plan_id is not None and plan_id not in plans:
            raise RatePlan.DoesNotExist
        _check_parent(plans, plan_id, draft.parent_id)
        if not CancellationPolicy.objects.filter(pk=draft.policy_id, property_id=property_id).exists():
            raise RatePlanInvalid(_("Choose cancellation terms of this property."), field="policy_id")
        if plan_id is not None:
            plan = plans[plan_id]
        else:
            plan = RatePlan(
                property=property, position=max((other.position for other in plans.values()), default=-1) + 1
            )
        values = {name: getattr(draft, name) for name in _PLAN_FIELDS}
        for name, value in (*values.items(), *asdict(draft.restrictions).items()):
            setattr(plan, name, value)
        try:
            with transaction.atomic():
                plan.save()
        except IntegrityError as error:
            raise name_is_taken() from error
        _write_products(plan, property, draft.room_type_ids)
        _write_codes(plan, draft.codes if draft.audience in PRIVATE else ())
        tell_change(property_id, now=now)
        return plan


_PLAN_FIELDS = (
    "name",
    "description",
    "parent_id",
    "adjustment_kind",
    "adjustment_value",
    "rounding_minor",
    "policy_id",
    "audience",
    "meals",
    "meal_adult_minor",
    "meal_child_minor",
    "payment",
    "bookable_from_date",
    "bookable_until_date",
    "stay_from_date",
    "stay_until_date",
)


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
    amount. Raises `RatePlanInvalid` when the name is taken, policy or parent is another property's, or
    the line of parents grows too long.
    """
    if policy.property_id != property_id or (parent is not None and parent.property_id != property_id):
        raise RatePlanInvalid(_("Policy and parent plan must belong to the same property."))
    with write_transaction():
        property = lock_property(property_id)
        plans = {plan.pk: plan for plan in RatePlan.objects.filter(property_id=property_id)}
        _check_parent(plans, None, parent.pk if parent else None)
        plan = create_plan(
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
        tell_change(property_id, now=now)
        return plan


def archive_rate_plan(
    *, property_id: int, plan_id: int, now: dt.datetime, with_children: bool = False
) -> list[RatePlan]:
    """Sell the plan no longer; with `with_children`, nor what derives from it. Returns those archived.

    Bookings stay as they are. Raises `RatePlanHasChildren` when plans that are sold derive from it and
    are not to go too; `RatePlan.DoesNotExist` when it is not this property's. Locks the property.
    """
    with write_transaction():
        lock_property(property_id)
        plans = {plan.pk: plan for plan in RatePlan.objects.filter(property_id=property_id)}
        if plan_id not in plans:
            raise RatePlan.DoesNotExist
        parents = {pk: plan.parent_id for pk, plan in plans.items()}
        family = [plans[pk] for pk in plans if plan_id in _line_of(parents, pk) and plans[pk].is_active]
        children = [plan for plan in family if plan.pk != plan_id]
        if children and not with_children:
            raise RatePlanHasChildren(
                _("%(children)s take their price from “%(plan)s”. Archive them too, or give them another.")
                % {
                    "children": ", ".join(f"“{plan.name}”" for plan in children),
                    "plan": plans[plan_id].name,
                }
            )
        RatePlan.objects.filter(pk__in=[plan.pk for plan in family]).update(is_active=False, updated_at=now)
        tell_change(property_id, now=now)
        return family


def restore_rate_plan(*, property_id: int, plan_id: int, now: dt.datetime) -> RatePlan:
    """Sell an archived plan again.

    Raises `RatePlanInvalid` while the plan it derives from is archived; `RatePlan.DoesNotExist` when it
    is not this property's. Locks the property.
    """
    with write_transaction():
        lock_property(property_id)
        plan = RatePlan.objects.select_related("parent").get(pk=plan_id, property_id=property_id)
        if plan.parent is not None and not plan.parent.is_active:
            raise RatePlanInvalid(
                _("It takes its price from “%(parent)s”. Bring that one back first.")
                % {"parent": plan.parent.name}
            )
        plan.is_active = True
        plan.save(update_fields=["is_active", "updated_at"])
        tell_change(property_id, now=now)
        return plan


def move_rate_plan(*, property_id: int, plan_id: int, by: int, now: dt.datetime) -> None:
    """Show the plan `by` places later (negative: earlier) among those with the same parent.

    All plans are numbered anew, each before those that derive from it. Raises `RatePlan.DoesNotExist`
    when it is not this property's. Locks the property.
    """
    with write_transaction():
        lock_property(property_id)
        plans = list(RatePlan.objects.filter(property_id=property_id).order_by("position", "id"))
        moved = next((plan for plan in plans if plan.pk == plan_id), None)
        if moved is None:
            raise RatePlan.DoesNotExist
        by_parent: dict[int | None, list[RatePlan]] = {}
        for plan in plans:
            by_parent.setdefault(plan.parent_id, []).append(plan)
        siblings = [plan for plan in by_parent[moved.parent_id] if plan.is_active or plan is moved]
        archived = [plan for plan in by_parent[moved.parent_id] if plan not in siblings]
        index = siblings.index(moved)
        siblings.insert(min(max(index + by, 0), len(siblings) - 1), siblings.pop(index))
        by_parent[moved.parent_id] = [*siblings, *archived]
        ordered: list[RatePlan] = []

        def walk(parent_id: int | None) -> None:
            for plan in by_parent.get(parent_id, ()):
                plan.position = len(ordered)
                ordered.append(plan)
                walk(plan.pk)

        walk(None)
        RatePlan.objects.bulk_update(ordered, ["position"])
        tell_change(property_id, now=now)


def _line_of(parents: Mapping[int, int | None], plan_id: int) -> list[int]:
    """The plan, its parent, and so on to the root. `parents` has no circle."""
    line = [plan_id]
    while (parent_id := parents[line[-1]]) is not None:
        line.append(parent_id)
    return line


def _check_parent(plans: Mapping[int, RatePlan], plan_id: int | None, parent_id: int | None) -> None:
    """Raise unless the plan may take its price from `parent_id`. The property is locked."""
    if parent_id is None:
        return
    if parent_id not in plans:
        raise RatePlanInvalid(_("Choose a rate plan of this property."), field="parent_id")
    parents = {pk: plan.parent_id for pk, plan in plans.items()}
    above = _line_of(parents, parent_id)
    if plan_id in above:
        raise RatePlanCycle(
            _("“%(parent)s” takes its price from this plan already. Choose another one.")
            % {"parent": plans[parent_id].name},
            field="parent_id",
        )
    if not plans[parent_id].is_active and (plan_id is None or parents[plan_id] != parent_id):
        raise RatePlanInvalid(
            _("“%(parent)s” is archived. Choose one that is sold.") % {"parent": plans[parent_id].name},
            field="parent_id",
        )
    lines = (_line_of(parents, pk) for pk in plans)
    below = max((line.index(plan_id) + 1 for line in lines if plan_id in line), default=1)
    if len(above) + below > LONGEST_CHAIN:
        raise RatePlanInvalid(
            _("At most %(most)s plans may take their price one from another in a row.")
            % {"most": LONGEST_CHAIN},
            field="parent_id",
        )


def _check_draft(draft: RatePlanDraft) -> None:
    if draft.rounding_minor < 1:
        raise RatePlanInvalid(_("Round to at least the smallest coin."), field="rounding_minor")
    is_percent = draft.adjustment_kind == RatePlan.Adjustment.PERCENT
    if is_percent and not -10_000 <= draft.adjustment_value <= 100_000:
        raise RatePlanInvalid(
            _("A difference lies between -100 and 1,000 percent."), field="adjustment_value"
        )
    if draft.meal_adult_minor < 0 or draft.meal_child_minor < 0:
        raise RatePlanInvalid(_("A price is not below zero."), field="meal_adult_minor")
    for first, last, name in (
        (draft.bookable_from_date, draft.bookable_until_date, "bookable_until_date"),
        (draft.stay_from_date, draft.stay_until_date, "stay_until_date"),
    ):
        if first is not None and last is not None and last < first:
            raise RatePlanInvalid(_("The last day cannot come before the first."), field=name)
    _check_restrictions(draft.restrictions)
    seen = set()
    for row, entry in enumerate(draft.codes):
        check_code(entry.code, error=RatePlanInvalid, field="code", row=row)
        if entry.code.upper() in seen:
            raise RatePlanInvalid(
                _("That code stands in another row. Capitals do not make a difference."),
                field="code",
                row=row,
            )
        seen.add(entry.code.upper())


def _check_restrictions(terms: Restrictions) -> None:
    for fewest, most, name in (
        (terms.min_stay_arrival, terms.max_stay_arrival, "max_stay_arrival"),
        (terms.min_stay_through, terms.max_stay_through, "max_stay_through"),
    ):
        if fewest == 0 or most == 0:
            raise RatePlanInvalid(_("Give at least one night, or leave it empty."), field=name)
        if fewest is not None and most is not None and most < fewest:
            raise RatePlanInvalid(_("The most cannot be less than the fewest."), field=name)
    earliest, latest = terms.earliest_days, terms.latest_days
    if earliest is not None and latest is not None and earliest < latest:
        raise RatePlanInvalid(
            _("Booking would end before it begins: this must be at least as many days."),
            field="earliest_days",
        )
    if terms.cutoff_hour is not None and terms.cutoff_hour > 24:
        raise RatePlanInvalid(_("An hour lies between 0 and 24."), field="cutoff_hour")


def _write_products(plan: RatePlan, property: Property, room_type_ids: Collection[int]) -> None:
    """Sell exactly these of the property's active room types; the others' products stop, with prices kept."""
    rooms = set(property.room_types.filter(is_active=True).values_list("pk", flat=True))
    if set(room_type_ids) - rooms:
        raise RatePlanInvalid(_("Choose room types of this property."), field="room_type_ids")
    if rooms and not room_type_ids:
        raise RatePlanInvalid(_("Choose at least one room type to sell."), field="room_type_ids")
    stored = {product.room_type_id: product for product in plan.products.select_for_update().order_by("id")}
    changed = []
    for room_type_id in sorted(rooms & stored.keys()):
        product = stored[room_type_id]
        if product.is_active != (room_type_id in room_type_ids):
            product.is_active = not product.is_active
            changed.append(product)
    Product.objects.bulk_update(changed, ["is_active"])
    Product.objects.bulk_create(
        Product(room_type_id=room_type_id, rate_plan=plan, is_active=room_type_id in room_type_ids)
        for room_type_id in sorted(rooms - stored.keys())
    )


def _write_codes(plan: RatePlan, codes: Sequence[CodeDraft]) -> None:
    """Make the plan's codes exactly `codes`; the property is locked, so nobody takes one meanwhile."""
    wanted = {entry.code.upper(): (row, entry) for row, entry in enumerate(codes)}
    stored = {code.code.upper(): code for code in RateCode.objects.filter(property_id=plan.property_id)}
    for key, (row, _entry) in wanted.items():
        if key in stored and stored[key].rate_plan_id != plan.pk:
            raise RatePlanInvalid(
                _("Another rate plan has that code. Capitals do not make a difference."),
                field="code",
                row=row,
            )
    mine = {key: code for key, code in stored.items() if code.rate_plan_id == plan.pk}
    RateCode.objects.filter(pk__in=[code.pk for key, code in mine.items() if key not in wanted]).delete()
    changed: list[RateCode] = []
    new: list[RateCode] = []
    for key, (_row, entry) in wanted.items():
        code = mine.get(key) or RateCode(property_id=plan.property_id, rate_plan=plan)
        for name, value in asdict(entry).items():
            setattr(code, name, value)
        (changed if code.pk else new).append(code)
    RateCode.objects.bulk_update(changed, ["code", "company", "valid_until_date", "is_active"])
    RateCode.objects.bulk_create(new)
