"""What holds for single nights of a product, and the seasons that fill them."""

from __future__ import annotations

from django.contrib.postgres.indexes import BrinIndex
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from serai.core.fields import MinorUnitsField, OptionalMinorUnitsField
from serai.rates.models.plans import Product, RestrictionTerms


class NightPrice(models.Model):
    """What one room of a product costs on one date, for the guests included in the price.

    Partitioned by month of `date`. Only products of rate plans without parent have rows. A price that
    was set by hand (`is_manual`) stays when seasons and weekdays fill the nights anew.
    """

    pk = models.CompositePrimaryKey("product_id", "date")
    product = models.ForeignKey(
        Product, on_delete=models.CASCADE, related_name="night_prices", db_index=False
    )
    date = models.DateField()
    amount_minor = MinorUnitsField()
    is_manual = models.BooleanField(default=False, db_default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount_minor__gte=0), name="night_price_not_negative")
        ]

    def __str__(self) -> str:
        return f"{self.product_id} {self.date} {self.amount_minor}"


class NightRestriction(RestrictionTerms):
    """The restrictions of one product on one date; there is a row only where there is one.

    Partitioned by month of `date`. Closed to departure is looked up on the date of check-out.
    """

    pk = models.CompositePrimaryKey("product_id", "date")
    product = models.ForeignKey(
        Product, on_delete=models.CASCADE, related_name="night_restrictions", db_index=False
    )
    date = models.DateField()

    def __str__(self) -> str:
        return f"{self.product_id} {self.date}"


class Season(models.Model):
    """Dates on which a property's base prices are raised or lowered when nights are filled."""

    property = models.ForeignKey("properties.Property", on_delete=models.CASCADE, related_name="seasons")
    name = models.CharField(_("name"), max_length=60)
    start_date = models.DateField(_("first night"))
    end_date = models.DateField(_("last night"))
    percent = models.SmallIntegerField(
        _("percent more or less"), default=0, validators=[MinValueValidator(-90), MaxValueValidator(500)]
    )

    class Meta:
        ordering = ["start_date", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(end_date__gte=F("start_date")), name="season_dates")
        ]

    def __str__(self) -> str:
        return self.name


class NightPriceHistory(models.Model):
    """What a night's price was until `replaced_at`; written by triggers, read by `rates.history`.

    Outlives the product, so it has no foreign key. `number` counts up: it orders what happened to one
    night. Where `was_there` is false there was no price.
    """

    pk = models.CompositePrimaryKey("product_id", "date", "number")
    product_id = models.BigIntegerField()
    date = models.DateField()
    number = models.BigIntegerField()
    replaced_at = models.DateTimeField()
    was_there = models.BooleanField()
    amount_minor = OptionalMinorUnitsField(null=True)
    is_manual = models.BooleanField(null=True)

    class Meta:
        indexes = [BrinIndex(fields=["replaced_at"], name="price_history_replaced")]

    def __str__(self) -> str:
        return f"{self.product_id} {self.date} until {self.replaced_at}"


class NightRestrictionHistory(RestrictionTerms):
    """What a night's restrictions were until `replaced_at`; like `NightPriceHistory`."""

    pk = models.CompositePrimaryKey("product_id", "date", "number")
    product_id = models.BigIntegerField()
    date = models.DateField()
    number = models.BigIntegerField()
    replaced_at = models.DateTimeField()
    was_there = models.BooleanField()

    class Meta:
        indexes = [BrinIndex(fields=["replaced_at"], name="restriction_history_replaced")]

    def __str__(self) -> str:
        return f"{self.product_id} {self.date} until {self.replaced_at}"
