"""The room plan: rooms down, days across, every stay a bar; and the button that shares out rooms."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from serai.bookings.assignment_rules import Hours, Span, check_out_instant, instant
from serai.bookings.models import Booking
from serai.bookings.plan import Placed, RoomPlan, read_plan
from serai.bookings.services import assign_rooms
from serai.bookings.stays import hours_of
from serai.core.clock import local_date, utc_now
from serai.core.errors import DomainError
from serai.properties.models import Property, Room
from serai.web.host.access import HostRequest, host_view, render_host

DAYS = 14
STEP = 7
# A day has three columns: until check-out, between check-out and check-in, from check-in on.
SLOTS = 3
ONE_DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class Cell:
    """Some columns of a row: empty, or a bar with its stay. `begins` marks the edge of a day."""

    width: int
    placed: Placed | None = None
    look: str = ""
    begins: bool = False
    is_weekend: bool = False
    is_cut_before: bool = False
    is_cut_after: bool = False


@dataclass(frozen=True)
class Row:
    """A room, or a line of stays without one (`room` is None)."""

    room: Room | None
    cells: list[Cell]


@dataclass(frozen=True)
class Group:
    """The rows of a room type."""

    name: str
    rows: list[Row] = field(default_factory=list)


@host_view("view_bookings")
@require_GET
def show_plan(request: HostRequest, property: Property) -> HttpResponse:
    """Two weeks of the property's rooms, from the day in `from` on."""
    now = utc_now()
    today = local_date(now, property.timezone)
    first = _first_day(request.GET.get("from", ""), today)
    plan = read_plan(property=property, first=first, days=DAYS)
    days = [first + dt.timedelta(days=offset) for offset in range(DAYS)]
    return render_host(
        request,
        "web/host/room_plan.html",
        property,
        {
            "first": first,
            "last": days[-1],
            "today": today,
            "days": days,
            "columns": DAYS * SLOTS,
            "has_rooms": bool(plan.rooms),
            "waiting": waiting_groups(plan, first, property),
            "waiting_count": len(plan.waiting),
            "groups": room_groups(plan, first, property),
            "previous_url": _plan_url(property, first - dt.timedelta(days=STEP)),
            "following_url": _plan_url(property, first + dt.timedelta(days=STEP)),
            "today_url": _plan_url(property, today),
            "here": _plan_url(property, first),
        },
    )


@host_view("manage_bookings")
@require_POST
def share_rooms(request: HostRequest, property: Property) -> HttpResponse:
    """Share out rooms among those who arrive in the days that are shown, and say what came of it."""
    now = utc_now()
    today = local_date(now, property.timezone)
    first = _first_day(request.POST.get("from", ""), today)
    try:
        shared = assign_rooms(
            property_id=property.pk, first=first, last=first + dt.timedelta(days=DAYS - 1), now=now
        )
    except DomainError as error:
        messages.error(request, str(error))
        return redirect(_plan_url(property, first))
    if shared.given:
        messages.success(
            request,
            ngettext("%(count)s stay has a new room.", "%(count)s stays have a new room.", shared.given)
            % {"count": shared.given},
        )
    if shared.without:
        messages.warning(
            request,
            ngettext(
                "%(count)s stay is left without one: no room of its type is free all the time. "
                "Move a locked guest, or give a room of another type.",
                "%(count)s stays are left without one: no room of their type is free all the time. "
                "Move locked guests, or give rooms of another type.",
                len(shared.without),
            )
            % {"count": len(shared.without)},
        )
    if not shared.given and not shared.without:
        messages.info(request, _("Everybody who arrives in these days has a room already."))
    return redirect(_plan_url(property, first))


def _first_day(text: str, today: dt.date) -> dt.date:
    """The day that was asked for, if it can be shown at all; otherwise yesterday, to see who leaves."""
    try:
        wanted = dt.date.fromisoformat(text)
    except ValueError:
        return today - ONE_DAY
    return wanted if abs((wanted - today).days) < 3 * 366 else today - ONE_DAY


