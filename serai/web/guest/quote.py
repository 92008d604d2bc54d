"""The quote page and the step from a quote to a hold."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from serai.bookings.alternatives import Alternatives, find_alternatives
from serai.bookings.block_selectors import with_block
from serai.bookings.errors import NotOffered, PriceChanged, QuoteExpired, QuoteInvalid, StaySoldOut
from serai.bookings.quotes import Quote, StayRequest, make_quote, read_quote
from serai.bookings.rules import check_in_instant
from serai.bookings.services import hold_quote
from serai.core.clock import local_date, utc_now
from serai.properties.models import Property
from serai.rates.models import Extra, TaxRule
from serai.search.requests import Guests, Stay, StayInput, parse_stay
from serai.web.errors import bad_request
from serai.web.guest.access import remember_checkout
from serai.web.guest.quote_query import parse_request, request_items
from serai.web.guest.stay_view import policy_steps, room_policies


@never_cache
@require_GET
def quote_page(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the exact price and terms of a stay in one or several rooms, to be held by a button."""
    property_ = get_object_or_404(Property.objects.published().select_related("destination"), slug=slug)
    now = utc_now()
    stay_input = parse_stay(request.GET, today=local_date(now, property_.timezone))
    back = f"{reverse('property_page', args=[slug])}?{_back_query(request, stay_input)}"
    if stay_input.stay is None:
        messages.error(
            request, next(iter(stay_input.errors.values()), _("Please choose dates, then a room and a rate."))
        )
        return redirect(back)
    try:
        wanted = parse_request(request.GET, stay_input.stay, is_member=request.user.is_authenticated)
        quote = make_quote(request=with_block(wanted, property_id=property_.pk, now=now), now=now)
    except NotOffered as error:
        messages.error(request, str(error))
        return redirect(back)
    if quote.property_id != property_.pk:
        messages.error(request, _("Please choose a room of this hotel."))
        return redirect(back)
    context = {"back_url": property_url(quote, property_), "now": now, **quote_context(quote, property_)}
    return render(request, "web/guest/quote.html", {**context, **_choices(quote)})


def _back_query(request: HttpRequest, stay_input: StayInput) -> str:
    """The hotel's page with what was asked for; rooms that were chosen one by one make up the party."""
    if "room" not in request.GET or stay_input.stay is None:
        return request.GET.urlencode()
    try:
        wanted = parse_request(request.GET, stay_input.stay, is_member=False)
    except NotOffered:
        return urlencode(stay_input.query_items())
    return urlencode(stay_of_request(wanted).query_items())


def _choices(quote: Quote) -> dict[str, Any]:
    """What can still be added to a quote: extras with how many of each, claims against taxes, a wish."""
    chosen = dict(quote.request.extras)
    claimed = set(quote.request.exemptions)
    labels = dict(TaxRule.Exemption.choices)
    claimable = (
        TaxRule.objects.filter(property_id=quote.property_id)
        .exclude(exemption="")
        .order_by("exemption")
        .values_list("exemption", flat=True)
        .distinct()
    )
    return {
        "extras": [
            (extra, chosen.get(extra.pk, 0))
            for extra in Extra.objects.filter(property_id=quote.property_id, is_active=True)
        ],
        "exemptions": [(name, labels[name], name in claimed) for name in claimable],
        "needs_accessible": any(room.needs_accessible for room in quote.request.rooms),
        "request_items": request_items(quote.request, is_bare=True),
        "share_url": quote_url(quote.request, quote.request.check_in, quote.request.check_out),
    }


