"""The doctor's look at folios and invoices."""

from __future__ import annotations

from django.db import connection, transaction

from serai.core.health import Finding, Status, check
from serai.payments.audit import invoice_faults, money_differences, sequence_faults

SHOWN = 3


@check("folios", needs_database=True, is_deep=True)
def folios_hold_all_money() -> Finding:
    """Every payment and refund stands in its folio, once and with its amount."""
    with transaction.atomic():
        _look_at_one_instant()
        different = money_differences()
    if different:
        some = ", ".join(
            f"{row.reference}: {row.by_lines} in lines, {row.by_payments} paid" for row in different[:SHOWN]
        )
        return Finding(
            "folios",
            Status.FAIL,
            f"{len(different)} differ from their payments ({some}{' …' if len(different) > SHOWN else ''})",
            "Report this with the logs: only `serai.payments.services` writes payments and lines.",
        )
    return Finding("folios", Status.OK, "all payments and refunds stand in their folios")


@check("invoices", needs_database=True, is_deep=True)
def invoices_are_whole() -> Finding:
    """Numbers run from 1 without gaps; totals, credit notes and files are what was frozen."""
    with transaction.atomic():
        _look_at_one_instant()
        series, documents = sequence_faults(), invoice_faults()
    if series:
        some = ", ".join(
            f"property {row.property_id} {row.kind} {row.year}: {row.documents} documents, highest"
            f" {row.highest}, last number {row.last_number}"
            for row in series[:SHOWN]
        )
        return Finding(
            "invoices",
            Status.FAIL,
            f"{len(series)} series with gaps ({some}{' …' if len(series) > SHOWN else ''})",
            "Restore the missing documents from a back-up; their numbers must not be given out again.",
        )
    if documents:
        some = ", ".join(f"no. {row.invoice_id}: {row.fault}" for row in documents[:SHOWN])
        return Finding(
            "invoices",
            Status.FAIL,
            f"{len(documents)} damaged ({some}{' …' if len(documents) > SHOWN else ''})",
            "Restore these rows from a back-up: the database refuses to change them, so somebody went round.",
        )
    return Finding("invoices", Status.OK, "numbers without gaps; totals, credit notes and files agree")


def _look_at_one_instant() -> None:
    """Every query of this transaction sees the same rows, and none writes."""
    with connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
