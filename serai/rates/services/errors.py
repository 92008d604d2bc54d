"""What is refused when hosts write rates. Every refusal names the input to change."""

from __future__ import annotations

from serai.core.errors import DomainError


class RatesInvalid(DomainError):
    """Something contradicts itself or the property's other rates.

    `field` names the input to change, as the draft's attribute is called; `row` says in which row
    (from 0) of the list `part`, None when the input is not in a list.
    """

    code = "rates_invalid"

    def __init__(
        self, message: str, *, field: str | None = None, row: int | None = None, part: str = ""
    ) -> None:
        super().__init__(message)
        self.field = field
        self.row = row
        self.part = part


class RatePlanInvalid(RatesInvalid):
    """The plan contradicts itself or another of the property's plans."""

    code = "rate_plan_invalid"


class RatePlanCycle(RatePlanInvalid):
    """A plan would take its price from itself, through however many others."""

    code = "rate_plan_cycle"


class RatePlanHasChildren(RatePlanInvalid):
    """Plans that are sold take their price from this one."""

    code = "rate_plan_has_children"


class PolicyInvalid(RatesInvalid):
    """The terms contradict themselves."""

    code = "policy_invalid"


class PolicyInUse(RatesInvalid):
    """A rate plan has these terms."""

    code = "policy_in_use"


class TaxInvalid(RatesInvalid):
    """The tax contradicts itself."""

    code = "tax_invalid"


class ChildrenInvalid(RatesInvalid):
    """Age bands or prices for few or young guests contradict the property or its prices."""

    code = "children_invalid"


class PromotionInvalid(RatesInvalid):
    """The promotion could never be used, or its code is taken."""

    code = "promotion_invalid"


class ExtraInvalid(RatesInvalid):
    """Another extra has that name."""

    code = "extra_invalid"
