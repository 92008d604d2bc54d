"""Invoices and credit notes: numbered without gaps, frozen when they are issued, kept as files."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from serai.core.clock import local_date
from serai.core.db import lock_text, require_transaction
from serai.core.outbox import emit
from serai.payments import events, folio_rules
from serai.payments.documents import invoice_pdf
from serai.payments.errors import (
    InvoiceOutdatedError,
    KeyReusedError,
    NotAnInvoiceError,
    NothingToInvoiceError,
)
from serai.payments.models import FolioLine, Invoice, InvoiceFile
from serai.payments.selectors import Folio, folio, invoices_of
from serai.properties.models import Property


def issue_invoice(
    *,
    reference: str,
    property: Property,
    currency: str,
    seller: Mapping[str, Any],
    recipient: str,
    details: Mapping[str, str],
    language: str,
    key: str,
    now: dt.datetime,
) -> Invoice:
    """Number and freeze an invoice over every charge of a folio that no other one covers.

    `seller` has name, address (lines), phone, email, tax_number; `details` booking, guest, check_in
    and check_out (ISO dates), each as it shall be printed or left out. The same `key` again returns
    the first invoice. Raises `NothingToInvoiceError`, `InvoiceOutdatedError` when charges of an earlier
    invoice were taken back, `KeyReusedError`. Needs a transaction; locks the folio, then the number.
    """
    require_transaction()
    lock_text(f"folio:{reference}")
    earlier = Invoice.objects.filter(key=key).first()
    if earlier is not None:
        if earlier.reference != reference:
            raise KeyReusedError(_("This invoice was asked for before, for something else."))
        return earlier
    whole = folio(reference)
    uncovered = _uncovered(whole)
    printed = folio_rules.standing_lines(uncovered)
    total_minor = folio_rules.charges_minor(printed)
    if total_minor <= 0:
        raise NothingToInvoiceError
    today = local_date(now, property.timezone)
    number = next_number(property_id=property.pk, year=today.year, kind=Invoice.Kind.INVOICE)
    data = {
        "number": folio_rules.number_text(kind=Invoice.Kind.INVOICE, year=today.year, number=number),
        "issued_date": today.isoformat(),
        "language": language,
        "currency": currency,
        "seller": dict(seller),
        "recipient": recipient,
        "details": dict(details),
        "lines": [_frozen(line) for line in printed],
        "taxes": [
            {"name": tax.name, "amount_minor": tax.amount_minor, "is_included": tax.is_included}
            for tax in folio_rules.tax_sums(printed)
        ],
        "total_minor": total_minor,
        "payments": [
            _frozen(line) | {"date": local_date(line.created_at, property.timezone).isoformat()}
            for line in folio_rules.standing_lines(whole.lines)
            if line.kind in folio_rules.MONEY_KINDS
        ],
        "paid_minor": whole.settled_minor,
        "balance_minor": whole.balance_minor,
        # Every line that this invoice settles, also those that were taken back before it was issued.
        "covers": [line.pk for line in uncovered],
    }
    invoice = Invoice.objects.create(
        property=property,
        kind=Invoice.Kind.INVOICE,
        year=today.year,
        number=number,
        reference=reference,
        recipient=recipient,
        key=key,
        currency=currency,
        total_minor=total_minor,
        data=data,
        issued_at=now,
    )
    emit(events.INVOICE_ISSUED, {"invoice_id": invoice.pk}, now=now)
    return invoice


def issue_credit_note(*, invoice_id: int, reason: str, now: dt.datetime) -> Invoice:
    """Correct an invoice by its exact opposite, once: asked again, the same credit note is returned.

    Its charges may then be invoiced anew. Raises `NotAnInvoiceError`. Needs a transaction; locks the
    folio, then the number.
    """
    require_transaction()
    invoice = Invoice.objects.select_related("property").get(pk=invoice_id)
    if invoice.kind != Invoice.Kind.INVOICE:
        raise NotAnInvoiceError
    lock_text(f"folio:{invoice.reference}")
    earlier = Invoice.objects.filter(corrects=invoice).first()
    if earlier is not None:
        return earlier
    today = local_date(now, invoice.property.timezone)
    number = next_number(property_id=invoice.property_id, year=today.year, kind=Invoice.Kind.CREDIT)
    frozen = invoice.data
    data = {
        **{name: frozen[name] for name in ("language", "currency", "seller", "recipient", "details")},
        "number": folio_rules.number_text(kind=Invoice.Kind.CREDIT, year=today.year, number=number),
        "issued_date": today.isoformat(),
        "corrects": {"number": frozen["number"], "issued_date": frozen["issued_date"]},
        "reason": reason[:200],
        "lines": [_opposite(line) for line in frozen["lines"]],
        "taxes": [_opposite(tax) for tax in frozen["taxes"]],
        "total_minor": -invoice.total_minor,
    }
    note = Invoice.objects.create(
        property=invoice.property,
        kind=Invoice.Kind.CREDIT,
        year=today.year,
        number=number,
        reference=invoice.reference,
        corrects=invoice,
        recipient=invoice.recipient,
        key=f"credit:{invoice.pk}",
        currency=invoice.currency,
        total_minor=-invoice.total_minor,
        data=data,
        issued_at=now,
    )
    emit(events.INVOICE_ISSUED, {"invoice_id": note.pk}, now=now)
    return note


def make_invoice_file(*, invoice_id: int) -> InvoiceFile:
    """The PDF of an invoice or credit note, made if there is none yet; afterwards always those bytes.

    Safe to call twice at once: whoever is first leaves the file that all get.
    """
    stored = InvoiceFile.objects.filter(invoice=invoice_id).first()
    if stored is not None:
        return stored
    content = invoice_pdf(Invoice.objects.get(pk=invoice_id))
    made = InvoiceFile(invoice_id=invoice_id, content=content, sha256=hashlib.sha256(content).hexdigest())
    InvoiceFile.objects.bulk_create([made], ignore_conflicts=True)
    return InvoiceFile.objects.get(invoice=invoice_id)


def next_number(*, property_id: int, year: int, kind: str) -> int:
    """The next number of one kind of document; needs the transaction that uses it.

    Locks the sequence's row until that transaction ends. One that is rolled back gives its number
    back with everything else, so there are neither gaps nor doubles.
    """
    require_transaction()
    with connection.cursor() as cursor:
        cursor.execute(_NEXT_NUMBER, [property_id, year, kind])
        (number,) = cursor.fetchone()
    return int(number)


_NEXT_NUMBER = """
    INSERT INTO payments_invoicesequence AS sequence (property_id, year, kind, last_number)
    VALUES (%s, %s, %s, 1)
    ON CONFLICT (property_id, year, kind) DO UPDATE SET last_number = sequence.last_number + 1
    RETURNING last_number
