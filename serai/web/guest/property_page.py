"""The page of one property: what it is, what guests say, and what a stay there costs."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_safe

from serai.core.clock import local_date, utc_now
from serai.core.money import to_major
from serai.properties.models import Property
from serai.reviews.selectors import ReviewSummary, list_reviews, summarise_reviews
from serai.search.requests import Stay, StayInput, parse_stay
from serai.search.selectors import PropertyDetail, find_published, property_detail
from serai.web.guest.quote_query import parse_quantities

_JSON_ESCAPES = {ord("<"): "\\u003c", ord(">"): "\\u003e", ord("&"): "\\u0026"}


@require_safe
def property_page(request: HttpRequest, slug: str) -> HttpResponse:
    """A published property; only its rooms when the dates have been changed in place."""
    return render_property(request, _published(slug), is_preview=False)


@require_safe
def property_reviews(request: HttpRequest, slug: str) -> HttpResponse:
    """A further page of reviews; as a whole page without scripts."""
    property_ = _published(slug)
    context = {
        "property": property_,
        "reviews": list_reviews(property_id=property_.pk, page=request.GET.get("page", "1")),
    }
    is_part = request.headers.get("HX-Request") == "true"
    template = "web/guest/_reviews.html" if is_part else "web/guest/reviews.html"
    if not is_part:
        context["summary"] = summarise_reviews(property_id=property_.pk)
    response = render(request, template, context)
    patch_vary_headers(response, ["HX-Request"])
    return response


def render_property(request: HttpRequest, property_: Property, *, is_preview: bool) -> HttpResponse:
    """The page of a property that the caller has found visible; a preview says so and sells nothing."""
    now = utc_now()
    stay_input = parse_stay(request.GET, today=local_date(now, property_.timezone))
    detail = property_detail(
        property_=property_, stay=stay_input.stay, now=now, is_member=request.user.is_authenticated
    )
    context = _stay_context(detail, stay_input, is_preview=is_preview)
    context["quantities"] = parse_quantities(request.GET)
    if request.headers.get("HX-Target") == "rooms":
        response = render(request, "web/guest/_rooms.html", context)
    else:
        summary = summarise_reviews(property_id=property_.pk)
        reviews = list_reviews(property_id=property_.pk, page=1)
        url = settings.SITE_URL + reverse("property_page", args=[property_.slug])
        context |= {
            "summary": summary,
            "reviews": reviews,
            "canonical_url": url,
            "structured_data": structured_data(detail, summary, url=url),
        }
        response = render(request, "web/guest/property.html", context)
    patch_vary_headers(response, ["HX-Request", "HX-Target"])
    return response


def structured_data(detail: PropertyDetail, summary: ReviewSummary, *, url: str) -> SafeString:
    """The property as schema.org JSON-LD, safe inside a script element."""
    property_ = detail.property
    data: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "Hotel" if property_.kind == Property.Kind.HOTEL else "LodgingBusiness",
        "name": property_.name,
        "url": url,
        "description": property_.headline or property_.description[:300],
        "image": [_absolute(photo.src(1280)) for photo in detail.photos[:5]],
        "checkinTime": property_.check_in_from.isoformat("minutes"),
        "checkoutTime": property_.check_out_until.isoformat("minutes"),
        "amenityFeature": [
            {"@type": "LocationFeatureSpecification", "name": amenity.name, "value": True}
            for amenity in detail.amenities
        ],
        "address": {
            "@type": "PostalAddress",
            "streetAddress": property_.address,
            "postalCode": property_.postal_code,
        },
    }
    if property_.destination is not None:
        data["address"]["addressLocality"] = property_.destination.name
        data["address"]["addressCountry"] = property_.destination.country_code
    if property_.latitude is not None and property_.longitude is not None:
        data["geo"] = {
            "@type": "GeoCoordinates",
            "latitude": property_.latitude,
            "longitude": property_.longitude,
        }
    if property_.stars:
        data["starRating"] = {"@type": "Rating", "ratingValue": property_.stars}
    if summary.score is not None:
        data["aggregateRating"] = {
            "@type": "AggregateRating",
            "ratingValue": round(summary.score, 1),
            "bestRating": 10,
            "worstRating": 1,
            "reviewCount": summary.count,
        }
    if detail.cheapest is not None:
        price = detail.cheapest.price
        data["makesOffer"] = {
            "@type": "Offer",
            "priceCurrency": price.currency,
            "price": str(to_major(price.total_minor, price.currency)),
        }
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    # The three characters that could end the element or begin another are written as escapes.
    return mark_safe(text.translate(_JSON_ESCAPES))  # noqa: S308


def _stay_context(detail: PropertyDetail, stay_input: StayInput, *, is_preview: bool) -> dict[str, Any]:
    """What `_rooms.html` shows: the form of the stay, and rooms with their rates."""
    page_url = reverse("property_page", args=[detail.property.slug])
    return {
        "detail": detail,
        "property": detail.property,
        "stay": detail.stay,
        "stay_input": stay_input,
        "stay_query": urlencode(stay_input.query_items()),
        "stay_items": stay_input.query_items(),
        "other_stays": [
            (date, f"{page_url}?{urlencode(_moved(detail.stay, date).query_items())}#rooms")
            for date in detail.other_dates
            if detail.stay is not None
        ],
        "map_url": map_url(detail.property),
        "is_preview": is_preview,
    }


def map_url(property_: Property) -> str:
    """The place on openstreetmap.org, a link only: nothing is loaded from there."""
    if property_.latitude is None or property_.longitude is None:
        return ""
    at = f"{property_.latitude:.5f}", f"{property_.longitude:.5f}"
    return f"https://www.openstreetmap.org/?mlat={at[0]}&mlon={at[1]}#map=17/{at[0]}/{at[1]}"


def _moved(stay: Stay, check_in: dt.date) -> Stay:
    """The stay, as long, from another date."""
    return replace(stay, check_in=check_in, check_out=check_in + (stay.check_out - stay.check_in))


def _published(slug: str) -> Property:
    try:
        return find_published(slug)
    except Property.DoesNotExist:
        raise Http404 from None


def _absolute(url: str) -> str:
    return url if url.startswith("http") else f"{settings.SITE_URL}{url}"
