"""What follows from facts about people."""

from __future__ import annotations

from typing import Any

from allauth.account.models import EmailAddress
from allauth.account.signals import email_confirmed, user_logged_in
from allauth.usersessions import signals as usersessions_signals
from allauth.usersessions.models import UserSession
from django.dispatch import receiver as signal_receiver
from django.http import HttpRequest

from serai.accounts import services
from serai.accounts.sms import send_sms
from serai.core.clock import utc_now
from serai.core.outbox import Payload, receiver


@receiver("sms.queued", queue="critical", is_secret=True)
def deliver_queued_sms(payload: Payload) -> None:
    """Render and send one queued text message."""
    send_sms(
        template=payload["template"],
        to=payload["to"],
        context=payload["context"],
        key=payload["key"],
        language=payload["language"],
    )


@signal_receiver(email_confirmed)
def welcome_who_proved_address(sender: Any, email_address: EmailAddress, **kwargs: Any) -> None:
    """The first proved address is the beginning of an account that can be used."""
    services.welcome_user(user=email_address.user, now=utc_now())


# allauth's own receiver also looks through all older sessions of the person, with queries for each.
user_logged_in.disconnect(usersessions_signals.on_user_logged_in)


@signal_receiver(user_logged_in)
def remember_device(sender: Any, request: HttpRequest, **kwargs: Any) -> None:
    """Keep where somebody is signed in, so that they can see it and end it."""
    UserSession.objects.create_from_request(request)
