"""What the outbox gave up on, and refunds, in front of a person."""

from __future__ import annotations

import uuid

import pytest

from serai.core.models import OutboxMessage
from serai.payments.models import Payment, Refund
from tests.factories import NOW, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff(client):
    client.force_login(UserFactory.create(is_staff=True))
    return client


def failed_message() -> OutboxMessage:
    return OutboxMessage.objects.create(
        topic="booking.confirmed",
        receiver="somewhere.mail",
        created_at=NOW,
        available_at=NOW,
        attempts=12,
        failed_at=NOW,
        error="SMTPServerDisconnected: gone",
    )


def test_all_is_well(staff):
    assert b"All is well" in staff.get("/staff/trouble/").content


def test_a_message_can_start_over_once(staff):
    message = failed_message()
    assert b"SMTPServerDisconnected" in staff.get("/staff/trouble/").content
    assert staff.post(f"/staff/trouble/messages/{message.pk}/retry/").status_code == 302
    message.refresh_from_db()
    assert (message.failed_at, message.attempts, message.dispatched_at) == (None, 0, None)
    assert staff.post(f"/staff/trouble/messages/{message.pk}/retry/").status_code == 404


def test_a_failed_refund_is_asked_for_again(staff):
    payment = Payment.objects.create(
        reference="checkout:x",
        gateway="fake",
        amount_minor=500,
        refunded_minor=0,
        currency="INR",
        state=Payment.State.SUCCEEDED,
        provider_ref="ch_1",
    )
    refund = Refund.objects.create(payment=payment, key="k", amount_minor=500, state=Refund.State.FAILED)
    assert "₹500" not in staff.get("/staff/trouble/").content.decode()
    assert "₹5.00" in staff.get("/staff/trouble/").content.decode()
    staff.post(f"/staff/trouble/refunds/{refund.pk}/retry/")
    refund.refresh_from_db()
    assert refund.state == Refund.State.PENDING
    assert OutboxMessage.objects.filter(topic="refund.requested").count() == 1
    assert staff.post(f"/staff/trouble/refunds/{uuid.uuid4()}/retry/").status_code == 404


def test_the_page_asks_as_often_for_one_as_for_many(staff, django_assert_num_queries):
    failed_message()
    staff.get("/staff/trouble/")
    with django_assert_num_queries(3):
        staff.get("/staff/trouble/")
    for _ in range(20):
        failed_message()
    with django_assert_num_queries(3):
        staff.get("/staff/trouble/")
