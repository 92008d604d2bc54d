"""A small world of hotels and what its twin expects of it: prices, refusals, rooms left, penalties.

The world remembers in plain Python what the tests told Serai, and never asks Serai for anything.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from zoneinfo import ZoneInfo

from serai.properties.models import Property, RoomType
from serai.rates.models import CancellationTier, DepositStep, Product, RatePlan
from serai.rates.rules import Adjustment, Deposit, Party, PolicyTier, ProductTerms, PromotionTerm, TaxTerm
from tests import twin
from tests.factories import PolicyFactory, ProductFactory, PropertyFactory, RatePlanFactory, RoomTypeFactory

NIGHTS = 6
LAST = NIGHTS + 4  # a stay may reach beyond the nights that are played with
UNITS = 2


@dataclass
class Plan:
    """A rate plan as it was told, and what it restricts."""

    row: RatePlan
    product: Product
    parent: Plan | None
    link: Adjustment | None
    tiers: tuple[PolicyTier, ...]
    deposit: Deposit | None
    is_frozen: bool
    restrictions: twin.TwinPlan

    @property
    def root(self) -> Plan:
        return self if self.parent is None else self.parent.root

    @property
    def chain(self) -> tuple[Adjustment, ...]:
        above = () if self.parent is None else self.parent.chain
        return (*above, *(() if self.link is None else (self.link,)))


@dataclass
class Offer:
    """A promotion, how many bookings may have it, and the stays that do."""

    term: PromotionTerm
    limit: int | None
    users: list[Stay] = field(default_factory=list)

    def is_left(self, own: Stay | None = None) -> bool:
        return self.limit is None or own in self.users or self.count() < self.limit

    def count(self) -> int:
        return sum(stay.state in {"active", "confirmed"} for stay in self.users)


@dataclass(eq=False)
class Stay:
    """A hold, and the booking that comes of it: rooms for the nights `[first, last)`."""

    place: Place
    plan: Plan
    first: int
    last: int
    parties: tuple[Party, ...]
    state: str
    expires_at: dt.datetime
    picture: Picture

    @property
    def rooms(self) -> int:
        return len(self.parties)

    def covers(self, night: int) -> bool:
        return self.first <= night < self.last


@dataclass(frozen=True)
class Picture:
    """All that may not differ between quoting and holding; `bases` are the stored prices."""

    nights: tuple[Any, ...]
    taxes: tuple[Any, ...]
    penalties: tuple[Any, ...]
    due_now: int
    total: int
    at_property: int
    bases: tuple[int, ...]
    promotions: frozenset[int]


@dataclass
class Place:
    """A hotel with one room type: what was told of it, and who has its rooms."""

    property: Property
    room_type: RoomType
    timezone: str
    first: dt.date
    plans: list[Plan]
    prices: dict[int, int]
    allotments: dict[int, int]
    allowances: dict[int, int]
    closed: set[int] = field(default_factory=set)
    taxes: tuple[TaxTerm, ...] = ()
    offers: list[Offer] = field(default_factory=list)
    stays: list[Stay] = field(default_factory=list)

    def day(self, night: int) -> dt.date:
        return self.first + dt.timedelta(days=night)

    # --- What a stay costs ---------------------------------------------------------------------------

    def is_large_enough(self, parties: Sequence[Party]) -> bool:
        for party in parties:
            adults = party.adults + len([age for age in party.children_ages if age > 12])
            children = party.guests - adults
            if adults > 2 or children > 2 or adults + children > 3:
                return False
        return True

    def refusals(
        self, plan: Plan, first: int, last: int, *, now: dt.datetime, kept: Stay | None = None
    ) -> set[str]:
        """The codes of what keeps the plan from being sold for the stay."""
        found = twin.violations(
            plan.restrictions,
            check_in=self.day(first),
            check_out=self.day(last),
            now=now,
            timezone=self.timezone,
        )
        if kept is None or kept.plan is not plan:
            return {code for code, _date in found}
        had = {self.day(night) for night in range(kept.first, kept.last)}
        new = set()
        for code, date in found:
            grows, shrinks = last - first > kept.last - kept.first, last - first < kept.last - kept.first
            if code == "closed_to_departure":
                is_had = last == kept.last
            elif code in {"stop_sold", "released", "min_stay_through", "max_stay_through"}:
                is_had = date in had
            else:
                is_had = first == kept.first
            if not is_had or (code[:3] == "min" and shrinks) or (code[:3] == "max" and grows):
                new.add(code)
        return new

    def picture(
        self,
        plan: Plan,
        first: int,
        last: int,
        parties: Sequence[Party],
        *,
        now: dt.datetime,
        kept: Stay | None = None,
    ) -> Picture:
        """The price and the terms of a stay as things stand, by the twin."""
        frozen: dict[int, int] = {}
        agreed: dict[Party, dict[dt.date, list[tuple[str, int]]]] = {}
        if kept is not None and kept.plan is plan and plan.is_frozen:
            frozen = dict(zip(range(kept.first, kept.last), kept.picture.bases, strict=True))
            for party, (_amounts, steps, _taxes) in zip(kept.parties, kept.picture.nights, strict=True):
                agreed[party] = {
                    self.day(night): list(told)
                    for night, told in zip(range(kept.first, kept.last), steps, strict=True)
                }
        nights = [(self.day(night), frozen.get(night, self.prices[night])) for night in range(first, last)]
        today = now.astimezone(ZoneInfo(self.timezone)).date()
        terms = ProductTerms(
            currency=self.property.currency,
            base_guests=2,
            max_adults=2,
            max_children=2,
            max_guests=3,
            single_discount_minor=plan.root.product.single_discount_minor,
            extra_adult_minor=plan.root.product.extra_adult_minor,
            extra_child_minor=plan.root.product.extra_child_minor,
            adjustments=plan.chain,
            taxes=self.taxes,
            promotions=tuple(
                offer.term
                for offer in self.offers
                if self._may_have(offer, kept)
                and twin.promotion_holds(
                    offer.term,
                    rate_plan_id=plan.row.pk,
                    check_in=self.day(first),
                    check_out=self.day(last),
                    today=today,
                    codes=(),
                )
            ),
        )
        rooms = twin.stay(terms, nights, parties, agreed=agreed)
        when: dict[str, Any] = {
            "check_in": self.day(first),
            "hour": self.property.check_in_from,
            "timezone": self.timezone,
        }
        due_now = 0
        if plan.deposit is not None:
            due = PolicyTier(None, plan.deposit.kind, plan.deposit.value, plan.deposit.days_before)
            if (twin.tier_at(due, **when) or now) <= now:
                due_now = sum(twin.charge_of(due.kind, due.value, room) for room in rooms)
        return Picture(
            nights=tuple(
                (tuple(room.nights), tuple(map(tuple, room.steps)), tuple(room.night_taxes)) for room in rooms
            ),
            taxes=tuple(
                tuple(
                    (tax.name, charge, tax.is_included, tax.is_paid_at_property)
                    for tax, charge in zip(self.taxes, room.charges, strict=True)
                    if charge
                )
                for room in rooms
            ),
            penalties=tuple(
                tuple(
                    (twin.tier_at(tier, **when), twin.charge_of(tier.kind, tier.value, room))
                    for tier in plan.tiers
                )
                for room in rooms
            ),
            due_now=due_now,
            total=sum(room.total for room in rooms),
            at_property=sum(room.at_property for room in rooms),
            bases=tuple(base for _date, base in nights),
            promotions=frozenset(
                int(name.split()[1])
                for room in rooms
                for steps in room.steps
                for name, _change in steps
                if name.startswith("promotion")
            ),
        )

    def _may_have(self, offer: Offer, kept: Stay | None) -> bool:
        return offer.is_left() or (kept is not None and offer.term.id in kept.picture.promotions)

    @staticmethod
    def penalty(picture: Picture, at: dt.datetime) -> int:
        """What cancelling all rooms costs: each room's last tier that has begun."""
        total = 0
        for tiers in picture.penalties:
            begun = [
                (begins or dt.datetime.min.replace(tzinfo=dt.UTC), charge)
                for begins, charge in tiers
                if begins is None or begins <= at
            ]
            if begun:
                total += max(begun, key=lambda entry: entry[0])[1]
        return total

    # --- What is left --------------------------------------------------------------------------------

    def count(self, night: int, state: str) -> int:
        return sum(stay.rooms for stay in self.stays if stay.state == state and stay.covers(night))

    def left(self, night: int) -> int:
        if night in self.closed:
            return 0
        capacity = self.allotments[night] + self.allowances[night]
        return capacity - self.count(night, "active") - self.count(night, "confirmed")

    def short_nights(self, first: int, last: int, rooms: int, *, own: Stay | None = None) -> list[int]:
        short = []
        for night in range(first, last):
            wanted = rooms - (own.rooms if own and own.covers(night) else 0)
            if wanted > 0 and wanted > self.left(night):
                short.append(night)
        return short

    def take(self, first: int, last: int, rooms: int, *, now: dt.datetime, own: Stay | None = None) -> bool:
        """Whether the nights can be had; takes expired holds back where that is what it needs."""
        short = self.short_nights(first, last, rooms, own=own)
        if not short:
            return True
        in_the_way = [
            stay
            for stay in self.stays
            if stay.state == "active"
            and stay.expires_at <= now
            and stay.first <= max(short)
            and stay.last > min(short)
        ]
        for stay in in_the_way:
            stay.state = "expired"
        if not self.short_nights(first, last, rooms, own=own):
            return True
        for stay in in_the_way:  # a refusal changes nothing
            stay.state = "active"
        return False


