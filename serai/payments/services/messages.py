"""What providers tell us: keep it, then act on it once."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from collections.abc import Mapping

import structlog
from django.db import IntegrityError, transaction

from serai.core.db import require_transaction, write_transaction
from serai.core.outbox import emit
from serai.payments import events
from serai.payments.gateways import get_gateway
from serai.payments.gateways.base import ChargeStatus
from serai.payments.models import GatewayEvent, Payment, Refund
from serai.payments.services import locks
from serai.payments.services.charges import apply_charge
from serai.payments.services.refunds import apply_refund

log = structlog.get_logger(__name__)


def receive_event(*, gateway: str, body: bytes, headers: Mapping[str, str], now: dt.datetime) -> GatewayEvent:
    """Check and keep a provider's message; the outbox applies it. A repeated message is kept once.

    Raises `UnknownGatewayError`, `SignatureRefusedError`, `MalformedEventError`, or `BusyError` (the
    provider will send it again).
    """
    event = get_gateway(gateway).read_event(body, headers, now=now)
    with write_transaction():
        try:
            with transaction.atomic():
                stored = GatewayEvent.objects.create(
                    gateway=gateway, event_id=event.event_id, payload=json.loads(body), received_at=now
                )
        except IntegrityError:
            return GatewayEvent.objects.get(gateway=gateway, event_id=event.event_id)
        emit(events.GATEWAY_EVENT_RECEIVED, {"event_id": stored.pk}, now=now)
    return stored


def apply_event(*, event_id: int, now: dt.datetime) -> None:
    """Act on a kept message, once; needs a transaction.

    What it reports goes through the state tables, so order and repetition do not matter. A message about
    something that is not ours is only marked as read. Raises `ChargeMismatchError`.
    """
    require_transaction()
    stored = GatewayEvent.objects.select_for_update().get(pk=event_id)
    if stored.processed_at is not None:
        return
    event = get_gateway(stored.gateway).parse_event(stored.payload)
    if event.charge is not None:
        payment = _find_payment(stored.gateway, event.charge)
        if payment is None:
            log.warning("gateway_event.unknown_charge", event_id=stored.event_id)
        else:
            apply_charge(payment, event.charge, now=now)
    elif event.refund is not None:
        refund_id = _id_in_key(event.refund.key, prefix="refund:")
        if refund_id is None or not Refund.objects.filter(pk=refund_id).exists():
            log.warning("gateway_event.unknown_refund", event_id=stored.event_id)
        else:
            apply_refund(*locks.lock_refund(refund_id), event.refund, now=now)
    stored.processed_at = now
    stored.save(update_fields=["processed_at"])


def _find_payment(gateway: str, status: ChargeStatus) -> Payment | None:
    """The locked payment that a charge belongs to, found by our own key.

    The key is known from before the call was made; the provider's reference may not be stored yet when
    its first message overtakes its answer.
    """
    payment_id = _id_in_key(status.key, prefix="payment:")
    if payment_id is None:
        return None
    return locks.locked_payments().filter(pk=payment_id, gateway=gateway).first()


def _id_in_key(key: str, *, prefix: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(key.removeprefix(prefix)) if key.startswith(prefix) else None
    except ValueError:
        return None
