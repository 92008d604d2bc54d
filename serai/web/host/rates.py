"""The step rates: what each room type costs, the non-refundable plan, and seasons."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from serai.bookings.opening import save_rates_on_sale
from serai.core.clock import utc_now
from serai.properties.models import Property, RoomType
from serai.rates.models import Product, RatePlan, Season
from serai.rates.rules import weekend_prices
from serai.rates.services.errors import RatesInvalid
from serai.rates.services.standard import (
    RoomRate,
    SeasonDraft,
    find_flexible_plan,
    find_non_refundable_plan,
    shown_percent,
)
from serai.web.host.access import HostRequest, host_view
from serai.web.host.fields import MoneyField, filled_rows, is_resize, typed_form, typed_rows
from serai.web.host.wizard import leave_step, render_step

SEASONS = "seasons"
FRIDAY = 4
SUGGESTED_DISCOUNT = 10


class RoomRateForm(forms.Form):
    """What one room type costs a night."""

    def __init__(
        self, *args: Any, currency: str, room: RoomType, stored: Product | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.room = room
        self.stored = stored
        self.fields["base"] = MoneyField(currency=currency, label=_("A night"), min_value=1)
        self.fields["weekend"] = MoneyField(
            currency=currency,
            label=_("Friday and Saturday nights"),
            required=False,
            min_value=1,
            help_text=_("Leave empty for the same price."),
        )
        self.fields["extra_adult"] = MoneyField(
            currency=currency, label=_("Each further adult"), required=False
        )
        self.fields["extra_child"] = MoneyField(
            currency=currency, label=_("Each further child"), required=False
        )

    def rate(self) -> RoomRate:
        """What was entered, in minor units."""
        cleaned = self.cleaned_data
        weekdays: Sequence[int | None] | None = weekend_prices(cleaned["weekend"])
        if self.stored is not None and cleaned["weekend"] == shown_weekend(self.stored):
            # This page shows one weekday of seven: prices by weekday from elsewhere stay.
            weekdays = self.stored.weekday_minor
        return RoomRate(
            room_type_id=self.room.pk,
            base_minor=cleaned["base"],
            weekday_minor=weekdays,
            extra_adult_minor=cleaned["extra_adult"] or 0,
            extra_child_minor=cleaned["extra_child"] or 0,
        )


class PlansForm(forms.Form):
    """What is common to all rooms."""

    meals = forms.ChoiceField(label=gettext_lazy("Meals in the price"), choices=RatePlan.Meals.choices)
    offers_non_refundable = forms.BooleanField(
        label=gettext_lazy("Also offer a non-refundable rate"),
        required=False,
        help_text=gettext_lazy("Cheaper, paid when booking, no money back. Many travellers choose it."),
    )
    discount = forms.IntegerField(
        label=gettext_lazy("Percent cheaper"), min_value=1, max_value=80, required=False
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("offers_non_refundable") and "discount" in cleaned and cleaned["discount"] is None:
            self.add_error("discount", _("Say by how many percent it is cheaper."))
        return cleaned

    def non_refundable_percent(self) -> int | None:
        """Whole percent, or None when there is no such plan."""
        if not self.cleaned_data["offers_non_refundable"]:
            return None
        return int(self.cleaned_data["discount"])


class SeasonForm(forms.Form):
    """Dates with higher or lower prices."""

    name = forms.CharField(label=gettext_lazy("Season"), max_length=60)
    start_date = forms.DateField(
        label=gettext_lazy("First night"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    end_date = forms.DateField(
        label=gettext_lazy("Last night"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    percent = forms.IntegerField(
        label=gettext_lazy("Percent more"),
        min_value=-90,
        max_value=500,
        help_text=gettext_lazy("With a minus for cheaper."),
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        start, end = cleaned.get("start_date"), cleaned.get("end_date")
        if start and end and end < start:
            self.add_error("end_date", _("The last night cannot come before the first."))
        return cleaned


SeasonFormSet = forms.formset_factory(SeasonForm, extra=0, max_num=24, absolute_max=48)


@host_view("edit_listing")
@require_http_methods(["GET", "POST"])
def edit_rates(request: HostRequest, property: Property) -> HttpResponseBase:
    """Prices, plans and seasons on one page; buttons for seasons answer with what was typed."""
    rooms = list(property.room_types.filter(is_active=True))
    flexible = find_flexible_plan(property.pk)
    products = products_by_room(flexible)
    if request.method == "POST" and is_resize(request.POST):
        rates = [typed_form(RoomRateForm, request.POST, **form_of(room, property)) for room in rooms]
        plans = typed_form(PlansForm, request.POST, prefix="plans")
        seasons = typed_rows(SeasonFormSet, request.POST, prefix=SEASONS)
        return _render(request, property, rates, plans, seasons)
    if request.method == "POST":
        rates = [
            RoomRateForm(request.POST, stored=products.get(room.pk), **form_of(room, property))
            for room in rooms
        ]
        plans = PlansForm(request.POST, prefix="plans")
        seasons = SeasonFormSet(request.POST, prefix=SEASONS)
        forms_are_valid = [form.is_valid() for form in (*rates, plans, seasons)]
        if rooms and all(forms_are_valid) and _save(property, rates, plans, seasons):
            messages.success(request, _("Saved. The next 18 months carry these prices."))
            return leave_step(request, property, "rates")
        return _render(request, property, rates, plans, seasons, status=422)
    rates = [stored_rate(room, property, products.get(room.pk)) for room in rooms]
    return _render(request, property, rates, *_stored(property, flexible))


def _save(property: Property, rates: list[RoomRateForm], plans: PlansForm, seasons: Any) -> bool:
    """Save what was entered; show a refusal and return False."""
    try:
        save_rates_on_sale(
            property=property,
            rates=[form.rate() for form in rates],
            meals=plans.cleaned_data["meals"],
            non_refundable_percent=plans.non_refundable_percent(),
            seasons=[SeasonDraft(**row) for row in filled_rows(seasons)],
            now=utc_now(),
        )
    except RatesInvalid as error:
        plans.add_error(None, str(error))
        return False
    return True


def products_by_room(plan: RatePlan | None) -> dict[int, Product]:
    """The plan's products by room type."""
    return {product.room_type_id: product for product in plan.products.all()} if plan else {}


