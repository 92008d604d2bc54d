"""A trip after it was booked: change it, cancel it or some of its rooms. Everything is priced first."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from serai.bookings.errors import (
    ChangeNotAllowed,
    NotOffered,
    PenaltyChanged,
    PrepaymentMissing,
    PriceChanged,
    QuoteExpired,
    QuoteInvalid,
    StateConflict,
    prepayment_sentence,
)
from serai.bookings.models import Booking
from serai.bookings.selectors import active_rooms
from serai.bookings.services import (
    cancel_rooms,
    cancellation_cost,
    change_booking,
    offer_change,
    penalties_by_room,
    require_changeable,
)
from serai.core.clock import utc_now
from serai.inventory.services import SoldOut
from serai.web.change_form import ChangeForm, offer_context
from serai.web.guest.access import get_trip, signed_in_user
from serai.web.guest.trips import trip_context


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def trip_cancel(request: HttpRequest, reference: str) -> HttpResponse:
    """Choose rooms if there are several, see exactly what that costs, cancel for that and no other amount."""
    booking = get_trip(request, reference)
    if request.method == "POST":
        return _cancel(request, booking)
    context = trip_context(booking)
    if not context["can_cancel"]:
        messages.info(request, _("This booking cannot be cancelled any more."))
        return redirect("trip", reference)
    now = utc_now()
    rooms = active_rooms(booking)
    penalties = penalties_by_room(booking, now=now)
    chosen = chosen_rooms(request.GET, booking)
    cost = cancellation_cost(booking=booking, now=now, room_ids=chosen)
    context |= {
        "cost": cost,
        "chosen": chosen,
        "is_all": len(chosen) == len(rooms),
        "choices": [(room, penalties[room.pk], room.pk in chosen) for room in rooms],
        "is_asked": bool(request.GET.getlist("room")),
    }
    return render(request, "web/guest/trip_cancel.html", context)


def chosen_rooms(data: QueryDict, booking: Booking) -> list[int]:
    """The rooms that were ticked, of those of the booking; all of them when none was."""
    rooms = [room.pk for room in active_rooms(booking)]
    ticked = set(data.getlist("room"))
    return [pk for pk in rooms if str(pk) in ticked] or rooms


def _cancel(request: HttpRequest, booking: Booking) -> HttpResponse:
    shown = request.POST.get("penalty_minor", "")
    ticked = {int(pk) for pk in request.POST.getlist("room") if pk.isdecimal() and len(pk) < 19}
    try:
        after = cancel_rooms(
            booking_id=booking.pk,
            room_ids=ticked or {room.pk for room in active_rooms(booking)},
            actor=signed_in_user(request),
            now=utc_now(),
            expected_penalty_minor=int(shown) if shown.isdecimal() and len(shown) < 19 else -1,
        )
    except PenaltyChanged as error:
        messages.warning(request, str(error))
        return redirect("trip_cancel", booking.reference)
    except StateConflict as error:
        messages.error(request, str(error))
        return redirect("trip", booking.reference)
    if after.state == Booking.State.CANCELLED:
        messages.success(request, _("Your booking is cancelled. We have sent you a mail about it."))
    else:
        messages.success(request, _("The rooms are cancelled. We have sent you a new voucher."))
    return redirect("trip", booking.reference)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def trip_change(request: HttpRequest, reference: str) -> HttpResponse:
    """Ask for something else, see the new price beside the old one and why, accept it."""
    booking = get_trip(request, reference)
    if request.method == "POST":
        return _accept_change(request, booking)
    now = utc_now()
    try:
        require_changeable(booking=booking, now=now)
    except ChangeNotAllowed as error:
        messages.info(request, str(error))
        return redirect("trip", reference)
    form = ChangeForm(request.GET if "check_in" in request.GET else None, booking=booking, now=now)
    context = {"form": form, **trip_context(booking)}
    status = 200
    if form.is_bound and form.is_valid():
        try:
            offer = offer_change(booking=booking, request=form.wish(), now=now)
            context |= offer_context(offer)
            if offer.missing_minor:
                context["refusal"] = prepayment_sentence(offer.missing_minor, booking.currency)
        except (ChangeNotAllowed, NotOffered) as error:
            form.add_error(None, str(error))
            status = 409
    elif form.is_bound:
        status = 422
    return render(request, "web/guest/trip_change.html", context, status=status)


def _accept_change(request: HttpRequest, booking: Booking) -> HttpResponse:
    try:
        change_booking(
            booking_id=booking.pk,
            token=request.POST.get("token", ""),
            actor=signed_in_user(request),
            now=utc_now(),
        )
    except SoldOut:
        messages.error(
            request,
            _("No room is left for that, so your booking stays as it is. Please try something else."),
        )
        return redirect("trip_change", booking.reference)
    except (PriceChanged, QuoteExpired, QuoteInvalid, NotOffered, PrepaymentMissing) as error:
        messages.warning(request, _("%(reason)s Your booking is as it was.") % {"reason": error})
        return redirect("trip_change", booking.reference)
    except ChangeNotAllowed as error:
        messages.error(request, str(error))
        return redirect("trip", booking.reference)
    messages.success(request, _("Your booking is changed. We have sent you a new voucher."))
    return redirect("trip", booking.reference)
