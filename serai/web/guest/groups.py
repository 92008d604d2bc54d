"""The page of a group: which rooms are set aside, and the way to book one."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from serai.bookings.block_selectors import find_group
from serai.core.clock import utc_now
from serai.properties.selectors import cover_photos


@never_cache
@require_safe
def group_page(request: HttpRequest, code: str) -> HttpResponse:
    """Hotel, nights and rooms left of a group; its form leads to the hotel's page with the code."""
    group = find_group(code=code, now=utc_now())
    if group is None:
        raise Http404
    property_ = group.block.property
    return render(
        request,
        "web/guest/group.html",
        {
            "group": group,
            "property": property_,
            "photo": cover_photos({property_.pk}).get(property_.pk),
        },
        status=200 if group.is_open else 410,
    )
