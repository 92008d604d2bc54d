"""`serai bench booking`: hold and book beside a raw SQL script that does the same work on the same rows.

Two loads: spread over many room types and nights, and a single hot night that everybody wants. Both
programs take turns in one run, so that what else the machine does falls on both.
"""

from __future__ import annotations

import datetime as dt
import random
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import psycopg
from django.db import connection

from serai.accounts.models import User
from serai.bench.crowd import Run, Work, median, run_crowd
from serai.bookings.audit import oversold_nights, recount
from serai.bookings.errors import PriceChanged
from serai.bookings.models import Booking
from serai.bookings.quotes import make_quote, request_rooms
from serai.bookings.services import (
    BookingDetails,
    RoomLine,
    book_hold,
    complete_checkout,
    hold_quote,
    save_guest_details,
)
from serai.core.clock import utc_now
from serai.core.db import write_transaction
from serai.core.errors import BusyError
from serai.inventory.services import Claim, SoldOut, hold_nights, open_nights
from serai.properties.models import Property, RoomType
from serai.rates.models import CancellationPolicy, Product, RatePlan
from serai.rates.rules import Party
from serai.rates.services.prices import fill_products

ROOM_TYPES = 200
NIGHTS = 120
# More than one run can sell, so that both programs always succeed and the lock alone decides.
UNITS = 30_000
# Room types whose first night is a hot one: every run has its own, and the spread load leaves them alone.
HOT_ROOM_TYPES = 80
HOLD_FOR = dt.timedelta(minutes=15)
TOTAL_MINOR = 10_000
Report = Callable[[str], None]


@dataclass(frozen=True)
class World:
    """What there is to book."""

    property_id: int
    room_type_ids: tuple[int, ...]
    product_ids: tuple[int, ...]
    first: dt.date

    def pick(self, rng: random.Random, hot: int | None) -> tuple[int, int, dt.date, dt.date]:
        """A room type, its product and a stay: the night of the hot one, else one to three nights."""
        if hot is not None:
            room_type_id, product_id = self.room_type_ids[hot], self.product_ids[hot]
            return room_type_id, product_id, self.first, self.first + dt.timedelta(days=1)
        index = rng.randrange(HOT_ROOM_TYPES, len(self.room_type_ids))
        check_in = self.first + dt.timedelta(days=rng.randrange(NIGHTS - 3))
        check_out = check_in + dt.timedelta(days=rng.randint(1, 3))
        return self.room_type_ids[index], self.product_ids[index], check_in, check_out


def build_world(*, now: dt.datetime) -> World:
    """One published property with many room types, open and priced for some months."""
    first = now.date() + dt.timedelta(days=7)
    last = first + dt.timedelta(days=NIGHTS - 1)
    with write_transaction():
        property_ = Property.objects.create(
            slug="bench", name="Bench", currency="EUR", timezone="UTC", status=Property.Status.PUBLISHED
        )
        policy = CancellationPolicy.objects.create(property=property_, name="Free")
        plan = RatePlan.objects.create(property=property_, policy=policy, name="Flexible")
        rooms = RoomType.objects.bulk_create(
            RoomType(property=property_, name=f"Room {number}", units=2000) for number in range(ROOM_TYPES)
        )
        products = Product.objects.bulk_create(
            Product(room_type=room, rate_plan=plan, base_minor=TOTAL_MINOR) for room in rooms
        )
        for room in rooms:
            open_nights(room_type_id=room.pk, first=first, last=last, allotment=UNITS, now=now)
        fill_products(product_ids=[product.pk for product in products], first=first, last=last, now=now)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return World(
        property_id=property_.pk,
        room_type_ids=tuple(room.pk for room in rooms),
        product_ids=tuple(product.pk for product in products),
        first=first,
    )


def service_client(world: World, hot: int | None) -> Callable[[int], Work]:
    """Clients that book through the services, as channels and the replay do: hold, then book."""

    def client(number: int) -> Work:
        caller = f"bench-{number}-{uuid.uuid4().hex[:8]}"
        turn = iter(range(10_000_000))

        def work(rng: random.Random) -> str:
            room_type_id, _product_id, check_in, check_out = world.pick(rng, hot)
            now = utc_now()
            try:
                with write_transaction():
                    hold = hold_nights(
                        claims=[Claim(room_type_id, check_in, check_out, 1)],
                        expires_at=now + HOLD_FOR,
                        now=now,
                    )
                book_hold(
                    hold_id=hold.pk,
                    details=BookingDetails(
                        property_id=world.property_id,
                        channel="bench",
                        caller=caller,
                        guest_name="Bench",
                        currency="EUR",
                        rooms=[RoomLine(room_type_id, check_in, check_out, Party(2), TOTAL_MINOR)],
                        payment_method=Booking.PaymentMethod.CHANNEL,
                    ),
                    key=str(next(turn)),
                    now=now,
                )
            except (BusyError, SoldOut) as error:
                return type(error).__name__
            return "done"

        return work

    return client


