"""What follows from payments' own events, and the fake provider's errands."""

from __future__ import annotations

import uuid

from serai.core.clock import utc_now
from serai.core.outbox import Payload, receiver
from serai.payments import events, fake_faults, fake_provider, services


@receiver(events.REFUND_REQUESTED, queue="critical", is_transactional=False)
def call_gateway_for_refund(payload: Payload) -> None:
    """Give the money back; a provider that is away is asked again later."""
    services.send_refund(refund_id=uuid.UUID(payload["refund_id"]), now=utc_now())


@receiver(events.GATEWAY_EVENT_RECEIVED, queue="critical")
def apply_gateway_event(payload: Payload) -> None:
    """Act on a provider's message."""
    services.apply_event(event_id=payload["event_id"], now=utc_now())


@receiver(events.INVOICE_ISSUED, is_transactional=False)
def make_invoice_file(payload: Payload) -> None:
    """Make the PDF of an invoice, so that it is there when somebody asks for it."""
    services.make_invoice_file(invoice_id=payload["invoice_id"])


@receiver(fake_provider.CHARGE_DUE)
def advance_fake_charge(payload: Payload) -> None:
    """At the fake provider: settle a late success, end an abandoned session."""
    fake_provider.advance_charge(charge_id=payload["charge_id"], now=utc_now())


@receiver(fake_provider.WEBHOOK_DUE, queue="critical")
def deliver_fake_webhook(payload: Payload) -> None:
    """At the fake provider: sign a message and hand it to us, again and again until it is taken."""
    now = utc_now()
    if fake_faults.take_webhook_failure():
        raise fake_provider.ProviderUnavailableError("The message was lost on the way.")
    body = payload["body"].encode()
    services.receive_event(
        gateway="fake",
        body=body,
        headers={fake_provider.SIGNATURE_HEADER: fake_provider.sign(body, now=now)},
        now=now,
    )
