"""The address of a quote: read into a request, and written so that it can be shared.

`room=<product>:<adults>[:<ages with commas>]` stands for each room; one product for a whole party can
also be asked for with `product`, `adults`, `ages` and `rooms`. `extra-<id>=<how many>`, `exempt=<who>`,
`code` and `accessible=1` may follow.
"""

from __future__ import annotations

import re

from django.http import QueryDict
from django.utils.translation import gettext as _

from serai.bookings.errors import NotOffered
from serai.bookings.quotes import RoomRequest, StayRequest, request_rooms
from serai.rates.models import TaxRule
from serai.rates.rules import Party
from serai.search.requests import MAX_ADULTS, MAX_CHILD_AGE, MAX_CHILDREN, MAX_ROOMS, Stay

ROOM = re.compile(r"([0-9]{1,18}):([0-9]{1,2})(?::([0-9]{1,2}(?:,[0-9]{1,2})*))?")
NUMBERED = re.compile(r"(?:quantity|extra)-([0-9]{1,18})")
EXEMPTIONS = frozenset(value for value in TaxRule.Exemption.values if value)


def parse_request(query: QueryDict, stay: Stay, *, is_member: bool) -> StayRequest:
    """What is to be quoted for the dates of a stay. Raises `NotOffered` for what makes no sense."""
    wishes = {
        "extras": tuple(sorted(_numbers(query, "extra").items())),
        "codes": stay.codes,
        "exemptions": tuple(sorted(EXEMPTIONS & set(query.getlist("exempt")))),
        "is_member": is_member,
    }
    if "room" in query:
        rooms = tuple(
            _room(text, needs_accessible=stay.needs_accessible and index == 0)
            for index, text in enumerate(query.getlist("room"))
        )
        if len(rooms) > MAX_ROOMS:
            raise NotOffered(_("At most %(most)d rooms can be booked at once.") % {"most": MAX_ROOMS})
        return StayRequest(stay.check_in, stay.check_out, rooms, **wishes)  # type: ignore[arg-type]
    product = query.get("product", "")
    if not product.isascii() or not product.isdecimal() or len(product) > 18:
        raise NotOffered(_("Please choose dates, then a room and a rate."))
    request = request_rooms(
        int(product), stay.check_in, stay.check_out, stay.guests.party, stay.guests.rooms, **wishes
    )
    if not stay.needs_accessible:
        return request
    first, *others = request.rooms
    first = RoomRequest(first.product_id, first.party, needs_accessible=True)
    return StayRequest(stay.check_in, stay.check_out, (first, *others), **wishes)  # type: ignore[arg-type]


def request_items(request: StayRequest, *, is_bare: bool = False) -> list[tuple[str, str]]:
    """The query parameters of a request; only its dates, rooms and codes when `is_bare`."""
    items = [
        ("check_in", request.check_in.isoformat()),
        ("check_out", request.check_out.isoformat()),
        *(("room", _room_text(room)) for room in request.rooms),
        *(("code", code) for code in request.codes),
    ]
    if is_bare:
        return items
    return [
        *items,
        *((f"extra-{extra_id}", str(quantity)) for extra_id, quantity in request.extras),
        *(("exempt", name) for name in request.exemptions),
        *([("accessible", "1")] if any(room.needs_accessible for room in request.rooms) else []),
    ]


def parse_quantities(query: QueryDict) -> dict[int, int]:
    """How many rooms of each product were chosen; what is no number is none."""
    return {
        product_id: min(count, MAX_ROOMS + 1) for product_id, count in _numbers(query, "quantity").items()
    }


def _numbers(query: QueryDict, name: str) -> dict[int, int]:
    """`<name>-<id>=<number>` as a mapping, without noughts."""
    found = {}
    for key, value in query.items():
        match = NUMBERED.fullmatch(key)
        text = str(value)
        if match and key.startswith(f"{name}-") and text.isascii() and text.isdecimal() and len(text) < 4:
            found[int(match[1])] = int(text)
    return {number: count for number, count in found.items() if count}


def _room(text: str, *, needs_accessible: bool) -> RoomRequest:
    match = ROOM.fullmatch(text)
    ages = tuple(int(age) for age in (match[3] or "").split(",") if age) if match else ()
    if (
        match is None
        or not 1 <= int(match[2]) <= MAX_ADULTS
        or len(ages) > MAX_CHILDREN
        or any(age > MAX_CHILD_AGE for age in ages)
    ):
        raise NotOffered(_("We cannot read this address. Please choose your rooms again."))
    return RoomRequest(int(match[1]), Party(int(match[2]), ages), needs_accessible)


def _room_text(room: RoomRequest) -> str:
    ages = ",".join(map(str, room.party.children_ages))
    return f"{room.product_id}:{room.party.adults}" + (f":{ages}" if ages else "")
