"""Which room a booked room is: give, move, lock, swap, take away."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.formats import date_format
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from serai.bookings.models import Booking, BookingRoom
from serai.bookings.plan import StayRooms, rooms_for, stays_to_swap_with
from serai.bookings.services import (
    assign_room,
    lock_room,
    move_room,
    swap_rooms,
    unassign_room,
    unlock_room,
)
from serai.bookings.stays import NEEDS_ROOM
from serai.core.clock import local_date, utc_now
from serai.core.errors import DomainError
from serai.properties.models import Property, Room
from serai.properties.selectors import properties_where
from serai.web.host.access import SignedInRequest


class RoomForm(forms.Form):
    """A room, free ones first; for who is in a room already also the day of the move."""

    room = forms.TypedChoiceField(label=gettext_lazy("Room"), coerce=int)
    from_date = forms.DateField(
        label=gettext_lazy("From"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=gettext_lazy("The old room is left at check-out time, the new one ready at check-in time."),
    )
    is_locked = forms.BooleanField(
        label=gettext_lazy("Lock: sharing out leaves it alone"), required=False, initial=True
    )

    def __init__(self, *args: Any, rooms: StayRooms, property: Property, moves: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["room"]
        field.choices = [("", _("Choose a room")), *room_choices(rooms, property)]
        if not moves:
            del self.fields["from_date"]
        else:
            del self.fields["is_locked"]


def room_choices(rooms: StayRooms, property: Property) -> list[tuple[str, list[tuple[int, str]]]]:
    """Groups for a list to choose from: free, free of another type, and taken with by whom."""
    zone = ZoneInfo(property.timezone)
    groups: dict[str, list[tuple[int, str]]] = {}
    mine = {one.room_id for one in rooms.given} if len(rooms.given) == 1 else set()
    for option in rooms.options:
        room = option.room
        if room.pk in mine:
            continue
        label = room.number
        if room.floor:
            label = _("%(number)s, floor %(floor)s") % {"number": room.number, "floor": room.floor}
        if room.is_accessible:
            label = _("%(room)s, step-free") % {"room": label}
        if option.until is not None:
            group = _("Taken for a part of the stay")
            label = _("%(room)s: %(guest)s until %(date)s") % {
                "room": label,
                "guest": option.taken_by,
                "date": date_format(option.until.astimezone(zone), "j M"),
            }
        elif option.is_other_type:
            group = _("Free, but a %(room_type)s") % {"room_type": room.room_type.name}
        else:
            group = _("Free")
        groups.setdefault(group, []).append((room.pk, label))
    return list(groups.items())


def assignments_of(booking: Booking, *, may_manage: bool) -> dict[str, Any] | None:
    """What the booking's page shows of rooms; None when the property does without numbers."""
    stays = [room for room in booking.rooms.all() if room.state == BookingRoom.State.BOOKED]
    for stay in stays:
        stay.booking = booking
    all_rooms = rooms_for(stays, booking.property)
    if not any(rooms.options or rooms.given for rooms in all_rooms):
        return None
    is_open = may_manage and booking.state in NEEDS_ROOM
    return {
        "stays": [
            {"rooms": rooms, "choices": room_choices(rooms, booking.property) if is_open else []}
            for rooms in all_rooms
        ],
        "is_open": is_open,
    }


@login_required
@require_http_methods(["GET", "POST"])
def edit_assignment(request: SignedInRequest, reference: str, stay_id: int) -> HttpResponseBase:
    """One booked room with everything that can be done about its room. The pressed button says what."""
    stay = (
        BookingRoom.objects.filter(
            pk=stay_id,
            booking__reference=reference,
            booking__property__in=properties_where(user=request.user, permission="manage_bookings"),
        )
        .select_related("booking__property", "room_type")
        .first()
    )
    if stay is None:
        raise Http404
    if request.method == "GET":
        return _render(request, stay)
    action = request.POST.get("action", "give")
    if action == "give":
        return _give(request, stay)
    if action not in ACTIONS:
        raise Http404
    try:
        done = ACTIONS[action](request, stay, utc_now())
    except DomainError as error:
        return _render(request, stay, refusal=str(error), status=422)
    messages.success(request, done)
    return _go_back(request, stay)


