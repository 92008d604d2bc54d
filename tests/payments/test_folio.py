"""The folio in the database: written once, by whoever moves money, and never edited."""

from __future__ import annotations

import datetime as dt
from importlib import import_module
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from serai.core.db import write_transaction
from serai.core.errors import NotInTransactionError
from serai.core.models import OutboxMessage
from serai.payments import folio_rules, selectors, services
from serai.payments.folio_rules import EXTRA, ROOM, LineDraft, charge_lines
from serai.payments.gateways import UnknownGatewayError, available_gateways, get_gateway
from serai.payments.gateways.base import RefundStatus
from serai.payments.models import FakeCharge, FakeRefund, FolioLine, Invoice, InvoiceFile, Payment, Refund
from serai.payments.services import locks
from serai.payments.services.refunds import apply_refund
from tests.factories import UserFactory
from tests.payments.desk import DECLINED, Drain, make_paid, make_payment, refund, type_card

pytestmark = pytest.mark.django_db
REFERENCE = "checkout:1"
STAY = charge_lines(version=1, rooms=[("Deluxe", 800_000)], taxes=[("GST", 96_000, False), ("VAT", 9, True)])


def lines_of(reference: str = REFERENCE) -> list[tuple[str, str, int]]:
    return [(line.kind, line.text, line.amount_minor) for line in selectors.folio(reference).lines]


def desk_payment(now: dt.datetime, *, key: str = "k1", amount_minor: int = 500, **changes: Any) -> Payment:
    values: dict[str, Any] = {"reference": REFERENCE, "currency": "INR", "method": "cash", **changes}
    with write_transaction():
        return services.record_desk_payment(amount_minor=amount_minor, key=key, now=now, **values)


def test_lines_are_written_in_one_statement_in_their_order_and_once(now: dt.datetime) -> None:
    with CaptureQueriesContext(connection) as queries, transaction.atomic():
        assert services.post_lines(reference=REFERENCE, lines=STAY, now=now) == 3
    assert len([query for query in queries if "INSERT" in query["sql"]]) == 1
    assert lines_of() == [("room", "Deluxe", 800_000), ("tax", "GST", 96_000), ("tax", "VAT", 9)]
    more = [*STAY, LineDraft(EXTRA, "Taxi", 5, "desk:1")]
    assert services.post_lines(reference=REFERENCE, lines=more, now=now) == 1
    assert services.post_lines(reference="checkout:2", lines=STAY, now=now) == 3
    assert services.post_lines(reference=REFERENCE, lines=[], now=now) == 0
    folio = selectors.folio(REFERENCE)
    assert (folio.charges_minor, folio.settled_minor, folio.balance_minor) == (896_005, 0, 896_005)
    assert [line.created_at for line in folio.lines] == [now] * 4


def test_a_key_cannot_mean_two_amounts(now: dt.datetime) -> None:
    services.post_lines(reference=REFERENCE, lines=STAY, now=now)
    with pytest.raises(services.KeyReusedError):
        services.post_lines(
            reference=REFERENCE, lines=[LineDraft(ROOM, "Deluxe", 800_001, "v1:room:0")], now=now
        )
    assert selectors.folio(REFERENCE).charges_minor == 896_000


def test_an_empty_folio_is_settled() -> None:
    folio = selectors.folio("checkout:none")
    assert (folio.lines, folio.balance_minor, folio.has_charges) == ((), 0, False)


def test_a_line_can_be_taken_back_once(now: dt.datetime) -> None:
    services.post_lines(reference=REFERENCE, lines=STAY, now=now)
    for expected in (2, 0):
        keys = ["v1:room:0", "v1:tax:1"]
        assert services.reverse_lines(reference=REFERENCE, keys=keys, now=now) == expected
    folio = selectors.folio(REFERENCE)
    assert [line.key for line in folio_rules.standing_lines(folio.lines)] == ["v1:tax:0"]
    assert folio.charges_minor == 96_000
    with pytest.raises(LookupError, match="has no line v9:room:0"):
        services.reverse_lines(reference=REFERENCE, keys=["v9:room:0"], now=now)