def make_place(
    *, timezone: str, currency: str, first: dt.date, chain: Sequence[Adjustment], base: int, is_frozen: bool
) -> Place:
    """A published hotel: a root plan, and one for each link that takes its price from the one before."""
    property_ = PropertyFactory.create(timezone=timezone, currency=currency)
    room_type = RoomTypeFactory.create(property=property_, units=UNITS)
    plans: list[Plan] = []
    schemes = (
        (PolicyTier(24, "nights", 1), PolicyTier(0, "percent", 100)),
        (PolicyTier(None, "percent", 33, 3), PolicyTier(6, "fixed", 7_777)),
        (PolicyTier(None, "percent", 0), PolicyTier(None, "nights", 2, 1)),
    )
    for position, link in enumerate([None, *chain]):
        parent = plans[-1] if plans else None
        policy = PolicyFactory.create(
            property=property_, change_rates="frozen" if is_frozen and position != 1 else "current"
        )
        for tier in schemes[position]:
            CancellationTier.objects.create(
                policy=policy,
                hours_before=tier.hours_before,
                days_before=tier.days_before,
                kind=tier.kind,
                value=tier.value,
            )
        deposit = Deposit(2, "percent", 25) if position == 1 else None
        if deposit is not None:
            DepositStep.objects.create(policy=policy, **vars(deposit))
        row = RatePlanFactory.create(
            property=property_,
            policy=policy,
            position=position,
            parent=parent.row if parent else None,
            **(
                {}
                if link is None
                else {
                    "adjustment_kind": link.kind,
                    "adjustment_value": link.value,
                    "rounding_minor": link.rounding_minor,
                    "meal_adult_minor": link.meal_adult_minor,
                    "meal_child_minor": link.meal_child_minor,
                }
            ),
        )
        product = ProductFactory.create(
            room_type=room_type,
            rate_plan=row,
            base_minor=base if link is None else 0,
            single_discount_minor=1_111,
            extra_adult_minor=5_005,
            extra_child_minor=2_502,
        )
        plans.append(
            Plan(
                row=row,
                product=product,
                parent=parent,
                link=None if link is None else replace(link, plan=row.name),
                tiers=schemes[position],
                deposit=deposit,
                is_frozen=policy.change_rates == "frozen",
                restrictions=twin.TwinPlan({}, {}, parent.restrictions if parent else None),
            )
        )
    return Place(
        property=property_,
        room_type=room_type,
        timezone=timezone,
        first=first,
        plans=plans,
        prices=dict.fromkeys(range(LAST), base),
        allotments=dict.fromkeys(range(LAST), UNITS),
        allowances=dict.fromkeys(range(LAST), 0),
    )
