"""The month grid: what is left of each night and what it costs; open, close, allot, price; undo."""

from __future__ import annotations

import calendar
import datetime as dt
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST

from serai.bookings.opening import HORIZON, NightBefore, NightChange, change_nights, restore_nights
from serai.core.clock import local_date, utc_now
from serai.inventory.models import Night
from serai.inventory.services import AllotmentTooSmall
from serai.properties.models import Property, RoomType
from serai.rates.models import NightPrice, Product
from serai.web.host.access import HostRequest, host_view, render_host
from serai.web.host.fields import MoneyField

WEEKDAYS = [(str(number), gettext_lazy(name)) for number, name in enumerate(calendar.day_name)]
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
    is_today: bool = False


class NightsForm(forms.Form):
    """A run of nights and what shall become of them."""

    first = forms.DateField(
        label=gettext_lazy("First night"),
        widget=forms.DateInput(attrs={"type": "date", "data-range-first": ""}, format="%Y-%m-%d"),
    )
    last = forms.DateField(
        label=gettext_lazy("Last night"),
        widget=forms.DateInput(attrs={"type": "date", "data-range-last": ""}, format="%Y-%m-%d"),
    )
    weekdays = forms.MultipleChoiceField(
        label=gettext_lazy("Only on"), choices=WEEKDAYS, required=False, widget=forms.CheckboxSelectMultiple
    )
    sale = forms.ChoiceField(
        label=gettext_lazy("On sale"),
        choices=[
            ("", gettext_lazy("Leave as it is")),
            ("open", gettext_lazy("Open")),
            ("close", gettext_lazy("Close")),
        ],
        required=False,
    )
    allotment = forms.IntegerField(
        label=gettext_lazy("Rooms to sell"), min_value=0, max_value=2000, required=False
    )

    def __init__(self, *args: Any, currency: str, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        self.fields["price"] = MoneyField(
            currency=currency, label=_("Price a night"), required=False, min_value=1
        )
        for name in ("first", "last"):
            self.fields[name].widget.attrs |= {
                "min": today.isoformat(),
                "max": (today + HORIZON).isoformat(),
            }

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        first, last = cleaned.get("first"), cleaned.get("last")
        if first and first < self.today:
            self.add_error("first", _("That night is over."))
        if first and last and last < first:
            self.add_error("last", _("The last night cannot come before the first."))
        if last and last > self.today + HORIZON:
            self.add_error(
                "last",
                _("Nights are sold until %(date)s.") % {"date": date_format(self.today + HORIZON)},
            )
        wants = (cleaned.get("sale"), cleaned.get("allotment"), cleaned.get("price"))
        if not self.errors:
            if wants == ("", None, None):
                raise forms.ValidationError(
                    _("Say what shall change: open or close, rooms to sell, or the price.")
                )
            if not self._dates():
                raise forms.ValidationError(_("None of those weekdays lies between the two dates."))
        return cleaned

    def _dates(self) -> list[dt.date]:
        first, last = self.cleaned_data["first"], self.cleaned_data["last"]
        weekdays = {int(day) for day in self.cleaned_data["weekdays"]} or set(range(7))
        dates = (first + dt.timedelta(days=offset) for offset in range((last - first).days + 1))
        return [date for date in dates if date.weekday() in weekdays]

    def change(self) -> NightChange:
        """What was asked for."""
        sale = self.cleaned_data["sale"]
        return NightChange(
            dates=self._dates(),
            is_closed={"open": False, "close": True}.get(sale),
            allotment=self.cleaned_data["allotment"],
            price_minor=self.cleaned_data["price"],
        )


@dataclass(frozen=True)
class Choice:
    """Which room type, whose price, which month."""

    rooms: list[RoomType]
    room: RoomType
    products: list[Product]
    product: Product | None
    month: dt.date

    def url(self, property: Property, **changes: Any) -> str:
        """The calendar's address with parts of the choice replaced."""
        query: dict[str, Any] = {"month": f"{self.month:%Y-%m}", "room_type": self.room.pk}
        if len(self.products) > 1 and self.product:
            query["product"] = self.product.pk
        return f"{reverse('host_calendar', args=[property.pk])}?{urlencode(query | changes)}"


@host_view("edit_prices")
@require_http_methods(["GET", "POST"])
def show_calendar(request: HostRequest, property: Property) -> HttpResponseBase:
    """One month of one room type; a POST changes the chosen nights."""
    today = local_date(utc_now(), property.timezone)
    choice = _choice(request, property, today)
    if choice is None:
        return render_host(request, "web/host/calendar_empty.html", property)
    form_kwargs: dict[str, Any] = {"currency": property.currency, "today": today}
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
    nights = [
        NightBefore(dt.date.fromisoformat(date), allotment, is_closed, price)
        for date, allotment, is_closed, price in memory["nights"]
    ]
    try:
        restore_nights(
            room_type_id=memory["room_type"], product_id=memory["product"], before=nights, now=utc_now()
        )
    except AllotmentTooSmall as error:
        messages.error(
            request,
            _("This cannot be undone any more: guests have booked %(dates)s since.")
            % {"dates": _name_dates(error.dates)},
        )
    else:
        messages.success(request, _("The change was undone."))
    return redirect(
        f"{reverse('host_calendar', args=[property.pk])}?"
        + urlencode({"month": memory["month"], "room_type": memory["room_type"]})
    )


def _choice(request: HostRequest, property: Property, today: dt.date) -> Choice | None:
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
        Product.objects.filter(
            room_type=room, rate_plan__parent=None, rate_plan__is_active=True, is_active=True
        )
        .select_related("rate_plan")
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
        before = change_nights(room=choice.room, product_id=product_id, change=change, now=utc_now())
    except AllotmentTooSmall as error:
        form.add_error(
            "allotment",
            _("Guests already have more rooms than that on %(dates)s. Close the nights instead.")
            % {"dates": _name_dates(error.dates)},
        )
        return False
    count = len(change.dates)
    summary = ngettext("%(count)d night was changed.", "%(count)d nights were changed.", count) % {
        "count": count
    }
    request.session[_memory_key(property)] = {
        "room_type": choice.room.pk,
        "product": product_id,
        "month": f"{choice.month:%Y-%m}",
        "summary": f"{choice.room.name}: {summary}",
        "nights": [
            [night.date.isoformat(), night.allotment, night.is_closed, night.price_minor] for night in before
        ],
    }
    return True


def _memory_key(property: Property) -> str:
    return f"calendar-undo-{property.pk}"


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
    return render_host(
        request,
        "web/host/calendar.html",
        property,
        {
            "choice": choice,
            "form": form,
            "weeks": _weeks(choice, today),
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
    shown = {"date__range": (choice.month, weeks[-1][-1])}
    nights = {night.date: night for night in Night.objects.filter(room_type=choice.room, **shown)}
    prices = dict(
        NightPrice.objects.filter(product=choice.product, **shown).values_list("date", "amount_minor")
        if choice.product
        else ()
    )
    return [
        [
            _day(date, choice.month, nights.get(date), prices.get(date), today)
            if date.month == choice.month.month
            else Day(date=date, state="blank")
            for date in week
        ]
        for week in weeks
    ]


def _day(date: dt.date, month: dt.date, night: Night | None, price: int | None, today: dt.date) -> Day:
    if night is None:
        state = "past" if date < today else "unopened"
        return Day(date=date, state=state, price_minor=price, is_today=date == today)
    left = max(night.allotment + night.allowance - night.held - night.sold, 0)
    if date < today:
        state = "past"
    elif night.is_closed:
        state = "closed"
    elif left == 0:
        state = "sold-out"
    else:
        state = "few" if left <= FEW and night.allotment > FEW else "open"
    return Day(date=date, state=state, night=night, left=left, price_minor=price, is_today=date == today)
