"""Taking money and giving it back. Everything here can be repeated without moving money twice.

Calls to a gateway happen outside any transaction; what they report is applied in a short transaction
that locks the payment row first. A report may come from `refresh_payment`, from a webhook or from both
at once: whoever gets the lock first makes the move and emits the event, the other finds it made.
"""

from __future__ import annotations

import datetime as dt
import json
import uuid
from collections.abc import Mapping

import structlog
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from serai.core.db import refuse_transaction, require_transaction, write_transaction
from serai.core.errors import DomainError
from serai.core.outbox import emit
from serai.payments import events, rules
from serai.payments.gateways import get_gateway
from serai.payments.gateways.base import (
    ChargeOrder,
    ChargeStatus,
    GatewayRefusedError,
    GatewayUnavailableError,
    RefundOrder,
    RefundStatus,
)
from serai.payments.models import GatewayEvent, Payment, Refund

log = structlog.get_logger(__name__)


class PaymentUnavailableError(DomainError):
    """The provider does not answer. No money has moved; starting again is safe."""

    code = "payment_unavailable"


class RefundRefusedError(DomainError):
    """This payment has no such amount to give back."""

    code = "refund_refused"


class KeyReusedError(DomainError):
    """The key of a refund was used before for something else."""

    code = "key_reused"


class ChargeMismatchError(RuntimeError):
    """A provider reports another amount, currency or charge than we asked for. Somebody must look."""


# --- Taking money -----------------------------------------------------------------------------------


def create_payment(
    *,
    reference: str,
    amount_minor: int,
    currency: str,
    gateway: str,
    description: str,
    return_url: str,
    now: dt.datetime,
) -> Payment:
    """Record that `amount_minor` is to be paid for `reference`; needs a transaction.

    An unfinished payment for the same thing is returned instead of a second one, so a double click
    cannot charge twice; the caller holds the lock of whatever `reference` names. Raises `ValueError` for
    an amount that is not positive or a gateway that takes no money.
    """
    require_transaction()
    if amount_minor <= 0:
        raise ValueError("A payment needs a positive amount.")
    if not get_gateway(gateway).is_online:
        raise ValueError(f"{gateway} takes no money here: it needs no payment.")
    wanted = {
        "reference": reference,
        "amount_minor": amount_minor,
        "currency": currency,
        "gateway": gateway,
        "return_url": return_url,
    }
    unfinished = Payment.objects.filter(
        state__in=[Payment.State.CREATED, Payment.State.PENDING], **wanted
    ).first()
    return unfinished or Payment.objects.create(description=description[:200], **wanted)


def start_payment(*, payment_id: uuid.UUID, now: dt.datetime) -> Payment:
    """Open the charge at the provider and remember where to send the guest (`redirect_url`).

    Call it outside any transaction; repeating it is safe. A definite refusal makes the payment fail.
    Raises `PaymentUnavailableError` when the provider does not answer.
    """
    refuse_transaction()
    payment = Payment.objects.get(pk=payment_id)
    if payment.state != Payment.State.CREATED:
        return payment
    order = ChargeOrder(
        key=_charge_key(payment.pk),
        amount_minor=payment.amount_minor,
        currency=payment.currency,
        description=payment.description,
        return_url=payment.return_url,
    )
    try:
        status = get_gateway(payment.gateway).create_charge(order, now=now)
    except GatewayUnavailableError as error:
        log.warning("payment.start_unanswered", payment_id=str(payment_id), error=str(error))
        raise PaymentUnavailableError(
            _("The card service does not answer. Nothing was charged. Please try again in a moment.")
        ) from error
    except GatewayRefusedError as error:
        log.error("payment.start_refused", payment_id=str(payment_id), code=error.code, error=str(error))
        with write_transaction():
            payment = _locked_payments().get(pk=payment_id)
            if payment.state == Payment.State.CREATED:
                _move_payment(
                    payment,
                    to=Payment.State.FAILED,
                    failure_code=error.code,
                    failure_message=_("The payment could not be started."),
                    now=now,
                )
            return payment
    return _apply_in_transaction(payment_id, status, now=now)


def refresh_payment(*, payment_id: uuid.UUID, now: dt.datetime) -> Payment:
    """Ask the provider what became of a payment and apply the answer.

    Call it outside any transaction. A decided payment is returned as it is; a provider that does not
    answer leaves the payment waiting, for a webhook or the next look. Raises `ChargeMismatchError`.
    """
    refuse_transaction()
    payment = Payment.objects.get(pk=payment_id)
    if payment.state != Payment.State.PENDING:
        return payment
    try:
        status = get_gateway(payment.gateway).fetch_charge(payment.provider_ref, now=now)
    except (GatewayUnavailableError, GatewayRefusedError) as error:
        log.warning("payment.refresh_unanswered", payment_id=str(payment_id), error=str(error))
        return payment
    return _apply_in_transaction(payment_id, status, now=now)


