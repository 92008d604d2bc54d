"""Pieces of a priced stay as several pages show them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from serai.bookings.quotes import Quote
from serai.bookings.rules import CompiledTier, merge_tiers
from serai.rates.rules import RoomPrice


@dataclass(frozen=True)
class PolicyStep:
    """One stretch of time on the cancellation timeline; `from_at`/`until_at` are instants or None."""

    from_at: dt.datetime | None
    until_at: dt.datetime | None
    penalty_minor: int
    tone: str
    is_now: bool


def policy_steps(
    tiers: Sequence[CompiledTier], *, end: dt.datetime, whole_minor: int, now: dt.datetime
) -> list[PolicyStep]:
    """The timeline from now to check-in: what cancelling costs when. Steps that are over are left out."""
    marks: list[tuple[dt.datetime | None, int]] = [(None, 0)]
    for tier in tiers:
        if tier.from_at is None:
            marks[0] = (None, tier.penalty_minor)
        elif tier.penalty_minor != marks[-1][1]:
            marks.append((tier.from_at, tier.penalty_minor))
    steps = []
    for index, (from_at, penalty) in enumerate(marks):
        until_at = marks[index + 1][0] if index + 1 < len(marks) else None
        if until_at is not None and until_at <= now:
            continue
        tone = "success" if penalty == 0 else "error" if penalty >= whole_minor else "warning"
        is_now = from_at is None or from_at <= now
        steps.append(
            PolicyStep(
                from_at=from_at,
                until_at=until_at if until_at is not None else (end if penalty == 0 else None),
                penalty_minor=penalty,
                tone=tone,
                is_now=is_now,
            )
        )
    return steps


@dataclass(frozen=True)
class RoomPolicy:
    """The cancellation terms that some rooms of a booking have in common."""

    title: str
    steps: Sequence[PolicyStep]


def room_policies(quote: Quote, *, end: dt.datetime, now: dt.datetime) -> list[RoomPolicy]:
    """The timeline of each policy with its rooms, when they have several; nothing when all are alike."""
    groups: dict[str, list[tuple[str, Sequence[CompiledTier], RoomPrice]]] = {}
    for room, price in zip(quote.rooms, quote.price.rooms, strict=True):
        title = f"{room.room_type_name}, {room.rate_plan_name}"
        groups.setdefault(room.policy_name, []).append((title, room.tiers, price))
    if len(groups) < 2:
        return []
    return [
        RoomPolicy(
            title=" · ".join(dict.fromkeys(title for title, _tiers, _price in rooms)),
            steps=policy_steps(
                merge_tiers([tiers for _title, tiers, _price in rooms]),
                end=end,
                whole_minor=sum(price.prepayable_minor for _title, _tiers, price in rooms),
                now=now,
            ),
        )
        for rooms in groups.values()
    ]
