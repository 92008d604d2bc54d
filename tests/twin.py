"""The engine's slow twin: the same definitions once more, the long way, in exact fractions.

Written from what the documentation says a price, a restriction and a policy mean; it shares nothing with
`serai.rates.rules` and `serai.bookings.rules` but the plain values that go in. Nothing is cached, nothing
is clever: where the engine remembers, this goes through everybody, every night and every tax again.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from math import floor
from typing import Any
from zoneinfo import ZoneInfo

Nights = Sequence[tuple[dt.date, int]]


def half_up(value: Fraction | int) -> int:
    """To the nearest whole number, halves away from zero."""
    rounded = floor(abs(Fraction(value)) + Fraction(1, 2))
    return rounded if value >= 0 else -rounded


# --- Guests ------------------------------------------------------------------------------------------


def ages_of(terms: Any, party: Any) -> tuple[int, list[int]]:
    """How many pay as adults, and the ages of those who pay as children, oldest first."""
    adults, children = party.adults, []
    for age in party.children_ages:
        if age > terms.child_max_age:
            adults += 1
        elif age > terms.infant_max_age:
            children.append(age)
    return adults, sorted(children, reverse=True)


# --- One night ---------------------------------------------------------------------------------------


def room_steps(terms: Any, party: Any, base: int, promotions: Sequence[Any] = ()) -> list[tuple[str, int]]:
    """How a night's price comes about: what each step adds, those that add nothing left out."""
    adults, children = ages_of(terms, party)
    steps: list[tuple[str, int]] = [("base", base)]

    def price() -> int:
        return sum(change for _name, change in steps)

    if adults + len(children) == 1:
        steps.append(("single", -min(price(), terms.single_discount_minor)))
    # Everybody stands in line, adults first, then children from the oldest; places in the price go first.
    line: list[int | None] = [None] * adults + list(children)
    beyond = line[terms.base_guests :]
    steps.append(("adults", sum(terms.extra_adult_minor for age in beyond if age is None)))
    for age in beyond:
        if age is not None:
            bands = [amount for max_age, amount in sorted(terms.child_bands) if age <= max_age]
            steps.append(("children", bands[0] if bands else terms.extra_child_minor))
    for link in terms.adjustments:
        change = half_up(Fraction(price() * link.value, 10_000)) if link.kind == "percent" else link.value
        derived = max(price() + change, 0)
        derived = half_up(Fraction(derived, link.rounding_minor)) * link.rounding_minor
        steps.append((f"plan {link.plan}", derived - price()))
        steps.append((f"meals {link.plan}", adults * link.meal_adult_minor))
        steps.append((f"meals {link.plan}", len(children) * link.meal_child_minor))
    for promotion in promotions:
        cut = cut_of(promotion, price())
        steps.append((f"promotion {promotion.id}", -cut))
    return [step for step in steps if step[1] or step[0] == "base"]


def room_night(terms: Any, party: Any, base: int, promotions: Sequence[Any] = ()) -> int:
    """What this party pays for one room for one night, before taxes."""
    return sum(change for _name, change in room_steps(terms, party, base, promotions))


def cut_of(promotion: Any, price: int) -> int:
    cut = promotion.value
    if promotion.kind == "percent":
        cut = half_up(Fraction(price * promotion.value, 10_000))
    return min(cut, price)


# --- Promotions --------------------------------------------------------------------------------------


def is_between(date: dt.date, first: dt.date | None, last: dt.date | None) -> bool:
    return not (first is not None and date < first) and not (last is not None and date > last)


def promotion_holds(
    promotion: Any,
    *,
    rate_plan_id: int,
    check_in: dt.date,
    check_out: dt.date,
    today: dt.date,
    codes: Collection[str],
) -> bool:
    """Whether all conditions of a promotion hold for a stay that is booked today."""
    nights, ahead = (check_out - check_in).days, (check_in - today).days
    conditions = [
        len(promotion.rate_plan_ids) == 0 or rate_plan_id in promotion.rate_plan_ids,
        promotion.code == "" or promotion.code.upper() in codes,
        nights >= (promotion.min_nights or 0),
        nights <= (10**6 if promotion.max_nights is None else promotion.max_nights),
        ahead >= (-(10**6) if promotion.min_days_ahead is None else promotion.min_days_ahead),
        ahead <= (10**6 if promotion.max_days_ahead is None else promotion.max_days_ahead),
        is_between(today, promotion.bookable_from_date, promotion.bookable_until_date),
    ]
    return all(conditions)


