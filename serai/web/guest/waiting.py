"""Waiting for a room that is sold out: join, look, leave."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from serai.bookings.errors import NotOffered, WaitlistRefused
from serai.bookings.models import WaitlistEntry
from serai.bookings.quotes import StayRequest, make_quote
from serai.bookings.services import join_waitlist, leave_waitlist
from serai.bookings.waiting import waits_of
from serai.core.clock import local_date, utc_now
from serai.properties.models import Property
from serai.search.requests import parse_stay
from serai.web.guest.access import signed_in_user
from serai.web.guest.quote import quote_context
from serai.web.guest.quote_query import parse_request


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def wait(request: HttpRequest, slug: str) -> HttpResponse:
    """Say what the guest would wait for; a button joins. Signing in on the way comes back here."""
    property_ = get_object_or_404(Property.objects.published().select_related("destination"), slug=slug)
    back = f"{reverse('property_page', args=[slug])}?{request.GET.urlencode()}"
    now = utc_now()
    try:
        wish = _wish(request, property_)
        if request.method == "POST":
            join_waitlist(
                request=wish, user=signed_in_user(request), language=get_language() or "en", now=now
            )
            messages.success(
                request, _("You are on the waiting list. When a room is free, we hold it for you and write.")
            )
            return redirect("waiting")
        quote = make_quote(request=wish, now=now)
    except (NotOffered, WaitlistRefused) as error:
        messages.info(request, str(error))
        return redirect(back)
    if quote.property_id != property_.pk:
        raise Http404
    return render(request, "web/guest/wait.html", {"back_url": back, **quote_context(quote, property_)})


def _wish(request: HttpRequest, property_: Property) -> StayRequest:
    """The stay of the address. Raises `NotOffered` when it is none."""
    stay = parse_stay(request.GET, today=local_date(utc_now(), property_.timezone)).stay
    if stay is None:
        raise NotOffered(_("Please choose dates, then a room and a rate."))
    return parse_request(request.GET, stay, is_member=True)


@never_cache
@login_required
@require_GET
def waiting(request: HttpRequest) -> HttpResponse:
    """What the guest waits for, and what came of it."""
    return render(
        request, "web/guest/waiting.html", {"waits": waits_of(signed_in_user(request), now=utc_now())}
    )


@login_required
@require_POST
def waiting_leave(request: HttpRequest, entry_id: int) -> HttpResponse:
    """Leave the list; a room that is held goes to the next."""
    try:
        leave_waitlist(entry_id=entry_id, user=signed_in_user(request), now=utc_now())
    except WaitlistEntry.DoesNotExist:
        raise Http404 from None
    messages.success(request, _("You are not waiting for this stay any more."))
    return redirect("waiting")
