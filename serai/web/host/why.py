"""Why can't this be booked? The answer for any room, rate, stay and party."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from serai.bookings.why import Explanation, UnknownProduct, explain
from serai.core.clock import local_date, utc_now
from serai.core.errors import DomainError
from serai.properties.models import Property
from serai.rates.models import Product
from serai.rates.rules import Party, split_party
from serai.rates.selectors import Audience
from serai.search.requests import MAX_ADULTS, MAX_CHILD_AGE, MAX_CHILDREN, MAX_CODE_LENGTH, MAX_ROOMS
from serai.web.host.access import HostRequest, host_view, render_host


class WhyForm(forms.Form):
    """A room and rate of one property, a stay, and who asks."""

    product = forms.ChoiceField(label=gettext_lazy("Room and rate"))
    check_in = forms.DateField(
        label=gettext_lazy("Check-in"), widget=forms.DateInput(attrs={"type": "date", "data-check-in": ""})
    )
    check_out = forms.DateField(
        label=gettext_lazy("Check-out"), widget=forms.DateInput(attrs={"type": "date", "data-check-out": ""})
    )
    adults = forms.IntegerField(label=gettext_lazy("Adults"), min_value=1, max_value=MAX_ADULTS)
    rooms = forms.IntegerField(label=gettext_lazy("Rooms"), min_value=1, max_value=MAX_ROOMS)
    ages = forms.CharField(
        label=gettext_lazy("Ages of the children"),
        help_text=gettext_lazy("With commas between them, such as 4, 9."),
        required=False,
        max_length=60,
    )
    code = forms.CharField(label=gettext_lazy("Code"), required=False, max_length=MAX_CODE_LENGTH)
    is_member = forms.BooleanField(label=gettext_lazy("The guest is signed in"), required=False)

    def __init__(self, *args: Any, property: Property, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        products = Product.objects.filter(room_type__property=property).order_by(
            "room_type__position", "room_type_id", "rate_plan__position", "rate_plan_id"
        )
        field = self.fields["product"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - tells the type checker
        field.choices = [
            (str(pk), f"{room} · {plan}")
            for pk, room, plan in products.values_list("pk", "room_type__name", "rate_plan__name")
        ]

    @property
    def has_products(self) -> bool:
        """Whether there is anything to ask about."""
        field = self.fields["product"]
        return isinstance(field, forms.ChoiceField) and bool(field.choices)

    def clean_ages(self) -> tuple[int, ...]:
        texts = [text.strip() for text in str(self.cleaned_data["ages"]).replace("،", ",").split(",")]
        ages = [int(text) if text.isdecimal() and len(text) < 3 else -1 for text in texts if text]
        if any(not 0 <= age <= MAX_CHILD_AGE for age in ages):
            raise forms.ValidationError(
                _("A child's age is a whole number from 0 to %(most)d."), params={"most": MAX_CHILD_AGE}
            )
        if len(ages) > MAX_CHILDREN:
            raise forms.ValidationError(
                _("At most %(most)d children can travel together."), params={"most": MAX_CHILDREN}
            )
        return tuple(ages)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        check_in, check_out = cleaned.get("check_in"), cleaned.get("check_out")
        if check_in and check_out and check_out <= check_in:
            self.add_error("check_out", _("Check-out must be after check-in."))
        adults, rooms = cleaned.get("adults"), cleaned.get("rooms")
        if adults and rooms and adults < rooms:
            self.add_error("rooms", _("Each room needs an adult: ask for fewer rooms or more adults."))
        return cleaned

    def explain(self) -> Explanation:
        """The answer to what was asked; raises what `bookings.why.explain` raises."""
        cleaned = self.cleaned_data
        return explain(
            product_id=int(cleaned["product"]),
            check_in=cleaned["check_in"],
            check_out=cleaned["check_out"],
            parties=split_party(Party(cleaned["adults"], cleaned["ages"]), cleaned["rooms"]),
            now=utc_now(),
            audience=Audience(
                is_member=cleaned["is_member"],
                codes=(cleaned["code"].upper(),) if cleaned["code"] else (),
            ),
            as_host=True,
        )


@host_view("edit_prices")
@require_safe
def ask_why(request: HostRequest, property: Property) -> HttpResponse:
    """The form, and below it the answer once something was asked."""
    context, status = why_context(request, property)
    return render_host(request, "web/host/why.html", property, context, status=status)


def why_context(request: HttpRequest, property: Property) -> tuple[dict[str, Any], int]:
    """The form of a property with its answer, and the status of the page."""
    today = local_date(utc_now(), property.timezone)
    if "product" not in request.GET:
        tomorrow = {"check_in": today, "check_out": today + dt.timedelta(days=1)}
        return {"form": WhyForm(property=property, initial={**tomorrow, "adults": 2, "rooms": 1})}, 200
    form = WhyForm({"adults": "2", "rooms": "1", **request.GET.dict()}, property=property)
    if not form.is_valid():
        return {"form": form}, 422
    try:
        return {"form": form, "why": form.explain()}, 200
    except UnknownProduct as error:
        form.add_error("product", str(error))
    except DomainError as error:
        form.add_error(None, str(error))
    return {"form": form}, 422