def form_of(room: RoomType, property: Property) -> dict[str, Any]:
    """What a room's form needs to know."""
    return {"prefix": f"room-{room.pk}", "currency": property.currency, "room": room}


def stored_rate(room: RoomType, property: Property, product: Product | None) -> RoomRateForm:
    """A room's form filled with what its product costs."""
    initial = (
        {
            "base": product.base_minor or None,
            "weekend": shown_weekend(product),
            "extra_adult": product.extra_adult_minor or None,
            "extra_child": product.extra_child_minor or None,
        }
        if product
        else {}
    )
    return RoomRateForm(initial=initial, **form_of(room, property))


def shown_weekend(product: Product) -> int | None:
    """What Friday costs, which stands for the weekend on this page."""
    return product.weekday_minor[FRIDAY] if product.weekday_minor else None


def _stored(property: Property, flexible: RatePlan | None) -> tuple[PlansForm, Any]:
    """Forms filled with what the property has, or with a sensible beginning."""
    non_refundable = find_non_refundable_plan(flexible) if flexible else None
    plans = PlansForm(
        prefix="plans",
        initial={
            "meals": flexible.meals if flexible else RatePlan.Meals.BREAKFAST,
            "offers_non_refundable": non_refundable is not None and non_refundable.is_active,
            "discount": shown_percent(non_refundable) if non_refundable else SUGGESTED_DISCOUNT,
        },
    )
    seasons = SeasonFormSet(
        prefix=SEASONS,
        initial=list(
            Season.objects.filter(property=property).values("name", "start_date", "end_date", "percent")
        ),
    )
    return plans, seasons


def _render(
    request: HostRequest,
    property: Property,
    rates: list[Any],
    plans: Any,
    seasons: Any,
    *,
    status: int = 200,
) -> HttpResponseBase:
    return render_step(
        request,
        property,
        "rates",
        {"rates": rates, "plans": plans, "seasons": seasons},
        status=status,
    )