"""


def _uncovered(whole: Folio) -> list[FolioLine]:
    """The charges that no invoice covers which still stands. Raises `InvoiceOutdatedError`."""
    covered_by: dict[int, Invoice] = {}
    standing = [
        invoice
        for invoice in invoices_of(whole.reference)
        if invoice.kind == Invoice.Kind.INVOICE and not invoice.is_corrected
    ]
    for invoice in standing:
        covered_by.update(dict.fromkeys(invoice.data["covers"], invoice))
    charges = [line for line in whole.lines if line.kind not in folio_rules.MONEY_KINDS]
    uncovered = [line for line in charges if line.pk not in covered_by]
    invoice_by_key = {line.key: covered_by[line.pk] for line in charges if line.pk in covered_by}
    for line in uncovered:
        taken_back = folio_rules.reversed_key(line.key)
        if taken_back in invoice_by_key:
            raise InvoiceOutdatedError(invoice_by_key[taken_back].number_text)
    if standing and folio_rules.charges_minor(uncovered) < 0:
        raise InvoiceOutdatedError(standing[-1].number_text)
    return uncovered


def _frozen(line: FolioLine) -> dict[str, Any]:
    return {
        "kind": line.kind,
        "text": line.text,
        "amount_minor": line.amount_minor,
        "is_included": line.is_included,
    }


def _opposite(row: Mapping[str, Any]) -> dict[str, Any]:
    return {**row, "amount_minor": -row["amount_minor"]}
