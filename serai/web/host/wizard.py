"""The steps of adding and editing a property: where the host is, what is missing, what comes next."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from serai.properties.completeness import listing_progress
from serai.properties.models import ListingDecision, Property
from serai.properties.rules import STEPS, Progress
from serai.properties.selectors import latest_decision
from serai.web.host.access import HostRequest, render_host

REVIEW = "review"


def step_names() -> dict[str, str]:
    """Every step with its name, in order."""
    return {
        "details": _("Details"),
        "place": _("Place"),
        "photos": _("Photos"),
        "amenities": _("Amenities"),
        "rooms": _("Rooms"),
        "rates": _("Rates"),
        "policies": _("Policies"),
        REVIEW: _("Review"),
    }


@dataclass(frozen=True)
class Step:
    """A step as the step bar shows it; `state` is done, current or ahead."""

    slug: str
    name: str
    state: str
    url: str
    missing: list[str]


def steps_of(property: Property, current: str, progress: Progress) -> list[Step]:
    """The step bar of a property."""
    steps = []
    for slug, name in step_names().items():
        missing = progress.missing.get(slug, [])
        is_done = not missing if slug != REVIEW else property.status in {"submitted", "published"}
        state = "current" if slug == current else "done" if is_done else "ahead"
        steps.append(
            Step(
                slug=slug,
                name=name,
                state=state,
                url=reverse("host_property_step", args=[property.pk, slug]),
                missing=missing,
            )
        )
    return steps


def next_step(step: str) -> str:
    """The step after this one; the last is the review."""
    order = [*STEPS, REVIEW]
    return order[min(order.index(step) + 1, len(order) - 1)]


def render_step(
    request: HostRequest,
    property: Property,
    step: str,
    context: dict[str, Any] | None = None,
    *,
    template: str | None = None,
    status: int = 200,
) -> HttpResponse:
    """Render a step with the bar, what it lacks, and why staff returned the listing, if they did."""
    progress = listing_progress(property)
    decision = latest_decision(property)
    is_returned = decision is not None and decision.kind == ListingDecision.Kind.RETURNED
    return render_host(
        request,
        template or f"web/host/steps/{step}.html",
        property,
        {
            "step": step,
            "steps": steps_of(property, step, progress),
            "step_name": step_names()[step],
            "missing": progress.missing.get(step, []),
            "progress": progress,
            "decision": decision,
            "returned": decision if is_returned and property.status == "returned" else None,
            **(context or {}),
        },
        status=status,
    )


def leave_step(request: HostRequest, property: Property, step: str) -> HttpResponseRedirect:
    """After saving: on to the next step, or stay when the host only wanted to save."""
    target = step if "stay" in request.POST else next_step(step)
    return redirect("host_property_step", property.pk, target)
