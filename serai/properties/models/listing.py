"""A property and the path from draft to published."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from serai.core.fields import CurrencyField
from serai.core.models import TimestampedModel

if TYPE_CHECKING:
    from serai.accounts.models import User


class Amenity(models.Model):
    """Something a property or a room type has, such as a pool or air conditioning."""

    class Scope(models.TextChoices):
        PROPERTY = "property", _("Property")
        ROOM = "room", _("Room")

    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=60)
    scope = models.CharField(max_length=10, choices=Scope.choices)
    icon = models.CharField(max_length=40, default="check")
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "slug"]
        verbose_name_plural = "amenities"

    def __str__(self) -> str:
        return self.name


class PropertyQuerySet(models.QuerySet["Property"]):
    """Which properties a person sees."""

    def published(self) -> PropertyQuerySet:
        return self.filter(status=Property.Status.PUBLISHED)

    def run_by(self, user: User) -> PropertyQuerySet:
        """Properties in whose team the user is."""
        return self.filter(memberships__user=user)


class Property(TimestampedModel):
    """A hotel or another place to stay, with one currency and one time zone."""

    class Kind(models.TextChoices):
        HOTEL = "hotel", _("Hotel")
        RESORT = "resort", _("Resort")
        GUEST_HOUSE = "guest_house", _("Guest house")
        HOMESTAY = "homestay", _("Homestay")
        APARTMENT = "apartment", _("Apartment")
        HOSTEL = "hostel", _("Hostel")
        VILLA = "villa", _("Villa")
        CAMP = "camp", _("Camp")

    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")
        SUBMITTED = "submitted", _("In review")
        RETURNED = "returned", _("Changes asked for")
        PUBLISHED = "published", _("Published")

    slug = models.SlugField(max_length=160, unique=True)
    name = models.CharField(_("name"), max_length=140)
    kind = models.CharField(_("type of place"), max_length=16, choices=Kind.choices, default=Kind.HOTEL)
    stars = models.PositiveSmallIntegerField(
        _("stars"), null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(5)]
    )
    headline = models.CharField(_("headline"), max_length=160, blank=True)
    description = models.TextField(_("description"), blank=True, max_length=6000)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.DRAFT)

    destination = models.ForeignKey(
        "properties.Destination", on_delete=models.PROTECT, related_name="properties", null=True, blank=True
    )
    address = models.CharField(_("street and number"), max_length=200, blank=True)
    postal_code = models.CharField(_("postal code"), max_length=16, blank=True)
    latitude = models.FloatField(
        null=True, blank=True, validators=[MinValueValidator(-90), MaxValueValidator(90)]
    )
    longitude = models.FloatField(
        null=True, blank=True, validators=[MinValueValidator(-180), MaxValueValidator(180)]
    )
    timezone = models.CharField(_("time zone"), max_length=64, default="Asia/Kolkata")
    currency = CurrencyField(_("currency"), default="INR")
    phone = models.CharField(_("telephone"), max_length=24, blank=True)
    email = models.EmailField(_("e-mail for guests"), blank=True)

    check_in_from = models.TimeField(_("check-in from"), default=dt.time(14))
    check_out_until = models.TimeField(_("check-out until"), default=dt.time(11))
    infant_max_age = models.PositiveSmallIntegerField(_("infants free up to age"), default=2)
    child_max_age = models.PositiveSmallIntegerField(_("child price up to age"), default=12)
    amenities = models.ManyToManyField(Amenity, blank=True, related_name="properties")

    # Kept exact by the reviews app through `properties.services.record_score`.
    review_count = models.PositiveIntegerField(default=0)
    review_total = models.PositiveIntegerField(default=0, help_text="Sum of the scores, each 1 to 10.")

    source = models.CharField(max_length=40, blank=True)
    source_ref = models.CharField(max_length=120, blank=True)
    submitted_at = models.DateTimeField(null=True, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)

    objects = PropertyQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "properties"
        constraints = [
            models.UniqueConstraint(
                fields=["source", "source_ref"], name="property_source_unique", condition=~Q(source="")
            ),
            models.CheckConstraint(
                condition=Q(stars__isnull=True) | Q(stars__range=(1, 5)), name="property_stars_range"
            ),
        ]
        indexes = [
            GinIndex(fields=["name"], opclasses=["gin_trgm_ops"], name="property_name_trgm"),
            models.Index(fields=["destination"], name="property_published", condition=Q(status="published")),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def score(self) -> float | None:
        """The mean review score of 10, or None without reviews."""
        return self.review_total / self.review_count if self.review_count else None


class ListingDecision(models.Model):
    """What happened to a listing on its way to the public, and why. Never edited."""

    class Kind(models.TextChoices):
        SUBMITTED = "submitted", _("Submitted")
        APPROVED = "approved", _("Approved")
        RETURNED = "returned", _("Returned")

    property = models.ForeignKey(Property, on_delete=models.CASCADE, related_name="decisions")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    reasons = models.TextField(blank=True)
    decided_at = models.DateTimeField()

    class Meta:
        ordering = ["-decided_at"]

    def __str__(self) -> str:
        return f"{self.property} {self.kind}"
