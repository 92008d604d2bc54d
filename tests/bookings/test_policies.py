"""Worked examples of policies: when their instants are on days when clocks change, and what is due when."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest

from serai.bookings.rules import (
    CompiledTier,
    Instalment,
    Terms,
    before_check_in,
    charge,
    check_in_instant,
    compile_terms,
    compile_tiers,
    first_free_night,
    free_until,
    merge_terms,
    merge_tiers,
    penalty_at,
    share_tiers,
    terms_from_json,
)
from serai.rates.rules import (
    Deposit,
    Party,
    PolicyTerms,
    PolicyTier,
    ProductTerms,
    StayPrice,
    TaxTerm,
    price_stay,
)

CHECK_IN = dt.date(2026, 12, 10)
KOLKATA = {"check_in": CHECK_IN, "check_in_from": dt.time(14), "timezone": "Asia/Kolkata"}
ARRIVAL = dt.datetime(2026, 12, 10, 8, 30, tzinfo=dt.UTC)
BOOKED = dt.datetime(2026, 11, 21, 6, 30, tzinfo=dt.UTC)
SECOND = dt.timedelta(seconds=1)


def utc(*parts: int) -> dt.datetime:
    return dt.datetime(*parts, tzinfo=dt.UTC)  # type: ignore[arg-type]


def stay(*amounts: int, taxes: tuple[TaxTerm, ...] = ()) -> StayPrice:
    nights = [(CHECK_IN + dt.timedelta(days=day), amount) for day, amount in enumerate(amounts)]
    return price_stay(ProductTerms("INR", 2, 2, 2, 4, taxes=taxes), nights, [Party(2)])


# --- Days and hours when clocks change ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("zone", "check_in", "days", "by_days", "by_hours"),
    [
        ("Asia/Kolkata", CHECK_IN, 1, utc(2026, 12, 9, 8, 30), utc(2026, 12, 9, 8, 30)),
        # Berlin, 29 March 2026: 23 hours between 14:00 and 14:00.
        ("Europe/Berlin", dt.date(2026, 3, 29), 1, utc(2026, 3, 28, 13), utc(2026, 3, 28, 12)),
        ("Europe/Berlin", dt.date(2026, 3, 30), 1, utc(2026, 3, 29, 12), utc(2026, 3, 29, 12)),
        # 25 October: 25 hours.
        ("Europe/Berlin", dt.date(2026, 10, 25), 1, utc(2026, 10, 24, 12), utc(2026, 10, 24, 13)),
        ("Europe/Berlin", dt.date(2026, 10, 31), 7, utc(2026, 10, 24, 12), utc(2026, 10, 24, 13)),
        # New York, 8 March and 1 November 2026.
        ("America/New_York", dt.date(2026, 3, 8), 1, utc(2026, 3, 7, 19), utc(2026, 3, 7, 18)),
        ("America/New_York", dt.date(2026, 11, 1), 1, utc(2026, 10, 31, 18), utc(2026, 10, 31, 19)),
        # Lord Howe moves by half an hour: 5 April and 4 October 2026.
        ("Australia/Lord_Howe", dt.date(2026, 4, 5), 1, utc(2026, 4, 4, 3), utc(2026, 4, 4, 3, 30)),
        ("Australia/Lord_Howe", dt.date(2026, 10, 4), 1, utc(2026, 10, 3, 3, 30), utc(2026, 10, 3, 3)),
    ],
)
def test_a_day_is_the_same_hour_of_the_day_before_and_24_hours_are_24_hours(
    zone: str, check_in: dt.date, days: int, by_days: dt.datetime, by_hours: dt.datetime
) -> None:
    arrival = check_in_instant(check_in=check_in, check_in_from=dt.time(14), timezone=zone)
    assert before_check_in(arrival, timezone=zone, days=days) == by_days
    assert before_check_in(arrival, timezone=zone, hours=24 * days) == by_hours
    tiers = compile_tiers(
        tiers=[PolicyTier(24 * days, "percent", 50), PolicyTier(None, "percent", 100, days)],
        check_in=check_in,
        check_in_from=dt.time(14),
        timezone=zone,
        price=stay(10_000),
    )
    assert {tier.from_at for tier in tiers} == {by_days, by_hours}
    assert penalty_at(tiers, min(by_days, by_hours) - SECOND) == 0


def test_a_day_before_that_ends_in_a_skipped_hour_or_a_double_one() -> None:
    def day_before(check_in: dt.date) -> dt.datetime:
        arrival = check_in_instant(check_in=check_in, check_in_from=dt.time(2, 30), timezone="Europe/Berlin")
        return before_check_in(arrival, timezone="Europe/Berlin", days=1)

    assert day_before(dt.date(2026, 3, 30)) == utc(2026, 3, 29, 1, 30)  # 02:30 does not exist: it is 03:30
    assert day_before(dt.date(2026, 10, 26)) == utc(2026, 10, 25, 0, 30)  # the first 02:30 of two
    assert day_before(dt.date(2026, 10, 25)) == utc(2026, 10, 24, 0, 30)


def test_zero_hours_and_zero_days_are_the_check_in_itself() -> None:
    assert before_check_in(ARRIVAL, timezone="Asia/Kolkata", hours=0) == ARRIVAL
    assert before_check_in(ARRIVAL, timezone="Asia/Kolkata", days=0) == ARRIVAL
    assert before_check_in(ARRIVAL, timezone="Asia/Kolkata") == ARRIVAL


# --- Amounts -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        ("percent", 0, 0),
        ("percent", 33, 7_261),  # 7,260.66
        ("percent", 100, 22_002),
        ("nights", 1, 10_001),
        ("nights", 2, 22_002),
        ("nights", 3, 22_002),
        ("fixed", 0, 0),
        ("fixed", 5_000, 5_000),
        ("fixed", 22_003, 22_002),  # never more than the stay
    ],
)
def test_what_a_term_costs(kind: str, value: int, expected: int) -> None:
    assert charge(kind=kind, value=value, price=stay(10_001, 12_001)) == expected


def test_tiers_stand_in_order_and_the_last_that_has_begun_counts() -> None:
    tiers = compile_tiers(
        tiers=[
            PolicyTier(0, "percent", 100),
            PolicyTier(None, "fixed", 1_000),
            PolicyTier(None, "nights", 1, days_before=3),
        ],
        price=stay(10_000, 12_000),
        **KOLKATA,
    )
    three_days = ARRIVAL - dt.timedelta(days=3)
    assert tiers == [
        CompiledTier(None, 1_000),
        CompiledTier(three_days, 10_000),
        CompiledTier(ARRIVAL, 22_000),
    ]
    assert [penalty_at(tiers, at) for at in (three_days - SECOND, three_days, ARRIVAL - SECOND, ARRIVAL)] == [
        1_000, 10_000, 10_000, 22_000,
    ]  # fmt: skip
    assert free_until(tiers) is None


# --- Several rooms -----------------------------------------------------------------------------------


def test_rooms_with_policies_of_their_own_add_up_at_every_instant() -> None:
    early, late = ARRIVAL - dt.timedelta(days=7), ARRIVAL - dt.timedelta(days=1)
    strict = [CompiledTier(None, 500)]
    middle = [CompiledTier(early, 100), CompiledTier(late, 300)]
    loose = [CompiledTier(late, 70)]
    assert merge_tiers([strict, middle, loose]) == [
        CompiledTier(None, 500),
        CompiledTier(early, 600),
        CompiledTier(late, 870),
    ]
    assert merge_tiers([middle, loose]) == [CompiledTier(early, 100), CompiledTier(late, 370)]
    assert merge_tiers([middle]) == middle
    assert merge_tiers([]) == []
    assert merge_tiers([[], loose]) == loose


def test_a_milder_tier_lowers_the_sum() -> None:
    odd = [CompiledTier(None, 500), CompiledTier(ARRIVAL, 0)]
    assert merge_tiers([odd, [CompiledTier(ARRIVAL, 10)]]) == [
        CompiledTier(None, 500),
        CompiledTier(ARRIVAL, 10),
    ]


@pytest.mark.parametrize(
    ("weights", "expected"),
    [
        ([100, 300], [[25, 2], [76, 8]]),
        ([1, 1, 1], [[33, 3], [34, 3], [34, 4]]),
        ([0, 0], [[50, 5], [51, 5]]),  # rooms that cost nothing share alike
        ([0, 5], [[0, 0], [101, 10]]),
        ([7], [[101, 10]]),
    ],
)
def test_one_policy_is_shared_out_to_the_last_minor_unit(
    weights: list[int], expected: list[list[int]]
) -> None:
    tiers = [CompiledTier(None, 101), CompiledTier(ARRIVAL, 10)]
    shared = share_tiers(tiers, weights)
    assert [[tier.penalty_minor for tier in room] for room in shared] == expected
    assert all([tier.from_at for tier in room] == [None, ARRIVAL] for room in shared)
    assert merge_tiers(shared) == tiers


@pytest.mark.parametrize(
    ("leaves", "expected"),
    [
        (utc(2026, 12, 10, 9), dt.date(2026, 12, 11)),  # the first night was taken
        (utc(2026, 12, 11, 18, 29), dt.date(2026, 12, 11)),  # 23:59 in India
        (utc(2026, 12, 11, 18, 30), dt.date(2026, 12, 12)),
        (utc(2026, 12, 13, 9), dt.date(2026, 12, 13)),
    ],
)
def test_who_leaves_early_frees_the_nights_that_have_not_begun(
    leaves: dt.datetime, expected: dt.date
) -> None:
    assert first_free_night(leaves, timezone="Asia/Kolkata", check_in=CHECK_IN) == expected


# --- Deposits ----------------------------------------------------------------------------------------


def compiled(
    *deposits: Deposit,
    price: StayPrice | None = None,
    booked_at: dt.datetime = BOOKED,
    is_prepaid: bool = False,
    **policy: Any,
) -> Terms:
    terms = PolicyTerms(deposits=deposits, **policy)
    price = price or stay(10_000, 12_000)
    tiers = compile_tiers(tiers=terms.tiers, price=price, **KOLKATA)
    return compile_terms(
        policy=terms, tiers=tiers, is_prepaid=is_prepaid, price=price, booked_at=booked_at, **KOLKATA
    )


def test_a_schedule_of_deposits() -> None:
    terms = compiled(Deposit(None, "percent", 10), Deposit(14, "nights", 1), Deposit(3, "fixed", 4_000))
    fourteen, three = ARRIVAL - dt.timedelta(days=14), ARRIVAL - dt.timedelta(days=3)
    assert terms.deposits == (
        Instalment(None, 2_200),
        Instalment(fourteen, 10_000),
        Instalment(three, 4_000),
    )
    assert terms.due_now_minor == 2_200
    assert terms.later == terms.deposits[1:]


def test_deposits_never_come_to_more_than_can_be_paid_in_advance() -> None:
    city = TaxTerm("City", "amount", "person", "night", 1_000, is_paid_at_property=True)
    terms = compiled(
        Deposit(None, "percent", 80),
        Deposit(14, "percent", 80),
        Deposit(3, "percent", 80),
        price=stay(10_000, taxes=(city,)),
    )
    assert [part.amount_minor for part in terms.deposits] == [8_000, 2_000]


@pytest.mark.parametrize(
    ("offset", "expected"), [(-SECOND, [None, -14]), (dt.timedelta(0), [None]), (SECOND, [None])]
)
def test_a_deposit_whose_day_has_come_is_due_at_booking(
    offset: dt.timedelta, expected: list[int | None]
) -> None:
    due_at = ARRIVAL - dt.timedelta(days=14)
    terms = compiled(Deposit(None, "fixed", 1_000), Deposit(14, "fixed", 2_000), booked_at=due_at + offset)
    assert [part.due_at for part in terms.deposits] == [None if day is None else due_at for day in expected]
    assert sum(part.amount_minor for part in terms.deposits) == 3_000


def test_a_deposit_is_due_by_the_propertys_calendar() -> None:
    due = compile_terms(
        policy=PolicyTerms(deposits=(Deposit(1, "fixed", 100),)),
        tiers=[],
        is_prepaid=False,
        price=stay(10_000),
        check_in=dt.date(2026, 10, 25),
        check_in_from=dt.time(14),
        timezone="Europe/Berlin",
        booked_at=utc(2026, 1, 1),
    )
    assert due.deposits == (Instalment(utc(2026, 10, 24, 12), 100),)


def test_a_prepaid_rate_is_due_as_a_whole_whatever_its_deposits() -> None:
    terms = compiled(Deposit(14, "percent", 10), is_prepaid=True, kept_until=dt.time(18))
    assert terms.deposits == (Instalment(None, 22_000),)
    assert (terms.guarantee, terms.kept_until_at) == ("prepaid", None)


def test_nothing_due_is_no_instalment() -> None:
    assert compiled(Deposit(None, "percent", 0), Deposit(3, "fixed", 0)).deposits == ()
    assert compiled().due_now_minor == 0
    assert compiled(price=stay(0), is_prepaid=True).deposits == ()


# --- Not coming, leaving early, being late -----------------------------------------------------------


def test_not_coming_costs_what_cancelling_at_check_in_does_unless_the_policy_says_otherwise() -> None:
    tiers = (PolicyTier(24, "nights", 1), PolicyTier(0, "percent", 100))
    assert compiled(tiers=tiers).no_show_minor == 22_000
    assert compiled(tiers=tiers, no_show_kind="nights", no_show_value=1).no_show_minor == 10_000
    assert compiled(tiers=tiers, no_show_kind="percent", no_show_value=0).no_show_minor == 0
    assert compiled(no_show_kind="fixed", no_show_value=99_999).no_show_minor == 22_000
    assert compiled().no_show_minor == 0


@pytest.mark.parametrize(
    ("guarantee", "is_prepaid", "expected"),
    [
        ("none", False, utc(2026, 12, 10, 12, 30)),
        ("deposit", False, None),
        ("prepaid", False, None),
        ("none", True, None),
    ],
)
def test_a_room_without_guarantee_is_kept_until_its_hour(
    guarantee: str, is_prepaid: bool, expected: dt.datetime | None
) -> None:
    terms = compiled(guarantee=guarantee, is_prepaid=is_prepaid, kept_until=dt.time(18))
    assert terms.kept_until_at == expected


def test_a_room_is_kept_all_day_when_nothing_is_said() -> None:
    assert compiled(guarantee="none").kept_until_at is None


def test_the_rest_of_a_policy_is_taken_over() -> None:
    terms = compiled(early_departure_percent=40, change_rates="frozen", guarantee="deposit")
    assert (terms.early_departure_percent, terms.change_rates, terms.guarantee) == (40, "frozen", "deposit")


# --- Terms of several rooms --------------------------------------------------------------------------


def test_the_terms_of_a_booking_are_sums_and_the_strictest_words() -> None:
    week, day = ARRIVAL - dt.timedelta(days=7), ARRIVAL - dt.timedelta(days=1)
    first = Terms(
        deposits=(Instalment(None, 100), Instalment(week, 200)),
        no_show_minor=1_000,
        early_departure_percent=50,
        change_rates="frozen",
        guarantee="deposit",
        kept_until_at=ARRIVAL + dt.timedelta(hours=4),
    )
    second = Terms(
        deposits=(Instalment(week, 30), Instalment(day, 5)),
        no_show_minor=200,
        early_departure_percent=80,
        change_rates="current",
        kept_until_at=ARRIVAL + dt.timedelta(hours=2),
    )
    merged = merge_terms([first, second])
    assert merged == Terms(
        deposits=(Instalment(None, 100), Instalment(week, 230), Instalment(day, 5)),
        no_show_minor=1_200,
        early_departure_percent=80,
        change_rates="current",
        guarantee="deposit",
        kept_until_at=ARRIVAL + dt.timedelta(hours=2),
    )
    assert merge_terms([second, first]) == merged
    assert merge_terms([first]) is first
    assert merge_terms([first, first]).change_rates == "frozen"
    assert merge_terms([second, Terms(guarantee="prepaid"), first]).guarantee == "prepaid"
    assert merge_terms([Terms(), Terms()]) == Terms(early_departure_percent=100)
    assert merge_terms([]) == Terms(change_rates="frozen")


def test_terms_survive_being_stored() -> None:
    terms = compiled(
        Deposit(None, "percent", 10),
        Deposit(14, "nights", 1),
        tiers=(PolicyTier(24, "nights", 1),),
        kept_until=dt.time(18),
        early_departure_percent=30,
        change_rates="frozen",
    )
    assert terms_from_json(json.loads(json.dumps(terms.as_json()))) == terms
    plain = Terms(kept_until_at=None)
    assert terms_from_json(json.loads(json.dumps(plain.as_json()))) == plain
    assert terms_from_json({}) == Terms()
