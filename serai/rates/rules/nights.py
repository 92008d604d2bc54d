"""What one room costs for one night, step by step."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from serai.rates.rules.arithmetic import divide_half_up, percent_of, round_to_multiple
from serai.rates.rules.party import child_price, count_guests
from serai.rates.rules.terms import Party, ProductTerms, PromotionTerm


@dataclass(frozen=True)
class Step:
    """One step of a night's price; the steps' `minor` add up to it.

    `code` is base, single, adults, children, plan, meals or promotion. `label` names the plan or the
    promotion, `count` how many guests, `ref` the promotion's id.
    """

    code: str
    minor: int
    label: str = ""
    count: int = 0
    ref: int = 0


@dataclass(frozen=True)
class Sleepers:
    """What of a night's price depends on the party alone: who counts, those beyond the included places,
    and the meals of each adjustment."""

    count: int
    beyond: tuple[Step, ...]
    beyond_minor: int
    meals: tuple[Step | None, ...]


def count_sleepers(terms: ProductTerms, party: Party) -> Sleepers:
    """Who pays for what in every night of a stay.

    Adults fill the places that the price includes, then children, oldest first; everybody beyond pays
    the price of their kind, infants nothing. Meals are for adults and children.
    """
    adults, children, _infants = count_guests(terms, party)
    beyond = []
    extra_adults = max(adults - terms.base_guests, 0)
    if extra_adults and terms.extra_adult_minor:
        beyond.append(Step("adults", extra_adults * terms.extra_adult_minor, count=extra_adults))
    free_places = max(terms.base_guests - adults, 0)
    if children > free_places:
        ages = sorted(
            (age for age in party.children_ages if terms.infant_max_age < age <= terms.child_max_age),
            reverse=True,
        )[free_places:]
        more = sum(child_price(terms, age) for age in ages)
        if more:
            beyond.append(Step("children", more, count=len(ages)))
    meals: list[Step | None] = []
    for link in terms.adjustments:
        amount = adults * link.meal_adult_minor + children * link.meal_child_minor
        meals.append(Step("meals", amount, label=link.plan, count=adults + children) if amount else None)
    return Sleepers(adults + children, tuple(beyond), sum(step.minor for step in beyond), tuple(meals))


def night_steps(
    terms: ProductTerms,
    party: Party,
    base_minor: int,
    promotions: Sequence[PromotionTerm] = (),
    *,
    sleepers: Sleepers | None = None,
) -> tuple[Step, ...]:
    """From the stored price of a night to what this party pays for it, before taxes.

    One guest alone gets the single discount; guests beyond the included places pay (`count_sleepers`,
    which a caller that prices many nights hands in). Then come the adjustments of each rate plan from
    the root down, rounded as each plan says, with its meals, and last the promotions in the given order.
    Nothing leads below zero.
    """
    sleepers = sleepers or count_sleepers(terms, party)
    steps = [Step("base", base_minor)]
    amount = base_minor
    if sleepers.count == 1:
        cut = min(terms.single_discount_minor, amount)
        if cut:
            steps.append(Step("single", -cut, count=1))
            amount -= cut
    steps += sleepers.beyond
    amount += sleepers.beyond_minor
    for link, meals in zip(terms.adjustments, sleepers.meals, strict=True):
        before = amount
        amount += percent_of(amount, link.value) if link.kind == "percent" else link.value
        amount = round_to_multiple(max(amount, 0), link.rounding_minor)
        if amount != before:
            steps.append(Step("plan", amount - before, label=link.plan))
        if meals is not None:
            steps.append(meals)
            amount += meals.minor
    for promotion in promotions:
        cut = discount(promotion, amount)
        if cut:
            steps.append(Step("promotion", -cut, label=promotion.name, ref=promotion.id))
            amount -= cut
    return tuple(steps)


def price_night(
    terms: ProductTerms, party: Party, base_minor: int, promotions: Sequence[PromotionTerm] = ()
) -> int:
    """One room's price for one night before taxes; `night_steps` says how it comes about."""
    return sum(step.minor for step in night_steps(terms, party, base_minor, promotions))


def discount(promotion: PromotionTerm, amount: int) -> int:
    """What a promotion takes off a night that costs `amount`, never more than that."""
    cut = percent_of(amount, promotion.value) if promotion.kind == "percent" else promotion.value
    return min(cut, amount)


def weekend_prices(weekend_minor: int | None) -> tuple[int | None, ...] | None:
    """A price for Friday and Saturday nights as prices by weekday, Monday first; None without one."""
    return None if weekend_minor is None else (None, None, None, None, weekend_minor, weekend_minor, None)


def weekday_price(base_minor: int, weekday_minor: Sequence[int | None] | None, date: dt.date) -> int:
    """What a night costs by its weekday: `weekday_minor` (Monday first) where it says so, else the base."""
    own = weekday_minor[date.weekday()] if weekday_minor is not None else None
    return base_minor if own is None else own


def season_price(base_minor: int, percent: int) -> int:
    """A base price raised or lowered by whole percent, rounded half up, never below zero."""
    return max(base_minor + divide_half_up(base_minor * percent, 100), 0)
