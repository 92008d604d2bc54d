"""Reads on blocks: what a group's guests can still book, and what became of the rooms so far."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from django.db import connection
from django.db.models import QuerySet

from serai.bookings.models import Block, Booking, BookingRoom
from serai.core.clock import local_date
from serai.inventory.models import Hold
from serai.properties.models import Property
from serai.rates.models import Product, RatePlan
from serai.rates.selectors import ProductOffer, with_units_left

if TYPE_CHECKING:
    from serai.bookings.quotes import StayRequest

ONE_DAY = dt.timedelta(days=1)


def open_blocks(*, now: dt.datetime) -> QuerySet[Block]:
    """Blocks whose rooms are still set aside."""
    return Block.objects.filter(hold__state=Hold.State.ACTIVE, hold__expires_at__gt=now)


@dataclass(frozen=True)
class BlockRooms:
    """What an open block has for one stay: units left of each room type that it covers on every night."""

    block_id: int
    rate_plan_id: int
    name: str
    code: str
    left: dict[int, int]

    def covers(self, *, rate_plan_id: int, room_type_id: int) -> bool:
        """Whether a product is the group's, whatever is left."""
        return rate_plan_id == self.rate_plan_id and room_type_id in self.left


def block_rooms(
    *, property_id: int, codes: Collection[str], check_in: dt.date, check_out: dt.date, now: dt.datetime
) -> BlockRooms | None:
    """The open block that one of the codes belongs to, with its rooms for the stay.

    No query without codes, two with a code that is a block's.
    """
    if not codes:
        return None
    block = open_blocks(now=now).filter(property=property_id, code__in=codes).order_by("id").first()
    return _rooms_of(block, check_in, check_out) if block else None


def rooms_of_block(
    *, block_id: int, property_id: int, check_in: dt.date, check_out: dt.date, now: dt.datetime
) -> BlockRooms | None:
    """A property's block with its rooms for the stay; None when it is over or another hotel's."""
    block = open_blocks(now=now).filter(pk=block_id, property=property_id).first()
    return _rooms_of(block, check_in, check_out) if block else None


def _rooms_of(block: Block, check_in: dt.date, check_out: dt.date) -> BlockRooms:
    with connection.cursor() as cursor:
        cursor.execute(_COVERED, [block.pk, check_in, check_out, (check_out - check_in).days])
        return BlockRooms(block.pk, block.rate_plan_id, block.name, block.code, left=dict(cursor.fetchall()))


# The hold of a block may have several items on a night before guests have taken any out of it.
_COVERED = """
    SELECT night.room_type_id, MIN(COALESCE(there.units, 0))::int
      FROM bookings_blocknight night
      JOIN bookings_block block ON block.id = night.block_id
      LEFT JOIN LATERAL (
            SELECT SUM(item.quantity) AS units
              FROM inventory_holditem item
             WHERE item.hold_id = block.hold_id AND item.room_type_id = night.room_type_id
               AND item.check_in <= night.date AND item.check_out > night.date
           ) there ON true
     WHERE night.block_id = %s AND night.date >= %s AND night.date < %s
     GROUP BY night.room_type_id
    HAVING COUNT(*) = %s
"""


def offers_of_block(offers: Sequence[ProductOffer], rooms: BlockRooms | None) -> list[ProductOffer]:
    """The offers with the units of the block where it has any; the others as they are.

    A rate that is not for everybody is the group's alone: it has no more rooms than the block.
    """
    if rooms is None:
        return list(offers)
    found = []
    for offer in offers:
        if not rooms.covers(rate_plan_id=offer.rate_plan_id, room_type_id=offer.room_type_id):
            found.append(offer)
            continue
        left = rooms.left[offer.room_type_id]
        is_only_theirs = offer.audience != RatePlan.Audience.PUBLIC
        found.append(with_units_left(offer, left if is_only_theirs else max(left, offer.left)))
    return found


def with_block(request: StayRequest, *, property_id: int, now: dt.datetime) -> StayRequest:
    """The request of a guest with codes, to be booked out of the group's block where it can be.

    It stays as it is, for what is open to everybody, without a group's code, when a room is not the
    group's, and when the group has too few left of a rate that is for everybody. No query without codes.
    """
    if not request.codes or not request.rooms:
        return request
    product_ids = [room.product_id for room in request.rooms]
    rooms = block_rooms(
        property_id=property_id,
        codes=request.codes,
        check_in=request.check_in,
        check_out=request.check_out,
        now=now,
    )
    if rooms is None:
        return request
    products = Product.objects.select_related("rate_plan").in_bulk(set(product_ids))
    theirs = [
        product
        for product_id in product_ids
        if (product := products.get(product_id))
        and rooms.covers(rate_plan_id=product.rate_plan_id, room_type_id=product.room_type_id)
    ]
    if len(theirs) < len(product_ids):
        return request
    wanted = Counter(product.room_type_id for product in theirs)
    is_there = all(rooms.left[room_type_id] >= units for room_type_id, units in wanted.items())
    is_for_everybody = theirs[0].rate_plan.audience == RatePlan.Audience.PUBLIC
    if not is_there and is_for_everybody:
        return request
    return replace(request, block_id=rooms.block_id)


