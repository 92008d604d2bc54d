"""Rooms with numbers: the list by room type, one or a run of them added, changed, out of service."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from serai.bookings.assignment_rules import number_order
from serai.bookings.services.out_of_service import put_room_in_service, take_room_out_of_service
from serai.core.clock import utc_now
from serai.properties.models import Property, Room, RoomType
from serai.properties.services import RoomInUse, RoomNumbersInvalid, add_rooms, change_room, remove_room
from serai.web.host.access import HostRequest, host_view, render_host


class RoomsForm(forms.Form):
    """One room or a run of them."""

    room_type = forms.ModelChoiceField(
        RoomType.objects.none(), label=gettext_lazy("Room type"), empty_label=None
    )
    numbers = forms.CharField(
        label=gettext_lazy("Numbers or names"),
        max_length=2000,
        help_text=gettext_lazy("Such as 101–112 for a run, or 7, 9, Lotus."),
    )
    floor = forms.CharField(label=gettext_lazy("Floor"), max_length=20, required=False)
    is_accessible = forms.BooleanField(
        label=gettext_lazy("Step-free and wide enough for a wheelchair"), required=False
    )

    def __init__(self, *args: Any, property: Property, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["room_type"]
        field.queryset = RoomType.objects.filter(property=property, is_active=True)


class RoomForm(RoomsForm):
    """One room as it is."""

    notes = forms.CharField(label=gettext_lazy("Notes for the team"), max_length=200, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["numbers"] = forms.CharField(label=_("Number or name"), max_length=20)


@host_view("edit_listing")
@require_http_methods(["GET", "POST"])
def list_numbers(request: HostRequest, property: Property) -> HttpResponseBase:
    """All rooms of the property by type, and the form that adds to them."""
    form = RoomsForm(request.POST or None, property=property)
    if request.method == "POST" and form.is_valid():
        entered = form.cleaned_data
        try:
            rooms = add_rooms(
                property_id=property.pk,
                room_type_id=entered["room_type"].pk,
                numbers=entered["numbers"],
                floor=entered["floor"],
                is_accessible=entered["is_accessible"],
            )
        except RoomNumbersInvalid as error:
            form.add_error("numbers", str(error))
        else:
            messages.success(
                request,
                ngettext("%(count)s room added.", "%(count)s rooms added.", len(rooms))
                % {"count": len(rooms)},
            )
            return redirect("host_room_numbers", property.pk)
    return render_host(
        request,
        "web/host/room_numbers.html",
        property,
        {"form": form, "groups": _groups(property), "step": "rooms"},
        status=422 if form.errors else 200,
    )


@host_view("edit_listing")
@require_http_methods(["GET", "POST"])
def edit_number(request: HostRequest, property: Property, room_id: int) -> HttpResponseBase:
    """One room: change it, take it out of service or back, remove it while nobody had it."""
    room = Room.objects.filter(pk=room_id, property=property).select_related("room_type").first()
    if room is None:
        raise Http404
    action = request.POST.get("action", "save")
    if request.method == "POST" and action != "save":
        return _act(request, property, room, action)
    initial = {
        "room_type": room.room_type_id,
        "numbers": room.number,
        "floor": room.floor,
        "is_accessible": room.is_accessible,
        "notes": room.notes,
    }
    form = RoomForm(request.POST or None, property=property, initial=initial)
    if request.method == "POST" and form.is_valid():
        entered = form.cleaned_data
        try:
            change_room(
                property_id=property.pk,
                room_id=room.pk,
                room_type_id=entered["room_type"].pk,
                number=entered["numbers"],
                floor=entered["floor"],
                is_accessible=entered["is_accessible"],
                notes=entered["notes"],
            )
        except RoomNumbersInvalid as error:
            form.add_error("numbers", str(error))
        else:
            messages.success(request, _("Room %(number)s is saved.") % {"number": entered["numbers"]})
            return redirect("host_room_numbers", property.pk)
    return _render_room(request, property, room, form)


def _act(request: HostRequest, property: Property, room: Room, action: str) -> HttpResponseBase:
    if action == "out":
        left = take_room_out_of_service(property_id=property.pk, room_id=room.pk, now=utc_now())
        messages.success(request, _("Room %(number)s is out of service.") % {"number": room.number})
        if left:
            messages.warning(
                request,
                _("Still given to %(guests)s. Move them in the room plan.") % {"guests": ", ".join(left)},
            )
    elif action == "in":
        put_room_in_service(property_id=property.pk, room_id=room.pk)
        messages.success(request, _("Room %(number)s is in service again.") % {"number": room.number})
    elif action == "remove":
        try:
            remove_room(property_id=property.pk, room_id=room.pk)
        except RoomInUse as error:
            messages.error(request, str(error))
            return redirect("host_room_number", property.pk, room.pk)
        messages.success(request, _("Room %(number)s is removed.") % {"number": room.number})
    else:
        raise Http404
    return redirect("host_room_numbers", property.pk)


def _render_room(request: HostRequest, property: Property, room: Room, form: Any) -> HttpResponse:
    return render_host(
        request,
        "web/host/room_number.html",
        property,
        {"form": form, "room": room, "step": "rooms"},
        status=422 if form.errors else 200,
    )


def _groups(property: Property) -> list[dict[str, Any]]:
    """Room types that are offered or have rooms, each with its rooms in the order of their numbers."""
    rooms = Room.objects.filter(property=property)
    by_type: dict[int, list[Room]] = {}
    for room in sorted(rooms, key=lambda room: number_order(room.number)):
        by_type.setdefault(room.room_type_id, []).append(room)
    return [
        {
            "type": room_type,
            "rooms": by_type.get(room_type.pk, []),
            "in_service": sum(room.is_active for room in by_type.get(room_type.pk, [])),
        }
        for room_type in RoomType.objects.filter(property=property)
        if room_type.is_active or room_type.pk in by_type
    ]
