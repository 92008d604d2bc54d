"""What a listing needs before it can be submitted, asked of every app that knows a part of it.

    @listing_check("rates")
    def check_rates(property: Property) -> list[str]: ...     # sentences for the host; empty is complete

The steps are those of `rules.STEPS`. Apps above this one register their checks when they start.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from serai.properties.models import Photo, Property
from serai.properties.rules import DESCRIPTION_MIN_CHARACTERS, STEPS, Progress

Check = Callable[[Property], list[str]]
_checks: dict[str, list[Check]] = defaultdict(list)


def listing_check(step: str) -> Callable[[Check], Check]:
    """Register a check for one step."""

    def register(check: Check) -> Check:
        _checks[step].append(check)
        return check

    return register


def listing_progress(property: Property) -> Progress:
    """What each step lacks, from all registered checks; a fixed number of queries."""
    return Progress(
        missing={
            step: [sentence for check in _checks[step] for sentence in check(property)] for step in STEPS
        }
    )


@listing_check("details")
def check_details(property: Property) -> list[str]:
    missing = []
    if not property.name.strip():
        missing.append(_("Give the property a name."))
    lacking = DESCRIPTION_MIN_CHARACTERS - len(property.description.strip())
    if lacking > 0:
        missing.append(
            ngettext(
                "Describe the place a little more: at least %(count)d character is missing.",
                "Describe the place a little more: at least %(count)d characters are missing.",
                lacking,
            )
            % {"count": lacking}
        )
    return missing


@listing_check("place")
def check_place(property: Property) -> list[str]:
    missing = []
    if property.destination_id is None:
        missing.append(_("Choose the city."))
    if not property.address.strip():
        missing.append(_("Enter the street and number."))
    if property.latitude is None or property.longitude is None:
        missing.append(_("Give the position on the map."))
    return missing


@listing_check("photos")
def check_photos(property: Property) -> list[str]:
    states = set(Photo.objects.filter(property=property).values_list("status", flat=True))
    if Photo.Status.READY in states:
        return []
    if Photo.Status.PENDING in states:
        return [_("Wait a moment: the photos are still being prepared.")]
    return [_("Add at least one photo.")]


@listing_check("amenities")
def check_amenities(property: Property) -> list[str]:
    return [] if property.amenities.exists() else [_("Tick at least one thing the place offers.")]


@listing_check("rooms")
def check_rooms(property: Property) -> list[str]:
    rooms = list(property.room_types.filter(is_active=True).prefetch_related("beds"))
    if not rooms:
        return [_("Add at least one room type.")]
    return [
        _("Say which beds are in “%(room)s”.") % {"room": room.name} for room in rooms if not room.beds.all()
    ]