def _plan_url(property: Property, first: dt.date) -> str:
    return f"{reverse('host_room_plan', args=[property.pk])}?{urlencode({'from': first.isoformat()})}"


def room_groups(plan: RoomPlan, first: dt.date, property: Property) -> list[Group]:
    """The rooms with their bars, by room type."""
    hours = hours_of(property)
    groups: dict[int, Group] = {}
    for room in plan.rooms:
        group = groups.setdefault(room.room_type_id, Group(room.room_type.name))
        group.rows.append(Row(room, _cells(plan.placed.get(room.pk, []), first, hours)))
    return list(groups.values())


def waiting_groups(plan: RoomPlan, first: dt.date, property: Property) -> list[Group]:
    """Those without a room by room type, in as few lines as will do."""
    hours = hours_of(property)
    lines: dict[int, list[list[Placed]]] = {}
    names: dict[int, str] = {}
    for placed in sorted(plan.waiting, key=lambda one: (one.stay.room_type.position, *one.span)):
        names[placed.stay.room_type_id] = placed.stay.room_type.name
        of_type = lines.setdefault(placed.stay.room_type_id, [])
        line = next((line for line in of_type if line[-1].span[1] <= placed.span[0]), None)
        if line is None:
            of_type.append([placed])
        else:
            line.append(placed)
    return [
        Group(names[key], [Row(None, _cells(line, first, hours)) for line in of_type])
        for key, of_type in lines.items()
    ]


def _cells(bars: Iterable[Placed], first: dt.date, hours: Hours) -> list[Cell]:
    """A row of the table: bars, and between them empty cells that end where days do."""
    cells: list[Cell] = []
    at, whole = 0, DAYS * SLOTS
    for placed in sorted(bars, key=lambda one: one.span):
        start, end = columns_of(placed.span, first, hours)
        # Bars of a few minutes share a column in time, but not on the page.
        begin = max(start, at)
        finish = min(max(end, begin + 1), whole)
        if begin >= finish:
            continue
        cells += _empty(at, begin, first)
        cells.append(
            Cell(
                finish - begin,
                placed,
                look=_look(placed),
                begins=begin % SLOTS == 0,
                is_cut_before=start < 0,
                is_cut_after=end > whole,
            )
        )
        at = finish
    return cells + _empty(at, whole, first)


def _empty(at: int, until: int, first: dt.date) -> list[Cell]:
    cells = []
    while at < until:
        edge = min((at // SLOTS + 1) * SLOTS, until)
        date = first + dt.timedelta(days=at // SLOTS)
        cells.append(Cell(edge - at, begins=at % SLOTS == 0, is_weekend=date.weekday() >= 5))
        at = edge
    return cells


def columns_of(span: Span, first: dt.date, hours: Hours) -> tuple[int, int]:
    """The columns `[start, end)` of a span; below zero or beyond the last when it goes on there."""
    zone = ZoneInfo(hours.timezone)
    start_date, end_date = (edge.astimezone(zone).date() for edge in span)
    start = SLOTS * (start_date - first).days
    if span[0] >= instant(start_date, hours.check_in_from, hours.timezone):
        start += 2
    elif span[0] >= check_out_instant(start_date, hours):
        start += 1
    end = SLOTS * (end_date - first).days
    if span[1] > instant(end_date, hours.check_in_from, hours.timezone):
        end += 3
    elif span[1] > check_out_instant(end_date, hours):
        end += 2
    else:
        end += 1
    return start, end


def _look(placed: Placed) -> str:
    booking: Any = placed.stay.booking
    if placed.assignment is None:
        return "waiting"
    if booking.state == Booking.State.CHECKED_IN:
        return "in-house"
    if booking.state == Booking.State.CONFIRMED:
        return "day-use" if booking.is_day_use else "coming"
    return "over"
