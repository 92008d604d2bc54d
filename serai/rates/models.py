"""What a night costs, and under which terms. The arithmetic is in `rates.rules`."""

from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from serai.core.fields import MinorUnitsField, OptionalMinorUnitsField
from serai.core.models import TimestampedModel


class CancellationPolicy(models.Model):
    """A named set of tiers. Without tiers, cancelling is free until check-in."""

    property = models.ForeignKey("properties.Property", on_delete=models.CASCADE, related_name="policies")
    name = models.CharField(_("name"), max_length=80)

    class Meta:
        ordering = ["id"]
        verbose_name_plural = "cancellation policies"
        constraints = [models.UniqueConstraint(fields=["property", "name"], name="policy_name_unique")]

    def __str__(self) -> str:
        return self.name


class CancellationTier(models.Model):
    """From `hours_before` check-in on (None: from booking on), cancelling costs this much."""

    class Kind(models.TextChoices):
        PERCENT = "percent", _("Percent of the total")
        NIGHTS = "nights", _("First nights")

    policy = models.ForeignKey(CancellationPolicy, on_delete=models.CASCADE, related_name="tiers")
    hours_before = models.PositiveIntegerField(null=True, blank=True)
    kind = models.CharField(max_length=8, choices=Kind.choices)
    value = models.PositiveIntegerField(help_text="Whole percent, or a number of nights.")

    class Meta:
        ordering = [F("hours_before").desc(nulls_first=True)]
        constraints = [
            models.UniqueConstraint(
                fields=["policy", "hours_before"], name="tier_unique", nulls_distinct=False
            ),
            models.CheckConstraint(
                condition=Q(kind="percent", value__range=(0, 100)) | Q(kind="nights", value__gte=1),
                name="tier_value",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.value} {self.kind} from {self.hours_before} h"


class RatePlan(TimestampedModel):
    """Terms under which rooms are sold. A derived plan takes its prices from `parent`, adjusted."""

    class Adjustment(models.TextChoices):
        PERCENT = "percent", _("Percent")
        AMOUNT = "amount", _("Amount a night")

    class Meals(models.TextChoices):
        NONE = "none", _("Room only")
        BREAKFAST = "breakfast", _("Breakfast included")
        HALF_BOARD = "half_board", _("Half board")
        FULL_BOARD = "full_board", _("Full board")

    class Payment(models.TextChoices):
        AT_PROPERTY = "at_property", _("Pay at the property or by card now")
        PREPAID = "prepaid", _("Pay by card now")

    property = models.ForeignKey("properties.Property", on_delete=models.CASCADE, related_name="rate_plans")
    name = models.CharField(_("name"), max_length=80)
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, related_name="children", null=True, blank=True
    )
    adjustment_kind = models.CharField(max_length=8, choices=Adjustment.choices, default=Adjustment.PERCENT)
    # Basis points for percent (-1000 is 10 % off), minor units a night for amount.
    adjustment_value = models.IntegerField(default=0)
    policy = models.ForeignKey(CancellationPolicy, on_delete=models.PROTECT, related_name="rate_plans")
    meals = models.CharField(_("meals"), max_length=12, choices=Meals.choices, default=Meals.NONE)
    payment = models.CharField(
        _("payment"), max_length=12, choices=Payment.choices, default=Payment.AT_PROPERTY
    )
    position = models.PositiveSmallIntegerField(default=0)
    is_active = models.BooleanField(default=True)
    room_types = models.ManyToManyField(
        "properties.RoomType", through="rates.Product", related_name="rate_plans"
    )

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["property", "name"], name="rate_plan_name_unique"),
            models.CheckConstraint(
                condition=Q(parent__isnull=True) | ~Q(parent=F("id")), name="rate_plan_not_own_parent"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Product(models.Model):
    """A room type under a rate plan: the thing a guest chooses.

    The three amounts (minor units a night) matter on products of plans without parent only;
    a derived plan adjusts what its parent's product costs.
    """

    room_type = models.ForeignKey("properties.RoomType", on_delete=models.CASCADE, related_name="products")
    rate_plan = models.ForeignKey(RatePlan, on_delete=models.CASCADE, related_name="products")
    base_minor = MinorUnitsField(default=0, validators=[MinValueValidator(0)])
    weekend_minor = OptionalMinorUnitsField(null=True, blank=True, validators=[MinValueValidator(0)])
    extra_adult_minor = MinorUnitsField(default=0, validators=[MinValueValidator(0)])
    extra_child_minor = MinorUnitsField(default=0, validators=[MinValueValidator(0)])
    is_active = models.BooleanField(default=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["room_type", "rate_plan"], name="product_unique")]

    def __str__(self) -> str:
        return f"{self.room_type_id} × {self.rate_plan_id}"


class NightPrice(models.Model):
    """What one room of a product costs on one date, for the guests included in the price.

    Partitioned by month of `date`. Only products of rate plans without parent have rows.
    """

    pk = models.CompositePrimaryKey("product_id", "date")
    product = models.ForeignKey(
        Product, on_delete=models.CASCADE, related_name="night_prices", db_index=False
    )
    date = models.DateField()
    amount_minor = MinorUnitsField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount_minor__gte=0), name="night_price_not_negative")
        ]

    def __str__(self) -> str:
        return f"{self.product_id} {self.date} {self.amount_minor}"


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


class TaxRule(models.Model):
    """A tax or fee that every stay at the property carries."""

    class Kind(models.TextChoices):
        PERCENT = "percent", _("Percent of the price")
        AMOUNT = "amount", _("Fixed amount")

    class Basis(models.TextChoices):
        ROOM = "room", _("Per room")
        PERSON = "person", _("Per person")
        ADULT = "adult", _("Per adult")

    class Period(models.TextChoices):
        NIGHT = "night", _("Per night")
        STAY = "stay", _("Per stay")

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
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="amount") | Q(basis="room", period="night"),
                name="tax_percent_is_of_a_room_night",
            ),
            models.CheckConstraint(
                condition=Q(below_minor__isnull=True) | Q(below_minor__gt=F("from_minor")), name="tax_bracket"
            ),
        ]

    def __str__(self) -> str:
        return self.name