def _give(request: SignedInRequest, stay: BookingRoom) -> HttpResponseBase:
    """Give the chosen room, or move the guest into it; a refusal keeps what was typed."""
    rooms, moves = _rooms_of(stay)
    form = RoomForm(request.POST, rooms=rooms, property=stay.booking.property, moves=moves)
    if not form.is_valid():
        return _render(request, stay, form=form, status=422)
    chosen, now = form.cleaned_data["room"], utc_now()
    try:
        if moves:
            given = move_room(
                booking_room_id=stay.pk,
                room_id=chosen,
                from_date=form.cleaned_data["from_date"],
                actor=request.user,
                now=now,
            )
        else:
            given = assign_room(
                booking_room_id=stay.pk,
                room_id=chosen,
                is_locked=form.cleaned_data["is_locked"],
                actor=request.user,
                now=now,
            )
    except Room.DoesNotExist:
        raise Http404 from None
    except DomainError as error:
        form.add_error("room", str(error))
        return _render(request, stay, form=form, status=422)
    messages.success(
        request,
        _("%(guest)s has room %(number)s.") % {"guest": stay.booking.guest_name, "number": given.room.number},
    )
    if given.room.room_type_id != stay.room_type_id:
        messages.warning(
            request,
            _(
                "Room %(number)s is a %(given)s, booked was a %(booked)s. Its nights stay for sale as "
                "they were: check in the calendar that one %(given)s less is sold."
            )
            % {
                "number": given.room.number,
                "given": given.room.room_type.name,
                "booked": stay.room_type.name,
            },
        )
    return _go_back(request, stay)


def _lock(request: SignedInRequest, stay: BookingRoom, now: dt.datetime) -> str:
    lock_room(booking_room_id=stay.pk, actor=request.user, now=now)
    return _("Locked: the room stays with %(guest)s.") % {"guest": stay.booking.guest_name}


def _unlock(request: SignedInRequest, stay: BookingRoom, now: dt.datetime) -> str:
    unlock_room(booking_room_id=stay.pk, actor=request.user, now=now)
    return _("Unlocked: sharing out may give %(guest)s another room.") % {"guest": stay.booking.guest_name}


def _release(request: SignedInRequest, stay: BookingRoom, now: dt.datetime) -> str:
    unassign_room(booking_room_id=stay.pk, actor=request.user, now=now)
    return _("%(guest)s has no room now.") % {"guest": stay.booking.guest_name}


def _swap(request: SignedInRequest, stay: BookingRoom, now: dt.datetime) -> str:
    other = request.POST.get("with", "")
    # Only whom the page offered: that they are at the same property was looked up, not sent.
    known = {str(one.booking_room_id): one for one in stays_to_swap_with(stay)}
    if other not in known:
        raise SwapUnknown
    swap_rooms(first_id=stay.pk, second_id=known[other].booking_room_id, actor=request.user, now=now)
    return _("%(guest)s and %(other)s have swapped rooms.") % {
        "guest": stay.booking.guest_name,
        "other": known[other].booking_room.booking.guest_name,
    }


class SwapUnknown(DomainError):
    """Nobody, or somebody who cannot swap, was chosen."""

    code = "swap_unknown"

    def __init__(self) -> None:
        super().__init__(_("Choose a guest to swap with from the list."))


ACTIONS: dict[str, Callable[[SignedInRequest, BookingRoom, dt.datetime], str]] = {
    "lock": _lock,
    "unlock": _unlock,
    "release": _release,
    "swap": _swap,
}


def _rooms_of(stay: BookingRoom) -> tuple[StayRooms, bool]:
    """The stay's rooms, and whether another room means moving from some day on."""
    (rooms,) = rooms_for([stay], stay.booking.property)
    is_inside = stay.booking.state == Booking.State.CHECKED_IN and not stay.booking.is_day_use
    return rooms, is_inside and bool(rooms.given)


def _go_back(request: SignedInRequest, stay: BookingRoom) -> HttpResponseBase:
    back = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(back, allowed_hosts=None):
        return redirect(back)
    return redirect("host_booking", stay.booking.reference)


def _render(
    request: SignedInRequest,
    stay: BookingRoom,
    *,
    form: RoomForm | None = None,
    refusal: str = "",
    status: int = 200,
) -> HttpResponse:
    booking = stay.booking
    rooms, moves = _rooms_of(stay)
    if form is None:
        today = local_date(utc_now(), booking.property.timezone)
        start = (
            rooms.missing[0][0].astimezone(ZoneInfo(booking.property.timezone)).date()
            if rooms.missing
            else today
        )
        form = RoomForm(
            rooms=rooms,
            property=booking.property,
            moves=moves,
            initial={"from_date": max(stay.check_in, today, start)},
        )
    back = request.POST.get("next") or request.GET.get("next", "")
    return render(
        request,
        "web/host/assignment.html",
        {
            "stay": stay,
            "booking": booking,
            "rooms": rooms,
            "form": form,
            "moves": moves,
            "refusal": refusal,
            "is_open": booking.state in NEEDS_ROOM and stay.state == BookingRoom.State.BOOKED,
            "is_coming": booking.state == Booking.State.CONFIRMED and not booking.is_day_use,
            "others": stays_to_swap_with(stay) if len(rooms.given) == 1 else [],
            "next": back if url_has_allowed_host_and_scheme(back, allowed_hosts=None) else "",
        },
        status=status,
    )
