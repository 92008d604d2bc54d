"""The terms of a cancellation policy as its host wrote them; `bookings.rules` turns them into instants."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass


@dataclass(frozen=True)
class PolicyTier:
    """From `hours_before` or `days_before` check-in on (neither: from booking on) cancelling costs this.

    `value` is whole percent, a number of first nights, or minor units, as `kind` says.
    """

    hours_before: int | None
    kind: str
    value: int
    days_before: int | None = None


@dataclass(frozen=True)
class Deposit:
    """What is due `days_before` arrival, or at booking when that is None."""

    days_before: int | None
    kind: str
    value: int


@dataclass(frozen=True)
class PolicyTerms:
    """All terms of a policy. An empty `no_show_kind` means what cancelling at check-in costs."""

    name: str = ""
    tiers: tuple[PolicyTier, ...] = ()
    deposits: tuple[Deposit, ...] = ()
    no_show_kind: str = ""
    no_show_value: int = 0
    early_departure_percent: int = 100
    change_rates: str = "current"
    guarantee: str = "none"
    kept_until: dt.time | None = None
