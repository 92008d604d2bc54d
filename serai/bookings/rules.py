"""Booking arithmetic: which state may follow which, what cancelling costs when, what is due when."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from serai.rates.rules import NightLine, PolicyTerms, PolicyTier, divide_half_up

TRANSITIONS: dict[str, frozenset[str]] = {
    "confirmed": frozenset({"checked_in", "cancelled", "no_show"}),
    "checked_in": frozenset({"checked_out"}),
    "checked_out": frozenset(),
    "cancelled": frozenset(),
    "no_show": frozenset(),
}


class Priced(Protocol):
    """A room's or a stay's price, as terms look at it."""

    @property
    def nights(self) -> tuple[NightLine, ...]: ...
    @property
    def prepayable_minor(self) -> int: ...


@dataclass(frozen=True)
class CompiledTier:
    """From `from_at` (UTC; None: from booking on) cancelling costs `penalty_minor`."""

    from_at: dt.datetime | None
    penalty_minor: int

    def as_json(self) -> dict[str, Any]:
        return {
            "from_at": self.from_at.isoformat() if self.from_at else None,
            "penalty_minor": self.penalty_minor,
        }


def tiers_from_json(data: Iterable[dict[str, Any]]) -> list[CompiledTier]:
    """The inverse of `CompiledTier.as_json`, for a whole policy."""
    return [
        CompiledTier(
            from_at=dt.datetime.fromisoformat(tier["from_at"]) if tier["from_at"] else None,
            penalty_minor=tier["penalty_minor"],
        )
        for tier in data
    ]


def may_become(state: str, new_state: str) -> bool:
    """Whether a booking in `state` may become `new_state`."""
    return new_state in TRANSITIONS[state]


def check_in_instant(*, check_in: dt.date, check_in_from: dt.time, timezone: str) -> dt.datetime:
    """The property's check-in hour on the arrival date as an instant (UTC).

    An hour that daylight saving skips or repeats is read with `fold=0`, as PEP 495 says.
    """
    return dt.datetime.combine(check_in, check_in_from, tzinfo=ZoneInfo(timezone)).astimezone(dt.UTC)


def before_check_in(
    arrival: dt.datetime, *, timezone: str, hours: int | None = None, days: int | None = None
) -> dt.datetime:
    """So many real hours, or so many days of the property's calendar, before the check-in instant (UTC).

    A day is the same hour of an earlier date, also when clocks change in between.
    """
    if days is None:
        return arrival - dt.timedelta(hours=hours or 0)
    local = arrival.astimezone(ZoneInfo(timezone))
    # Arithmetic on an aware time is on its clock; `fold=0` reads an hour that occurs twice as the first.
    return (local - dt.timedelta(days=days)).replace(fold=0).astimezone(dt.UTC)


def charge(*, kind: str, value: int, price: Priced) -> int:
    """What a term costs: percent of what can be paid at booking, the first nights, or a sum; never more.

    Charges that only the property takes, such as a city tax, are not owed by somebody who does not come.
    """
    whole = price.prepayable_minor
    if kind == "percent":
        amount = divide_half_up(whole * value, 100)
    elif kind == "nights":
        amount = sum(night.amount_minor + night.tax_minor for night in price.nights[:value])
    else:
        amount = value
    return min(amount, whole)


def compile_tiers(
    *,
    tiers: Sequence[PolicyTier],
    check_in: dt.date,
    check_in_from: dt.time,
    timezone: str,
    price: Priced,
) -> list[CompiledTier]:
    """Turn a policy into absolute instants and amounts, earliest first.

    Hours are real hours before the check-in instant, days are days of the property's calendar.
    """
    arrival = check_in_instant(check_in=check_in, check_in_from=check_in_from, timezone=timezone)
    compiled = [
        CompiledTier(
            from_at=None
            if tier.hours_before is None and tier.days_before is None
            else before_check_in(arrival, timezone=timezone, hours=tier.hours_before, days=tier.days_before),
            penalty_minor=charge(kind=tier.kind, value=tier.value, price=price),
        )
        for tier in tiers
    ]
    return sorted(compiled, key=lambda tier: (tier.from_at is not None, tier.from_at or arrival))


def merge_tiers(policies: Sequence[Sequence[CompiledTier]]) -> list[CompiledTier]:
    """What cancelling all rooms costs, when each has tiers of its own: their sums, instant by instant."""
    instants = {tier.from_at for tiers in policies for tier in tiers if tier.from_at is not None}
    merged = []
    from_the_start = sum(tier.penalty_minor for tiers in policies for tier in tiers if tier.from_at is None)
    if any(tier.from_at is None for tiers in policies for tier in tiers):
        merged.append(CompiledTier(None, from_the_start))
    merged += [
        CompiledTier(instant, sum(penalty_at(tiers, instant) for tiers in policies))
        for instant in sorted(instants)
    ]
    return merged


@dataclass(frozen=True)
class Instalment:
    """A part of the price and when it is due (UTC; None: at booking)."""

    due_at: dt.datetime | None
    amount_minor: int


@dataclass(frozen=True)
class Terms:
    """The terms of a room or a booking beside its tiers, compiled to instants and amounts.

    `kept_until_at` is until when a room without guarantee is kept (None: all day, or it is guaranteed).
    """

    deposits: tuple[Instalment, ...] = ()
    no_show_minor: int = 0
    early_departure_percent: int = 100
    change_rates: str = "current"
    guarantee: str = "none"
    kept_until_at: dt.datetime | None = None

    @property
    def due_now_minor(self) -> int:
        """What is due at booking."""
        return sum(part.amount_minor for part in self.deposits if part.due_at is None)

    @property
    def later(self) -> tuple[Instalment, ...]:
        """What is due between booking and arrival."""
        return tuple(part for part in self.deposits if part.due_at is not None)

    def as_json(self) -> dict[str, Any]:
        return {
            "deposits": [
                [part.due_at.isoformat() if part.due_at else None, part.amount_minor]
                for part in self.deposits
            ],
            "no_show_minor": self.no_show_minor,
            "early_departure_percent": self.early_departure_percent,
            "change_rates": self.change_rates,
            "guarantee": self.guarantee,
            "kept_until_at": self.kept_until_at.isoformat() if self.kept_until_at else None,
        }


def terms_from_json(data: dict[str, Any]) -> Terms:
    """The inverse of `Terms.as_json`; bookings made before there were any have the plainest ones."""
    if not data:
        return Terms()
    return Terms(
        deposits=tuple(
            Instalment(dt.datetime.fromisoformat(due) if due else None, amount)
            for due, amount in data["deposits"]
        ),
        no_show_minor=data["no_show_minor"],
        early_departure_percent=data["early_departure_percent"],
        change_rates=data["change_rates"],
        guarantee=data["guarantee"],
        kept_until_at=dt.datetime.fromisoformat(data["kept_until_at"]) if data["kept_until_at"] else None,
    )


def compile_terms(
    *,
    policy: PolicyTerms,
    tiers: Sequence[CompiledTier],
    is_prepaid: bool,
    check_in: dt.date,
    check_in_from: dt.time,
    timezone: str,
    price: Priced,
    booked_at: dt.datetime,
) -> Terms:
    """Compile a policy for one room. `tiers` are its own, compiled.

    What a prepaid rate costs is due at booking as a whole. A deposit whose day has come already is due
    at booking too; together deposits never come to more than can be paid in advance. Not coming costs
    what the policy says, or what cancelling at the check-in instant does.
    """
    arrival = check_in_instant(check_in=check_in, check_in_from=check_in_from, timezone=timezone)
    whole = price.prepayable_minor
    due: dict[dt.datetime | None, int] = {}
    left = whole
    if is_prepaid:
        due[None] = whole
    else:
        for step in policy.deposits:
            due_at = (
                None
                if step.days_before is None
                else before_check_in(arrival, timezone=timezone, days=step.days_before)
            )
            due_at = None if due_at is not None and due_at <= booked_at else due_at
            part = min(charge(kind=step.kind, value=step.value, price=price), left)
            left -= part
            if part:
                due[due_at] = due.get(due_at, 0) + part
    kept_until_at = None
    if policy.kept_until is not None and policy.guarantee == "none" and not is_prepaid:
        kept_until_at = check_in_instant(
            check_in=check_in, check_in_from=policy.kept_until, timezone=timezone
        )
    return Terms(
        deposits=_in_order(due),
        no_show_minor=charge(kind=policy.no_show_kind, value=policy.no_show_value, price=price)
        if policy.no_show_kind
        else penalty_at(tiers, arrival),
        early_departure_percent=policy.early_departure_percent,
        change_rates=policy.change_rates,
        guarantee="prepaid" if is_prepaid else policy.guarantee,
        kept_until_at=kept_until_at,
    )


def merge_terms(rooms: Sequence[Terms]) -> Terms:
    """The terms of a booking: sums of its rooms', and the strictest word where they differ."""
    if len(rooms) == 1:
        return rooms[0]
    due: dict[dt.datetime | None, int] = {}
    for terms in rooms:
        for part in terms.deposits:
            due[part.due_at] = due.get(part.due_at, 0) + part.amount_minor
    kept = [terms.kept_until_at for terms in rooms if terms.kept_until_at is not None]
    order = ("none", "deposit", "prepaid")
    return Terms(
        deposits=_in_order(due),
        no_show_minor=sum(terms.no_show_minor for terms in rooms),
        early_departure_percent=max((terms.early_departure_percent for terms in rooms), default=100),
        change_rates="current" if any(terms.change_rates == "current" for terms in rooms) else "frozen",
        guarantee=max((terms.guarantee for terms in rooms), key=order.index, default="none"),
        kept_until_at=min(kept, default=None),
    )