def promotions_in_use(terms: Any, nights: Nights, parties: Sequence[Any]) -> list[Any]:
    """The best of those that stand alone, by what it takes off the whole stay, then all that combine."""
    best, best_saving = None, -1
    for promotion in terms.promotions:
        if promotion.is_combinable:
            continue
        saving = 0
        for date, base in nights:
            if is_between(date, promotion.stay_from_date, promotion.stay_until_date):
                for party in parties:
                    saving += cut_of(promotion, room_night(terms, party, base))
        if saving > best_saving:
            best, best_saving = promotion, saving
    return ([] if best is None else [best]) + [each for each in terms.promotions if each.is_combinable]


# --- Taxes -------------------------------------------------------------------------------------------


@dataclass
class TwinRoom:
    """One room: its nights, each tax's charge in the order of the taxes, each night's taxes in advance."""

    nights: list[int]
    steps: list[list[tuple[str, int]]]
    charges: list[int]
    night_taxes: list[int]
    total: int
    at_property: int


def heads_of(terms: Any, tax: Any, party: Any) -> int:
    adults, children = ages_of(terms, party)
    if tax.basis == "room":
        return 1
    if tax.basis == "adult":
        return adults
    if tax.from_age is None and tax.below_age is None:
        return adults + len(children)
    lowest = terms.infant_max_age + 1 if tax.from_age is None else tax.from_age
    highest = 1_000 if tax.below_age is None else tax.below_age - 1
    # An adult is older than every age that a tax can name.
    everybody = [*party.children_ages, *([999] * party.adults)]
    return len([age for age in everybody if lowest <= age <= highest])


def share_of(terms: Any, tax: Any, party: Any) -> Fraction:
    """The part of the room's price that those who count stand for."""
    if tax.basis == "room":
        return Fraction(1)
    adults, children = ages_of(terms, party)
    counted = heads_of(terms, tax, party)
    return Fraction(counted, max(adults + len(children), counted, 1))


def is_charged(
    terms: Any,
    tax: Any,
    party: Any,
    *,
    index: int,
    date: dt.date,
    price: int,
    nights: int,
    exemptions: Collection[str],
) -> bool:
    """Whether a tax has anything to do with this night."""
    if tax.exempt_from_nights is not None and nights >= tax.exempt_from_nights:
        return False
    if tax.exemption != "" and tax.exemption in exemptions:
        return False
    if heads_of(terms, tax, party) == 0:
        return False
    if tax.max_nights is not None and index + 1 > tax.max_nights:
        return False
    if not is_between(date, tax.valid_from_date, tax.valid_until_date):
        return False
    return tax.from_minor <= price and (tax.below_minor is None or price < tax.below_minor)


def included_charges(
    terms: Any, party: Any, price: int, taxes: Sequence[tuple[int, Any]], index: int
) -> dict[int, Fraction]:
    """What each tax inside a night's price comes to, exactly.

    The net price is the one on which these charges, put on top, would make the price; when the fixed
    ones alone are more than the price, it is nothing.
    """

    def charges_on(net: Fraction) -> dict[int, Fraction]:
        found: dict[int, Fraction] = {}
        for position, tax in taxes:
            if tax.kind == "amount":
                due = tax.period == "night" or index == 0
                found[position] = Fraction(tax.value * heads_of(terms, tax, party) if due else 0)
            else:
                base = net + (sum(found.values()) if tax.kind == "compound" else 0)
                found[position] = base * Fraction(tax.value, 10_000) * share_of(terms, tax, party)
        return found

    nothing = sum(charges_on(Fraction(0)).values())
    slope = 1 + sum(charges_on(Fraction(1)).values()) - nothing
    return charges_on(max((price - nothing) / slope, Fraction(0)))


