"""A bookkeeper for tests: folios with charges, invoices over them."""

from __future__ import annotations

import datetime as dt
from typing import Any

from serai.core.db import write_transaction
from serai.payments import services
from serai.payments.folio_rules import LineDraft, charge_lines
from serai.payments.models import Invoice
from serai.properties.models import Property

REFERENCE = "checkout:1"
SELLER = {
    "name": "Lake House",
    "address": ["1 Lake Road", "302001 Jaipur"],
    "phone": "+91 141 1234567",
    "email": "desk@lake.example",
    "tax_number": "08ABCDE1234F1Z5",
}
DETAILS = {
    "booking": "BCDFGHJK2",
    "guest": "Maya Rao",
    "check_in": "2026-12-10",
    "check_out": "2026-12-12",
}


def charge(
    now: dt.datetime, *, reference: str = REFERENCE, version: int = 1, minor: int = 800_000
) -> list[LineDraft]:
    """A room with 12 % tax on top and 5 % in it."""
    lines = charge_lines(
        version=version,
        rooms=[("Deluxe, 2 nights", minor)],
        taxes=[("GST 12%", minor * 12 // 100, False), ("VAT 5%", minor // 21, True)],
    )
    post(now, *lines, reference=reference)
    return lines


def post(now: dt.datetime, *lines: LineDraft, reference: str = REFERENCE) -> None:
    with write_transaction():
        services.post_lines(reference=reference, lines=lines, now=now)


def issue(property: Property, now: dt.datetime, *, key: str = "k1", **changes: Any) -> Invoice:
    values: dict[str, Any] = {
        "reference": REFERENCE,
        "currency": "INR",
        "seller": SELLER,
        "recipient": "Rao & Sons\n9 Hill Street\nGSTIN 27AAAAA0000A1Z5",
        "details": DETAILS,
        "language": "en",
        **changes,
    }
    with write_transaction():
        return services.issue_invoice(property=property, key=key, now=now, **values)


def credit(invoice: Invoice, now: dt.datetime, *, reason: str = "Wrong name") -> Invoice:
    with write_transaction():
        return services.issue_credit_note(invoice_id=invoice.pk, reason=reason, now=now)
