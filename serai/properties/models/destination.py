"""Places that travellers type: cities from GeoNames (CC BY 4.0)."""

from __future__ import annotations

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models.functions import Upper


class Destination(models.Model):
    """A city. `names` holds every other spelling, lower-case and unaccented, for suggestions."""

    geoname_id = models.PositiveIntegerField(unique=True)
    name = models.CharField(max_length=120)
    slug = models.SlugField(max_length=140, unique=True)
    region = models.CharField(max_length=120, blank=True)
    country_code = models.CharField(max_length=2)
    latitude = models.FloatField()
    longitude = models.FloatField()
    timezone = models.CharField(max_length=64)
    population = models.PositiveIntegerField(default=0)
    names = models.TextField(blank=True)

    class Meta:
        indexes = [
            GinIndex(fields=["names"], opclasses=["gin_trgm_ops"], name="destination_names_trgm"),
            models.Index(Upper("name"), name="destination_name_upper"),
        ]

    def __str__(self) -> str:
        return f"{self.name}, {self.country_code}"
