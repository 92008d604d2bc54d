"""Rate plans: the tree of them, one plan, its prices, archive and order."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from serai.bookings.opening import selling_dates
from serai.core.clock import utc_now
from serai.core.errors import DomainError
from serai.core.money import minor_digits
from serai.properties.models import Property
from serai.rates.models import CancellationPolicy, RatePlan
from serai.rates.plan_selectors import links_to, plan_tree, possible_parents
from serai.rates.preview import preview_steps
from serai.rates.rules import Adjustment
from serai.rates.services.errors import RatePlanHasChildren, RatePlanInvalid
from serai.rates.services.plans import (
    PRIVATE,
    archive_rate_plan,
    move_rate_plan,
    restore_rate_plan,
    save_rate_plan,
)
from serai.rates.services.standard import find_flexible_plan, save_plan_prices
from serai.web.host.access import HostRequest, host_view
from serai.web.host.fields import is_resize, typed_form, typed_rows
from serai.web.host.plan_forms import (
    CODES,
    NAMES_BY_ATTRIBUTE,
    CodeFormSet,
    PlanForm,
    codes_of,
    initial_of,
)
from serai.web.host.rate_pages import render_rates, show_refusal, signed_percent
from serai.web.host.rates import RoomRateForm, form_of, products_by_room, stored_rate

# What the preview starts from, in whole units of the property's currency.
PREVIEWED = 4_000


@host_view("edit_prices")
@require_GET
def list_plans(request: HostRequest, property: Property) -> HttpResponseBase:
    """The plans as a tree, with difference, audience, codes and policy; archived ones below."""
    tree, archived = plan_tree(property.pk)
    rows = [
        {
            "row": row,
            "percent": signed_percent(row.plan.adjustment_value),
            "size": abs(row.plan.adjustment_value),
        }
        for row in tree
    ]
    return render_rates(
        request, "plans.html", property, {"rows": rows, "archived": archived}, tab="host_plans"
    )


@host_view("edit_prices")
@require_http_methods(["GET", "POST"])
def edit_plan(request: HostRequest, property: Property, plan_id: int | None = None) -> HttpResponseBase:
    """Add or change a plan; buttons for codes and the preview answer with the form as it was typed."""
    plans = list(RatePlan.objects.filter(property=property))
    plan = next((plan for plan in plans if plan.pk == plan_id), None)
    if plan_id is not None and plan is None:
        raise Http404
    choices: dict[str, Any] = {
        "property": property,
        "parents": possible_parents(plans, plan_id),
        "policies": list(CancellationPolicy.objects.filter(property=property)),
        "rooms": list(property.room_types.filter(is_active=True)),
    }
    shown: dict[str, Any] = {"plan": plan, "plans": plans, "choices": choices}
    if request.method == "POST" and (is_resize(request.POST) or "preview" in request.POST):
        form = typed_form(PlanForm, request.POST, **choices)
        codes = typed_rows(CodeFormSet, request.POST, prefix=CODES)
        steps = _typed_steps(PlanForm(request.POST, **choices), plans, property)
        return _render_plan(request, property, form, codes, steps=steps, **shown)
    if request.method == "POST":
        form = PlanForm(request.POST, **choices)
        codes = CodeFormSet(request.POST, prefix=CODES)
        saved = _save_plan(property, plan_id, form, codes) if form.is_valid() & codes.is_valid() else None
        if saved is not None:
            return _leave_saved(request, property, saved, is_new=plan is None)
        steps = _typed_steps(form, plans, property)
        return _render_plan(request, property, form, codes, steps=steps, status=422, **shown)
    if plan is not None:
        form = PlanForm(initial=initial_of(plan, property.currency), **choices)
        rows = list(plan.codes.values("code", "company", "valid_until_date", "is_active"))
        links = links_to(plans, plan.pk) if plan.parent_id else []
    else:
        form = PlanForm(initial=_beginning(property, choices), **choices)
        rows, links = [], []
    codes = CodeFormSet(initial=rows, prefix=CODES)
    return _render_plan(request, property, form, codes, steps=_steps(links, property), **shown)


def _beginning(property: Property, choices: dict[str, Any]) -> dict[str, Any]:
    """A new plan starts as ten percent off the plan that carries the prices."""
    flexible = find_flexible_plan(property.pk)
    return {
        "parent_id": flexible.pk if flexible and flexible.is_active else None,
        "difference": "-10",
        "policy_id": flexible.policy_id if flexible else None,
        "room_type_ids": [room.pk for room in choices["rooms"]],
    }


def _save_plan(property: Property, plan_id: int | None, form: PlanForm, codes: Any) -> RatePlan | None:
    """Save what was entered; put a refusal beside its field and return None."""
    drafts, rows = codes_of(codes)
    try:
        return save_rate_plan(
            property_id=property.pk, draft=form.draft(drafts), plan_id=plan_id, now=utc_now()
        )
    except RatePlanInvalid as error:
        show_refusal(error, form, rows, names=NAMES_BY_ATTRIBUTE)
        return None


def _leave_saved(
    request: HostRequest, property: Property, plan: RatePlan, *, is_new: bool
) -> HttpResponseRedirect:
    """Say that it was saved, and what is still missing before anybody can book it."""
    messages.success(request, _("“%(plan)s” was saved.") % {"plan": plan.name})
    if plan.audience in PRIVATE and not plan.codes.filter(is_active=True).exists():
        messages.warning(
            request, _("Without a code in use nobody can book “%(plan)s”.") % {"plan": plan.name}
        )
    if plan.parent_id is None and is_new:
        messages.info(request, _("Now say what its rooms cost."))
        return redirect("host_plan_prices", property.pk, plan.pk)
    return redirect("host_plans", property.pk)


def _typed_steps(form: PlanForm, plans: list[RatePlan], property: Property) -> list[dict[str, Any]]:
    """The preview of what was typed, as far as it makes sense."""
    form.is_valid()
    typed = form.cleaned_data
    needed = {"parent_id", "difference", "rounding", "adjustment_kind"}
    if not needed <= typed.keys() or typed["parent_id"] is None or typed["difference"] is None:
        return []
    own = Adjustment(
        typed["adjustment_kind"],
        typed["adjustment_value"],
        typed["rounding"] or 1,
        plan=typed.get("name") or _("This plan"),
    )
    return _steps([*links_to(plans, typed["parent_id"]), own], property)


def _steps(links: list[Adjustment], property: Property) -> list[dict[str, Any]]:
    start = PREVIEWED * 10 ** minor_digits(property.currency)
    return [
        {"link": link, "percent": signed_percent(link.value), "minor": minor}
        for link, minor in preview_steps(start, links)
    ]


def _render_plan(
    request: HostRequest,
    property: Property,
    form: Any,
    codes: Any,
    *,
    steps: list[dict[str, Any]],
    plan: RatePlan | None,
    plans: list[RatePlan],
    choices: dict[str, Any],
    status: int = 200,
) -> HttpResponseBase:
    context = {"plan": plan, "form": form, "codes": codes, "steps": steps, **choices}
    return render_rates(request, "plan.html", property, context, status=status, tab="host_plans")


@host_view("edit_prices")
@require_http_methods(["GET", "POST"])
def edit_plan_prices(request: HostRequest, property: Property, plan_id: int) -> HttpResponseBase:
    """What the rooms of a plan without parent cost; nights that are on sale are filled."""
    plan = _plan_of(property, plan_id)
    if plan.parent_id is not None:
        raise Http404
    products = products_by_room(plan)
    rooms = list(property.room_types.filter(is_active=True))
    if request.method == "POST":
        rates = [
            RoomRateForm(request.POST, stored=products.get(room.pk), **form_of(room, property))
            for room in rooms
        ]
        forms_are_valid = [form.is_valid() for form in rates]
        if rates and all(forms_are_valid):
            now = utc_now()
            first, last = selling_dates(property, now)
            save_plan_prices(
                property_id=property.pk,
                plan_id=plan.pk,
                rates=[form.rate() for form in rates],
                first=first,
                last=last,
                now=now,
            )
            messages.success(request, _("Saved. The next 18 months carry these prices."))
            return redirect("host_plans", property.pk)
    else:
        rates = [stored_rate(room, property, products.get(room.pk)) for room in rooms]
    has_errors = request.method == "POST"
    return render_rates(
        request,
        "plan_prices.html",
        property,
        {"plan": plan, "rates": rates, "has_errors": has_errors},
        status=422 if has_errors else 200,
        tab="host_plans",
    )


@host_view("edit_prices")
@require_http_methods(["GET", "POST"])
def archive_plan(request: HostRequest, property: Property, plan_id: int) -> HttpResponseBase:
    """Ask, naming what derives from the plan; then sell it, and with leave those, no longer."""
    plan = _plan_of(property, plan_id)
    form = ArchiveForm(request.POST if request.method == "POST" else None)
    refusal = ""
    if request.method == "POST" and form.is_valid():
        try:
            gone = archive_rate_plan(
                property_id=property.pk,
                plan_id=plan.pk,
                with_children=form.cleaned_data["with_children"],
                now=utc_now(),
            )
        except RatePlanHasChildren as error:
            refusal = str(error)
        else:
            names = ", ".join(f"“{entry.name}”" for entry in gone)
            messages.success(request, _("No longer sold: %(plans)s.") % {"plans": names})
            return redirect("host_plans", property.pk)
    plans = list(RatePlan.objects.filter(property=property))
    apart = {entry.pk for entry in possible_parents(plans, plan.pk)}
    children = [entry for entry in plans if entry.is_active and entry.pk not in apart and entry != plan]
    return render_rates(
        request,
        "plan_archive.html",
        property,
        {"plan": plan, "children": children, "refusal": refusal},
        status=422 if refusal else 200,
        tab="host_plans",
    )


class ArchiveForm(forms.Form):
    """Whether the plans that derive from it go too."""

    with_children = forms.BooleanField(required=False)


@host_view("edit_prices")
@require_POST
def restore_plan(request: HostRequest, property: Property, plan_id: int) -> HttpResponseBase:
    """Sell an archived plan again."""
    try:
        plan = restore_rate_plan(property_id=property.pk, plan_id=plan_id, now=utc_now())
    except RatePlan.DoesNotExist as error:
        raise Http404 from error
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("“%(plan)s” is sold again.") % {"plan": plan.name})
    return redirect("host_plans", property.pk)


@host_view("edit_prices")
@require_POST
def order_plan(request: HostRequest, property: Property, plan_id: int) -> HttpResponseBase:
    """Move a plan up or down among those with the same parent."""
    by = {"up": -1, "down": 1}.get(request.POST.get("to", ""))
    if by is None:
        raise Http404
    try:
        move_rate_plan(property_id=property.pk, plan_id=plan_id, by=by, now=utc_now())
    except RatePlan.DoesNotExist as error:
        raise Http404 from error
    return redirect("host_plans", property.pk)


def _plan_of(property: Property, plan_id: int) -> RatePlan:
    plan = RatePlan.objects.filter(pk=plan_id, property=property).first()
    if plan is None:
        raise Http404
    return plan
