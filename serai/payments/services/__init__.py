"""Taking money and giving it back. Everything here can be repeated without moving money twice.

Calls to a gateway happen outside any transaction; what they report is applied in a short transaction
that locks the payment row first. A report may come from `refresh_payment`, from a webhook or from both
at once: whoever gets the lock first makes the move and emits the event, the other finds it made.
"""

from serai.payments.errors import (
    ChargeMismatchError,
    KeyReusedError,
    PaymentUnavailableError,
    RefundRefusedError,
)
from serai.payments.services.charges import apply_charge, create_payment, refresh_payment, start_payment
from serai.payments.services.messages import apply_event, receive_event
from serai.payments.services.refunds import refund_payment, retry_refund, send_refund

__all__ = [
    "ChargeMismatchError",
    "KeyReusedError",
    "PaymentUnavailableError",
    "RefundRefusedError",
    "apply_charge",
    "apply_event",
    "create_payment",
    "receive_event",
    "refresh_payment",
    "refund_payment",
    "retry_refund",
    "send_refund",
    "start_payment",
]
