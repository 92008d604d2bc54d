"""Bookings of the demo, made by the services that guests use, at instants of the past and present."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random
from zoneinfo import ZoneInfo

from serai.accounts.models import User
from serai.bookings.errors import NotOffered
from serai.bookings.models import Booking
from serai.bookings.quotes import make_quote, request_rooms
from serai.bookings.services import (
    BookingDetails,
    book_hold,
    cancel_booking,
    check_in_booking,
    check_out_booking,
    complete_checkout,
    hold_quote,
    mark_no_show,
    save_guest_details,
)
from serai.bookings.services.book import room_lines
from serai.core.db import write_transaction
from serai.core.models import OutboxMessage
from serai.demo.hotels import WrittenHotel
from serai.demo.people import People
from serai.demo.plan import SEED
from serai.demo.review_texts import write_review as compose_review
from serai.inventory.services import Claim, SoldOut, hold_nights
from serai.rates.rules import Party
from serai.reviews.services import write_review

# Bookings that come by telephone: whole groups, which is how nights sell out.
GROUP_CHANNEL = "telephone"
_GROUPS = ("Wedding party", "School trip", "Alumni reunion", "Cycling club", "Company offsite", "Film crew")
_WISHES = ("", "", "", "A quiet room, please.", "We arrive by the night train.", "Cot for a baby, please.")


@dataclass(frozen=True)
class Stay:
    """One stay to be booked: days from today, and how it ends."""

    hotel: WrittenHotel
    guest: User
    room: int
    arrival: int
    nights: int
    lead: int
    adults: int = 2
    children_ages: tuple[int, ...] = ()
    is_cancelled: bool = False
    is_no_show: bool = False
    with_review: bool = False


def write_bookings(
    hotels: Sequence[WrittenHotel],
    *,
    people: People,
    today: dt.date,
    now: dt.datetime,
    report: Callable[[int, int], None],
) -> int:
    """Book the demo's stays and return how many bookings there are.

    Nobody is sent a mail about stays that were made up: the outbox messages of these bookings are
    removed again. Needs the seed's transaction.
    """
    before = OutboxMessage.objects.order_by("-id").values_list("id", flat=True).first() or 0
    published = [hotel for hotel in hotels if hotel.is_published]
    stays = [
        *_showcase_stays(published, people),
        *_guest_stays(published, people),
        *_other_stays(published, people),
    ]
    groups = _groups(published, today)
    total = len(stays) + len(groups)
    made = 0
    # Bookings enter in the order in which they were made, as they would have.
    for done, stay in enumerate(sorted(stays, key=lambda entry: entry.arrival - entry.lead), start=1):
        made += _book(stay, number=done, today=today, now=now)
        report(done, total)
    for done, (hotel, room, arrival, nights) in enumerate(groups, start=len(stays) + 1):
        made += _book_group(hotel, room, arrival=arrival, nights=nights, number=done, now=now)
        report(done, total)
    OutboxMessage.objects.filter(id__gt=before, topic__startswith="booking.").delete()
    return made


def _showcase_stays(hotels: Sequence[WrittenHotel], people: People) -> list[Stay]:
    """A full reception for the demo's host: guests in house, arriving and leaving today, and to come."""
    hotel = max(
        (hotel for hotel in hotels if hotel.owner == people.host),
        key=lambda hotel: sum(room.units for room in hotel.rooms) * (hotel.plan.kind == "hotel"),
    )
    rng = Random(f"{SEED}-showcase")
    rooms = range(len(hotel.rooms))
    stays = []
    # (first and last arrival in days from today, shortest and longest stay, how many)
    for earliest, latest, shortest, longest, count in (
        (-60, -4, 1, 4, 26),
        (-3, -1, 4, 7, 6),
        (-3, -2, 3, 3, 3),
        (0, 0, 1, 4, 4),
        (1, 75, 1, 5, 30),
    ):
        for _ in range(count):
            arrival = rng.randint(earliest, latest)
            stays.append(
                Stay(
                    hotel=hotel,
                    guest=rng.choice(people.guests),
                    room=rng.choice(rooms),
                    arrival=arrival,
                    nights=rng.randint(shortest, longest),
                    lead=rng.randint(1, 40),
                    adults=rng.choice((1, 2, 2, 2)),
                    is_cancelled=rng.random() < 0.07,
                    is_no_show=arrival < -5 and rng.random() < 0.05,
                )
            )
    return stays


def _guest_stays(hotels: Sequence[WrittenHotel], people: People) -> list[Stay]:
    """The trips of the demo's guest: behind, ahead, and one called off."""
    rng = Random(f"{SEED}-guest")
    chosen = rng.sample(list(hotels), min(6, len(hotels)))
    plans = ((-48, 3, True, False), (-20, 2, False, False), (9, 3, False, False), (33, 5, False, False),
             (61, 2, False, False), (24, 2, False, True))  # fmt: skip
    return [
        Stay(
            hotel=hotel,
            guest=people.guest,
            room=0,
            arrival=arrival,
            nights=nights,
            lead=26,
            adults=min(2, hotel.rooms[0].max_adults),
            with_review=with_review,
            is_cancelled=is_cancelled,
        )
        for hotel, (arrival, nights, with_review, is_cancelled) in zip(chosen, plans, strict=False)
    ]


