"""Booking arithmetic: which state may follow which, what cancelling costs at an instant."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from serai.rates.rules import StayPrice, divide_half_up

TRANSITIONS: dict[str, frozenset[str]] = {
    "confirmed": frozenset({"checked_in", "cancelled", "no_show"}),
    "checked_in": frozenset({"checked_out"}),
    "checked_out": frozenset(),
    "cancelled": frozenset(),
    "no_show": frozenset(),
}


class Tier(Protocol):
    """A tier as the host wrote it: from `hours_before` check-in on (None: from booking on)."""

    @property
    def hours_before(self) -> int | None: ...
    @property
    def kind(self) -> str: ...
    @property
    def value(self) -> int: ...


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


def compile_tiers(
    *,
    tiers: Sequence[Tier],
    check_in: dt.date,
    check_in_from: dt.time,
    timezone: str,
    price: StayPrice,
) -> list[CompiledTier]:
    """Turn a policy into absolute instants and amounts, earliest first.

    Percentages are of what can be paid at booking: charges that only the property takes, such as a
    city tax, are not owed by somebody who does not come. Hours are real hours before the check-in
    instant, also across a daylight-saving change.
    """
    arrival = check_in_instant(check_in=check_in, check_in_from=check_in_from, timezone=timezone)
    whole = price.prepayable_minor
    compiled = []
    for tier in tiers:
        if tier.kind == "percent":
            penalty = divide_half_up(whole * tier.value, 100)
        else:
            penalty = sum(night.amount_minor + night.tax_minor for night in price.nights[: tier.value])
        from_at = None if tier.hours_before is None else arrival - dt.timedelta(hours=tier.hours_before)
        compiled.append(CompiledTier(from_at=from_at, penalty_minor=min(penalty, whole)))
    return sorted(compiled, key=lambda tier: (tier.from_at is not None, tier.from_at or arrival))


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
