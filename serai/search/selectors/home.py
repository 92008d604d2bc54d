"""What the home page shows before anybody has searched."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection

from serai.properties.models import Photo
from serai.search import sql
from serai.search.destinations import country_name


@dataclass(frozen=True)
class PopularDestination:
    """A city with many places to stay, and a photo from one of them."""

    id: int
    name: str
    country: str
    properties: int
    photo: Photo | None


def popular_destinations(*, limit: int = 8) -> list[PopularDestination]:
    """The cities with most published properties, in two queries."""
    with connection.cursor() as cursor:
        cursor.execute(sql.POPULAR_DESTINATIONS, {"limit": limit})
        rows = cursor.fetchall()
    photos = Photo.objects.in_bulk([photo_id for *_row, photo_id in rows if photo_id])
    return [
        PopularDestination(key, name, country_name(country), properties, photos.get(photo_id))
        for key, name, country, properties, photo_id in rows
    ]
