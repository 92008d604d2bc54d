"""Rate plans and products: under which terms, to whom and for how many guests rooms are sold."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Upper
from django.utils.translation import gettext_lazy as _

from serai.core.fields import MinorUnitsField, OptionalMinorUnitsField
from serai.core.models import TimestampedModel
from serai.rates.models.policies import CancellationPolicy


class RestrictionTerms(models.Model):
    """What may keep a product from being sold, each independent of the others; None restricts nothing.

    On a rate plan these are its standing terms; on a night they are that night's. What neither says is
    taken from the parent plan. The names and their meaning are in `rates.rules.restrictions`.
    """

    min_stay_arrival = models.PositiveSmallIntegerField(
        _("fewest nights when arriving"), null=True, blank=True, validators=[MinValueValidator(1)]
    )
    max_stay_arrival = models.PositiveSmallIntegerField(
        _("most nights when arriving"), null=True, blank=True, validators=[MinValueValidator(1)]
    )
    min_stay_through = models.PositiveSmallIntegerField(
        _("fewest nights of any stay"), null=True, blank=True, validators=[MinValueValidator(1)]
    )
    max_stay_through = models.PositiveSmallIntegerField(
        _("most nights of any stay"), null=True, blank=True, validators=[MinValueValidator(1)]
    )
    is_closed_to_arrival = models.BooleanField(_("no arrival"), null=True, blank=True)
    is_closed_to_departure = models.BooleanField(_("no departure"), null=True, blank=True)
    is_stop_sold = models.BooleanField(_("not sold"), null=True, blank=True)
    earliest_days = models.PositiveSmallIntegerField(
        _("bookable from so many days before arrival"), null=True, blank=True
    )
    latest_days = models.PositiveSmallIntegerField(
        _("bookable until so many days before arrival"), null=True, blank=True
    )
    release_days = models.PositiveSmallIntegerField(
        _("each night sold until so many days before it"), null=True, blank=True
    )
    cutoff_hour = models.PositiveSmallIntegerField(
        _("on the day of arrival bookable until this hour"),
        null=True,
        blank=True,
        validators=[MaxValueValidator(24)],
    )

    class Meta:
        abstract = True


class RatePlan(RestrictionTerms, TimestampedModel):
    """Terms under which rooms are sold. A derived plan takes its prices from `parent`, adjusted.

    Parents lead to one root without cycles; `rates.services.plans` sees to it with the property locked.
    """

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

    class Audience(models.TextChoices):
        PUBLIC = "public", _("Everybody")
        MEMBERS = "members", _("Signed-in members")
        CODE = "code", _("Whoever has a code")
        CORPORATE = "corporate", _("Companies with a code")

    property = models.ForeignKey("properties.Property", on_delete=models.CASCADE, related_name="rate_plans")
    name = models.CharField(_("name"), max_length=80)
    description = models.CharField(_("what guests should know"), max_length=300, blank=True)
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, related_name="children", null=True, blank=True
    )
    adjustment_kind = models.CharField(max_length=8, choices=Adjustment.choices, default=Adjustment.PERCENT)
    # Basis points for percent (-1000 is 10 % off), minor units a night for amount.
    adjustment_value = models.IntegerField(default=0)
    # A derived night price is rounded half up to a multiple of this many minor units.
    rounding_minor = models.PositiveIntegerField(
        _("rounded to"), default=1, validators=[MinValueValidator(1)]
    )
    policy = models.ForeignKey(CancellationPolicy, on_delete=models.PROTECT, related_name="rate_plans")
    meals = models.CharField(_("meals"), max_length=12, choices=Meals.choices, default=Meals.NONE)
    # A package: what the meals of this plan add to the price, a night, for each adult and each child.
    meal_adult_minor = MinorUnitsField(default=0, validators=[MinValueValidator(0)])
    meal_child_minor = MinorUnitsField(default=0, validators=[MinValueValidator(0)])
    payment = models.CharField(
        _("payment"), max_length=12, choices=Payment.choices, default=Payment.AT_PROPERTY
    )
    audience = models.CharField(
        _("who may book it"), max_length=10, choices=Audience.choices, default=Audience.PUBLIC
    )
    # Property-local dates, both included; empty is open.
    bookable_from_date = models.DateField(_("bookable from"), null=True, blank=True)
    bookable_until_date = models.DateField(_("bookable until"), null=True, blank=True)
    stay_from_date = models.DateField(_("for nights from"), null=True, blank=True)
    stay_until_date = models.DateField(_("for nights until"), null=True, blank=True)
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
            models.CheckConstraint(condition=Q(rounding_minor__gte=1), name="rate_plan_rounding"),
            models.CheckConstraint(
                condition=Q(meal_adult_minor__gte=0, meal_child_minor__gte=0), name="rate_plan_meal_prices"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class RateCode(models.Model):
    """A word that opens a rate plan to whoever knows it; for corporate plans `company` says who that is."""

    property = models.ForeignKey("properties.Property", on_delete=models.CASCADE, related_name="rate_codes")
    rate_plan = models.ForeignKey(RatePlan, on_delete=models.CASCADE, related_name="codes")
    code = models.CharField(_("code"), max_length=40)
    company = models.CharField(_("company"), max_length=120, blank=True)
    valid_until_date = models.DateField(_("valid until"), null=True, blank=True)
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ["code"]
        constraints = [models.UniqueConstraint("property", Upper("code"), name="rate_code_unique")]

    def __str__(self) -> str:
        return self.code


class Product(models.Model):
    """A room type under a rate plan: the thing a guest chooses.

    The amounts (minor units a night) matter on products of plans without parent only; a derived plan
    adjusts what its parent's product costs. `weekday_minor` holds a price for each weekday, Monday
    first, None where the base price applies.
    """

    room_type = models.ForeignKey("properties.RoomType", on_delete=models.CASCADE, related_name="products")
    rate_plan = models.ForeignKey(RatePlan, on_delete=models.CASCADE, related_name="products")
    base_minor = MinorUnitsField(default=0, validators=[MinValueValidator(0)])
    weekday_minor = ArrayField(OptionalMinorUnitsField(null=True), size=7, null=True, blank=True)
    single_discount_minor = MinorUnitsField(default=0, validators=[MinValueValidator(0)])
    extra_adult_minor = MinorUnitsField(default=0, validators=[MinValueValidator(0)])
    # For a child of an age for which no band has a price of its own.
    extra_child_minor = MinorUnitsField(default=0, validators=[MinValueValidator(0)])
    is_active = models.BooleanField(default=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["room_type", "rate_plan"], name="product_unique")]

    def __str__(self) -> str:
        return f"{self.room_type_id} × {self.rate_plan_id}"


class ChildBand(models.Model):
    """Children up to `max_age` who are older than infants and than the band before."""

    property = models.ForeignKey("properties.Property", on_delete=models.CASCADE, related_name="child_bands")
    max_age = models.PositiveSmallIntegerField(_("up to the age of"), validators=[MaxValueValidator(17)])

    class Meta:
        ordering = ["max_age"]
        constraints = [models.UniqueConstraint(fields=["property", "max_age"], name="child_band_unique")]

    def __str__(self) -> str:
        return f"up to {self.max_age}"


class ChildPrice(models.Model):
    """What a child of a band costs a night beyond the guests that the price includes (minor units)."""

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="child_prices")
    band = models.ForeignKey(ChildBand, on_delete=models.CASCADE, related_name="prices")
    amount_minor = MinorUnitsField(validators=[MinValueValidator(0)])

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["product", "band"], name="child_price_unique"),
            models.CheckConstraint(condition=Q(amount_minor__gte=0), name="child_price_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.product_id} {self.band_id} {self.amount_minor}"
