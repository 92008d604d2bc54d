"""Writing a review: after the stay, by its guest, once; and the property's score follows exactly."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import pytest

from serai.accounts.models import User
from serai.bookings.models import Booking
from serai.reviews.models import Review
from serai.reviews.selectors import may_review
from serai.reviews.services import AlreadyReviewed, NotReviewable, write_review
from tests.factories import NOW, PropertyFactory, UserFactory

pytestmark = pytest.mark.django_db


def booking_of(guest: User, **fields: Any) -> Booking:
    given = {
        "state": Booking.State.CHECKED_OUT,
        "guest_name": "Asha Devi Rao",
        "guest_country": "IN",
    } | fields
    return Booking.objects.create(
        reference=uuid.uuid4().hex[:10],
        property=given.pop("property", None) or PropertyFactory.create(),
        guest=guest,
        idempotency_key=uuid.uuid4().hex,
        request_hash="",
        check_in=dt.date(2026, 11, 10),
        check_out=dt.date(2026, 11, 12),
        adults=2,
        currency="INR",
        total_minor=1,
        payment_method="pay_at_property",
        booked_at=NOW,
        **given,
    )


def test_a_review_counts_into_the_propertys_score() -> None:
    guest = UserFactory.create()
    booking = booking_of(guest)
    assert may_review(booking)
    review = write_review(booking_id=booking.pk, author=guest, score=9, title=" Lovely ", text="Quiet.")
    assert (review.author_name, review.author_country, review.title) == ("Asha R.", "IN", "Lovely")
    assert review.stayed_on == dt.date(2026, 11, 12)
    other = booking_of(UserFactory.create(), property=booking.property)
    write_review(booking_id=other.pk, author=other.guest, score=6)
    booking.property.refresh_from_db()
    assert (booking.property.review_count, booking.property.review_total) == (2, 15)
    assert booking.property.score == 7.5


def test_a_second_review_changes_nothing() -> None:
    guest = UserFactory.create()
    booking = booking_of(guest)
    write_review(booking_id=booking.pk, author=guest, score=9)
    assert not may_review(booking)
    with pytest.raises(AlreadyReviewed):
        write_review(booking_id=booking.pk, author=guest, score=1)
    booking.property.refresh_from_db()
    assert (booking.property.review_count, booking.property.review_total) == (1, 9)
    assert Review.objects.get().score == 9


@pytest.mark.parametrize("state", ["confirmed", "checked_in", "cancelled", "no_show"])
def test_only_after_check_out(state: str) -> None:
    guest = UserFactory.create()
    booking = booking_of(guest, state=state)
    assert not may_review(booking)
    with pytest.raises(NotReviewable):
        write_review(booking_id=booking.pk, author=guest, score=9)
    assert not Review.objects.exists()


def test_only_the_guest_and_only_one_to_ten() -> None:
    guest = UserFactory.create()
    booking = booking_of(guest)
    with pytest.raises(NotReviewable):
        write_review(booking_id=booking.pk, author=UserFactory.create(), score=9)
    for score in (0, 11):
        with pytest.raises(ValueError, match="1 to 10"):
            write_review(booking_id=booking.pk, author=guest, score=score)
    assert not Review.objects.exists()


@pytest.mark.parametrize(
    ("name", "shown"), [("Asha", "Asha"), ("", "Guest"), ("Jean-Luc de la Tour", "Jean-Luc T.")]
)
def test_a_full_name_is_never_shown(name: str, shown: str) -> None:
    guest = UserFactory.create()
    booking = booking_of(guest, guest_name=name)
    assert write_review(booking_id=booking.pk, author=guest, score=5).author_name == shown
