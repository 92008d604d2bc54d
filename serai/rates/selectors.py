"""Products with their terms, nightly prices, restrictions and units left, in a fixed number of queries."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection

from serai.rates import sql
from serai.rates.models import RatePlan
from serai.rates.rules import (
    UNRESTRICTED,
    Adjustment,
    Deposit,
    ExtraTerm,
    NightLine,
    Party,
    PolicyTerms,
    PolicyTier,
    ProductTerms,
    PromotionTerm,
    Reason,
    RestrictionCalendar,
    Restrictions,
    StayPrice,
    TaxTerm,
    find_violations,
    fits,
    may_use,
    merge,
    price_stay,
)

__all__ = ["Audience", "PolicyTier", "ProductOffer", "load_offers"]


@dataclass(frozen=True)
class Audience:
    """Who asks: whether they are signed in, and which codes they typed (in capitals)."""

    is_member: bool = False
    codes: tuple[str, ...] = ()
    # Plans that are open to them for another reason, such as belonging to a group.
    plan_ids: frozenset[int] = frozenset()
    # Promotions of which they have a use already: these are not used up for them.
    promotion_ids: frozenset[int] = frozenset()


PUBLIC = Audience()


@dataclass(frozen=True)
class ProductOffer:
    """A product as it can be sold for one stay. `nights` is empty when a night has no price.

    `left` is the fewest units left on any night: 0 when a night is closed, full or not opened.
    `reasons` are the restrictions that the stay breaks; empty when it breaks none. `company` is whose
    code opened a corporate plan.
    """

    product_id: int
    property_id: int
    room_type_id: int
    room_type_name: str
    rate_plan_id: int
    rate_plan_name: str
    meals: str
    payment: str
    policy: PolicyTerms
    terms: ProductTerms
    nights: tuple[tuple[dt.date, int], ...]
    left: int
    timezone: str = "UTC"
    check_in_from: dt.time = dt.time(14)
    reasons: tuple[Reason, ...] = ()
    audience: str = "public"
    company: str = ""
    # Nights that a party has booked already and keeps at the price of then.
    agreed: Mapping[Party, Mapping[dt.date, NightLine]] = field(default_factory=dict)

    @property
    def policy_name(self) -> str:
        return self.policy.name

    @property
    def tiers(self) -> tuple[PolicyTier, ...]:
        return self.policy.tiers

    def is_sellable(self, parties: Sequence[Party]) -> bool:
        """Whether every room is there, priced, not restricted, and large enough for its party."""
        return self.is_offered and self.left >= len(parties) and self.is_large_enough(parties)

    @property
    def is_offered(self) -> bool:
        """Whether it could be sold for the stay if there were room."""
        return bool(self.nights) and not self.reasons

    def is_large_enough(self, parties: Sequence[Party]) -> bool:
        """Whether each party fits into one room."""
        return all(fits(self.terms, party) for party in set(parties))

    def price(
        self,
        parties: Sequence[Party],
        *,
        exemptions: Collection[str] = (),
        extras: Sequence[ExtraTerm] = (),
    ) -> StayPrice:
        """The stay's price with one room per party; needs `nights`."""
        return price_stay(
            self.terms, self.nights, parties, exemptions=exemptions, extras=extras, agreed=self.agreed
        )


class _ProductRow(NamedTuple):
    id: int
    room_type_id: int
    rate_plan_id: int
    single_discount_minor: int
    extra_adult_minor: int
    extra_child_minor: int
    room_type_name: str
    property_id: int
    base_guests: int
    max_adults: int
    max_children: int
    max_guests: int
    currency: str
    timezone: str
    check_in_from: dt.time
    infant_max_age: int
    child_max_age: int
    is_active: bool


