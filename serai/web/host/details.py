"""A new property; and its steps details, place and amenities."""

from __future__ import annotations

from typing import Any
from zoneinfo import available_timezones

from babel.numbers import get_currency_name, list_currencies
from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from serai.core.clock import utc_now
from serai.properties.models import Amenity, Property
from serai.properties.rules import currency_of_country
from serai.properties.services import CurrencyFixed, create_property, update_listing
from serai.web.host.access import HostRequest, SignedInRequest, host_view
from serai.web.host.fields import (
    MAX_KM_FROM_CITY,
    CityFormMixin,
    PositionField,
    city_label,
    km_between,
    suggest_cities,
)
from serai.web.host.wizard import leave_step, render_step


class NewPropertyForm(CityFormMixin, forms.Form):
    """The least a draft begins with."""

    name = forms.CharField(label=gettext_lazy("What is the place called?"), max_length=140)
    kind = forms.ChoiceField(label=gettext_lazy("What kind of place is it?"), choices=Property.Kind.choices)

    field_order = ("name", "kind", "city", "city_choice", "destination")


class DetailsForm(forms.ModelForm):
    """What the place is and how guests reach it."""

    stars = forms.TypedChoiceField(
        label=gettext_lazy("Official stars"),
        required=False,
        coerce=int,
        empty_value=None,
        choices=[("", gettext_lazy("None"))] + [(count, "★" * count) for count in range(1, 6)],
        help_text=gettext_lazy("Only a class that an authority gave."),
    )

    class Meta:
        model = Property
        fields = ["name", "kind", "stars", "headline", "description", "phone", "email"]
        widgets = {"description": forms.Textarea(attrs={"rows": 8})}
        help_texts = {
            "headline": gettext_lazy("One sentence that makes a traveller want to know more."),
            "description": gettext_lazy(
                "What is special, what is near, whom it suits. At least 80 characters."
            ),
            "phone": gettext_lazy("Guests see it once they have booked."),
            "email": gettext_lazy("Guests see it once they have booked."),
        }