def guest_client(world: World, hot: int | None) -> Callable[[int], Work]:
    """Clients that do all that a guest's clicks do: quote, hold (priced again), details, book."""

    def client(number: int) -> Work:
        user = User.objects.create(email=f"bench-{uuid.uuid4().hex}@example.com", name="Bench")

        def work(rng: random.Random) -> str:
            _room_type_id, product_id, check_in, check_out = world.pick(rng, hot)
            now = utc_now()
            try:
                quote = make_quote(request=request_rooms(product_id, check_in, check_out, Party(2)), now=now)
                checkout = hold_quote(token=quote.token, user=user, now=now)
                save_guest_details(
                    checkout_id=checkout.pk,
                    guest_name=user.name,
                    guest_email=user.email or "",
                    guest_phone="",
                    arrival_time="",
                    requests="",
                    payment_method=Booking.PaymentMethod.AT_PROPERTY,
                    now=now,
                )
                complete_checkout(checkout_id=checkout.pk, now=now)
            except (BusyError, SoldOut, PriceChanged) as error:
                return type(error).__name__
            return "done"

        return work

    return client


def raw_client(world: World, hot: int | None, *, dsn: str) -> Callable[[int], Work]:
    """Clients that run plain SQL: two transactions that write the same rows as the services do."""

    def client(number: int) -> Work:
        link: psycopg.Connection[Any] = psycopg.connect(dsn, autocommit=True)
        caller = f"raw-{number}-{uuid.uuid4().hex[:8]}"
        turn = iter(range(10_000_000))

        def work(rng: random.Random) -> str:
            room_type_id, _product_id, check_in, check_out = world.pick(rng, hot)
            stay = (room_type_id, check_in, check_out)
            now = utc_now()
            hold_id = uuid.uuid4()
            with link.transaction():
                left = link.execute(_LOCK, stay).fetchall()
                if any(units < 1 for (units,) in left) or len(left) < (check_out - check_in).days:
                    return "SoldOut"
                link.execute(_HOLD_NIGHTS, stay)
                link.execute(_INSERT_HOLD, (hold_id, now, now + HOLD_FOR))
                link.execute(_INSERT_ITEM, (hold_id, *stay))
            with link.transaction():
                link.execute(_BOOK_HOLD, (hold_id,))
                link.execute(_SELL_NIGHTS, stay)
                key = str(next(turn))
                reference = uuid.uuid4().hex[:12]
                row = link.execute(
                    _INSERT_BOOKING,
                    (
                        reference,
                        world.property_id,
                        caller,
                        key,
                        check_in,
                        check_out,
                        TOTAL_MINOR,
                        now,
                        now,
                        now,
                    ),
                ).fetchone()
                booking_id = row[0] if row else None
                link.execute(_INSERT_ROOM, (booking_id, *stay, TOTAL_MINOR))
                link.execute(_INSERT_EVENT, (booking_id, now))
                link.execute(_INSERT_LINE, (f"booking:{booking_id}", TOTAL_MINOR, now))
            return "done"

        return work

    return client


