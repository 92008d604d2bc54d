"""The month grid: what is left of each night, what it costs and what restricts it; changing it; undo."""

from __future__ import annotations

import calendar
import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from serai.bookings.calendar import Undo, change_nights, restore_nights
from serai.bookings.opening import HORIZON
from serai.core.clock import local_date, utc_now
from serai.inventory.models import Night
from serai.inventory.services import AllotmentTooSmall, AllowanceTooSmall
from serai.properties.models import Property, RoomType
from serai.rates.models import Product
from serai.rates.nights import prices_of, restrictions_of
from serai.rates.services.restrictions import RestrictionRefused
from serai.web.host.access import HostRequest, host_view, render_host
from serai.web.host.calendar_form import WEEKDAYS, NightsForm
from serai.web.host.restriction_texts import Mark, marks_of

FEW = 1
LISTED_DATES = 3


@dataclass(frozen=True)
class Day:
    """One cell of the grid. `state` is blank, past, unopened, closed, sold-out, few or open."""

    date: dt.date
    state: str
    night: Night | None = None
    left: int = 0
    price_minor: int | None = None
    is_manual: bool = False
    marks: tuple[Mark, ...] = ()
    is_today: bool = False


@dataclass(frozen=True)
class Choice:
    """Which room type, whose price, which month."""

    rooms: list[RoomType]
    room: RoomType
    products: list[Product]
    product: Product | None
    month: dt.date

    def query(self) -> dict[str, Any]:
        """The choice as the parameters of an address."""
        query: dict[str, Any] = {"month": f"{self.month:%Y-%m}", "room_type": self.room.pk}
        if len(self.products) > 1 and self.product:
            query["product"] = self.product.pk
        return query

    def url(self, property: Property, **changes: Any) -> str:
        """The calendar's address with parts of the choice replaced; another room has other products."""
        query = self.query()
        if "room_type" in changes:
            query.pop("product", None)
        return f"{reverse('host_calendar', args=[property.pk])}?{urlencode(query | changes)}"

    @property
    def is_derived(self) -> bool:
        """Whether the chosen product takes its prices from another rate plan."""
        return self.product is not None and self.product.rate_plan.parent_id is not None


@host_view("edit_prices")
@require_http_methods(["GET", "POST"])
def show_calendar(request: HostRequest, property: Property) -> HttpResponseBase:
    """One month of one room type; a POST changes the chosen nights."""
    today = local_date(utc_now(), property.timezone)
    choice = read_choice(request, property, today)
    if choice is None:
        return render_host(request, "web/host/calendar_empty.html", property)
    form_kwargs: dict[str, Any] = {
        "currency": property.currency,
        "today": today,
        "product": choice.product,
    }
    if request.method == "POST":
        form = NightsForm(request.POST, **form_kwargs)
        if form.is_valid() and _apply(request, property, choice, form):
            return redirect(choice.url(property))
        return _render(request, property, choice, form, today, status=422)
    return _render(request, property, choice, NightsForm(**form_kwargs), today)


@host_view("edit_prices")
@require_POST
def undo_change(request: HostRequest, property: Property) -> HttpResponseRedirect:
    """Take the last change back, once."""
    memory = request.session.pop(_memory_key(property), None)
    if memory is None:
        messages.info(request, _("There is nothing to undo."))
        return redirect("host_calendar", property.pk)
    try:
        restore_nights(undo=Undo.from_json(memory["undo"]), now=utc_now())
    except AllotmentTooSmall as error:
        messages.error(
            request,
            _("This cannot be undone any more: guests have booked %(dates)s since.")
            % {"dates": _name_dates(error.dates)},
        )
    else:
        messages.success(request, _("The change was undone."))
    return redirect(f"{reverse('host_calendar', args=[property.pk])}?" + urlencode(memory["place"]))


def read_choice(request: HostRequest, property: Property, today: dt.date) -> Choice | None:
    """Read the address; unknown room types and months beyond reason are a 404 or the nearest month."""
    rooms = list(property.room_types.filter(is_active=True))
    if not rooms:
        return None
    wanted = request.GET.get("room_type", "")
    room = rooms[0]
    if wanted:
        found = next((room for room in rooms if str(room.pk) == wanted), None)
        if found is None:
            raise Http404
        room = found
    products = list(
        Product.objects.filter(room_type=room, rate_plan__is_active=True, is_active=True)
        .select_related("rate_plan__parent")
        .order_by("rate_plan__position", "rate_plan_id")
    )
    wanted_product = request.GET.get("product", "")
    product = next(
        (product for product in products if str(product.pk) == wanted_product),
        products[0] if products else None,
    )
    return Choice(rooms=rooms, room=room, products=products, product=product, month=_month(request, today))


