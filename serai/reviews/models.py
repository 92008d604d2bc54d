"""What guests say after a stay."""

from __future__ import annotations

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from serai.core.models import TimestampedModel


class Review(TimestampedModel):
    """A score of 1 to 10 and words, once per booking (imported ones have no booking)."""

    property = models.ForeignKey("properties.Property", on_delete=models.CASCADE, related_name="reviews")
    booking = models.OneToOneField(
        "bookings.Booking", on_delete=models.PROTECT, related_name="review", null=True, blank=True
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, related_name="reviews", null=True, blank=True
    )
    author_name = models.CharField(max_length=80)
    author_country = models.CharField(max_length=2, blank=True)
    score = models.PositiveSmallIntegerField(
        _("score"), validators=[MinValueValidator(1), MaxValueValidator(10)]
    )
    title = models.CharField(_("title"), max_length=120, blank=True)
    text = models.TextField(_("your words"), max_length=4000, blank=True)
    stayed_on = models.DateField()

    class Meta:
        ordering = ["-stayed_on", "-id"]
        constraints = [models.CheckConstraint(condition=Q(score__range=(1, 10)), name="review_score")]
        indexes = [models.Index(fields=["property", "-stayed_on", "-id"], name="review_recent")]

    def __str__(self) -> str:
        return f"{self.score}/10 by {self.author_name}"