@pytest.mark.django_db(transaction=True)
def test_writing_needs_a_transaction(now: dt.datetime) -> None:
    with pytest.raises(NotInTransactionError):
        services.post_lines(reference=REFERENCE, lines=STAY, now=now)
    with pytest.raises(NotInTransactionError):
        services.reverse_lines(reference=REFERENCE, keys=[], now=now)
    with pytest.raises(NotInTransactionError):
        services.record_desk_payment(
            reference=REFERENCE, amount_minor=1, currency="INR", method="cash", key="k", now=now
        )
    assert not FolioLine.objects.exists()


def test_a_payment_writes_itself_when_it_succeeds(now: dt.datetime) -> None:
    payment = make_payment(now)
    assert lines_of() == []
    type_card(payment, DECLINED, now)
    services.refresh_payment(payment_id=payment.pk, now=now)
    assert lines_of() == []
    paid = make_paid(now, amount_minor=700)
    services.refresh_payment(payment_id=paid.pk, now=now)
    assert lines_of() == [("payment", "card", -700)]
    assert selectors.folio(REFERENCE).lines[0].key == f"payment:{paid.pk}"
    assert selectors.paid_minor(REFERENCE) == selectors.folio(REFERENCE).settled_minor == 700


def test_a_refund_counts_from_its_promise_and_not_once_it_is_refused(now: dt.datetime, drain: Drain) -> None:
    payment = make_paid(now, amount_minor=1_000)
    FakeCharge.objects.update(refunded_minor=1_000)  # the bank will refuse: nothing is left there
    promised = refund(payment, 1_000, key="a", now=now)
    assert lines_of() == [("payment", "card", -1_000), ("refund", "card", 1_000)]
    drain(until=now)
    assert lines_of()[2:] == [("refund", "card", -1_000)]
    assert selectors.folio(REFERENCE).settled_minor == selectors.paid_minor(REFERENCE) == 1_000
    FakeCharge.objects.update(refunded_minor=0)
    services.retry_refund(refund_id=promised, now=now)
    drain(until=now)
    assert [line.key for line in selectors.folio(REFERENCE).lines[1:]] == [
        f"refund:{promised}:1",
        f"refund:{promised}:1~",
        f"refund:{promised}:2",
    ]
    assert selectors.folio(REFERENCE).settled_minor == selectors.paid_minor(REFERENCE) == 0


def test_a_refund_that_the_bank_makes_after_all_is_written_again(now: dt.datetime) -> None:
    payment = make_paid(now, amount_minor=1_000)
    promised = refund(payment, 400, key="a", now=now)
    FakeCharge.objects.update(refunded_minor=1_000)  # the bank refuses at first
    services.send_refund(refund_id=promised, now=now)
    row = Refund.objects.get(pk=promised)
    assert (row.state, selectors.folio(REFERENCE).settled_minor) == ("failed", 1_000)
    status = RefundStatus(provider_ref="re_1", key=f"refund:{promised}", state="succeeded", amount_minor=400)
    for _told in range(2):
        apply_refund(*locks.lock_refund(promised), status, now=now)
    assert selectors.folio(REFERENCE).settled_minor == selectors.paid_minor(REFERENCE) == 600


# --- At the desk ---------------------------------------------------------------------------------------


def test_money_at_the_desk_is_a_payment_that_has_succeeded(now: dt.datetime) -> None:
    user = UserFactory.create()
    payment = desk_payment(now, actor=user)
    assert desk_payment(now, actor=user) == payment
    stored = Payment.objects.get()
    assert (stored.state, stored.gateway, stored.method) == ("succeeded", "desk", "cash")
    assert (stored.succeeded_at, stored.recorded_by) == (now, user)
    assert lines_of() == [("payment", "cash", -500)]
    assert selectors.paid_minor(REFERENCE) == 500
    assert not OutboxMessage.objects.exists()  # nobody waits for it, least of all a checkout


