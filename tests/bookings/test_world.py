"""Hosts, guests, clocks and the sweeper in any order, beside the twin.

After every step the counters are those of the world, nothing is oversold and no promotion is used more
often than it may be; and one stay costs the same wherever it is looked at.
"""

from __future__ import annotations

import datetime as dt
import os
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    invariant,
    rule,
    run_state_machine_as_test,
)

from serai.bookings.audit import oversold_nights, recount
from serai.bookings.errors import (
    ChangeNotAllowed,
    NotOffered,
    PaymentMissing,
    PrepaymentMissing,
    PriceChanged,
    QuoteExpired,
    StaySoldOut,
)
from serai.bookings.folio_audit import bookings_without_folio, charge_differences
from serai.bookings.models import Booking, PromotionUse
from serai.bookings.quotes import Quote, make_quote, quote_from_json, read_quote, request_rooms
from serai.bookings.rules import penalty_at
from serai.bookings.selectors import folio_reference, owed_minor
from serai.bookings.services import (
    cancel_booking,
    change_booking,
    change_request,
    complete_checkout,
    hold_quote,
    invoice_booking,
    offer_change,
)
from serai.bookings.services.promotions import LIVE
from serai.inventory.models import Night
from serai.inventory.services import (
    HoldExpired,
    SoldOut,
    release_expired_holds,
)
from serai.payments.selectors import folio
from serai.rates.rules import Party, Step
from serai.rates.selectors import Audience
from serai.search.requests import Guests
from serai.search.requests import Stay as SearchedStay
from serai.search.selectors.properties import property_detail
from serai.search.selectors.results import _priced_products
from tests.bookings.desk import fill_in
from tests.bookings.world import LAST, Picture, Place, Plan, Stay
from tests.bookings.world_hosts import FIRST, Hosts, amounts, lengths, nights, places, plans, restriction

EXPLORING = os.environ.get("HYPOTHESIS_PROFILE") == "explore"
parties = st.sampled_from(
    [Party(1), Party(2), Party(2, (8,)), Party(1, (1,)), Party(2, (15,)), Party(2, (4, 9))]
)


@dataclass
class Quoted:
    """What a guest was told, and when."""

    place: Place
    plan: Plan
    first: int
    last: int
    parties: tuple[Party, ...]
    token: str
    at: dt.datetime
    picture: Picture
    checkout: Any = None