def _charge_key(payment_id: uuid.UUID) -> str:
    return f"payment:{payment_id}"


def _locked_payments() -> QuerySet[Payment]:
    """Payments for update. Lock order: gateway event, then payment, then its refunds."""
    return Payment.objects.select_for_update()


def _apply_in_transaction(payment_id: uuid.UUID, status: ChargeStatus, *, now: dt.datetime) -> Payment:
    with write_transaction():
        payment = _locked_payments().get(pk=payment_id)
        _apply_charge(payment, status, now=now)
    return payment


def _apply_charge(payment: Payment, status: ChargeStatus, *, now: dt.datetime) -> None:
    """Apply what the provider says to a locked payment; late and repeated reports change nothing."""
    if (status.amount_minor, status.currency) != (payment.amount_minor, payment.currency) or (
        payment.provider_ref not in {"", status.provider_ref}
    ):
        raise ChargeMismatchError(
            f"Payment {payment.pk} of {payment.amount_minor} {payment.currency} ({payment.provider_ref}) was"
            f" reported as {status.amount_minor} {status.currency} ({status.provider_ref})."
        )
    if not payment.provider_ref:
        payment.provider_ref = status.provider_ref
        payment.redirect_url = status.redirect_url
        payment.save(update_fields=["provider_ref", "redirect_url", "updated_at"])
    target = rules.next_state(rules.PAYMENT_MOVES, current=payment.state, reported=status.state)
    if target != payment.state:
        _move_payment(
            payment,
            to=target,
            failure_code=status.failure_code,
            failure_message=status.failure_message,
            now=now,
        )
    elif status.state != payment.state:
        log.info(
            "payment.old_report",
            payment_id=str(payment.pk),
            state=str(payment.state),
            reported=status.state,
        )


def _move_payment(
    payment: Payment, *, to: str, failure_code: str, failure_message: str, now: dt.datetime
) -> None:
    """Move a locked payment along the table and tell the house, in the caller's transaction."""
    require_transaction()
    payment.state = to
    is_failed = to == Payment.State.FAILED
    payment.failure_code = failure_code[:40] if is_failed else ""
    payment.failure_message = failure_message[:200] if is_failed else ""
    if to == Payment.State.SUCCEEDED:
        payment.succeeded_at = now
    payment.save(
        update_fields=["state", "failure_code", "failure_message", "succeeded_at", "updated_at"],
    )
    topic = {
        Payment.State.SUCCEEDED: events.PAYMENT_SUCCEEDED,
        Payment.State.FAILED: events.PAYMENT_FAILED,
    }.get(Payment.State(to))
    if topic is not None:
        emit(topic, {"payment_id": str(payment.pk), "reference": payment.reference}, now=now)


# --- Giving money back ------------------------------------------------------------------------------


def refund_payment(
    *, payment_id: uuid.UUID, amount_minor: int, key: str, reason: str, now: dt.datetime
) -> Refund:
    """Promise to give `amount_minor` back; needs a transaction. The outbox then calls the gateway.

    Locks the payment. The same `key` again returns the first refund. Raises `RefundRefusedError` when the
    payment has not succeeded or has less left, `KeyReusedError` when the key means another refund.
    """
    require_transaction()
    payment = _locked_payments().get(pk=payment_id)
    earlier = Refund.objects.filter(key=key).first()
    if earlier is not None:
        if (earlier.payment_id, earlier.amount_minor) != (payment.pk, amount_minor):
            raise KeyReusedError(_("This refund was already asked for with a different amount."))
        return earlier
    if payment.state != Payment.State.SUCCEEDED:
        raise RefundRefusedError(_("Only a payment that was made can be refunded."))
    left = rules.refundable_minor(amount_minor=payment.amount_minor, refunded_minor=payment.refunded_minor)
    if not 0 < amount_minor <= left:
        raise RefundRefusedError(_("That is more than is left of the payment."))
    refund = Refund.objects.create(payment=payment, key=key, amount_minor=amount_minor, reason=reason[:120])
    payment.refunded_minor += amount_minor
    payment.save(update_fields=["refunded_minor", "updated_at"])
    emit(events.REFUND_REQUESTED, {"refund_id": str(refund.pk)}, now=now)
    return refund


