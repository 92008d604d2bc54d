"""Making the fake provider misbehave on demand, so that tests can prove what we do about it.

    with misbehave(refund_charge=[Fault.UNAVAILABLE, Fault.LOST_ANSWER]):
        ...  # the first call fails, the second works but its answer is lost, the third is fine

    with misbehave(webhooks=WebhookFaults(copies=2, is_reversed=True)):
        ...

The plan is shared by all threads of the process, and gone when the block ends.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import Enum


class Fault(Enum):
    """What may happen to one call to the provider."""

    NONE = "works"
    UNAVAILABLE = "answers that it is out of order; nothing was done"
    LOST_REQUEST = "times out; nothing was done"
    LOST_ANSWER = "times out; it WAS done"


@dataclass(frozen=True)
class WebhookFaults:
    """What may happen to the provider's messages while the block lasts."""

    is_lost: bool = False
    copies: int = 1
    delay_seconds: float = 0.0
    # A message overtakes those written up to 20 seconds before it (the first five messages of a plan).
    is_reversed: bool = False
    # So many deliveries fail before one is tried in earnest.
    failures: int = 0


@dataclass
class _Plan:
    calls: dict[str, list[Fault]] = field(default_factory=dict)
    call_seconds: float = 0.0
    webhooks: WebhookFaults = field(default_factory=WebhookFaults)
    webhooks_written: int = 0
    failures_left: int = 0


_plan = _Plan()
_lock = threading.Lock()


@contextmanager
def misbehave(
    *, call_seconds: float = 0.0, webhooks: WebhookFaults | None = None, **calls: Iterable[Fault]
) -> Iterator[None]:
    """Follow a plan of faults. `calls` names provider functions; each fault is used up by one call.

    `call_seconds` is how long every call pretends to take: past the caller's time-out the answer is lost.
    """
    global _plan
    webhooks = webhooks or WebhookFaults()
    before, _plan = (
        _plan,
        _Plan(
            calls={name: list(faults) for name, faults in calls.items()},
            call_seconds=call_seconds,
            webhooks=webhooks,
            failures_left=webhooks.failures,
        ),
    )
    try:
        yield
    finally:
        _plan = before


def take_fault(call: str, *, timeout_seconds: float) -> Fault:
    """What happens to this call."""
    with _lock:
        waiting = _plan.calls.get(call)
        if waiting:
            return waiting.pop(0)
        return Fault.LOST_ANSWER if _plan.call_seconds > timeout_seconds else Fault.NONE


def webhook_pauses() -> list[float]:
    """For each copy of a message to be written now: how many seconds until it is sent."""
    with _lock:
        faults = _plan.webhooks
        if faults.is_lost:
            return []
        _plan.webhooks_written += 1
        pause = faults.delay_seconds
        if faults.is_reversed:
            pause = max(0.0, 120.0 - 20.0 * _plan.webhooks_written)
        return [pause] * faults.copies


def take_webhook_failure() -> bool:
    """Whether this delivery of a message fails."""
    with _lock:
        if _plan.failures_left == 0:
            return False
        _plan.failures_left -= 1
        return True
