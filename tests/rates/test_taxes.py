"""Taxes and fees with all their terms, written from two pages at once."""

from __future__ import annotations

import datetime as dt
import time
from dataclasses import replace
from typing import Any

import pytest

from serai.properties.models import Property
from serai.rates.models import TaxRule
from serai.rates.services import taxes as service
from serai.rates.services.errors import TaxInvalid
from serai.rates.services.taxes import TaxDraft, TaxTerms, save_taxes
from tests.factories import NOW, PropertyFactory
from tests.racing import run_together

pytestmark = pytest.mark.django_db

TERMS = TaxTerms(
    from_age=16,
    below_age=70,
    max_nights=21,
    exempt_from_nights=60,
    exemption="business",
    valid_from_date=dt.date(2027, 1, 1),
    valid_until_date=dt.date(2027, 12, 31),
)
CITY = TaxDraft("City", "amount", 350, basis="person", is_paid_at_property=True, terms=TERMS)


def terms_of(name: str) -> tuple[Any, ...]:
    return TaxRule.objects.values_list(
        "from_age",
        "below_age",
        "max_nights",
        "exempt_from_nights",
        "exemption",
        "valid_from_date",
        "valid_until_date",
    ).get(name=name)


EVERY_TERM = (16, 70, 21, 60, "business", dt.date(2027, 1, 1), dt.date(2027, 12, 31))


def test_terms_are_stored_and_stay_when_not_given() -> None:
    property_id = PropertyFactory.create().pk
    save_taxes(property_id=property_id, taxes=[CITY], now=NOW)
    tax = TaxRule.objects.get()
    assert terms_of("City") == EVERY_TERM
    simple = TaxDraft("City tax", "amount", 400, basis="person", tax_id=tax.pk)
    save_taxes(property_id=property_id, taxes=[TaxDraft("VAT", "percent", 700), simple], now=NOW)
    assert terms_of("City tax") == EVERY_TERM
    assert list(TaxRule.objects.values_list("name", "value", "position")) == [
        ("VAT", 700, 0), ("City tax", 400, 1),
    ]  # fmt: skip
    assert TaxRule.objects.get(name="City tax").pk == tax.pk
    whole = TaxDraft("City tax", "amount", 400, basis="person", tax_id=tax.pk, terms=TaxTerms())
    save_taxes(property_id=property_id, taxes=[whole], now=NOW)
    assert terms_of("City tax") == (None, None, None, None, "", None, None)


def test_a_colleagues_new_tax_stays_when_an_older_list_is_saved() -> None:
    property_id = PropertyFactory.create().pk
    save_taxes(property_id=property_id, taxes=[CITY, TaxDraft("Old", "percent", 100)], now=NOW)
    shown = list(TaxRule.objects.values_list("pk", flat=True))
    kept = TaxDraft("City", "amount", 350, basis="person", tax_id=shown[0])
    save_taxes(
        property_id=property_id,
        taxes=[
            TaxDraft("New", "percent", 100),
            replace(kept, name="Town"),
            TaxDraft("Old", "percent", 200, tax_id=shown[1]),
        ],
        now=NOW,
    )
    save_taxes(property_id=property_id, taxes=[kept], shown_ids=shown, now=NOW)
    assert list(TaxRule.objects.values_list("name", "position")) == [("City", 0), ("New", 1)]
    with pytest.raises(TaxInvalid, match="removed by somebody else"):
        save_taxes(property_id=property_id, taxes=[TaxDraft("Old", "percent", 1, tax_id=shown[1])], now=NOW)
    assert TaxRule.objects.count() == 2


@pytest.mark.parametrize(
    ("tax", "field"),
    [
        (TaxDraft("x", "percent", 10_001), "value"),
        (TaxDraft("x", "compound", 0), "value"),
        (TaxDraft("x", "percent", 100, from_minor=5, below_minor=5), "below_minor"),
        (TaxDraft("x", "amount", 100, basis="adult", terms=TaxTerms(from_age=16)), "basis"),
        (TaxDraft("x", "percent", 100, terms=TaxTerms(below_age=16)), "basis"),
        (
            TaxDraft("x", "amount", 100, basis="person", terms=TaxTerms(from_age=16, below_age=16)),
            "below_age",
        ),
        (TaxDraft("x", "percent", 100, terms=TaxTerms(max_nights=0)), "max_nights"),
        (TaxDraft("x", "percent", 100, terms=TaxTerms(exempt_from_nights=0)), "exempt_from_nights"),
        (
            TaxDraft(
                "x",
                "percent",
                100,
                terms=TaxTerms(valid_from_date=dt.date(2027, 1, 2), valid_until_date=dt.date(2027, 1, 1)),
            ),
            "valid_until_date",
        ),
    ],
)
def test_a_refusal_names_field_and_row_and_changes_nothing(tax: TaxDraft, field: str) -> None:
    property_id = PropertyFactory.create().pk
    save_taxes(property_id=property_id, taxes=[CITY], now=NOW)
    with pytest.raises(TaxInvalid) as refusal:
        save_taxes(property_id=property_id, taxes=[TaxDraft("VAT", "percent", 100), tax], now=NOW)
    assert (refusal.value.field, refusal.value.row) == (field, 1)
    assert list(TaxRule.objects.values_list("name", flat=True)) == ["City"]


def names_after_two_at_once(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    property_id = PropertyFactory.create().pk
    check = service._check_rule

    def check_slowly(*args: Any, **kwargs: Any) -> None:
        check(*args, **kwargs)
        time.sleep(0.3)

    monkeypatch.setattr(service, "_check_rule", check_slowly)

    def save(name: str) -> None:
        save_taxes(property_id=property_id, taxes=[TaxDraft(name, "percent", 100)], now=NOW)

    race = run_together(lambda: save("One"), lambda: save("Two"))
    assert race.errors == []
    return sorted(TaxRule.objects.values_list("name", flat=True))


@pytest.mark.django_db(transaction=True)
def test_of_two_hosts_at_once_the_later_list_counts_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    assert names_after_two_at_once(monkeypatch) in (["One"], ["Two"])


@pytest.mark.django_db(transaction=True)
def test_without_the_propertys_lock_both_lists_would_be_charged(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "lock_property", lambda pk: Property.objects.get(pk=pk))
    assert names_after_two_at_once(monkeypatch) == ["One", "Two"]
