"""The style guide: every part of the design system on one page, with made-up content."""

from __future__ import annotations

from datetime import timedelta

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from serai.core.clock import utc_now


class SampleForm(forms.Form):
    """One field of each kind, to look at."""

    name = forms.CharField(label="Name of the property", help_text="As guests know it, without the city.")
    email = forms.EmailField(label="E-mail")
    kind = forms.ChoiceField(label="Kind", choices=[("hotel", "Hotel"), ("homestay", "Homestay")])
    price = forms.DecimalField(label="Price per night", min_value=0)
    meals = forms.ChoiceField(
        label="Meals",
        choices=[("none", "Room only"), ("breakfast", "Breakfast"), ("half", "Half board")],
        widget=forms.RadioSelect,
    )
    about = forms.CharField(label="Description", widget=forms.Textarea, required=False)
    photo = forms.FileField(label="Photo", required=False)
    terms = forms.BooleanField(label="I may list this property and accept the terms.")


def month_days() -> list[list[dict[str, object]]]:
    """Five made-up weeks that show each state of a day."""
    states = {3: "few", 9: "sold-out", 10: "sold-out", 16: "closed", 17: "closed", 22: "few"}
    words = {"few": "2 left", "sold-out": "Full", "closed": "Closed"}
    days: list[dict[str, object]] = [{"state": "blank"}, {"state": "blank"}]
    for number in range(1, 31):
        state = states.get(number, "past" if number < 3 else "open")
        days.append(
            {
                "number": number,
                "date": f"2027-09-{number:02}",
                "state": state,
                "left": words.get(state, "6 left"),
                "minor": 450000 + 40000 * (number % 7 > 4),
                "today": number == 3,
            }
        )
    days += [{"state": "blank"}] * (-len(days) % 7)
    return [days[start : start + 7] for start in range(0, len(days), 7)]


def styleguide(request: HttpRequest) -> HttpResponse:
    """Render the style guide; `?wrong=1` shows the form as it looks after a mistake."""
    wrong = SampleForm({"name": "", "email": "maya at example", "kind": "hotel", "price": "-2"})
    form = wrong if "wrong" in request.GET else SampleForm(initial={"kind": "hotel", "meals": "breakfast"})
    now = utc_now()
    context = {
        "form": form,
        "weeks": month_days(),
        "now": now,
        "expires_at": now + timedelta(minutes=14, seconds=12),
        "page": Paginator(range(240), 12).page(7),
        "steps": [
            {"name": "The place", "state": "done", "url": "#steps"},
            {"name": "Rooms", "state": "done", "url": "#steps"},
            {"name": "Photos", "state": "current"},
            {"name": "Prices", "state": "ahead"},
            {"name": "Review", "state": "ahead"},
        ],
        "ages": [4, 9],
        "classes": [5, 4, 3],
    }
    return render(request, "web/dev/styleguide.html", context)
