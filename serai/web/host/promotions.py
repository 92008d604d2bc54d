"""Promotions: the list with how often each was used, and one of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Count, Q, QuerySet
from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from serai.bookings.models import Booking
from serai.core.clock import local_date, utc_now
from serai.core.money import TooPrecise, to_major, to_minor
from serai.inventory.models import Hold
from serai.properties.models import Property
from serai.rates.models import Promotion, RatePlan
from serai.rates.services.errors import PromotionInvalid
from serai.rates.services.promotions import PromotionDraft, end_promotion, save_promotion
from serai.web.host.access import HostRequest, host_view
from serai.web.host.fields import plain_number
from serai.web.host.rate_pages import date_field, render_rates, show_refusal, signed_percent

HUNDREDTHS = Decimal(100)
# The most days that a field accepts: two years.
MOST_DAYS = 730


def _number(label: Any, *, least: int = 1, most: int = 365) -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=least, max_value=most, required=False)


class PromotionForm(forms.Form):
    """A discount and its conditions; all that are filled in must hold."""

    name = forms.CharField(
        label=gettext_lazy("Name"), max_length=80, help_text=gettext_lazy("Guests see it beside the price.")
    )
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=Promotion.Kind.choices)
    value = forms.DecimalField(
        label=gettext_lazy("Percent or amount"),
        min_value=Decimal("0.001"),
        max_value=Decimal(100_000_000),
        decimal_places=3,
    )
    code = forms.CharField(
        label=gettext_lazy("Code"),
        max_length=40,
        required=False,
        help_text=gettext_lazy("Empty: everybody gets it who meets the conditions."),
    )
    limit = _number(gettext_lazy("At most so many bookings"), most=1_000_000)
    min_nights = _number(gettext_lazy("For stays from so many nights"))
    max_nights = _number(gettext_lazy("For stays up to so many nights"))
    min_days_ahead = _number(
        gettext_lazy("Booked at least so many days before arrival"), least=0, most=MOST_DAYS
    )
    max_days_ahead = _number(
        gettext_lazy("Booked at most so many days before arrival"), least=0, most=MOST_DAYS
    )
    bookable_from_date = date_field(gettext_lazy("Bookable from"))
    bookable_until_date = date_field(gettext_lazy("Bookable until"))
    stay_from_date = date_field(gettext_lazy("For nights from"))
    stay_until_date = date_field(gettext_lazy("For nights until"))
    rate_plan_ids = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Only for these rate plans"),
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("None chosen: for all."),
    )
    is_combinable = forms.BooleanField(
        label=gettext_lazy("Adds to other discounts"),
        required=False,
        help_text=gettext_lazy("Otherwise guests get the one discount that helps them most."),
    )

    def __init__(self, *args: Any, currency: str, plans: Iterable[RatePlan], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.currency = currency
        fields: dict[str, Any] = self.fields
        fields["rate_plan_ids"].choices = [(plan.pk, plan.name) for plan in plans]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        kind, value = cleaned.get("kind"), cleaned.get("value")
        if kind == Promotion.Kind.PERCENT and value is not None:
            if value > 100:
                self.add_error("value", _("A discount is at most 100 percent."))
            elif (value * HUNDREDTHS) % 1:
                self.add_error("value", _("A percentage has at most two decimals."))
            else:
                cleaned["minor"] = int(value * HUNDREDTHS)
        elif kind == Promotion.Kind.AMOUNT and value is not None:
            try:
                cleaned["minor"] = to_minor(value, self.currency)
            except TooPrecise:
                self.add_error("value", _("That is finer than the smallest coin."))
        return cleaned

    def draft(self) -> PromotionDraft:
        """What was entered, for the service."""
        cleaned = dict(self.cleaned_data)
        cleaned["value"] = cleaned.pop("minor")
        return PromotionDraft(**cleaned)


def with_uses(property: Property) -> QuerySet[Promotion]:
    """The property's promotions with `use_count`: bookings that stand, and holds of people who are paying."""
    uses = (
        Q(uses__booking__isnull=True, uses__hold__state=Hold.State.ACTIVE)
        | Q(uses__booking__isnull=False) & ~Q(uses__booking__state=Booking.State.CANCELLED)
    )  # fmt: skip
    return Promotion.objects.filter(property=property).annotate(use_count=Count("uses", filter=uses))


