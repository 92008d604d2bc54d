"""Money that moves, and what it is for. Knows no booking: `reference` is whatever the caller pays for."""

from serai.payments.models.fake import FakeCharge, FakeRefund
from serai.payments.models.ledger import FolioLine, Invoice, InvoiceFile, InvoiceSequence
from serai.payments.models.payment import GatewayEvent, Payment, Refund

__all__ = [
    "FakeCharge",
    "FakeRefund",
    "FolioLine",
    "GatewayEvent",
    "Invoice",
    "InvoiceFile",
    "InvoiceSequence",
    "Payment",
    "Refund",
]
