"""What the pages below “Rates” share: their frame, refusals beside fields, charges of three kinds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.http import HttpResponse
from django.utils.translation import gettext as _

from serai.core.money import TooPrecise, to_major, to_minor
from serai.properties.models import Property
from serai.rates.models import ChargeKind
from serai.rates.services.errors import RatesInvalid
from serai.web.host.access import HostRequest, render_host
from serai.web.host.fields import plain_number

MINUS = "\N{MINUS SIGN}"


def render_rates(
    request: HostRequest,
    template: str,
    property: Property,
    context: dict[str, Any],
    *,
    tab: str,
    status: int = 200,
) -> HttpResponse:
    """Render a page below “Rates”, inside its navigation; `tab` is the route of its list."""
    tabs = (
        ("host_plans", _("Rate plans")),
        ("host_policies", _("Policies")),
        ("host_promotions", _("Promotions")),
        ("host_extras", _("Extras")),
        ("host_guest_prices", _("Children and single use")),
        ("host_taxes", _("Taxes")),
    )
    return render_host(
        request,
        f"web/host/rates/{template}",
        property,
        {"in_rates": True, "tabs": tabs, "tab": tab, "refused": status == 422, **context},
        status=status,
    )


def show_refusal(
    error: RatesInvalid,
    form: forms.BaseForm,
    rows: Sequence[forms.BaseForm] = (),
    *,
    names: Mapping[str, str] | None = None,
) -> None:
    """Put a service's refusal beside the field that it names; above the form when there is none such.

    `names` maps a draft's attribute to the form's field where they differ.
    """
    target = form if error.row is None or error.row >= len(rows) else rows[error.row]
    field = (names or {}).get(error.field or "", error.field)
    target.add_error(field if field in target.fields else None, str(error))


def date_field(label: Any, **kwargs: Any) -> forms.DateField:
    """An optional day, chosen in the browser's own calendar."""
    return forms.DateField(
        label=label,
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        **kwargs,
    )


def clean_charge(
    form: forms.BaseForm, cleaned: dict[str, Any], *, kind: str, value: str, currency: str
) -> int | None:
    """What was typed for a charge as the models hold it: percent and nights whole, amounts in minor units.

    An error goes beside `value`; then, and when either is empty, the answer is None.
    """
    chosen, typed = cleaned.get(kind), cleaned.get(value)
    if not chosen or typed is None:
        return None
    if chosen == ChargeKind.FIXED:
        try:
            return to_minor(typed, currency)
        except TooPrecise:
            form.add_error(value, _("That is finer than the smallest coin."))
            return None
    if typed % 1:
        form.add_error(value, _("Use a whole number."))
        return None
    return int(typed)


def shown_charge(kind: str, value: int, currency: str) -> str:
    """A stored charge as its field shows it."""
    return plain_number(to_major(value, currency)) if kind == ChargeKind.FIXED else str(Decimal(value))


def signed_percent(basis_points: int) -> str:
    """A difference in percent as people write it: −10, +12.5."""
    number = plain_number(abs(Decimal(basis_points)) / 100)
    return number if basis_points == 0 else f"{MINUS if basis_points < 0 else '+'}{number}"
