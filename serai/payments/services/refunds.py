"""Giving money back: promise it, ask the gateway for it, apply what the provider reports."""

from __future__ import annotations

import datetime as dt
import uuid

import structlog
from django.utils.translation import gettext as _

from serai.core.db import refuse_transaction, require_transaction, write_transaction
from serai.core.outbox import emit
from serai.payments import events, rules
from serai.payments.errors import ChargeMismatchError, KeyReusedError, RefundRefusedError
from serai.payments.gateways import get_gateway
from serai.payments.gateways.base import GatewayRefusedError, RefundOrder, RefundStatus
from serai.payments.gateways.desk import DESK
from serai.payments.models import Payment, Refund
from serai.payments.services import locks
from serai.payments.services.folio import post_refund, take_refund_back

log = structlog.get_logger(__name__)


def refund_payment(
    *, payment_id: uuid.UUID, amount_minor: int, key: str, reason: str, now: dt.datetime
) -> Refund:
    """Promise to give `amount_minor` back; needs a transaction. The outbox then calls the gateway.

    What was taken at the property is handed back there, so that refund is made with being written down.
    Locks the payment. The same `key` again returns the first refund. Raises `RefundRefusedError` when the
    payment has not succeeded or has less left, `KeyReusedError` when the key means another refund.
    """
    require_transaction()
    payment = locks.locked_payments().get(pk=payment_id)
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
    is_by_hand = payment.gateway == DESK
    refund = Refund.objects.create(
        payment=payment,
        key=key,
        amount_minor=amount_minor,
        reason=reason[:120],
        state=Refund.State.SUCCEEDED if is_by_hand else Refund.State.PENDING,
        postings=1,
    )
    payment.refunded_minor += amount_minor
    payment.save(update_fields=["refunded_minor", "updated_at"])
    post_refund(payment, refund, now=now)
    if is_by_hand:
        _tell(events.REFUND_SUCCEEDED, payment, refund, now=now)
    else:
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
        key=_key(refund.pk),
        provider_ref=payment.provider_ref,
        amount_minor=refund.amount_minor,
        currency=payment.currency,
    )
    try:
        status = get_gateway(payment.gateway).refund_charge(order, now=now)
    except GatewayRefusedError as error:
        log.error("refund.refused", refund_id=str(refund_id), code=error.code, error=str(error))
        with write_transaction():
            payment, refund = locks.lock_refund(refund_id)
            if refund.state == Refund.State.PENDING:
                _move_refund(payment, refund, to=Refund.State.FAILED, now=now)
        return refund
    with write_transaction():
        payment, refund = locks.lock_refund(refund_id)
        apply_refund(payment, refund, status, now=now)
    return refund


def retry_refund(*, refund_id: uuid.UUID, now: dt.datetime) -> Refund:
    """Try again what the bank refused or the outbox gave up on. For staff; opens its own transaction.

    Raises `RefundRefusedError` when the amount has been given back in another way meanwhile.
    """
    with write_transaction():
        payment, refund = locks.lock_refund(refund_id)
        if refund.state == Refund.State.SUCCEEDED:
            return refund
        if refund.state == Refund.State.FAILED:
            _move_refund(payment, refund, to=Refund.State.PENDING, now=now)
        emit(events.REFUND_REQUESTED, {"refund_id": str(refund.pk)}, now=now)
        return refund


def _key(refund_id: uuid.UUID) -> str:
    return f"refund:{refund_id}"


def apply_refund(payment: Payment, refund: Refund, status: RefundStatus, *, now: dt.datetime) -> None:
    """Apply what the provider says to a locked refund; late and repeated reports change nothing."""
    if status.amount_minor != refund.amount_minor:
        raise ChargeMismatchError(
            f"Refund {refund.pk} of {refund.amount_minor} was reported as {status.amount_minor}."
        )
    target = rules.next_state(rules.REFUND_MOVES, current=refund.state, reported=status.state)
    if target != refund.state:
        refund.provider_ref = status.provider_ref
        _move_refund(payment, refund, to=target, now=now)


def _move_refund(payment: Payment, refund: Refund, *, to: str, now: dt.datetime) -> None:
    """Move a locked refund along the table, keep its payment's total and folio right, tell the house."""
    require_transaction()
    refunded = rules.refunded_after_move(
        refunded_minor=payment.refunded_minor,
        refund_minor=refund.amount_minor,
        before=refund.state,
        after=to,
    )
    if refunded > payment.amount_minor:
        raise RefundRefusedError(_("That is more than is left of the payment."))
    if refunded < payment.refunded_minor:
        take_refund_back(payment, refund, now=now)
    elif refunded > payment.refunded_minor:
        refund.postings += 1
        post_refund(payment, refund, now=now)
    if refunded != payment.refunded_minor:
        payment.refunded_minor = refunded
        payment.save(update_fields=["refunded_minor", "updated_at"])
    refund.state = to
    refund.save(update_fields=["state", "provider_ref", "postings", "updated_at"])
    topic = {
        Refund.State.SUCCEEDED: events.REFUND_SUCCEEDED,
        Refund.State.FAILED: events.REFUND_FAILED,
    }.get(Refund.State(to))
    if topic is not None:
        _tell(topic, payment, refund, now=now)


def _tell(topic: str, payment: Payment, refund: Refund, *, now: dt.datetime) -> None:
    emit(
        topic,
        {"refund_id": str(refund.pk), "payment_id": str(payment.pk), "reference": payment.reference},
        now=now,
    )
