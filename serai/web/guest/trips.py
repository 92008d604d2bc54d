"""My trips: look, carry, change, cancel."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from serai.bookings.documents import calendar_file, voucher
from serai.bookings.errors import (
    ChangeNotAllowed,
    NotOffered,
    PenaltyChanged,
    PriceChanged,
    QuoteExpired,
    QuoteInvalid,
    StateConflict,
)
from serai.bookings.models import Booking
from serai.bookings.quotes import quote_from_json
from serai.bookings.rules import check_in_instant, tiers_from_json
from serai.bookings.selectors import (
    added_lines,
    balance_minor,
    folio_reference,
    paid_minor,
    payments_of,
    trips_of,
)
from serai.bookings.services import (
    cancel_booking,
    cancellation_cost,
    change_booking,
    change_request,
    offer_change,
)
from serai.core.clock import local_date, utc_now
from serai.core.mail import Attachment
from serai.inventory.services import SoldOut
from serai.payments.documents import invoice_filename
from serai.payments.models import Invoice
from serai.payments.selectors import invoices_of
from serai.payments.services import make_invoice_file
from serai.properties.selectors import cover_photos
from serai.web.guest.access import get_trip, signed_in_user
from serai.web.guest.stay_view import policy_steps

PAGE_SIZE = 20


class ChangeDatesForm(forms.Form):
    """Two new dates."""

    check_in = forms.DateField(
        label=gettext_lazy("Check-in"), widget=forms.DateInput(attrs={"type": "date", "data-check-in": ""})
    )
    check_out = forms.DateField(
        label=gettext_lazy("Check-out"), widget=forms.DateInput(attrs={"type": "date", "data-check-out": ""})
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        check_in, check_out = cleaned.get("check_in"), cleaned.get("check_out")
        if check_in and check_out and check_out <= check_in:
            self.add_error("check_out", _("Check-out must be after check-in."))
        return cleaned


@never_cache
@login_required
@require_GET
def trips(request: HttpRequest) -> HttpResponse:
    """The guest's bookings: those to come first."""
    page = Paginator(trips_of(signed_in_user(request), today=utc_now().date()), PAGE_SIZE).get_page(
        request.GET.get("page")
    )
    photos = cover_photos({booking.property_id for booking in page})
    rows = [(booking, photos.get(booking.property_id)) for booking in page]
    return render(request, "web/guest/trips.html", {"page": page, "rows": rows})


@never_cache
@login_required
@require_GET
def trip(request: HttpRequest, reference: str) -> HttpResponse:
    """One booking with everything that was agreed."""
    booking = get_trip(request, reference)
    context = {
        **_context(booking),
        "added_lines": added_lines(booking),
        "invoices": list(invoices_of(folio_reference(booking))),
    }
    return render(request, "web/guest/trip.html", context)


@never_cache
@login_required
@require_GET
def booking_confirmed(request: HttpRequest, reference: str) -> HttpResponse:
    """The page after booking."""
    return render(request, "web/guest/booking_confirmed.html", _context(get_trip(request, reference)))


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def trip_cancel(request: HttpRequest, reference: str) -> HttpResponse:
    """Show exactly what cancelling costs; cancel for that and no other amount."""
    booking = get_trip(request, reference)
    if request.method == "POST":
        shown = request.POST.get("penalty_minor", "")
        try:
            cancel_booking(
                booking_id=booking.pk,
                actor=signed_in_user(request),
                now=utc_now(),
                expected_penalty_minor=int(shown) if shown.isdecimal() and len(shown) < 19 else -1,
            )
        except PenaltyChanged as error:
            messages.warning(request, str(error))
            return redirect("trip_cancel", reference)
        except StateConflict as error:
            messages.error(request, str(error))
            return redirect("trip", reference)
        messages.success(request, _("Your booking is cancelled. We have sent you a mail about it."))
        return redirect("trip", reference)
    context = _context(booking)
    if not context["can_cancel"]:
        messages.info(request, _("This booking cannot be cancelled any more."))
        return redirect("trip", reference)
    context["cost"] = cancellation_cost(booking=booking, now=utc_now())
    return render(request, "web/guest/trip_cancel.html", context)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def trip_change(request: HttpRequest, reference: str) -> HttpResponse:
    """Ask for other dates, see the new price beside the old one, accept it."""
    booking = get_trip(request, reference)
    if request.method == "POST":
        return _accept_change(request, booking)
    initial = {"check_in": booking.check_in, "check_out": booking.check_out}
    form = ChangeDatesForm(request.GET if "check_in" in request.GET else None, initial=initial)
    context = {"form": form, **_context(booking)}
    status = 200
    try:
        wanted = form.cleaned_data if form.is_bound and form.is_valid() else initial
        offer = offer_change(
            booking=booking,
            request=change_request(booking, check_in=wanted["check_in"], check_out=wanted["check_out"]),
            now=utc_now(),
        )
        if form.is_bound and form.is_valid():
            context["offer"] = offer
            context["new_price"] = offer.quote.price
            context["less_minor"] = -offer.difference_minor
    except ChangeNotAllowed as error:
        messages.info(request, str(error))
        return redirect("trip", reference)
    except NotOffered as error:
        if form.is_bound:
            form.add_error(None, str(error))
            status = 409
    return render(request, "web/guest/trip_change.html", context, status=status)