_LOCK = """
    SELECT allotment + allowance - held - sold FROM inventory_night
     WHERE room_type_id = %s AND date >= %s AND date < %s AND NOT is_closed
     ORDER BY room_type_id, date FOR UPDATE
"""
_HOLD_NIGHTS = """
    UPDATE inventory_night SET held = held + 1 WHERE room_type_id = %s AND date >= %s AND date < %s
"""
_INSERT_HOLD = """
    INSERT INTO inventory_hold (id, state, created_at, expires_at) VALUES (%s, 'active', %s, %s)
"""
_INSERT_ITEM = """
    INSERT INTO inventory_holditem (hold_id, room_type_id, check_in, check_out, quantity)
    VALUES (%s, %s, %s, %s, 1)
"""
_BOOK_HOLD = "UPDATE inventory_hold SET state = 'booked' WHERE id = %s AND state = 'active'"
_SELL_NIGHTS = """
    UPDATE inventory_night SET held = held - 1, sold = sold + 1
     WHERE room_type_id = %s AND date >= %s AND date < %s
"""
_INSERT_BOOKING = """
    INSERT INTO bookings_booking (
        reference, property_id, state, channel, caller, idempotency_key, request_hash, guest_name,
        guest_email, guest_phone, guest_country, language, arrival_time, requests, company, billing,
        check_in, check_out, is_day_use, adults, children_ages, currency, total_minor, penalty_minor,
        price, cancellation_tiers, terms, payment_method, booked_at, created_at, updated_at, version)
    VALUES (%s, %s, 'confirmed', 'bench', %s, %s, '', 'Bench',
            '', '', '', 'en', '', '', '', '',
            %s, %s, false, 2, '[]', 'EUR', %s, 0, '{}', '[]', '{}', 'channel', %s, %s, %s, 1)
    RETURNING id
"""
_INSERT_ROOM = """
    INSERT INTO bookings_bookingroom (booking_id, room_type_id, check_in, check_out, adults, children_ages,
                                      total_minor, state, cancellation_tiers, needs_accessible)
    VALUES (%s, %s, %s, %s, 2, '[]', %s, 'booked', '[]', false)
"""
_INSERT_LINE = """
    INSERT INTO payments_folioline (reference, kind, text, amount_minor, is_included, key, created_at)
    VALUES (%s, 'room', 'Room', %s, false, 'v1:room:0', %s)
"""
_INSERT_EVENT = """
    INSERT INTO bookings_bookingevent (booking_id, kind, data, happened_at) VALUES (%s, 'booked', '{}', %s)
"""


def measure_booking(
    *, dsn: str, clients: Sequence[int], seconds: float, rounds: int, report: Report
) -> dict[str, Any]:
    """Run every load with every number of clients, raw and services in turn; figures are medians.

    Needs a scratch database. `ratio` is services to raw, from pairs that ran one after the other.
    """
    world = build_world(now=utc_now())
    figures: list[dict[str, Any]] = []
    hot_ones = iter(range(HOT_ROOM_TYPES))
    for load in ("spread", "hot"):
        programs: dict[str, Callable[[int | None], Callable[[int], Work]]] = {
            "raw": partial(raw_client, world, dsn=dsn),
            "services": partial(service_client, world),
            "guest": partial(guest_client, world),
        }
        for count in clients:
            runs: dict[str, list[Run]] = {name: [] for name in programs}
            for turn in range(rounds):
                for name, client in programs.items():
                    report(f"{load} load, {count} clients, {name}, round {turn + 1} of {rounds}")
                    chosen = next(hot_ones) if load == "hot" else None
                    runs[name].append(run_crowd(client(chosen), clients=count, seconds=seconds, dsn=dsn))
            figures.append(_summary(load, count, runs))
    return {
        "seconds": seconds,
        "rounds": rounds,
        "loads": figures,
        "deadlocks": sum(figure["deadlocks"] for figure in figures),
        "oversold_nights": len(oversold_nights()),
        "miscounted_nights": len(recount()),
        "bookings": Booking.objects.count(),
    }


def _summary(load: str, count: int, runs: dict[str, list[Run]]) -> dict[str, Any]:
    programs = {
        name: {
            "per_second": round(median([run.per_second for run in of]), 1),
            "per_second_from": round(min(run.per_second for run in of), 1),
            "per_second_to": round(max(run.per_second for run in of), 1),
            "p50_ms": round(median([run.percentile(0.5) for run in of]), 2),
            "p99_ms": round(median([run.percentile(0.99) for run in of]), 2),
            "waiting_for_locks": round(median([run.waiting for run in of]), 2),
            "refused": dict(sum((run.others for run in of), start=type(of[0].others)())),
        }
        for name, of in runs.items()
    }

    def ratios(name: str) -> list[float]:
        pairs = zip(runs[name], runs["raw"], strict=True)
        return [ours.per_second / raw.per_second for ours, raw in pairs]

    return {
        "load": load,
        "clients": count,
        "programs": programs,
        "ratio": round(median(ratios("services")), 3),
        "ratio_from": round(min(ratios("services")), 3),
        "ratio_to": round(max(ratios("services")), 3),
        "guest_ratio": round(median(ratios("guest")), 3),
        "deadlocks": sum(run.deadlocks for of in runs.values() for run in of),
    }
