"""What a host changes of a booking: dates and rooms for the guest, fewer rooms, a guest who leaves early.

Each page shows what it means for the money before anything is done.
"""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from serai.bookings.errors import (
    ChangeNotAllowed,
    NotOffered,
    PenaltyChanged,
    PriceChanged,
    QuoteExpired,
    QuoteInvalid,
    StateConflict,
)
from serai.bookings.models import Booking
from serai.bookings.rules import may_become
from serai.bookings.selectors import active_rooms
from serai.bookings.services import (
    cancel_rooms,
    cancellation_cost,
    change_booking,
    depart_early,
    early_departure,
    offer_change,
    penalties_by_room,
    require_changeable,
)
from serai.core.clock import utc_now
from serai.inventory.services import SoldOut
from serai.web.change_form import ChangeForm, offer_context
from serai.web.host.access import SignedInRequest
from serai.web.host.bookings import booking_for


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def change_for_guest(request: SignedInRequest, reference: str) -> HttpResponse:
    """Other dates, rooms, guests or extras, priced first; also when cancelling is not free any more."""
    booking = booking_for(request, reference, permission="manage_bookings")
    if request.method == "POST":
        return _accept(request, booking)
    now = utc_now()
    try:
        require_changeable(booking=booking, now=now, is_by_host=True)
    except ChangeNotAllowed as error:
        messages.info(request, str(error))
        return redirect("host_booking", reference)
    form = ChangeForm(request.GET if "check_in" in request.GET else None, booking=booking, now=now)
    context = {"booking": booking, "property": booking.property, "back_url": _page(booking), "form": form}
    status = 200
    if form.is_bound and form.is_valid():
        try:
            offer = offer_change(booking=booking, request=form.wish(), now=now, is_by_host=True)
            context |= offer_context(offer)
        except (ChangeNotAllowed, NotOffered) as error:
            form.add_error(None, str(error))
            status = 409
    elif form.is_bound:
        status = 422
    return render(request, "web/host/booking_change.html", context, status=status)


def _accept(request: SignedInRequest, booking: Booking) -> HttpResponse:
    try:
        change_booking(
            booking_id=booking.pk,
            token=request.POST.get("token", ""),
            actor=request.user,
            now=utc_now(),
            is_by_host=True,
        )
    except SoldOut:
        messages.error(request, _("No room is left for that, so the booking stays as it is."))
        return redirect("host_booking_change", booking.reference)
    except (PriceChanged, QuoteExpired, QuoteInvalid, NotOffered, ChangeNotAllowed) as error:
        messages.warning(request, _("%(reason)s The booking is as it was.") % {"reason": error})
        return redirect("host_booking_change", booking.reference)
    messages.success(request, _("The booking is changed and the guest has a new voucher."))
    return redirect("host_booking", booking.reference)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def drop_rooms(request: SignedInRequest, reference: str) -> HttpResponse:
    """Cancel some rooms: at what the guest agreed to pay for it, or for nothing."""
    booking = booking_for(request, reference, permission="manage_bookings")
    now = utc_now()
    rooms = active_rooms(booking)
    if request.method == "POST":
        return _drop(request, booking)
    if not may_become(booking.state, Booking.State.CANCELLED):
        messages.info(request, _("This stay has begun or is over, so its rooms cannot be cancelled."))
        return redirect("host_booking", reference)
    penalties = penalties_by_room(booking, now=now)
    ticked = set(request.GET.getlist("room"))
    chosen = [room.pk for room in rooms if str(room.pk) in ticked]
    return render(
        request,
        "web/host/booking_rooms.html",
        {
            "booking": booking,
            "choices": [(room, penalties[room.pk], room.pk in chosen) for room in rooms],
            "chosen": chosen,
            "cost": cancellation_cost(booking=booking, now=now, room_ids=chosen) if chosen else None,
            "is_all": len(chosen) == len(rooms),
        },
    )


def _drop(request: SignedInRequest, booking: Booking) -> HttpResponse:
    is_waived = request.POST.get("charge") == "nothing"
    shown = request.POST.get("penalty_minor", "")
    expected = int(shown) if shown.isdecimal() and len(shown) < 19 else -1
    ticked = {int(pk) for pk in request.POST.getlist("room") if pk.isdecimal() and len(pk) < 19}
    try:
        cancel_rooms(
            booking_id=booking.pk,
            room_ids=ticked,
            actor=request.user,
            now=utc_now(),
            expected_penalty_minor=None if is_waived else expected,
            is_penalty_waived=is_waived,
        )
    except PenaltyChanged as error:
        messages.warning(request, str(error))
        return redirect("host_booking_rooms", booking.reference)
    except StateConflict as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("The rooms are cancelled and the guest is told."))
    return redirect("host_booking", booking.reference)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def leave_early(request: SignedInRequest, reference: str) -> HttpResponse:
    """Check a guest out before the last night: the nights go back on sale at the agreed price."""
    booking = booking_for(request, reference, permission="manage_bookings")
    if request.method == "POST":
        shown = request.POST.get("penalty_minor", "")
        try:
            depart_early(
                booking_id=booking.pk,
                actor=request.user,
                now=utc_now(),
                expected_penalty_minor=int(shown) if shown.isdecimal() and len(shown) < 19 else -1,
            )
        except PenaltyChanged as error:
            messages.warning(request, str(error))
            return redirect("host_booking_departure", reference)
        except StateConflict as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("%(name)s is checked out.") % {"name": booking.guest_name})
        return redirect("host_booking", reference)
    departure = early_departure(booking=booking, now=utc_now())
    if departure is None:
        messages.info(request, _("No night would go back on sale. Please use “Check out”."))
        return redirect("host_booking", reference)
    return render(
        request,
        "web/host/booking_departure.html",
        {"booking": booking, "departure": departure, "cost": departure.settlement},
    )


def _page(booking: Booking) -> str:
    return reverse("host_booking", args=[booking.reference])