class PlaceForm(CityFormMixin, forms.ModelForm):
    """Where the place is, and the clock and the currency that go with it."""

    position = PositionField(
        label=gettext_lazy("Position"),
        required=False,
        help_text=gettext_lazy(
            "Latitude and longitude, such as 26.9124, 75.7873. Press and hold on your place in a map "
            "program and copy the two numbers."
        ),
    )
    timezone = forms.ChoiceField(
        label=gettext_lazy("Time zone"),
        help_text=gettext_lazy("Check-in times and cancellation deadlines follow this clock."),
    )
    currency = forms.ChoiceField(label=gettext_lazy("Currency of your prices"))

    class Meta:
        model = Property
        fields = ["address", "postal_code", "timezone", "currency"]

    field_order = (
        "city",
        "city_choice",
        "destination",
        "address",
        "postal_code",
        "position",
        "timezone",
        "currency",
    )

    def __init__(self, *args: Any, is_currency_fixed: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        property = self.instance
        language = (get_language() or "en").split("-")[0]
        zones = sorted(zone for zone in available_timezones() if "/" in zone and not zone.startswith("Etc/"))
        fields["timezone"].choices = [(zone, zone.replace("_", " ")) for zone in zones]
        fields["currency"].choices = [
            (code, f"{code} – {get_currency_name(code, locale=language)}")
            for code in sorted(list_currencies())
        ]
        self.fields["address"].required = False
        if is_currency_fixed:
            self.fields["currency"].disabled = True
            self.fields["currency"].help_text = _("Fixed, because prices have been set in it.")
        if property.destination is not None:
            self.initial.setdefault("city", city_label(property.destination))
            self.initial.setdefault("destination", property.destination_id)
        else:
            self.initial["destination"] = None
        if property.latitude is not None and property.longitude is not None:
            self.initial.setdefault("position", f"{property.latitude:g}, {property.longitude:g}")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        destination, position = cleaned.get("destination"), cleaned.get("position")
        if destination and position:
            distance = km_between(position[0], position[1], destination)
            if distance > MAX_KM_FROM_CITY:
                self.add_error(
                    "position",
                    _(
                        "That is %(km)s km from %(city)s. Check that the latitude comes first "
                        "and no minus sign is missing."
                    )
                    % {"km": f"{distance:,.0f}", "city": destination.name},
                )
        return cleaned

    def changes(self) -> dict[str, Any]:
        """The fields to write. With another city come its clock and currency, unless the host chose them."""
        before = self.initial
        destination = self.cleaned_data["destination"]
        position = self.cleaned_data["position"]
        changes = {
            "destination": destination,
            "address": self.cleaned_data["address"],
            "postal_code": self.cleaned_data["postal_code"],
            "latitude": position[0] if position else None,
            "longitude": position[1] if position else None,
            "timezone": self.cleaned_data["timezone"],
            "currency": self.cleaned_data["currency"],
        }
        if destination is not None and destination.pk != before.get("destination"):
            if changes["timezone"] == before.get("timezone"):
                changes["timezone"] = destination.timezone
            if changes["currency"] == before.get("currency") and not self.fields["currency"].disabled:
                changes["currency"] = currency_of_country(destination.country_code)
        return changes


class AmenitiesForm(forms.Form):
    """What the place offers."""

    amenities = forms.ModelMultipleChoiceField(
        Amenity.objects.filter(scope=Amenity.Scope.PROPERTY),
        label=gettext_lazy("What the place offers"),
        required=False,
    )


@login_required
@require_http_methods(["GET", "POST"])
def new_property(request: SignedInRequest) -> HttpResponse:
    """Start a draft; anybody who is signed in may."""
    form = NewPropertyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        property = create_property(
            owner=request.user,
            name=form.cleaned_data["name"],
            kind=form.cleaned_data["kind"],
            destination=form.cleaned_data["destination"],
            now=utc_now(),
        )
        return redirect("host_property_step", property.pk, "details")
    return render(request, "web/host/new.html", {"form": form}, status=422 if form.errors else 200)


@login_required
@require_GET
def city_suggestions(request: SignedInRequest) -> HttpResponse:
    """Options for the city field as the host types."""
    cities = [(city, city_label(city)) for city in suggest_cities(request.GET.get("q", ""))]
    return render(request, "web/host/parts/cities.html", {"cities": cities})


@host_view("edit_listing")
@require_http_methods(["GET", "POST"])
def edit_details(request: HostRequest, property: Property) -> HttpResponseBase:
    """Name, kind, texts and contact."""
    form = DetailsForm(request.POST or None, instance=property)
    if request.method == "POST" and form.is_valid():
        update_listing(property_id=property.pk, now=utc_now(), **form.cleaned_data)
        messages.success(request, _("Saved."))
        return leave_step(request, property, "details")
    if form.errors:
        property.refresh_from_db()
    return render_step(request, property, "details", {"form": form}, status=422 if form.errors else 200)


@host_view("edit_listing")
@require_http_methods(["GET", "POST"])
def edit_place(request: HostRequest, property: Property) -> HttpResponseBase:
    """City, address, position, time zone and currency."""
    is_currency_fixed = property.rate_plans.exists()
    form = PlaceForm(request.POST or None, instance=property, is_currency_fixed=is_currency_fixed)
    if request.method == "POST" and form.is_valid():
        try:
            update_listing(property_id=property.pk, now=utc_now(), **form.changes())
        except CurrencyFixed as error:
            form.add_error("currency", str(error))
        else:
            messages.success(request, _("Saved."))
            return leave_step(request, property, "place")
    if form.errors:
        property.refresh_from_db()
    return render_step(request, property, "place", {"form": form}, status=422 if form.errors else 200)


@host_view("edit_listing")
@require_http_methods(["GET", "POST"])
def edit_amenities(request: HostRequest, property: Property) -> HttpResponseBase:
    """What the place offers, as a list to tick."""
    form = AmenitiesForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        ticked = [amenity.pk for amenity in form.cleaned_data["amenities"]]
        update_listing(property_id=property.pk, now=utc_now(), amenities=ticked)
        messages.success(request, _("Saved."))
        return leave_step(request, property, "amenities")
    chosen = set(property.amenities.values_list("pk", flat=True))
    return render_step(
        request,
        property,
        "amenities",
        {
            "form": form,
            "amenities": [
                (amenity, amenity.pk in chosen)
                for amenity in Amenity.objects.filter(scope=Amenity.Scope.PROPERTY)
            ],
        },
        status=422 if form.errors else 200,
    )
