"""Children by age, and guests who come alone: what they pay."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from serai.core.clock import utc_now
from serai.properties.models import Property
from serai.rates.models import ChildBand, Product
from serai.rates.services.children import GuestPrice, save_guest_prices
from serai.rates.services.errors import ChildrenInvalid
from serai.web.host.access import HostRequest, host_view
from serai.web.host.fields import MoneyField, is_resize, typed_form, typed_rows
from serai.web.host.rate_pages import render_rates, show_refusal

BANDS = "bands"


class BandForm(forms.Form):
    """The highest age of a band of children."""

    max_age = forms.IntegerField(
        label=gettext_lazy("Children up to the age of"), min_value=1, max_value=17, required=False
    )


BandFormSet = forms.formset_factory(BandForm, extra=0, max_num=8, absolute_max=16)


class GuestPriceForm(forms.Form):
    """What a guest alone pays less in a room, and what children of each band pay in it."""

    def __init__(
        self, *args: Any, product: Product, bands: Sequence[ChildBand], currency: str, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.product = product
        self.bands = bands
        self.fields["single_discount_minor"] = MoneyField(
            currency=currency, label=_("One guest alone pays less"), required=False
        )
        first = product.room_type.property.infant_max_age + 1
        for band in bands:
            self.fields[f"band-{band.max_age}"] = MoneyField(
                currency=currency,
                label=_("A child from %(first)s to %(last)s") % {"first": first, "last": band.max_age},
                required=False,
                help_text=_("Empty: as each further child."),
            )
            first = band.max_age + 1

    def price(self) -> GuestPrice:
        """What was entered."""
        cleaned = self.cleaned_data
        return GuestPrice(
            product_id=self.product.pk,
            single_discount_minor=cleaned["single_discount_minor"] or 0,
            child_prices={band.max_age: cleaned[f"band-{band.max_age}"] for band in self.bands},
        )


@host_view("edit_prices")
@require_http_methods(["GET", "POST"])
def edit_guest_prices(request: HostRequest, property: Property) -> HttpResponseBase:
    """Age bands, and prices of each room under each plan that has its own prices.

    A band that is added has its prices after the first saving.
    """
    bands = list(ChildBand.objects.filter(property=property))
    products = list(
        Product.objects.filter(
            rate_plan__property=property,
            rate_plan__parent=None,
            rate_plan__is_active=True,
            is_active=True,
            room_type__is_active=True,
        )
        .select_related("rate_plan", "room_type__property")
        .prefetch_related("child_prices__band")
        .order_by("rate_plan__position", "rate_plan_id", "room_type__position", "room_type_id")
    )

    def form_of(product: Product) -> dict[str, Any]:
        return {
            "prefix": f"product-{product.pk}",
            "product": product,
            "bands": bands,
            "currency": property.currency,
        }

    whole = forms.Form(request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST" and is_resize(request.POST):
        rows = typed_rows(BandFormSet, request.POST, prefix=BANDS)
        prices = [typed_form(GuestPriceForm, request.POST, **form_of(product)) for product in products]
    elif request.method == "POST":
        rows = BandFormSet(request.POST, prefix=BANDS)
        prices = [GuestPriceForm(request.POST, **form_of(product)) for product in products]
        forms_are_valid = [form.is_valid() for form in (whole, rows, *prices)]
        if all(forms_are_valid) and _save(property, whole, rows, prices, bands):
            messages.success(request, _("Saved."))
            return redirect("host_guest_prices", property.pk)
        status = 422
    else:
        rows = BandFormSet(prefix=BANDS, initial=[{"max_age": band.max_age} for band in bands])
        prices = [GuestPriceForm(initial=_initial(product), **form_of(product)) for product in products]
    return render_rates(
        request,
        "guest_prices.html",
        property,
        {
            "bands": rows,
            "prices": prices,
            "whole": whole,
            "adult_age": property.child_max_age + 1,
        },
        status=status,
        tab="host_guest_prices",
    )


def _initial(product: Product) -> dict[str, Any]:
    return {
        "single_discount_minor": product.single_discount_minor or None,
        **{f"band-{price.band.max_age}": price.amount_minor for price in product.child_prices.all()},
    }


def _save(
    property: Property,
    whole: forms.Form,
    rows: Any,
    prices: list[GuestPriceForm],
    bands: Sequence[ChildBand],
) -> bool:
    """Save what was entered; put a refusal beside its field and return False."""
    ages = [form.cleaned_data["max_age"] for form in rows.forms if form.cleaned_data.get("max_age")]
    given = [form.price() for form in prices]
    gone = {band.max_age for band in bands} - set(ages)
    try:
        save_guest_prices(
            property_id=property.pk,
            max_ages=ages,
            prices=[
                GuestPrice(
                    price.product_id,
                    price.single_discount_minor,
                    {age: amount for age, amount in (price.child_prices or {}).items() if age not in gone},
                )
                for price in given
            ],
            now=utc_now(),
        )
    except ChildrenInvalid as error:
        show_refusal(error, whole, prices)
        return False
    return True
