"""Why a guest cannot have a room. Each sentence says what to do next."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from serai.core.errors import DomainError


class RoomTaken(DomainError):
    """Somebody else has the room for a part of that time; `guest_name` until `until` (UTC)."""

    code = "room_taken"

    def __init__(self, *, number: str, guest_name: str, until: dt.datetime, timezone: str) -> None:
        local = until.astimezone(ZoneInfo(timezone))
        super().__init__(
            _("Room %(number)s is %(guest)s’s until %(until)s. Choose another, or move that guest first.")
            % {
                "number": number,
                "guest": guest_name,
                "until": f"{date_format(local, 'j M')}, {local:%H:%M}",
            }
        )
        self.number = number
        self.guest_name = guest_name
        self.until = until


class RoomOutOfService(DomainError):
    """Nobody is given a room that is out of service."""

    code = "room_out_of_service"

    def __init__(self, *, number: str) -> None:
        super().__init__(_("Room %(number)s is out of service. Choose another one.") % {"number": number})


class NoRoomForDayUse(DomainError):
    """No room of the type is free for those hours without somebody for the night going without."""

    code = "no_room_for_day_use"

    def __init__(self) -> None:
        super().__init__(
            _("No room of this type is free for these hours. Try other hours or another room type.")
        )


class DayUseInvalid(DomainError):
    """The wish contradicts itself or the room type; `field` names the input to change."""

    code = "day_use_invalid"

    def __init__(self, message: str, *, field: str) -> None:
        super().__init__(message)
        self.field = field
