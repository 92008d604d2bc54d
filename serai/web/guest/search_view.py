"""The result page's filter panel, chips and links, made from a `SearchPage`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from serai.properties.models import Property
from serai.search.destinations import PlaceKind
from serai.search.requests import SCORES, Sort
from serai.search.rules import Facet
from serai.search.selectors import SearchPage

# Where a day lasts longest: a date that has not passed there has not passed everywhere.
EARLIEST_TIMEZONE = "Etc/GMT+12"
FIELDS_OF_FACET: dict[Facet, tuple[str, ...]] = {
    Facet.STARS: ("stars",),
    Facet.KINDS: ("kinds",),
    Facet.AMENITIES: ("amenities",),
    Facet.SCORE: ("min_score",),
    Facet.CANCELLATION: ("free_cancellation",),
    Facet.MEALS: ("meals",),
    Facet.PRICE: ("price_from", "price_to"),
}
FILTER_FIELDS = tuple(name for names in FIELDS_OF_FACET.values() for name in names)


@dataclass(frozen=True)
class Option:
    """One box or radio button of the filter panel."""

    name: str
    value: str
    label: str
    count: int
    is_on: bool
    stars: int = 0

    @property
    def id(self) -> str:
        return f"filter-{self.name}-{self.value or 'any'}"


@dataclass(frozen=True)
class Link:
    """A way to change the search: a filter to take away, an order to take."""

    label: str
    url: str
    count: int = 0


def search_context(query: QueryDict, page: SearchPage) -> dict[str, Any]:
    """What `search.html` and `_results.html` show."""
    request = page.request
    return {
        "search": request,
        "results": page,
        "place": page.place,
        "place_text": page.place.label or request.text,
        "heading": _heading(page),
        "stay_query": urlencode(request.stay_input.query_items()),
        "panel": _panel(page),
        "has_panel": bool(page.outcome.kinds or request.filters.count),
        "chips": _chips(query, page),
        "relaxations": [
            Link(_facet_label(facet), link(query, drop=FIELDS_OF_FACET[facet]), count)
            for facet, count in page.relaxations
        ],
        "clear_url": link(query, drop=FILTER_FIELDS),
        "dateless_url": link(query, drop=("check_in", "check_out")),
        "sorts": _sorts(page),
    }


def canonical_url(query: QueryDict) -> str:
    """The search's address without empty fields."""
    return link(query, keep_page=True)


def link(query: QueryDict, *, drop: Iterable[str] = (), keep_page: bool = False) -> str:
    """The search's address without some fields. The number of children follows from their ages."""
    gone = {*drop, "children", *(() if keep_page else ("page",))}
    items = [
        (name, value)
        for name, values in query.lists()
        if name not in gone
        for value in values
        if value and (name, value) != ("sort", Sort.RECOMMENDED)
    ]
    return f"{reverse('search')}?{urlencode(items)}" if items else reverse("search")


def _heading(page: SearchPage) -> str:
    names = {"count": page.total, "place": page.place.name}
    if page.place.kind == PlaceKind.ANYWHERE:
        some = ngettext("%(count)d place to stay", "%(count)d places to stay", page.total)
        text = some if page.total else _("No places to stay found")
    elif page.place.kind == PlaceKind.WORDS:
        some = ngettext(
            "%(count)d place called “%(place)s”", "%(count)d places called “%(place)s”", page.total
        )
        text = some if page.total else _("Nothing found for “%(place)s”")
    else:
        some = ngettext(
            "%(count)d place to stay in %(place)s", "%(count)d places to stay in %(place)s", page.total
        )
        text = some if page.total else _("No places to stay found in %(place)s")
    return text % names


