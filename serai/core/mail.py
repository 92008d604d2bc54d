"""Mail and text messages: written in the guest's language, sent once per key.

`queue_mail` records the wish in the outbox; `deliver_mail` (its receiver) renders the template pair
`mail/<name>.txt|.html|_subject.txt` and hands it to Django's mail backend. The `Message-ID` is made
from the key, and the demo's `MailboxBackend` stores it under a unique column in the transaction
that marks the outbox row done: exactly once. Over SMTP a crash between the server's "250" and our
commit can repeat a mail; it then carries the same Message-ID, which mail programs fold into one.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from email.utils import parseaddr
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.message import EmailMessage
from django.template.loader import render_to_string
from django.utils import translation

from serai.core.clock import utc_now
from serai.core.models import MailAttachment, SentMail
from serai.core.outbox import Payload, emit, receiver

KEY_HEADER = "X-Serai-Key"


@dataclass(frozen=True)
class Attachment:
    """A file to send along."""

    filename: str
    content: bytes
    content_type: str


def queue_mail(
    *,
    template: str,
    to: str,
    context: dict[str, Any],
    key: str,
    language: str,
    now: dt.datetime,
) -> None:
    """Record that a mail must be sent; needs a transaction. `context` must be plain JSON values."""
    emit(
        "mail.queued",
        {"template": template, "to": to, "context": context, "key": key, "language": language},
        now=now,
    )


@receiver("mail.queued", queue="critical", is_secret=True)
def deliver_queued_mail(payload: Payload) -> None:
    """Render and send one queued mail."""
    send_mail(
        template=payload["template"],
        to=payload["to"],
        context=payload["context"],
        key=payload["key"],
        language=payload["language"],
    )


def send_mail(
    *,
    template: str,
    to: str,
    context: dict[str, Any],
    key: str,
    language: str,
    attachments: Sequence[Attachment] = (),
) -> None:
    """Render the template pair in `language` and send it now; a second call with `key` does nothing.

    Call it from an outbox receiver. Raises what the mail backend raises, so that the outbox retries.
    """
    if SentMail.objects.filter(key=key).exists():
        return
    context = {**context, "site_url": settings.SITE_URL}
    with translation.override(language):
        subject = " ".join(render_to_string(f"mail/{template}_subject.txt", context).split())
        text = render_to_string(f"mail/{template}.txt", context)
        html = render_to_string(f"mail/{template}.html", {**context, "subject": subject})
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2]
    digest = hashlib.sha256(key.encode()).hexdigest()[:32]
    message = EmailMultiAlternatives(
        subject=subject,
        body=text,
        to=[to],
        headers={"Message-ID": f"<{digest}@{domain}>", KEY_HEADER: key, "Auto-Submitted": "auto-generated"},
    )
    message.attach_alternative(html, "text/html")
    for attachment in attachments:
        message.attach(attachment.filename, attachment.content, attachment.content_type)
    message.send()
    if not SentMail.objects.filter(key=key).exists():
        record_sent(
            key=key,
            channel=SentMail.Channel.EMAIL,
            recipient=to,
            subject=subject,
            text="",
            html="",
            now=utc_now(),
        )


def record_sent(
    *, key: str, channel: str, recipient: str, subject: str, text: str, html: str, now: dt.datetime
) -> SentMail:
    """Remember that a message went out under `key`; a second record with the key changes nothing."""
    mail, _created = SentMail.objects.get_or_create(
        key=key,
        defaults={
            "channel": channel,
            "recipient": recipient,
            "subject": subject[:300],
            "text": text,
            "html": html,
            "sent_at": now,
        },
    )
    return mail


class MailboxBackend(BaseEmailBackend):
    """Keeps every mail in the database for `/dev/mail/`. For demo and tests only."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        for message in email_messages:
            text = str(message.body)
            html = next(
                (
                    str(part.content)
                    for part in getattr(message, "alternatives", ())
                    if part.mimetype == "text/html"
                ),
                "",
            )
            key = (
                message.extra_headers.get(KEY_HEADER)
                or hashlib.sha256(message.message().as_bytes()).hexdigest()
            )
            mail, created = SentMail.objects.get_or_create(
                key=key,
                defaults={
                    "recipient": message.to[0],
                    "subject": message.subject[:300],
                    "text": text,
                    "html": html,
                    "sent_at": utc_now(),
                },
            )
            if created:
                MailAttachment.objects.bulk_create(
                    MailAttachment(
                        mail=mail,
                        filename=name,
                        # Django turns text attachments into str.
                        content=content.encode() if isinstance(content, str) else content,
                        content_type=mimetype,
                    )
                    for name, content, mimetype in message.attachments
                )
        return len(email_messages)
