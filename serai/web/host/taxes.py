"""Taxes and fees with all their terms."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from serai.core.clock import utc_now
from serai.properties.models import Property
from serai.rates.services.errors import TaxInvalid
from serai.rates.services.taxes import save_taxes
from serai.web.host.access import HostRequest, host_view
from serai.web.host.fields import is_resize, typed_rows
from serai.web.host.rate_pages import render_rates, show_refusal
from serai.web.host.tax_forms import SHOWN, TAXES, FullTaxFormSet, drafts_of, shown_ids, tax_row


@host_view("edit_prices")
@require_http_methods(["GET", "POST"])
def edit_taxes(request: HostRequest, property: Property) -> HttpResponseBase:
    """Every tax and fee, in the order in which they are charged; buttons answer with what was typed."""
    kwargs: dict[str, Any] = {"form_kwargs": {"currency": property.currency}}
    stored = list(property.taxes.all())
    shown = shown_ids(request.POST) if SHOWN in request.POST else [tax.pk for tax in stored]
    whole = forms.Form(
        request.POST if request.method == "POST" else None
    )  # for a refusal that belongs to no row
    status = 200
    if request.method == "POST" and is_resize(request.POST):
        taxes = typed_rows(FullTaxFormSet, request.POST, prefix=TAXES, **kwargs)
    elif request.method == "POST":
        taxes = FullTaxFormSet(request.POST, prefix=TAXES, **kwargs)
        if taxes.is_valid() and _save(property, whole, taxes, shown):
            messages.success(request, _("Saved. New bookings are charged these."))
            return redirect("host_taxes", property.pk)
        status = 422
    else:
        rows = [tax_row(tax, property.currency) for tax in stored]
        taxes = FullTaxFormSet(prefix=TAXES, initial=rows, **kwargs)
    return render_rates(
        request,
        "taxes.html",
        property,
        {"taxes": taxes, "whole": whole, "shown": " ".join(map(str, shown))},
        status=status,
        tab="host_taxes",
    )


def _save(property: Property, whole: forms.Form, taxes: Any, shown: list[int]) -> bool:
    """Save what was entered; put a refusal into its row and return False."""
    drafts, rows = drafts_of(taxes)
    whole.is_valid()
    try:
        save_taxes(property_id=property.pk, taxes=drafts, shown_ids=shown, now=utc_now())
    except TaxInvalid as error:
        show_refusal(error, whole, rows)
        return False
    return True
