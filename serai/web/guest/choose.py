"""From several chosen rooms to one quote."""

from __future__ import annotations

from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from serai.bookings.errors import NotOffered
from serai.core.clock import local_date, utc_now
from serai.properties.models import Property
from serai.search.choice import choose_rooms
from serai.search.requests import parse_stay
from serai.search.selectors import find_published
from serai.web.guest.quote_query import parse_quantities, request_items


@never_cache
@require_GET
def choose(request: HttpRequest, slug: str) -> HttpResponse:
    """Share the party out over the chosen rooms and go on to their price, or say what is missing.

    In place only the bar with the total is drawn anew. Back on the hotel's page all choices are kept.
    """
    try:
        property_ = find_published(slug)
    except Property.DoesNotExist:
        raise Http404 from None
    now = utc_now()
    stay_input = parse_stay(request.GET, today=local_date(now, property_.timezone))
    quantities = parse_quantities(request.GET)
    is_part = request.headers.get("HX-Target") == "choice"
    if is_part and not quantities:
        return render(request, "web/guest/_choice.html")
    try:
        if stay_input.stay is None:
            raise NotOffered(_("Please choose dates, then a room and a rate."))
        quote = choose_rooms(
            property_=property_,
            stay=stay_input.stay,
            quantities=quantities,
            is_member=request.user.is_authenticated,
            now=now,
        )
    except NotOffered as error:
        if is_part:
            return render(request, "web/guest/_choice.html", {"problem": str(error)})
        messages.error(request, str(error))
        kept = [
            *stay_input.query_items(),
            *((f"quantity-{product_id}", str(count)) for product_id, count in quantities.items()),
        ]
        return redirect(f"{reverse('property_page', args=[slug])}?{urlencode(kept)}#rooms")
    if is_part:
        return render(request, "web/guest/_choice.html", {"quote": quote})
    return redirect(f"{reverse('quote', args=[slug])}?{urlencode(request_items(quote.request))}")
