"""The quote page and the step from a quote to a hold."""

from __future__ import annotations

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
from serai.bookings.errors import NotOffered, PriceChanged, QuoteExpired, QuoteInvalid, StaySoldOut
from serai.bookings.quotes import Quote, StayRequest, make_quote, read_quote, request_rooms
from serai.bookings.rules import check_in_instant
from serai.bookings.services import hold_quote
from serai.core.clock import local_date, utc_now
from serai.properties.models import Property
from serai.search.requests import Guests, Stay, parse_stay
from serai.web.errors import bad_request
from serai.web.guest.access import remember_checkout
from serai.web.guest.stay_view import policy_steps


@never_cache
@require_GET
def quote_page(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the exact price and terms of one product for one stay, to be held by a button."""
    property_ = get_object_or_404(Property.objects.published().select_related("destination"), slug=slug)
    now = utc_now()
    stay_input = parse_stay(request.GET, today=local_date(now, property_.timezone))
    product = request.GET.get("product", "")
    back = f"{reverse('property_page', args=[slug])}?{request.GET.urlencode()}"
    if stay_input.stay is None or not product.isdecimal() or len(product) > 18:
        messages.error(
            request, next(iter(stay_input.errors.values()), _("Please choose dates, then a room and a rate."))
        )
        return redirect(back)
    try:
        quote = make_quote(
            request=_stay_request(int(product), stay_input.stay, is_member=request.user.is_authenticated),
            now=now,
        )
    except NotOffered as error:
        messages.error(request, str(error))
        return redirect(back)
    if quote.property_id != property_.pk:
        messages.error(request, _("Please choose a room of this hotel."))
        return redirect(back)
    return render(request, "web/guest/quote.html", {"back_url": back, **quote_context(quote, property_)})


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
        return _sold_out(
            request, read_quote(token, now=now), reason=str(error), alternatives=error.alternatives
        )
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
    return {
        "quote": quote,
        "price": quote.price,
        "property": property_,
        "policy": policy_steps(
            quote.tiers,
            end=check_in_instant(
                check_in=quote.request.check_in,
                check_in_from=property_.check_in_from,
                timezone=property_.timezone,
            ),
            whole_minor=quote.price.prepayable_minor,
            now=utc_now(),
        ),
        "stay_url": property_url(quote, property_),
    }


def property_url(quote: Quote, property_: Property) -> str:
    """The hotel page with the quote's stay filled in."""
    return f"{reverse('property_page', args=[property_.slug])}?{urlencode(stay_of(quote).query_items())}"


def stay_of(quote: Quote) -> Stay:
    """The quote's stay as search and hotel page take it."""
    request = quote.request
    guests = Guests(request.party.adults, request.party.children_ages, len(request.rooms))
    return Stay(request.check_in, request.check_out, guests, request.codes)


def _stay_request(product_id: int, stay: Stay, *, is_member: bool) -> StayRequest:
    return request_rooms(
        product_id,
        stay.check_in,
        stay.check_out,
        stay.guests.party,
        stay.guests.rooms,
        codes=stay.codes,
        is_member=is_member,
    )


def _sold_out(request: HttpRequest, quote: Quote, *, reason: str, alternatives: Alternatives) -> HttpResponse:
    """Somebody was faster: what is left in this hotel for the same stay."""
    property_ = Property.objects.select_related("destination").get(pk=quote.property_id)
    return render(
        request,
        "web/guest/sold_out.html",
        {
            "quote": quote,
            "property": property_,
            "reason": reason,
            "alternatives": alternatives,
            "stay_url": property_url(quote, property_),
            "nearby_url": f"{reverse('search')}?"
            + urlencode([("destination", property_.destination_id or ""), *stay_of(quote).query_items()]),
        },
        status=409,
    )
