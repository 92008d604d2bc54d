"""Folio arithmetic: what is charged, what takes a charge back, what is owed. No ORM, no clock.

Amounts are minor units. A charge or a refund is positive, a payment or something taken back negative, so
that a settled folio adds up to zero. Taxes that a price includes already are lines of their own which
no sum counts. Kinds are the plain strings that `models.FolioLine.Kind` stores.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

ROOM, TAX, EXTRA, PENALTY, ADJUSTMENT = "room", "tax", "extra", "penalty", "adjustment"
PAYMENT, REFUND = "payment", "refund"
MONEY_KINDS = frozenset({PAYMENT, REFUND})

# The key of the line that takes another back is that line's key and this mark: a line has one key, and
# a key is written once, so nothing can be taken back twice.
REVERSED = "~"
# Charges of a stay carry the version of the booking that they were made for: `v3:room:0`.
STAY_KEY = re.compile(r"v\d+:")
# Charges that somebody added at the property.
DESK_PREFIX = "desk:"


class Line(Protocol):
    """A line of a folio, stored or about to be."""

    @property
    def kind(self) -> str: ...
    @property
    def text(self) -> str: ...
    @property
    def amount_minor(self) -> int: ...
    @property
    def key(self) -> str: ...
    @property
    def is_included(self) -> bool: ...


L = TypeVar("L", bound=Line)


@dataclass(frozen=True)
class LineDraft:
    """A line to be posted."""

    kind: str
    text: str
    amount_minor: int
    key: str
    is_included: bool = False


def is_stay_line(line: Line) -> bool:
    """Whether a line charges for the stay itself, or takes such a charge back."""
    return line.kind not in MONEY_KINDS and STAY_KEY.match(line.key) is not None


def reversed_key(key: str) -> str | None:
    """The key of the line that a line with `key` takes back; None when it takes back nothing."""
    return key.removesuffix(REVERSED) if key.endswith(REVERSED) else None


def reversal_of(line: Line) -> LineDraft:
    """The line that takes `line` back."""
    return LineDraft(line.kind, line.text, -line.amount_minor, f"{line.key}{REVERSED}", line.is_included)


def standing_lines(lines: Sequence[L]) -> list[L]:
    """The lines that still count: neither taken back nor taking back, in their order."""
    keys = {line.key for line in lines}
    return [
        line for line in lines if f"{line.key}{REVERSED}" not in keys and reversed_key(line.key) not in keys
    ]


def charges_minor(lines: Iterable[Line]) -> int:
    """What is charged: everything but payments, refunds and taxes inside other prices."""
    return sum(line.amount_minor for line in lines if line.kind not in MONEY_KINDS and not line.is_included)


def settled_minor(lines: Iterable[Line]) -> int:
    """What was paid and not given back."""
    return -sum(line.amount_minor for line in lines if line.kind in MONEY_KINDS)


def balance_minor(lines: Sequence[Line]) -> int:
    """What is still owed; below zero is owed to the guest, zero is settled."""
    return charges_minor(lines) - settled_minor(lines)


# --- Lines to post -------------------------------------------------------------------------------------


def charge_lines(
    *,
    version: int,
    rooms: Sequence[tuple[str, int]],
    taxes: Sequence[tuple[str, int, bool]] = (),
    extras: Sequence[tuple[str, int]] = (),
) -> list[LineDraft]:
    """The charges of a stay as it is in `version` of its booking.

    `rooms` and `extras` are (text, amount), `taxes` (name, amount, whether prices include it).
    """
    prefix = f"v{version}"
    return [
        *(LineDraft(ROOM, text, minor, f"{prefix}:room:{n}") for n, (text, minor) in enumerate(rooms)),
        *(
            LineDraft(TAX, name, minor, f"{prefix}:tax:{n}", is_included)
            for n, (name, minor, is_included) in enumerate(taxes)
        ),
        *(LineDraft(EXTRA, text, minor, f"{prefix}:extra:{n}") for n, (text, minor) in enumerate(extras)),
    ]


def replacement_lines(old: Sequence[Line], new: Sequence[LineDraft]) -> list[LineDraft]:
    """What to post so that `new` are the charges of the stay from now on.

    `old` is the whole folio so far. Charges that stay as they are stay where they are; what is
    different is taken back and written anew. Money and charges added at the property are left alone,
    so the stay's charges then add up to exactly the sum of `new`.
    """
    wanted = Counter(_content(line) for line in new)
    taken_back: list[LineDraft] = []
    for line in standing_lines([line for line in old if is_stay_line(line)]):
        if wanted[_content(line)] > 0:
            wanted[_content(line)] -= 1
        else:
            taken_back.append(reversal_of(line))
    added: list[LineDraft] = []
    for line in new:
        if wanted[_content(line)] > 0:
            wanted[_content(line)] -= 1
            added.append(line)
    return [*taken_back, *added]


def penalty_lines(old: Sequence[Line], *, version: int, text: str, penalty_minor: int) -> list[LineDraft]:
    """What to post when a stay is cancelled: its charges are taken back, the penalty takes their place."""
    penalty = [LineDraft(PENALTY, text, penalty_minor, f"v{version}:penalty")] if penalty_minor else []
    return replacement_lines(old, penalty)


def _content(line: Line) -> tuple[str, str, int, bool]:
    return (line.kind, line.text, line.amount_minor, line.is_included)


# --- Invoices ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class TaxSum:
    """One tax over all lines of a document; `is_included` when it is inside the prices."""

    name: str
    amount_minor: int
    is_included: bool


def tax_sums(lines: Iterable[Line]) -> list[TaxSum]:
    """The taxes of a document by name, in the order in which they first appear."""
    sums: dict[tuple[str, bool], int] = {}
    for line in lines:
        if line.kind == TAX:
            name = (line.text, line.is_included)
            sums[name] = sums.get(name, 0) + line.amount_minor
    return [TaxSum(name, minor, is_included) for (name, is_included), minor in sums.items()]


def number_text(*, kind: str, year: int, number: int) -> str:
    """A document's number as people write it; credit notes have a series of their own."""
    return f"{'C' if kind == 'credit' else ''}{year}-{number:05d}"
