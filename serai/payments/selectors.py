"""Reading about money that moved or should have."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cached_property

from django.db.models import F, Q, QuerySet, Sum

from serai.payments import folio_rules
from serai.payments.models import FolioLine, Invoice, Payment, Refund

# The outbox tries a refund for about this long before it gives up.
REFUND_PATIENCE = dt.timedelta(hours=2)


def payments_for(reference: str) -> QuerySet[Payment]:
    """Every attempt to pay for `reference`, newest first."""
    return Payment.objects.filter(reference=reference).order_by("-created_at", "-id")


def paid_minor(reference: str) -> int:
    """What has been paid for `reference` and not given back, in minor units."""
    kept = Payment.objects.filter(reference=reference, state=Payment.State.SUCCEEDED).aggregate(
        kept=Sum(F("amount_minor") - F("refunded_minor"))
    )["kept"]
    return int(kept or 0)


@dataclass(frozen=True)
class Folio:
    """All lines under one reference, oldest first, with what they add up to (minor units)."""

    reference: str
    lines: tuple[FolioLine, ...]

    @cached_property
    def charges_minor(self) -> int:
        """What is charged, without taxes that prices include already."""
        return folio_rules.charges_minor(self.lines)

    @cached_property
    def settled_minor(self) -> int:
        """What was paid and not given back."""
        return folio_rules.settled_minor(self.lines)

    @cached_property
    def balance_minor(self) -> int:
        """What is still owed: zero when settled, below zero when the guest is owed money."""
        return self.charges_minor - self.settled_minor

    @cached_property
    def has_charges(self) -> bool:
        return any(line.kind not in folio_rules.MONEY_KINDS for line in self.lines)


def folio(reference: str) -> Folio:
    """The folio of `reference`; empty when nothing was written yet."""
    return Folio(reference, tuple(FolioLine.objects.filter(reference=reference).order_by("id")))


def invoices_of(reference: str) -> QuerySet[Invoice]:
    """Invoices and credit notes, oldest first, each with what it corrects or is corrected by."""
    return Invoice.objects.filter(reference=reference).select_related("corrects", "correction").order_by("id")


def waiting_payments(*, now: dt.datetime, quiet_for: dt.timedelta, at_most: int) -> QuerySet[Payment]:
    """Payments of the last three days that nothing was heard of for a while, longest wait first."""
    return Payment.objects.filter(
        state=Payment.State.PENDING,
        updated_at__lte=now - quiet_for,
        created_at__gte=now - dt.timedelta(days=3),
    ).order_by("updated_at")[:at_most]


def refunds_in_trouble(*, now: dt.datetime) -> QuerySet[Refund]:
    """Refunds that need a person: refused by the bank, or promised long ago and still not made."""
    return (
        Refund.objects.filter(
            Q(state=Refund.State.FAILED)
            | Q(state=Refund.State.PENDING, created_at__lte=now - REFUND_PATIENCE)
        )
        .select_related("payment")
        .order_by("created_at")
    )
