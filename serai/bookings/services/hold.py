"""Hold: keep the quoted rooms while the guest signs in, types and pays."""

from __future__ import annotations

import datetime as dt
import hashlib
import uuid

from django.conf import settings
from django.utils.translation import gettext as _

from serai.accounts.models import User
from serai.bookings.alternatives import find_alternatives
from serai.bookings.errors import PriceChanged, StaySoldOut
from serai.bookings.models import Checkout
from serai.bookings.price_changes import explain_change
from serai.bookings.quotes import Quote, make_quote, read_quote
from serai.bookings.services.nights import take_nights
from serai.bookings.services.promotions import lock_promotions, use_promotions
from serai.core.db import lock_text, write_transaction
from serai.core.errors import BusyError
from serai.inventory.models import Hold
from serai.inventory.services import Claim, SoldOut, merge_claims, release_hold


def hold_quote(*, token: str, user: User | None, now: dt.datetime) -> Checkout:
    """Hold the rooms of a quote for `HOLD_SECONDS` and open a checkout with its frozen price.

    The same token again returns the checkout that runs already, so a form sent twice holds once;
    never another person's. There are three answers: the checkout when everything is as quoted,
    `PriceChanged` with the quote of now and why it differs, `StaySoldOut` with what is nearest.
    Raises also `QuoteInvalid`, `QuoteExpired`, `NotOffered`, `BusyError`. Nothing is kept when it raises.
    """
    quote = read_quote(token, now=now)
    digest = hashlib.sha256(token.encode()).hexdigest()
    try:
        return _hold(quote, digest, user=user, now=now)
    except SoldOut as error:
        raise StaySoldOut(error.shortages, find_alternatives(quote, now=now)) from error


def _hold(quote: Quote, digest: str, *, user: User | None, now: dt.datetime) -> Checkout:
    with write_transaction():
        lock_text(f"quote:{digest}")
        running = Checkout.objects.filter(
            quote_digest=digest,
            state=Checkout.State.OPEN,
            hold__state=Hold.State.ACTIVE,
            hold__expires_at__gt=now,
        ).first()
        if running is not None and running.user_id in {None, user.pk if user else None}:
            return running
        require_same_price(quote, now=now)
        promotion_ids = lock_promotions(quote)
        if promotion_ids is None:
            # Somebody took the last one since the price was looked at a moment ago: it differs now.
            require_same_price(quote, now=now)
            raise BusyError(_("Many people are booking here right now. Please try again."))
        hold = take_nights(
            claims=claims_of(quote),
            block_id=quote.request.block_id,
            expires_at=now + dt.timedelta(seconds=settings.HOLD_SECONDS),
            now=now,
        )
        use_promotions(promotion_ids=promotion_ids, hold_id=hold.pk)
        return open_checkout(quote=quote, hold=hold, digest=digest, user=user)


def require_same_price(quote: Quote, *, now: dt.datetime, kept: Quote | None = None) -> None:
    """Raise `PriceChanged` unless the stay costs the same under the same terms as quoted."""
    current = make_quote(request=quote.request, now=now, kept=kept)
    if current.conditions != quote.conditions:
        raise PriceChanged(old=quote, new=current, reasons=explain_change(quote, current))


def open_checkout(*, quote: Quote, hold: Hold, digest: str, user: User | None) -> Checkout:
    """Write the checkout of a hold with the price that was agreed. Needs the transaction of the hold."""
    return Checkout.objects.create(
        hold=hold,
        property_id=quote.property_id,
        user=user,
        quote=quote.as_json(),
        quote_digest=digest,
        guest_name=user.name if user else "",
        guest_email=user.email if user else "",
        guest_phone=(user.phone or "") if user else "",
    )


def claims_of(quote: Quote) -> list[Claim]:
    """The nights that a quote is about, added up by room type and in lock order."""
    return merge_claims(
        Claim(room.room_type_id, quote.request.check_in, quote.request.check_out, 1) for room in quote.rooms
    )


def claim_checkout(*, checkout_id: uuid.UUID, user: User) -> None:
    """Give a checkout that was begun signed out to the person who signed in. Harmless when it has one."""
    Checkout.objects.filter(pk=checkout_id, user__isnull=True).update(
        user=user, guest_name=user.name, guest_email=user.email, guest_phone=user.phone or ""
    )


def save_guest_details(
    *,
    checkout_id: uuid.UUID,
    guest_name: str,
    guest_email: str,
    guest_phone: str,
    arrival_time: str,
    requests: str,
    payment_method: str,
    now: dt.datetime,
    billing: str = "",
) -> None:
    """Keep what the guest typed, so that nothing is lost on the way to the bank and back."""
    Checkout.objects.filter(pk=checkout_id, state=Checkout.State.OPEN).update(
        guest_name=guest_name,
        guest_email=guest_email,
        guest_phone=guest_phone,
        arrival_time=arrival_time,
        requests=requests,
        billing=billing,
        payment_method=payment_method,
        updated_at=now,
    )


def abandon_checkout(*, checkout_id: uuid.UUID, now: dt.datetime) -> bool:
    """Give the rooms back because the guest does not want them; False when it was settled already."""
    with write_transaction():
        checkout = Checkout.objects.select_for_update().get(pk=checkout_id)
        if checkout.state != Checkout.State.OPEN:
            return False
        release_hold(hold_id=checkout.hold_id, now=now)
        Checkout.objects.filter(pk=checkout_id).update(state=Checkout.State.ABANDONED, updated_at=now)
        return True
