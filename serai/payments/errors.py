"""Why a payment or a refund is refused."""

from __future__ import annotations

from serai.core.errors import DomainError


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
