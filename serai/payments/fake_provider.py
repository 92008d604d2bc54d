"""A card provider whose bank is made of two tables: its API, its page's verbs and its webhooks.

This is the other side of the wire. It is as strict as a real provider (idempotency keys that remember
the request, no over-refund, currency and amount checks, signed and dated webhooks), writes in
transactions of its own, and can be told to misbehave (`fake_faults`). Our code reaches it only through
`gateways.fake` and its hosted page; it reaches us only through signed messages.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import json
import re
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from babel.numbers import list_currencies
from django.conf import settings
from django.db import transaction
from django.urls import reverse

from serai.core.db import refuse_transaction
from serai.core.outbox import emit
from serai.payments import cards, fake_faults
from serai.payments.fake_faults import Fault
from serai.payments.models import FakeCharge, FakeRefund

SIGNATURE_HEADER = "Serai-Bank-Signature"
SIGNATURE_TOLERANCE = dt.timedelta(minutes=5)
SESSION = dt.timedelta(hours=1)
LATE_SUCCESS = dt.timedelta(seconds=8)
MAX_AMOUNT_MINOR = 99_999_999_99

# Topics of the provider's own errands.
CHARGE_DUE = "fake_provider.charge_due"
WEBHOOK_DUE = "fake_provider.webhook_due"

Reply = dict[str, Any]


class ProviderError(Exception):
    """The provider did not do what was asked."""


class ProviderUnavailableError(ProviderError):
    """No answer in time, or "out of order"."""


class ProviderRefusedError(ProviderError):
    """The request is wrong and stays so. `code` says how."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class ChargeNotFoundError(ProviderRefusedError):
    """No charge has this id."""

    def __init__(self, charge_id: str) -> None:
        super().__init__("no_such_charge", f"There is no charge {charge_id}.")


# --- The API ----------------------------------------------------------------------------------------


def create_charge(
    *,
    idempotency_key: str,
    amount_minor: int,
    currency: str,
    description: str,
    return_url: str,
    timeout_seconds: float,
    now: dt.datetime,
) -> Reply:
    """Open a charge; a repeated key answers with the first one, or refuses if the request differs."""
    with _call("create_charge", timeout_seconds):
        _check_key(idempotency_key)
        _check_money(amount_minor, currency)
        if not re.fullmatch(r"(https?://[^/\s]+)?/(?!/)\S*", return_url) or len(return_url) > 300:
            raise ProviderRefusedError("bad_return_url", "The return address must be a web address or path.")
        asked = {
            "amount_minor": amount_minor,
            "currency": currency,
            "description": description[:200],
            "return_url": return_url,
        }
        charge, is_new = FakeCharge.objects.get_or_create(
            idempotency_key=idempotency_key,
            defaults=asked | {"id": f"ch_{uuid.uuid4().hex}", "settles_at": now + SESSION},
        )
        if any(getattr(charge, name) != value for name, value in asked.items()):
            raise ProviderRefusedError(
                "idempotency_conflict", "This key was used for a different request before."
            )
        if is_new:
            _wake_up(charge, now=now)
        return _charge_reply(charge)


def fetch_charge(*, charge_id: str, timeout_seconds: float, now: dt.datetime) -> Reply:
    """One charge as it is now."""
    with _call("fetch_charge", timeout_seconds):
        return _charge_reply(_lock_charge(charge_id, now=now))


def refund_charge(
    *,
    idempotency_key: str,
    charge_id: str,
    amount_minor: int,
    currency: str,
    timeout_seconds: float,
    now: dt.datetime,
) -> Reply:
    """Give money back, never more than was taken; a repeated key answers with the first refund."""
    with _call("refund_charge", timeout_seconds):
        _check_key(idempotency_key)
        _check_money(amount_minor, currency)
        charge = _lock_charge(charge_id, now=now)
        refund = FakeRefund.objects.filter(idempotency_key=idempotency_key).first()
        if refund is not None:
            if (refund.charge_id, refund.amount_minor) != (charge.id, amount_minor):
                raise ProviderRefusedError(
                    "idempotency_conflict", "This key was used for a different request before."
                )
            return _refund_reply(refund)
        if charge.state != FakeCharge.State.SUCCEEDED:
            raise ProviderRefusedError("charge_not_paid", "Only a charge that succeeded can be refunded.")
        if currency != charge.currency:
            raise ProviderRefusedError("currency_mismatch", f"The charge is in {charge.currency}.")
        if charge.refunded_minor + amount_minor > charge.amount_minor:
            raise ProviderRefusedError("refund_too_large", "That is more than is left of the charge.")
        refund = FakeRefund.objects.create(
            id=f"re_{uuid.uuid4().hex}",
            charge=charge,
            idempotency_key=idempotency_key,
            amount_minor=amount_minor,
        )
        charge.refunded_minor += amount_minor
        charge.save(update_fields=["refunded_minor", "updated_at"])
        _write_webhook("refund.succeeded", _refund_reply(refund), now=now)
        return _refund_reply(refund)


