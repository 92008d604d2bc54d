"""What every payment provider must offer us, and what can go wrong on the way there.

Calls cross a wire: each has a time-out, none is made inside a transaction, and each that moves money
carries an idempotency key, so that it can be repeated after an answer was lost.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, Protocol

from django.utils.functional import Promise

TIMEOUT_SECONDS = 8.0

ChargeState = Literal["pending", "succeeded", "failed"]
RefundState = Literal["pending", "succeeded", "failed"]


class GatewayError(Exception):
    """A call to a provider did not do what was asked."""


class GatewayUnavailableError(GatewayError):
    """No answer, or one that says nothing about the money: repeat later with the same key."""


class GatewayRefusedError(GatewayError):
    """A definite no: repeating the same call will not help. `code` is the provider's own."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class SignatureRefusedError(GatewayError):
    """A message claims to be from the provider and is not, or is too old to trust."""


class MalformedEventError(GatewayError):
    """A message has the right signature and no meaning."""


@dataclass(frozen=True)
class ChargeOrder:
    """What we ask a provider to take, in minor units. The same `key` always means the same charge."""

    key: str
    amount_minor: int
    currency: str
    description: str
    return_url: str


@dataclass(frozen=True)
class ChargeStatus:
    """What a provider knows of one charge."""

    provider_ref: str
    key: str
    state: ChargeState
    amount_minor: int
    currency: str
    redirect_url: str = ""
    failure_code: str = ""
    failure_message: str = ""


@dataclass(frozen=True)
class RefundOrder:
    """What we ask a provider to give back, in minor units."""

    key: str
    provider_ref: str
    amount_minor: int
    currency: str


@dataclass(frozen=True)
class RefundStatus:
    """What a provider knows of one refund."""

    provider_ref: str
    key: str
    state: RefundState
    amount_minor: int


@dataclass(frozen=True)
class Event:
    """A provider's message whose signature has been checked."""

    event_id: str
    charge: ChargeStatus | None = None
    refund: RefundStatus | None = None


class Gateway(Protocol):
    """One provider. All methods may raise `GatewayError` and are slow: never call them in a transaction."""

    @property
    def name(self) -> str: ...

    @property
    def label(self) -> str | Promise: ...

    @property
    def is_online(self) -> bool:
        """False when guests pay somebody else, later: nothing can be charged or given back here."""
        ...

    def create_charge(self, order: ChargeOrder, *, now: dt.datetime) -> ChargeStatus:
        """Open a charge and say where to send the guest; repeating with the same key changes nothing."""
        ...

    def fetch_charge(self, provider_ref: str, *, now: dt.datetime) -> ChargeStatus:
        """What has become of a charge."""
        ...

    def refund_charge(self, order: RefundOrder, *, now: dt.datetime) -> RefundStatus:
        """Give money back; repeating with the same key changes nothing."""
        ...

    def read_event(self, body: bytes, headers: Mapping[str, str], *, now: dt.datetime) -> Event:
        """Check the signature of a message and read it.

        Raises `SignatureRefusedError` or `MalformedEventError`.
        """
        ...

    def parse_event(self, body: Mapping[str, object]) -> Event:
        """Read a message that was checked and stored earlier. Raises `MalformedEventError`."""
        ...
