"""Cancellation policies: the list, and one with all its terms."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Count, Prefetch
from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from serai.core.clock import utc_now
from serai.properties.models import Property
from serai.rates.models import CancellationPolicy, ChargeKind, RatePlan
from serai.rates.services.errors import PolicyInUse, PolicyInvalid
from serai.rates.services.policies import (
    DepositDraft,
    PolicyDetails,
    TierDraft,
    remove_policy,
    save_policy,
)
from serai.web.host.access import HostRequest, host_view
from serai.web.host.fields import is_resize, typed_form, typed_rows
from serai.web.host.rate_pages import clean_charge, render_rates, show_refusal, shown_charge

TIERS, DEPOSITS = "tiers", "deposits"
HOURS, DAYS = "hours", "days"
MOST_HOURS = 24 * 365


def _charge_field(label: Any, *, required: bool = True) -> forms.DecimalField:
    return forms.DecimalField(
        label=label,
        min_value=Decimal(0),
        max_value=Decimal(100_000_000),
        decimal_places=3,
        required=required,
    )


class ChargeForm(forms.Form):
    """A row with a charge of one of three kinds."""

    kind = forms.ChoiceField(label=gettext_lazy("Costs"), choices=ChargeKind.choices)
    value = _charge_field(gettext_lazy("How much"))

    def __init__(self, *args: Any, currency: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.currency = currency

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        cleaned["charge"] = clean_charge(self, cleaned, kind="kind", value="value", currency=self.currency)
        return cleaned


class FullTierForm(ChargeForm):
    """From when on cancelling costs this much."""

    before = forms.IntegerField(
        label=gettext_lazy("Before check-in"),
        min_value=0,
        max_value=MOST_HOURS,
        required=False,
        help_text=gettext_lazy("Empty: from booking on."),
    )
    unit = forms.ChoiceField(
        label=gettext_lazy("Counted in"),
        choices=[(HOURS, gettext_lazy("Hours")), (DAYS, gettext_lazy("Days"))],
    )
    field_order = ("before", "unit", "kind", "value")

    def has_changed(self) -> bool:
        # A row with nothing but its choices is an empty one.
        return {"before", "value"} & set(self.changed_data) != set()

    def draft(self) -> TierDraft:
        """What was entered."""
        cleaned = self.cleaned_data
        in_days = cleaned["unit"] == DAYS
        return TierDraft(
            hours_before=None if in_days else cleaned["before"],
            days_before=cleaned["before"] if in_days else None,
            kind=cleaned["kind"],
            value=cleaned["charge"],
        )


class DepositForm(ChargeForm):
    """A part of the price that is due before arrival."""

    days_before = forms.IntegerField(
        label=gettext_lazy("Days before arrival"),
        min_value=0,
        max_value=365,
        required=False,
        help_text=gettext_lazy("Empty: at booking."),
    )
    field_order = ("days_before", "kind", "value")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].label = _("Due is")

    def has_changed(self) -> bool:
        return {"days_before", "value"} & set(self.changed_data) != set()

    def draft(self) -> DepositDraft:
        """What was entered."""
        cleaned = self.cleaned_data
        return DepositDraft(cleaned["days_before"], cleaned["kind"], cleaned["charge"])


class PolicyForm(forms.Form):
    """A policy's name and what it says beside tiers and deposits."""

    name = forms.CharField(
        label=gettext_lazy("Name"), max_length=80, help_text=gettext_lazy("Guests see it beside the price.")
    )
    no_show_kind = forms.ChoiceField(
        label=gettext_lazy("Not coming costs"),
        choices=[("", gettext_lazy("As cancelling at check-in")), *ChargeKind.choices],
        required=False,
    )
    no_show_value = _charge_field(gettext_lazy("How much"), required=False)
    early_departure_percent = forms.IntegerField(
        label=gettext_lazy("Leaving early costs, in percent of the nights given back"),
        min_value=0,
        max_value=100,
        initial=100,
    )
    change_rates = forms.ChoiceField(
        label=gettext_lazy("When guests change their dates"),
        choices=CancellationPolicy.ChangeRates.choices,
        initial=CancellationPolicy.ChangeRates.CURRENT,
    )
    guarantee = forms.ChoiceField(
        label=gettext_lazy("What guarantees the room"),
        choices=[
            (CancellationPolicy.Guarantee.NONE.value, gettext_lazy("Nothing")),
            (CancellationPolicy.Guarantee.DEPOSIT.value, CancellationPolicy.Guarantee.DEPOSIT.label),
            (CancellationPolicy.Guarantee.PREPAID.value, CancellationPolicy.Guarantee.PREPAID.label),
        ],
    )
    kept_until = forms.TimeField(
        label=gettext_lazy("Without a guarantee kept until"),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        help_text=gettext_lazy("On the day of arrival. Empty: all day."),
    )

    def __init__(self, *args: Any, currency: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.currency = currency

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        charge = clean_charge(
            self, cleaned, kind="no_show_kind", value="no_show_value", currency=self.currency
        )
        if cleaned.get("no_show_kind") and charge is None and "no_show_value" not in self.errors:
            self.add_error("no_show_value", _("Say how much."))
        cleaned["charge"] = charge or 0
        return cleaned

    def terms(self) -> PolicyDetails:
        """What was entered."""
        cleaned = self.cleaned_data
        return PolicyDetails(
            no_show_kind=cleaned["no_show_kind"],
            no_show_value=cleaned["charge"],
            early_departure_percent=cleaned["early_departure_percent"],
            change_rates=cleaned["change_rates"],
            guarantee=cleaned["guarantee"],
            kept_until=cleaned["kept_until"],
        )


FullTierFormSet = forms.formset_factory(FullTierForm, extra=0, max_num=12, absolute_max=20)
DepositFormSet = forms.formset_factory(DepositForm, extra=0, max_num=6, absolute_max=12)


@host_view("edit_prices")
@require_GET
def list_policies(request: HostRequest, property: Property) -> HttpResponseBase:
    """Every policy with its terms in short, and the rate plans that have it."""
    policies = (
        CancellationPolicy.objects.filter(property=property)
        .annotate(plan_count=Count("rate_plans"))
        .prefetch_related(
            "tiers",
            "deposits",
            Prefetch("rate_plans", RatePlan.objects.filter(is_active=True), to_attr="sold_plans"),
        )
    )
    return render_rates(request, "policies.html", property, {"policies": list(policies)}, tab="host_policies")


@host_view("edit_prices")
@require_http_methods(["GET", "POST"])
def edit_policy(request: HostRequest, property: Property, policy_id: int | None = None) -> HttpResponseBase:
    """Add or change a policy; buttons for rows answer with what was typed."""
    policy = None
    if policy_id is not None:
        policy = CancellationPolicy.objects.filter(pk=policy_id, property=property).first()
        if policy is None:
            raise Http404
    currency = property.currency
    kwargs: dict[str, Any] = {"form_kwargs": {"currency": currency}}
    status = 200
    if request.method == "POST" and is_resize(request.POST):
        form = typed_form(PolicyForm, request.POST, currency=currency)
        tiers = typed_rows(FullTierFormSet, request.POST, prefix=TIERS, **kwargs)
        deposits = typed_rows(DepositFormSet, request.POST, prefix=DEPOSITS, **kwargs)
    elif request.method == "POST":
        form = PolicyForm(request.POST, currency=currency)
        tiers = FullTierFormSet(request.POST, prefix=TIERS, **kwargs)
        deposits = DepositFormSet(request.POST, prefix=DEPOSITS, **kwargs)
        forms_are_valid = [each.is_valid() for each in (form, tiers, deposits)]
        if all(forms_are_valid) and _save(property, policy_id, form, tiers, deposits):
            messages.success(request, _("Saved. New bookings are made under these terms."))
            return redirect("host_policies", property.pk)
        status = 422
    elif policy is None:
        form = PolicyForm(currency=currency)
        tiers, deposits = FullTierFormSet(prefix=TIERS, **kwargs), DepositFormSet(prefix=DEPOSITS, **kwargs)
    else:
        form = PolicyForm(initial=_initial(policy, currency), currency=currency)
        tiers = FullTierFormSet(
            prefix=TIERS,
            initial=[
                {
                    "before": tier.hours_before if tier.days_before is None else tier.days_before,
                    "unit": HOURS if tier.days_before is None else DAYS,
                    "kind": tier.kind,
                    "value": shown_charge(tier.kind, tier.value, currency),
                }
                for tier in policy.tiers.all()
            ],
            **kwargs,
        )
        deposits = DepositFormSet(
            prefix=DEPOSITS,
            initial=[
                {
                    "days_before": step.days_before,
                    "kind": step.kind,
                    "value": shown_charge(step.kind, step.value, currency),
                }
                for step in policy.deposits.all()
            ],
            **kwargs,
        )
    context = {"policy": policy, "form": form, "tiers": tiers, "deposits": deposits}
    return render_rates(request, "policy.html", property, context, status=status, tab="host_policies")


@host_view("edit_prices")
@require_POST
def drop_policy(request: HostRequest, property: Property, policy_id: int) -> HttpResponseBase:
    """Delete a policy that no rate plan has."""
    try:
        remove_policy(property_id=property.pk, policy_id=policy_id, now=utc_now())
    except CancellationPolicy.DoesNotExist as error:
        raise Http404 from error
    except PolicyInUse as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("The terms were deleted."))
    return redirect("host_policies", property.pk)


