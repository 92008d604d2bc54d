"""The host's bookings: the list, one booking with its history, and what can be done with it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from serai.bookings.errors import StateConflict
from serai.bookings.models import Booking
from serai.bookings.quotes import quote_from_json
from serai.bookings.rules import may_become, terms_from_json
from serai.bookings.selectors import (
    active_rooms,
    balance_minor,
    deposit_schedule,
    is_over,
    overdue_deposits,
    paid_minor,
)
from serai.bookings.services import (
    cancel_booking,
    check_in_booking,
    check_out_booking,
    mark_no_show,
    no_show_cost,
)
from serai.bookings.services.book import SITE
from serai.core.clock import local_date, utc_now
from serai.properties.selectors import properties_where
from serai.web.host.access import SignedInRequest
from serai.web.host.assignment import assignments_of
from serai.web.host.desk import FILTERS, bookings_for_host
from serai.web.host.folio_view import folio_context

PER_PAGE = 25
CHANGEABLE = {Booking.State.CONFIRMED, Booking.State.CHECKED_IN}


def filter_names() -> dict[str, str]:
    """The tabs of the list."""
    return {
        "upcoming": _("Upcoming"),
        "in_house": _("In house"),
        "past": _("Past"),
        "cancelled": _("Cancelled"),
    }


@login_required
@require_GET
def list_bookings(request: SignedInRequest) -> HttpResponse:
    """Bookings of all the user's properties or of one, by state, with a search field."""
    properties = list(properties_where(user=request.user, permission="view_bookings").order_by("name"))
    wanted = request.GET.get("property", "")
    property_id = int(wanted) if wanted.isdigit() else None
    chosen = next((property for property in properties if property.pk == property_id), None)
    if property_id is not None and chosen is None:
        raise Http404
    show = request.GET.get("show", "")
    show = show if show in FILTERS else "upcoming"
    text = request.GET.get("q", "").strip()[:80]
    bookings = bookings_for_host(user=request.user, show=show, text=text, property_id=property_id)
    page = Paginator(bookings, PER_PAGE).get_page(request.GET.get("page"))
    overdue = overdue_deposits(page.object_list, now=utc_now())
    return render(
        request,
        "web/host/bookings.html",
        {
            "page": page,
            "overdue": overdue,
            "show": show,
            "q": text,
            "filters": filter_names(),
            "properties": properties,
            "chosen": chosen,
            "has_many": len(properties) > 1,
        },
    )


@login_required
@require_GET
def show_booking(request: SignedInRequest, reference: str) -> HttpResponse:
    """One booking: who, when, which rooms, what was paid, and what happened so far."""
    booking = booking_for(request, reference, permission="view_bookings")
    context = {**_context(request, booking), **folio_context(booking)}
    return render(request, "web/host/booking.html", context)


def _move(
    service: Callable[..., None], done: Callable[[Booking], str]
) -> Callable[[SignedInRequest, Booking], None]:
    def run(request: SignedInRequest, booking: Booking) -> None:
        try:
            service(booking_id=booking.pk, actor=request.user, now=utc_now())
        except StateConflict as error:
            messages.error(request, str(error))
        else:
            messages.success(request, done(booking))

    return run


MOVES: dict[str, Callable[[SignedInRequest, Booking], None]] = {
    "check-in": _move(
        check_in_booking, lambda booking: _("%(name)s is checked in.") % {"name": booking.guest_name}
    ),
    "check-out": _move(
        check_out_booking, lambda booking: _("%(name)s is checked out.") % {"name": booking.guest_name}
    ),
    "no-show": _move(
        mark_no_show, lambda booking: _("%(name)s is marked as a no-show.") % {"name": booking.guest_name}
    ),
}
# What cannot be taken back is asked about first.
ASKS_FIRST = {"no-show", "cancel"}


@login_required
@require_http_methods(["GET", "POST"])
def move_booking(request: SignedInRequest, reference: str, action: str) -> HttpResponseBase:
    """Check in, check out, mark as no-show, or cancel for the host; the last two ask first."""
    booking = booking_for(request, reference, permission="manage_bookings")
    if action not in MOVES and action != "cancel":
        raise Http404
    if request.method == "GET":
        if action not in ASKS_FIRST:
            return redirect("host_booking", reference)
        return render(
            request,
            "web/host/booking_ask.html",
            {**_context(request, booking), "action": action, "no_show": no_show_cost(booking=booking)},
        )
    if action == "cancel":
        _cancel(request, booking)
    else:
        MOVES[action](request, booking)
    back = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(back, allowed_hosts=None):
        return redirect(back)
    return redirect("host_booking", reference)


def _cancel(request: SignedInRequest, booking: Booking) -> None:
    """The host's own cancellation never costs the guest anything."""
    try:
        cancel_booking(
            booking_id=booking.pk,
            actor=request.user,
            now=utc_now(),
            is_penalty_waived=True,
        )
    except StateConflict as error:
        messages.error(request, str(error))
    else:
        messages.success(
            request, _("Booking %(reference)s is cancelled and the guest is told.") % {"reference": booking}
        )


def booking_for(request: SignedInRequest, reference: str, *, permission: str) -> Booking:
    """The booking with its rooms and history, if the user's role at its property allows `permission`."""
    booking = (
        Booking.objects.filter(
            reference=reference,
            property__in=properties_where(user=request.user, permission=permission),
        )
        .select_related("property")
        .prefetch_related("rooms__room_type", "rooms__rate_plan", "events__actor")
        .first()
    )
    if booking is None:
        raise Http404
    return booking


def _context(request: SignedInRequest, booking: Booking) -> dict[str, Any]:
    now = utc_now()
    paid = paid_minor(booking)
    deposits = deposit_schedule(booking, now=now, paid_minor=paid)
    has_begun = local_date(now, booking.property.timezone) >= booking.check_in
    may_manage = (
        properties_where(user=request.user, permission="manage_bookings")
        .filter(pk=booking.property_id)
        .exists()
    )
    can = {
        "check_in": has_begun and may_become(booking.state, Booking.State.CHECKED_IN),
        "check_out": may_become(booking.state, Booking.State.CHECKED_OUT),
        "no_show": has_begun and may_become(booking.state, Booking.State.NO_SHOW),
        "cancel": may_become(booking.state, Booking.State.CANCELLED),
        "cancel_rooms": may_become(booking.state, Booking.State.CANCELLED) and len(active_rooms(booking)) > 1,
        "change": booking.state in CHANGEABLE and booking.channel == SITE and bool(booking.price),
        "leave_early": booking.state == Booking.State.CHECKED_IN
        and local_date(now, booking.property.timezone) < booking.check_out,
    }
    return {
        "booking": booking,
        "assignments": assignments_of(booking, may_manage=may_manage),
        "price": quote_from_json(booking.price).price if booking.price else None,
        "paid_minor": paid,
        "balance_minor": balance_minor(booking),
        "is_over": is_over(booking),
        "terms": terms_from_json(booking.terms),
        "deposits": deposits,
        "overdue_minor": sum(part.open_minor for part in deposits if part.state == "overdue"),
        "can": can if may_manage else {},
        "may_manage": may_manage,
    }
