"""Rate plans as hosts see them: a tree, with what each lacks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from serai.rates.models import RateCode, RatePlan
from serai.rates.rules import Adjustment


@dataclass(frozen=True)
class PlanRow:
    """A plan in its place in the tree: `depth` links below its root, with room to move among siblings."""

    plan: RatePlan
    depth: int
    codes: list[RateCode]
    is_first: bool
    is_last: bool

    @property
    def is_private(self) -> bool:
        """Whether only a code opens it."""
        return self.plan.audience in {RatePlan.Audience.CODE, RatePlan.Audience.CORPORATE}

    @property
    def lacks_code(self) -> bool:
        """Whether nobody can book it because no code opens it."""
        return self.is_private and not any(code.is_active for code in self.codes)


def plan_tree(property_id: int) -> tuple[list[PlanRow], list[RatePlan]]:
    """The plans on sale, each before those that derive from it, and the archived ones. Two queries."""
    plans = list(
        RatePlan.objects.filter(property_id=property_id)
        .select_related("policy", "parent")
        .prefetch_related("codes")
        .order_by("position", "id")
    )
    sold = [plan for plan in plans if plan.is_active]
    ids = {plan.pk for plan in sold}
    by_parent: dict[int | None, list[RatePlan]] = {}
    for plan in sold:
        by_parent.setdefault(plan.parent_id if plan.parent_id in ids else None, []).append(plan)
    rows: list[PlanRow] = []

    def walk(parent_id: int | None, depth: int) -> None:
        siblings = by_parent.get(parent_id, [])
        for index, plan in enumerate(siblings):
            rows.append(PlanRow(plan, depth, list(plan.codes.all()), index == 0, index == len(siblings) - 1))
            walk(plan.pk, depth + 1)

    walk(None, 0)
    return rows, [plan for plan in plans if not plan.is_active]


def possible_parents(plans: Iterable[RatePlan], plan_id: int | None) -> list[RatePlan]:
    """The plans on sale that do not derive from the plan, nor are it: those it may take its price from."""
    known = {plan.pk: plan for plan in plans}

    def line(plan: RatePlan) -> list[int]:
        ids = [plan.pk]
        while (parent_id := known[ids[-1]].parent_id) is not None:
            ids.append(parent_id)
        return ids

    current = known[plan_id].parent_id if plan_id is not None else None
    return [
        plan
        for plan in known.values()
        if plan_id not in line(plan) and (plan.is_active or plan.pk == current)
    ]


def links_to(plans: Iterable[RatePlan], plan_id: int) -> list[Adjustment]:
    """The chain that leads to a plan, root first, as the engine takes it."""
    known = {plan.pk: plan for plan in plans}
    chain = [known[plan_id]]
    while (above := chain[0].parent_id) is not None:
        chain.insert(0, known[above])
    return [
        Adjustment(
            plan.adjustment_kind,
            plan.adjustment_value if plan.parent_id else 0,
            plan.rounding_minor if plan.parent_id else 1,
            plan=plan.name,
        )
        for plan in chain
    ]
