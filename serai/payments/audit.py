"""The books of money against themselves. Every list is empty when all is well; nothing locks or repairs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import connection


@dataclass(frozen=True, order=True)
class MoneyDifference:
    """A folio whose payment and refund lines are not what its payments and refunds are (minor units)."""

    reference: str
    by_lines: int
    by_payments: int


@dataclass(frozen=True, order=True)
class SequenceFault:
    """A series of documents that does not run from 1 to `last_number` without gap or double."""

    property_id: int
    kind: str
    year: int
    documents: int
    highest: int
    last_number: int


@dataclass(frozen=True, order=True)
class InvoiceFault:
    """A document that contradicts itself: `fault` says how."""

    invoice_id: int
    fault: str


def money_differences() -> list[MoneyDifference]:
    """Folios in which money that moved is missing, doubled or invented."""
    return [MoneyDifference(*row) for row in _rows(_MONEY)]


def sequence_faults() -> list[SequenceFault]:
    """Series of invoices or credit notes with gaps, doubles or a wrong last number."""
    return [SequenceFault(*row) for row in _rows(_SEQUENCES)]


def invoice_faults() -> list[InvoiceFault]:
    """Invoices whose lines, totals, credit notes or files do not agree."""
    return [InvoiceFault(*row) for row in _rows(_TOTALS) + _rows(_CREDITS) + _rows(_FILES)]


_MONEY = """
    WITH lines AS (
        SELECT reference, -SUM(amount_minor)::bigint AS kept
          FROM payments_folioline WHERE kind IN ('payment', 'refund') GROUP BY 1
    ), payments AS (
        SELECT payment.reference,
               SUM(payment.amount_minor - COALESCE(refund.given, 0))::bigint AS kept
          FROM payments_payment payment
          LEFT JOIN (SELECT payment_id, SUM(amount_minor) AS given FROM payments_refund
                      WHERE state IN ('pending', 'succeeded') GROUP BY 1) refund
            ON refund.payment_id = payment.id
         WHERE payment.state = 'succeeded' GROUP BY 1
    )
    SELECT reference, COALESCE(lines.kept, 0), COALESCE(payments.kept, 0)
      FROM lines FULL JOIN payments USING (reference)
     WHERE COALESCE(lines.kept, 0) <> COALESCE(payments.kept, 0)
     ORDER BY 1
"""

# Numbers are unique, so as many documents as the highest number means every number from 1 on.
_SEQUENCES = """
    WITH documents AS (
        SELECT property_id, kind, year, COUNT(*)::int AS documents, MAX(number) AS highest,
               MIN(number) AS lowest
          FROM payments_invoice GROUP BY 1, 2, 3
    )
    SELECT property_id, kind, year, COALESCE(documents.documents, 0), COALESCE(documents.highest, 0),
           COALESCE(sequence.last_number, 0)
      FROM documents FULL JOIN payments_invoicesequence sequence USING (property_id, kind, year)
     WHERE COALESCE(documents.documents, 0) <> COALESCE(documents.highest, 0)
        OR COALESCE(documents.lowest, 1) <> 1
        OR COALESCE(documents.highest, 0) <> COALESCE(sequence.last_number, 0)
     ORDER BY 1, 2, 3
"""

_TOTALS = """
    SELECT invoice.id, 'the lines do not add up to the total'
      FROM payments_invoice invoice
     WHERE invoice.total_minor <> (invoice.data->>'total_minor')::bigint
        OR invoice.total_minor <> (
               SELECT COALESCE(SUM((line->>'amount_minor')::bigint), 0)
                 FROM jsonb_array_elements(invoice.data->'lines') AS line
                WHERE NOT (line->>'is_included')::bool)
     ORDER BY 1
"""

_CREDITS = """
    SELECT note.id, 'the credit note is not the opposite of its invoice'
      FROM payments_invoice note
      JOIN payments_invoice invoice ON invoice.id = note.corrects_id
     WHERE note.total_minor <> -invoice.total_minor
        OR note.reference <> invoice.reference
        OR note.currency <> invoice.currency
        OR note.data->'lines' <> (
               SELECT COALESCE(jsonb_agg(line || jsonb_build_object(
                          'amount_minor', -(line->>'amount_minor')::bigint) ORDER BY position), '[]')
                 FROM jsonb_array_elements(invoice.data->'lines') WITH ORDINALITY AS rows (line, position))
     ORDER BY 1
"""

_FILES = """
    SELECT invoice_id, 'the file is not the one that was made'
      FROM payments_invoicefile
     WHERE encode(sha256(content), 'hex') <> sha256
     ORDER BY 1
"""


def _rows(query: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query)
        return cursor.fetchall()
