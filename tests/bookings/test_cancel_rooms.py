"""Cancelling some rooms: each at its own price, the others untouched, the money right to the last unit."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serai.bookings.audit import recount
from serai.bookings.errors import ChangeNotAllowed, PenaltyChanged, StateConflict
from serai.bookings.models import Booking, BookingRoom
from serai.bookings.quotes import RoomRequest, StayRequest, make_quote, quote_from_json
from serai.bookings.rules import CompiledTier, merge_tiers, share_tiers, tiers_from_json
from serai.bookings.selectors import active_rooms, balance_minor, kept_minor, owed_minor, paid_minor
from serai.bookings.services import (
    cancel_booking,
    cancel_rooms,
    cancellation_cost,
    change_booking,
    change_request,
    complete_checkout,
    hold_quote,
    offer_change,
)
from serai.core.models import OutboxMessage, SentMail
from serai.payments.models import Refund
from serai.rates.models import Extra, TaxRule
from serai.rates.rules import Party
from tests.bookings.desk import CARD, CHECK_IN, CHECK_OUT, book_stay, counters, fill_in, pay
from tests.factories import NOW, Hotel, UserFactory, make_hotel
from tests.racing import run_together

pytestmark = pytest.mark.django_db

# From here on a room of `flexible` costs its first night.
DEADLINE = dt.datetime(2026, 12, 9, 8, 30, tzinfo=dt.UTC)


@pytest.fixture
def hotel() -> Hotel:
    return make_hotel(units=4)


def book_rooms(hotel: Hotel, *rooms: RoomRequest, is_paid: bool = False, **wishes: object) -> Booking:
    request = StayRequest(CHECK_IN, CHECK_OUT, rooms, **wishes)  # type: ignore[arg-type]
    user = UserFactory.create()
    checkout = hold_quote(token=make_quote(request=request, now=NOW).token, user=user, now=NOW)
    fill_in(checkout, guest_name=user.name, guest_email=user.email)
    if is_paid:
        fill_in(checkout, guest_name=user.name, guest_email=user.email, payment_method=CARD)
        pay(checkout)
    return complete_checkout(checkout_id=checkout.pk, now=NOW)


def mixed(hotel: Hotel, **wishes: object) -> Booking:
    """A flexible room for a couple with a child (8,000, open), a non-refundable one for two (7,200, paid)."""
    return book_rooms(
        hotel,
        RoomRequest(hotel.flexible.pk, Party(2, (5,))),
        RoomRequest(hotel.saver.pk, Party(2)),
        is_paid=True,
        **wishes,
    )


def twin(hotel: Hotel) -> Booking:
    """Two flexible rooms, one with a child, both paid by card (8,000 each)."""
    return book_rooms(
        hotel,
        RoomRequest(hotel.flexible.pk, Party(2, (5,))),
        RoomRequest(hotel.flexible.pk, Party(2)),
        is_paid=True,
    )


def room_ids(booking: Booking) -> list[int]:
    return [room.pk for room in active_rooms(Booking.objects.get(pk=booking.pk))]


def cancel(booking: Booking, ids: list[int], *, at: dt.datetime = NOW, **options: object) -> Booking:
    return cancel_rooms(
        booking_id=booking.pk,
        room_ids=ids,
        actor=booking.guest,
        now=at,
        **options,  # type: ignore[arg-type]
    )


def assert_consistent(booking: Booking) -> None:
    """Rooms, price, terms and tiers of a booking say the same."""
    booking = Booking.objects.get(pk=booking.pk)
    rooms = active_rooms(booking)
    quote = quote_from_json(booking.price)
    assert [room.total_minor for room in rooms] == [price.total_minor for price in quote.price.rooms]
    assert [room.room_type_id for room in rooms] == [room.room_type_id for room in quote.rooms]
    assert [room.adults for room in rooms] == [room.party.adults for room in quote.request.rooms]
    assert booking.total_minor == quote.price.total_minor
    assert (booking.adults, booking.children_ages) == (
        quote.request.party.adults,
        list(quote.request.party.children_ages),
    )
    assert tiers_from_json(booking.cancellation_tiers) == quote.tiers
    assert quote.tiers == merge_tiers([tiers_from_json(room.cancellation_tiers) for room in rooms])
    assert recount() == []


def test_each_room_costs_what_its_own_terms_say(hotel: Hotel) -> None:
    booking = mixed(hotel)
    flexible, saver = room_ids(booking)
    assert paid_minor(booking) == 720_000
    assert cancellation_cost(booking=booking, now=NOW, room_ids=[flexible]).penalty_minor == 0
    assert cancellation_cost(booking=booking, now=NOW, room_ids=[saver]).penalty_minor == 720_000
    cost = cancellation_cost(booking=booking, now=DEADLINE, room_ids=[flexible])
    assert (cost.penalty_minor, cost.refund_minor, cost.due_minor) == (400_000, 0, 400_000)
    whole = cancellation_cost(booking=booking, now=DEADLINE)
    assert (whole.penalty_minor, whole.refund_minor, whole.due_minor) == (1_120_000, 0, 400_000)


def test_a_free_room_goes_back_with_its_money(hotel: Hotel) -> None:
    booking = twin(hotel)
    first, second = room_ids(booking)
    after = cancel(booking, [first], expected_penalty_minor=0)
    assert (after.state, after.total_minor, after.penalty_minor, after.version) == (
        "confirmed",
        800_000,
        0,
        2,
    )
    assert (after.adults, after.children_ages) == (2, [])
    assert (owed_minor(after), kept_minor(after), paid_minor(after), balance_minor(after)) == (
        800_000,
        800_000,
        800_000,
        0,
    )
    refund = Refund.objects.get()
    assert (refund.amount_minor, refund.reason) == (800_000, "rooms_cancelled")
    assert counters(hotel.room_type.pk) == [(0, 1), (0, 1)]
    assert BookingRoom.objects.get(pk=first).state == "cancelled"
    event = after.events.last()
    assert event is not None
    assert (event.kind, event.data) == ("rooms_cancelled", {"room_ids": [first], "penalty_minor": 0})
    assert room_ids(after) == [second]
    assert_consistent(after)


def test_penalties_add_up_and_stay_owed(hotel: Hotel) -> None:
    booking = mixed(hotel)
    flexible, saver = room_ids(booking)
    after = cancel(booking, [flexible], at=DEADLINE, expected_penalty_minor=400_000)
    assert (after.total_minor, after.penalty_minor, owed_minor(after)) == (720_000, 400_000, 1_120_000)
    assert (paid_minor(after), balance_minor(after)) == (720_000, 400_000)
    assert_consistent(after)
    gone = cancel(after, [saver], at=DEADLINE, expected_penalty_minor=720_000)
    assert (gone.state, gone.penalty_minor, gone.cancelled_at) == ("cancelled", 1_120_000, DEADLINE)
    assert (owed_minor(gone), paid_minor(gone), balance_minor(gone)) == (1_120_000, 720_000, 400_000)
    assert counters(hotel.room_type.pk) == [(0, 0), (0, 0)]
    assert recount() == []


def test_cancelling_the_rest_adds_to_what_the_room_cost(hotel: Hotel) -> None:
    booking = book_stay(hotel.flexible, party=Party(4), rooms=2)
    after = cancel(booking, room_ids(booking)[:1], at=DEADLINE)
    assert (owed_minor(after), balance_minor(after)) == (1_200_000, 1_200_000)
    gone = cancel_booking(booking_id=after.pk, actor=None, now=DEADLINE, expected_penalty_minor=400_000)
    assert (gone.penalty_minor, balance_minor(gone)) == (800_000, 800_000)


def test_charges_at_the_property_shrink_with_the_rooms_and_are_not_kept(hotel: Hotel) -> None:
    city = {"kind": "amount", "basis": "person", "value": 700, "is_paid_at_property": True}
    TaxRule.objects.create(property=hotel.property, name="City", **city)
    booking = book_rooms(
        hotel,
        RoomRequest(hotel.flexible.pk, Party(2)),
        RoomRequest(hotel.flexible.pk, Party(1)),
        is_paid=True,
    )
    assert (booking.total_minor, paid_minor(booking)) == (1_604_200, 1_600_000)
    after = cancel(booking, room_ids(booking)[1:])
    assert (after.total_minor, paid_minor(after), balance_minor(after)) == (802_800, 800_000, 2_800)
    assert_consistent(after)


def test_extras_stay_with_the_booking(hotel: Hotel) -> None:
    extra = Extra.objects.create(property=hotel.property, name="Parking", amount_minor=10_000)
    booking = mixed(hotel, extras=((extra.pk, 1),))
    assert booking.total_minor == 1_530_000
    after = cancel(booking, room_ids(booking)[:1])
    assert (after.total_minor, balance_minor(after)) == (730_000, 10_000)
    gone = cancel(after, room_ids(after))
    assert (gone.penalty_minor, paid_minor(gone)) == (720_000, 720_000)


def test_again_changes_nothing(hotel: Hotel) -> None:
    booking = twin(hotel)
    ids = room_ids(booking)
    first = cancel(booking, ids[:1])
    again = cancel(booking, ids[:1], at=DEADLINE, expected_penalty_minor=400_000)
    assert (again.version, again.penalty_minor, Refund.objects.count()) == (first.version, 0, 1)
    cancel(booking, ids)
    assert cancel(booking, ids).state == "cancelled"
    assert Booking.objects.get().version == 3


def test_another_penalty_than_was_shown_changes_nothing(hotel: Hotel) -> None:
    booking = mixed(hotel)
    ids = room_ids(booking)
    with pytest.raises(PenaltyChanged):
        cancel(booking, ids[:1], at=DEADLINE, expected_penalty_minor=0)
    assert room_ids(booking) == ids
    assert Booking.objects.get().version == 1
    assert counters(hotel.room_type.pk) == [(0, 2), (0, 2)]
    assert not Refund.objects.exists()


def test_rooms_of_others_and_stays_that_began_are_refused(hotel: Hotel) -> None:
    booking, other = mixed(hotel), book_stay(hotel.flexible)
    with pytest.raises(StateConflict, match="not part"):
        cancel(booking, room_ids(other))
    Booking.objects.filter(pk=booking.pk).update(state="checked_in")
    with pytest.raises(StateConflict, match="begun"):
        cancel(booking, room_ids(booking)[:1])
    assert counters(hotel.room_type.pk) == [(0, 3), (0, 3)]
    assert recount() == []


def test_a_host_may_waive(hotel: Hotel) -> None:
    booking = mixed(hotel)
    after = cancel_rooms(
        booking_id=booking.pk,
        room_ids=room_ids(booking)[1:],
        actor=hotel.host,
        now=NOW,
        is_penalty_waived=True,
    )
    assert (after.penalty_minor, paid_minor(after), balance_minor(after)) == (0, 720_000, 80_000)


def test_a_booking_made_before_rooms_had_terms_shares_its_tiers_out(hotel: Hotel) -> None:
    booking = book_stay(hotel.flexible, party=Party(4), rooms=2)
    quote = quote_from_json(booking.price)
    old = {
        name: getattr(quote.rooms[0], name)
        for name in ("product_id", "room_type_id", "room_type_name", "rate_plan_id", "rate_plan_name")
    } | {
        "property_id": quote.property_id,
        "meals": "none",
        "payment": "at_property",
        "policy_name": "Flexible",
        "check_in": CHECK_IN.isoformat(),
        "check_out": CHECK_OUT.isoformat(),
        "adults": 4,
        "children_ages": [],
        "rooms": 2,
        "tiers": booking.cancellation_tiers,
        "price": quote.price.as_json(),
        "issued_at": NOW.isoformat(),
        "expires_at": NOW.isoformat(),
    }
    Booking.objects.update(price=old, terms={})
    BookingRoom.objects.update(cancellation_tiers=[])
    first, second = room_ids(booking)
    after = cancel(booking, [first], at=DEADLINE, expected_penalty_minor=400_000)
    assert (after.total_minor, owed_minor(after), after.terms) == (800_000, 1_200_000, {})
    assert_consistent(after)
    assert cancel(after, [second], at=DEADLINE).penalty_minor == 800_000


def test_a_channels_booking_is_told_from_its_rooms(hotel: Hotel) -> None:
    booking = book_stay(hotel.flexible, party=Party(4), rooms=2)
    Booking.objects.update(price={}, terms={}, channel="agency", checkout=None)
    after = cancel(booking, room_ids(booking)[:1], at=DEADLINE)
    assert (after.total_minor, after.penalty_minor, after.adults) == (800_000, 400_000, 2)
    assert after.cancellation_tiers == [{"from_at": "2026-12-09T08:30:00+00:00", "penalty_minor": 400_000}]
    assert recount() == []


def test_a_price_shown_before_the_room_was_cancelled_cannot_bring_it_back(hotel: Hotel) -> None:
    booking = book_stay(hotel.flexible, party=Party(4), rooms=2)
    longer = change_request(booking, check_out=CHECK_OUT + dt.timedelta(days=1))
    token = offer_change(booking=booking, request=longer, now=NOW).quote.token
    cancel(booking, room_ids(booking)[:1], at=NOW + dt.timedelta(seconds=1))
    with pytest.raises(ChangeNotAllowed, match="changed since"):
        change_booking(booking_id=booking.pk, token=token, actor=None, now=NOW + dt.timedelta(seconds=2))
    assert counters(hotel.room_type.pk, nights=3) == [(0, 1), (0, 1), (0, 0)]


def test_the_guest_and_the_hosts_are_told(hotel: Hotel, run_outbox: object) -> None:
    booking = mixed(hotel)
    run_outbox()  # type: ignore[operator]
    SentMail.objects.all().delete()
    cancel(booking, room_ids(booking)[1:])
    message = OutboxMessage.objects.filter(topic="booking.changed").first()
    assert message is not None
    assert message.payload == {"booking_id": booking.pk, "version": 2, "what": "rooms_cancelled"}
    run_outbox()  # type: ignore[operator]
    mails = {mail.recipient: mail for mail in SentMail.objects.all()}
    assert booking.guest is not None
    guest = mails[str(booking.guest.email)]
    assert guest.subject.startswith("Fewer rooms")
    assert "₹7,200.00" in guest.text
    assert "Saver" not in guest.text
    assert mails[str(hotel.host.email)].subject.startswith("Fewer rooms")


@pytest.mark.django_db(transaction=True)
def test_both_rooms_cancelled_at_once_cancel_the_booking(hotel: Hotel) -> None:
    booking = mixed(hotel)
    flexible, saver = room_ids(booking)
    race = run_together(
        lambda: cancel(booking, [flexible]),
        lambda: cancel(booking, [saver]),
        lambda: cancel(booking, [flexible]),
    )
    assert race.errors == []
    after = Booking.objects.get()
    assert (after.state, after.penalty_minor, after.version) == ("cancelled", 720_000, 3)
    assert paid_minor(after) == 720_000
    assert counters(hotel.room_type.pk) == [(0, 0), (0, 0)]
    assert recount() == []


@given(
    amounts=st.lists(st.integers(0, 10**9), min_size=1, max_size=4),
    weights=st.lists(st.integers(0, 10**7), min_size=1, max_size=6),
)
def test_shared_tiers_add_up_to_the_whole(amounts: list[int], weights: list[int]) -> None:
    tiers = [CompiledTier(NOW + dt.timedelta(days=index), amount) for index, amount in enumerate(amounts)]
    shares = share_tiers(tiers, weights)
    assert len(shares) == len(weights)
    assert merge_tiers(shares) == tiers
    assert all(tier.penalty_minor >= 0 for share in shares for tier in share)
