"""The form that asks what a booking shall be instead: dates, rooms, guests, extras. For guests and hosts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from serai.bookings.models import Booking
from serai.bookings.quotes import Quote, RoomRequest, StayRequest, quote_from_json
from serai.bookings.services import ChangeOffer, change_request
from serai.properties.selectors import active_room_types
from serai.rates.models import Extra
from serai.rates.rules import Party
from serai.rates.selectors import Audience, load_offers

MAX_ROOMS = 8
MAX_AGE = 17


@dataclass(frozen=True)
class RoomFields:
    """The fields of one room."""

    product: BoundField
    adults: BoundField
    children: BoundField


class AgesField(forms.CharField):
    """Children's ages in years with commas between them, such as `5, 9`; cleaned to a tuple."""

    default_error_messages = {
        "ages": gettext_lazy("Write each child's age in whole years with a comma between, such as 5, 9."),
    }

    def to_python(self, value: Any) -> Any:
        parts = [part for part in str(value or "").replace(" ", ",").split(",") if part]
        if any(not part.isdecimal() or len(part) > 2 or int(part) > MAX_AGE for part in parts):
            raise forms.ValidationError(self.error_messages["ages"], code="ages")
        return tuple(int(part) for part in parts)


class ChangeForm(forms.Form):
    """What is left out stays as it is booked, so that a link with two dates is a whole form."""

    check_in = forms.DateField(
        label=gettext_lazy("Check-in"),
        widget=forms.DateInput(attrs={"type": "date", "data-check-in": ""}),
    )
    check_out = forms.DateField(
        label=gettext_lazy("Check-out"),
        widget=forms.DateInput(attrs={"type": "date", "data-check-out": ""}),
    )

    def __init__(self, data: Mapping[str, Any] | None, *, booking: Booking, now: dt.datetime) -> None:
        self.booking, self.now = booking, now
        self.quote: Quote = quote_from_json(booking.price)
        booked = self.quote.request
        super().__init__(data, initial={"check_in": booked.check_in, "check_out": booked.check_out})
        self.room_count = self._count_rooms(data, len(booked.rooms))
        self.extras = list(Extra.objects.filter(property_id=booking.property_id, is_active=True))
        wanted = dict(booked.extras)
        choices = self._product_choices(data)
        for index in range(self.room_count):
            room = booked.rooms[min(index, len(booked.rooms) - 1)]
            self._add_room(index, room, choices)
        for extra in self.extras:
            self.fields[f"extra_{extra.pk}"] = forms.IntegerField(
                label=extra.name,
                help_text=extra.description,
                min_value=0,
                max_value=extra.max_quantity,
                required=False,
                initial=wanted.get(extra.pk, 0),
            )
        if self.is_bound:
            self._fill_in()

    def _count_rooms(self, data: Mapping[str, Any] | None, booked: int) -> int:
        if data is None:
            return booked
        typed = str(data.get("rooms", ""))
        count = int(typed) if typed.isdecimal() and len(typed) < 3 else booked
        return max(booked, min(count + (1 if "add" in data else 0), MAX_ROOMS))

    def _add_room(self, index: int, room: RoomRequest, choices: list[tuple[str, str]]) -> None:
        name = f"room_{index}_"
        self.fields[name + "product"] = forms.ChoiceField(
            label=_("Room and rate"), choices=choices, required=False, initial=str(room.product_id)
        )
        self.fields[name + "adults"] = forms.IntegerField(
            label=_("Adults"), min_value=1, max_value=20, required=False, initial=room.party.adults
        )
        self.fields[name + "children"] = AgesField(
            label=_("Ages of the children"),
            required=False,
            max_length=60,
            initial=", ".join(str(age) for age in room.party.children_ages),
        )

    def _product_choices(self, data: Mapping[str, Any] | None) -> list[tuple[str, str]]:
        """What is sold for the dates that are asked for, and what is booked already."""
        booked = self.quote.request
        check_in, check_out = booked.check_in, booked.check_out
        if data is not None:
            first, last = (self.fields[name] for name in ("check_in", "check_out"))
            try:
                typed = first.clean(data.get("check_in")), last.clean(data.get("check_out"))
            except forms.ValidationError:
                typed = check_in, check_out
            # Longer stays are refused with a sentence; nothing has to be read for them.
            if dt.timedelta(0) < typed[1] - typed[0] <= dt.timedelta(days=60):
                check_in, check_out = typed
        offers = load_offers(
            room_type_ids=[room_type.pk for room_type in active_room_types(self.booking.property)],
            check_in=check_in,
            check_out=check_out,
            now=self.now,
            audience=Audience(
                is_member=booked.is_member,
                codes=booked.codes,
                plan_ids=frozenset(room.rate_plan_id for room in self.quote.rooms),
            ),
        )
        names = {
            room.product_id: f"{room.room_type_name}, {room.rate_plan_name}" for room in self.quote.rooms
        }
        for offer in offers:
            if offer.is_offered:
                names.setdefault(offer.product_id, f"{offer.room_type_name}, {offer.rate_plan_name}")
        return [(str(product_id), name) for product_id, name in names.items()]

    def _fill_in(self) -> None:
        """Let what was left out of the form stand in it as it is booked."""
        booked = {name: field.initial for name, field in self.fields.items() if field.initial is not None}
        self.data = {**booked, **{name: self.data[name] for name in self.data}}

    @property
    def room_fields(self) -> list[RoomFields]:
        """The fields room by room, for the template."""
        return [
            RoomFields(*(self[f"room_{index}_{name}"] for name in ("product", "adults", "children")))
            for index in range(self.room_count)
        ]

    @property
    def extra_fields(self) -> list[BoundField]:
        """The fields of the extras."""
        return [self[f"extra_{extra.pk}"] for extra in self.extras]

    @property
    def can_add_room(self) -> bool:
        return self.room_count < MAX_ROOMS

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        check_in, check_out = cleaned.get("check_in"), cleaned.get("check_out")
        if check_in and check_out and check_out <= check_in:
            self.add_error("check_out", _("Check-out must be after check-in."))
        return cleaned

    def wish(self) -> StayRequest:
        """The stay that was asked for; the form must be valid."""
        rooms = tuple(self._room(index) for index in range(self.room_count))
        quantities = {extra.pk: self.cleaned_data[f"extra_{extra.pk}"] for extra in self.extras}
        return change_request(
            self.booking,
            check_in=self.cleaned_data["check_in"],
            check_out=self.cleaned_data["check_out"],
            rooms=rooms,
            extras=tuple((extra_id, quantity) for extra_id, quantity in quantities.items() if quantity),
        )

    def _room(self, index: int) -> RoomRequest:
        booked = self.quote.request.rooms
        room = booked[min(index, len(booked) - 1)]
        name = f"room_{index}_"
        return RoomRequest(
            product_id=int(self.cleaned_data[name + "product"] or room.product_id),
            party=Party(
                self.cleaned_data[name + "adults"] or room.party.adults,
                self.cleaned_data[name + "children"],
            ),
            needs_accessible=room.needs_accessible,
        )


def offer_context(offer: ChangeOffer) -> dict[str, Any]:
    """What `components/change_offer.html` needs of an offer."""
    return {
        "offer": offer,
        "new_price": offer.quote.price,
        "less_minor": -offer.difference_minor,
        "is_same": offer.quote.request == offer.old.request,
    }
