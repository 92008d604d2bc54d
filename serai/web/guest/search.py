"""The result list and the suggestions under the search field."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from serai.core.clock import local_date, utc_now
from serai.search.destinations import resolve_place
from serai.search.destinations import suggest as suggest_places
from serai.search.requests import parse_place, parse_search
from serai.search.selectors import search_properties
from serai.web.guest.search_view import EARLIEST_TIMEZONE, canonical_url, search_context

SUGGESTIONS_SECONDS = 300


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Results as a page; only the list and its figures when a filter or the order has changed."""
    now = utc_now()
    text, destination_id = parse_place(request.GET)
    place = resolve_place(text, destination_id=destination_id)
    wanted = parse_search(request.GET, today=local_date(now, place.timezone or EARLIEST_TIMEZONE))
    page = search_properties(wanted, place, now=now, is_member=request.user.is_authenticated)
    is_part = request.headers.get("HX-Target") == "results"
    template = "web/guest/_results.html" if is_part else "web/guest/search.html"
    response = render(request, template, {**search_context(request.GET, page), "is_part": is_part})
    if is_part:
        response["HX-Push-Url"] = canonical_url(request.GET)
    patch_vary_headers(response, ["HX-Request", "HX-Target"])
    return response


@require_safe
def suggest(request: HttpRequest) -> HttpResponse:
    """Options for what has been typed so far."""
    text, _destination_id = parse_place(request.GET)
    response = render(request, "web/guest/_suggestions.html", {"suggestions": suggest_places(text)})
    response["Cache-Control"] = f"private, max-age={SUGGESTIONS_SECONDS}"
    return response
