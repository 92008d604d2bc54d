"""Selling nights outright, giving sold ones back, exchanging them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from serai.core.db import require_transaction
from serai.inventory.counters import (
    Claim,
    find_shortages,
    lock_nights,
    merge_claims,
    read_left,
    shift_nights,
)
from serai.inventory.services.errors import SoldOut
from serai.inventory.services.taking import reclaim, take_nights


def sell_nights(*, claims: Sequence[Claim], now: dt.datetime) -> None:
    """Sell nights without a hold before them. Raises `SoldOut`. Locks the nights."""
    require_transaction()
    take_nights(merge_claims(claims), sold=1, now=now)


def return_nights(*, claims: Sequence[Claim], now: dt.datetime) -> None:
    """Give sold nights back. Locks the nights."""
    require_transaction()
    shift_nights(merge_claims(claims), sold=-1)


def swap_nights(*, give: Sequence[Claim], take: Sequence[Claim], now: dt.datetime) -> None:
    """Exchange sold nights in one step; raises `SoldOut` and leaves the old ones untouched.

    A stay that only grows or shifts keeps the nights it shares with its former self, closed or not.
    Locks both sets in one go.
    """
    require_transaction()
    give, take = merge_claims(give), merge_claims(take)

    left = lock_nights([*give, *take])
    shortages = find_shortages(take, left, given=give)
    if shortages and reclaim(shortages, now=now):
        shortages = find_shortages(take, read_left(take), given=give)
    if shortages:
        raise SoldOut(shortages)
    shift_nights(give, sold=-1)
    shift_nights(take, sold=1)
