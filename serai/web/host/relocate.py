"""Bookings that a channel has made when nothing was left: find a room, or another house."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from serai.bookings.errors import StateConflict
from serai.bookings.models import BookingRoom
from serai.bookings.services import place_room, relocate_booking
from serai.bookings.unplaced import unplaced_rooms, ways_out
from serai.core.clock import utc_now
from serai.inventory.services import SoldOut
from serai.properties.models import Property, RoomType
from serai.web.host.access import HostRequest, host_view, render_host

PER_PAGE = 25


class ElsewhereForm(forms.Form):
    """Where the guest sleeps instead."""

    note = forms.CharField(
        label=gettext_lazy("Where the guest stays instead"),
        help_text=gettext_lazy(
            "Name, address and telephone of the other house. The guest is sent this text."
        ),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 5}),
    )


@host_view("manage_bookings")
@require_GET
def list_unplaced(request: HostRequest, property: Property) -> HttpResponse:
    """Every room that is missing, with what is free for its guest."""
    page = Paginator(unplaced_rooms(property.pk), PER_PAGE).get_page(request.GET.get("page"))
    ways = ways_out(list(page.object_list), property_id=property.pk)
    return render_host(request, "web/host/relocate.html", property, {"page": page, "ways": ways})


@host_view("manage_bookings")
@require_POST
def place(request: HostRequest, property: Property, unplaced_id: int) -> HttpResponseBase:
    """Give the guest a room of the type that was chosen."""
    _find(property, unplaced_id)
    chosen = request.POST.get("room_type", "")
    kind = get_object_or_404(
        RoomType, pk=int(chosen) if chosen.isdecimal() and len(chosen) < 19 else 0, property=property
    )
    try:
        booking = place_room(
            booking_room_id=unplaced_id,
            property_id=property.pk,
            room_type_id=kind.pk,
            actor=request.user,
            now=utc_now(),
        )
    except SoldOut:
        messages.error(
            request, _("“%(room)s” is not free any more. Choose another way.") % {"room": kind.name}
        )
    except StateConflict as error:
        messages.info(request, str(error))
    else:
        messages.success(
            request,
            _("%(name)s has a room: %(room)s.") % {"name": booking.guest_name, "room": kind.name},
        )
    return redirect("host_relocate", property.pk)


@host_view("manage_bookings")
@require_http_methods(["GET", "POST"])
def elsewhere(request: HostRequest, property: Property, unplaced_id: int) -> HttpResponseBase:
    """Write down where the guest stays instead; the booking is cancelled and the guest told."""
    room = _find(property, unplaced_id)
    form = ElsewhereForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            booking = relocate_booking(
                booking_room_id=unplaced_id,
                property_id=property.pk,
                note=form.cleaned_data["note"],
                actor=request.user,
                now=utc_now(),
            )
        except StateConflict as error:
            messages.info(request, str(error))
        else:
            messages.success(
                request,
                _("%(name)s stays elsewhere and gets your note.") % {"name": booking.guest_name}
                if booking.guest_email
                else _("%(name)s stays elsewhere. There is no e-mail address: tell the channel.")
                % {"name": booking.guest_name},
            )
        return redirect("host_relocate", property.pk)
    return render_host(
        request,
        "web/host/relocate_elsewhere.html",
        property,
        {"form": form, "room": room, "booking": room.booking},
        status=422 if form.errors else 200,
    )


def _find(property: Property, unplaced_id: int) -> BookingRoom:
    """A room of one of the property's bookings, placed by now or not."""
    return get_object_or_404(
        BookingRoom.objects.select_related("booking", "room_type"), pk=unplaced_id, booking__property=property
    )
