"""Money as the project holds it: an integer count of minor units and an ISO 4217 currency code.

The number of minor digits follows ISO 4217, not the locale data: what a payment provider charges and what a
page shows must agree on where the decimal point is.
"""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal
from functools import cache

from babel import Locale
from babel.numbers import format_currency, get_currency_symbol

DEFAULT_DIGITS = 2
LEFT_TO_RIGHT = "\N{LEFT-TO-RIGHT MARK}"

# ISO 4217, list one: the currencies whose minor unit is not a hundredth.
DIGITS_BY_CURRENCY: dict[str, int] = {
    **dict.fromkeys(
        (
            "BIF",
            "CLP",
            "DJF",
            "GNF",
            "ISK",
            "JPY",
            "KMF",
            "KRW",
            "PYG",
            "RWF",
            "UGX",
            "UYI",
            "VND",
            "VUV",
            "XAF",
            "XOF",
            "XPF",
        ),
        0,
    ),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
    **dict.fromkeys(("CLF", "UYW"), 4),
}


class TooPrecise(ValueError):
    """An amount has more decimals than its currency has minor digits."""


def minor_digits(currency: str) -> int:
    """Number of decimals between the currency's unit and its minor unit (2 for INR, 0 for JPY, 3 for KWD)."""
    return DIGITS_BY_CURRENCY.get(currency, DEFAULT_DIGITS)


def to_major(minor: int, currency: str) -> Decimal:
    """The exact amount in whole units: ``to_major(123450, "INR") == Decimal("1234.50")``."""
    return Decimal(minor).scaleb(-minor_digits(currency))


def to_minor(amount: Decimal, currency: str) -> int:
    """The integer minor units of an exact amount.

    Raises `TooPrecise` when the amount is finer than the currency allows: silently rounding somebody's
    money is a decision that belongs to the caller (see `round_to_minor`).
    """
    scaled = amount.scaleb(minor_digits(currency))
    whole = scaled.to_integral_value()
    if whole != scaled:
        raise TooPrecise(f"{amount} has more than {minor_digits(currency)} decimals, too fine for {currency}")
    return int(whole)


def round_to_minor(amount: Decimal, currency: str) -> int:
    """The nearest minor units of an amount, halves away from zero (the commercial rounding guests expect)."""
    return int(amount.scaleb(minor_digits(currency)).quantize(Decimal(1), rounding=ROUND_HALF_UP))


def format_money(minor: int, currency: str, locale: str, *, trim_zeros: bool = False) -> str:
    """Minor units as a person reads them in `locale`: ``₹12,34,567.50`` for ``(123456750, "INR", "en_IN")``.

    `locale` is a Babel identifier (``en_IN``, ``fr``). With `trim_zeros`, a whole amount loses its decimals
    (``₹4,500``): good for headlines, wrong in a column of line items where the points should align.
    """
    amount = to_major(minor, currency)
    digits = minor_digits(currency)
    if trim_zeros and amount == amount.to_integral_value():
        digits = 0
    text = format_currency(
        amount,
        currency,
        _pattern(currency, locale, digits),
        locale=locale,
        currency_digits=False,
    )
    symbol = get_currency_symbol(currency, locale=Locale.parse(locale))
    return text.replace(symbol, _held_together(symbol, locale))


def currency_symbol(currency: str, locale: str) -> str:
    """The sign a form shows before an amount field, for example ``₹``."""
    return _held_together(get_currency_symbol(currency, locale=Locale.parse(locale)), locale)


def _held_together(symbol: str, locale: str) -> str:
    """A Latin sign such as ``US$`` kept from turning into ``$US`` in a line from right to left."""
    if Locale.parse(locale).text_direction == "rtl" and re.search("[A-Za-z]", symbol):
        return f"{LEFT_TO_RIGHT}{symbol}{LEFT_TO_RIGHT}"
    return symbol


@cache
def _pattern(currency: str, locale: str, digits: int) -> str:
    """The locale's pattern with exactly `digits` decimals, and air between letters and figures."""
    parsed = Locale.parse(locale)
    pattern = parsed.currency_formats["standard"].pattern
    symbol = get_currency_symbol(currency, locale=parsed)
    if symbol[-1].isalpha():
        pattern = re.sub(r"¤(?=[#0])", "¤\N{NO-BREAK SPACE}", pattern)
    if symbol[0].isalpha():
        pattern = re.sub(r"(?<=0)¤", "\N{NO-BREAK SPACE}¤", pattern)
    return ";".join(_with_decimals(part, digits) for part in pattern.split(";"))


def _with_decimals(pattern: str, digits: int) -> str:
    """A CLDR number pattern with exactly `digits` decimals instead of its own."""
    decimals = "." + "0" * digits if digits else ""
    if ".00" in pattern:
        return pattern.replace(".00", decimals)
    # A few locales write whole amounts by default: the decimals go after the last digit of the integer part.
    last = pattern.rindex("0") + 1
    return pattern[:last] + decimals + pattern[last:]