def _in_order(due: dict[dt.datetime | None, int]) -> tuple[Instalment, ...]:
    """Instalments by due date, what is due at booking first."""
    now = (Instalment(None, due[None]),) if due.get(None) else ()
    later = sorted((due_at, amount) for due_at, amount in due.items() if due_at is not None)
    return (*now, *(Instalment(due_at, amount) for due_at, amount in later))


def share_tiers(tiers: Sequence[CompiledTier], weights: Sequence[int]) -> list[list[CompiledTier]]:
    """Share one policy's amounts out over rooms in proportion to their prices, to the last minor unit.

    The inverse of `merge_tiers` for bookings made before each room had tiers of its own.
    """
    whole = sum(weights) or len(weights)
    ends = [sum(weights[: index + 1]) if sum(weights) else index + 1 for index in range(len(weights))]
    shared = []
    for begin, end in zip([0, *ends], ends, strict=False):
        shared.append(
            [
                CompiledTier(
                    tier.from_at, tier.penalty_minor * end // whole - tier.penalty_minor * begin // whole
                )
                for tier in tiers
            ]
        )
    return shared


def first_free_night(now: dt.datetime, *, timezone: str, check_in: dt.date) -> dt.date:
    """The first night that is free when a guest leaves at an instant.

    The night of a date begins on it, so whoever leaves at one in the morning has slept the night of the
    day before. The first night is never free: it was taken when the guest checked in.
    """
    return max(now.astimezone(ZoneInfo(timezone)).date(), check_in + dt.timedelta(days=1))


def penalty_at(tiers: Sequence[CompiledTier], at: dt.datetime) -> int:
    """What cancelling costs at an instant: the last tier that has begun, or nothing."""
    penalty = 0
    for tier in tiers:
        if tier.from_at is None or tier.from_at <= at:
            penalty = tier.penalty_minor
    return penalty


def free_until(tiers: Sequence[CompiledTier]) -> dt.datetime | None:
    """The instant at which cancelling first costs something; None when it always or never does."""
    for tier in tiers:
        if tier.penalty_minor > 0:
            return tier.from_at
    return None


def is_always_free(tiers: Sequence[CompiledTier]) -> bool:
    """Whether cancelling never costs anything."""
    return all(tier.penalty_minor == 0 for tier in tiers)