def state_of(promotion: Promotion, *, today: dt.date, use_count: int) -> str:
    """Now, scheduled, used up or ended, by the property's calendar and the days on which it is bookable."""
    if not promotion.is_active or (promotion.bookable_until_date or today) < today:
        return "ended"
    if promotion.stay_until_date is not None and promotion.stay_until_date < today:
        return "ended"
    if promotion.limit is not None and use_count >= promotion.limit:
        return "used_up"
    if (promotion.bookable_from_date or today) > today:
        return "scheduled"
    return "now"


STATES = ("now", "scheduled", "used_up", "ended")


@host_view("edit_prices")
@require_GET
def list_promotions(request: HostRequest, property: Property) -> HttpResponseBase:
    """Promotions by state: now, scheduled, used up, ended."""
    today = local_date(utc_now(), property.timezone)
    rows = [
        {
            "promotion": promotion,
            "percent": signed_percent(-promotion.value),
            "state": state_of(promotion, today=today, use_count=promotion.use_count),  # type: ignore[attr-defined]
        }
        for promotion in with_uses(property)
    ]
    rows.sort(key=lambda row: STATES.index(str(row["state"])))
    return render_rates(request, "promotions.html", property, {"rows": rows}, tab="host_promotions")


@host_view("edit_prices")
@require_http_methods(["GET", "POST"])
def edit_promotion(
    request: HostRequest, property: Property, promotion_id: int | None = None
) -> HttpResponseBase:
    """Add or change a promotion."""
    promotion = with_uses(property).filter(pk=promotion_id).first() if promotion_id else None
    if promotion_id is not None and promotion is None:
        raise Http404
    plans = list(RatePlan.objects.filter(property=property, is_active=True))
    chosen = [plan.pk for plan in promotion.rate_plans.all()] if promotion else []
    if promotion is not None:
        # A plan that was archived meanwhile stays chosen unless the host takes it out.
        plans += RatePlan.objects.filter(pk__in=chosen, is_active=False)
    common: dict[str, Any] = {"currency": property.currency, "plans": plans}
    if request.method == "POST":
        form = PromotionForm(request.POST, **common)
        if form.is_valid() and _save(property, promotion_id, form):
            messages.success(request, _("Saved."))
            return redirect("host_promotions", property.pk)
    else:
        initial = _initial(promotion, property.currency, chosen) if promotion else {}
        form = PromotionForm(initial=initial, **common)
    return render_rates(
        request,
        "promotion.html",
        property,
        {"promotion": promotion, "form": form},
        status=422 if form.errors else 200,
        tab="host_promotions",
    )


@host_view("edit_prices")
@require_POST
def stop_promotion(request: HostRequest, property: Property, promotion_id: int) -> HttpResponseBase:
    """End a promotion now."""
    try:
        promotion = end_promotion(property_id=property.pk, promotion_id=promotion_id, now=utc_now())
    except Promotion.DoesNotExist as error:
        raise Http404 from error
    messages.success(request, _("“%(name)s” has ended. Bookings keep it.") % {"name": promotion.name})
    return redirect("host_promotions", property.pk)


def _initial(promotion: Promotion, currency: str, chosen: list[int]) -> dict[str, Any]:
    names = [name for name in PromotionForm.base_fields if name not in {"value", "rate_plan_ids"}]
    value = (
        promotion.value / HUNDREDTHS
        if promotion.kind == Promotion.Kind.PERCENT
        else to_major(promotion.value, currency)
    )
    return {
        **{name: getattr(promotion, name) for name in names},
        "value": plain_number(Decimal(value)),
        "rate_plan_ids": chosen,
    }


def _save(property: Property, promotion_id: int | None, form: PromotionForm) -> bool:
    """Save what was entered; put a refusal beside its field and return False."""
    try:
        save_promotion(property_id=property.pk, draft=form.draft(), promotion_id=promotion_id, now=utc_now())
    except PromotionInvalid as error:
        show_refusal(error, form)
        return False
    return True