def room_stay(
    terms: Any,
    party: Any,
    nights: Nights,
    promotions: Sequence[Any],
    exemptions: Collection[str],
    agreed: Mapping[dt.date, list[tuple[str, int]]],
) -> TwinRoom:
    """One room for the whole stay; nights that were agreed keep their steps."""
    taxes = list(enumerate(terms.taxes))
    prices, steps, night_taxes = [], [], []
    charges = [0] * len(taxes)
    exact = [Fraction(0)] * len(taxes)  # what percentages per stay come to before they are rounded
    touched = [False] * len(taxes)
    for index, (date, base) in enumerate(nights):
        used = [each for each in promotions if is_between(date, each.stay_from_date, each.stay_until_date)]
        steps.append(agreed[date] if date in agreed else room_steps(terms, party, base, used))
        price = sum(change for _name, change in steps[-1])
        prices.append(price)
        due = [
            (position, tax)
            for position, tax in taxes
            if is_charged(
                terms,
                tax,
                party,
                index=index,
                date=date,
                price=price,
                nights=len(nights),
                exemptions=exemptions,
            )
        ]
        inside = included_charges(
            terms, party, price, [(position, tax) for position, tax in due if tax.is_included], index
        )
        room_left, on_top, in_advance = price, 0, 0
        for position, tax in due:
            per_stay = tax.period == "stay"
            if per_stay and tax.kind != "amount":
                touched[position] = True
                if tax.is_included:
                    exact[position] += inside[position]
                else:
                    base_of_tax = price + (on_top if tax.kind == "compound" else 0)
                    exact[position] += base_of_tax * Fraction(tax.value, 10_000) * share_of(terms, tax, party)
                continue
            if per_stay and index > 0:
                continue
            if tax.is_included:
                charge = min(half_up(inside[position]), room_left)
                room_left -= charge
            elif tax.kind == "amount":
                charge = tax.value * heads_of(terms, tax, party)
            else:
                base_of_tax = price + (on_top if tax.kind == "compound" else 0)
                charge = half_up(base_of_tax * Fraction(tax.value, 10_000) * share_of(terms, tax, party))
            charges[position] += charge
            if not tax.is_included and not per_stay:
                on_top += charge
                in_advance += 0 if tax.is_paid_at_property else charge
        night_taxes.append(in_advance)
    for position, tax in taxes:
        if not touched[position]:
            continue
        if tax.is_included:
            others = sum(charges[other] for other, entry in taxes if entry.is_included and other != position)
            charges[position] = max(min(half_up(exact[position]), sum(prices) - others), 0)
        else:
            if tax.kind == "compound":
                above = sum(
                    charges[other]
                    for other, entry in taxes[:position]
                    if entry.period == "stay" and not entry.is_included
                )
                exact[position] += above * Fraction(tax.value, 10_000) * share_of(terms, tax, party)
            charges[position] = half_up(exact[position])
    on_top_taxes = [(position, tax) for position, tax in taxes if not tax.is_included]
    return TwinRoom(
        nights=prices,
        steps=steps,
        charges=charges,
        night_taxes=night_taxes,
        total=sum(prices) + sum(charges[position] for position, _tax in on_top_taxes),
        at_property=sum(charges[position] for position, tax in on_top_taxes if tax.is_paid_at_property),
    )


def stay(
    terms: Any,
    nights: Nights,
    parties: Sequence[Any],
    *,
    exemptions: Collection[str] = (),
    agreed: Mapping[Any, Mapping[dt.date, list[tuple[str, int]]]] | None = None,
) -> list[TwinRoom]:
    """Each room of a stay. `agreed` are the steps of nights that a party has booked already."""
    promotions = promotions_in_use(terms, nights, parties)
    return [
        room_stay(terms, party, nights, promotions, exemptions, (agreed or {}).get(party, {}))
        for party in parties
    ]


# --- Restrictions ------------------------------------------------------------------------------------

# A restriction is a plain mapping here: what it names holds, what it does not name does not.
Layer = Mapping[str, Any]


@dataclass
class TwinPlan:
    """A plan's standing terms and its nights', and the plan it takes the rest from."""

    standing: Layer = field(default_factory=dict)
    nights: Mapping[dt.date, Layer] = field(default_factory=dict)
    parent: TwinPlan | None = None

    def say(self, name: str, date: dt.date) -> Any:
        """What holds on a date: the night's own word, the plan's, else whatever the parent says."""
        for layer in (self.nights.get(date, {}), self.standing):
            if layer.get(name) is not None:
                return layer[name]
        return None if self.parent is None else self.parent.say(name, date)


