"""Reads on the waiting list."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import QuerySet

from serai.accounts.models import User
from serai.bookings.models import Checkout, WaitlistEntry

SHOWN = 50


def waiting_at(property_id: int) -> QuerySet[WaitlistEntry]:
    """Who waits for a property's rooms or has an offer, first come first."""
    return (
        WaitlistEntry.objects.filter(
            property=property_id, state__in=[WaitlistEntry.State.WAITING, WaitlistEntry.State.OFFERED]
        )
        .select_related("room_type", "user", "product__rate_plan")
        .order_by("id")
    )


@dataclass(frozen=True)
class Waiting:
    """A guest's entry as it is at this moment: an offer whose time is over counts as lapsed at once."""

    entry: WaitlistEntry
    state: str
    held_until: dt.datetime | None

    @property
    def is_open(self) -> bool:
        """Whether the guest can still leave the list."""
        return self.state in {WaitlistEntry.State.WAITING, WaitlistEntry.State.OFFERED}


def waits_of(user: User, *, now: dt.datetime) -> list[Waiting]:
    """What a guest waits for or waited for, the latest first: one query."""
    entries = (
        WaitlistEntry.objects.filter(user=user)
        .select_related("property__destination", "room_type", "checkout__hold")
        .order_by("-id")[:SHOWN]
    )
    return [_as_it_is(entry, now) for entry in entries]


def _as_it_is(entry: WaitlistEntry, now: dt.datetime) -> Waiting:
    checkout = entry.checkout
    if entry.state != WaitlistEntry.State.OFFERED or checkout is None:
        return Waiting(entry, entry.state, None)
    if checkout.state == Checkout.State.BOOKED:
        return Waiting(entry, WaitlistEntry.State.BOOKED.value, None)
    if checkout.state != Checkout.State.OPEN or not checkout.hold.lasts(now):
        return Waiting(entry, WaitlistEntry.State.LAPSED.value, None)
    return Waiting(entry, entry.state, checkout.hold.expires_at)