class _PlanRow(NamedTuple):
    id: int
    property_id: int
    name: str
    parent_id: int | None
    adjustment_kind: str
    adjustment_value: int
    rounding_minor: int
    meals: str
    meal_adult_minor: int
    meal_child_minor: int
    payment: str
    audience: str
    bookable_from_date: dt.date | None
    bookable_until_date: dt.date | None
    stay_from_date: dt.date | None
    stay_until_date: dt.date | None
    is_active: bool
    policy_id: int
    policy: PolicyTerms
    standing: Restrictions


@dataclass(frozen=True)
class _Facts:
    """Everything that was loaded, by the ids that lead to it."""

    products: list[_ProductRow]
    plans: dict[int, _PlanRow]
    taxes: Mapping[int, list[TaxTerm]]
    child_prices: Mapping[int, list[tuple[int, int]]]
    promotions: Mapping[int, list[PromotionTerm]]
    opened: Mapping[int, str]
    restrictions: Mapping[int, dict[dt.date, Restrictions]]
    prices: Mapping[int, tuple[tuple[dt.date, int], ...]]
    left: Mapping[int, int]
    chains: dict[int, tuple[_PlanRow, ...]] = field(default_factory=dict)

    def chain(self, plan_id: int) -> tuple[_PlanRow, ...]:
        """The rate plan and its ancestors, root first."""
        chain = self.chains.get(plan_id)
        if chain is None:
            plan = self.plans[plan_id]
            above = () if plan.parent_id is None else self.chain(plan.parent_id)
            chain = self.chains[plan_id] = (*above, plan)
        return chain


def load_offers(
    *,
    room_type_ids: Iterable[int],
    check_in: dt.date,
    check_out: dt.date,
    now: dt.datetime,
    audience: Audience = PUBLIC,
    is_explaining: bool = False,
) -> list[ProductOffer]:
    """Every active product of the room types for a stay, in nine queries however many there are.

    One more with codes. Ordered by room type and rate plan position. Offers that cannot be sold are
    returned too, with empty `nights`, `left == 0` or `reasons`, so that pages can say so; what is
    not for this audience, or switched off, is left out unless `is_explaining`.
    """
    facts = _load(sorted(set(room_type_ids)), check_in, check_out, now=now, audience=audience)
    by_pair = {(product.room_type_id, product.rate_plan_id): product for product in facts.products}
    local: dict[str, dt.datetime] = {}
    offers = []
    for product in facts.products:
        chain = facts.chain(product.rate_plan_id)
        plan = chain[-1]
        root = by_pair.get((product.room_type_id, chain[0].id))
        hidden = _hidden(product, plan, facts, audience)
        if root is None or (hidden and not is_explaining):
            continue
        booked_at = local.get(product.timezone)
        if booked_at is None:
            booked_at = local[product.timezone] = now.astimezone(ZoneInfo(product.timezone))
        offers.append(
            _offer(product, root, chain, by_pair, facts, check_in, check_out, booked_at, hidden=hidden)
        )
    return offers


def _hidden(product: _ProductRow, plan: _PlanRow, facts: _Facts, audience: Audience) -> tuple[Reason, ...]:
    """Why this audience does not see a product at all."""
    found = []
    if not (product.is_active and plan.is_active):
        found.append(Reason("inactive"))
    if plan.payment == RatePlan.Payment.PREPAID and not settings.CARD_GATEWAY:
        found.append(Reason("no_card"))  # Nobody could pay for it.
    if plan.id not in audience.plan_ids:
        if plan.audience == RatePlan.Audience.MEMBERS and not audience.is_member:
            found.append(Reason("members_only"))
        if plan.audience in _BY_CODE and plan.id not in facts.opened:
            found.append(Reason("needs_code"))
    return tuple(found)


_BY_CODE = frozenset({RatePlan.Audience.CODE, RatePlan.Audience.CORPORATE})


