"""Reviews as a property's page shows them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.core.paginator import Page, Paginator
from django.db.models import Count

from serai.bookings.models import Booking
from serai.reviews.models import Review

PAGE_SIZE = 6


@dataclass(frozen=True)
class HistogramBar:
    """How many guests gave one of the five bands of scores, and how long its bar is (0 to 100)."""

    first_score: int
    last_score: int
    count: int
    percent: int


@dataclass(frozen=True)
class ReviewSummary:
    """All scores of a property at a glance, best band first."""

    count: int
    total: int
    bars: Sequence[HistogramBar]

    @property
    def score(self) -> float | None:
        """The mean of the scores, of 10."""
        return self.total / self.count if self.count else None


def list_reviews(*, property_id: int, page: int | str = 1) -> Page[Review]:
    """A page of the reviews, newest stay first: two queries."""
    reviews = Review.objects.filter(property_id=property_id).only(
        "author_name", "author_country", "score", "title", "text", "stayed_on", "property_id"
    )
    return Paginator(reviews, PAGE_SIZE).get_page(page)


def summarise_reviews(*, property_id: int) -> ReviewSummary:
    """How the scores are spread: one query."""
    counts = dict(
        Review.objects.filter(property_id=property_id)
        .order_by()
        .values_list("score")
        .annotate(reviews=Count("id"))
    )
    return summarise_scores(counts)


def summarise_scores(counts: dict[int, int]) -> ReviewSummary:
    """Scores 1 to 10 in five bands of two. `counts` maps a score to how often it was given."""
    everyone = sum(counts.values())
    bars = []
    for last in range(10, 0, -2):
        count = counts.get(last, 0) + counts.get(last - 1, 0)
        percent = round(100 * count / everyone) if everyone else 0
        bars.append(HistogramBar(first_score=last - 1, last_score=last, count=count, percent=percent))
    return ReviewSummary(
        count=everyone, total=sum(score * count for score, count in counts.items()), bars=tuple(bars)
    )


def may_review(booking: Booking) -> bool:
    """Whether the guest of this booking can write a review now: after check-out, and once."""
    return (
        booking.state == Booking.State.CHECKED_OUT
        and not Review.objects.filter(booking_id=booking.pk).exists()
    )
