"""The folio of whatever is paid for, and the invoices made from it. Lines and invoices are never edited.

Triggers of the database refuse to change or delete what is written here (`migrations/0003`).
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from serai.core.fields import CurrencyField, MinorUnitsField
from serai.payments.folio_rules import number_text
from serai.payments.models.payment import method_label


class FolioLine(models.Model):
    """One amount owed (positive) or settled (negative) under a `reference`; a folio is all its lines.

    What was wrong is corrected by a further line, so a folio that is settled adds up to zero.
    """

    class Kind(models.TextChoices):
        ROOM = "room", _("Room")
        TAX = "tax", _("Tax or fee")
        EXTRA = "extra", _("Extra")
        PENALTY = "penalty", _("Cancellation or no-show")
        ADJUSTMENT = "adjustment", _("Adjustment")
        PAYMENT = "payment", _("Payment")
        REFUND = "refund", _("Refund")

    # Kinds that move money; all others are what the guest is charged.
    MONEY_KINDS = (Kind.PAYMENT, Kind.REFUND)

    reference = models.CharField(max_length=64)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    # What it is for, in the words of the invoice; of a payment or refund the method (`Payment.Method`).
    text = models.CharField(max_length=200)
    amount_minor = MinorUnitsField()
    # Of a tax line: part of the price of other lines already, shown for the invoice and not added again.
    is_included = models.BooleanField(default=False)
    # What makes the line unique under its reference, so that writing it twice writes it once. The line
    # that takes another back has its key with a `~` behind (`payments.folio_rules`).
    key = models.CharField(max_length=120)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["reference", "key"], name="folio_line_once")]

    def __str__(self) -> str:
        return f"{self.reference} {self.kind} {self.amount_minor}"

    @property
    def label(self) -> str:
        """What a person reads: the words of the line, or how the money moved."""
        if self.kind not in self.MONEY_KINDS:
            return self.text or str(self.get_kind_display())
        return f"{self.get_kind_display()} · {method_label(self.text)}"


class InvoiceSequence(models.Model):
    """The last number given out for one kind of document of one property in one year. Locked to number."""

    property = models.ForeignKey("properties.Property", on_delete=models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=8)
    last_number = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["property", "year", "kind"], name="invoice_sequence_unique")
        ]

    def __str__(self) -> str:
        return f"{self.property_id} {self.year} {self.kind} {self.last_number}"


class Invoice(models.Model):
    """A numbered document with everything that is printed on it frozen in `data`.

    Numbers have no gaps per property, kind and year (of the property's calendar). A credit note names
    the invoice that it `corrects` and repeats its lines with the opposite sign.
    """

    class Kind(models.TextChoices):
        INVOICE = "invoice", _("Invoice")
        CREDIT = "credit", _("Credit note")

    property = models.ForeignKey("properties.Property", on_delete=models.PROTECT, related_name="invoices")
    kind = models.CharField(max_length=8, choices=Kind.choices, default=Kind.INVOICE)
    year = models.PositiveSmallIntegerField()
    number = models.PositiveIntegerField()
    reference = models.CharField(max_length=64, db_index=True)
    corrects = models.OneToOneField(
        "self", on_delete=models.PROTECT, related_name="correction", null=True, blank=True
    )
    recipient = models.CharField(max_length=400)
    # Sending the same form twice makes one document.
    key = models.CharField(max_length=80, unique=True)
    currency = CurrencyField()
    total_minor = MinorUnitsField()
    data = models.JSONField()
    issued_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["property", "kind", "year", "number"], name="invoice_number"),
            models.CheckConstraint(
                condition=Q(kind="invoice", corrects__isnull=True) | Q(kind="credit", corrects__isnull=False),
                name="invoice_credit_corrects",
            ),
        ]

    def __str__(self) -> str:
        return self.number_text

    @cached_property
    def number_text(self) -> str:
        """The number as it is printed, such as `2026-00017`."""
        return number_text(kind=self.kind, year=self.year, number=self.number)

    @cached_property
    def is_corrected(self) -> bool:
        """Whether there is a credit note for this invoice."""
        return hasattr(self, "correction")


class InvoiceFile(models.Model):
    """The PDF of an invoice as it was first made; the same bytes for ever."""

    invoice = models.OneToOneField(Invoice, on_delete=models.PROTECT, related_name="file")
    content = models.BinaryField()
    sha256 = models.CharField(max_length=64)

    def __str__(self) -> str:
        return f"PDF of {self.invoice_id}"
