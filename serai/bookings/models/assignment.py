"""Which physical room a booked room is, from when to when."""

from __future__ import annotations

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models


class RoomAssignment(models.Model):
    """A physical room for (a part of) one booked room's stay, from check-in to check-out hour (UTC).

    The database refuses to give one room to two stays at a time, and two rooms to one stay at a time. A
    guest who moves during the stay has two rows, one after the other. `is_locked` rows are left alone
    when rooms are shared out anew.
    """

    room = models.ForeignKey("properties.Room", on_delete=models.PROTECT, related_name="assignments")
    booking_room = models.ForeignKey(
        "bookings.BookingRoom", on_delete=models.CASCADE, related_name="assignments"
    )
    during = DateTimeRangeField()
    is_locked = models.BooleanField(default=False)

    class Meta:
        ordering = ["during", "id"]
        constraints = [
            ExclusionConstraint(
                name="room_given_once",
                expressions=[("room", RangeOperators.EQUAL), ("during", RangeOperators.OVERLAPS)],
            ),
            ExclusionConstraint(
                name="stay_in_one_room",
                expressions=[("booking_room", RangeOperators.EQUAL), ("during", RangeOperators.OVERLAPS)],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.room_id} for {self.booking_room_id}"