def _other_stays(hotels: Sequence[WrittenHotel], people: People) -> list[Stay]:
    """One or two stays at every hotel."""
    stays = []
    for hotel in hotels:
        rng = Random(f"{SEED}-stays-{hotel.plan.number}")
        for _ in range(rng.choice((0, 1, 1, 2))):
            room = rng.randrange(len(hotel.rooms))
            row = hotel.rooms[room]
            arrival = rng.randint(-55, 110)
            with_child = row.max_children > 0 and row.max_guests > 2 and rng.random() < 0.25
            stays.append(
                Stay(
                    hotel=hotel,
                    guest=rng.choice(people.guests),
                    room=room,
                    arrival=arrival,
                    nights=rng.randint(1, 5),
                    lead=rng.randint(2, 60),
                    adults=min(rng.choice((1, 2, 2)), row.max_adults),
                    children_ages=(rng.randint(1, 11),) if with_child else (),
                    is_cancelled=rng.random() < 0.1,
                    with_review=rng.random() < 0.5,
                )
            )
    return stays


def _groups(hotels: Sequence[WrittenHotel], today: dt.date) -> list[tuple[WrittenHotel, int, dt.date, int]]:
    """Weekends of the next two months for which a group takes the last rooms of a type."""
    groups = []
    for hotel in hotels:
        rng = Random(f"{SEED}-groups-{hotel.plan.number}")
        if rng.random() > 0.3:
            continue
        friday = today + dt.timedelta(days=(4 - today.weekday()) % 7 + 7 * rng.randint(0, 8))
        groups.append((hotel, rng.randrange(len(hotel.rooms)), friday, rng.randint(1, 3)))
    return groups


def _book(stay: Stay, *, number: int, today: dt.date, now: dt.datetime) -> bool:
    """Book a stay as its guest would have, and lead it to where it is today; False when sold out."""
    hotel = stay.hotel
    zone = ZoneInfo(hotel.property.timezone)
    check_in = today + dt.timedelta(days=stay.arrival)
    check_out = check_in + dt.timedelta(days=stay.nights)

    def at(date: dt.date, hour: int) -> dt.datetime:
        """That hour at the property, but never later than now."""
        return min(dt.datetime.combine(date, dt.time(hour), tzinfo=zone).astimezone(dt.UTC), now)

    booked_at = at(min(check_in - dt.timedelta(days=stay.lead), today), 9)
    products = hotel.breakfast if hotel.breakfast and number % 3 == 0 else hotel.flexible
    request = request_rooms(
        products[stay.room].pk, check_in, check_out, Party(stay.adults, stay.children_ages)
    )
    try:
        quote = make_quote(request=request, now=booked_at)
        checkout = hold_quote(token=quote.token, user=stay.guest, now=booked_at)
    except (NotOffered, SoldOut):
        return False
    save_guest_details(
        checkout_id=checkout.pk,
        guest_name=stay.guest.name,
        guest_email=stay.guest.email,
        guest_phone=stay.guest.phone or "",
        arrival_time=("", "14:00", "17:00", "After 20:00")[number % 4],
        requests=_WISHES[number % len(_WISHES)],
        payment_method=Booking.PaymentMethod.AT_PROPERTY,
        now=booked_at,
    )
    booking = complete_checkout(checkout_id=checkout.pk, now=booked_at)
    if stay.is_cancelled:
        called_off = at(min(booked_at.date() + dt.timedelta(days=max(stay.lead // 2, 1)), check_in), 8)
        cancel_booking(booking_id=booking.pk, actor=stay.guest, now=max(called_off, booked_at))
    elif check_in < today and stay.is_no_show:
        mark_no_show(booking_id=booking.pk, actor=hotel.owner, now=at(check_in, 23))
    elif check_in < today:
        check_in_booking(booking_id=booking.pk, actor=hotel.owner, now=at(check_in, 15))
        if check_out < today:
            check_out_booking(booking_id=booking.pk, actor=hotel.owner, now=at(check_out, 10))
            if stay.with_review:
                _review(stay, booking, number=number)
    return True


def _review(stay: Stay, booking: Booking, *, number: int) -> None:
    rng = Random(f"{SEED}-review-{number}")
    score = min(10, max(1, round(rng.gauss(stay.hotel.plan.quality + 0.3, 0.9))))
    title, text = compose_review(rng, score=score, language="en")
    write_review(booking_id=booking.pk, author=stay.guest, score=score, title=title, text=text)


def _book_group(
    hotel: WrittenHotel, room: int, *, arrival: dt.date, nights: int, number: int, now: dt.datetime
) -> bool:
    """Sell every room that is left of a type for a stay; False when there is none."""
    departure = arrival + dt.timedelta(days=nights)
    row = hotel.rooms[room]
    # How many are left is in the refusal of a claim that nobody could fill.
    try:
        with write_transaction():
            hold_nights(claims=[Claim(row.pk, arrival, departure, row.units + 1)], expires_at=now, now=now)
    except SoldOut as error:
        left = min(shortage.left for shortage in error.shortages)
    if left < 1:
        return False
    adults = min(2, row.max_adults)
    request = request_rooms(hotel.flexible[room].pk, arrival, departure, Party(adults * left), left)
    try:
        quote = make_quote(request=request, now=now)
    except NotOffered:
        return False
    with write_transaction():
        hold = hold_nights(
            claims=[Claim(row.pk, arrival, departure, left)],
            expires_at=now + dt.timedelta(minutes=15),
            now=now,
        )
        details = BookingDetails(
            property_id=hotel.property.pk,
            channel=GROUP_CHANNEL,
            guest_name=_GROUPS[number % len(_GROUPS)],
            currency=hotel.property.currency,
            payment_method=Booking.PaymentMethod.AT_PROPERTY,
            rooms=room_lines(quote),
            price=quote.as_json(),
            cancellation_tiers=[tier.as_json() for tier in quote.tiers],
        )
        book_hold(hold_id=hold.pk, details=details, key=f"demo-group-{number}", now=now)
    return True
