"""Forms for taxes and fees: the wizard's few fields, and all of them."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.forms.formsets import BaseFormSet
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from serai.core.money import TooPrecise, to_major, to_minor
from serai.properties.models import Property
from serai.rates.models import TaxRule
from serai.rates.services.taxes import PERCENTAGES, TaxDraft, TaxTerms
from serai.web.host.fields import MoneyField, plain_number
from serai.web.host.rate_pages import date_field

TAXES, SHOWN = "taxes", "taxes-shown"
HUNDREDTHS = Decimal(100)
SIMPLE_KINDS = [
    (TaxRule.Kind.PERCENT.value, TaxRule.Kind.PERCENT.label),
    (TaxRule.Kind.AMOUNT.value, TaxRule.Kind.AMOUNT.label),
]


class TaxForm(forms.Form):
    """A tax or fee. `tax_id` is the stored one that the row changes: its further terms stay."""

    is_simple = True

    tax_id = forms.IntegerField(required=False, widget=forms.HiddenInput)
    name = forms.CharField(label=gettext_lazy("Name"), max_length=60)
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=TaxRule.Kind.choices)
    value = forms.DecimalField(
        label=gettext_lazy("Percent or amount"),
        min_value=Decimal("0.01"),
        max_value=Decimal(1_000_000),
        decimal_places=3,
    )
    basis = forms.ChoiceField(
        label=gettext_lazy("Charged"),
        choices=TaxRule.Basis.choices,
        required=False,
        help_text=gettext_lazy("Percentages are always of each room's night."),
    )
    period = forms.ChoiceField(
        label=gettext_lazy("How often"), choices=TaxRule.Period.choices, required=False
    )
    is_included = forms.BooleanField(label=gettext_lazy("Already in my prices"), required=False)
    is_paid_at_property = forms.BooleanField(label=gettext_lazy("Paid at the property"), required=False)

    def __init__(self, *args: Any, currency: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.currency = currency
        self.fields["from_minor"] = MoneyField(
            currency=currency,
            label=_("Only for nights from"),
            required=False,
            help_text=_("Room price a night; empty for all nights."),
        )
        self.fields["below_minor"] = MoneyField(currency=currency, label=_("and below"), required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        kind, value = cleaned.get("kind"), cleaned.get("value")
        if kind in PERCENTAGES and value is not None:
            if value > 100:
                self.add_error("value", _("A tax is at most 100 percent."))
            elif (value * HUNDREDTHS) % 1:
                self.add_error("value", _("A percentage has at most two decimals."))
        elif kind == TaxRule.Kind.AMOUNT and value is not None:
            try:
                to_minor(value, self.currency)
            except TooPrecise:
                self.add_error("value", _("That is finer than the smallest coin."))
        start, below = cleaned.get("from_minor"), cleaned.get("below_minor")
        if below is not None and below <= (start or 0):
            self.add_error("below_minor", _("This must be higher than the price from which it applies."))
        return cleaned

    def draft(self) -> TaxDraft:
        """What was entered. A percentage that the wizard adds is of each room's night."""
        cleaned = self.cleaned_data
        is_percent = cleaned["kind"] in PERCENTAGES
        is_plain = is_percent and cleaned["tax_id"] is None and self.is_simple
        return TaxDraft(
            tax_id=cleaned["tax_id"],
            name=cleaned["name"],
            kind=cleaned["kind"],
            value=int(cleaned["value"] * HUNDREDTHS)
            if is_percent
            else to_minor(cleaned["value"], self.currency),
            basis=TaxRule.Basis.ROOM if is_plain else cleaned["basis"] or TaxRule.Basis.ROOM,
            period=TaxRule.Period.NIGHT if is_plain else cleaned["period"] or TaxRule.Period.NIGHT,
            is_included=cleaned["is_included"],
            is_paid_at_property=cleaned["is_paid_at_property"],
            from_minor=cleaned["from_minor"] or 0,
            below_minor=cleaned["below_minor"],
            terms=self.terms(),
        )

    def terms(self) -> TaxTerms | None:
        """None: what is stored stays."""
        return None