def violations(
    plan: TwinPlan, *, check_in: dt.date, check_out: dt.date, now: dt.datetime, timezone: str
) -> set[tuple[str, dt.date]]:
    """Each rule that the stay breaks, with the date it lies on."""
    local = now.astimezone(ZoneInfo(timezone))
    nights = [check_in + dt.timedelta(days=day) for day in range((check_out - check_in).days)]
    length = len(nights)
    broken: set[tuple[str, dt.date]] = set()

    def test(code: str, name: str, date: dt.date, breaks: Any) -> None:
        said = plan.say(name, date)
        if said is not None and breaks(said):
            broken.add((code, date))

    ahead = (check_in - local.date()).days
    test("closed_to_arrival", "is_closed_to_arrival", check_in, bool)
    test("min_stay_arrival", "min_stay_arrival", check_in, lambda fewest: length < fewest)
    test("max_stay_arrival", "max_stay_arrival", check_in, lambda most: length > most)
    test("too_early", "earliest_days", check_in, lambda days: ahead > days)
    test("too_late", "latest_days", check_in, lambda days: ahead < days)
    test("past_cutoff", "cutoff_hour", check_in, lambda hour: ahead == 0 and local.hour >= hour)
    for night in nights:
        days = (night - local.date()).days
        test("stop_sold", "is_stop_sold", night, bool)
        test("min_stay_through", "min_stay_through", night, lambda fewest: length < fewest)
        test("max_stay_through", "max_stay_through", night, lambda most: length > most)
        test("released", "release_days", night, lambda release, days=days: days < release)
    test("closed_to_departure", "is_closed_to_departure", check_out, bool)
    return broken


# --- Policies ----------------------------------------------------------------------------------------


def check_in_at(check_in: dt.date, hour: dt.time, timezone: str) -> dt.datetime:
    """The instant at which a clock on the wall of the hotel shows the check-in hour, the first time.

    An hour that the clock leaps over is as long after the leap as it would have been without.
    """
    zone = ZoneInfo(timezone)
    wall = dt.datetime.combine(check_in, hour)
    offset = wall.replace(tzinfo=zone, fold=0).utcoffset()
    assert offset is not None
    return (wall - offset).replace(tzinfo=dt.UTC)


def tier_at(tier: Any, *, check_in: dt.date, hour: dt.time, timezone: str) -> dt.datetime | None:
    """When a tier begins: real hours before the check-in instant, or its hour on an earlier date."""
    if tier.days_before is not None:
        arrival = check_in_at(check_in, hour, timezone).astimezone(ZoneInfo(timezone))
        return check_in_at(
            arrival.date() - dt.timedelta(days=tier.days_before), arrival.time().replace(fold=0), timezone
        )
    if tier.hours_before is not None:
        return check_in_at(check_in, hour, timezone) - dt.timedelta(hours=tier.hours_before)
    return None


def charge_of(kind: str, value: int, room: TwinRoom) -> int:
    """Percent of what can be paid in advance, the first nights, or a sum; never more than that."""
    whole = room.total - room.at_property
    if kind == "percent":
        return min(half_up(Fraction(whole * value, 100)), whole)
    if kind == "nights":
        first = list(zip(room.nights, room.night_taxes, strict=True))[:value]
        return min(sum(price + tax for price, tax in first), whole)
    return min(value, whole)


def penalty(
    tiers: Sequence[Any], room: TwinRoom, at: dt.datetime, *, check_in: dt.date, hour: dt.time, timezone: str
) -> int:
    """What cancelling one room costs at an instant: of the tiers that have begun, the latest one's charge.

    Of two that begin at the same instant the one written last counts.
    """
    found, began = 0, None
    for tier in tiers:
        begins = tier_at(tier, check_in=check_in, hour=hour, timezone=timezone)
        if begins is not None and begins > at:
            continue
        rank = dt.datetime.min.replace(tzinfo=dt.UTC) if begins is None else begins
        if began is None or rank >= began:
            found, began = charge_of(tier.kind, tier.value, room), rank
    return found
