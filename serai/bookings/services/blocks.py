"""Blocks: set rooms aside for a group, change how many, give them back."""

from __future__ import annotations

import datetime as dt
import re
import secrets
from collections.abc import Collection, Mapping
from zoneinfo import ZoneInfo

import structlog
from django.utils.translation import gettext as _

from serai.accounts.models import User
from serai.bookings.errors import BlockInvalid, BlockOver, BlockShort
from serai.bookings.models import Block, BlockNight
from serai.bookings.services.book import ALPHABET
from serai.bookings.services.waitlist import tell_waiting
from serai.core.clock import local_date
from serai.core.db import lock_text, write_transaction
from serai.inventory.models import Hold
from serai.inventory.services import (
    Claim,
    SoldOut,
    grow_hold,
    hold_nights,
    move_expiry,
    release_hold,
    set_nights,
    shrink_hold,
)
from serai.properties.models import Property, RoomType
from serai.rates.models import Product, RatePlan

log = structlog.get_logger(__name__)

ONE_DAY = dt.timedelta(days=1)
CODE_LENGTH = 8
CODE = re.compile(r"[A-Z0-9][A-Z0-9-]{5,39}")
# As many rooms of a type as a block may want on one night, and as many nights as it may have.
MOST_ROOMS = 500
MOST_NIGHTS = 3000

Nights = Mapping[tuple[int, dt.date], int]


def create_block(
    *,
    property_id: int,
    rate_plan_id: int,
    name: str,
    nights: Nights,
    release_date: dt.date,
    actor: User | None,
    now: dt.datetime,
    code: str = "",
    contact_name: str = "",
    contact_email: str = "",
) -> Block:
    """Set rooms aside: so many of each (room type, night), until the release date begins at the property.

    Without a code one is made. Raises `BlockInvalid`, or `BlockShort` with the nights that have fewer
    rooms free; then nothing is set aside. Locks the code, then the nights.
    """
    property_ = Property.objects.get(pk=property_id)
    nights = {night: quantity for night, quantity in nights.items() if quantity > 0}
    _check_nights(property_, rate_plan_id, nights, now=now)
    _check_release(property_, nights, release_date, now=now)
    code = _check_code(code)
    with write_transaction():
        lock_text(f"block:{code}")
        if Block.objects.filter(code=code).exists():
            raise BlockInvalid(_("This code is taken. Choose another, or leave it empty."), field="code")
        try:
            hold = hold_nights(claims=_claims(nights), expires_at=_start_of(release_date, property_), now=now)
        except SoldOut as error:
            raise BlockShort(error.shortages) from error
        block = Block.objects.create(
            property=property_,
            rate_plan_id=rate_plan_id,
            hold=hold,
            name=name,
            code=code,
            contact_name=contact_name,
            contact_email=contact_email,
            release_date=release_date,
        )
        _write_nights(block, nights)
    log.info("block.created", block_id=block.pk, actor_id=actor.pk if actor else None)
    return block


def change_block(
    *,
    block_id: int,
    property_id: int,
    name: str,
    nights: Nights,
    release_date: dt.date,
    actor: User | None,
    now: dt.datetime,
    contact_name: str = "",
    contact_email: str = "",
) -> Block:
    """Let a block have so many rooms on each night instead; what is not named has none any more.

    Raises `BlockOver`, `BlockInvalid`, `BlockShort` when more are not free, `HoldTooSmall` when the
    group's guests have booked more than would be left. Then nothing changes. Locks the block, its
    hold, then all nights that change.
    """
    with write_transaction():
        block = _lock(block_id, property_id)
        if not Hold.objects.select_for_update().get(pk=block.hold_id).lasts(now):
            raise BlockOver
        nights = {night: quantity for night, quantity in nights.items() if quantity > 0}
        before = {
            (night.room_type_id, night.date): night.quantity
            for night in BlockNight.objects.filter(block=block)
        }
        change = {
            night: nights.get(night, 0) - before.get(night, 0)
            for night in sorted({*nights, *before})
            if nights.get(night, 0) != before.get(night, 0)
        }
        _check_nights(block.property, block.rate_plan_id, nights, changed=change.keys(), now=now)
        _check_release(block.property, nights, release_date, now=now)
        _lock_nights(change, now=now)
        fewer = {night: -units for night, units in change.items() if units < 0}
        more = {night: units for night, units in change.items() if units > 0}
        if fewer:
            shrink_hold(hold_id=block.hold_id, claims=_claims(fewer), now=now)
        if more:
            try:
                grow_hold(hold_id=block.hold_id, claims=_claims(more), now=now)
            except SoldOut as error:
                raise BlockShort(error.shortages) from error
        if release_date != block.release_date:
            move_expiry(hold_id=block.hold_id, expires_at=_start_of(release_date, block.property), now=now)
        block.name, block.release_date = name, release_date
        block.contact_name, block.contact_email = contact_name, contact_email
        block.save()
        BlockNight.objects.filter(block=block).delete()
        _write_nights(block, nights)
        if fewer:
            tell_waiting({room_type_id for room_type_id, _date in fewer}, now=now)
    log.info("block.changed", block_id=block.pk, actor_id=actor.pk if actor else None)
    return block


