"""The step policies: arrival and departure, cancelling, taxes and fees."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from serai.core.clock import utc_now
from serai.core.db import write_transaction
from serai.core.money import TooPrecise, to_major, to_minor
from serai.properties.models import Property
from serai.properties.services import update_listing
from serai.rates.models import CancellationTier, RatePlan, TaxRule
from serai.rates.services.plans import (
    TaxDraft,
    TierDraft,
    find_flexible_plan,
    save_policy,
    save_taxes,
)
from serai.web.host.access import HostRequest, host_view
from serai.web.host.fields import MoneyField, filled_rows, is_resize, plain_number, typed_form, typed_rows
from serai.web.host.wizard import leave_step, render_step

TIERS, TAXES = "tiers", "taxes"
HUNDREDTHS = Decimal(100)


class TimesForm(forms.ModelForm):
    """When guests come and go, and up to which age children count as such."""

    class Meta:
        model = Property
        fields = ["check_in_from", "check_out_until", "infant_max_age", "child_max_age"]
        widgets = {
            "check_in_from": forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
            "check_out_until": forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        }

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        infant, child = cleaned.get("infant_max_age"), cleaned.get("child_max_age")
        if child is not None and child > 17:
            self.add_error("child_max_age", _("From 18 on, a guest is an adult."))
        elif infant is not None and child is not None and child < infant:
            self.add_error("child_max_age", _("This must not be lower than the age of infants."))
        return cleaned


class TierForm(forms.Form):
    """From some hours before check-in on, cancelling costs this much."""

    hours_before = forms.IntegerField(
        label=gettext_lazy("Hours before check-in"),
        min_value=0,
        max_value=24 * 180,
        required=False,
        help_text=gettext_lazy("24 is a day, 168 a week. Empty: from booking on."),
    )
    kind = forms.ChoiceField(label=gettext_lazy("Costs"), choices=CancellationTier.Kind.choices)
    value = forms.IntegerField(label=gettext_lazy("How much"), min_value=1, max_value=100)


class TierRows(forms.BaseFormSet):
    """No two tiers may begin at the same hour."""

    def clean(self) -> None:
        if any(self.errors):
            return
        hours = [form.cleaned_data.get("hours_before") for form in self.forms if form.cleaned_data]
        if len(hours) != len(set(hours)):
            raise forms.ValidationError(_("Two rows begin at the same hour. Change or remove one."))


class TaxForm(forms.Form):
    """A tax or fee."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=60)
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=TaxRule.Kind.choices)
    value = forms.DecimalField(
        label=gettext_lazy("Percent or amount"),
        min_value=Decimal("0.01"),
        max_value=Decimal(1_000_000),
        decimal_places=3,
    )
    basis = forms.ChoiceField(
        label=gettext_lazy("Charged"),
        choices=TaxRule.Basis.choices,
        required=False,
        help_text=gettext_lazy("Percentages are always of each room's night."),
    )
    period = forms.ChoiceField(
        label=gettext_lazy("How often"), choices=TaxRule.Period.choices, required=False
    )
    is_included = forms.BooleanField(label=gettext_lazy("Already in my prices"), required=False)
    is_paid_at_property = forms.BooleanField(label=gettext_lazy("Paid at the property"), required=False)

    def __init__(self, *args: Any, currency: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.currency = currency
        self.fields["from_minor"] = MoneyField(
            currency=currency,
            label=_("Only for nights from"),
            required=False,
            help_text=_("Room price a night; empty for all nights."),
        )
        self.fields["below_minor"] = MoneyField(currency=currency, label=_("and below"), required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        kind, value = cleaned.get("kind"), cleaned.get("value")
        if kind == TaxRule.Kind.PERCENT and value is not None:
            if value > 100:
                self.add_error("value", _("A tax is at most 100 percent."))
            elif (value * HUNDREDTHS) % 1:
                self.add_error("value", _("A percentage has at most two decimals."))
        elif kind == TaxRule.Kind.AMOUNT and value is not None:
            try:
                to_minor(value, self.currency)
            except TooPrecise:
                self.add_error("value", _("That is finer than the smallest coin."))
        start, below = cleaned.get("from_minor"), cleaned.get("below_minor")
        if below is not None and below <= (start or 0):
            self.add_error("below_minor", _("This must be higher than the price from which it applies."))
        return cleaned

    def draft(self) -> TaxDraft:
        """What was entered; a percentage is always of a room's night."""
        cleaned = self.cleaned_data
        is_percent = cleaned["kind"] == TaxRule.Kind.PERCENT
        return TaxDraft(
            name=cleaned["name"],
            kind=cleaned["kind"],
            value=int(cleaned["value"] * HUNDREDTHS)
            if is_percent
            else to_minor(cleaned["value"], self.currency),
            basis=TaxRule.Basis.ROOM if is_percent else cleaned["basis"] or TaxRule.Basis.ROOM,
            period=TaxRule.Period.NIGHT if is_percent else cleaned["period"] or TaxRule.Period.NIGHT,
            is_included=cleaned["is_included"],
            is_paid_at_property=cleaned["is_paid_at_property"],
            from_minor=cleaned["from_minor"] or 0,
            below_minor=cleaned["below_minor"],
        )


TierFormSet = forms.formset_factory(TierForm, formset=TierRows, extra=0, max_num=6, absolute_max=12)
TaxFormSet = forms.formset_factory(TaxForm, extra=0, max_num=10, absolute_max=20)


@host_view("edit_listing")
@require_http_methods(["GET", "POST"])
def edit_policies(request: HostRequest, property: Property) -> HttpResponseBase:
    """Times, ages, cancellation tiers and taxes; buttons for rows answer with what was typed."""
    plan = find_flexible_plan(property.pk)
    tax_kwargs: dict[str, Any] = {"form_kwargs": {"currency": property.currency}}
    if request.method == "POST" and is_resize(request.POST):
        times = typed_form(TimesForm, request.POST, instance=property)
        tiers = typed_rows(TierFormSet, request.POST, prefix=TIERS)
        taxes = typed_rows(TaxFormSet, request.POST, prefix=TAXES, **tax_kwargs)
        return _render(request, property, plan, times, tiers, taxes)
    if request.method == "POST":
        times = TimesForm(request.POST, instance=property)
        tiers = TierFormSet(request.POST, prefix=TIERS)
        taxes = TaxFormSet(request.POST, prefix=TAXES, **tax_kwargs)
        forms_are_valid = [form.is_valid() for form in (times, tiers, taxes)]
        if all(forms_are_valid):
            _save(property, plan, times, tiers, taxes)
            messages.success(request, _("Saved."))
            return leave_step(request, property, "policies")
        return _render(request, property, plan, times, tiers, taxes, status=422)
    tier_rows = list(plan.policy.tiers.values("hours_before", "kind", "value")) if plan else []
    return _render(
        request,
        property,
        plan,
        TimesForm(instance=property),
        TierFormSet(prefix=TIERS, initial=tier_rows),
        TaxFormSet(
            prefix=TAXES,
            initial=[_tax_row(tax, property.currency) for tax in property.taxes.all()],
            **tax_kwargs,
        ),
    )


def _save(property: Property, plan: RatePlan | None, times: TimesForm, tiers: Any, taxes: Any) -> None:
    """Times belong to the property, tiers and taxes to its rates: all are saved or none."""
    now = utc_now()
    with write_transaction():
        update_listing(property_id=property.pk, now=now, **times.cleaned_data)
        if plan is not None:
            save_policy(
                property_id=property.pk,
                policy_id=plan.policy_id,
                name=plan.policy.name,
                tiers=[TierDraft(**row) for row in filled_rows(tiers)],
            )
        save_taxes(
            property_id=property.pk,
            taxes=[form.draft() for form in taxes.forms if form.has_changed() and form.cleaned_data],
            now=now,
        )


def _tax_row(tax: TaxRule, currency: str) -> dict[str, Any]:
    value = (
        Decimal(tax.value) / HUNDREDTHS if tax.kind == TaxRule.Kind.PERCENT else to_major(tax.value, currency)
    )
    return {
        "name": tax.name,
        "kind": tax.kind,
        "value": plain_number(value),
        "basis": tax.basis,
        "period": tax.period,
        "is_included": tax.is_included,
        "is_paid_at_property": tax.is_paid_at_property,
        "from_minor": tax.from_minor or None,
        "below_minor": tax.below_minor,
    }


def _render(
    request: HostRequest,
    property: Property,
    plan: RatePlan | None,
    times: Any,
    tiers: Any,
    taxes: Any,
    *,
    status: int = 200,
) -> HttpResponseBase:
    return render_step(
        request,
        property,
        "policies",
        {"plan": plan, "times": times, "tiers": tiers, "taxes": taxes},
        status=status,
    )
