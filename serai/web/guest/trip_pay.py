"""Paying what is due of a trip: off to the card provider, and back."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from serai.bookings.errors import AmountChanged, CheckoutRefused
from serai.bookings.models import Booking
from serai.bookings.services import begin_instalment, settle_checkout
from serai.core.clock import utc_now
from serai.payments.models import Payment
from serai.payments.services import PaymentUnavailableError
from serai.web.guest.access import get_trip


@never_cache
@login_required
@require_POST
def trip_pay(request: HttpRequest, reference: str) -> HttpResponse:
    """Send the guest to the card provider with the amount that was shown."""
    booking = get_trip(request, reference)
    typed = request.POST.get("amount_minor", "")
    try:
        payment = begin_instalment(
            booking_id=booking.pk,
            amount_minor=int(typed) if typed.isdecimal() and len(typed) < 19 else 0,
            return_url=settings.SITE_URL + reverse("trip_paid", args=[reference]),
            description=f"{booking.property.name}, {booking.check_in} – {booking.check_out}",
            now=utc_now(),
        )
    except AmountChanged as error:
        messages.warning(request, str(error))
        return redirect("trip", reference)
    except PaymentUnavailableError as error:
        messages.error(request, str(error))
        return redirect("trip", reference)
    if payment.state == Payment.State.FAILED:
        messages.error(request, payment.failure_message or _("The payment could not be started."))
        return redirect("trip", reference)
    return redirect(payment.redirect_url or reverse("trip_paid", args=[reference]))


@never_cache
@login_required
@require_GET
def trip_paid(request: HttpRequest, reference: str) -> HttpResponse:
    """Back from the card provider: say how that went on the page of the trip."""
    booking = get_trip(request, reference)
    if booking.checkout_id is not None:
        try:
            result = settle_checkout(checkout_id=booking.checkout_id, now=utc_now())
        except CheckoutRefused:
            result = None
        if isinstance(result, Booking):
            messages.success(request, _("Thank you, your payment has arrived."))
        elif result is not None and result.state == Payment.State.FAILED:
            messages.error(
                request,
                _("%(reason)s Nothing was charged. Your booking is as it was.")
                % {"reason": result.failure_message or _("The payment did not go through.")},
            )
        elif result is not None:
            messages.info(
                request, _("The bank has not answered yet. This page shows the payment once it has.")
            )
    return redirect("trip", reference)
