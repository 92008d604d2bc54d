"""Who waits for which room of a property."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.views.decorators.http import require_GET

from serai.bookings.waiting import waiting_at
from serai.properties.models import Property
from serai.web.host.access import HostRequest, host_view, render_host

PER_PAGE = 50


@host_view("view_bookings")
@require_GET
def list_waiting(request: HostRequest, property: Property) -> HttpResponse:
    """Everybody who waits or is being offered, in the order in which they are served."""
    page = Paginator(waiting_at(property.pk), PER_PAGE).get_page(request.GET.get("page"))
    return render_host(request, "web/host/waiting.html", property, {"page": page})