def _panel(page: SearchPage) -> dict[str, Sequence[Option]]:
    """The groups of the filter panel: what occurs at the place, and what is on."""
    filters, outcome = page.request.filters, page.outcome
    # A chosen amenity must not hide among the later ones that are folded away.
    amenities = sorted(page.amenities, key=lambda entry: entry.slug not in filters.amenities)
    return {
        "stars": [
            Option("stars", str(n), "", outcome.stars.get(n, 0), n in filters.stars, stars=n)
            for n in range(5, 0, -1)
            if n in outcome.stars or n in filters.stars
        ],
        "kinds": [
            Option("kinds", kind, str(label), outcome.kinds.get(kind, 0), kind in filters.kinds)
            for kind, label in Property.Kind.choices
            if kind in outcome.kinds or kind in filters.kinds
        ],
        "amenities": [
            Option(
                "amenities",
                amenity.slug,
                _(amenity.name),
                outcome.amenities.get(amenity.pk, 0),
                amenity.slug in filters.amenities,
            )
            for amenity in amenities
        ],
        "scores": [
            Option(
                "min_score",
                str(score),
                _("%(score)d or more") % {"score": score},
                outcome.scores.get(score, 0),
                filters.min_score == score,
            )
            for score in SCORES
            if score in outcome.scores or filters.min_score == score
        ],
        "meals": [
            Option("meals", wish, label, outcome.meals.get(wish, 0), filters.meals == wish)
            for wish, label in _meal_labels().items()
            if wish in outcome.meals or filters.meals == wish
        ],
    }


def _meal_labels() -> dict[str, str]:
    return {
        "breakfast": _("Breakfast included"),
        "half_board": _("Half board or more"),
        "full_board": _("Full board"),
    }


def _chips(query: QueryDict, page: SearchPage) -> list[Link]:
    """The filters that are on, each with the search without it."""
    filters = page.request.filters
    chips = [
        Link(
            ngettext("%(count)d star", "%(count)d stars", n) % {"count": n},
            _without(query, "stars", str(n)),
        )
        for n in sorted(filters.stars, reverse=True)
    ]
    kinds = dict(Property.Kind.choices)
    chips += [Link(str(kinds[kind]), _without(query, "kinds", kind)) for kind in sorted(filters.kinds)]
    chips += [
        Link(_(amenity.name), _without(query, "amenities", amenity.slug))
        for amenity in page.amenities
        if amenity.slug in filters.amenities
    ]
    if filters.min_score is not None:
        label = _("Score %(score)d or more") % {"score": filters.min_score}
        chips.append(Link(label, link(query, drop=("min_score",))))
    if filters.is_free_to_cancel:
        chips.append(Link(_("Free cancellation"), link(query, drop=("free_cancellation",))))
    if filters.meals:
        chips.append(Link(_meal_labels()[filters.meals], link(query, drop=("meals",))))
    if filters.price_from is not None or filters.price_to is not None:
        chips.append(Link(_("Price"), link(query, drop=FIELDS_OF_FACET[Facet.PRICE])))
    return chips


def _without(query: QueryDict, name: str, value: str) -> str:
    """The search without one of a field's values."""
    fewer = query.copy()
    fewer.setlist(name, [other for other in query.getlist(name) if other != value])
    return link(fewer)


def _facet_label(facet: Facet) -> str:
    return {
        Facet.STARS: _("any number of stars"),
        Facet.KINDS: _("any type of place"),
        Facet.AMENITIES: _("without the wished amenities"),
        Facet.SCORE: _("any guest score"),
        Facet.CANCELLATION: _("with any cancellation terms"),
        Facet.MEALS: _("with any meals"),
        Facet.PRICE: _("at any price"),
    }[facet]


def _sorts(page: SearchPage) -> list[tuple[str, str, bool]]:
    """Value, label and whether it is chosen, of the orders that this search can have."""
    labels = {
        Sort.RECOMMENDED: _("Recommended"),
        Sort.PRICE: _("Lowest price"),
        Sort.RATING: _("Guest score"),
        Sort.STARS: _("Most stars"),
        Sort.DISTANCE: _("Nearest to the centre"),
    }
    possible = [
        sort
        for sort in labels
        if not (sort == Sort.PRICE and page.request.stay is None)
        and not (sort == Sort.DISTANCE and page.place.kind != PlaceKind.DESTINATION)
    ]
    return [(sort.value, labels[sort], sort == page.request.sort) for sort in possible]
