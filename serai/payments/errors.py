"""Why a payment or a refund is refused."""

from __future__ import annotations

from django.utils.translation import gettext as _

from serai.core.errors import DomainError


class PaymentUnavailableError(DomainError):
    """The provider does not answer. No money has moved; starting again is safe."""

    code = "payment_unavailable"


class RefundRefusedError(DomainError):
    """This payment has no such amount to give back."""

    code = "refund_refused"


class KeyReusedError(DomainError):
    """The key of a refund, a line or a payment at the desk was used before for something else."""

    code = "key_reused"


class NothingToInvoiceError(DomainError):
    """Everything that is charged stands on an invoice already, or nothing is charged."""

    code = "nothing_to_invoice"

    def __init__(self) -> None:
        super().__init__(_("There is nothing to invoice: every charge is on an invoice already."))


class InvoiceOutdatedError(DomainError):
    """Charges of an earlier invoice were taken back since; `number` is that invoice's."""

    code = "invoice_outdated"

    def __init__(self, number: str) -> None:
        super().__init__(
            _("Invoice %(number)s no longer matches the charges. Make a credit note for it first.")
            % {"number": number}
        )
        self.number = number


class NotAnInvoiceError(DomainError):
    """A credit note was asked for a credit note."""

    code = "not_an_invoice"

    def __init__(self) -> None:
        super().__init__(_("Only an invoice can be corrected by a credit note."))


class ChargeMismatchError(RuntimeError):
    """A provider reports another amount, currency or charge than we asked for. Somebody must look."""