class SimpleTaxForm(TaxForm):
    """The wizard's row. A tax on taxes is only shown where there is one."""

    def __init__(self, *args: Any, compound_ids: frozenset[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        tax_id = str(self["tax_id"].value() or "")
        if not (tax_id.isdigit() and int(tax_id) in compound_ids):
            self.fields["kind"].choices = SIMPLE_KINDS  # type: ignore[attr-defined]


class FullTaxForm(TaxForm):
    """A row with whom the tax spares and when it is in force."""

    is_simple = False

    from_age = forms.IntegerField(
        label=gettext_lazy("From the age of"), min_value=0, max_value=120, required=False
    )
    below_age = forms.IntegerField(
        label=gettext_lazy("and below the age of"), min_value=1, max_value=120, required=False
    )
    max_nights = forms.IntegerField(
        label=gettext_lazy("Only the first nights"),
        min_value=1,
        max_value=365,
        required=False,
        help_text=gettext_lazy("So many nights of a stay at most; empty for all."),
    )
    exempt_from_nights = forms.IntegerField(
        label=gettext_lazy("Not for stays of nights or more"), min_value=1, max_value=365, required=False
    )
    exemption = forms.ChoiceField(
        label=gettext_lazy("Who need not pay"), choices=TaxRule.Exemption.choices, required=False
    )
    valid_from_date = date_field(gettext_lazy("For nights from"))
    valid_until_date = date_field(gettext_lazy("For nights until"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["basis"].help_text = _("A percentage per person is of the share of those who count.")

    def terms(self) -> TaxTerms:
        """Exactly what was entered."""
        cleaned = self.cleaned_data
        return TaxTerms(**{name: cleaned[name] for name in TERM_NAMES})

    @property
    def has_terms(self) -> bool:
        """Whether the further fields are to be shown open: something stands in them, or is wrong."""
        folded = (*TERM_NAMES, "from_minor", "below_minor")
        return any(self[name].value() or self[name].errors for name in folded)


TERM_NAMES = (
    "from_age",
    "below_age",
    "max_nights",
    "exempt_from_nights",
    "exemption",
    "valid_from_date",
    "valid_until_date",
)
SimpleTaxFormSet = forms.formset_factory(SimpleTaxForm, extra=0, max_num=30, absolute_max=40)
FullTaxFormSet = forms.formset_factory(FullTaxForm, extra=0, max_num=30, absolute_max=40)


def simple_kwargs(property: Property) -> dict[str, Any]:
    """What the wizard's rows need to know."""
    compound = property.taxes.filter(kind=TaxRule.Kind.COMPOUND).values_list("pk", flat=True)
    return {"form_kwargs": {"currency": property.currency, "compound_ids": frozenset(compound)}}


def tax_row(tax: TaxRule, currency: str) -> dict[str, Any]:
    """A stored tax as a row's initial values."""
    value = Decimal(tax.value) / HUNDREDTHS if tax.kind in PERCENTAGES else to_major(tax.value, currency)
    return {
        "tax_id": tax.pk,
        "name": tax.name,
        "kind": tax.kind,
        "value": plain_number(value),
        "basis": tax.basis,
        "period": tax.period,
        "is_included": tax.is_included,
        "is_paid_at_property": tax.is_paid_at_property,
        "from_minor": tax.from_minor or None,
        "below_minor": tax.below_minor,
        **{name: getattr(tax, name) for name in TERM_NAMES},
    }


def drafts_of(formset: BaseFormSet[Any]) -> tuple[list[TaxDraft], list[Any]]:
    """What was entered, and beside each draft the row it comes from."""
    rows = [form for form in formset.forms if form.has_changed() and form.cleaned_data]
    return [form.draft() for form in rows], rows


def shown_ids(data: QueryDict | Mapping[str, Any]) -> list[int]:
    """The stored taxes that the page was rendered with."""
    return [int(text) for text in str(data.get(SHOWN, "")).split() if text.isdigit()]
