"""The front page."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from serai.core.clock import local_date, utc_now
from serai.search.requests import parse_search
from serai.search.selectors import popular_destinations
from serai.web.guest.search_view import EARLIEST_TIMEZONE


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """A search form and the cities with most places to stay."""
    wanted = parse_search(request.GET, today=local_date(utc_now(), EARLIEST_TIMEZONE))
    return render(
        request,
        "web/guest/home.html",
        {"search": wanted, "place_text": wanted.text, "destinations": popular_destinations(limit=8)},
    )
