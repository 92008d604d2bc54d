"""Invoices: what they cover, what is frozen in them, their numbers, corrections and files."""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import translation

from serai.core.errors import NotInTransactionError
from serai.payments import documents, services
from serai.payments.folio_rules import ADJUSTMENT, EXTRA, LineDraft, charge_lines, replacement_lines
from serai.payments.models import Invoice, InvoiceFile, InvoiceSequence
from serai.payments.selectors import folio, invoices_of
from serai.properties.models import Property
from tests.factories import PropertyFactory
from tests.payments.bookkeeper import REFERENCE, SELLER, charge, credit, issue, post
from tests.payments.desk import make_paid, refund
from tests.racing import run_together

pytestmark = pytest.mark.django_db


@pytest.fixture
def property() -> Property:
    return PropertyFactory.create(name="Lake House")


def numbers() -> list[tuple[str, int, int]]:
    return list(Invoice.objects.order_by("id").values_list("kind", "year", "number"))


def test_everything_that_is_printed_is_frozen(property: Property, now: dt.datetime) -> None:
    charge(now)
    make_paid(now, amount_minor=500_000)
    invoice = issue(property, now)
    assert (invoice.number_text, invoice.total_minor, invoice.currency) == ("2026-00001", 896_000, "INR")
    ids = [line.pk for line in folio(REFERENCE).lines[:3]]
    assert invoice.data == {
        "number": "2026-00001",
        "issued_date": "2026-11-21",
        "language": "en",
        "currency": "INR",
        "seller": SELLER,
        "recipient": "Rao & Sons\n9 Hill Street\nGSTIN 27AAAAA0000A1Z5",
        "details": {
            "booking": "BCDFGHJK2",
            "guest": "Maya Rao",
            "check_in": "2026-12-10",
            "check_out": "2026-12-12",
        },
        "lines": [
            {"kind": "room", "text": "Deluxe, 2 nights", "amount_minor": 800_000, "is_included": False},
            {"kind": "tax", "text": "GST 12%", "amount_minor": 96_000, "is_included": False},
            {"kind": "tax", "text": "VAT 5%", "amount_minor": 38_095, "is_included": True},
        ],
        "taxes": [
            {"name": "GST 12%", "amount_minor": 96_000, "is_included": False},
            {"name": "VAT 5%", "amount_minor": 38_095, "is_included": True},
        ],
        "total_minor": 896_000,
        "payments": [
            {
                "kind": "payment",
                "text": "card",
                "amount_minor": -500_000,
                "is_included": False,
                "date": "2026-11-21",
            }
        ],
        "paid_minor": 500_000,
        "balance_minor": 396_000,
        "covers": ids,
    }


def test_a_later_invoice_has_what_came_later(property: Property, now: dt.datetime) -> None:
    charge(now)
    issue(property, now)
    with pytest.raises(services.NothingToInvoiceError):
        issue(property, now, key="k2")
    post(now, LineDraft(EXTRA, "Airport transfer", 90_000, "desk:1"))
    second = issue(property, now, key="k2")
    assert [line["text"] for line in second.data["lines"]] == ["Airport transfer"]
    assert (second.number, second.total_minor, second.data["taxes"]) == (2, 90_000, [])
    assert numbers() == [("invoice", 2026, 1), ("invoice", 2026, 2)]


def test_the_same_key_is_the_same_invoice(property: Property, now: dt.datetime) -> None:
    charge(now)
    charge(now, reference="checkout:2")
    first = issue(property, now)
    assert issue(property, now) == first
    with pytest.raises(services.KeyReusedError):
        issue(property, now, reference="checkout:2")
    assert numbers() == [("invoice", 2026, 1)]


@pytest.mark.parametrize("lines", [[], [LineDraft(EXTRA, "Upgrade as a gift", 0, "desk:1")]])
def test_nothing_charged_is_nothing_to_invoice(
    lines: list[LineDraft], property: Property, now: dt.datetime
) -> None:
    post(now, *lines)
    make_paid(now)
    with pytest.raises(services.NothingToInvoiceError):
        issue(property, now)
    assert not Invoice.objects.exists()
    assert not InvoiceSequence.objects.exists()  # no number is used up


def test_what_changed_before_the_invoice_is_not_printed(property: Property, now: dt.datetime) -> None:
    charge(now)
    new = charge_lines(version=2, rooms=[("Deluxe, 3 nights", 1_200_000)])
    post(now, *replacement_lines(folio(REFERENCE).lines, new))
    invoice = issue(property, now)
    assert [(line["text"], line["amount_minor"]) for line in invoice.data["lines"]] == [
        ("Deluxe, 3 nights", 1_200_000)
    ]
    assert len(invoice.data["covers"]) == 7  # old, taken back, new: all are settled by it
    with pytest.raises(services.NothingToInvoiceError):
        issue(property, now, key="k2")


