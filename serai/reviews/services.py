"""Writing a review after a stay."""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from serai.accounts.models import User
from serai.bookings.models import Booking
from serai.core.db import write_transaction
from serai.core.errors import DomainError
from serai.properties.services import record_score
from serai.reviews.models import Review

ANONYMOUS = "Guest"


class NotReviewable(DomainError):
    """The stay is not over, or was somebody else's."""

    code = "not_reviewable"


class AlreadyReviewed(DomainError):
    """There is one review per stay."""

    code = "already_reviewed"


def write_review(*, booking_id: int, author: User, score: int, title: str = "", text: str = "") -> Review:
    """Publish the guest's review of a stay and add its score to the property's.

    Locks the booking's row. Raises `NotReviewable` unless `author` is the booking's guest and has
    checked out, `AlreadyReviewed` the second time, `ValueError` for a score outside 1 to 10.
    """
    if not 1 <= score <= 10:
        raise ValueError("A score is 1 to 10.")
    with write_transaction():
        booking = Booking.objects.select_for_update().filter(pk=booking_id, guest=author).first()
        if booking is None:
            raise NotReviewable(_("You can review your own stays only."))
        if booking.state != Booking.State.CHECKED_OUT:
            raise NotReviewable(_("You can write a review when your stay is over."))
        try:
            with transaction.atomic():
                review = Review.objects.create(
                    property_id=booking.property_id,
                    booking=booking,
                    author=author,
                    author_name=_public_name(booking.guest_name),
                    author_country=booking.guest_country if len(booking.guest_country) == 2 else "",
                    score=score,
                    title=title.strip(),
                    text=text.strip(),
                    stayed_on=booking.check_out,
                )
        except IntegrityError as error:
            raise AlreadyReviewed(_("You have reviewed this stay already. Thank you!")) from error
        record_score(property_id=booking.property_id, score=score, delta_count=1)
    return review


def _public_name(name: str) -> str:
    """First name and the initial of the last: `Asha R.` A full name is nobody's business."""
    first, *rest = name.split() or [ANONYMOUS]
    return f"{first} {rest[-1][0]}." if rest else first
