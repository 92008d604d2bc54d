"""The fixed list of amenities: what hosts tick, guests filter by and importers map to.

The list is code, so that icons, translations and importers can rely on its slugs; `load_catalogue`
brings the table to the same state after every `migrate` (see `apps.py`) and may run at any time.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import connections
from django.utils.translation import gettext_noop as _

from serai.properties.models import Amenity

PROPERTY = Amenity.Scope.PROPERTY
ROOM = Amenity.Scope.ROOM


@dataclass(frozen=True)
class Entry:
    """One amenity: a slug that never changes, an English name (translated when shown), an icon's name."""

    slug: str
    name: str
    scope: Amenity.Scope
    icon: str


CATALOGUE: tuple[Entry, ...] = (
    Entry("wifi", _("Free Wi-Fi"), PROPERTY, "wifi"),
    Entry("breakfast", _("Breakfast"), PROPERTY, "coffee"),
    Entry("restaurant", _("Restaurant"), PROPERTY, "utensils"),
    Entry("bar", _("Bar"), PROPERTY, "wine"),
    Entry("pool", _("Swimming pool"), PROPERTY, "waves-ladder"),
    Entry("spa", _("Spa"), PROPERTY, "flower-2"),
    Entry("gym", _("Gym"), PROPERTY, "dumbbell"),
    Entry("parking", _("Parking"), PROPERTY, "circle-parking"),
    Entry("ev-charging", _("Electric car charging"), PROPERTY, "plug-zap"),
    Entry("airport-shuttle", _("Airport shuttle"), PROPERTY, "plane"),
    Entry("front-desk-24h", _("24-hour front desk"), PROPERTY, "concierge-bell"),
    Entry("room-service", _("Room service"), PROPERTY, "bell"),
    Entry("lift", _("Lift"), PROPERTY, "layers"),
    Entry("step-free", _("Step-free access"), PROPERTY, "accessibility"),
    Entry("family", _("Family friendly"), PROPERTY, "baby"),
    Entry("pets", _("Pets welcome"), PROPERTY, "paw-print"),
    Entry("beach", _("Beach access"), PROPERTY, "umbrella"),
    Entry("garden", _("Garden"), PROPERTY, "flower-2"),
    Entry("terrace", _("Terrace"), PROPERTY, "sun"),
    Entry("meeting-rooms", _("Meeting rooms"), PROPERTY, "briefcase"),
    Entry("laundry", _("Laundry"), PROPERTY, "shirt"),
    Entry("shared-kitchen", _("Shared kitchen"), PROPERTY, "utensils"),
    Entry("luggage-storage", _("Luggage storage"), PROPERTY, "luggage"),
    Entry("smoke-free", _("Smoke-free throughout"), PROPERTY, "cigarette-off"),
    Entry("air-conditioning", _("Air conditioning"), ROOM, "air-vent"),
    Entry("heating", _("Heating"), ROOM, "sun"),
    Entry("private-bathroom", _("Private bathroom"), ROOM, "shower-head"),
    Entry("bath", _("Bathtub"), ROOM, "bath"),
    Entry("balcony", _("Balcony"), ROOM, "door-open"),
    Entry("view", _("View"), ROOM, "mountain"),
    Entry("sea-view", _("Sea view"), ROOM, "waves"),
    Entry("kitchen", _("Kitchen"), ROOM, "utensils"),
    Entry("tv", _("Television"), ROOM, "tv"),
    Entry("desk", _("Desk"), ROOM, "briefcase"),
    Entry("safe", _("Safe"), ROOM, "lock"),
    Entry("minibar", _("Minibar"), ROOM, "wine"),
    Entry("tea-coffee", _("Tea and coffee maker"), ROOM, "coffee"),
    Entry("refrigerator", _("Refrigerator"), ROOM, "snowflake"),
    Entry("washing-machine", _("Washing machine"), ROOM, "washing-machine"),
    Entry("iron", _("Iron"), ROOM, "shirt"),
    Entry("hair-dryer", _("Hair dryer"), ROOM, "zap"),
    Entry("sofa", _("Sitting area"), ROOM, "armchair"),
    Entry("quiet", _("Quiet room"), ROOM, "moon"),
    Entry("wheelchair-room", _("Wheelchair accessible"), ROOM, "accessibility"),
)


def load_catalogue() -> dict[str, Amenity]:
    """Make the table say what `CATALOGUE` says and return its amenities by slug.

    Writes only where something differs. Amenities that are no longer listed stay: properties have them.
    """
    wanted = {
        entry.slug: Amenity(
            slug=entry.slug, name=entry.name, scope=entry.scope, icon=entry.icon, position=position
        )
        for position, entry in enumerate(CATALOGUE, start=1)
    }
    present = Amenity.objects.in_bulk(list(wanted), field_name="slug")
    fields = ("name", "scope", "icon", "position")
    differing = [
        amenity
        for slug, amenity in wanted.items()
        if slug not in present
        or any(getattr(present[slug], name) != getattr(amenity, name) for name in fields)
    ]
    if differing:
        Amenity.objects.bulk_create(
            differing, update_conflicts=True, unique_fields=["slug"], update_fields=list(fields)
        )
        present = Amenity.objects.in_bulk(list(wanted), field_name="slug")
    return present


def load_after_migrate(*, using: str, **_kwargs: Any) -> None:
    """Receiver of `post_migrate`: fill the catalogue once its table is there."""
    if Amenity._meta.db_table in connections[using].introspection.table_names():
        load_catalogue()
