"""Our side of the wire to the fake card provider: its words become ours."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from serai.payments import fake_provider
from serai.payments.gateways.base import (
    TIMEOUT_SECONDS,
    ChargeOrder,
    ChargeState,
    ChargeStatus,
    Event,
    GatewayRefusedError,
    GatewayUnavailableError,
    MalformedEventError,
    RefundOrder,
    RefundStatus,
    SignatureRefusedError,
)

_STATES: dict[str, ChargeState] = {
    "open": "pending",
    "needs_action": "pending",
    "processing": "pending",
    "succeeded": "succeeded",
    "declined": "failed",
}


def failure_message(code: str) -> str:
    """What a guest reads when the card provider said no with `code`."""
    messages = {
        "card_declined": gettext("Your bank declined the card."),
        "insufficient_funds": gettext("There is not enough money on the card."),
        "authentication_failed": gettext("The payment was not approved with your bank."),
        "cancelled_by_guest": gettext("You cancelled the payment."),
        "session_expired": gettext("The payment page was left open for too long."),
    }
    return messages.get(code, gettext("The payment did not go through.")) if code else ""


class FakeGateway:
    """Cards, with a provider whose bank exists only in this database."""

    name = "fake"
    label = _("Card")
    is_online = True

    def create_charge(self, order: ChargeOrder, *, now: dt.datetime) -> ChargeStatus:
        try:
            reply = fake_provider.create_charge(
                idempotency_key=order.key,
                amount_minor=order.amount_minor,
                currency=order.currency,
                description=order.description,
                return_url=order.return_url,
                timeout_seconds=TIMEOUT_SECONDS,
                now=now,
            )
        except fake_provider.ProviderError as error:
            raise _translated(error) from error
        return _charge_status(reply)

    def fetch_charge(self, provider_ref: str, *, now: dt.datetime) -> ChargeStatus:
        try:
            reply = fake_provider.fetch_charge(
                charge_id=provider_ref, timeout_seconds=TIMEOUT_SECONDS, now=now
            )
        except fake_provider.ProviderError as error:
            raise _translated(error) from error
        return _charge_status(reply)

    def refund_charge(self, order: RefundOrder, *, now: dt.datetime) -> RefundStatus:
        try:
            reply = fake_provider.refund_charge(
                idempotency_key=order.key,
                charge_id=order.provider_ref,
                amount_minor=order.amount_minor,
                currency=order.currency,
                timeout_seconds=TIMEOUT_SECONDS,
                now=now,
            )
        except fake_provider.ProviderError as error:
            raise _translated(error) from error
        return _refund_status(reply)

    def read_event(self, body: bytes, headers: Mapping[str, str], *, now: dt.datetime) -> Event:
        signature = {name.lower(): value for name, value in headers.items()}.get(
            fake_provider.SIGNATURE_HEADER.lower(), ""
        )
        if not fake_provider.is_signature_valid(body=body, signature=signature, now=now):
            raise SignatureRefusedError("The signature is missing, wrong or too old.")
        try:
            message = json.loads(body)
        except ValueError as error:
            raise MalformedEventError("The message is not JSON.") from error
        if b"\\u0000" in body:
            raise MalformedEventError("The message holds a character that no database keeps.")
        if not isinstance(message, dict):
            raise MalformedEventError("The message is not a JSON object.")
        return self.parse_event(message)

    def parse_event(self, body: Mapping[str, Any]) -> Event:
        try:
            event_id, kind, subject = _text(body["id"]), _text(body["type"]), body["object"]
            if kind.startswith("charge."):
                return Event(event_id=event_id, charge=_charge_status(subject))
            if kind.startswith("refund."):
                return Event(event_id=event_id, refund=_refund_status(subject))
        except (KeyError, TypeError) as error:
            raise MalformedEventError(f"The message lacks what it needs: {error}") from error
        # Providers add kinds of message without asking; those that say nothing to us are kept, not refused.
        return Event(event_id=event_id)


def _text(value: Any) -> str:
    if not isinstance(value, str) or not 0 < len(value) <= 80:
        raise TypeError("an id is a text of 1 to 80 characters")
    return value


def _amount(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value <= 0:
        raise TypeError("an amount is a positive whole number")
    return value


def _charge_status(reply: Mapping[str, Any]) -> ChargeStatus:
    code = str(reply["decline_code"])[:40]
    return ChargeStatus(
        provider_ref=_text(reply["id"]),
        key=_text(reply["idempotency_key"]),
        state=_STATES[reply["state"]],
        amount_minor=_amount(reply["amount_minor"]),
        currency=str(reply["currency"]),
        redirect_url=str(reply["page_url"]),
        failure_code=code,
        failure_message=failure_message(code),
    )


def _refund_status(reply: Mapping[str, Any]) -> RefundStatus:
    return RefundStatus(
        provider_ref=_text(reply["id"]),
        key=_text(reply["idempotency_key"]),
        state="succeeded",
        amount_minor=_amount(reply["amount_minor"]),
    )


def _translated(error: fake_provider.ProviderError) -> GatewayRefusedError | GatewayUnavailableError:
    if isinstance(error, fake_provider.ProviderRefusedError):
        return GatewayRefusedError(error.code, str(error))
    return GatewayUnavailableError(str(error))
