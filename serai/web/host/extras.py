"""What guests may add to a stay: the list, and one of them."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from serai.core.clock import utc_now
from serai.properties.models import Property
from serai.rates.models import Extra
from serai.rates.services.errors import ExtraInvalid
from serai.rates.services.extras import ExtraDraft, remove_extra, save_extra
from serai.web.host.access import HostRequest, host_view
from serai.web.host.fields import MoneyField
from serai.web.host.rate_pages import render_rates, show_refusal


class ExtraForm(forms.Form):
    """An extra with its final price."""

    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=80,
        help_text=gettext_lazy("Such as “Airport transfer” or “Parking”."),
    )
    description = forms.CharField(
        label=gettext_lazy("What guests should know"), max_length=200, required=False
    )
    basis = forms.ChoiceField(label=gettext_lazy("Charged"), choices=Extra.Basis.choices)
    period = forms.ChoiceField(label=gettext_lazy("How often"), choices=Extra.Period.choices)
    max_quantity = forms.IntegerField(
        label=gettext_lazy("Most of it in one booking"), min_value=1, max_value=50, initial=1
    )

    def __init__(self, *args: Any, currency: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["amount_minor"] = MoneyField(
            currency=currency, label=_("Price"), help_text=_("With all taxes; none are added to it.")
        )

    def draft(self) -> ExtraDraft:
        """What was entered, for the service."""
        return ExtraDraft(**self.cleaned_data)


@host_view("edit_prices")
@require_GET
def list_extras(request: HostRequest, property: Property) -> HttpResponseBase:
    """The extras on offer."""
    extras = list(Extra.objects.filter(property=property, is_active=True))
    return render_rates(request, "extras.html", property, {"extras": extras}, tab="host_extras")


@host_view("edit_prices")
@require_http_methods(["GET", "POST"])
def edit_extra(request: HostRequest, property: Property, extra_id: int | None = None) -> HttpResponseBase:
    """Add or change an extra."""
    extra = None
    if extra_id is not None:
        extra = Extra.objects.filter(pk=extra_id, property=property, is_active=True).first()
        if extra is None:
            raise Http404
    if request.method == "POST":
        form = ExtraForm(request.POST, currency=property.currency)
        if form.is_valid():
            try:
                save_extra(property_id=property.pk, draft=form.draft(), extra_id=extra_id, now=utc_now())
            except ExtraInvalid as error:
                show_refusal(error, form)
            else:
                messages.success(request, _("Saved."))
                return redirect("host_extras", property.pk)
    else:
        names = (*ExtraForm.base_fields, "amount_minor")
        initial = {name: getattr(extra, name) for name in names} if extra else {}
        form = ExtraForm(initial=initial, currency=property.currency)
    return render_rates(
        request,
        "extra.html",
        property,
        {"extra": extra, "form": form},
        status=422 if form.errors else 200,
        tab="host_extras",
    )


@host_view("edit_prices")
@require_POST
def drop_extra(request: HostRequest, property: Property, extra_id: int) -> HttpResponseBase:
    """Offer it no longer."""
    try:
        extra = remove_extra(property_id=property.pk, extra_id=extra_id, now=utc_now())
    except Extra.DoesNotExist as error:
        raise Http404 from error
    messages.success(request, _("“%(name)s” is no longer offered. Bookings keep it.") % {"name": extra.name})
    return redirect("host_extras", property.pk)
