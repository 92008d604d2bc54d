"""What pricing needs to know of a product, as plain values. Amounts are minor units of one currency."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass


@dataclass(frozen=True)
class Party:
    """Who sleeps in one room (or in all of them): adults, and each child's age on the check-in date."""

    adults: int
    children_ages: tuple[int, ...] = ()

    @property
    def guests(self) -> int:
        return self.adults + len(self.children_ages)


@dataclass(frozen=True)
class Adjustment:
    """One link of the chain of rate plans: what a plan does to its parent's night.

    `value` is basis points for `percent`, minor units a night for `amount`. The result is rounded to a
    multiple of `rounding_minor`; then the meals of the plan are added for each adult and child.
    """

    kind: str
    value: int
    rounding_minor: int = 1
    meal_adult_minor: int = 0
    meal_child_minor: int = 0
    plan: str = ""


@dataclass(frozen=True)
class TaxTerm:
    """One tax or fee. `value` is basis points for `percent` and `compound`, minor units for `amount`.

    The bracket `[from_minor, below_minor)` is tested on each night's room price; for amounts per
    stay, on the first night's. Persons count by age in `[from_age, below_age)`; without ages infants
    do not count. `max_nights` are charged from the first on; a stay of `exempt_from_nights` or more, or
    a guest who claims `exemption`, pays nothing. Dates are nights, both included.
    """

    name: str
    kind: str
    basis: str
    period: str
    value: int
    is_included: bool = False
    is_paid_at_property: bool = False
    from_minor: int = 0
    below_minor: int | None = None
    from_age: int | None = None
    below_age: int | None = None
    max_nights: int | None = None
    exempt_from_nights: int | None = None
    exemption: str = ""
    valid_from_date: dt.date | None = None
    valid_until_date: dt.date | None = None


@dataclass(frozen=True)
class PromotionTerm:
    """A discount on nights. `value` is basis points for `percent`, minor units a night for `amount`.

    Without `rate_plan_ids` it holds for all plans of the property. Dates are both included; those of the
    stay choose the nights on which it counts.
    """

    id: int
    name: str
    kind: str
    value: int
    code: str = ""
    min_nights: int | None = None
    max_nights: int | None = None
    min_days_ahead: int | None = None
    max_days_ahead: int | None = None
    bookable_from_date: dt.date | None = None
    bookable_until_date: dt.date | None = None
    stay_from_date: dt.date | None = None
    stay_until_date: dt.date | None = None
    is_combinable: bool = False
    rate_plan_ids: frozenset[int] = frozenset()


@dataclass(frozen=True)
class ExtraTerm:
    """Something a guest adds to a stay, `quantity` times."""

    id: int
    name: str
    amount_minor: int
    basis: str = "item"
    period: str = "stay"
    quantity: int = 1


@dataclass(frozen=True)
class ProductTerms:
    """All that pricing needs to know of a product except its nightly prices.

    `adjustments` lead from the root rate plan to the product's own. `child_bands` are pairs of the
    highest age of a band and what a child of it costs, by age. `promotions` are those that may be used.
    """

    currency: str
    base_guests: int
    max_adults: int
    max_children: int
    max_guests: int
    single_discount_minor: int = 0
    extra_adult_minor: int = 0
    extra_child_minor: int = 0
    child_bands: tuple[tuple[int, int], ...] = ()
    infant_max_age: int = 2
    child_max_age: int = 12
    adjustments: tuple[Adjustment, ...] = ()
    taxes: tuple[TaxTerm, ...] = ()
    promotions: tuple[PromotionTerm, ...] = ()
