"""The mailbox of the demo: everything that left the house, newest first."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.test import Client

from serai.core.models import MailAttachment, SentMail

pytestmark = pytest.mark.django_db


def make_mail(now: dt.datetime, number: int = 1, **fields: Any) -> SentMail:
    values = {
        "key": f"key-{number}",
        "recipient": f"guest{number}@example.com",
        "subject": f"Subject {number}",
        "text": "Type this code:\n\n    BCDF-GHJK\n",
        "html": '<p style="color:red">Hello</p>',
        "sent_at": now + dt.timedelta(seconds=number),
    }
    return SentMail.objects.create(**(values | fields))


def test_newest_come_first_with_their_codes(client: Client, now: dt.datetime) -> None:
    make_mail(now, 1)
    make_mail(now, 2, text="No code in here: ABCD-EFGH")
    page = client.get("/dev/mail/")
    assert page.text.index("Subject 2") < page.text.index("Subject 1")
    assert page.text.count('data-copy="BCDF-GHJK"') == 1
    assert "data-copy=" in page.text.partition("Subject 1")[2]


def test_list_is_narrowed_to_a_recipient_and_says_when_nothing_fits(client: Client, now: dt.datetime) -> None:
    make_mail(now, 1)
    make_mail(now, 2, recipient="+919876543210", channel="sms", subject="", text="BCDF-GHJK is your code")
    page = client.get("/dev/mail/", {"to": "98765"})
    assert "BCDF-GHJK is your code" in page.text
    assert "Subject 1" not in page.text
    assert "Nothing for this recipient" in client.get("/dev/mail/", {"to": "nobody"}).text


def test_htmx_gets_the_rows_alone(client: Client, now: dt.datetime) -> None:
    make_mail(now)
    rows = client.get("/dev/mail/", headers={"HX-Request": "true"})
    assert "Subject 1" in rows.text
    assert "<html" not in rows.text


@pytest.mark.parametrize("count", [1, 30])
def test_list_costs_two_queries_whatever_its_length(
    client: Client, now: dt.datetime, count: int, django_assert_num_queries: Any
) -> None:
    for number in range(count):
        make_mail(now, number)
    with django_assert_num_queries(2):
        client.get("/dev/mail/")


def test_message_page_shows_code_text_and_files(client: Client, now: dt.datetime) -> None:
    mail = make_mail(now)
    file = MailAttachment.objects.create(
        mail=mail, filename="voucher é.pdf", content_type="application/pdf", content=b"%PDF-1.7"
    )
    page = client.get(f"/dev/mail/{mail.pk}/")
    assert '<p class="display" dir="ltr" id="code">BCDF-GHJK</p>' in page.text
    assert f'src="/dev/mail/{mail.pk}/html/"' in page.text
    assert "sandbox=" in page.text
    download = client.get(f"/dev/mail/{mail.pk}/files/{file.pk}/")
    assert (download.content, download["Content-Type"]) == (b"%PDF-1.7", "application/pdf")
    assert download["Content-Disposition"] == "attachment; filename*=utf-8''voucher%20%C3%A9.pdf"
    other = make_mail(now, 2)
    assert client.get(f"/dev/mail/{other.pk}/files/{file.pk}/").status_code == 404


def test_html_of_a_mail_may_do_nothing_but_look(client: Client, now: dt.datetime) -> None:
    mail = make_mail(now)
    response = client.get(f"/dev/mail/{mail.pk}/html/")
    policy = dict(part.strip().partition(" ")[::2] for part in response["Content-Security-Policy"].split(";"))
    assert policy["default-src"] == "'none'"
    assert "script-src" not in policy
    assert policy["frame-ancestors"] == "'self'"
    assert "allow-scripts" not in policy["sandbox"]
    assert response["X-Frame-Options"] == "SAMEORIGIN"


def test_unknown_message_is_not_found(client: Client) -> None:
    assert client.get("/dev/mail/999999/").status_code == 404
    assert client.get("/dev/mail/99999999999999999999999/").status_code == 404
