"""What is added to or taken off the price of the nights: taxes, extras, promotions."""

from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Upper
from django.utils.translation import gettext_lazy as _

from serai.core.fields import MinorUnitsField, OptionalMinorUnitsField
from serai.rates.models.plans import RatePlan


class TaxRule(models.Model):
    """A tax or fee that every stay at the property carries, while it is valid and nobody is exempt.

    What each column does to the sum is said in `rates.rules.taxes`.
    """

    class Kind(models.TextChoices):
        PERCENT = "percent", _("Percent of the price")
        COMPOUND = "compound", _("Percent of the price and the taxes above")
        AMOUNT = "amount", _("Fixed amount")

    class Basis(models.TextChoices):
        ROOM = "room", _("Per room")
        PERSON = "person", _("Per person")
        ADULT = "adult", _("Per adult")

    class Period(models.TextChoices):
        NIGHT = "night", _("Per night")
        STAY = "stay", _("Per stay")

    class Exemption(models.TextChoices):
        NONE = "", _("Nobody")
        BUSINESS = "business", _("Business travellers")
        RESIDENT = "resident", _("Residents")
        DIPLOMAT = "diplomat", _("Diplomats")

    property = models.ForeignKey("properties.Property", on_delete=models.CASCADE, related_name="taxes")
    name = models.CharField(_("name"), max_length=60)
    kind = models.CharField(max_length=8, choices=Kind.choices, default=Kind.PERCENT)
    basis = models.CharField(max_length=8, choices=Basis.choices, default=Basis.ROOM)
    period = models.CharField(max_length=8, choices=Period.choices, default=Period.NIGHT)
    value = models.PositiveIntegerField(help_text="Basis points for percent, minor units for amount.")
    is_included = models.BooleanField(_("already in the price"), default=False)
    is_paid_at_property = models.BooleanField(_("paid at the property"), default=False)
    # The bracket: applies to nights whose room price is in [from, below).
    from_minor = MinorUnitsField(default=0)
    below_minor = OptionalMinorUnitsField(null=True, blank=True)
    # Who counts, by age in [from, below); adults are older than any child.
    from_age = models.PositiveSmallIntegerField(_("from the age of"), null=True, blank=True)
    below_age = models.PositiveSmallIntegerField(_("below the age of"), null=True, blank=True)
    max_nights = models.PositiveSmallIntegerField(
        _("at most so many nights"), null=True, blank=True, validators=[MinValueValidator(1)]
    )
    exempt_from_nights = models.PositiveSmallIntegerField(
        _("not for stays of so many nights or more"), null=True, blank=True, validators=[MinValueValidator(1)]
    )
    exemption = models.CharField(
        _("who need not pay"), max_length=10, choices=Exemption.choices, default=Exemption.NONE, blank=True
    )
    # Nights on which it is in force, both included.
    valid_from_date = models.DateField(_("for nights from"), null=True, blank=True)
    valid_until_date = models.DateField(_("for nights until"), null=True, blank=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(below_minor__isnull=True) | Q(below_minor__gt=F("from_minor")), name="tax_bracket"
            ),
            models.CheckConstraint(
                condition=Q(from_age__isnull=True, below_age__isnull=True) | Q(basis="person"),
                name="tax_ages_are_of_persons",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Extra(models.Model):
    """Something a guest may add to a stay: breakfast on single days, a transfer, parking.

    Its price is final: taxes on rooms are not charged on it again.
    """

    class Basis(models.TextChoices):
        ITEM = "item", _("Each")
        PERSON = "person", _("Per person")

    class Period(models.TextChoices):
        STAY = "stay", _("Per stay")
        NIGHT = "night", _("Per night")

    property = models.ForeignKey("properties.Property", on_delete=models.CASCADE, related_name="extras")
    name = models.CharField(_("name"), max_length=80)
    description = models.CharField(_("description"), max_length=200, blank=True)
    amount_minor = MinorUnitsField(validators=[MinValueValidator(0)])
    basis = models.CharField(_("charged"), max_length=8, choices=Basis.choices, default=Basis.ITEM)
    period = models.CharField(_("how often"), max_length=8, choices=Period.choices, default=Period.STAY)
    max_quantity = models.PositiveSmallIntegerField(
        _("at most"), default=1, validators=[MinValueValidator(1), MaxValueValidator(50)]
    )
    position = models.PositiveSmallIntegerField(default=0)
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["property", "name"], name="extra_name_unique"),
            models.CheckConstraint(condition=Q(amount_minor__gte=0), name="extra_not_negative"),
        ]

    def __str__(self) -> str:
        return self.name


class Promotion(models.Model):
    """A discount on nights: for long stays, for booking early or late, or for whoever knows a code.

    All its conditions must hold. `limit` is how many bookings may use it in all; the booking services
    count them under a lock on this row.
    """

    class Kind(models.TextChoices):
        PERCENT = "percent", _("Percent off each night")
        AMOUNT = "amount", _("Amount off each night")

    property = models.ForeignKey("properties.Property", on_delete=models.CASCADE, related_name="promotions")
    name = models.CharField(_("name"), max_length=80)
    code = models.CharField(_("code"), max_length=40, blank=True)
    kind = models.CharField(_("kind"), max_length=8, choices=Kind.choices, default=Kind.PERCENT)
    # Basis points for percent, minor units a night for amount.
    value = models.PositiveIntegerField()
    min_nights = models.PositiveSmallIntegerField(_("for stays from nights"), null=True, blank=True)
    max_nights = models.PositiveSmallIntegerField(_("for stays up to nights"), null=True, blank=True)
    # Days between booking and check-in, by the property's calendar.
    min_days_ahead = models.PositiveSmallIntegerField(_("booked at least days ahead"), null=True, blank=True)
    max_days_ahead = models.PositiveSmallIntegerField(_("booked at most days ahead"), null=True, blank=True)
    bookable_from_date = models.DateField(_("bookable from"), null=True, blank=True)
    bookable_until_date = models.DateField(_("bookable until"), null=True, blank=True)
    stay_from_date = models.DateField(_("for nights from"), null=True, blank=True)
    stay_until_date = models.DateField(_("for nights until"), null=True, blank=True)
    is_combinable = models.BooleanField(_("adds to other discounts"), default=False)
    limit = models.PositiveIntegerField(_("most bookings"), null=True, blank=True)
    rate_plans = models.ManyToManyField(RatePlan, blank=True, related_name="promotions")
    position = models.PositiveSmallIntegerField(default=0)
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(
                "property", Upper("code"), name="promotion_code_unique", condition=~Q(code="")
            ),
            models.CheckConstraint(
                condition=Q(kind="percent", value__range=(1, 10_000)) | Q(kind="amount", value__gte=1),
                name="promotion_value",
            ),
        ]

    def __str__(self) -> str:
        return self.name