def _offer(
    product: _ProductRow,
    root: _ProductRow,
    chain: tuple[_PlanRow, ...],
    by_pair: Mapping[tuple[int, int], _ProductRow],
    facts: _Facts,
    check_in: dt.date,
    check_out: dt.date,
    booked_at: dt.datetime,
    *,
    hidden: tuple[Reason, ...],
) -> ProductOffer:
    plan = chain[-1]
    nights = facts.prices.get(root.id, ())
    return ProductOffer(
        product_id=product.id,
        property_id=product.property_id,
        room_type_id=product.room_type_id,
        room_type_name=product.room_type_name,
        rate_plan_id=plan.id,
        rate_plan_name=plan.name,
        meals=plan.meals,
        payment=plan.payment,
        policy=plan.policy,
        terms=ProductTerms(
            currency=product.currency,
            base_guests=product.base_guests,
            max_adults=product.max_adults,
            max_children=product.max_children,
            max_guests=product.max_guests,
            single_discount_minor=root.single_discount_minor,
            extra_adult_minor=root.extra_adult_minor,
            extra_child_minor=root.extra_child_minor,
            child_bands=tuple(facts.child_prices.get(root.id, ())),
            infant_max_age=product.infant_max_age,
            child_max_age=product.child_max_age,
            adjustments=tuple(_adjustment(link) for link in chain if _does_something(link)),
            taxes=tuple(facts.taxes.get(product.property_id, ())),
            promotions=tuple(
                promotion
                for promotion in facts.promotions.get(product.property_id, ())
                if may_use(
                    promotion,
                    rate_plan_id=plan.id,
                    check_in=check_in,
                    check_out=check_out,
                    booking_date=booked_at.date(),
                    codes=(promotion.code.upper(),),
                )
            ),
        ),
        nights=nights if len(nights) == (check_out - check_in).days else (),
        left=facts.left.get(product.room_type_id, 0),
        timezone=product.timezone,
        check_in_from=product.check_in_from,
        reasons=(
            *hidden,
            *_windows(plan, check_in, check_out, booked_at.date()),
            *find_violations(
                _calendar(product, chain, by_pair, facts),
                check_in=check_in,
                check_out=check_out,
                booked_at=booked_at,
            ),
        ),
        audience=plan.audience,
        company=facts.opened.get(plan.id, ""),
    )


def _adjustment(link: _PlanRow) -> Adjustment:
    is_root = link.parent_id is None
    return Adjustment(
        kind="amount" if is_root else link.adjustment_kind,
        value=0 if is_root else link.adjustment_value,
        rounding_minor=1 if is_root else link.rounding_minor,
        meal_adult_minor=link.meal_adult_minor,
        meal_child_minor=link.meal_child_minor,
        plan=link.name,
    )


def _does_something(link: _PlanRow) -> bool:
    return link.parent_id is not None or bool(link.meal_adult_minor or link.meal_child_minor)


def _windows(plan: _PlanRow, check_in: dt.date, check_out: dt.date, today: dt.date) -> Iterable[Reason]:
    """When the plan may be booked, and for which nights."""
    if (plan.bookable_from_date and today < plan.bookable_from_date) or (
        plan.bookable_until_date and today > plan.bookable_until_date
    ):
        yield Reason("booking_window")
    last_night = check_out - dt.timedelta(days=1)
    if plan.stay_from_date and check_in < plan.stay_from_date:
        yield Reason("stay_window", check_in)
    if plan.stay_until_date and last_night > plan.stay_until_date:
        yield Reason("stay_window", last_night)


def _calendar(
    product: _ProductRow,
    chain: tuple[_PlanRow, ...],
    by_pair: Mapping[tuple[int, int], _ProductRow],
    facts: _Facts,
) -> RestrictionCalendar:
    """The product's restrictions with what it takes from its parents; nearest first."""
    upwards = [
        (plan, facts.restrictions.get(own.id, {}) if own else {})
        for plan in reversed(chain)
        for own in (by_pair.get((product.room_type_id, plan.id)),)
    ]
    standing = merge(plan.standing for plan, _own in upwards)
    dates = {date for _plan, own in upwards for date in own}
    return RestrictionCalendar(
        standing=standing,
        by_date={
            date: merge(layer for plan, own in upwards for layer in (own.get(date), plan.standing))
            for date in dates
        },
    )