@never_cache
@require_POST
def hold_create(request: HttpRequest) -> HttpResponse:
    """Hold what was quoted and go on to the checkout; say plainly when that is not possible."""
    token = request.POST.get("token", "")
    now = utc_now()
    user = request.user if request.user.is_authenticated else None
    try:
        checkout = hold_quote(token=token, user=user, now=now)
    except PriceChanged as error:
        property_ = Property.objects.select_related("destination").get(pk=error.new.property_id)
        context = {"old": error.old, "reasons": error.reasons, "back_url": property_url(error.new, property_)}
        return render(
            request,
            "web/guest/price_changed.html",
            {**context, **quote_context(error.new, property_)},
            status=409,
        )
    except StaySoldOut as error:
        return _sold_out(request, read_quote(token, now=now), alternatives=error.alternatives)
    except NotOffered as error:
        quote = read_quote(token, now=now)
        return _sold_out(request, quote, reason=str(error), alternatives=find_alternatives(quote, now=now))
    except QuoteExpired as error:
        messages.info(request, str(error))
        again = request.POST.get("again", "")
        return redirect(again if again.startswith("/hotels/") else "search")
    except QuoteInvalid as error:
        return bad_request(request, error)
    remember_checkout(request, checkout)
    return redirect("checkout", checkout.pk)


def quote_context(quote: Quote, property_: Property) -> dict[str, Any]:
    """What the templates of a priced stay need."""
    now = utc_now()
    arrival = check_in_instant(
        check_in=quote.request.check_in,
        check_in_from=property_.check_in_from,
        timezone=property_.timezone,
    )
    return {
        "quote": quote,
        "price": quote.price,
        "property": property_,
        "policy": policy_steps(quote.tiers, end=arrival, whole_minor=quote.price.prepayable_minor, now=now),
        "room_policies": room_policies(quote, end=arrival, now=now),
        "stay_url": property_url(quote, property_),
    }


def quote_url(request: StayRequest, check_in: dt.date, check_out: dt.date) -> str:
    """The query string of the same wish for these dates."""
    return urlencode(request_items(replace(request, check_in=check_in, check_out=check_out)))


def property_url(quote: Quote, property_: Property) -> str:
    """The hotel page with the quote's stay filled in."""
    return f"{reverse('property_page', args=[property_.slug])}?{urlencode(stay_of(quote).query_items())}"


def wait_url(quote: Quote, property_: Property) -> str:
    """Where a guest joins the waiting list for the quote; empty for what nobody can wait for."""
    if len(quote.request.product_ids) != 1 or quote.request.block_id is not None:
        return ""
    return f"{reverse('wait', args=[property_.slug])}?{urlencode(request_items(quote.request))}"


def stay_of(quote: Quote) -> Stay:
    """The quote's stay as search and hotel page take it."""
    return stay_of_request(quote.request)


def stay_of_request(request: StayRequest) -> Stay:
    """A request's stay as search and hotel page take it."""
    guests = Guests(request.party.adults, request.party.children_ages, len(request.rooms))
    needs_accessible = any(room.needs_accessible for room in request.rooms)
    return Stay(request.check_in, request.check_out, guests, request.codes, needs_accessible)


def _sold_out(
    request: HttpRequest, quote: Quote, *, alternatives: Alternatives, reason: str = ""
) -> HttpResponse:
    """Somebody was faster, or it is not sold any more for a `reason`: what is left in this hotel."""
    property_ = Property.objects.select_related("destination").get(pk=quote.property_id)
    return render(
        request,
        "web/guest/sold_out.html",
        {
            "quote": quote,
            "property": property_,
            "reason": reason,
            "other_rooms": [
                (other, urlencode(request_items(_in_room(quote.request, other.product_id))))
                for other in alternatives.rooms
            ],
            "other_dates": [
                (other, quote_url(quote.request, other.check_in, other.check_out))
                for other in alternatives.dates
            ],
            "wait_url": wait_url(quote, property_),
            "stay_url": property_url(quote, property_),
            "nearby_url": f"{reverse('search')}?"
            + urlencode([("destination", property_.destination_id or ""), *stay_of(quote).query_items()]),
        },
        status=409,
    )


def _in_room(request: StayRequest, product_id: int) -> StayRequest:
    """The same stay and parties in rooms of another product."""
    return replace(request, rooms=tuple(replace(room, product_id=product_id) for room in request.rooms))
