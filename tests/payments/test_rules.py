"""The state tables, walked at random."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serai.payments import rules
from serai.payments.models import Payment, Refund

payment_states = st.sampled_from(sorted(rules.PAYMENT_MOVES))
refund_states = st.sampled_from(sorted(rules.REFUND_MOVES))


def test_tables_know_exactly_the_stored_states() -> None:
    assert set(rules.PAYMENT_MOVES) == set(Payment.State.values)
    assert set(rules.REFUND_MOVES) == set(Refund.State.values)
    for moves in (rules.PAYMENT_MOVES, rules.REFUND_MOVES):
        assert set().union(*moves.values()) <= set(moves)


@given(start=payment_states, reports=st.lists(payment_states, max_size=30))
def test_no_reports_lead_out_of_succeeded(start: str, reports: list[str]) -> None:
    state = start
    for report in reports:
        before, state = state, rules.next_state(rules.PAYMENT_MOVES, current=state, reported=report)
        assert state in {before, report}
        if before == "succeeded":
            assert state == "succeeded"


@given(reports=st.lists(st.sampled_from(["pending", "succeeded", "failed"]), max_size=6), data=st.data())
def test_the_order_of_reports_does_not_matter_once_money_came(
    reports: list[str], data: st.DataObject
) -> None:
    shuffled = data.draw(st.permutations([*reports, "succeeded", "succeeded"]))
    state = "created"
    for report in shuffled:
        state = rules.next_state(rules.PAYMENT_MOVES, current=state, reported=report)
    assert state == "succeeded"


def test_succeeded_cannot_be_reached_from_itself_but_failed_can_still_be_paid() -> None:
    assert rules.PAYMENT_MOVES["succeeded"] == frozenset()
    assert rules.next_state(rules.PAYMENT_MOVES, current="failed", reported="succeeded") == "succeeded"
    assert rules.next_state(rules.PAYMENT_MOVES, current="failed", reported="pending") == "failed"
    assert rules.next_state(rules.PAYMENT_MOVES, current="pending", reported="created") == "pending"


def test_an_unknown_report_is_an_error_not_a_shrug() -> None:
    with pytest.raises(KeyError):
        rules.next_state(rules.PAYMENT_MOVES, current="pending", reported="paid")


@given(
    amount=st.integers(min_value=1, max_value=10_000),
    steps=st.lists(
        st.one_of(
            st.tuples(st.just("ask"), st.integers(min_value=1, max_value=10_000)),
            st.tuples(st.just("report"), st.integers(0, 9), refund_states),
        ),
        max_size=40,
    ),
)
def test_the_refunded_total_is_the_sum_of_counted_refunds(amount: int, steps: list[tuple]) -> None:
    """The services' bookkeeping in small: what is kept in one column equals what the refunds add up to."""
    refunded, refunds = 0, []
    for step in steps:
        if step[0] == "ask":
            if step[1] <= rules.refundable_minor(amount_minor=amount, refunded_minor=refunded):
                refunded += step[1]
                refunds.append([step[1], "pending"])
        elif refunds:
            refund = refunds[step[1] % len(refunds)]
            after = rules.next_state(rules.REFUND_MOVES, current=refund[1], reported=step[2])
            total = rules.refunded_after_move(
                refunded_minor=refunded, refund_minor=refund[0], before=refund[1], after=after
            )
            if total <= amount:
                refunded, refund[1] = total, after
        assert refunded == sum(size for size, state in refunds if state in {"pending", "succeeded"})
        assert 0 <= refunded <= amount
