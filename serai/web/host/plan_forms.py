"""The form of a rate plan: its price, whom it is for, what it includes and when it is sold."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from serai.core.money import TooPrecise, to_major, to_minor
from serai.properties.models import Property, RoomType
from serai.rates.models import CancellationPolicy, RatePlan
from serai.rates.rules import Restrictions
from serai.rates.services.plans import CodeDraft, RatePlanDraft
from serai.web.host.fields import MoneyField, plain_number
from serai.web.host.rate_pages import date_field

CODES = "codes"
HUNDREDTHS = Decimal(100)
YES_NO = [
    ("", gettext_lazy("As its parent, or no")),
    ("yes", gettext_lazy("Yes")),
    ("no", gettext_lazy("No")),
]
NUMBERS = (
    "min_stay_arrival",
    "max_stay_arrival",
    "min_stay_through",
    "max_stay_through",
    "earliest_days",
    "latest_days",
    "release_days",
    "cutoff_hour",
)
SWITCHES = ("is_closed_to_arrival", "is_closed_to_departure", "is_stop_sold")
WINDOWS = ("bookable_from_date", "bookable_until_date", "stay_from_date", "stay_until_date")


def _nights(label: Any) -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=1, max_value=365, required=False)


def _days(label: Any) -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=0, max_value=730, required=False)


def _switch(label: Any) -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        label=label,
        choices=YES_NO,
        required=False,
        coerce=lambda text: text == "yes",
        empty_value=None,
    )


class PlanForm(forms.Form):
    """A rate plan. `parents` are the plans that it may take its prices from."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=80)
    description = forms.CharField(
        label=gettext_lazy("What guests should know"), max_length=300, required=False
    )
    parent_id = forms.TypedChoiceField(
        label=gettext_lazy("Prices"),
        required=False,
        coerce=int,
        empty_value=None,
        help_text=gettext_lazy("A plan of its own needs prices for its nights; a derived one follows."),
    )
    adjustment_kind = forms.ChoiceField(
        label=gettext_lazy("Difference in"), choices=RatePlan.Adjustment.choices, required=False
    )
    difference = forms.DecimalField(
        label=gettext_lazy("Difference"),
        required=False,
        max_digits=12,
        decimal_places=3,
        help_text=gettext_lazy("With a minus for cheaper: -10."),
    )
    audience = forms.ChoiceField(label=gettext_lazy("Who may book it"), choices=RatePlan.Audience.choices)
    meals = forms.ChoiceField(label=gettext_lazy("Meals in the price"), choices=RatePlan.Meals.choices)
    payment = forms.ChoiceField(label=gettext_lazy("Payment"), choices=RatePlan.Payment.choices)
    policy_id = forms.TypedChoiceField(label=gettext_lazy("Cancellation terms"), coerce=int)
    room_type_ids = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Sold for"),
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    bookable_from_date = date_field(gettext_lazy("Bookable from"))
    bookable_until_date = date_field(gettext_lazy("Bookable until"))
    stay_from_date = date_field(gettext_lazy("For nights from"))
    stay_until_date = date_field(gettext_lazy("For nights until"))
    min_stay_arrival = _nights(gettext_lazy("Fewest nights, counted on the day of arrival"))
    max_stay_arrival = _nights(gettext_lazy("Most nights, counted on the day of arrival"))
    min_stay_through = _nights(gettext_lazy("Fewest nights of any stay"))
    max_stay_through = _nights(gettext_lazy("Most nights of any stay"))
    earliest_days = _days(gettext_lazy("Bookable from so many days before arrival"))
    latest_days = _days(gettext_lazy("Bookable until so many days before arrival"))
    release_days = _days(gettext_lazy("Each night is sold until so many days before it"))
    cutoff_hour = forms.IntegerField(
        label=gettext_lazy("On the day of arrival bookable until this hour"),
        min_value=0,
        max_value=24,
        required=False,
    )
    is_closed_to_arrival = _switch(gettext_lazy("No arrivals"))
    is_closed_to_departure = _switch(gettext_lazy("No departures"))
    is_stop_sold = _switch(gettext_lazy("Not sold for now"))

    def __init__(
        self,
        *args: Any,
        property: Property,
        parents: Iterable[RatePlan],
        policies: Iterable[CancellationPolicy],
        rooms: Iterable[RoomType],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.currency = property.currency
        fields: dict[str, Any] = self.fields
        fields["parent_id"].choices = [
            ("", _("Its own prices")),
            *((plan.pk, _("Derived from “%(plan)s”") % {"plan": plan.name}) for plan in parents),
        ]
        fields["policy_id"].choices = [(policy.pk, policy.name) for policy in policies]
        fields["room_type_ids"].choices = [(room.pk, room.name) for room in rooms]
        fields["rounding"] = MoneyField(
            currency=self.currency,
            label=_("Round to multiples of"),
            required=False,
            help_text=_("10 makes 3,598 into 3,600. Empty: not rounded."),
        )
        for name, label in (
            ("meal_adult", _("Meals add, for each adult and night")),
            ("meal_child", _("Meals add, for each child and night")),
        ):
            fields[name] = MoneyField(currency=self.currency, label=label, required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        cleaned["adjustment_value"] = 0
        difference = cleaned.get("difference")
        if cleaned.get("parent_id") is None or "difference" not in cleaned:
            return cleaned
        if difference is None:
            self.add_error("difference", _("Say by how much it differs; 0 for the same price."))
        elif cleaned.get("adjustment_kind") == RatePlan.Adjustment.AMOUNT:
            try:
                cleaned["adjustment_value"] = to_minor(difference, self.currency)
            except TooPrecise:
                self.add_error("difference", _("That is finer than the smallest coin."))
        elif (difference * HUNDREDTHS) % 1:
            self.add_error("difference", _("A percentage has at most two decimals."))
        else:
            cleaned["adjustment_value"] = int(difference * HUNDREDTHS)
        return cleaned

    def draft(self, codes: Sequence[CodeDraft]) -> RatePlanDraft:
        """What was entered, for the service."""
        cleaned = self.cleaned_data
        return RatePlanDraft(
            name=cleaned["name"],
            description=cleaned["description"],
            policy_id=cleaned["policy_id"],
            parent_id=cleaned["parent_id"],
            adjustment_kind=cleaned["adjustment_kind"] or RatePlan.Adjustment.PERCENT,
            adjustment_value=cleaned["adjustment_value"],
            rounding_minor=cleaned["rounding"] or 1,
            audience=cleaned["audience"],
            codes=codes,
            meals=cleaned["meals"],
            meal_adult_minor=cleaned["meal_adult"] or 0,
            meal_child_minor=cleaned["meal_child"] or 0,
            payment=cleaned["payment"],
            restrictions=Restrictions(**{name: cleaned[name] for name in (*NUMBERS, *SWITCHES)}),
            room_type_ids=cleaned["room_type_ids"],
            **{name: cleaned[name] for name in WINDOWS},
        )

    @property
    def has_restrictions(self) -> bool:
        """Whether the further terms are to be shown open."""
        return any(self[name].value() or self[name].errors for name in (*WINDOWS, *NUMBERS, *SWITCHES))

    @property
    def restriction_fields(self) -> list[forms.BoundField]:
        """The restrictions, in the order in which they are shown."""
        return [self[name] for name in (*NUMBERS, *SWITCHES)]


NAMES_BY_ATTRIBUTE = {
    "adjustment_value": "difference",
    "rounding_minor": "rounding",
    "meal_adult_minor": "meal_adult",
}


class CodeForm(forms.Form):
    """A word that opens the plan. A row without a code does not count."""

    code = forms.CharField(label=gettext_lazy("Code"), max_length=40, required=False)
    company = forms.CharField(
        label=gettext_lazy("Company"),
        max_length=120,
        required=False,
        help_text=gettext_lazy("If it is one's."),
    )
    valid_until_date = date_field(gettext_lazy("Valid until"))
    is_active = forms.BooleanField(label=gettext_lazy("In use"), required=False, initial=True)


CodeFormSet = forms.formset_factory(CodeForm, extra=0, max_num=50, absolute_max=100)


def codes_of(formset: Any) -> tuple[list[CodeDraft], list[Any]]:
    """The codes that were typed, and beside each its row."""
    rows = [form for form in formset.forms if form.cleaned_data.get("code")]
    return [CodeDraft(**form.cleaned_data) for form in rows], rows


def initial_of(plan: RatePlan, currency: str) -> dict[str, Any]:
    """A stored plan as the form's initial values."""
    is_amount = plan.adjustment_kind == RatePlan.Adjustment.AMOUNT
    value = to_major(plan.adjustment_value, currency) if is_amount else plan.adjustment_value / HUNDREDTHS
    return {
        **{
            name: getattr(plan, name)
            for name in (
                "name",
                "description",
                "parent_id",
                "adjustment_kind",
                "audience",
                "meals",
                "payment",
                "policy_id",
                *WINDOWS,
                *NUMBERS,
            )
        },
        **{name: {True: "yes", False: "no", None: ""}[getattr(plan, name)] for name in SWITCHES},
        "difference": plain_number(value) if plan.parent_id else None,
        "rounding": plan.rounding_minor if plan.rounding_minor > 1 else None,
        "meal_adult": plan.meal_adult_minor or None,
        "meal_child": plan.meal_child_minor or None,
        "room_type_ids": [product.room_type_id for product in plan.products.all() if product.is_active],
    }