def _month(request: HostRequest, today: dt.date) -> dt.date:
    try:
        month = dt.date.fromisoformat(request.GET.get("month", "") + "-01")
    except ValueError:
        month = today.replace(day=1)
    earliest = (today.replace(day=1) - dt.timedelta(days=366)).replace(day=1)
    return min(max(month, earliest), (today + HORIZON).replace(day=1))


def _apply(request: HostRequest, property: Property, choice: Choice, form: NightsForm) -> bool:
    """Change the nights and remember how they were; put a refusal beside its field and return False."""
    change = form.change()
    if change.price_minor is not None and choice.product is None:
        form.add_error("price", _("Set this room's rates first; then single nights can differ."))
        return False
    product_id = choice.product.pk if choice.product else None
    try:
        undo = change_nights(room=choice.room, product_id=product_id, change=change, now=utc_now())
    except AllowanceTooSmall as error:
        form.add_error(
            "allowance",
            _("Guests already have more rooms than that on %(dates)s. Allow more, or close the nights.")
            % {"dates": _name_dates(error.dates)},
        )
        return False
    except AllotmentTooSmall as error:
        form.add_error(
            "allotment",
            _("Guests already have more rooms than that on %(dates)s. Close the nights instead.")
            % {"dates": _name_dates(error.dates)},
        )
        return False
    except RestrictionRefused as error:
        form.add_error(error.name, str(error))
        return False
    count = len(change.dates)
    summary = ngettext("%(count)d night was changed.", "%(count)d nights were changed.", count) % {
        "count": count
    }
    request.session[_memory_key(property)] = {
        "undo": undo.as_json(),
        "place": choice.query(),
        "summary": f"{choice.room.name}: {summary}",
    }
    return True


def _memory_key(property: Property) -> str:
    return f"calendar-change-{property.pk}"


def _name_dates(dates: list[dt.date]) -> str:
    named = ", ".join(date_format(date, "j M") for date in dates[:LISTED_DATES])
    return named if len(dates) <= LISTED_DATES else _("%(dates)s and other nights") % {"dates": named}


def _render(
    request: HostRequest,
    property: Property,
    choice: Choice,
    form: NightsForm,
    today: dt.date,
    *,
    status: int = 200,
) -> HttpResponse:
    previous = (choice.month - dt.timedelta(days=1)).replace(day=1)
    following = (choice.month + dt.timedelta(days=32)).replace(day=1)
    weeks = _weeks(choice, today)
    return render_host(
        request,
        "web/host/calendar.html",
        property,
        {
            "choice": choice,
            "form": form,
            "weeks": weeks,
            "marks": sorted({mark for week in weeks for day in week for mark in day.marks}),
            "look_date": max(today, choice.month),
            "weekdays": [name for _number, name in WEEKDAYS],
            "previous_url": choice.url(property, month=f"{previous:%Y-%m}"),
            "following_url": choice.url(property, month=f"{following:%Y-%m}")
            if following <= today + HORIZON
            else "",
            "previous_month": previous,
            "following_month": following,
            "room_links": [
                (room, choice.url(property, room_type=room.pk), room.pk == choice.room.pk)
                for room in choice.rooms
            ],
            "undo": request.session.get(_memory_key(property)),
            "today": today,
        },
        status=status,
    )


def _weeks(choice: Choice, today: dt.date) -> list[list[Day]]:
    """The month in weeks from Monday on, with nights and prices from one query each."""
    weeks = calendar.Calendar().monthdatescalendar(choice.month.year, choice.month.month)
    span = (choice.month, weeks[-1][-1])
    nights = {night.date: night for night in Night.objects.filter(room_type=choice.room, date__range=span)}
    product_id = choice.product.pk if choice.product else 0
    prices = prices_of([product_id], *span).get(product_id, {})
    restrictions = restrictions_of([product_id], *span).get(product_id, {})
    return [
        [
            _day(date, nights.get(date), prices.get(date), marks_of(restrictions.get(date, {})), today)
            if date.month == choice.month.month
            else Day(date=date, state="blank")
            for date in week
        ]
        for week in weeks
    ]


def _day(
    date: dt.date, night: Night | None, price: tuple[int, bool] | None, marks: list[Mark], today: dt.date
) -> Day:
    left = 0 if night is None else max(night.allotment + night.allowance - night.held - night.sold, 0)
    if date < today:
        state = "past"
    elif night is None:
        state = "unopened"
    elif night.is_closed:
        state = "closed"
    elif left == 0:
        state = "sold-out"
    else:
        state = "few" if left <= FEW and night.allotment > FEW else "open"
    return Day(
        date=date,
        state=state,
        night=night,
        left=left,
        price_minor=price[0] if price else None,
        is_manual=bool(price and price[1]),
        marks=tuple(marks),
        is_today=date == today,
    )
