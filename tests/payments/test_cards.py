"""Cards as people type them."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serai.payments import cards

TODAY = dt.date(2026, 11, 21)


def test_every_test_card_is_a_valid_number_with_an_outcome() -> None:
    assert {card.outcome for card in cards.TEST_CARDS} == set(cards.Outcome)
    assert all(cards.is_number_valid(card.number) for card in cards.TEST_CARDS)
    assert cards.TEST_CARDS[0].grouped == "4242 4242 4242 4242"


@given(st.sampled_from(cards.TEST_CARDS), st.integers(0, 15), st.integers(1, 9))
def test_one_wrong_digit_is_always_noticed(card: cards.TestCard, place: int, shift: int) -> None:
    wrong = (int(card.number[place]) + shift) % 10
    assert not cards.is_number_valid(card.number[:place] + str(wrong) + card.number[place + 1 :])


@pytest.mark.parametrize("number", ["", "4242", "0" * 12, "0" * 20, "٤٢٤٢٤٢٤٢٤٢٤٢٤٢٤٢", "4242x24242424242"])
def test_what_is_no_number(number: str) -> None:
    assert not cards.is_number_valid(number)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("12/30", (2030, 12)),
        (" 1 / 27 ", (2027, 1)),
        ("01-2027", (2027, 1)),
        ("0127", (2027, 1)),
        ("11/26", (2026, 11)),
    ],
)
def test_expiry_is_read(text: str, expected: tuple[int, int]) -> None:
    assert cards.parse_expiry(text) == expected


@pytest.mark.parametrize(
    "text", ["", "13/30", "00/30", "2030-12", "127", "12/3", "12/30/31", "soon", "12/1999"]
)
def test_what_is_no_expiry(text: str) -> None:
    with pytest.raises(ValueError, match="month"):
        cards.parse_expiry(text)


def test_a_card_is_good_until_the_end_of_its_month() -> None:
    assert not cards.is_expired(2026, 11, today=TODAY)
    assert cards.is_expired(2026, 10, today=TODAY)
    assert not cards.is_expiry_absurd(2046, today=TODAY)
    assert cards.is_expiry_absurd(2047, today=TODAY)


def test_security_codes_have_the_card_s_own_length() -> None:
    assert cards.is_cvc_valid("123", number="4242424242424242")
    assert not cards.is_cvc_valid("1234", number="4242424242424242")
    assert cards.is_cvc_valid("1234", number="378282246310005")
    assert not cards.is_cvc_valid("12a", number="4242424242424242")


def test_an_unknown_number_has_no_outcome() -> None:
    assert cards.find_outcome("5555555555554444") is None
