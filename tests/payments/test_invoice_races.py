"""Many invoices of one property at the same instant: numbers without gaps and doubles."""

from __future__ import annotations

import contextlib
import datetime as dt
import threading
from collections.abc import Callable

import pytest
from django.db import IntegrityError, connection, transaction

from serai.core.db import write_transaction
from serai.payments import services
from serai.payments.audit import sequence_faults
from serai.payments.models import Invoice, InvoiceSequence
from serai.payments.services import invoices
from serai.properties.models import Property
from tests.factories import PropertyFactory
from tests.payments.bookkeeper import charge, issue
from tests.racing import Race, run_together

pytestmark = pytest.mark.django_db(transaction=True)
CLERKS = 16


class ChangedTheirMind(Exception):
    """Rolls a transaction back after its number was taken."""


def clerk(property: Property, number: int, now: dt.datetime) -> Callable[[], int]:
    """Issues one invoice; every third transaction fails at first, after its number was taken."""

    def work() -> int:
        if number % 3 == 0:
            with contextlib.suppress(ChangedTheirMind), write_transaction():
                issue(property, now, key=f"lost:{number}", reference=f"checkout:{number}")
                raise ChangedTheirMind
        return issue(property, now, key=str(number), reference=f"checkout:{number}").number

    return work


def race_clerks(now: dt.datetime, clerks: int = CLERKS) -> Race:
    property = PropertyFactory.create()
    for number in range(clerks):
        charge(now, reference=f"checkout:{number}")
    return run_together(*[clerk(property, number, now) for number in range(clerks)])


def test_sixteen_at_once_have_the_numbers_one_to_sixteen(now: dt.datetime) -> None:
    race = race_clerks(now)
    assert race.errors == []
    assert sorted(race.results) == list(range(1, CLERKS + 1))
    assert sorted(Invoice.objects.values_list("number", flat=True)) == list(range(1, CLERKS + 1))
    assert InvoiceSequence.objects.get().last_number == CLERKS
    assert sequence_faults() == []


def test_negative_control_reading_before_writing_gives_a_number_twice(
    now: dt.datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    barrier = threading.Barrier(2, timeout=5)

    def read_then_write(*, property_id: int, year: int, kind: str) -> int:
        known = InvoiceSequence.objects.filter(property_id=property_id, year=year, kind=kind)
        number = (known.values_list("last_number", flat=True).first() or 0) + 1
        with contextlib.suppress(threading.BrokenBarrierError):
            barrier.wait()
        return number

    monkeypatch.setattr(invoices, "next_number", read_then_write)
    property = PropertyFactory.create()
    for number in (1, 2):
        charge(now, reference=f"checkout:{number}")
    race = run_together(
        *[
            lambda number=number: issue(property, now, key=str(number), reference=f"checkout:{number}")
            for number in (1, 2)
        ]
    )
    # Both have read the same number; only the constraint keeps the second out.
    assert len(race.errors_of(IntegrityError)) == 1
    assert "invoice_number" in str(race.errors[0])


def test_negative_control_a_counter_outside_the_transaction_leaves_gaps(
    now: dt.datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE SEQUENCE invoice_numbers_of_the_control")

    def from_a_sequence(*, property_id: int, year: int, kind: str) -> int:
        with connection.cursor() as cursor:
            cursor.execute("SELECT nextval('invoice_numbers_of_the_control')")
            return int(cursor.fetchone()[0])

    monkeypatch.setattr(invoices, "next_number", from_a_sequence)
    try:
        race = race_clerks(now, clerks=6)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP SEQUENCE invoice_numbers_of_the_control")
    assert race.errors == []
    assert sorted(race.results) != list(range(1, 7))
    (fault,) = sequence_faults()
    assert (fault.documents, fault.highest) == (6, 8)


def race_for_one_folio(now: dt.datetime) -> Race:
    property = PropertyFactory.create()
    charge(now)
    return run_together(*[lambda key=key: issue(property, now, key=key).pk for key in "abcd"])


def test_a_folio_is_invoiced_once_however_many_ask(now: dt.datetime) -> None:
    race = race_for_one_folio(now)
    assert len(race.results) == 1
    assert len(race.errors_of(services.NothingToInvoiceError)) == 3
    assert Invoice.objects.get().number == 1


def test_negative_control_without_the_lock_a_folio_is_invoiced_twice(
    now: dt.datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(invoices, "lock_text", lambda _text: None)
    barrier = threading.Barrier(4, timeout=5)
    read = invoices.folio

    def read_together(reference: str) -> object:
        whole = read(reference)
        with contextlib.suppress(threading.BrokenBarrierError):
            barrier.wait()
        return whole

    monkeypatch.setattr(invoices, "folio", read_together)
    assert len(race_for_one_folio(now).results) > 1


def test_one_key_at_once_is_one_invoice(now: dt.datetime) -> None:
    property = PropertyFactory.create()
    charge(now)
    race = run_together(*[lambda: issue(property, now).pk] * 6)
    assert race.errors == []
    assert len(set(race.results)) == 1


def test_one_desk_payment_however_often_it_is_sent(now: dt.datetime) -> None:
    def pay() -> str:
        with transaction.atomic():
            payment = services.record_desk_payment(
                reference="checkout:1", amount_minor=5, currency="INR", method="cash", key="k", now=now
            )
        return str(payment.pk)

    race = run_together(*[pay] * 8)
    assert race.errors == []
    assert len(set(race.results)) == 1