# --- What the guest does on the hosted page ---------------------------------------------------------


def open_page(*, charge_id: str, now: dt.datetime) -> FakeCharge:
    """The charge behind a page of the bank. Raises `ChargeNotFoundError`."""
    with _own_transaction():
        return _lock_charge(charge_id, now=now)


def submit_card(
    *, charge_id: str, number: str, expiry: tuple[int, int], cvc: str, now: dt.datetime
) -> FakeCharge:
    """Try a card on an open charge; a charge that is no longer open stays as it is.

    The card is looked at and forgotten: nothing of it is stored. Raises `ProviderRefusedError` for a card
    that is not one of the test cards or not valid at `now`.
    """
    if not cards.is_number_valid(number) or not cards.is_cvc_valid(cvc, number=number):
        raise ProviderRefusedError("bad_card", "The card number or its security code is wrong.")
    if cards.is_expired(*expiry, today=now.date()) or cards.is_expiry_absurd(expiry[0], today=now.date()):
        raise ProviderRefusedError("card_expired", "The card has expired.")
    outcome = cards.find_outcome(number)
    if outcome is None:
        raise ProviderRefusedError("not_a_test_card", "Only test cards work here.")
    with _own_transaction():
        charge = _lock_charge(charge_id, now=now)
        if charge.state != FakeCharge.State.OPEN:
            return charge
        match outcome:
            case cards.Outcome.SUCCESS:
                _settle(charge, FakeCharge.State.SUCCEEDED, now=now)
            case cards.Outcome.CHALLENGE:
                charge.state = FakeCharge.State.NEEDS_ACTION
                charge.save(update_fields=["state", "updated_at"])
            case cards.Outcome.LATE_SUCCESS:
                charge.state = FakeCharge.State.PROCESSING
                charge.settles_at = now + LATE_SUCCESS
                charge.save(update_fields=["state", "settles_at", "updated_at"])
                _write_webhook("charge.processing", _charge_reply(charge), now=now)
                _wake_up(charge, now=now)
            case _:
                _settle(charge, FakeCharge.State.DECLINED, decline_code=outcome.value, now=now)
        return charge


def answer_challenge(*, charge_id: str, is_approved: bool, now: dt.datetime) -> FakeCharge:
    """The guest's answer to 3-D Secure; without an open question nothing changes."""
    with _own_transaction():
        charge = _lock_charge(charge_id, now=now)
        if charge.state == FakeCharge.State.NEEDS_ACTION:
            if is_approved:
                _settle(charge, FakeCharge.State.SUCCEEDED, now=now)
            else:
                _settle(charge, FakeCharge.State.DECLINED, decline_code="authentication_failed", now=now)
        return charge


def cancel_charge(*, charge_id: str, now: dt.datetime) -> FakeCharge:
    """The guest turns back before paying; a charge that has been decided stays as it is."""
    with _own_transaction():
        charge = _lock_charge(charge_id, now=now)
        if charge.state in {FakeCharge.State.OPEN, FakeCharge.State.NEEDS_ACTION}:
            _settle(charge, FakeCharge.State.DECLINED, decline_code="cancelled_by_guest", now=now)
        return charge


# --- What happens by itself -------------------------------------------------------------------------


def advance_charge(*, charge_id: str, now: dt.datetime) -> None:
    """Do what time has made due: a late success, or the end of an abandoned session."""
    with transaction.atomic():
        _lock_charge(charge_id, now=now)


def sign(body: bytes, *, now: dt.datetime) -> str:
    """The signature header of a message sent at `now`: `t=<unix seconds>,v1=<HMAC-SHA256>`."""
    return f"t={int(now.timestamp())},v1={_digest(body, int(now.timestamp()))}"


