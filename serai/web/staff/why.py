"""Why can't this be booked? For any property, published or not."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from serai.properties.models import Property
from serai.web.host.access import SignedInRequest
from serai.web.host.why import why_context
from serai.web.staff.access import staff_view


@staff_view
@require_safe
def ask_why(request: SignedInRequest) -> HttpResponse:
    """Choose a property by its number or address, then ask as its host would."""
    typed = request.GET.get("property", "").strip()[:120]
    context: dict[str, Any] = {"typed": typed}
    status = 200
    if typed:
        is_number = typed.isdecimal() and len(typed) < 19
        wanted = Q(pk=int(typed)) if is_number else Q(slug=typed.lower())
        property_ = Property.objects.filter(wanted).first()
        if property_ is None:
            context["error"] = _(
                "There is no such property. Type its number or the last part of its address."
            )
            status = 422
        else:
            asked, status = why_context(request, property_)
            context |= {"staff_property": property_, **asked}
    return render(request, "web/staff/why.html", context, status=status)