def _load(
    room_type_ids: list[int],
    check_in: dt.date,
    check_out: dt.date,
    *,
    now: dt.datetime,
    audience: Audience,
) -> _Facts:
    with connection.cursor() as cursor:

        def rows(query: str, *parameters: Any) -> list[tuple[Any, ...]]:
            cursor.execute(query, parameters)
            return cursor.fetchall()

        products = [_ProductRow(*row) for row in rows(sql.PRODUCTS, room_type_ids)]
        property_ids = sorted({product.property_id for product in products})
        product_ids = [product.id for product in products]
        plans = _plans(rows(sql.PLANS, property_ids), rows(sql.POLICY_PARTS, property_ids, property_ids))
        root_ids = [product.id for product in products if plans[product.rate_plan_id].parent_id is None]
        taxes: dict[int, list[TaxTerm]] = defaultdict(list)
        for property_id, *term in rows(sql.TAXES, property_ids):
            taxes[property_id].append(TaxTerm(*term))
        child_prices: dict[int, list[tuple[int, int]]] = defaultdict(list)
        for product_id, max_age, amount in rows(sql.CHILD_PRICES, root_ids):
            child_prices[product_id].append((max_age, amount))
        codes = [code.upper() for code in audience.codes]
        promotions: dict[int, list[PromotionTerm]] = defaultdict(list)
        for property_id, *term, plan_ids in rows(
            sql.PROMOTIONS, property_ids, codes, list(audience.promotion_ids)
        ):
            promotions[property_id].append(PromotionTerm(*(*term, frozenset(plan_ids))))
        restrictions: dict[int, dict[dt.date, Restrictions]] = defaultdict(dict)
        for product_id, date, *terms in rows(sql.RESTRICTIONS, product_ids, check_in, check_out):
            restrictions[product_id][date] = Restrictions(*terms)
        return _Facts(
            products=products,
            plans=plans,
            taxes=taxes,
            child_prices=child_prices,
            promotions=promotions,
            opened=dict(rows(sql.OPENED_PLANS, property_ids, codes, now)) if codes else {},
            restrictions=restrictions,
            prices={
                product_id: tuple(zip(dates, amounts, strict=True))
                for product_id, dates, amounts in rows(sql.PRICES, root_ids, check_in, check_out)
            },
            left=dict(rows(sql.UNITS_LEFT, room_type_ids, check_in, check_out, (check_out - check_in).days)),
        )


def _plans(rows: list[tuple[Any, ...]], parts: list[tuple[Any, ...]]) -> dict[int, _PlanRow]:
    tiers: dict[int, list[PolicyTier]] = defaultdict(list)
    deposits: dict[int, list[Deposit]] = defaultdict(list)
    for part, policy_id, hours_before, days_before, kind, value, _id in parts:
        if part == "tier":
            tiers[policy_id].append(PolicyTier(hours_before, kind, value, days_before))
        else:
            deposits[policy_id].append(Deposit(days_before, kind, value))
    plans = {}
    for row in rows:
        policy_id, name, *terms = row[17:25]
        no_show_kind, no_show_value, early, change_rates, guarantee, kept_until = terms
        restrictions = row[25:]
        policy = PolicyTerms(
            name=name,
            tiers=tuple(tiers[policy_id]),
            deposits=tuple(deposits[policy_id]),
            no_show_kind=no_show_kind,
            no_show_value=no_show_value,
            early_departure_percent=early,
            change_rates=change_rates,
            guarantee=guarantee,
            kept_until=kept_until,
        )
        is_free = all(value is None for value in restrictions)
        standing = UNRESTRICTED if is_free else Restrictions(*restrictions)
        plans[row[0]] = _PlanRow(*(*row[:17], policy_id, policy, standing))
    return plans


def with_units_left(offer: ProductOffer, left: int) -> ProductOffer:
    """The offer with another number of units left: those of a group's block, say."""
    return replace(offer, left=left)
