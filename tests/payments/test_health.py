"""The doctor's deep look at folios and invoices. The triggers are switched off to do damage."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection, transaction

from serai.core.health import Status
from serai.payments.health import folios_hold_all_money, invoices_are_whole
from serai.payments.models import Invoice, InvoiceSequence, Payment
from serai.payments.services import make_invoice_file
from tests.factories import PropertyFactory
from tests.payments.bookkeeper import charge, credit, issue
from tests.payments.desk import make_paid, refund

pytestmark = pytest.mark.django_db(transaction=True)


def damage(statement: str) -> None:
    """What somebody can do who owns the tables."""
    tables = ("payments_folioline", "payments_invoice", "payments_invoicefile")
    with transaction.atomic(), connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER {table}_written_once")
        cursor.execute(statement)
        for table in tables:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER {table}_written_once")


@pytest.fixture
def invoice(now: dt.datetime) -> Invoice:
    charge(now)
    invoice = issue(PropertyFactory.create(), now)
    make_invoice_file(invoice_id=invoice.pk)
    credit(invoice, now)
    return invoice


def test_sound_books_are_fine(invoice: Invoice, now: dt.datetime) -> None:
    refund(make_paid(now), 500, key="a", now=now)
    assert (folios_hold_all_money().status, invoices_are_whole().status) == (Status.OK, Status.OK)


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        ("DELETE FROM payments_folioline WHERE kind = 'payment'", "checkout:1: -500 in lines, 1234000 paid"),
        ("UPDATE payments_folioline SET amount_minor = 400 WHERE kind = 'refund'", "1234100 in lines"),
        ("UPDATE payments_payment SET state = 'failed'", "checkout:1: 1234000 in lines, 0 paid"),
    ],
)
def test_money_that_is_not_in_its_folio_is_found(statement: str, found: str, now: dt.datetime) -> None:
    refund(make_paid(now), 500, key="a", now=now)
    damage(statement)
    finding = folios_hold_all_money()
    assert finding.status == Status.FAIL
    assert found in finding.detail
    assert Payment.objects.count() == 1


def test_a_missing_document_is_found(invoice: Invoice, now: dt.datetime) -> None:
    for number in (2, 3):
        charge(now, reference=f"checkout:{number}")
        issue(invoice.property, now, key=str(number), reference=f"checkout:{number}")
    damage("DELETE FROM payments_invoice WHERE number = 2")
    finding = invoices_are_whole()
    assert (finding.status, finding.detail) == (
        Status.FAIL,
        f"1 series with gaps (property {invoice.property_id} invoice 2026: 2 documents, highest 3,"
        " last number 3)",
    )


def test_a_sequence_that_ran_ahead_is_found(invoice: Invoice) -> None:
    InvoiceSequence.objects.filter(kind="invoice").update(last_number=5)
    assert "1 documents, highest 1, last number 5" in invoices_are_whole().detail


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        ("UPDATE payments_invoice SET total_minor = 1 WHERE kind = 'invoice'", "do not add up"),
        (
            "UPDATE payments_invoice SET data = jsonb_set(data, '{lines,0,amount_minor}', '7')"
            " WHERE kind = 'invoice'",
            "not the opposite",
        ),
        (
            "UPDATE payments_invoice SET data = jsonb_set(data, '{lines,0,text}', '\"Other\"')"
            " WHERE kind = 'credit'",
            "not the opposite",
        ),
        ("UPDATE payments_invoicefile SET content = '\\x00'", "the file is not the one"),
    ],
)
def test_a_damaged_document_is_found(statement: str, found: str, invoice: Invoice) -> None:
    damage(statement)
    finding = invoices_are_whole()
    assert finding.status == Status.FAIL
    assert found in finding.detail