def send_refund(*, refund_id: uuid.UUID, now: dt.datetime) -> Refund:
    """Ask the gateway for a promised refund; outside any transaction, safe to repeat.

    Raises `GatewayUnavailableError`, so that the outbox tries again. A definite refusal is recorded on the
    refund, frees the amount and emits `refund.failed`.
    """
    refuse_transaction()
    refund = Refund.objects.select_related("payment").get(pk=refund_id)
    if refund.state != Refund.State.PENDING:
        return refund
    payment = refund.payment
    order = RefundOrder(
        key=_refund_key(refund.pk),
        provider_ref=payment.provider_ref,
        amount_minor=refund.amount_minor,
        currency=payment.currency,
    )
    try:
        status = get_gateway(payment.gateway).refund_charge(order, now=now)
    except GatewayRefusedError as error:
        log.error("refund.refused", refund_id=str(refund_id), code=error.code, error=str(error))
        with write_transaction():
            payment, refund = _lock_refund(refund_id)
            if refund.state == Refund.State.PENDING:
                _move_refund(payment, refund, to=Refund.State.FAILED, now=now)
        return refund
    with write_transaction():
        payment, refund = _lock_refund(refund_id)
        _apply_refund(payment, refund, status, now=now)
    return refund


def retry_refund(*, refund_id: uuid.UUID, now: dt.datetime) -> Refund:
    """Try again what the bank refused or the outbox gave up on; needs a transaction. For staff.

    Raises `RefundRefusedError` when the amount has been given back in another way meanwhile.
    """
    require_transaction()
    payment, refund = _lock_refund(refund_id)
    if refund.state == Refund.State.SUCCEEDED:
        return refund
    if refund.state == Refund.State.FAILED:
        _move_refund(payment, refund, to=Refund.State.PENDING, now=now)
    emit(events.REFUND_REQUESTED, {"refund_id": str(refund.pk)}, now=now)
    return refund


def _refund_key(refund_id: uuid.UUID) -> str:
    return f"refund:{refund_id}"


def _lock_refund(refund_id: uuid.UUID) -> tuple[Payment, Refund]:
    """The payment and its refund, locked in this order."""
    payment = _locked_payments().get(refunds=refund_id)
    return payment, Refund.objects.select_for_update().get(pk=refund_id)


def _apply_refund(payment: Payment, refund: Refund, status: RefundStatus, *, now: dt.datetime) -> None:
    if status.amount_minor != refund.amount_minor:
        raise ChargeMismatchError(
            f"Refund {refund.pk} of {refund.amount_minor} was reported as {status.amount_minor}."
        )
    target = rules.next_state(rules.REFUND_MOVES, current=refund.state, reported=status.state)
    if target != refund.state:
        refund.provider_ref = status.provider_ref
        _move_refund(payment, refund, to=target, now=now)


def _move_refund(payment: Payment, refund: Refund, *, to: str, now: dt.datetime) -> None:
    """Move a locked refund along the table, keep its payment's total right, and tell the house."""
    require_transaction()
    refunded = rules.refunded_after_move(
        refunded_minor=payment.refunded_minor,
        refund_minor=refund.amount_minor,
        before=refund.state,
        after=to,
    )
    if refunded > payment.amount_minor:
        raise RefundRefusedError(_("That is more than is left of the payment."))
    if refunded != payment.refunded_minor:
        payment.refunded_minor = refunded
        payment.save(update_fields=["refunded_minor", "updated_at"])
    refund.state = to
    refund.save(update_fields=["state", "provider_ref", "updated_at"])
    topic = {
        Refund.State.SUCCEEDED: events.REFUND_SUCCEEDED,
        Refund.State.FAILED: events.REFUND_FAILED,
    }.get(Refund.State(to))
    if topic is not None:
        emit(
            topic,
            {
                "refund_id": str(refund.pk),
                "payment_id": str(payment.pk),
                "reference": payment.reference,
            },
            now=now,
        )


# --- What providers tell us -------------------------------------------------------------------------


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
            _apply_charge(payment, event.charge, now=now)
    elif event.refund is not None:
        refund_id = _id_in_key(event.refund.key, prefix="refund:")
        if refund_id is None or not Refund.objects.filter(pk=refund_id).exists():
            log.warning("gateway_event.unknown_refund", event_id=stored.event_id)
        else:
            _apply_refund(*_lock_refund(refund_id), event.refund, now=now)
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
    return _locked_payments().filter(pk=payment_id, gateway=gateway).first()


def _id_in_key(key: str, *, prefix: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(key.removeprefix(prefix)) if key.startswith(prefix) else None
    except ValueError:
        return None
