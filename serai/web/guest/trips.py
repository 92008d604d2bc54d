"""My trips: look, and carry."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from serai.bookings.documents import calendar_file, voucher
from serai.bookings.models import Booking
from serai.bookings.quotes import quote_from_json
from serai.bookings.rules import check_in_instant, terms_from_json, tiers_from_json
from serai.bookings.selectors import (
    active_rooms,
    added_lines,
    balance_minor,
    deposit_schedule,
    folio_reference,
    is_over,
    payable_amounts,
    payments_of,
    sum_paid,
    trips_of,
)
from serai.core.clock import local_date, utc_now
from serai.core.mail import Attachment
from serai.payments.documents import invoice_filename
from serai.payments.models import Invoice
from serai.payments.selectors import invoices_of
from serai.payments.services import make_invoice_file
from serai.properties.selectors import cover_photos
from serai.web.guest.access import get_trip, signed_in_user
from serai.web.guest.stay_view import policy_steps

PAGE_SIZE = 20


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
        **trip_context(booking),
        "added_lines": added_lines(booking),
        "invoices": list(invoices_of(folio_reference(booking))),
    }
    return render(request, "web/guest/trip.html", context)


@never_cache
@login_required
@require_GET
def booking_confirmed(request: HttpRequest, reference: str) -> HttpResponse:
    """The page after booking."""
    return render(request, "web/guest/booking_confirmed.html", trip_context(get_trip(request, reference)))


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


def trip_context(booking: Booking) -> dict[str, Any]:
    """What the pages of one booking show."""
    now = utc_now()
    payments = payments_of(booking)
    quote = quote_from_json(booking.price) if booking.price else None
    arrival = check_in_instant(
        check_in=booking.check_in,
        check_in_from=booking.property.check_in_from,
        timezone=booking.property.timezone,
    )
    return {
        "booking": booking,
        "property": booking.property,
        "rooms": active_rooms(booking),
        "quote": quote,
        "price": quote.price if quote else None,
        "paid_minor": sum_paid(payments),
        "balance_minor": balance_minor(booking),
        "payments": payments,
        "is_over": is_over(booking),
        "terms": terms_from_json(booking.terms),
        "deposits": deposit_schedule(booking, now=now, paid_minor=sum_paid(payments)),
        "payable": payable_amounts(booking, now=now, paid_minor=sum_paid(payments)),
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
