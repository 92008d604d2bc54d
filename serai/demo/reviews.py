"""Reviews of the demo's hotels, and each hotel's count and total kept equal to them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from random import Random

from serai.demo.hotels import WrittenHotel
from serai.demo.names import WORLD_PEOPLE, make_indian_person
from serai.demo.plan import SEED
from serai.demo.review_texts import language_of, write_review
from serai.properties.models import Property
from serai.reviews.models import Review


def write_reviews(hotels: Sequence[WrittenHotel], *, today: dt.date) -> int:
    """Write 6 to 40 reviews for each published hotel of the last two years; return how many."""
    rows: list[Review] = []
    for hotel in hotels:
        if not hotel.is_published:
            continue
        rng = Random(f"{SEED}-reviews-{hotel.plan.number}")
        mine = [_review(rng, hotel, today=today) for _ in range(hotel.plan.review_count)]
        rows += mine
        hotel.property.review_count = len(mine)
        hotel.property.review_total = sum(review.score for review in mine)
    Review.objects.bulk_create(rows, batch_size=2000)
    Property.objects.bulk_update(
        [hotel.property for hotel in hotels], ["review_count", "review_total"], batch_size=200
    )
    return len(rows)


def _review(rng: Random, hotel: WrittenHotel, *, today: dt.date) -> Review:
    if rng.random() < (0.75 if hotel.plan.place.country == "IN" else 0.2):
        name, country = make_indian_person(rng), "IN"
    else:
        name, country = rng.choice(WORLD_PEOPLE)
    given, _space, family = name.partition(" ")
    score = min(10, max(1, round(rng.gauss(hotel.plan.quality + 0.2, 1.2))))
    title, text = write_review(rng, score=score, language=language_of(rng, country))
    return Review(
        property=hotel.property,
        author_name=f"{given} {family[:1]}." if family else given,
        author_country=country,
        score=score,
        title=title,
        text=text,
        stayed_on=today - dt.timedelta(days=int(rng.expovariate(1 / 160)) % 720 + 4),
    )
