"""What payments tell the rest of the house, through the outbox. Payloads carry ids only."""

from __future__ import annotations

# {payment_id, reference}: once per payment, in the transaction of the state change.
PAYMENT_SUCCEEDED = "payment.succeeded"
PAYMENT_FAILED = "payment.failed"

# {refund_id, payment_id, reference}
REFUND_SUCCEEDED = "refund.succeeded"
REFUND_FAILED = "refund.failed"

# {refund_id}: the wish to give money back, answered by the call to the gateway.
REFUND_REQUESTED = "refund.requested"

# {event_id}: a provider's message was stored and waits to be applied.
GATEWAY_EVENT_RECEIVED = "gateway_event.received"

# {invoice_id}: an invoice or a credit note was numbered; its file is made after the commit.
INVOICE_ISSUED = "invoice.issued"
