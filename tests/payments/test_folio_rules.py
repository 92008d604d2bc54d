"""Folio arithmetic against a plain twin: whatever happens to a stay, its lines add up to what is owed."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from serai.payments import folio_rules
from serai.payments.folio_rules import (
    EXTRA,
    PAYMENT,
    PENALTY,
    REFUND,
    ROOM,
    TAX,
    LineDraft,
    TaxSum,
    charge_lines,
    penalty_lines,
    replacement_lines,
    reversal_of,
    reversed_key,
    standing_lines,
    tax_sums,
)

TWO_NIGHTS = charge_lines(
    version=1,
    rooms=[("Deluxe", 800_000), ("Single", 500_000)],
    taxes=[("GST 12%", 156_000, False), ("VAT", 50_000, True)],
    extras=[("Breakfast", 40_000)],
)


def posted(lines: list[LineDraft], new: list[LineDraft]) -> list[LineDraft]:
    """What the database holds afterwards: a key is written once."""
    keys = {line.key for line in lines}
    return lines + [line for line in new if line.key not in keys]


def test_a_stay_in_lines() -> None:
    assert [
        LineDraft(ROOM, "Deluxe", 800_000, "v1:room:0"),
        LineDraft(ROOM, "Single", 500_000, "v1:room:1"),
        LineDraft(TAX, "GST 12%", 156_000, "v1:tax:0"),
        LineDraft(TAX, "VAT", 50_000, "v1:tax:1", is_included=True),
        LineDraft(EXTRA, "Breakfast", 40_000, "v1:extra:0"),
    ] == TWO_NIGHTS
    assert folio_rules.charges_minor(TWO_NIGHTS) == 1_496_000  # the VAT is in the rooms already
    assert folio_rules.settled_minor(TWO_NIGHTS) == 0
    assert folio_rules.balance_minor(TWO_NIGHTS) == 1_496_000


def test_a_line_and_what_takes_it_back_no_longer_stand() -> None:
    back = reversal_of(TWO_NIGHTS[3])
    assert back == LineDraft(TAX, "VAT", -50_000, "v1:tax:1~", is_included=True)
    assert (reversed_key("v1:tax:1~"), reversed_key("v1:tax:1")) == ("v1:tax:1", None)
    assert standing_lines([*TWO_NIGHTS, back]) == [*TWO_NIGHTS[:3], TWO_NIGHTS[4]]
    assert standing_lines([]) == []


def test_a_change_touches_only_what_is_different() -> None:
    new = charge_lines(
        version=2,
        rooms=[("Deluxe", 800_000), ("Single", 450_000)],
        taxes=[("GST 12%", 150_000, False), ("VAT", 50_000, True)],
        extras=[("Breakfast", 40_000)],
    )
    assert replacement_lines(TWO_NIGHTS, new) == [
        LineDraft(ROOM, "Single", -500_000, "v1:room:1~"),
        LineDraft(TAX, "GST 12%", -156_000, "v1:tax:0~"),
        LineDraft(ROOM, "Single", 450_000, "v2:room:1"),
        LineDraft(TAX, "GST 12%", 150_000, "v2:tax:0"),
    ]
    assert replacement_lines(TWO_NIGHTS, charge_lines(version=2, rooms=[])) == [
        reversal_of(line) for line in TWO_NIGHTS
    ]


def test_the_same_stay_again_writes_nothing() -> None:
    same = charge_lines(
        version=7,
        rooms=[("Single", 500_000), ("Deluxe", 800_000)],
        taxes=[("VAT", 50_000, True), ("GST 12%", 156_000, False)],
        extras=[("Breakfast", 40_000)],
    )
    assert replacement_lines(TWO_NIGHTS, same) == []


def test_equal_rooms_are_counted_one_by_one() -> None:
    three = charge_lines(version=1, rooms=[("Twin", 100), ("Twin", 100), ("Twin", 100)])
    two = charge_lines(version=2, rooms=[("Twin", 100), ("Twin", 100)])
    four = charge_lines(version=3, rooms=[("Twin", 100)] * 4)
    down = replacement_lines(three, two)
    assert down == [LineDraft(ROOM, "Twin", -100, "v1:room:2~")]
    assert replacement_lines([*three, *down], four) == [
        LineDraft(ROOM, "Twin", 100, "v3:room:0"),
        LineDraft(ROOM, "Twin", 100, "v3:room:1"),
    ]


def test_a_cancellation_leaves_the_penalty_and_what_was_added_at_the_desk() -> None:
    desk = LineDraft(EXTRA, "Taxi", 30_000, "desk:1")
    paid = LineDraft(PAYMENT, "cash", -30_000, "payment:1")
    new = penalty_lines([*TWO_NIGHTS, desk, paid], version=3, text="Late", penalty_minor=800_000)
    assert new == [
        *(reversal_of(line) for line in TWO_NIGHTS),
        LineDraft(PENALTY, "Late", 800_000, "v3:penalty"),
    ]
    assert folio_rules.balance_minor([*TWO_NIGHTS, desk, paid, *new]) == 800_000
    assert penalty_lines(TWO_NIGHTS, version=3, text="Free", penalty_minor=0) == [
        reversal_of(line) for line in TWO_NIGHTS
    ]


def test_taxes_of_one_name_are_one_sum() -> None:
    lines = [
        LineDraft(TAX, "VAT", 100, "v1:tax:0", is_included=True),
        LineDraft(TAX, "City tax", 70, "v1:tax:1"),
        LineDraft(ROOM, "VAT", 999, "v1:room:0"),
        LineDraft(TAX, "VAT", 11, "v1:tax:2", is_included=True),
        LineDraft(TAX, "VAT", 5, "v1:tax:3"),
    ]
    assert tax_sums(lines) == [
        TaxSum("VAT", 111, True),
        TaxSum("City tax", 70, False),
        TaxSum("VAT", 5, False),
    ]


def test_numbers_as_they_are_printed() -> None:
    assert folio_rules.number_text(kind="invoice", year=2026, number=17) == "2026-00017"
    assert folio_rules.number_text(kind="credit", year=2026, number=3) == "C2026-00003"
    assert folio_rules.number_text(kind="invoice", year=2026, number=123_456) == "2026-123456"


amounts = st.integers(0, 5_000)
names = st.sampled_from(["Single", "Twin", "Suite"])
stays = st.tuples(
    st.lists(st.tuples(names, amounts), max_size=4),
    st.lists(st.tuples(st.sampled_from(["VAT", "City tax"]), amounts, st.booleans()), max_size=3),
    st.lists(st.tuples(st.sampled_from(["Breakfast", "Parking"]), amounts), max_size=2),
)
steps = st.one_of(
    st.tuples(st.just("stay"), stays),
    st.tuples(st.just("cancel"), amounts),
    st.tuples(st.just("desk"), st.integers(-500, 500)),
    st.tuples(st.just("pay"), st.integers(1, 5_000)),
    st.tuples(st.just("refund"), st.integers(1, 5_000)),
    st.tuples(st.just("refuse"), st.integers(0, 5)),
)


@given(st.lists(steps, max_size=14))
def test_lines_add_up_to_what_a_plain_twin_says(journey: list[tuple[str, object]]) -> None:
    lines: list[LineDraft] = []
    stay = desk = paid = 0  # the twin: three numbers
    refunds: list[LineDraft] = []
    for version, (step, value) in enumerate(journey, start=1):
        if step == "stay":
            rooms, taxes, extras = value  # type: ignore[misc]
            new = charge_lines(version=version, rooms=rooms, taxes=taxes, extras=extras)
            lines = posted(lines, replacement_lines(lines, new))
            stay = (
                sum(minor for _text, minor in rooms)
                + sum(minor for _name, minor, is_included in taxes if not is_included)
                + sum(minor for _text, minor in extras)
            )
            # The stay as it is now stands line by line, and nothing else of it.
            content = sorted((line.kind, line.text, line.amount_minor, line.is_included) for line in new)
            now_there = [line for line in standing_lines(lines) if folio_rules.is_stay_line(line)]
            assert (
                sorted((line.kind, line.text, line.amount_minor, line.is_included) for line in now_there)
                == content
            )
        elif step == "cancel":
            assert isinstance(value, int)
            lines = posted(lines, penalty_lines(lines, version=version, text="Late", penalty_minor=value))
            stay = value
        elif step == "desk":
            assert isinstance(value, int)
            lines = posted(lines, [LineDraft(EXTRA, "Taxi", value, f"desk:{version}")])
            desk += value
        elif step == "pay":
            assert isinstance(value, int)
            lines = posted(lines, [LineDraft(PAYMENT, "cash", -value, f"payment:{version}")])
            paid += value
        elif step == "refund":
            assert isinstance(value, int)
            refunds.append(LineDraft(REFUND, "card", value, f"refund:{version}:1"))
            lines = posted(lines, refunds[-1:])
            paid -= value
        elif refunds:
            assert isinstance(value, int)
            refused = refunds.pop(value % len(refunds))
            lines = posted(lines, [reversal_of(refused)])
            lines = posted(lines, [reversal_of(refused)])  # told twice
            paid += refused.amount_minor
        assert len({line.key for line in lines}) == len(lines)
        assert folio_rules.charges_minor(lines) == stay + desk
        assert folio_rules.settled_minor(lines) == paid
        assert folio_rules.balance_minor(lines) == stay + desk - paid
    left = folio_rules.balance_minor(lines)
    kind = PAYMENT if left > 0 else REFUND
    settled = [*lines, LineDraft(kind, "cash", -left, "last")]
    assert sum(line.amount_minor for line in settled if not line.is_included) == 0