@pytest.mark.parametrize(
    "changes", [{"amount_minor": 501}, {"method": "bank_transfer"}, {"reference": "checkout:2"}]
)
def test_a_desk_key_cannot_mean_two_payments(changes: dict[str, Any], now: dt.datetime) -> None:
    desk_payment(now)
    with pytest.raises(services.KeyReusedError):
        desk_payment(now, **changes)
    assert Payment.objects.count() == FolioLine.objects.count() == 1


@pytest.mark.parametrize("changes", [{"amount_minor": 0}, {"method": "card"}, {"method": "shells"}])
def test_impossible_desk_payments_are_refused(changes: dict[str, Any], now: dt.datetime) -> None:
    with pytest.raises(ValueError, match=r"positive|desk"):
        desk_payment(now, **changes)
    assert not Payment.objects.exists()


def test_what_was_taken_by_hand_is_given_back_by_hand(now: dt.datetime, drain: Drain) -> None:
    payment = desk_payment(now)
    given = refund(payment, 200, key="a", now=now)
    assert refund(payment, 200, key="a", now=now) == given
    assert Refund.objects.get().state == Refund.State.SUCCEEDED
    drain(until=now)
    assert not FakeRefund.objects.exists()
    assert not OutboxMessage.objects.filter(topic="refund.requested").exists()
    assert lines_of() == [("payment", "cash", -500), ("refund", "cash", 200)]
    assert selectors.paid_minor(REFERENCE) == 300


def test_no_guest_is_offered_the_desk(now: dt.datetime) -> None:
    assert "desk" not in [gateway.name for gateway in available_gateways()]
    assert get_gateway("desk").is_online is False
    with pytest.raises(ValueError, match="takes no money"):
        services.create_payment(
            reference=REFERENCE,
            amount_minor=1,
            currency="INR",
            gateway="desk",
            description="",
            return_url="",
            now=now,
        )
    with pytest.raises(UnknownGatewayError):
        get_gateway("barter")


# --- Written once --------------------------------------------------------------------------------------


def refused(statement: str) -> str:
    with pytest.raises(IntegrityError) as error, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    return str(error.value)


def test_the_database_refuses_to_change_or_delete_lines(now: dt.datetime) -> None:
    services.post_lines(reference=REFERENCE, lines=STAY, now=now)
    before = list(FolioLine.objects.values_list())
    assert "payments_folioline is written once" in refused("UPDATE payments_folioline SET amount_minor = 1")
    assert "payments_folioline is written once" in refused("DELETE FROM payments_folioline")
    line = FolioLine.objects.first()
    assert line is not None
    with pytest.raises(IntegrityError), transaction.atomic():
        line.save()
    with pytest.raises(IntegrityError), transaction.atomic():
        line.delete()
    assert list(FolioLine.objects.values_list()) == before


def test_every_table_that_is_written_once_has_its_trigger() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname LIKE '%_written_once'")
        tables = {row[0] for row in cursor.fetchall()}
    assert tables == {model._meta.db_table for model in (FolioLine, Invoice, InvoiceFile)}


def test_money_from_before_there_were_folios_gets_its_lines(now: dt.datetime) -> None:
    """The migration's own statements, on payments whose lines are taken away."""
    payment = make_paid(now, amount_minor=1_000)
    refund(payment, 300, key="a", now=now)
    refund(payment, 100, key="b", now=now)
    Refund.objects.filter(key="b").update(state="failed", postings=0)
    Payment.objects.update(refunded_minor=300)
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE payments_folioline")
        Refund.objects.update(postings=0)
        cursor.execute(import_module("serai.payments.migrations.0003_write_once").POST_EARLIER_MONEY)
    assert lines_of() == [("payment", "card", -1_000), ("refund", "card", 300)]
    assert dict(Refund.objects.values_list("key", "postings")) == {"a": 1, "b": 0}
    assert selectors.folio(REFERENCE).settled_minor == selectors.paid_minor(REFERENCE) == 700