class World(Hosts):
    quotes: Bundle[Any] = Bundle("quotes")
    bookings: Bundle[Any] = Bundle("bookings")

    # --- What guests do ------------------------------------------------------------------------------

    @rule(
        target=quotes,
        at=places,
        plan=plans,
        first=nights,
        length=lengths,
        party=parties,
        rooms=st.integers(1, 2),
    )
    def quote(self, at: int, plan: int, first: int, length: int, party: Party, rooms: int) -> Any:
        return self.quote_stay(at, plan, first, length, party, rooms)

    def quote_stay(self, at: int, plan: int, first: int, length: int, party: Party, rooms: int) -> Any:
        place = self.places[at]
        chosen, last = place.plans[plan], first + length
        party = Party(party.adults * rooms, party.children_ages)
        request = request_rooms(chosen.product.pk, place.day(first), place.day(last), party, rooms)
        expected = self.expect(place, chosen, first, last, tuple(request.parties))
        refusal = None
        try:
            quote = make_quote(request=request, now=self.now)
        except NotOffered as error:
            refusal = error
        if expected is None:
            assert refusal is not None
            if refusal.reasons:
                told = {reason.code for reason in refusal.reasons}
                assert told == place.refusals(chosen, first, last, now=self.now)
            return None
        assert refusal is None
        assert read_quote(quote.token, now=self.now) == quote
        self.require_picture(quote, expected)
        self.look_elsewhere(place, chosen, quote, party, rooms)
        return Quoted(place, chosen, first, last, tuple(request.parties), quote.token, self.now, expected)

    def expect(
        self,
        place: Place,
        plan: Plan,
        first: int,
        last: int,
        parties: tuple[Party, ...],
        kept: Stay | None = None,
    ) -> Picture | None:
        """What a quote must say, or None when there can be none."""
        is_past = place.day(first) < self.now.astimezone(ZoneInfo(place.timezone)).date()
        if is_past or not place.is_large_enough(parties):
            return None
        if place.refusals(plan, first, last, now=self.now, kept=kept):
            return None
        return place.picture(plan, first, last, parties, now=self.now, kept=kept)

    def require_picture(self, quote: Quote, expected: Picture | None) -> None:
        """The quote is what the twin says, to every step of every night."""
        assert expected is not None
        price = quote.price
        assert (price.total_minor, price.due_at_property_minor) == (expected.total, expected.at_property)
        for room, (costs, steps, taxes) in zip(price.rooms, expected.nights, strict=True):
            assert tuple(night.amount_minor for night in room.nights) == costs
            assert tuple(night.tax_minor for night in room.nights) == taxes
            assert [sorted(_flat(night.steps)) for night in room.nights] == [
                sorted(_sums(told)) for told in steps
            ]
        assert (
            tuple(
                tuple(
                    (tax.name, tax.amount_minor, tax.is_included, tax.is_paid_at_property)
                    for tax in room.taxes
                )
                for room in price.rooms
            )
            == expected.taxes
        )
        assert quote.terms.due_now_minor == expected.due_now
        instants = [begins for tiers in expected.penalties for begins, _charge in tiers if begins]
        for at in [self.now, *instants, *(begins - dt.timedelta(seconds=1) for begins in instants)]:
            assert penalty_at(quote.tiers, at) == Place.penalty(expected, at)

    def look_elsewhere(self, place: Place, plan: Plan, quote: Quote, party: Party, rooms: int) -> None:
        """Search and the hotel's page show the same total, if there are rooms to show."""
        request = quote.request
        stay = SearchedStay(
            request.check_in, request.check_out, Guests(party.adults, party.children_ages, rooms)
        )
        span = range((request.check_in - FIRST).days, (request.check_out - FIRST).days)
        is_left = all(place.left(night) >= rooms for night in span)
        found = _priced_products([place.property.pk], stay, now=self.now, audience=Audience())
        searched = [
            entry.total_minor
            for entry in found.get(place.property.pk, ())
            if entry.offer.product_id == plan.product.pk
        ]
        shown = [
            offer.price.total_minor
            for room in property_detail(property_=place.property, stay=stay, now=self.now).rooms
            for offer in room.offers
            if offer.offer.product_id == plan.product.pk
        ]
        assert searched == shown == ([quote.price.total_minor] if is_left else [])

    @rule(target=bookings, quoted=quotes, is_booked=st.booleans())
    def hold(self, quoted: Quoted | None, is_booked: bool) -> int | None:
        return self.hold_quoted(quoted, is_booked=is_booked)

    def hold_quoted(self, quoted: Quoted | None, *, is_booked: bool) -> int | None:
        if quoted is None:
            return None
        self.now += dt.timedelta(seconds=1)
        place, stay = quoted.place, self.checkouts.get(quoted.checkout)
        answer = self.predict_hold(quoted, stay)
        try:
            checkout = hold_quote(token=quoted.token, user=None, now=self.now)
        except (NotOffered, QuoteExpired, StaySoldOut) as error:
            refusal = type(error)
        except PriceChanged as error:
            refusal = PriceChanged
            expected = self.expect(place, quoted.plan, quoted.first, quoted.last, quoted.parties)
            self.require_picture(error.new, expected)
        else:
            refusal = None
        if isinstance(answer, type):
            assert refusal is answer
            return None
        assert refusal is None
        if answer == "the same":
            assert checkout.pk == quoted.checkout
        else:
            fill_in(checkout, now=self.now)
            held = Stay(
                place,
                quoted.plan,
                quoted.first,
                quoted.last,
                quoted.parties,
                "active",
                checkout.hold.expires_at,
                quoted.picture,
            )
            place.stays.append(held)
            for offer in place.offers:
                if offer.term.id in quoted.picture.promotions and offer.limit is not None:
                    offer.users.append(held)
            self.checkouts[checkout.pk] = held
            quoted.checkout = checkout.pk
            assert quote_from_json(checkout.quote).price.total_minor == quoted.picture.total
        return self.book(quoted) if is_booked else None

    def predict_hold(self, quoted: Quoted, stay: Stay | None) -> type[Exception] | str:
        if self.now > quoted.at + dt.timedelta(minutes=15):
            return QuoteExpired
        if stay is not None and stay.state == "active" and stay.expires_at > self.now:
            return "the same"
        place = quoted.place
        current = self.expect(place, quoted.plan, quoted.first, quoted.last, quoted.parties)
        if current is None:
            return NotOffered
        if current != quoted.picture:
            return PriceChanged
        is_there = place.take(quoted.first, quoted.last, len(quoted.parties), now=self.now)
        return "held" if is_there else StaySoldOut

    def book(self, quoted: Quoted) -> int | None:
        stay = self.checkouts[quoted.checkout]
        try:
            booking = complete_checkout(checkout_id=quoted.checkout, now=self.now)
        except PaymentMissing:
            assert stay.picture.due_now > 0
            assert stay.state != "confirmed"
            return None
        except HoldExpired:
            assert stay.state == "expired"
            return None
        if stay.state == "active":
            stay.state = "confirmed"
            self.booked[booking.pk] = stay
            assert booking.total_minor == stay.picture.total
            assert stay.picture.due_now == 0
        assert self.booked[booking.pk] is stay
        return booking.pk

    @rule(target=bookings, at=places, plan=plans, first=nights, length=lengths, party=parties)
    def walk_in(self, at: int, plan: int, first: int, length: int, party: Party) -> int | None:
        """Quote, hold and book without a pause."""
        return self.hold_quoted(self.quote_stay(at, plan, first, length, party, 1), is_booked=True)

    @rule(
        target=bookings,
        at=places,
        plan=plans,
        first=nights,
        length=lengths,
        party=parties,
        amount=amounts,
        terms=restriction,
        happens=st.sampled_from(["price", "plan", "restriction", "nothing"]),
        wins=st.booleans(),
    )
    def be_overtaken(
        self,
        at: int,
        plan: int,
        first: int,
        length: int,
        party: Party,
        amount: int,
        terms: tuple[str, Any],
        happens: str,
        wins: bool,
    ) -> int | None:
        """Something changes, and perhaps somebody else is quicker, while a guest looks at a quote."""
        mine = self.quote_stay(at, plan, first, length, party, 1)
        self.now += dt.timedelta(seconds=1)  # or both would hold one and the same quote
        theirs = self.quote_stay(at, plan, first, length, party, 1)
        if happens == "price":
            self.set_price(at, first, amount)
        elif happens == "plan" and plan > 0:
            self.adjust(at, plan, amount % 3_000)
        elif happens == "restriction":
            self.restrict(at, plan, first, terms)
        if wins:
            self.hold_quoted(theirs, is_booked=False)
        return self.hold_quoted(mine, is_booked=True)

    @rule(target=bookings, quoted=quotes)
    def book_what_is_held(self, quoted: Quoted | None) -> int | None:
        return None if quoted is None or quoted.checkout is None else self.book(quoted)

    @rule(booking=bookings)
    def cancel(self, booking: int | None) -> None:
        if booking is None:
            return
        stay = self.booked[booking]
        expected = Place.penalty(stay.picture, self.now)
        cancelled = cancel_booking(booking_id=booking, actor=None, now=self.now)
        if stay.state == "confirmed":
            assert cancelled.penalty_minor == expected
            stay.state = "cancelled"

    @rule(booking=bookings, plan=plans, first=nights, length=lengths, keeps_plan=st.booleans())
    def change(self, booking: int | None, plan: int, first: int, length: int, keeps_plan: bool) -> None:
        if booking is None or self.booked[booking].state != "confirmed":
            return
        stay, last = self.booked[booking], first + length
        place = stay.place
        chosen = stay.plan if keeps_plan else place.plans[plan]
        row = Booking.objects.get(pk=booking)
        request = request_rooms(
            chosen.product.pk, place.day(first), place.day(last), row_party(stay), stay.rooms
        )
        wish = change_request(
            row, check_in=request.check_in, check_out=request.check_out, rooms=request.rooms
        )
        today = self.now.astimezone(ZoneInfo(place.timezone)).date()
        is_free = (
            Place.penalty(stay.picture, self.now) == 0
            and today <= place.day(stay.first)
            and place.day(last) > today
        )
        expected = self.expect(place, chosen, first, last, tuple(request.parties), kept=stay)
        try:
            quote = offer_change(booking=row, request=wish, now=self.now).quote
        except ChangeNotAllowed:
            assert not is_free
            return
        except NotOffered:
            assert expected is None
            return
        assert is_free
        assert expected is not None
        self.require_picture(quote, expected)
        if (chosen, first, last) == (stay.plan, stay.first, stay.last):
            return
        if expected.due_now and chosen is not stay.plan:
            with pytest.raises(PrepaymentMissing):
                change_booking(booking_id=booking, token=quote.token, actor=None, now=self.now)
            return
        is_there = place.take(first, last, stay.rooms, now=self.now, own=stay)
        try:
            changed = change_booking(booking_id=booking, token=quote.token, actor=None, now=self.now)
        except SoldOut:
            assert not is_there
            return
        assert is_there
        assert changed.total_minor == expected.total
        for offer in place.offers:
            is_new = offer.term.id in expected.promotions - stay.picture.promotions
            if is_new and offer.limit is not None and stay not in offer.users:
                offer.users.append(stay)
            if stay in offer.users and offer.term.id not in expected.promotions:
                offer.users.remove(stay)  # what it does not use any more is somebody else's
        stay.plan, stay.first, stay.last, stay.picture = chosen, first, last, expected

    # --- Time ----------------------------------------------------------------------------------------

    @rule(hours=st.sampled_from([0.1, 0.3, 5, 24]))
    def wait(self, hours: float) -> None:
        self.now += dt.timedelta(hours=hours)

    @rule()
    def sweep(self) -> None:
        with transaction.atomic():
            count = release_expired_holds(now=self.now)
        late = [
            stay
            for place in self.places
            for stay in place.stays
            if stay.state == "active" and stay.expires_at <= self.now
        ]
        assert count == len(late)
        for stay in late:
            stay.state = "expired"

    # --- What must hold after each step --------------------------------------------------------------

    @invariant()
    def nothing_is_oversold_and_nothing_is_lost(self) -> None:
        room_type_ids = [place.room_type.pk for place in self.places]
        assert recount(room_type_ids=room_type_ids) == []
        assert oversold_nights(room_type_ids=room_type_ids) == []
        for place in self.places:
            rows = Night.objects.filter(room_type=place.room_type).order_by("date")
            assert list(rows.values_list("held", "sold")) == [
                (place.count(night, "active"), place.count(night, "confirmed")) for night in range(LAST)
            ]

    @invariant()
    def every_folio_charges_what_its_booking_costs(self) -> None:
        assert charge_differences() == []
        assert bookings_without_folio() == 0

    def teardown(self) -> None:
        """The bill has the last word: to the cent what the page said and the folio charged."""
        try:
            for place in self.places:
                stays = Booking.objects.filter(property=place.property, state="confirmed")
                for booking in stays.order_by("pk"):
                    bill = invoice_booking(
                        booking_id=booking.pk, recipient="R", key="world", actor=None, now=self.now
                    )
                    assert bill.total_minor == owed_minor(booking)
                    assert bill.total_minor == folio(folio_reference(booking)).charges_minor
        finally:
            super().teardown()

    @invariant()
    def no_promotion_is_used_too_often(self) -> None:
        for place in self.places:
            for offer in place.offers:
                used = PromotionUse.objects.filter(LIVE, promotion=offer.term.id).count()
                assert used == offer.count()
                assert offer.limit is None or used <= offer.limit


def row_party(stay: Stay) -> Party:
    """Everybody of a stay together."""
    return Party(
        sum(party.adults for party in stay.parties),
        tuple(age for party in stay.parties for age in party.children_ages),
    )


def _flat(steps: tuple[Step, ...]) -> list[tuple[str, int]]:
    """The engine's steps in the twin's words."""
    names = {"plan": "plan {0.label}", "meals": "meals {0.label}", "promotion": "promotion {0.ref}"}
    return [(names.get(step.code, "{0.code}").format(step), step.minor) for step in steps]


def _sums(steps: tuple[tuple[str, int], ...]) -> list[tuple[str, int]]:
    """The twin's steps, those of one name together."""
    sums: dict[str, int] = {}
    for name, change in steps:
        sums[name] = sums.get(name, 0) + change
    return list(sums.items())


@pytest.mark.django_db
def test_the_world_and_its_twin() -> None:
    run_state_machine_as_test(
        World,
        settings=settings(
            max_examples=600 if EXPLORING else 30,
            stateful_step_count=60 if EXPLORING else 40,
            deadline=None,
            derandomize=not EXPLORING,
        ),
    )
