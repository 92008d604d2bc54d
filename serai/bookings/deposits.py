"""Deposits: which parts of a price are due when, and how far money that came in has paid them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from serai.bookings.rules import Instalment


@dataclass(frozen=True)
class ScheduledInstalment:
    """A part of the price, when it is due (UTC; None: at booking) and how much of it was paid."""

    due_at: dt.datetime | None
    amount_minor: int
    paid_minor: int
    is_past: bool

    @property
    def open_minor(self) -> int:
        """What is left to be paid of it."""
        return self.amount_minor - self.paid_minor

    @property
    def state(self) -> str:
        """`paid`, `due` (later) or `overdue`."""
        if not self.open_minor:
            return "paid"
        return "overdue" if self.is_past else "due"


def schedule(
    instalments: Sequence[Instalment], *, paid_minor: int, now: dt.datetime
) -> list[ScheduledInstalment]:
    """Set money against instalments in the order in which they are due: the earliest is paid first.

    Money beyond all of them pays what is due at the property and shows in none. An instalment is
    overdue from the instant at which it is due.
    """
    left = paid_minor
    parts = []
    for instalment in instalments:
        paid = min(left, instalment.amount_minor)
        left -= paid
        parts.append(
            ScheduledInstalment(
                due_at=instalment.due_at,
                amount_minor=instalment.amount_minor,
                paid_minor=paid,
                is_past=instalment.due_at is None or instalment.due_at <= now,
            )
        )
    return parts


def payable_minor(parts: Sequence[ScheduledInstalment]) -> int:
    """What to pay next: everything overdue at once, or else the next instalment."""
    overdue = sum(part.open_minor for part in parts if part.state == "overdue")
    return overdue or next((part.open_minor for part in parts if part.state == "due"), 0)
