"""Taking money: record the wish, open the charge, apply what the provider reports."""

from __future__ import annotations

import datetime as dt
import uuid

import structlog
from django.utils.translation import gettext as _

from serai.core.db import refuse_transaction, require_transaction, write_transaction
from serai.core.outbox import emit
from serai.payments import events, rules
from serai.payments.errors import ChargeMismatchError, PaymentUnavailableError
from serai.payments.gateways import get_gateway
from serai.payments.gateways.base import (
    ChargeOrder,
    ChargeStatus,
    GatewayRefusedError,
    GatewayUnavailableError,
)
from serai.payments.models import Payment
from serai.payments.services import locks
from serai.payments.services.folio import post_payment

log = structlog.get_logger(__name__)


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
        key=_key(payment.pk),
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
            payment = locks.locked_payments().get(pk=payment_id)
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


def _key(payment_id: uuid.UUID) -> str:
    return f"payment:{payment_id}"


def _apply_in_transaction(payment_id: uuid.UUID, status: ChargeStatus, *, now: dt.datetime) -> Payment:
    with write_transaction():
        payment = locks.locked_payments().get(pk=payment_id)
        apply_charge(payment, status, now=now)
    return payment


def apply_charge(payment: Payment, status: ChargeStatus, *, now: dt.datetime) -> None:
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
    """Move a locked payment along the table, write it to the folio and tell the house.

    All in the caller's transaction.
    """
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
    if to == Payment.State.SUCCEEDED:
        post_payment(payment, now=now)
    topic = {
        Payment.State.SUCCEEDED: events.PAYMENT_SUCCEEDED,
        Payment.State.FAILED: events.PAYMENT_FAILED,
    }.get(Payment.State(to))
    if topic is not None:
        emit(topic, {"payment_id": str(payment.pk), "reference": payment.reference}, now=now)