@dataclass(frozen=True)
class PickUp:
    """One night of a room type in a block.

    `blocked` were set aside, `picked_up` are booked, `paying` are held by guests who are paying,
    `left` can still be booked. What a guest of the group gave back went on sale, so the three may be
    fewer than the first.
    """

    room_type_id: int
    room_type_name: str
    date: dt.date
    blocked: int
    picked_up: int
    paying: int
    left: int

    @property
    def gone_back(self) -> int:
        """Went back on sale: released, or given back by a guest."""
        return max(self.blocked - self.picked_up - self.paying - self.left, 0)


@dataclass(frozen=True)
class BlockReport:
    """A block with its nights in order of room type and date; `days_left` counts down to the release."""

    block: Block
    is_open: bool
    days_left: int
    nights: list[PickUp]

    @property
    def first(self) -> dt.date:
        """The first night."""
        return min((night.date for night in self.nights), default=self.block.release_date)

    @property
    def last(self) -> dt.date:
        """The last night."""
        return max((night.date for night in self.nights), default=self.block.release_date)

    @property
    def blocked(self) -> int:
        return sum(night.blocked for night in self.nights)

    @property
    def picked_up(self) -> int:
        return sum(night.picked_up for night in self.nights)

    @property
    def left(self) -> int:
        return sum(night.left for night in self.nights)

    @property
    def percent(self) -> int:
        """How many of a hundred room nights are picked up, rounded down."""
        return self.picked_up * 100 // self.blocked if self.blocked else 0


def report_blocks(blocks: Sequence[Block], *, now: dt.datetime) -> list[BlockReport]:
    """The pick-up of blocks whose property and hold are loaded: one query however many."""
    by_block: dict[int, list[PickUp]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(
            _PICK_UP,
            {
                "blocks": [block.pk for block in blocks],
                "taking": [str(state) for state in Booking.TAKES_NIGHTS],
                "booked": str(BookingRoom.State.BOOKED),
                "active": str(Hold.State.ACTIVE),
                "now": now,
            },
        )
        for block_id, *night in cursor.fetchall():
            by_block[block_id].append(PickUp(*night))
    return [
        BlockReport(
            block=block,
            is_open=block.hold.lasts(now),
            days_left=max((block.release_date - local_date(now, block.property.timezone)).days, 0),
            nights=by_block[block.pk],
        )
        for block in blocks
    ]


_PICK_UP = """
    SELECT night.block_id, night.room_type_id, kind.name, night.date, night.quantity::int,
           (SELECT COUNT(*)::int
              FROM bookings_booking booking
              JOIN bookings_bookingroom room ON room.booking_id = booking.id
             WHERE booking.block_id = night.block_id AND booking.state = ANY(%(taking)s)
               AND room.state = %(booked)s AND room.room_type_id = night.room_type_id
               AND room.check_in <= night.date AND room.check_out > night.date),
           (SELECT COALESCE(SUM(item.quantity), 0)::int
              FROM inventory_hold child JOIN inventory_holditem item ON item.hold_id = child.id
             WHERE child.parent_id = block.hold_id AND child.state = %(active)s
               AND item.room_type_id = night.room_type_id
               AND item.check_in <= night.date AND item.check_out > night.date),
           (SELECT COALESCE(SUM(item.quantity), 0)::int
              FROM inventory_hold hold JOIN inventory_holditem item ON item.hold_id = hold.id
             WHERE hold.id = block.hold_id AND hold.state = %(active)s AND hold.expires_at > %(now)s
               AND item.room_type_id = night.room_type_id
               AND item.check_in <= night.date AND item.check_out > night.date)
      FROM bookings_blocknight night
      JOIN bookings_block block ON block.id = night.block_id
      JOIN properties_roomtype kind ON kind.id = night.room_type_id
     WHERE night.block_id = ANY(%(blocks)s)
     ORDER BY night.block_id, kind.position, night.room_type_id, night.date
"""


@dataclass(frozen=True)
class GroupPage:
    """What a group's own page shows: the block, its rooms left per type at most, and its nights."""

    block: Block
    is_open: bool
    first: dt.date
    last: dt.date
    rooms: list[tuple[str, int]]

    @property
    def check_out(self) -> dt.date:
        """The last day on which a guest can leave."""
        return self.last + ONE_DAY


def find_group(*, code: str, now: dt.datetime) -> GroupPage | None:
    """The block that a code belongs to, open or over, of a published hotel; None when there is none."""
    block = (
        Block.objects.select_related("property__destination", "hold")
        .filter(code=code.strip().upper(), property__status=Property.Status.PUBLISHED)
        .first()
    )
    if block is None:
        return None
    (report,) = report_blocks([block], now=now)
    most: dict[str, int] = defaultdict(int)
    for night in report.nights:
        most[night.room_type_name] = max(most[night.room_type_name], night.left)
    return GroupPage(
        block=block,
        is_open=report.is_open,
        first=report.first,
        last=report.last,
        rooms=list(most.items()),
    )


def blocks_of(property_id: int) -> QuerySet[Block]:
    """A property's blocks with what reports need, the ones to be released last first."""
    return Block.objects.filter(property=property_id).select_related("property", "hold", "rate_plan")
