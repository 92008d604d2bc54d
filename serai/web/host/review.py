"""The last step: what is still missing, the preview, and handing the listing in."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from serai.core.clock import utc_now
from serai.properties.completeness import listing_progress
from serai.properties.models import Photo, Property
from serai.properties.selectors import active_room_types
from serai.properties.services import ListingIncomplete, ListingStateError, submit_listing
from serai.web.guest.property_page import render_property
from serai.web.host.access import HostRequest, host_view
from serai.web.host.wizard import REVIEW, render_step


@host_view("edit_listing")
@require_GET
def open_property(request: HostRequest, property: Property) -> HttpResponseBase:
    """The address of a property as such: go on where something is missing."""
    step = listing_progress(property).first_incomplete() or REVIEW
    return redirect("host_property_step", property.pk, step)


@host_view("edit_listing")
@require_http_methods(["GET", "POST"])
def review_listing(request: HostRequest, property: Property) -> HttpResponseBase:
    """Everything at a glance, with what is missing and the way there."""
    return render_step(
        request,
        property,
        REVIEW,
        {
            "rooms": list(active_room_types(property)),
            "cover": property.photos.filter(status=Photo.Status.READY).first(),
            "photo_count": property.photos.filter(status=Photo.Status.READY).count(),
        },
    )


@host_view("edit_listing")
@require_GET
def preview_property(request: HostRequest, property: Property) -> HttpResponse:
    """The page as a traveller will see it, whatever its state; nothing can be booked from here."""
    return render_property(request, property, is_preview=True)


@host_view("edit_listing")
@require_POST
def submit_property(request: HostRequest, property: Property) -> HttpResponseBase:
    """Hand a complete listing to the platform's staff."""
    try:
        submit_listing(property_id=property.pk, actor=request.user, now=utc_now())
    except ListingIncomplete as error:
        messages.error(request, " ".join([str(error), *error.missing]))
    except ListingStateError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Handed in. We look at it and write to you, usually within a day."))
    return redirect("host_property_step", property.pk, REVIEW)
