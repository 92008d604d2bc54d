"""New day use: a room for some hours, booked at the desk."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from serai.bookings.room_errors import DayUseInvalid
from serai.bookings.services import book_day_use
from serai.core.clock import local_date, utc_now
from serai.core.errors import DomainError
from serai.inventory.services import SoldOut
from serai.properties.models import Property, RoomType
from serai.web.host.access import HostRequest, host_view, render_host
from serai.web.host.fields import MoneyField


class DayUseForm(forms.Form):
    """Who comes, when, into which kind of room, for how much."""

    room_type = forms.ModelChoiceField(
        RoomType.objects.none(), label=gettext_lazy("Room type"), empty_label=None
    )
    date = forms.DateField(
        label=gettext_lazy("Day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    from_time = forms.TimeField(
        label=gettext_lazy("From"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    until_time = forms.TimeField(
        label=gettext_lazy("Until"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    guest_name = forms.CharField(label=gettext_lazy("Guest’s name"), max_length=120)
    guest_email = forms.EmailField(
        label=gettext_lazy("E-mail"),
        required=False,
        help_text=gettext_lazy("For your records: no confirmation is sent."),
    )
    adults = forms.IntegerField(label=gettext_lazy("Adults"), min_value=1, max_value=20, initial=2)
    ages = forms.CharField(
        label=gettext_lazy("Ages of children"),
        max_length=60,
        required=False,
        help_text=gettext_lazy("With commas between, such as 4, 7."),
    )
    needs_accessible = forms.BooleanField(label=gettext_lazy("Needs a step-free room"), required=False)
    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, property: Property, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["room_type"]
        field.queryset = RoomType.objects.filter(
            property=property, is_active=True, rooms__is_active=True
        ).distinct()
        self.fields["amount"] = MoneyField(
            currency=property.currency,
            label=_("Price for all of it"),
            help_text=_("With taxes, paid at the property."),
        )

    def clean_ages(self) -> list[int]:
        parts = [part.strip() for part in self.cleaned_data["ages"].split(",") if part.strip()]
        if not all(part.isdecimal() and int(part) < 18 for part in parts):
            raise forms.ValidationError(_("Write the age of each child, 0 to 17, with commas between."))
        return [int(part) for part in parts]


@host_view("manage_bookings")
@require_http_methods(["GET", "POST"])
def new_day_use(request: HostRequest, property: Property) -> HttpResponseBase:
    """Book a day use; sending the form twice books once."""
    now = utc_now()
    if request.method == "POST":
        form = DayUseForm(request.POST, property=property)
        if form.is_valid():
            reference = _book(request, property, form)
            if reference:
                messages.success(request, _("The room is booked and given."))
                return redirect("host_booking", reference)
    else:
        form = DayUseForm(
            property=property,
            initial={
                "key": uuid.uuid4(),
                "date": local_date(now, property.timezone),
                "from_time": property.check_out_until,
                "until_time": property.check_in_from,
            },
        )
    room_types: Any = form.fields["room_type"]
    return render_host(
        request,
        "web/host/day_use.html",
        property,
        {"form": form, "has_rooms": room_types.queryset.exists()},
        status=422 if form.errors else 200,
    )


def _book(request: HostRequest, property: Property, form: DayUseForm) -> str:
    """The reference of the booking; a refusal stands beside its field, and the answer is empty."""
    entered = form.cleaned_data
    try:
        booking = book_day_use(
            property_id=property.pk,
            room_type_id=entered["room_type"].pk,
            date=entered["date"],
            from_time=entered["from_time"],
            until_time=entered["until_time"],
            guest_name=entered["guest_name"],
            guest_email=entered["guest_email"],
            adults=entered["adults"],
            children_ages=entered["ages"],
            amount_minor=entered["amount"],
            needs_accessible=entered["needs_accessible"],
            key=str(entered["key"]),
            actor=request.user,
            now=utc_now(),
        )
    except DayUseInvalid as error:
        form.add_error(error.field, str(error))
    except SoldOut:
        form.add_error(
            "until_time",
            _(
                "These hours reach into a night that is sold out. Between %(check_out)s and "
                "%(check_in)s no night is needed."
            )
            % {
                "check_out": f"{property.check_out_until:%H:%M}",
                "check_in": f"{property.check_in_from:%H:%M}",
            },
        )
    except DomainError as error:
        form.add_error(None, str(error))
    else:
        return booking.reference
    return ""