def test_what_changed_after_the_invoice_asks_for_a_credit_note(property: Property, now: dt.datetime) -> None:
    charge(now)
    first = issue(property, now)
    new = charge_lines(version=2, rooms=[("Deluxe, 3 nights", 1_200_000)])
    post(now, *replacement_lines(folio(REFERENCE).lines, new))
    with pytest.raises(services.InvoiceOutdatedError, match="2026-00001") as error:
        issue(property, now, key="k2")
    assert error.value.number == first.number_text
    credit(first, now)
    second = issue(property, now, key="k2")
    assert (second.total_minor, second.data["lines"][0]["text"]) == (1_200_000, "Deluxe, 3 nights")
    assert sum(Invoice.objects.values_list("total_minor", flat=True)) == folio(REFERENCE).charges_minor


def test_a_discount_after_the_invoice_asks_for_a_credit_note_too(
    property: Property, now: dt.datetime
) -> None:
    charge(now)
    first = issue(property, now)
    post(now, LineDraft(ADJUSTMENT, "The pool was closed", -50_000, "desk:1"))
    with pytest.raises(services.InvoiceOutdatedError):
        issue(property, now, key="k2")
    credit(first, now)
    assert issue(property, now, key="k2").total_minor == 846_000


def test_a_credit_note_is_the_exact_opposite_once(property: Property, now: dt.datetime) -> None:
    charge(now)
    invoice = issue(property, now)
    note = credit(invoice, now + dt.timedelta(days=1))
    assert credit(invoice, now, reason="Again") == note
    assert (note.kind, note.number_text, note.total_minor, note.corrects) == (
        "credit",
        "C2026-00001",
        -896_000,
        invoice,
    )
    assert note.data["lines"] == [
        {**line, "amount_minor": -line["amount_minor"]} for line in invoice.data["lines"]
    ]
    assert note.data["taxes"][0] == {"name": "GST 12%", "amount_minor": -96_000, "is_included": False}
    assert (note.data["corrects"], note.data["reason"], note.data["issued_date"]) == (
        {"number": "2026-00001", "issued_date": "2026-11-21"},
        "Wrong name",
        "2026-11-22",
    )
    with pytest.raises(services.NotAnInvoiceError):
        credit(note, now)
    assert [row.is_corrected for row in invoices_of(REFERENCE)] == [True, False]
    assert numbers() == [("invoice", 2026, 1), ("credit", 2026, 1)]


def test_years_are_those_of_the_property(now: dt.datetime) -> None:
    new_year = dt.datetime(2026, 12, 31, 20, tzinfo=dt.UTC)  # 01:30 on 1 January in India, 15:00 in New York
    here, there = PropertyFactory.create(), PropertyFactory.create(timezone="America/New_York")
    for number, (hotel, instant) in enumerate(
        [(here, now), (here, new_year), (there, new_year), (here, new_year)]
    ):
        charge(now, reference=f"checkout:{number}")
        issue(hotel, instant, key=str(number), reference=f"checkout:{number}")
    assert numbers() == [
        ("invoice", 2026, 1),
        ("invoice", 2027, 1),
        ("invoice", 2026, 1),
        ("invoice", 2027, 2),
    ]


def test_a_transaction_that_fails_gives_its_number_back(property: Property, now: dt.datetime) -> None:
    charge(now)
    with transaction.atomic():
        assert issue(property, now).number == 1
        transaction.set_rollback(True)
    assert not Invoice.objects.exists()
    assert issue(property, now).number == 1


@pytest.mark.django_db(transaction=True)
def test_issuing_needs_a_transaction(now: dt.datetime) -> None:
    property = PropertyFactory.create()
    charge(now)
    with pytest.raises(NotInTransactionError):
        services.issue_invoice(
            reference=REFERENCE,
            property=property,
            currency="INR",
            seller=SELLER,
            recipient="x",
            details={},
            language="en",
            key="k",
            now=now,
        )
    with pytest.raises(NotInTransactionError):
        services.issue_credit_note(invoice_id=1, reason="", now=now)
    assert not InvoiceSequence.objects.exists()


def test_the_database_refuses_to_change_or_delete_documents(property: Property, now: dt.datetime) -> None:
    charge(now)
    invoice = issue(property, now)
    services.make_invoice_file(invoice_id=invoice.pk)
    for table, change in (("invoice", "total_minor = 1"), ("invoicefile", "content = ''")):
        before = list(Invoice.objects.values_list()), list(InvoiceFile.objects.values_list("sha256"))
        for statement in (f"UPDATE payments_{table} SET {change}", f"DELETE FROM payments_{table}"):
            with (
                pytest.raises(IntegrityError, match=f"payments_{table} is written once"),
                transaction.atomic(),
                connection.cursor() as cursor,
            ):
                cursor.execute(statement)
        assert before == (
            list(Invoice.objects.values_list()),
            list(InvoiceFile.objects.values_list("sha256")),
        )


