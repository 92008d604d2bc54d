"""Terms of cancelling, of not coming, of leaving early, and what is paid when."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class ChargeKind(models.TextChoices):
    """What a term of a policy costs: percent of what can be paid at booking, the first nights, or a sum."""

    PERCENT = "percent", _("Percent of the total")
    NIGHTS = "nights", _("First nights")
    FIXED = "fixed", _("Fixed amount")


def _charge_is_whole(*, kind: str, value: str) -> Q:
    """Percent from 0 to 100, at least one night, or minor units."""
    return (
        Q(**{kind: ChargeKind.PERCENT, f"{value}__range": (0, 100)})
        | Q(**{kind: ChargeKind.NIGHTS, f"{value}__gte": 1})
        | Q(**{kind: ChargeKind.FIXED, f"{value}__gte": 0})
    )


class CancellationPolicy(models.Model):
    """A named set of terms. Without tiers, cancelling is free until check-in.

    A no-show costs what `no_show_kind` says, or what cancelling at check-in does when it is empty. Who
    leaves early pays `early_departure_percent` of the nights that are given back.
    """

    class ChangeRates(models.TextChoices):
        FROZEN = "frozen", _("Nights that stay keep their price")
        CURRENT = "current", _("The whole stay is priced anew")

    class Guarantee(models.TextChoices):
        NONE = "none", _("None: kept until an hour on the day of arrival")
        DEPOSIT = "deposit", _("A deposit")
        PREPAID = "prepaid", _("Paid in full at booking")

    property = models.ForeignKey("properties.Property", on_delete=models.CASCADE, related_name="policies")
    name = models.CharField(_("name"), max_length=80)
    no_show_kind = models.CharField(
        _("not coming costs"), max_length=8, choices=ChargeKind.choices, blank=True
    )
    no_show_value = models.PositiveBigIntegerField(default=0)
    early_departure_percent = models.PositiveSmallIntegerField(
        _("percent of the nights not slept in"), default=100
    )
    change_rates = models.CharField(
        _("when dates change"), max_length=8, choices=ChangeRates.choices, default=ChangeRates.CURRENT
    )
    guarantee = models.CharField(
        _("guarantee"), max_length=8, choices=Guarantee.choices, default=Guarantee.NONE
    )
    # Without a guarantee the room is kept until this hour of the day of arrival (None: all day).
    kept_until = models.TimeField(_("kept until"), null=True, blank=True)

    class Meta:
        ordering = ["id"]
        verbose_name_plural = "cancellation policies"
        constraints = [
            models.UniqueConstraint(fields=["property", "name"], name="policy_name_unique"),
            models.CheckConstraint(
                condition=Q(no_show_kind="") | _charge_is_whole(kind="no_show_kind", value="no_show_value"),
                name="policy_no_show",
            ),
            models.CheckConstraint(
                condition=Q(early_departure_percent__range=(0, 100)), name="policy_early_departure"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class CancellationTier(models.Model):
    """From some hours or days before the check-in hour on, cancelling costs this much.

    Hours are real hours; days are days of the property's calendar at the same hour, so a day on which
    clocks change counts as one. Without either the tier begins at booking.
    """

    Kind = ChargeKind

    policy = models.ForeignKey(CancellationPolicy, on_delete=models.CASCADE, related_name="tiers")
    hours_before = models.PositiveIntegerField(null=True, blank=True)
    days_before = models.PositiveSmallIntegerField(null=True, blank=True)
    kind = models.CharField(max_length=8, choices=ChargeKind.choices)
    value = models.PositiveBigIntegerField(help_text="Whole percent, a number of nights, or minor units.")

    class Meta:
        ordering = [F("days_before").desc(nulls_first=True), F("hours_before").desc(nulls_first=True)]
        constraints = [
            models.UniqueConstraint(
                fields=["policy", "hours_before", "days_before"], name="tier_unique", nulls_distinct=False
            ),
            models.CheckConstraint(condition=_charge_is_whole(kind="kind", value="value"), name="tier_value"),
            models.CheckConstraint(
                condition=Q(hours_before__isnull=True) | Q(days_before__isnull=True),
                name="tier_hours_or_days",
            ),
        ]

    def __str__(self) -> str:
        if self.days_before is not None:
            return f"{self.value} {self.kind} from {self.days_before} d"
        return f"{self.value} {self.kind} from {self.hours_before} h"


class DepositStep(models.Model):
    """A part of the price that is due at booking (`days_before` is None) or some days before arrival.

    The steps of a policy add up; what they leave is due at the property.
    """

    policy = models.ForeignKey(CancellationPolicy, on_delete=models.CASCADE, related_name="deposits")
    days_before = models.PositiveSmallIntegerField(_("days before arrival"), null=True, blank=True)
    kind = models.CharField(_("how much"), max_length=8, choices=ChargeKind.choices)
    value = models.PositiveBigIntegerField()

    class Meta:
        ordering = [F("days_before").desc(nulls_first=True), "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["policy", "days_before"], name="deposit_unique", nulls_distinct=False
            ),
            models.CheckConstraint(
                condition=_charge_is_whole(kind="kind", value="value"), name="deposit_value"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.value} {self.kind} due {self.days_before} d before"
