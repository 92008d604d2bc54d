"""The form beside the month grid: a run of nights, and what shall become of them."""

from __future__ import annotations

import calendar
import datetime as dt
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from serai.bookings.calendar import NightChange
from serai.bookings.opening import HORIZON
from serai.rates.models import Product
from serai.rates.nights import RESTRICTION_FIELDS, RESTRICTIONS
from serai.web.host.fields import MoneyField

WEEKDAYS = [(str(number), gettext_lazy(name)) for number, name in enumerate(calendar.day_name)]
YES_NO = {"yes": True, "no": False, "off": None}
LONGEST_STAY, LONGEST_LEAD, LAST_HOUR = 90, 730, 24
SWITCHES = tuple(name for name in RESTRICTIONS if name.startswith("is_"))
NUMBERS = tuple(name for name in RESTRICTIONS if not name.startswith("is_"))


def restriction_label(name: str) -> str:
    """A restriction's name as people read it."""
    return str(capfirst(RESTRICTION_FIELDS[name].verbose_name))


class NightsForm(forms.Form):
    """A run of nights and what shall become of them; what is left empty stays as it is."""

    first = forms.DateField(
        label=gettext_lazy("First night"),
        widget=forms.DateInput(attrs={"type": "date", "data-range-first": ""}, format="%Y-%m-%d"),
    )
    last = forms.DateField(
        label=gettext_lazy("Last night"),
        widget=forms.DateInput(attrs={"type": "date", "data-range-last": ""}, format="%Y-%m-%d"),
    )
    weekdays = forms.MultipleChoiceField(
        label=gettext_lazy("Only on"), choices=WEEKDAYS, required=False, widget=forms.CheckboxSelectMultiple
    )
    sale = forms.ChoiceField(
        label=gettext_lazy("On sale"),
        choices=[
            ("", gettext_lazy("Leave as it is")),
            ("open", gettext_lazy("Open")),
            ("close", gettext_lazy("Close")),
        ],
        required=False,
    )
    allotment = forms.IntegerField(
        label=gettext_lazy("Rooms to sell"), min_value=0, max_value=2000, required=False
    )
    allowance = forms.IntegerField(
        label=gettext_lazy("Overbooking allowance"), min_value=0, max_value=200, required=False
    )

    def __init__(
        self, *args: Any, currency: str, today: dt.date, product: Product | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        self.product = product
        if product is None or product.rate_plan.parent_id is None:
            self.fields["price"] = MoneyField(
                currency=currency, label=_("Price a night"), required=False, min_value=1
            )
            self.fields["is_price_cleared"] = forms.BooleanField(
                label=_("Back to the prices of weekdays and seasons"), required=False
            )
        if product is not None:
            self._add_restrictions()
        for name in ("first", "last"):
            self.fields[name].widget.attrs |= {
                "min": today.isoformat(),
                "max": (today + HORIZON).isoformat(),
            }

    def _add_restrictions(self) -> None:
        for name in NUMBERS:
            low, high = (1, LONGEST_STAY) if "stay" in name else (0, LONGEST_LEAD)
            self.fields[name] = forms.IntegerField(
                label=restriction_label(name),
                min_value=low,
                max_value=LAST_HOUR if name == "cutoff_hour" else high,
                required=False,
            )
        for name in SWITCHES:
            self.fields[name] = forms.ChoiceField(
                label=restriction_label(name),
                choices=[
                    ("", _("Leave as it is")),
                    ("yes", _("Yes")),
                    ("no", _("No")),
                    ("off", _("As the rate plan says")),
                ],
                required=False,
            )
        self.fields["remove"] = forms.MultipleChoiceField(
            label=_("Take off"),
            choices=[(name, restriction_label(name)) for name in NUMBERS],
            required=False,
            widget=forms.CheckboxSelectMultiple,
        )

    @property
    def restriction_fields(self) -> list[BoundField]:
        """The fields of the restrictions in the order of the engine; none without a product."""
        return [self[name] for name in RESTRICTIONS if name in self.fields]

    @property
    def has_restrictions(self) -> bool:
        """Whether anything was typed or went wrong there, so that the page shows it open."""
        names = (*RESTRICTIONS, "remove")
        return any(self[name].errors or self[name].value() for name in names if name in self.fields)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        first, last = cleaned.get("first"), cleaned.get("last")
        if first and first < self.today:
            self.add_error("first", _("That night is over."))
        if first and last and last < first:
            self.add_error("last", _("The last night cannot come before the first."))
        if last and last > self.today + HORIZON:
            self.add_error(
                "last",
                _("Nights are sold until %(date)s.") % {"date": date_format(self.today + HORIZON)},
            )
        if cleaned.get("price") is not None and cleaned.get("is_price_cleared"):
            self.add_error("price", _("Either a price of its own or back to the pattern, not both."))
        for name in cleaned.get("remove") or ():
            if cleaned.get(name) is not None:
                self.add_error(name, _("Either a new value or none: clear this field or the tick below."))
        if not self.errors:
            change = self.change()
            if not (change.touches_nights or change.touches_prices or change.restrictions):
                raise forms.ValidationError(
                    _("Say what shall change: open or close, rooms to sell, the price or a restriction.")
                )
            if not change.dates:
                raise forms.ValidationError(_("None of those weekdays lies between the two dates."))
        return cleaned

    def _dates(self) -> list[dt.date]:
        first, last = self.cleaned_data["first"], self.cleaned_data["last"]
        weekdays = {int(day) for day in self.cleaned_data["weekdays"]} or set(range(7))
        dates = (first + dt.timedelta(days=offset) for offset in range((last - first).days + 1))
        return [date for date in dates if date.weekday() in weekdays]

    def change(self) -> NightChange:
        """What was asked for."""
        given = self.cleaned_data
        restrictions: dict[str, int | bool | None] = {
            name: given[name] for name in NUMBERS if given.get(name) is not None
        }
        restrictions |= {name: YES_NO[given[name]] for name in SWITCHES if given.get(name)}
        restrictions |= dict.fromkeys(given.get("remove") or ())
        return NightChange(
            dates=self._dates(),
            is_closed={"open": False, "close": True}.get(given["sale"]),
            allotment=given["allotment"],
            allowance=given["allowance"],
            price_minor=given.get("price"),
            is_price_cleared=bool(given.get("is_price_cleared")),
            restrictions=restrictions,
        )
