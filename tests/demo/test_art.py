"""The pictures of the demo: repeatable, in every subject and climate, and no wall of twins."""

from __future__ import annotations

from itertools import combinations

import pytest
from PIL import Image

from serai.demo.art import CLIMATES, SUBJECTS, draw_photo

SMALL = (192, 128)


def _average_hash(picture: Image.Image) -> int:
    """256 bits: which of 16 x 16 fields are brighter than the picture's mean."""
    fields = list(picture.convert("L").resize((16, 16), Image.Resampling.BOX).tobytes())
    mean = sum(fields) / len(fields)
    return sum(1 << place for place, level in enumerate(fields) if level > mean)


def test_the_subjects_are_those_a_hotel_page_shows() -> None:
    assert set(SUBJECTS) == {"exterior", "room", "bathroom", "pool", "lobby", "restaurant", "view"}


@pytest.mark.parametrize("subject", SUBJECTS)
@pytest.mark.parametrize("climate", CLIMATES)
def test_every_subject_draws_in_every_climate_and_class(subject: str, climate: str) -> None:
    for stars in (1, 3, 5):
        picture = draw_photo(subject=subject, seed=stars, climate=climate, stars=stars, size=SMALL)
        assert picture.mode == "RGB"
        assert picture.size == SMALL
        # a picture, not a blank sheet: its levels spread widely
        histogram = picture.convert("L").histogram()
        assert sum(1 for count in histogram if count > 0) > 80


@pytest.mark.parametrize("subject", SUBJECTS)
def test_the_same_arguments_give_the_same_bytes(subject: str) -> None:
    first = draw_photo(subject=subject, seed=7, climate="tropical", stars=4)
    draw_photo(subject="view", seed=99, size=SMALL)
    second = draw_photo(subject=subject, seed=7, climate="tropical", stars=4)
    assert first.size == (1280, 853)
    assert first.tobytes() == second.tobytes()


@pytest.mark.parametrize("subject", SUBJECTS)
def test_another_seed_gives_another_picture(subject: str) -> None:
    first, second = (draw_photo(subject=subject, seed=seed, size=SMALL) for seed in (1, 2))
    assert first.tobytes() != second.tobytes()


@pytest.mark.parametrize("size", [(1280, 853), (640, 640), (400, 900), (1000, 300), (33, 21), (1, 1)])
def test_the_size_is_honoured(size: tuple[int, int]) -> None:
    assert draw_photo(subject="exterior", seed=3, size=size).size == size


@pytest.mark.parametrize(("climate", "bound"), [("temperate", 8), ("desert", 20)])
def test_exteriors_of_one_climate_are_seldom_near_twins(climate: str, bound: int) -> None:
    """The hardest case is one city: 200 hotels that share climate and stars.

    Of 256 bits, half of all pairs differ in 99 or more. Of the 19,900 pairs, 2 lie within 20 bits in the
    temperate climate and 7 in the desert, the worst of the six; the bounds leave room for retouching.
    """
    hashes = [
        _average_hash(draw_photo(subject="exterior", seed=seed, climate=climate, size=SMALL))
        for seed in range(200)
    ]
    near = [pair for pair in combinations(hashes, 2) if (pair[0] ^ pair[1]).bit_count() <= 20]
    assert len(near) <= bound


def test_the_measure_of_twins_knows_a_twin() -> None:
    """The same hotel at two sizes counts as a twin, so that the bound above means something."""
    for seed in range(5):
        small = draw_photo(subject="exterior", seed=seed, size=SMALL)
        large = draw_photo(subject="exterior", seed=seed, size=(640, 427))
        assert (_average_hash(small) ^ _average_hash(large)).bit_count() <= 20


def test_a_subject_without_a_picture_is_refused() -> None:
    with pytest.raises(ValueError, match="no picture of 'garage'; choose one of exterior, room"):
        draw_photo(subject="garage", seed=1)


def test_other_bad_arguments_are_refused() -> None:
    with pytest.raises(ValueError, match="no climate 'lunar'"):
        draw_photo(subject="room", seed=1, climate="lunar")
    with pytest.raises(ValueError, match="1 to 5 stars, not 6"):
        draw_photo(subject="room", seed=1, stars=6)
    with pytest.raises(ValueError, match="at least one pixel"):
        draw_photo(subject="room", seed=1, size=(0, 10))
