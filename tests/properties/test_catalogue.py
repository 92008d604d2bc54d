"""The amenity catalogue: in the database after `migrate`, brought back to the list by `load_catalogue`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from serai.properties.catalogue import CATALOGUE, load_catalogue
from serai.properties.models import Amenity

pytestmark = pytest.mark.django_db


def test_loading_twice_writes_once(django_assert_num_queries: Any) -> None:
    load_catalogue()
    with django_assert_num_queries(1):
        amenities = load_catalogue()
    assert list(Amenity.objects.values_list("slug", flat=True)) == [entry.slug for entry in CATALOGUE]
    assert amenities["pool"].name == "Swimming pool"


def test_a_changed_row_is_put_right_and_keeps_its_identity() -> None:
    pool = load_catalogue()["pool"]
    Amenity.objects.filter(slug="pool").update(name="Puddle", icon="check")
    assert load_catalogue()["pool"].name == "Swimming pool"
    assert Amenity.objects.get(slug="pool").pk == pool.pk


def test_slugs_are_unique_and_every_icon_is_shipped() -> None:
    slugs = [entry.slug for entry in CATALOGUE]
    assert len(slugs) == len(set(slugs))
    folder = Path(settings.BASE_DIR) / "web" / "static" / "serai" / "icons"
    assert [entry.icon for entry in CATALOGUE if not (folder / f"{entry.icon}.svg").exists()] == []