# --- Files ---------------------------------------------------------------------------------------------


def test_the_outbox_makes_the_file_and_it_stays(
    property: Property, now: dt.datetime, run_outbox: Any
) -> None:
    charge(now)
    invoice = issue(property, now)
    assert not InvoiceFile.objects.exists()
    run_outbox()
    stored = InvoiceFile.objects.get(invoice=invoice)
    content = bytes(stored.content)
    assert content.startswith(b"%PDF-")
    assert stored.sha256 == hashlib.sha256(content).hexdigest()
    Property.objects.filter(pk=property.pk).update(name="Sold and renamed")
    again = services.make_invoice_file(invoice_id=invoice.pk)
    assert (again.pk, bytes(again.content)) == (stored.pk, content)


@pytest.mark.parametrize("language", ["en", "hi", "ar", "fr"])
def test_every_language_prints(language: str, property: Property, now: dt.datetime) -> None:
    charge(now)
    refund(make_paid(now, amount_minor=500_000), 100_000, key="a", now=now)
    invoice = issue(property, now, language=language, recipient="शर्मा एंड संस\nشركة البحيرة")
    content = documents.invoice_pdf(invoice)
    assert content.startswith(b"%PDF-")
    assert b"/Count 1" in content
    # From frozen data alone, without the date of printing: the same bytes whenever they are made.
    with translation.override("fr"):
        assert documents.invoice_pdf(invoice) == content
    assert documents.invoice_pdf(credit(invoice, now)).startswith(b"%PDF-")


def test_the_words_on_the_page(property: Property, now: dt.datetime) -> None:
    charge(now)
    refund(make_paid(now, amount_minor=500_000), 100_000, key="a", now=now)
    invoice = issue(property, now)
    page = documents.invoice_page(invoice)
    assert (page["title"], page["number"], page["seller"]) == ("Invoice", "2026-00001", "Lake House")
    assert page["seller_lines"] == [
        "1 Lake Road",
        "302001 Jaipur",
        "+91 141 1234567",
        "desk@lake.example",
        "Tax number 08ABCDE1234F1Z5",
    ]
    assert page["recipient"] == ["Rao & Sons", "9 Hill Street", "GSTIN 27AAAAA0000A1Z5"]
    assert page["facts"] == [
        {"label": "Date", "value": "November 21, 2026"},
        {"label": "Booking", "value": "BCDFGHJK2"},
        {"label": "Guest", "value": "Maya Rao"},
        {"label": "Check-in", "value": "December 10, 2026"},
        {"label": "Check-out", "value": "December 12, 2026"},
    ]
    assert [(line["label"], line["amount"]) for line in page["lines"]] == [
        ("Deluxe, 2 nights", "₹8,000.00"),
        ("GST 12%", "₹960.00"),
        ("VAT 5% (included)", "₹380.95"),
    ]
    assert page["totals"] == [
        {"label": "Total", "amount": "₹8,960.00"},
        {"label": "Paid so far", "amount": "₹4,000.00"},
        {"label": "Still to be paid", "amount": "₹4,960.00"},
    ]
    assert page["payments"] == [
        {"label": "Card, November 21, 2026", "amount": "₹5,000.00"},
        {"label": "Given back (Card), November 21, 2026", "amount": "-₹1,000.00"},
    ]
    note = documents.invoice_page(credit(invoice, now))
    assert (note["title"], note["totals"]) == (
        "Credit note",
        [{"label": "Total credited", "amount": "-₹8,960.00"}],
    )
    assert note["facts"][1:3] == [
        {"label": "Corrects", "value": "Invoice 2026-00001 of November 21, 2026"},
        {"label": "Reason", "value": "Wrong name"},
    ]
    assert documents.invoice_filename(invoice) == "invoice-2026-00001.pdf"
    assert documents.invoice_filename(Invoice.objects.get(kind="credit")) == "credit-note-C2026-00001.pdf"


@pytest.mark.django_db(transaction=True)
def test_who_asks_at_once_gets_one_file(now: dt.datetime) -> None:
    charge(now)
    invoice = issue(PropertyFactory.create(), now)
    race = run_together(*[lambda: services.make_invoice_file(invoice_id=invoice.pk).pk] * 6)
    assert race.errors == []
    assert len(set(race.results)) == 1
    assert InvoiceFile.objects.count() == 1
