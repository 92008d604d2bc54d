"""Every account mail has a subject, a text and a look, and says what it is about."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import RequestFactory

from serai.accounts.adapter import MAILS, NOTICES, AccountAdapter
from serai.core.models import OutboxMessage, SentMail
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
CONTEXT = {
    "code": "BCDF-GHJK",
    "from_email": "old@example.com",
    "to_email": "new@example.com",
    "deleted_email": "old@example.com",
    "ip": "203.0.113.9",
    "user_agent": "A browser with a <b>name</b>",
    "request": object(),
}


@pytest.mark.parametrize("template", sorted({*MAILS, *NOTICES}))
def test_each_mail_is_complete(template: str, run_outbox: Callable[..., int]) -> None:
    user = UserFactory(email="asha@example.com", name="Asha & Co")
    AccountAdapter(RequestFactory().get("/")).send_mail(template, user.email, CONTEXT)
    assert SentMail.objects.count() == 0
    run_outbox()
    mail = SentMail.objects.get()
    assert mail.subject
    assert mail.recipient == user.email
    assert "<html" in mail.html
    assert "<b>name" not in mail.html
    assert "http://localhost:8000" in mail.text
    if template in NOTICES:
        sentence = mail.text.splitlines()[0]
        assert sentence.endswith(".")
        assert "203.0.113.9" in mail.text
    assert ("BCDF-GHJK" in mail.text) == (template in MAILS and "code" in MAILS[template])


def test_all_notices_say_different_things(run_outbox: Callable[..., int]) -> None:
    adapter = AccountAdapter(RequestFactory().get("/"))
    UserFactory(email="asha@example.com")
    for template in sorted(NOTICES):
        adapter.send_mail(template, "asha@example.com", CONTEXT)
    run_outbox()
    sentences = {text.splitlines()[0] for text in SentMail.objects.values_list("text", flat=True)}
    assert len(sentences) == len(NOTICES)


def test_a_mail_we_do_not_know_is_an_error_and_not_silence() -> None:
    with pytest.raises(ImproperlyConfigured, match="no mail template of ours"):
        AccountAdapter(RequestFactory().get("/")).send_mail("account/email/novel", "a@example.com", {})
    assert OutboxMessage.objects.count() == 0
