"""Model fields for money: integer minor units and the currency they are in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from babel.numbers import list_currencies
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    TextColumn = models.CharField[str, str]
    WholeNumberColumn = models.BigIntegerField[int, int]
    OptionalNumberColumn = models.BigIntegerField[int | None, int | None]
else:
    TextColumn = models.CharField
    WholeNumberColumn = models.BigIntegerField
    OptionalNumberColumn = models.BigIntegerField


def validate_currency(value: str) -> None:
    """Refuse what is not an ISO 4217 code that Unicode CLDR knows."""
    if value not in list_currencies():
        raise ValidationError(
            _("%(value)s is not a currency code; use one such as INR."), params={"value": value}
        )


class CurrencyField(TextColumn):
    """An ISO 4217 code in capitals, such as `INR`."""

    default_validators = [validate_currency]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["max_length"] = 3
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        del kwargs["max_length"]
        return name, path, args, kwargs


class MinorUnitsField(WholeNumberColumn):
    """An amount of money in minor units (paise, cents, yen). Which currency, a column beside it says."""


class OptionalMinorUnitsField(OptionalNumberColumn):
    """A `MinorUnitsField` that may be empty; give it `null=True`."""
