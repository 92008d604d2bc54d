"""The step rooms: room types with rows of beds that grow and shrink in place."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from serai.bookings.opening import save_room_on_sale, take_room_off_sale
from serai.core.clock import utc_now
from serai.inventory.services import AllotmentTooSmall
from serai.properties.models import Amenity, Bed, Property, RoomType
from serai.properties.selectors import active_room_types
from serai.properties.services import RoomTypeInvalid
from serai.properties.services.rooms import RoomTypeDraft
from serai.web.host.access import HostRequest, host_view
from serai.web.host.fields import filled_rows, is_resize, typed_form, typed_rows
from serai.web.host.wizard import render_step


class RoomForm(forms.ModelForm):
    """One room type."""

    class Meta:
        model = RoomType
        fields = [
            "name",
            "description",
            "units",
            "size_m2",
            "max_adults",
            "max_children",
            "max_guests",
            "base_guests",
            "amenities",
        ]
        widgets = {"description": forms.Textarea(attrs={"rows": 4})}
        help_texts = {
            "name": gettext_lazy("Such as “Deluxe double with lake view”."),
            "units": gettext_lazy("As many as you can sell on one night."),
            "base_guests": gettext_lazy("Further guests pay the extra prices that you set later."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["amenities"].queryset = Amenity.objects.filter(scope=Amenity.Scope.ROOM)
        self.fields["amenities"].required = False

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        guests, adults = cleaned.get("max_guests"), cleaned.get("max_adults")
        included = cleaned.get("base_guests")
        if guests is not None and adults is not None and guests < adults:
            self.add_error("max_guests", _("At least as many guests as adults must fit."))
        if guests is not None and included is not None and included > guests:
            self.add_error("base_guests", _("The price cannot include more guests than fit."))
        return cleaned

    def draft(self, beds: dict[str, int]) -> RoomTypeDraft:
        """What was entered, for the service."""
        cleaned = dict(self.cleaned_data)
        amenities = cleaned.pop("amenities")
        return RoomTypeDraft(**cleaned, beds=beds, amenity_ids=[amenity.pk for amenity in amenities])

    # The table's own constraints are checked above in words a host understands.
    def validate_constraints(self) -> None:
        return


class BedForm(forms.Form):
    """Beds of one kind."""

    kind = forms.ChoiceField(label=gettext_lazy("Bed"), choices=Bed.Kind.choices, initial=Bed.Kind.DOUBLE)
    count = forms.IntegerField(label=gettext_lazy("How many"), min_value=1, max_value=20, initial=1)


class BedRows(forms.BaseFormSet):
    """At least one bed."""

    def clean(self) -> None:
        if not any(self.errors) and not any(form.cleaned_data for form in self.forms):
            raise forms.ValidationError(_("A room needs at least one bed."))

    def beds(self) -> dict[str, int]:
        """How many of each kind; the same kind in two rows is added up."""
        beds: dict[str, int] = {}
        for row in filled_rows(self):
            beds[row["kind"]] = min(beds.get(row["kind"], 0) + row["count"], 20)
        return beds


class FilledBedForm(BedForm):
    """A row counts as filled even when it holds the defaults."""

    def has_changed(self) -> bool:
        return True


BedFormSet = forms.formset_factory(
    FilledBedForm, formset=BedRows, extra=0, max_num=len(Bed.Kind.choices), absolute_max=20
)
BEDS = "beds"


@host_view("edit_listing")
@require_http_methods(["GET", "POST"])
def list_rooms(request: HostRequest, property: Property) -> HttpResponseBase:
    """The room types so far. (A POST comes from the step's own button and only goes on.)"""
    if request.method == "POST":
        return redirect("host_property_step", property.pk, "rates")
    return render_step(request, property, "rooms", {"rooms": list(active_room_types(property))})


@host_view("edit_listing")
@require_http_methods(["GET", "POST"])
def edit_room(request: HostRequest, property: Property, room_type_id: int | None = None) -> HttpResponseBase:
    """Add or change a room type; its buttons for rows of beds answer with the form as it was typed."""
    room = _room_of(property, room_type_id)
    if request.method == "POST" and is_resize(request.POST):
        form = typed_form(RoomForm, request.POST, instance=room)
        rows = typed_rows(BedFormSet, request.POST, prefix=BEDS)
        return _render_room(request, property, room, form, rows)
    if request.method == "POST":
        form = RoomForm(request.POST, instance=room)
        rows = BedFormSet(request.POST, prefix=BEDS)
        if form.is_valid() & rows.is_valid() and _save(property, room, form, rows):
            messages.success(request, _("Saved. Its nights are open for the next 18 months."))
            return redirect("host_property_step", property.pk, "rooms")
        return _render_room(request, property, room, form, rows, status=422)
    beds = [{"kind": bed.kind, "count": bed.count} for bed in room.beds.all()] if room.pk else []
    rows = BedFormSet(initial=beds or [{"kind": Bed.Kind.DOUBLE, "count": 1}], prefix=BEDS)
    return _render_room(request, property, room, RoomForm(instance=room), rows)


@host_view("edit_listing")
@require_http_methods(["GET", "POST"])
def remove_room(request: HostRequest, property: Property, room_type_id: int) -> HttpResponseBase:
    """Ask, then take the room type off the listing."""
    room = _room_of(property, room_type_id)
    if request.method == "POST":
        take_room_off_sale(property=property, room_type_id=room.pk, now=utc_now())
        messages.success(request, _("“%(room)s” was removed.") % {"room": room.name})
        return redirect("host_property_step", property.pk, "rooms")
    return render_step(request, property, "rooms", {"room": room}, template="web/host/steps/room_remove.html")


def _room_of(property: Property, room_type_id: int | None) -> RoomType:
    if room_type_id is None:
        return RoomType(property=property)
    room = RoomType.objects.filter(pk=room_type_id, property=property, is_active=True).first()
    if room is None:
        raise Http404
    return room


def _save(property: Property, room: RoomType, form: RoomForm, rows: Any) -> bool:
    """Save what was entered; put the service's refusal beside its field and return False."""
    try:
        save_room_on_sale(
            property=property, draft=form.draft(rows.beds()), room_type_id=room.pk, now=utc_now()
        )
    except RoomTypeInvalid as error:
        form.add_error(error.field, str(error))
    except AllotmentTooSmall as error:
        form.add_error(
            "units",
            _("Guests have booked more rooms than that, for example on %(date)s.")
            % {"date": error.dates[0].strftime("%d.%m.%Y")},
        )
    else:
        return True
    return False


def _render_room(
    request: HostRequest, property: Property, room: RoomType, form: Any, rows: Any, *, status: int = 200
) -> HttpResponseBase:
    chosen = {str(getattr(value, "pk", value)) for value in form["amenities"].value() or []}
    return render_step(
        request,
        property,
        "rooms",
        {
            "room": room,
            "form": form,
            "beds": rows,
            "amenities": [
                (amenity, str(amenity.pk) in chosen) for amenity in form.fields["amenities"].queryset
            ],
        },
        template="web/host/steps/room.html",
        status=status,
    )
