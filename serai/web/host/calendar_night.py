"""One night of a room type: how it is, how it was at an instant, and what happened to it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings
from django.http import Http404, HttpResponseBase
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_safe

from serai.bookings.why import Explanation, explain
from serai.core.clock import local_date, utc_now
from serai.inventory.history import NightState, changes_of, nights_as_of
from serai.properties.models import Property
from serai.rates.history import (
    price_changes_of,
    prices_as_of,
    restriction_changes_of,
    restrictions_as_of,
)
from serai.rates.rules import Party
from serai.web.host.access import HostRequest, host_view, render_host
from serai.web.host.calendar import Choice, read_choice
from serai.web.host.restriction_texts import marks_of
from serai.web.templatetags.serai_ui import money_headline

LISTED_CHANGES = 40


@dataclass(frozen=True)
class NightView:
    """A night and the chosen product on it at one instant; None is "not there"."""

    state: NightState | None
    price: tuple[int, bool] | None
    restrictions: list[str]


@dataclass(frozen=True)
class Change:
    """One thing that went from one value to another, in words."""

    at: dt.datetime
    what: str
    before: str
    after: str


class NightForm(forms.Form):
    """Which night, and as of when (by the property's clock)."""

    date = forms.DateField(
        label=gettext_lazy("Night"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    at = forms.CharField(
        label=gettext_lazy("As a guest saw it at"),
        required=False,
        widget=forms.TextInput(attrs={"type": "datetime-local"}),
    )

    def __init__(self, *args: Any, timezone: str, now: dt.datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.timezone, self.now = ZoneInfo(timezone), now
        self.oldest = now - dt.timedelta(days=settings.HISTORY_DAYS)
        self.fields["at"].widget.attrs |= {
            "min": f"{self.oldest.astimezone(self.timezone):%Y-%m-%dT%H:%M}",
            "max": f"{now.astimezone(self.timezone):%Y-%m-%dT%H:%M}",
        }

    def clean_at(self) -> dt.datetime | None:
        """The instant in UTC; of an hour that a clock change brings twice, the first."""
        text = self.cleaned_data["at"]
        if not text:
            return None
        try:
            local = parse_datetime(text)
        except ValueError:
            local = None
        if local is None or local.tzinfo is not None:
            raise forms.ValidationError(_("Enter a date and a time, such as 2026-12-01 14:03."))
        at = local.replace(tzinfo=self.timezone).astimezone(dt.UTC)
        if at > self.now:
            raise forms.ValidationError(_("That is still to come."))
        if at < self.oldest:
            days = settings.HISTORY_DAYS
            raise forms.ValidationError(
                ngettext(
                    "Changes are remembered for %(days)s day.",
                    "Changes are remembered for %(days)s days.",
                    days,
                )
                % {"days": days}
            )
        return at


@host_view("edit_prices")
@require_safe
def show_night(request: HostRequest, property: Property) -> HttpResponseBase:
    """The night of `date` (else tonight), beside it how it was at `at`, and its latest changes."""
    now = utc_now()
    today = local_date(now, property.timezone)
    choice = read_choice(request, property, today)
    if choice is None:
        raise Http404
    asked = {"date": request.GET.get("date") or today.isoformat(), "at": request.GET.get("at", "")}
    form = NightForm(asked, timezone=property.timezone, now=now)
    is_valid = form.is_valid()
    date = form.cleaned_data.get("date") or today
    at = form.cleaned_data.get("at")
    return render_host(
        request,
        "web/host/calendar_night.html",
        property,
        {
            "choice": choice,
            "form": form,
            "date": date,
            "at": at,
            "current": _view(choice, date, now),
            "former": _view(choice, date, at) if at is not None else None,
            "changes": _changes(choice, date, property.currency),
            "back_url": choice.url(property, month=f"{date:%Y-%m}"),
            "why": _why(choice, date, now) if date >= today else None,
        },
        status=200 if is_valid else 422,
    )


def _why(choice: Choice, date: dt.date, now: dt.datetime) -> Explanation | None:
    """Whether two guests could book this night alone, and every reason why not."""
    if choice.product is None:
        return None
    return explain(
        product_id=choice.product.pk,
        check_in=date,
        check_out=date + dt.timedelta(days=1),
        parties=[Party(min(2, choice.room.max_adults))],
        now=now,
        as_host=True,
    )


def _view(choice: Choice, date: dt.date, at: dt.datetime) -> NightView:
    product_id = choice.product.pk if choice.product else 0
    one = ([product_id], date, date, at)
    return NightView(
        state=nights_as_of(room_type_id=choice.room.pk, first=date, last=date, at=at).get(date),
        price=prices_as_of(*one).get(product_id, {}).get(date),
        restrictions=_sentences(restrictions_as_of(*one).get(product_id, {}).get(date, {})),
    )


def _changes(choice: Choice, date: dt.date, currency: str) -> list[Change]:
    """What happened to the night and to the chosen product on it, newest first."""
    found: list[Change] = []
    for moved in changes_of(room_type_id=choice.room.pk, date=date):
        found += _night_changes(moved.at, moved.before, moved.after)
    if choice.product is not None:
        for priced in price_changes_of(product_id=choice.product.pk, date=date):
            before, after = _price(priced.before, currency), _price(priced.after, currency)
            found.append(Change(priced.at, _("Price"), before, after))
        for said in restriction_changes_of(product_id=choice.product.pk, date=date):
            found.append(
                Change(said.at, _("Restrictions"), _listed(said.before), _listed(said.after)),
            )
    return sorted(found, key=lambda change: change.at, reverse=True)[:LISTED_CHANGES]


def _night_changes(at: dt.datetime, before: NightState | None, after: NightState | None) -> list[Change]:
    if before is None or after is None:
        return [Change(at, _("Night"), _open_word(before), _open_word(after))]
    figures = (
        ("allotment", _("Rooms to sell")),
        ("allowance", _("Overbooking allowance")),
        ("held", _("Held")),
        ("sold", _("Sold")),
    )
    changes = [
        Change(at, label, str(getattr(before, name)), str(getattr(after, name)))
        for name, label in figures
        if getattr(before, name) != getattr(after, name)
    ]
    if before.is_closed != after.is_closed:
        changes.append(Change(at, _("On sale"), _open_word(before), _open_word(after)))
    return changes


def _open_word(state: NightState | None) -> str:
    if state is None:
        return _("not there")
    return _("closed") if state.is_closed else _("open")


def _price(price: tuple[int, bool] | None, currency: str) -> str:
    if price is None:
        return _("no price")
    amount = money_headline(price[0], currency)
    return _("%(amount)s, set by hand") % {"amount": amount} if price[1] else amount


def _sentences(restrictions: Mapping[str, int | bool]) -> list[str]:
    return [mark.sentence for mark in marks_of(restrictions)]


def _listed(restrictions: Mapping[str, int | bool]) -> str:
    return "; ".join(_sentences(restrictions)) or _("none")
