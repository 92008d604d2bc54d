"""Form fields that hosts' forms share: money, a city, a position; and rows that grow and shrink."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.formsets import BaseFormSet
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from serai.core.money import minor_digits, to_major, to_minor
from serai.properties.destinations import NAME_SEPARATOR, fold_name
from serai.properties.models import Destination

MAX_AMOUNT = Decimal(100_000_000)
MAX_KM_FROM_CITY = 150


class MoneyField(forms.DecimalField):
    """An amount in whole units of `currency`, handed on as integer minor units."""

    def __init__(self, *, currency: str, **kwargs: Any) -> None:
        self.currency = currency
        digits = minor_digits(currency)
        kwargs.setdefault("min_value", Decimal(0))
        kwargs.setdefault("max_value", MAX_AMOUNT)
        super().__init__(max_digits=9 + digits, decimal_places=digits, **kwargs)
        self.widget.attrs.setdefault("inputmode", "decimal")

    def clean(self, value: Any) -> int | None:
        amount = super().clean(value)
        return None if amount is None else to_minor(amount, self.currency)

    def prepare_value(self, value: Any) -> Any:
        # Minor units come from the database; what was typed comes back as it was.
        return plain_number(to_major(value, self.currency)) if isinstance(value, int) else value


def plain_number(amount: Decimal) -> str:
    """The shortest way to write a number in a form: 4500 for 4500.00, 99.5 for 99.50."""
    text = f"{amount:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


class PositionField(forms.CharField):
    """Latitude and longitude in one field, as map programs copy them: `26.9124, 75.7873`."""

    default_error_messages = {
        "invalid": gettext_lazy("Write two numbers with a comma between them, such as 26.9124, 75.7873."),
    }
    _NUMBERS = re.compile(
        r"\s*\(?\s*([-+]?\d{1,3}(?:\.\d+)?)°?\s*[,;\s]\s*([-+]?\d{1,3}(?:\.\d+)?)°?\s*\)?\s*"
    )

    def clean(self, value: Any) -> tuple[float, float] | None:
        text = super().clean(value)
        if not text:
            return None
        match = self._NUMBERS.fullmatch(text)
        if match is None:
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        latitude, longitude = float(match[1]), float(match[2])
        if abs(latitude) > 90 or abs(longitude) > 180:
            raise ValidationError(
                _("Latitude goes from -90 to 90 and comes first; longitude from -180 to 180."), code="range"
            )
        return latitude, longitude


def km_between(latitude: float, longitude: float, destination: Destination) -> float:
    """Distance on the globe in kilometres (haversine, mean radius 6,371 km)."""
    from_latitude, to_latitude = math.radians(latitude), math.radians(destination.latitude)
    half_turn = math.radians(destination.longitude - longitude) / 2
    chord = (
        math.sin((to_latitude - from_latitude) / 2) ** 2
        + math.cos(from_latitude) * math.cos(to_latitude) * math.sin(half_turn) ** 2
    )
    return 2 * 6371 * math.asin(math.sqrt(chord))


def suggest_cities(text: str, *, limit: int = 8) -> list[Destination]:
    """Cities one of whose spellings starts with `text`, the largest first."""
    folded = fold_name(text)
    if len(folded) < 2:
        return []
    return list(
        Destination.objects.filter(names__contains=f"{NAME_SEPARATOR}{folded}").order_by("-population")[
            :limit
        ]
    )


def city_label(destination: Destination) -> str:
    """What a city is called in a field: `Jaipur, Rajasthan, IN`."""
    return ", ".join(
        part for part in (destination.name, destination.region, destination.country_code) if part
    )


class CityFormMixin(forms.Form):
    """A city by name: a suggestion fills the hidden id; typed words alone are looked up.

    When several cities answer to the words, the form comes back with a list to choose from.
    """

    city = forms.CharField(
        label=gettext_lazy("City"),
        max_length=200,
        help_text=gettext_lazy("Type the first letters and choose from the list."),
    )
    destination = forms.IntegerField(required=False, widget=forms.HiddenInput)
    city_choice = forms.ModelChoiceField(
        Destination.objects.none(), label=gettext_lazy("Which one?"), required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        answer = self.data.get(self.add_prefix("city_choice"), "")
        if answer.isdigit():
            self._offer([int(answer)])

    def _offer(self, destination_ids: list[int]) -> None:
        choice = self.fields["city_choice"]
        assert isinstance(choice, forms.ModelChoiceField)  # noqa: S101 - declared above
        choice.queryset = Destination.objects.filter(pk__in=destination_ids).order_by("-population")
        choice.label_from_instance = city_label  # type: ignore[method-assign,assignment]

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean() or self.cleaned_data
        city = cleaned.get("city", "").strip()
        if not city:
            cleaned["destination"] = None
            return cleaned
        suggested = Destination.objects.filter(pk=cleaned.get("destination") or 0).first()
        if cleaned.get("city_choice"):
            cleaned["destination"] = cleaned["city_choice"]
        elif suggested is not None and city_label(suggested) == city:
            cleaned["destination"] = suggested
        else:
            cleaned["destination"] = self._looked_up(city)
        return cleaned

    def _looked_up(self, city: str) -> Destination | None:
        name, *_rest = city.split(",")
        folded = fold_name(name)
        exact = f"{NAME_SEPARATOR}{folded}{NAME_SEPARATOR}"
        found = list(Destination.objects.filter(names__contains=exact).order_by("-population")[:10])
        labelled = [destination for destination in found if city_label(destination) == city.strip()]
        if len(labelled) == 1 or len(found) == 1:
            return (labelled or found)[0]
        found = found or suggest_cities(name)
        if not found:
            self.add_error("city", _("We know no city of that name. Try the nearest larger one."))
            return None
        self._offer([destination.pk for destination in found])
        self.add_error("city_choice", _("Several cities have that name. Please choose one."))
        return None

    @property
    def has_city_choice(self) -> bool:
        """Whether the list of namesakes is to be shown."""
        return "city_choice" in self.errors


# --- Rows that grow and shrink ------------------------------------------------------------------------


def is_resize(data: Mapping[str, Any]) -> bool:
    """Whether the form was sent by a button that adds or removes a row rather than to be saved."""
    return "grow" in data or "shrink" in data


def typed_form(form_class: type[forms.BaseForm], data: QueryDict, **kwargs: Any) -> Any:
    """The form with what was typed in it and without judging it yet."""
    form = form_class(**kwargs)
    for name, field in form.fields.items():
        form.initial[name] = field.widget.value_from_datadict(data, {}, form.add_prefix(name))
    return form


def typed_rows(
    formset_class: type[BaseFormSet[Any]], data: QueryDict, *, prefix: str, **kwargs: Any
) -> BaseFormSet[Any]:
    """The rows with what was typed, one more or one fewer.

    The pressed button says which: `grow=<prefix>` or `shrink=<prefix>-<n>`. A new row takes the focus.
    """
    total = data.get(f"{prefix}-TOTAL_FORMS", "0")
    count = min(int(total) if total.isdigit() else 0, formset_class.max_num)
    rows: list[dict[str, Any]] = []
    for index in range(count):
        empty = formset_class.form(prefix=f"{prefix}-{index}", **kwargs.get("form_kwargs", {}))
        rows.append(
            {
                name: field.widget.value_from_datadict(data, {}, empty.add_prefix(name))
                for name, field in empty.fields.items()
            }
        )
    gone = data.get("shrink", "").removeprefix(f"{prefix}-")
    if data.get("shrink", "").startswith(f"{prefix}-") and gone.isdigit() and int(gone) < len(rows):
        del rows[int(gone)]
    if data.get("grow") == prefix and len(rows) < formset_class.max_num:
        rows.append({})
    formset = formset_class(initial=rows, prefix=prefix, **kwargs)
    if data.get("grow") == prefix and formset.forms:
        next(iter(formset.forms[-1].fields.values())).widget.attrs["autofocus"] = True
    return formset


def filled_rows(formset: BaseFormSet[Any]) -> Sequence[dict[str, Any]]:
    """The cleaned rows in which something was typed."""
    return [form.cleaned_data for form in formset.forms if form.has_changed() and form.cleaned_data]
