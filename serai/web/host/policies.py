"""The step policies: arrival and departure, cancelling, taxes and fees."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from serai.core.clock import utc_now
from serai.core.db import write_transaction
from serai.properties.models import Property
from serai.properties.services import update_listing
from serai.rates.models import CancellationTier, RatePlan
from serai.rates.services.errors import RatesInvalid
from serai.rates.services.policies import TierDraft
from serai.rates.services.standard import (
    MOST_SIMPLE_TIERS,
    find_flexible_plan,
    has_simple_tiers,
    save_standard_terms,
)
from serai.web.host.access import HostRequest, host_view
from serai.web.host.fields import filled_rows, is_resize, typed_form, typed_rows
from serai.web.host.rate_pages import show_refusal
from serai.web.host.tax_forms import (
    SHOWN,
    TAXES,
    SimpleTaxFormSet,
    drafts_of,
    shown_ids,
    simple_kwargs,
    tax_row,
)
from serai.web.host.wizard import leave_step, render_step

TIERS = "tiers"
SIMPLE_CHARGES = [
    (kind.value, kind.label) for kind in (CancellationTier.Kind.PERCENT, CancellationTier.Kind.NIGHTS)
]


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
    kind = forms.ChoiceField(label=gettext_lazy("Costs"), choices=SIMPLE_CHARGES)
    value = forms.IntegerField(label=gettext_lazy("How much"), min_value=1, max_value=100)


class TierRows(forms.BaseFormSet):
    """No two tiers may begin at the same hour."""

    def clean(self) -> None:
        if any(self.errors):
            return
        hours = [form.cleaned_data.get("hours_before") for form in self.forms if form.cleaned_data]
        if len(hours) != len(set(hours)):
            raise forms.ValidationError(_("Two rows begin at the same hour. Change or remove one."))


TierFormSet = forms.formset_factory(
    TierForm, formset=TierRows, extra=0, max_num=MOST_SIMPLE_TIERS, absolute_max=12
)


@host_view("edit_listing")
@require_http_methods(["GET", "POST"])
def edit_policies(request: HostRequest, property: Property) -> HttpResponseBase:
    """Times, ages, cancellation tiers and taxes; buttons for rows answer with what was typed."""
    plan = find_flexible_plan(property.pk)
    tax_kwargs = simple_kwargs(property)
    if request.method == "POST" and is_resize(request.POST):
        times = typed_form(TimesForm, request.POST, instance=property)
        tiers = typed_rows(TierFormSet, request.POST, prefix=TIERS)
        taxes = typed_rows(SimpleTaxFormSet, request.POST, prefix=TAXES, **tax_kwargs)
        return _render(request, property, plan, times, tiers, taxes)
    if request.method == "POST":
        times = TimesForm(request.POST, instance=property)
        tiers = TierFormSet(request.POST, prefix=TIERS)
        taxes = SimpleTaxFormSet(request.POST, prefix=TAXES, **tax_kwargs)
        forms_are_valid = [form.is_valid() for form in (times, tiers, taxes)]
        if all(forms_are_valid) and _save(request, property, times, tiers, taxes):
            messages.success(request, _("Saved."))
            return leave_step(request, property, "policies")
        return _render(request, property, plan, times, tiers, taxes, status=422)
    tier_rows = (
        [
            {"hours_before": tier.hours_before, "kind": tier.kind, "value": tier.value}
            for tier in plan.policy.tiers.all()
        ]
        if plan and has_simple_tiers(plan.policy)
        else []
    )
    return _render(
        request,
        property,
        plan,
        TimesForm(instance=property),
        TierFormSet(prefix=TIERS, initial=tier_rows),
        SimpleTaxFormSet(
            prefix=TAXES,
            initial=[tax_row(tax, property.currency) for tax in property.taxes.all()],
            **tax_kwargs,
        ),
    )


def _save(request: HostRequest, property: Property, times: TimesForm, tiers: Any, taxes: Any) -> bool:
    """Times belong to the property, tiers and taxes to its rates: all are saved or none.

    Tiers that this page cannot show stay as they are, and so does all else that it does not show.
    """
    now = utc_now()
    drafts, rows = drafts_of(taxes)
    try:
        with write_transaction():
            update_listing(property_id=property.pk, now=now, **times.cleaned_data)
            save_standard_terms(
                property_id=property.pk,
                tiers=[TierDraft(**row) for row in filled_rows(tiers)],
                taxes=drafts,
                shown_tax_ids=shown_ids(request.POST),
                now=now,
            )
    except RatesInvalid as error:
        show_refusal(error, times, rows)
        return False
    return True


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
    shown = shown_ids(request.POST) if SHOWN in request.POST else [tax.pk for tax in property.taxes.all()]
    return render_step(
        request,
        property,
        "policies",
        {
            "plan": plan,
            "has_simple_tiers": plan is not None and has_simple_tiers(plan.policy),
            "times": times,
            "tiers": tiers,
            "taxes": taxes,
            "shown": " ".join(map(str, shown)),
        },
        status=status,
    )
