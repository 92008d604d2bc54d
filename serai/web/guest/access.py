"""Whose checkout and whose booking a page may show. Anything else does not exist for that person."""

from __future__ import annotations

import uuid

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404

from serai.accounts.models import User
from serai.bookings.models import Booking, Checkout

SESSION_KEY = "checkouts"
REMEMBERED = 10


def remember_checkout(request: HttpRequest, checkout: Checkout) -> None:
    """Let this browser go on with a checkout that was begun signed out."""
    known = [number for number in request.session.get(SESSION_KEY, []) if number != str(checkout.pk)]
    request.session[SESSION_KEY] = [*known, str(checkout.pk)][-REMEMBERED:]


def signed_in_user(request: HttpRequest) -> User:
    """Who is signed in; for pages that nobody else reaches."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


def get_checkout(request: HttpRequest, checkout_id: uuid.UUID) -> Checkout:
    """The checkout, if this browser began it or it belongs to who is signed in."""
    checkout = get_object_or_404(
        Checkout.objects.select_related("hold", "property__destination", "waitlist_entry"), pk=checkout_id
    )
    if checkout.user_id is not None:
        if checkout.user_id != request.user.pk:
            raise Http404
    elif str(checkout.pk) not in request.session.get(SESSION_KEY, []):
        raise Http404
    return checkout


def get_trip(request: HttpRequest, reference: str) -> Booking:
    """The signed-in guest's own booking with its property and rooms."""
    return get_object_or_404(
        Booking.objects.filter(guest=request.user.pk)
        .select_related("property__destination")
        .prefetch_related("rooms__room_type", "rooms__rate_plan"),
        reference=reference,
    )
