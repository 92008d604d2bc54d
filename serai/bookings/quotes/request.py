"""What a guest wants to be quoted: which rooms for whom, from when to when."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from serai.bookings.errors import NotOffered
from serai.rates.rules import Party, split_party


@dataclass(frozen=True)
class RoomRequest:
    """One room of a product, and who sleeps in it."""

    product_id: int
    party: Party
    needs_accessible: bool = False


@dataclass(frozen=True)
class StayRequest:
    """What a guest wants: rooms for `[check_in, check_out)`, property-local.

    `extras` are pairs of an extra's id and how many of it. `codes` are in capitals. `exemptions` are
    what the guest claims against taxes. `block_id` is the group whose rooms these are.
    """

    check_in: dt.date
    check_out: dt.date
    rooms: tuple[RoomRequest, ...]
    extras: tuple[tuple[int, int], ...] = ()
    codes: tuple[str, ...] = ()
    exemptions: tuple[str, ...] = ()
    is_member: bool = False
    block_id: int | None = None

    @property
    def nights(self) -> int:
        return (self.check_out - self.check_in).days

    @property
    def parties(self) -> list[Party]:
        """Who sleeps in which room."""
        return [room.party for room in self.rooms]

    @property
    def party(self) -> Party:
        """Everybody together."""
        return Party(
            sum(room.party.adults for room in self.rooms),
            tuple(age for room in self.rooms for age in room.party.children_ages),
        )

    @property
    def product_ids(self) -> list[int]:
        """The products, each once, in the order of the rooms."""
        return list(dict.fromkeys(room.product_id for room in self.rooms))

    def as_json(self) -> dict[str, Any]:
        """Plain values; `stay_request_from_json` reads them back."""
        return {
            "check_in": self.check_in.isoformat(),
            "check_out": self.check_out.isoformat(),
            "rooms": [
                [room.product_id, room.party.adults, list(room.party.children_ages), room.needs_accessible]
                for room in self.rooms
            ],
            "extras": [list(extra) for extra in self.extras],
            "codes": list(self.codes),
            "exemptions": list(self.exemptions),
            "is_member": self.is_member,
            "block_id": self.block_id,
        }


def stay_request_from_json(data: Mapping[str, Any]) -> StayRequest:
    """The inverse of `StayRequest.as_json`; also reads quotes of one product made before."""
    stay = dt.date.fromisoformat(data["check_in"]), dt.date.fromisoformat(data["check_out"])
    if "product_id" in data:
        party = Party(data["adults"], tuple(data["children_ages"]))
        return request_rooms(data["product_id"], *stay, party, data["rooms"])
    return StayRequest(
        *stay,
        rooms=tuple(
            RoomRequest(product_id, Party(adults, tuple(ages)), needs_accessible)
            for product_id, adults, ages, needs_accessible in data["rooms"]
        ),
        extras=tuple((extra_id, quantity) for extra_id, quantity in data["extras"]),
        codes=tuple(data["codes"]),
        exemptions=tuple(data["exemptions"]),
        is_member=data["is_member"],
        block_id=data["block_id"],
    )


def request_rooms(
    product_id: int, check_in: dt.date, check_out: dt.date, party: Party, rooms: int = 1, **wishes: Any
) -> StayRequest:
    """So many rooms of one product with the party shared out over them. Raises `NotOffered`."""
    try:
        parties = split_party(party, rooms)
    except ValueError as error:
        raise NotOffered(_("Every room needs at least one adult.")) from error
    return StayRequest(
        check_in, check_out, tuple(RoomRequest(product_id, each) for each in parties), **wishes
    )
