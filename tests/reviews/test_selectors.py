"""Reviews as they are listed and summed up."""

from __future__ import annotations

from typing import Any

import pytest

from serai.properties.models import Property
from serai.reviews.models import Review
from serai.reviews.selectors import list_reviews, summarise_reviews, summarise_scores
from tests.factories import PropertyFactory


def write(property_: Property, score: int, day: int) -> Review:
    return Review.objects.create(
        property=property_, author_name="A", score=score, stayed_on=f"2026-10-{day:02}"
    )


def test_bands_of_two_scores_add_up() -> None:
    summary = summarise_scores({10: 3, 9: 1, 8: 2, 5: 1, 1: 1})
    assert [(bar.first_score, bar.last_score, bar.count, bar.percent) for bar in summary.bars] == [
        (9, 10, 4, 50),
        (7, 8, 2, 25),
        (5, 6, 1, 12),
        (3, 4, 0, 0),
        (1, 2, 1, 12),
    ]
    assert (summary.count, summary.total, summary.score) == (8, 61, 61 / 8)


def test_no_reviews_have_no_score() -> None:
    summary = summarise_scores({})
    assert (summary.count, summary.score) == (0, None)
    assert [bar.percent for bar in summary.bars] == [0, 0, 0, 0, 0]


@pytest.mark.django_db
def test_newest_first_in_two_queries_and_never_another_propertys(django_assert_num_queries: Any) -> None:
    property_ = PropertyFactory.create()
    for day in range(1, 9):
        write(property_, day, day)
    write(PropertyFactory.create(), 1, 30)
    with django_assert_num_queries(2):
        page = list_reviews(property_id=property_.pk)
        days = [review.stayed_on.day for review in page]
    assert days == [8, 7, 6, 5, 4, 3]
    assert [review.stayed_on.day for review in list_reviews(property_id=property_.pk, page="2")] == [2, 1]
    assert len(list_reviews(property_id=property_.pk, page="nonsense")) == 6
    with django_assert_num_queries(1):
        assert summarise_reviews(property_id=property_.pk).count == 8
