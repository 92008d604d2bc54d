"""Taking money and giving it back. Everything here can be repeated without moving money twice.

Calls to a gateway happen outside any transaction; what they report is applied in a short transaction
that locks the payment row first. A report may come from `refresh_payment`, from a webhook or from both
at once: whoever gets the lock first makes the move and emits the event, the other finds it made.
"""

from serai.payments.errors import (
    ChargeMismatchError,
    InvoiceOutdatedError,
    KeyReusedError,
    NotAnInvoiceError,
    NothingToInvoiceError,
    PaymentUnavailableError,
    RefundRefusedError,
)
from serai.payments.services.charges import apply_charge, create_payment, refresh_payment, start_payment
from serai.payments.services.folio import post_lines, record_desk_payment, reverse_lines
from serai.payments.services.invoices import issue_credit_note, issue_invoice, make_invoice_file
from serai.payments.services.messages import apply_event, receive_event
from serai.payments.services.refunds import refund_payment, retry_refund, send_refund

__all__ = [
    "ChargeMismatchError",
    "InvoiceOutdatedError",
    "KeyReusedError",
    "NotAnInvoiceError",
    "NothingToInvoiceError",
    "PaymentUnavailableError",
    "RefundRefusedError",
    "apply_charge",
    "apply_event",
    "create_payment",
    "issue_credit_note",
    "issue_invoice",
    "make_invoice_file",
    "post_lines",
    "receive_event",
    "record_desk_payment",
    "refresh_payment",
    "refund_payment",
    "retry_refund",
    "reverse_lines",
    "send_refund",
    "start_payment",
]