def _initial(policy: CancellationPolicy, currency: str) -> dict[str, Any]:
    names = ("name", "no_show_kind", "early_departure_percent", "change_rates", "guarantee", "kept_until")
    initial = {name: getattr(policy, name) for name in names}
    if policy.no_show_kind:
        initial["no_show_value"] = shown_charge(policy.no_show_kind, policy.no_show_value, currency)
    return initial


def _save(property: Property, policy_id: int | None, form: PolicyForm, tiers: Any, deposits: Any) -> bool:
    """Save what was entered; put a refusal beside its field and return False."""
    tier_rows = [row for row in tiers.forms if row.has_changed()]
    deposit_rows = [row for row in deposits.forms if row.has_changed()]
    try:
        save_policy(
            property_id=property.pk,
            policy_id=policy_id,
            name=form.cleaned_data["name"],
            terms=form.terms(),
            tiers=[row.draft() for row in tier_rows],
            deposits=[row.draft() for row in deposit_rows],
            now=utc_now(),
        )
    except PolicyInvalid as error:
        rows = {TIERS: tier_rows, DEPOSITS: deposit_rows}.get(error.part, [])
        names = {"deposits": "guarantee"}
        if error.part == TIERS:
            names = {"hours_before": "before", "days_before": "before"}
        show_refusal(error, form, rows, names=names)
        return False
    return True
