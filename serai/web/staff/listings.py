"""Reviewing listings: the queue, everything about one of them, and the decision."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from serai.core.clock import utc_now
from serai.properties.completeness import listing_progress
from serai.properties.models import ListingDecision, Membership, Photo, Property
from serai.properties.rules import currency_of_country
from serai.properties.selectors import active_room_types, review_queue
from serai.properties.services import (
    ListingIncomplete,
    ListingStateError,
    approve_listing,
    return_listing,
)
from serai.rates.models import Product, RatePlan
from serai.web.host.access import SignedInRequest
from serai.web.host.fields import km_between
from serai.web.staff.access import staff_view

GOOD_PHOTO_COUNT = 5
FAR_FROM_CITY_KM = 50
# A telephone number, an address on the web or by mail: guests book here, not around the platform.
CONTACT = re.compile(r"(\+?\d[\d\s().-]{8,}\d)|(https?://|www\.)\S+|\S+@\S+\.\S+", re.IGNORECASE)


class ReturnForm(forms.Form):
    """Why a listing goes back."""

    reasons = forms.CharField(
        label=gettext_lazy("What the host should change"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=gettext_lazy("The host reads this word for word, by mail and on each step."),
    )


@dataclass(frozen=True)
class Check:
    """Something that was looked at: `tone` is success, warning or error."""

    tone: str
    text: str


@staff_view
@require_GET
def queue(request: SignedInRequest) -> HttpResponse:
    """Listings that wait, oldest first, and what was decided lately."""
    decided = (
        ListingDecision.objects.exclude(kind=ListingDecision.Kind.SUBMITTED)
        .select_related("property", "actor")
        .order_by("-decided_at")[:10]
    )
    return render(
        request, "web/staff/queue.html", {"listings": list(review_queue()), "decided": list(decided)}
    )


@staff_view
@require_GET
def review_property(request: SignedInRequest, property_id: int) -> HttpResponse:
    """All that travellers will see, what the host entered besides, and the decision's form."""
    property = get_object_or_404(Property.objects.select_related("destination"), pk=property_id)
    return _render(request, property, ReturnForm())


@staff_view
@require_POST
def approve_property(request: SignedInRequest, property_id: int) -> HttpResponseBase:
    """Publish the listing."""
    property = get_object_or_404(Property, pk=property_id)
    try:
        approve_listing(property_id=property_id, actor=request.user, now=utc_now())
    except ListingIncomplete as error:
        messages.error(request, " ".join([str(error), *error.missing]))
        return redirect("staff_property", property_id)
    except ListingStateError as error:
        messages.error(request, str(error))
        return redirect("staff_property", property_id)
    messages.success(request, _("“%(name)s” is published.") % {"name": property.name})
    return redirect("staff_home")


@staff_view
@require_http_methods(["POST"])
def return_property(request: SignedInRequest, property_id: int) -> HttpResponseBase:
    """Send the listing back with reasons."""
    property = get_object_or_404(Property.objects.select_related("destination"), pk=property_id)
    form = ReturnForm(request.POST)
    if not form.is_valid():
        return _render(request, property, form, status=422)
    try:
        return_listing(
            property_id=property_id,
            actor=request.user,
            reasons=form.cleaned_data["reasons"],
            now=utc_now(),
        )
    except ListingStateError as error:
        form.add_error(None, str(error))
        return _render(request, property, form, status=422)
    messages.success(request, _("“%(name)s” went back to its host.") % {"name": property.name})
    return redirect("staff_home")


def _render(
    request: SignedInRequest, property: Property, form: ReturnForm, *, status: int = 200
) -> HttpResponse:
    photos = list(property.photos.select_related("room_type").order_by("position", "id"))
    products = Product.objects.filter(rate_plan__property=property, rate_plan__parent=None, is_active=True)
    context: dict[str, Any] = {
        "property": property,
        "form": form,
        "photos": photos,
        "amenities": list(property.amenities.all()),
        "rooms": list(active_room_types(property)),
        "products": list(products.select_related("room_type", "rate_plan").order_by("room_type__position")),
        "plans": list(
            RatePlan.objects.filter(property=property, is_active=True)
            .select_related("policy", "parent")
            .prefetch_related("policy__tiers")
        ),
        "taxes": list(property.taxes.all()),
        "seasons": list(property.seasons.all()),
        "owners": list(property.memberships.filter(role=Membership.Role.OWNER).select_related("user")),
        "decisions": list(property.decisions.select_related("actor").order_by("-decided_at", "-id")),
        "checks": listing_checks(property, photos),
        "can_decide": property.status == Property.Status.SUBMITTED,
    }
    return render(request, "web/staff/property.html", context, status=status)


def listing_checks(property: Property, photos: list[Photo]) -> list[Check]:
    """What a machine can see of a listing's quality; a person decides."""
    missing = listing_progress(property).all_missing
    checks = [Check("error", sentence) for sentence in missing]
    if not missing:
        checks.append(Check("success", _("Nothing required is missing.")))
    checks.append(_check_photos(photos))
    checks.append(_check_contact(property))
    checks.extend(_check_place(property))
    return checks


def _check_photos(photos: list[Photo]) -> Check:
    ready = sum(photo.status == Photo.Status.READY for photo in photos)
    undescribed = sum(photo.status == Photo.Status.READY and not photo.alt for photo in photos)
    if ready < GOOD_PHOTO_COUNT:
        return Check(
            "warning",
            ngettext("Only %(count)d photo can be shown.", "Only %(count)d photos can be shown.", ready)
            % {"count": ready},
        )
    if undescribed:
        return Check(
            "warning",
            ngettext(
                "%(count)d photo has no description.", "%(count)d photos have no description.", undescribed
            )
            % {"count": undescribed},
        )
    return Check("success", _("%(count)d photos, all described.") % {"count": ready})


def _check_contact(property: Property) -> Check:
    found = CONTACT.search(f"{property.headline}\n{property.description}")
    if found:
        return Check("warning", _("The texts hold contact details: “%(text)s”.") % {"text": found[0].strip()})
    return Check("success", _("The texts hold no contact details."))


def _check_place(property: Property) -> list[Check]:
    destination = property.destination
    if destination is None or property.latitude is None or property.longitude is None:
        return []
    distance = km_between(property.latitude, property.longitude, destination)
    checks = [
        Check(
            "warning" if distance > FAR_FROM_CITY_KM else "success",
            _("The position is %(km)s km from the centre of %(city)s.")
            % {"km": f"{distance:.1f}", "city": destination.name},
        )
    ]
    usual = currency_of_country(destination.country_code)
    if property.currency != usual:
        checks.append(
            Check(
                "warning",
                _("Prices are in %(currency)s; usual there is %(usual)s.")
                % {"currency": property.currency, "usual": usual},
            )
        )
    if property.timezone != destination.timezone:
        checks.append(
            Check(
                "warning",
                _("The time zone is %(zone)s; the city's is %(usual)s.")
                % {"zone": property.timezone, "usual": destination.timezone},
            )
        )
    return checks
