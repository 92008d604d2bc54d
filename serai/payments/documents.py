"""What is printed on an invoice: words around the data that was frozen when it was issued."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from babel.dates import format_date
from django.utils import translation
from django.utils.translation import get_language_bidi
from django.utils.translation import gettext as _

from serai.core.money import format_money
from serai.core.pdf import own_direction, render_pdf
from serai.payments.folio_rules import PAYMENT, PENALTY
from serai.payments.models import Invoice
from serai.payments.models.payment import method_label

SOURCE = Path(__file__).parent / "typst" / "invoice.typ"


def invoice_pdf(invoice: Invoice) -> bytes:
    """An invoice or credit note as a PDF in the language it was issued in."""
    with translation.override(invoice.data["language"]):
        return render_pdf(SOURCE, invoice_page(invoice))


def invoice_filename(invoice: Invoice) -> str:
    """`invoice-2026-00017.pdf` or `credit-note-C2026-00003.pdf`."""
    word = "credit-note" if invoice.kind == Invoice.Kind.CREDIT else "invoice"
    return f"{word}-{invoice.number_text}.pdf"


def invoice_page(invoice: Invoice) -> dict[str, Any]:
    """The words and amounts on the page, in the active language, told from the frozen data alone."""
    data: Mapping[str, Any] = invoice.data
    language = data["language"]
    is_credit = invoice.kind == Invoice.Kind.CREDIT

    def money(minor: int) -> str:
        return format_money(minor, data["currency"], language)

    def day(iso: str) -> str:
        return own_direction(format_date(dt.date.fromisoformat(iso), "long", locale=language))

    seller = data["seller"]
    totals = [
        {"label": _("Total credited") if is_credit else _("Total"), "amount": money(data["total_minor"])}
    ]
    if not is_credit:
        totals += [
            {"label": _("Paid so far"), "amount": money(data["paid_minor"])},
            {"label": _("Still to be paid"), "amount": money(data["balance_minor"])},
        ]
    return {
        "rtl": get_language_bidi(),
        "lang": language,
        "title": _("Credit note") if is_credit else _("Invoice"),
        "number": data["number"],
        "seller": seller["name"],
        "seller_lines": [
            own_direction(part)
            for part in (
                *seller.get("address", ()),
                seller.get("phone", ""),
                seller.get("email", ""),
                _("Tax number %(number)s") % {"number": seller["tax_number"]}
                if seller.get("tax_number")
                else "",
            )
            if part
        ],
        "recipient_title": _("For"),
        "recipient": [own_direction(line) for line in data["recipient"].splitlines() if line.strip()],
        "facts": [{"label": label, "value": value} for label, value in _facts(data, day) if value],
        "columns": {"text": _("What for"), "amount": _("Amount")},
        "lines": [
            {
                "label": _line_label(line),
                "amount": money(line["amount_minor"]),
                "is_included": line["is_included"],
            }
            for line in data["lines"]
        ],
        "totals": totals,
        "taxes_title": _("Taxes and fees in the total"),
        "taxes": [
            {
                "label": tax["name"],
                "note": _("in the prices above") if tax["is_included"] else _("added to the prices"),
                "amount": money(tax["amount_minor"]),
            }
            for tax in data["taxes"]
        ],
        "payments_title": _("Payments so far"),
        "payments": [
            {
                "label": _("%(method)s, %(day)s")
                % {"method": method_label(line["text"]), "day": day(line["date"])}
                if line["kind"] == PAYMENT
                else _("Given back (%(method)s), %(day)s")
                % {"method": method_label(line["text"]), "day": day(line["date"])},
                "amount": money(-line["amount_minor"]),
            }
            for line in data.get("payments", ())
        ],
        "footer": _("All amounts in %(currency)s.") % {"currency": data["currency"]},
    }


def _facts(data: Mapping[str, Any], day: Any) -> list[tuple[str, str]]:
    details = data["details"]
    check_in, check_out = details.get("check_in", ""), details.get("check_out", "")
    corrects = data.get("corrects")
    return [
        (_("Date"), day(data["issued_date"])),
        (
            _("Corrects"),
            _("Invoice %(number)s of %(day)s")
            % {"number": corrects["number"], "day": day(corrects["issued_date"])}
            if corrects
            else "",
        ),
        (_("Reason"), data.get("reason", "")),
        (_("Booking"), details.get("booking", "")),
        (_("Guest"), details.get("guest", "")),
        (_("Check-in"), day(check_in) if check_in else ""),
        (_("Check-out"), day(check_out) if check_out else ""),
    ]


def _line_label(line: Mapping[str, Any]) -> str:
    text = line["text"] or (_("Cancellation or no-show") if line["kind"] == PENALTY else line["kind"])
    return f"{text} ({_('included')})" if line["is_included"] else str(text)
