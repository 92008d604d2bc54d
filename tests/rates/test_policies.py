"""Cancellation policies with all their terms."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from serai.rates.models import CancellationPolicy, CancellationTier, DepositStep
from serai.rates.services.errors import PolicyInUse, PolicyInvalid
from serai.rates.services.policies import DepositDraft, PolicyDetails, TierDraft, remove_policy, save_policy
from tests.factories import NOW, PolicyFactory, PropertyFactory, RatePlanFactory

pytestmark = pytest.mark.django_db

TERMS = PolicyDetails(
    no_show_kind="nights",
    no_show_value=2,
    early_departure_percent=50,
    change_rates="frozen",
    guarantee="deposit",
)
TIERS = [TierDraft(None, "percent", 20), TierDraft(None, "fixed", 50_000, 14), TierDraft(24, "nights", 1)]
DEPOSITS = [DepositDraft(None, "percent", 30), DepositDraft(30, "percent", 70)]


def policy_with_everything(**changes: Any) -> CancellationPolicy:
    values: dict[str, Any] = {"name": "Firm", "tiers": TIERS, "terms": TERMS, "deposits": DEPOSITS}
    property_id = PropertyFactory.create().pk
    return save_policy(**{"property_id": property_id, "now": NOW} | values | changes)


def stored(policy: CancellationPolicy) -> list[Any]:
    policy = CancellationPolicy.objects.get(pk=policy.pk)
    return [
        policy.no_show_kind,
        policy.no_show_value,
        policy.early_departure_percent,
        policy.change_rates,
        policy.guarantee,
        policy.kept_until,
        list(policy.tiers.values_list("hours_before", "days_before", "kind", "value")),
        list(policy.deposits.values_list("days_before", "kind", "value")),
    ]


EVERYTHING = [
    "nights",
    2,
    50,
    "frozen",
    "deposit",
    None,
    [(None, None, "percent", 20), (24, None, "nights", 1), (None, 14, "fixed", 50_000)],
    [(None, "percent", 30), (30, "percent", 70)],
]


def test_every_term_is_stored() -> None:
    assert stored(policy_with_everything()) == EVERYTHING


def test_what_is_not_given_stays() -> None:
    policy = policy_with_everything()
    save_policy(property_id=policy.property_id, policy_id=policy.pk, name="Firm", tiers=TIERS[:1], now=NOW)
    assert stored(policy) == [*EVERYTHING[:6], EVERYTHING[6][:1], EVERYTHING[7]]
    save_policy(property_id=policy.property_id, policy_id=policy.pk, name="Firm", tiers=None, now=NOW)
    assert stored(policy)[6] == EVERYTHING[6][:1]


def test_the_hour_counts_only_without_a_guarantee() -> None:
    six = dt.time(18)
    kept = policy_with_everything(terms=PolicyDetails(kept_until=six), deposits=[])
    assert stored(kept)[5] == six
    assert stored(policy_with_everything(terms=PolicyDetails(guarantee="prepaid", kept_until=six)))[5] is None


@pytest.mark.parametrize(
    ("changes", "field", "row"),
    [
        ({"tiers": [TierDraft(None, "percent", 101)]}, "value", 0),
        ({"tiers": [TierDraft(None, "nights", 0)]}, "value", 0),
        ({"tiers": [TierDraft(None, "minutes", 1)]}, "value", 0),
        ({"tiers": [TierDraft(24, "nights", 1), TierDraft(24, "nights", 1, 1)]}, "days_before", 1),
        ({"tiers": [TierDraft(24, "nights", 1), TierDraft(24, "percent", 5)]}, "hours_before", 1),
        ({"tiers": [TierDraft(None, "nights", 1), TierDraft(None, "percent", 5)]}, "hours_before", 1),
        ({"deposits": [DepositDraft(None, "percent", 60), DepositDraft(9, "percent", 41)]}, "deposits", None),
        ({"deposits": [DepositDraft(9, "fixed", 60), DepositDraft(9, "fixed", 41)]}, "days_before", 1),
        ({"deposits": []}, "deposits", None),
        ({"terms": PolicyDetails(early_departure_percent=101)}, "early_departure_percent", None),
        ({"terms": PolicyDetails(no_show_kind="percent", no_show_value=101)}, "no_show_value", None),
    ],
)
def test_a_refusal_names_the_field_and_changes_nothing(
    changes: dict[str, Any], field: str, row: int | None
) -> None:
    policy = policy_with_everything()
    with pytest.raises(PolicyInvalid) as refusal:
        policy_with_everything(property_id=policy.property_id, policy_id=policy.pk, **changes)
    assert (refusal.value.field, refusal.value.row) == (field, row)
    assert stored(policy) == EVERYTHING


def test_two_policies_of_a_property_differ_in_name() -> None:
    policy = policy_with_everything()
    with pytest.raises(PolicyInvalid) as refusal:
        policy_with_everything(property_id=policy.property_id)
    assert refusal.value.field == "name"
    assert CancellationPolicy.objects.count() == 1
    assert CancellationTier.objects.count() == 3


def test_only_unused_policies_are_removed() -> None:
    plan = RatePlanFactory.create(name="Saver", is_active=False)
    with pytest.raises(PolicyInUse, match="Saver"):
        remove_policy(property_id=plan.property_id, policy_id=plan.policy_id, now=NOW)
    unused = policy_with_everything(property_id=plan.property_id)
    with pytest.raises(CancellationPolicy.DoesNotExist):
        remove_policy(property_id=PolicyFactory.create().property_id, policy_id=unused.pk, now=NOW)
    remove_policy(property_id=plan.property_id, policy_id=unused.pk, now=NOW)
    assert not CancellationPolicy.objects.filter(pk=unused.pk).exists()
    assert not DepositStep.objects.exists()