def release_block(*, block_id: int, property_id: int, actor: User | None, now: dt.datetime) -> bool:
    """Give the rooms that nobody of the group has booked back to everybody; False when they are back already.

    Guests who are paying keep theirs. Locks the block, its hold, then the nights.
    """
    with write_transaction():
        block = _lock(block_id, property_id)
        if not release_hold(hold_id=block.hold_id, now=now):
            return False
        room_types = BlockNight.objects.filter(block=block).values_list("room_type_id", flat=True)
        tell_waiting(set(room_types), now=now)
    log.info("block.released", block_id=block_id, actor_id=actor.pk if actor else None)
    return True


def _lock(block_id: int, property_id: int) -> Block:
    """The property's block, locked. Raises `Block.DoesNotExist`.

    A booking that is being written names its block while it has nights already: only what would change
    the block's key may wait for it, or the two would wait for each other.
    """
    blocks = Block.objects.select_for_update(of=("self",), no_key=True).select_related("property")
    return blocks.get(pk=block_id, property=property_id)


def _lock_nights(nights: Collection[tuple[int, dt.date]], *, now: dt.datetime) -> None:
    """Lock nights in order before some are given and others taken; nights that do not exist are none."""
    for room_type_id in sorted({room_type_id for room_type_id, _date in nights}):
        dates = [date for of, date in nights if of == room_type_id]
        set_nights(room_type_id=room_type_id, dates=dates, now=now)


def _claims(nights: Nights) -> list[Claim]:
    return [
        Claim(room_type_id, date, date + ONE_DAY, quantity)
        for (room_type_id, date), quantity in sorted(nights.items())
    ]


def _write_nights(block: Block, nights: Nights) -> None:
    BlockNight.objects.bulk_create(
        BlockNight(block=block, room_type_id=room_type_id, date=date, quantity=quantity)
        for (room_type_id, date), quantity in sorted(nights.items())
    )


def _start_of(date: dt.date, property_: Property) -> dt.datetime:
    return dt.datetime.combine(date, dt.time.min, tzinfo=ZoneInfo(property_.timezone)).astimezone(dt.UTC)


def _check_nights(
    property_: Property,
    rate_plan_id: int,
    nights: Nights,
    *,
    now: dt.datetime,
    changed: Collection[tuple[int, dt.date]] | None = None,
) -> None:
    """Nights that stay as they are may be past by now; those that change may not."""
    if not nights:
        raise BlockInvalid(_("Set at least one room aside on one night."), field="nights")
    if len(nights) > MOST_NIGHTS or max(nights.values()) > MOST_ROOMS:
        raise BlockInvalid(_("That is more than one group can have. Make several groups."), field="nights")
    today = local_date(now, property_.timezone)
    if any(date < today for _room_type_id, date in (nights if changed is None else changed)):
        raise BlockInvalid(_("Some of these nights have passed. Choose later ones."), field="nights")
    wanted = {room_type_id for room_type_id, _date in nights}
    known = set(RoomType.objects.filter(property=property_, pk__in=wanted).values_list("pk", flat=True))
    if not RatePlan.objects.filter(pk=rate_plan_id, property=property_).exists() or known != wanted:
        raise BlockInvalid(_("Choose rooms and a rate of this property."), field="rate_plan")
    sold = set(
        Product.objects.filter(rate_plan=rate_plan_id, room_type__in=wanted, is_active=True).values_list(
            "room_type_id", flat=True
        )
    )
    if sold != wanted:
        raise BlockInvalid(
            _("This rate is not sold for all of these rooms. Choose another rate or other rooms."),
            field="rate_plan",
        )


def _check_release(property_: Property, nights: Nights, release_date: dt.date, *, now: dt.datetime) -> None:
    if release_date <= local_date(now, property_.timezone):
        raise BlockInvalid(_("Rooms can go back from tomorrow on."), field="release_date")
    if release_date > max(date for _room_type_id, date in nights):
        raise BlockInvalid(
            _("What is not booked must go back by the last night of the group."), field="release_date"
        )


def _check_code(code: str) -> str:
    """The code in capitals, or a new one that nobody can guess."""
    code = code.strip().upper()
    if not code:
        return "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH))
    if not CODE.fullmatch(code):
        raise BlockInvalid(
            _("A code has 6 to 40 letters, digits or hyphens, and begins with a letter or a digit."),
            field="code",
        )
    return code
