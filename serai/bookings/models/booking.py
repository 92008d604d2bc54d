"""Bookings: who stays where, when, for how much, on which terms."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from serai.bookings.models.checkout import Checkout
from serai.core.fields import CurrencyField, MinorUnitsField
from serai.core.models import TimestampedModel

if TYPE_CHECKING:
    from serai.accounts.models import User


class BookingQuerySet(models.QuerySet["Booking"]):
    """Whose bookings, and which of them still take rooms."""

    def of_guest(self, user: User) -> BookingQuerySet:
        return self.filter(guest=user)

    def taking_nights(self) -> BookingQuerySet:
        return self.filter(state__in=Booking.TAKES_NIGHTS)


class Booking(TimestampedModel):
    """A confirmed stay at one property. Its price and its policy are frozen when it is made."""

    class State(models.TextChoices):
        CONFIRMED = "confirmed", _("Confirmed")
        CHECKED_IN = "checked_in", _("In house")
        CHECKED_OUT = "checked_out", _("Stayed")
        CANCELLED = "cancelled", _("Cancelled")
        NO_SHOW = "no_show", _("No-show")

    # A no-show keeps its nights: they were kept free for the guest.
    TAKES_NIGHTS = (State.CONFIRMED, State.CHECKED_IN, State.CHECKED_OUT, State.NO_SHOW)

    class PaymentMethod(models.TextChoices):
        AT_PROPERTY = "pay_at_property", _("Pay at the property")
        CARD = "card", _("Paid by card")
        CHANNEL = "channel", _("Paid through the channel")

    reference = models.CharField(max_length=12)
    checkout = models.OneToOneField(
        Checkout, on_delete=models.PROTECT, related_name="booking", null=True, blank=True
    )
    property = models.ForeignKey(
        "properties.Property", on_delete=models.PROTECT, related_name="bookings", db_index=False
    )
    guest = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="bookings",
        null=True,
        blank=True,
        db_index=False,
    )
    state = models.CharField(max_length=12, choices=State.choices, default=State.CONFIRMED)
    channel = models.CharField(max_length=40, default="site")
    # Who asked for it: keys are each caller's own (a channel, an API key, the site's checkouts).
    caller = models.CharField(max_length=60, default="site", db_default="site")
    idempotency_key = models.CharField(max_length=120)
    request_hash = models.CharField(max_length=64)

    guest_name = models.CharField(max_length=120)
    guest_email = models.EmailField(blank=True)
    guest_phone = models.CharField(max_length=24, blank=True)
    guest_country = models.CharField(max_length=3, blank=True)
    language = models.CharField(max_length=10, default="en")
    arrival_time = models.CharField(max_length=40, blank=True)
    requests = models.TextField(max_length=1000, blank=True)
    company = models.CharField(max_length=120, blank=True, default="", db_default="")
    # Name, address and tax number as they shall stand on the invoice; empty: the guest's name.
    billing = models.CharField(max_length=400, blank=True, default="", db_default="")

    check_in = models.DateField()
    check_out = models.DateField()
    # Rooms for some hours of one day: check-in and check-out are that day, and no night is taken
    # unless the hours reach into one.
    is_day_use = models.BooleanField(default=False, db_default=False)
    adults = models.PositiveSmallIntegerField()
    children_ages = models.JSONField(default=list)
    currency = CurrencyField()
    total_minor = MinorUnitsField()
    penalty_minor = MinorUnitsField(default=0)
    # The price steps shown to the guest, and the policy compiled to instants (`bookings.rules`).
    price = models.JSONField(default=dict)
    cancellation_tiers = models.JSONField(default=list)
    # The other terms, frozen and compiled (`bookings.rules.Terms`): deposits, no-show, early departure.
    terms = models.JSONField(default=dict, db_default={})
    block = models.ForeignKey(
        "bookings.Block", on_delete=models.PROTECT, related_name="bookings", null=True, blank=True
    )
    payment_method = models.CharField(max_length=20, choices=PaymentMethod.choices)

    booked_at = models.DateTimeField()
    cancelled_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = BookingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["reference"], name="booking_reference_unique"),
            models.UniqueConstraint(fields=["caller", "idempotency_key"], name="booking_once_per_key"),
            models.CheckConstraint(
                condition=Q(check_out__gt=F("check_in"), is_day_use=False)
                | Q(check_out=F("check_in"), is_day_use=True),
                name="booking_stay",
            ),
            models.CheckConstraint(
                condition=Q(total_minor__gte=0, penalty_minor__gte=0), name="booking_money"
            ),
        ]
        indexes = [
            models.Index(fields=["property", "check_in"], name="booking_arrivals"),
            models.Index(fields=["guest", "-check_in"], name="booking_trips"),
        ]

    def __str__(self) -> str:
        return self.reference


class BookingRoom(models.Model):
    """One room of a booking, with the guests in it, what it costs for the whole stay and on which terms.

    The rooms of one booking may be of different products. Only `booked` rooms take nights. A booking
    that a channel made when nothing was left has `unplaced` rooms until the host finds one.
    """

    class State(models.TextChoices):
        BOOKED = "booked", _("Booked")
        UNPLACED = "unplaced", _("Without a room")
        CANCELLED = "cancelled", _("Cancelled")

    booking = models.ForeignKey(Booking, on_delete=models.CASCADE, related_name="rooms")
    room_type = models.ForeignKey(
        "properties.RoomType", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    rate_plan = models.ForeignKey(
        "rates.RatePlan", on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    state = models.CharField(
        max_length=10, choices=State.choices, default=State.BOOKED, db_default=State.BOOKED
    )
    check_in = models.DateField()
    check_out = models.DateField()
    adults = models.PositiveSmallIntegerField()
    children_ages = models.JSONField(default=list)
    total_minor = MinorUnitsField()
    cancellation_tiers = models.JSONField(default=list, db_default=[])
    needs_accessible = models.BooleanField(default=False, db_default=False)
    # Of a day use: its hours, property-local.
    from_time = models.TimeField(null=True, blank=True)
    until_time = models.TimeField(null=True, blank=True)

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["room_type", "check_in", "check_out"], name="booking_room_stay")]

    def __str__(self) -> str:
        return f"{self.booking_id} {self.room_type_id}"


class BookingEvent(models.Model):
    """What happened to a booking, in order. Never edited."""

    booking = models.ForeignKey(Booking, on_delete=models.CASCADE, related_name="events")
    kind = models.CharField(max_length=20)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, related_name="+", null=True, blank=True
    )
    data = models.JSONField(default=dict)
    happened_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.booking_id} {self.kind}"
