"""Mail: in the guest's language, once per key, with its files."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import transaction

from serai.core import mail
from serai.core.mail import Attachment, queue_mail, send_mail
from serai.core.models import OutboxMessage, SentMail
from tests.factories import NOW
from tests.racing import run_together

CONTEXT = {"name": "Asha", "property": "Lake House", "amount": "₹4,000.00", "check_in": "", "check_out": ""}


@pytest.fixture(autouse=True)
def _no_repeated_queries() -> None:
    """The same mail is sent again and again here on purpose."""


@pytest.fixture(autouse=True)
def _mailbox(settings: Any) -> None:
    settings.EMAIL_BACKEND = "serai.core.mail.MailboxBackend"


def send(key: str = "checkout:1", **options: Any) -> None:
    send_mail(
        template="checkout_refused",
        to="asha@example.com",
        context=CONTEXT | {"check_in": dt.date(2026, 12, 1), "check_out": dt.date(2026, 12, 2)},
        key=key,
        language="en",
        **options,
    )


@pytest.mark.django_db
def test_a_key_makes_one_mail() -> None:
    send()
    send()
    send(key="checkout:2")
    assert list(SentMail.objects.order_by("key").values_list("key", flat=True)) == [
        "checkout:1",
        "checkout:2",
    ]
    sent = SentMail.objects.get(key="checkout:1")
    assert sent.recipient == "asha@example.com"
    assert "Lake House" in sent.text
    assert "Lake House" in sent.html
    assert "₹4,000.00" in sent.text
    assert "\n" not in sent.subject


@pytest.mark.django_db(transaction=True)
def test_eight_at_once_make_one_mail() -> None:
    files = (Attachment("a.txt", b"file", "text/plain"),)

    def send_in_transaction() -> None:
        with transaction.atomic():
            send(attachments=files)

    race = run_together(*[send_in_transaction] * 8)
    assert race.errors == []
    assert SentMail.objects.count() == 1
    assert SentMail.objects.get().attachments.count() == 1


@pytest.mark.django_db
def test_files_go_along() -> None:
    send(
        attachments=[
            Attachment("a.pdf", b"%PDF-1", "application/pdf"),
            Attachment("b.bin", b"\x00\xff", "application/x-b"),
        ]
    )
    found = SentMail.objects.get().attachments.order_by("id")
    assert [(row.filename, bytes(row.content), row.content_type) for row in found] == [
        ("a.pdf", b"%PDF-1", "application/pdf"),
        ("b.bin", b"\x00\xff", "application/x-b"),
    ]


@pytest.mark.django_db
def test_over_other_backends_a_key_makes_one_mail_too(settings: Any, mailoutbox: list[Any]) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    send()
    send()
    assert len(mailoutbox) == 1
    message = mailoutbox[0]
    assert message.extra_headers[mail.KEY_HEADER] == "checkout:1"
    assert message.extra_headers["Auto-Submitted"] == "auto-generated"
    first_id = message.extra_headers["Message-ID"]
    SentMail.objects.all().delete()  # as if the worker had died between the server's 250 and our commit
    send()
    assert mailoutbox[1].extra_headers["Message-ID"] == first_id
    record = SentMail.objects.get()
    assert (record.key, record.text, record.html) == ("checkout:1", "", "")


@pytest.mark.django_db
def test_a_mail_server_that_is_away_raises_so_that_the_outbox_tries_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(self: Any, messages: Any) -> int:
        raise ConnectionRefusedError

    monkeypatch.setattr(mail.MailboxBackend, "send_messages", refuse)
    with pytest.raises(ConnectionRefusedError):
        send()
    assert not SentMail.objects.exists()


@pytest.mark.django_db
def test_a_queued_mail_leaves_through_the_outbox_and_its_secrets_are_wiped(run_outbox: Any) -> None:
    with transaction.atomic():
        queue_mail(
            template="checkout_refused",
            to="asha@example.com",
            context=CONTEXT | {"amount": "SECRET-42"},
            key="queued",
            language="en",
            now=NOW,
        )
    assert not SentMail.objects.exists()
    assert run_outbox(now=NOW) == 1
    assert "SECRET-42" in SentMail.objects.get(key="queued").text
    row = OutboxMessage.objects.get()
    assert (row.payload, row.queue) == ({}, "critical")
