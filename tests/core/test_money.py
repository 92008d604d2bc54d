"""Minor units in, what a person reads out."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serai.core.money import (
    TooPrecise,
    currency_symbol,
    format_money,
    minor_digits,
    round_to_minor,
    to_major,
    to_minor,
)

# Babel joins number and sign with a no-break space in some locales.
NBSP = "\u00a0"
NARROW = "\u202f"


@pytest.mark.parametrize(
    ("minor", "currency", "locale", "expected"),
    [
        (123456750, "INR", "en_IN", "₹12,34,567.50"),
        (450000, "INR", "en_IN", "₹4,500.00"),
        (-54050, "INR", "en_IN", "-₹540.50"),
        (0, "EUR", "en", "€0.00"),
        (123456, "EUR", "fr", f"1{NARROW}234,56{NBSP}€"),
        (12000, "JPY", "en", "¥12,000"),
        (12000, "JPY", "ja", "￥12,000"),
        (12345, "KWD", "en", f"KWD{NBSP}12.345"),
        # ISO says three minor digits for the Iraqi dinar although the locale data shows it without any.
        (12345, "IQD", "en", f"IQD{NBSP}12.345"),
        # The dong has no minor unit: the locale data of Vietnamese agrees.
        (1500000, "VND", "vi", f"1.500.000{NBSP}₫"),
    ],
)
def test_format_money(minor: int, currency: str, locale: str, expected: str) -> None:
    assert format_money(minor, currency, locale) == expected


@pytest.mark.parametrize(
    ("minor", "currency", "expected"),
    [
        (450000, "INR", "₹4,500"),
        (450050, "INR", "₹4,500.50"),
        (12000, "KWD", f"KWD{NBSP}12"),
        (7, "JPY", "JP¥7"),
    ],
)
def test_headline_prices_lose_only_empty_decimals(minor: int, currency: str, expected: str) -> None:
    assert format_money(minor, currency, "en_IN", trim_zeros=True) == expected


@pytest.mark.parametrize(("currency", "digits"), [("INR", 2), ("JPY", 0), ("BHD", 3), ("CLF", 4), ("XXX", 2)])
def test_minor_digits(currency: str, digits: int) -> None:
    assert minor_digits(currency) == digits


def test_to_minor_refuses_to_round() -> None:
    assert to_minor(Decimal("12.34"), "EUR") == 1234
    assert to_minor(Decimal("12.3400"), "EUR") == 1234
    with pytest.raises(TooPrecise):
        to_minor(Decimal("12.345"), "EUR")
    with pytest.raises(TooPrecise):
        to_minor(Decimal("12.5"), "JPY")


def test_round_to_minor_rounds_halves_away_from_zero() -> None:
    assert round_to_minor(Decimal("12.345"), "EUR") == 1235
    assert round_to_minor(Decimal("-12.345"), "EUR") == -1235
    assert round_to_minor(Decimal("0.5"), "JPY") == 1


@given(
    minor=st.integers(-(10**14), 10**14),
    currency=st.sampled_from(["INR", "EUR", "JPY", "KWD", "CLF"]),
)
def test_major_and_back_is_exact(minor: int, currency: str) -> None:
    assert to_minor(to_major(minor, currency), currency) == minor


def test_currency_symbol() -> None:
    assert currency_symbol("INR", "en_IN") == "₹"
    assert currency_symbol("CHF", "fr") == "CHF"


def test_latin_signs_hold_together_in_lines_from_right_to_left() -> None:
    assert format_money(61005, "USD", "ar").endswith("\N{LEFT-TO-RIGHT MARK}US$\N{LEFT-TO-RIGHT MARK}")
    assert "\N{LEFT-TO-RIGHT MARK}" not in format_money(61005, "INR", "ar")
    assert "\N{LEFT-TO-RIGHT MARK}" not in format_money(61005, "USD", "fr")