def _accept_change(request: HttpRequest, booking: Booking) -> HttpResponse:
    try:
        change_booking(
            booking_id=booking.pk,
            token=request.POST.get("token", ""),
            actor=signed_in_user(request),
            now=utc_now(),
        )
    except SoldOut:
        messages.error(
            request,
            _("No room is left for these dates, so your booking stays as it is. Please try other dates."),
        )
        return redirect("trip_change", booking.reference)
    except (PriceChanged, QuoteExpired, QuoteInvalid, NotOffered) as error:
        messages.warning(request, _("%(reason)s Your booking is as it was.") % {"reason": error})
        return redirect("trip_change", booking.reference)
    except ChangeNotAllowed as error:
        messages.error(request, str(error))
        return redirect("trip", booking.reference)
    messages.success(request, _("Your new dates are booked. We have sent you a new voucher."))
    return redirect("trip", booking.reference)


@never_cache
@login_required
@require_GET
def trip_voucher(request: HttpRequest, reference: str) -> HttpResponse:
    """The voucher as PDF."""
    return _download(voucher(get_trip(request, reference)))


@never_cache
@login_required
@require_GET
def trip_calendar(request: HttpRequest, reference: str) -> HttpResponse:
    """The stay as a calendar file."""
    return _download(calendar_file(get_trip(request, reference)))


@never_cache
@login_required
@require_GET
def trip_invoice(request: HttpRequest, reference: str, invoice_id: int) -> HttpResponse:
    """An invoice or credit note of the guest's own booking as PDF."""
    booking = get_trip(request, reference)
    invoice = get_object_or_404(Invoice, pk=invoice_id, reference=folio_reference(booking))
    file = make_invoice_file(invoice_id=invoice.pk)
    return _download(Attachment(invoice_filename(invoice), bytes(file.content), "application/pdf"))


def _download(attachment: Attachment) -> HttpResponse:
    response = HttpResponse(attachment.content, content_type=attachment.content_type)
    response["Content-Disposition"] = f'attachment; filename="{attachment.filename}"'
    response["Content-Language"] = get_language() or "en"
    return response


def _context(booking: Booking) -> dict[str, Any]:
    now = utc_now()
    quote = quote_from_json(booking.price) if booking.price else None
    arrival = check_in_instant(
        check_in=booking.check_in,
        check_in_from=booking.property.check_in_from,
        timezone=booking.property.timezone,
    )
    return {
        "booking": booking,
        "property": booking.property,
        "rooms": booking.rooms.all(),
        "quote": quote,
        "price": quote.price if quote else None,
        "paid_minor": paid_minor(booking),
        "balance_minor": balance_minor(booking),
        "payments": payments_of(booking),
        "can_cancel": booking.state == Booking.State.CONFIRMED
        and booking.check_in >= local_date(now, booking.property.timezone),
        "is_upcoming": booking.state == Booking.State.CONFIRMED
        and booking.check_out >= local_date(now, booking.property.timezone),
        "policy": policy_steps(
            tiers_from_json(booking.cancellation_tiers),
            end=arrival,
            whole_minor=quote.price.prepayable_minor if quote else booking.total_minor,
            now=now,
        ),
    }
