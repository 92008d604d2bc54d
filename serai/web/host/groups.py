"""Groups: rooms set aside under a code, who has booked them, and when the rest goes back."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from serai.bookings.block_selectors import BlockReport, blocks_of, report_blocks
from serai.bookings.errors import BlockInvalid, BlockOver, BlockShort
from serai.bookings.services import change_block, create_block, release_block
from serai.core.clock import local_date, utc_now
from serai.inventory.services import HoldTooSmall
from serai.properties.models import Property, RoomType
from serai.properties.selectors import active_room_types
from serai.rates.models import RatePlan
from serai.web.host.access import HostRequest, host_view, render_host

PER_PAGE = 25
MOST_DAYS = 62
QUANTITY = re.compile(r"rooms-(\d{1,18})-(\d{4}-\d{2}-\d{2})")


def _date_field(label: Any, help_text: Any = "") -> forms.DateField:
    return forms.DateField(label=label, help_text=help_text, widget=forms.DateInput(attrs={"type": "date"}))


class GroupForm(forms.Form):
    """What a group is called, whom to ask, and when its rooms go back."""

    name = forms.CharField(
        label=gettext_lazy("Group"),
        max_length=120,
        help_text=gettext_lazy("Such as “Sharma wedding”. Its guests see it."),
    )
    contact_name = forms.CharField(label=gettext_lazy("Contact"), max_length=120, required=False)
    contact_email = forms.EmailField(label=gettext_lazy("Contact’s e-mail"), required=False)
    release_date = _date_field(
        gettext_lazy("What is not booked goes back on"),
        gettext_lazy("At midnight, when this day begins at the property."),
    )


class NewGroupForm(GroupForm):
    """A new group: as many rooms of each type on every night from the first to the last."""

    code = forms.CharField(
        label=gettext_lazy("Code"),
        max_length=40,
        required=False,
        help_text=gettext_lazy("At least 6 letters or digits. Empty: we make one that nobody can guess."),
    )
    rate_plan = forms.ModelChoiceField(
        RatePlan.objects.none(),
        label=gettext_lazy("Rate"),
        help_text=gettext_lazy("What the group's guests pay. It may be one that only a code opens."),
    )
    first = _date_field(gettext_lazy("First night"))
    last = _date_field(gettext_lazy("Last night"))

    def __init__(self, *args: Any, property: Property, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        plans: Any = self.fields["rate_plan"]
        plans.queryset = RatePlan.objects.filter(property=property, is_active=True).order_by("position", "id")
        plans.label_from_instance = lambda plan: plan.name
        self.room_types = list(active_room_types(property))
        for room_type in self.room_types:
            self.fields[f"rooms_{room_type.pk}"] = forms.IntegerField(
                label=room_type.name, min_value=0, max_value=500, required=False
            )

    @property
    def quantities(self) -> list[forms.BoundField]:
        """The fields with how many rooms of each type."""
        return [self[f"rooms_{room_type.pk}"] for room_type in self.room_types]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        first, last = cleaned.get("first"), cleaned.get("last")
        if first and last and last < first:
            self.add_error("last", _("The last night must not be before the first."))
        elif first and last and (last - first).days >= MOST_DAYS:
            self.add_error("last", _("A group can have up to %(count)s nights.") % {"count": MOST_DAYS})
        return cleaned

    def nights(self) -> dict[tuple[int, dt.date], int]:
        """How many rooms of each type on each night."""
        first, last = self.cleaned_data["first"], self.cleaned_data["last"]
        return {
            (room_type.pk, first + dt.timedelta(days=offset)): quantity
            for room_type in self.room_types
            if (quantity := self.cleaned_data.get(f"rooms_{room_type.pk}"))
            for offset in range((last - first).days + 1)
        }


@host_view("manage_bookings")
@require_GET
def list_groups(request: HostRequest, property: Property) -> HttpResponseBase:
    """All groups, the latest release first, with how far they are picked up."""
    page = Paginator(blocks_of(property.pk), PER_PAGE).get_page(request.GET.get("page"))
    reports = report_blocks(list(page.object_list), now=utc_now())
    return render_host(request, "web/host/groups.html", property, {"page": page, "reports": reports})


@host_view("manage_bookings")
@require_http_methods(["GET", "POST"])
def new_group(request: HostRequest, property: Property) -> HttpResponseBase:
    """Set rooms aside."""
    form = NewGroupForm(request.POST if request.method == "POST" else None, property=property)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            block = create_block(
                property_id=property.pk,
                rate_plan_id=data["rate_plan"].pk,
                name=data["name"],
                code=data["code"],
                contact_name=data["contact_name"],
                contact_email=data["contact_email"],
                nights=form.nights(),
                release_date=data["release_date"],
                actor=request.user,
                now=utc_now(),
            )
        except (BlockInvalid, BlockShort) as error:
            _explain(form, error, form.room_types)
        else:
            messages.success(request, _("The rooms are set aside. Send the group its link."))
            return redirect("host_group", property.pk, block.pk)
    return render_host(
        request, "web/host/group_new.html", property, {"form": form}, status=422 if form.errors else 200
    )


@host_view("manage_bookings")
@require_GET
def show_group(request: HostRequest, property: Property, block_id: int) -> HttpResponseBase:
    """One group: its link, and each night with what is booked and left."""
    report = _report(property, block_id)
    return render_host(
        request,
        "web/host/group.html",
        property,
        {
            "report": report,
            "group": report.block,
            "link": settings.SITE_URL + reverse("group_page", args=[report.block.code]),
        },
    )


@host_view("manage_bookings")
@require_http_methods(["GET", "POST"])
def edit_group(request: HostRequest, property: Property, block_id: int) -> HttpResponseBase:
    """More or fewer rooms, night by night; the dates above the table widen it."""
    report = _report(property, block_id)
    block = report.block
    if not report.is_open:
        messages.info(request, str(BlockOver()))
        return redirect("host_group", property.pk, block.pk)
    before = {(night.room_type_id, night.date): night.blocked for night in report.nights}
    room_types = list(active_room_types(property))
    wanted = dict(before)
    if request.method == "POST":
        form = GroupForm(request.POST)
        typed, are_numbers = _typed_nights(request.POST)
        wanted |= typed
        if not are_numbers:
            form.add_error(None, _("Please write whole numbers of rooms, 0 to 500."))
        elif form.is_valid():
            try:
                change_block(
                    block_id=block.pk,
                    property_id=property.pk,
                    nights=wanted,
                    actor=request.user,
                    now=utc_now(),
                    **form.cleaned_data,
                )
            except (BlockInvalid, BlockShort, HoldTooSmall, BlockOver) as error:
                _explain(form, error, room_types)
            else:
                messages.success(request, _("Saved."))
                return redirect("host_group", property.pk, block.pk)
    else:
        names = ("name", "contact_name", "contact_email", "release_date")
        form = GroupForm(initial={name: getattr(block, name) for name in names})
    dates = _dates(request, wanted, today=local_date(utc_now(), property.timezone))
    return render_host(
        request,
        "web/host/group_edit.html",
        property,
        {
            "form": form,
            "group": block,
            "room_types": room_types,
            "first": dates[0],
            "last": dates[-1],
            "rows": [
                (date, [(room_type, wanted.get((room_type.pk, date), 0)) for room_type in room_types])
                for date in dates
            ],
        },
        status=422 if form.errors else 200,
    )


@host_view("manage_bookings")
@require_http_methods(["GET", "POST"])
def end_group(request: HostRequest, property: Property, block_id: int) -> HttpResponseBase:
    """Ask, then let what is not booked go back on sale at once."""
    report = _report(property, block_id)
    if request.method == "POST":
        if release_block(
            block_id=report.block.pk, property_id=property.pk, actor=request.user, now=utc_now()
        ):
            messages.success(request, _("What was not booked is on sale again."))
        else:
            messages.info(request, str(BlockOver()))
        return redirect("host_group", property.pk, report.block.pk)
    return render_host(
        request, "web/host/group_release.html", property, {"report": report, "group": report.block}
    )


def _report(property: Property, block_id: int) -> BlockReport:
    block = blocks_of(property.pk).filter(pk=block_id).first()
    if block is None:
        raise Http404
    (report,) = report_blocks([block], now=utc_now())
    return report


def _typed_nights(data: Any) -> tuple[dict[tuple[int, dt.date], int], bool]:
    """What stands in the table, and whether all of it are numbers; an empty cell is none."""
    nights: dict[tuple[int, dt.date], int] = {}
    are_numbers = True
    for name, text in data.items():
        match = QUANTITY.fullmatch(name)
        if match is None:
            continue
        text = text.strip() or "0"
        try:
            date = dt.date.fromisoformat(match[2])
        except ValueError:
            continue
        if text.isdecimal() and len(text) < 4 and int(text) <= 500:
            nights[int(match[1]), date] = int(text)
        else:
            are_numbers = False
    return nights, are_numbers


def _dates(request: HostRequest, wanted: dict[tuple[int, dt.date], int], *, today: dt.date) -> list[dt.date]:
    """The nights of the table: the group's, and those asked for around them."""
    known = [date for _room_type_id, date in wanted]
    first, last = min(known), max(known)
    for name in ("first", "last"):
        try:
            asked = dt.date.fromisoformat(request.GET.get(name, ""))
        except ValueError:
            continue
        if asked >= today:
            first, last = min(first, asked), max(last, asked)
    days = min((last - first).days, MOST_DAYS - 1)
    return [first + dt.timedelta(days=offset) for offset in range(days + 1)]


def _explain(form: Any, error: Exception, room_types: list[RoomType]) -> None:
    """Say beside the field, or above all of them, what was refused and on which nights."""
    field = error.field if isinstance(error, BlockInvalid) and error.field in form.fields else None
    form.add_error(field, str(error))
    if isinstance(error, BlockShort):
        names = {room_type.pk: room_type.name for room_type in room_types}
        for shortage in error.shortages[:8]:
            form.add_error(
                None,
                _("%(room)s, %(date)s: %(left)s free.")
                % {
                    "room": names.get(shortage.room_type_id, ""),
                    "date": date_format(shortage.date, "D j M Y"),
                    "left": shortage.left,
                },
            )
    elif isinstance(error, HoldTooSmall):
        for date in error.dates[:8]:
            form.add_error(None, date_format(date, "D j M Y"))
