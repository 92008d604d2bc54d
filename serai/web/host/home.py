"""The host's first page: today at the reception, and the properties."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from serai.bookings.unplaced import count_unplaced
from serai.core.clock import utc_now
from serai.properties.rules import role_allows
from serai.properties.selectors import memberships_of
from serai.web.host.access import SignedInRequest
from serai.web.host.desk import desk_of


@login_required
@require_GET
def host_home(request: SignedInRequest) -> HttpResponse:
    """Arrivals and departures of today, figures, and a card for each property."""
    memberships = list(memberships_of(request.user))
    cards = [
        {
            "property": membership.property,
            "role": membership.get_role_display(),
            "photo": next(iter(membership.property.ready_photos), None),  # type: ignore[attr-defined]
            "may_edit": role_allows(membership.role, "edit_listing"),
        }
        for membership in memberships
    ]
    published = [
        membership.property for membership in memberships if membership.property.published_at is not None
    ]
    desk = desk_of(published, now=utc_now()) if published else None
    missing = count_unplaced([property.pk for property in published]) if published else {}
    return render(
        request,
        "web/host/home.html",
        {
            "cards": cards,
            "desk": desk,
            "has_many": len(published) > 1,
            "without_rooms": [
                {"property": property, "count": missing[property.pk]}
                for property in published
                if property.pk in missing
            ],
        },
    )
