"""Text messages. `SMS_SENDER` names the class that hands them to a provider."""

from __future__ import annotations

import datetime as dt
from typing import Any, Protocol, cast

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.module_loading import import_string

from serai.core.clock import utc_now
from serai.core.mail import record_sent
from serai.core.models import SentMail
from serai.core.outbox import emit


class SmsSender(Protocol):
    """Hands one message to a provider. Runs from the outbox: raise to have it tried again."""

    def send(self, *, to: str, text: str, key: str) -> None:
        """Send `text` to an E.164 number within ten seconds; `key` is the same when it is repeated."""


class MailboxSender:
    """Keeps text messages in the database for `/dev/mail/`. For demo and tests only."""

    def send(self, *, to: str, text: str, key: str) -> None:
        record_sent(
            key=key,
            channel=SentMail.Channel.SMS,
            recipient=to,
            subject="",
            text=text,
            html="",
            now=utc_now(),
        )


def sms_is_available() -> bool:
    """Whether a sender is configured; without one, people sign in by e-mail only."""
    return bool(settings.SMS_SENDER)


def queue_sms(
    *, template: str, to: str, context: dict[str, Any], key: str, language: str, now: dt.datetime
) -> None:
    """Record that a text message must be sent; needs a transaction. `context` is plain JSON."""
    emit(
        "sms.queued",
        {"template": template, "to": to, "context": context, "key": key, "language": language},
        now=now,
    )


def send_sms(*, template: str, to: str, context: dict[str, Any], key: str, language: str) -> None:
    """Render `sms/<template>.txt` in `language` and hand it to the sender. Call it from the outbox."""
    with translation.override(language):
        text = render_to_string(f"sms/{template}.txt", context).strip()
    sender = cast("SmsSender", import_string(settings.SMS_SENDER)())
    sender.send(to=to, text=text, key=key)