def is_signature_valid(*, body: bytes, signature: str, now: dt.datetime) -> bool:
    """Whether the provider signed `body` within the tolerance around `now`."""
    match = re.fullmatch(r"t=([0-9]{1,12}),v1=([0-9a-f]{64})", signature)
    if match is None or abs(now.timestamp() - int(match[1])) > SIGNATURE_TOLERANCE.total_seconds():
        return False
    return hmac.compare_digest(_digest(body, int(match[1])), match[2])


def _digest(body: bytes, timestamp: int) -> str:
    secret = hashlib.sha256(b"serai.payments.fake_provider:" + settings.SECRET_KEY.encode()).digest()
    return hmac.new(secret, f"{timestamp}.".encode() + body, hashlib.sha256).hexdigest()


# --- Inside ----------------------------------------------------------------------------------------


@contextmanager
def _own_transaction() -> Iterator[None]:
    """The provider's books are its own: nothing of ours may commit or roll back with them."""
    refuse_transaction()
    with transaction.atomic():
        yield


@contextmanager
def _call(name: str, timeout_seconds: float) -> Iterator[None]:
    fault = fake_faults.take_fault(name, timeout_seconds=timeout_seconds)
    refuse_transaction()
    if fault is Fault.UNAVAILABLE:
        raise ProviderUnavailableError("The provider is out of order.")
    if fault is Fault.LOST_REQUEST:
        raise ProviderUnavailableError(f"No answer within {timeout_seconds:g} s.")
    with transaction.atomic():
        yield
    if fault is Fault.LOST_ANSWER:
        raise ProviderUnavailableError(f"No answer within {timeout_seconds:g} s.")


def _check_key(key: str) -> None:
    if not re.fullmatch(r"[\w:.-]{8,80}", key):
        raise ProviderRefusedError("bad_key", "An idempotency key has 8 to 80 letters, digits or :._-")


def _check_money(amount_minor: int, currency: str) -> None:
    if not 0 < amount_minor <= MAX_AMOUNT_MINOR:
        raise ProviderRefusedError("bad_amount", f"{amount_minor} is not an amount that can be moved.")
    if currency not in list_currencies():
        raise ProviderRefusedError("bad_currency", f"{currency} is not a currency.")


def _lock_charge(charge_id: str, *, now: dt.datetime) -> FakeCharge:
    """The charge, locked, after whatever time has made due has been done."""
    charge = FakeCharge.objects.select_for_update().filter(pk=charge_id).first()
    if charge is None:
        raise ChargeNotFoundError(charge_id)
    if charge.settles_at is not None and charge.settles_at <= now:
        if charge.state == FakeCharge.State.PROCESSING:
            _settle(charge, FakeCharge.State.SUCCEEDED, now=now)
        elif charge.state in {FakeCharge.State.OPEN, FakeCharge.State.NEEDS_ACTION}:
            _settle(charge, FakeCharge.State.DECLINED, decline_code="session_expired", now=now)
    return charge


def _settle(charge: FakeCharge, state: str, *, now: dt.datetime, decline_code: str = "") -> None:
    charge.state = state
    charge.decline_code = decline_code
    charge.settles_at = None
    charge.save(update_fields=["state", "decline_code", "settles_at", "updated_at"])
    _write_webhook(f"charge.{state}", _charge_reply(charge), now=now)


def _wake_up(charge: FakeCharge, *, now: dt.datetime) -> None:
    emit(CHARGE_DUE, {"charge_id": charge.id}, now=now, available_at=charge.settles_at)


def _write_webhook(kind: str, subject: Reply, *, now: dt.datetime) -> None:
    body = json.dumps(
        {"id": f"evt_{uuid.uuid4().hex}", "type": kind, "created_at": now.isoformat(), "object": subject}
    )
    for pause in fake_faults.webhook_pauses():
        emit(WEBHOOK_DUE, {"body": body}, now=now, available_at=now + dt.timedelta(seconds=pause))


def _charge_reply(charge: FakeCharge) -> Reply:
    return {
        "id": charge.id,
        "idempotency_key": charge.idempotency_key,
        "state": str(charge.state),
        "amount_minor": charge.amount_minor,
        "refunded_minor": charge.refunded_minor,
        "currency": charge.currency,
        "decline_code": charge.decline_code,
        # A path: the demo's bank lives on whatever host the guest is looking at.
        "page_url": reverse("dev_bank", args=[charge.id]),
    }


def _refund_reply(refund: FakeRefund) -> Reply:
    return {
        "id": refund.id,
        "idempotency_key": refund.idempotency_key,
        "charge_id": refund.charge_id,
        "amount_minor": refund.amount_minor,
    }
