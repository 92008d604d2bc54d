"""Writing to a folio. Lines are only ever added, each once per key; triggers refuse anything else."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from serai.accounts.models import User
from serai.core.db import require_transaction
from serai.payments import folio_rules
from serai.payments.errors import KeyReusedError
from serai.payments.folio_rules import LineDraft, reversal_of
from serai.payments.gateways.desk import DESK
from serai.payments.models import FolioLine, Payment, Refund

DESK_METHODS = (Payment.Method.CASH, Payment.Method.CARD_TERMINAL, Payment.Method.BANK_TRANSFER)


def post_lines(*, reference: str, lines: Sequence[LineDraft], now: dt.datetime) -> int:
    """Write lines to the folio of `reference` in one statement; return how many of them were new.

    A line whose key was written before is left out, so posting again is harmless. Raises
    `KeyReusedError` when that earlier line says something else. Needs a transaction, locks nothing.
    """
    require_transaction()
    if not lines:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(
            f"{lines_insert(reference='%s')} ON CONFLICT (reference, key) DO NOTHING",
            [reference, *lines_parameters(lines, now=now)],
        )
        posted = cursor.rowcount
    if posted < len(lines):
        _require_same(reference, lines)
    return posted


def lines_insert(*, reference: str, source: str = "") -> str:
    """SQL that writes lines, for callers that make it part of a statement of their own.

    `reference` is SQL for the folio's reference; `source` is what else it selects from. It takes the
    parameters of `lines_parameters`, after those that stand in `reference`.
    """
    # In the order in which they were given: lines are shown by their ids.
    return f"""
        INSERT INTO payments_folioline (reference, kind, text, amount_minor, is_included, key, created_at)
        SELECT {reference}, line.kind, line.text, line.amount_minor, line.is_included, line.key, %s
          FROM {source}{"," if source else ""}
               unnest(%s::text[], %s::text[], %s::bigint[], %s::bool[], %s::text[]) WITH ORDINALITY
               AS line (kind, text, amount_minor, is_included, key, position)
         ORDER BY line.position
    """  # noqa: S608 - made of our own constants


def lines_parameters(lines: Sequence[LineDraft], *, now: dt.datetime) -> list[Any]:
    """The values of `lines` in the order in which `lines_insert` takes them."""
    return [
        now,
        [str(line.kind) for line in lines],
        [line.text[:200] for line in lines],
        [line.amount_minor for line in lines],
        [line.is_included for line in lines],
        [line.key for line in lines],
    ]


def _require_same(reference: str, lines: Sequence[LineDraft]) -> None:
    stored = {
        line.key: (line.kind, line.amount_minor, line.is_included)
        for line in FolioLine.objects.filter(reference=reference, key__in=[line.key for line in lines])
    }
    for line in lines:
        if stored.get(line.key) != (line.kind, line.amount_minor, line.is_included):
            raise KeyReusedError(_("This was written down before with a different amount."))


def reverse_lines(*, reference: str, keys: Collection[str], now: dt.datetime) -> int:
    """Take lines back by posting the opposite of each; return how many were not taken back before.

    A line can be taken back once, whoever asks and how often. Raises `LookupError` for a key that the
    folio does not have. Needs a transaction.
    """
    require_transaction()
    lines = list(FolioLine.objects.filter(reference=reference, key__in=keys))
    missing = set(keys) - {line.key for line in lines}
    if missing:
        raise LookupError(f"The folio {reference} has no line {', '.join(sorted(missing))}.")
    return post_lines(reference=reference, lines=[reversal_of(line) for line in lines], now=now)


def record_desk_payment(
    *,
    reference: str,
    amount_minor: int,
    currency: str,
    method: str,
    key: str,
    now: dt.datetime,
    actor: User | None = None,
) -> Payment:
    """Write down money that was taken at the property: a payment that has succeeded, with its line.

    The same `key` again returns the first payment; nothing is emitted, as nobody waits for it. Raises
    `KeyReusedError` when the key came with something else, `ValueError` for a method that is not a
    desk's or an amount that is not positive. Needs a transaction.
    """
    require_transaction()
    if method not in DESK_METHODS:
        raise ValueError(f"{method} is not taken at a desk.")
    if amount_minor <= 0:
        raise ValueError("A payment needs a positive amount.")
    payment = Payment(
        reference=reference,
        gateway=DESK,
        method=method,
        amount_minor=amount_minor,
        currency=currency,
        state=Payment.State.SUCCEEDED,
        provider_ref=key,
        recorded_by=actor,
        succeeded_at=now,
    )
    # Whoever comes second with a key waits here for the first, and finds the first one's row.
    Payment.objects.bulk_create([payment], ignore_conflicts=True)
    stored = Payment.objects.get(gateway=DESK, provider_ref=key)
    said = (stored.reference, stored.amount_minor, stored.currency, stored.method)
    if said != (reference, amount_minor, currency, method):
        raise KeyReusedError(_("This payment was written down before with a different amount."))
    post_payment(stored, now=now)
    return stored


def post_payment(payment: Payment, *, now: dt.datetime) -> None:
    """Write a payment that succeeded to its folio, in the transaction in which it did."""
    line = LineDraft(folio_rules.PAYMENT, payment.method, -payment.amount_minor, f"payment:{payment.pk}")
    post_lines(reference=payment.reference, lines=[line], now=now)


def post_refund(payment: Payment, refund: Refund, *, now: dt.datetime) -> None:
    """Write a refund to its folio as soon as it is promised; `postings` counts how often it was."""
    line = LineDraft(folio_rules.REFUND, payment.method, refund.amount_minor, _refund_key(refund))
    post_lines(reference=payment.reference, lines=[line], now=now)


def take_refund_back(payment: Payment, refund: Refund, *, now: dt.datetime) -> None:
    """The bank refused: the guest's money is still with the hotel."""
    reverse_lines(reference=payment.reference, keys=[_refund_key(refund)], now=now)


def _refund_key(refund: Refund) -> str:
    return f"refund:{refund.pk}:{refund.postings}"
