"""The world's cities: loading them, suggesting them, reading them out of typed words."""

from __future__ import annotations

import pytest
from django.utils import translation

from serai.properties.destinations import fold_name, load_destinations
from serai.properties.models import Destination
from serai.search.destinations import PlaceKind, nearby_destinations, resolve_place, suggest
from tests.factories import DestinationFactory, PropertyFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Köln", "koln"),
        ("  SÃO   Paulo ", "sao paulo"),
        ("Łódź", "lodz"),
        ("Tromsø", "tromso"),
        ("Straße", "strasse"),
        ("मुंबई", "मुंबई"),
        ("Москва", "москва"),
        ("قُلُونِيَة", "قلونية"),
        ("a|b", "a b"),
    ],
)
def test_folding_drops_accents_but_not_vowel_signs(text: str, folded: str) -> None:
    assert fold_name(text) == folded


def city(name: str, *spellings: str, **fields: object) -> Destination:
    names = "|" + "|".join(fold_name(spelling) for spelling in (name, *spellings)) + "|"
    return DestinationFactory.create(name=name, names=names, **fields)


@pytest.fixture
def cities() -> dict[str, Destination]:
    """A few cities with stock, size and names as in life."""
    rows = {
        "mumbai": city(
            "Mumbai",
            "Bombay",
            "BOM",
            "मुंबई",
            region="Maharashtra",
            population=12_691_836,
            latitude=19.07,
            longitude=72.88,
        ),
        "jaipur": city("Jaipur", "Jeypore", "जयपुर", region="Rajasthan", population=3_046_163),
        "koln": city("Köln", "Cologne", country_code="DE", population=1_024_621, timezone="Europe/Berlin"),
        "hyderabad": city("Hyderabad", region="Telangana", population=6_993_262),
        "hyderabad_pk": city("Hyderabad", country_code="PK", population=1_732_693),
        "jaigaon": city("Jaigaon", region="West Bengal", population=40_000),
        "pune": city(
            "Pune", "Poona", region="Maharashtra", population=3_124_458, latitude=18.52, longitude=73.86
        ),
        "india_ps": city("India", country_code="US", population=20_000),
        "singapore": city("Singapore", country_code="SG", population=5_638_700),
    }
    PropertyFactory.create(name="The Rain Tree", destination=rows["mumbai"])
    PropertyFactory.create(name="Hawa Lodge", destination=rows["jaigaon"])
    PropertyFactory.create(name="Blue Lotus Bombay", destination=rows["pune"])
    PropertyFactory.create(name="Draft Inn", destination=rows["jaipur"], status="draft")
    return rows


@pytest.mark.parametrize(
    ("typed", "expected", "is_guess"),
    [
        ("mumbai", "mumbai", False),
        ("BOMBAY", "mumbai", False),
        ("bom", "mumbai", False),
        ("मुंबई", "mumbai", False),
        ("Mumbai, Maharashtra, India", "mumbai", False),
        ("hotels in Mumbai", "mumbai", False),
        ("Koln", "koln", False),
        ("Köln", "koln", False),
        ("cologne", "koln", False),
        ("colonge", "koln", True),
        ("mumabi", "mumbai", True),
        ("jaipru", "jaipur", True),
        ("jaip", "jaipur", False),
        ("hyderabad", "hyderabad", False),
        ("Hyderabad, Pakistan", "hyderabad_pk", False),
        ("hyderabad, pk", "hyderabad_pk", False),
        ("singapore", "singapore", False),
    ],
)
def test_words_become_the_city_that_was_meant(
    cities: dict[str, Destination], typed: str, expected: str, is_guess: bool
) -> None:
    place = resolve_place(typed)
    assert (place.kind, place.destination_id) == (PlaceKind.DESTINATION, cities[expected].pk)
    assert place.is_guess is is_guess


def test_countries_hotels_and_nonsense(cities: dict[str, Destination]) -> None:
    assert resolve_place("").kind == PlaceKind.ANYWHERE
    country = resolve_place("India")
    assert (country.kind, country.country_code, country.label) == (PlaceKind.COUNTRY, "IN", "India")
    hotel = resolve_place("rain tree")
    assert (hotel.kind, hotel.words) == (PlaceKind.WORDS, "rain tree")
    nonsense = resolve_place("zzqx%_'|\\")
    assert nonsense.kind == PlaceKind.WORDS


def test_a_country_is_known_in_its_own_language(cities: dict[str, Destination]) -> None:
    assert resolve_place("Deutschland").country_code == "DE"
    with translation.override("fr"):
        assert resolve_place("allemagne").label == "Allemagne"


def test_a_chosen_destination_counts_until_the_words_change(cities: dict[str, Destination]) -> None:
    chosen = cities["hyderabad_pk"]
    assert resolve_place("Hyderabad, Pakistan", destination_id=chosen.pk).destination_id == chosen.pk
    assert resolve_place("", destination_id=chosen.pk).destination_id == chosen.pk
    assert resolve_place("Jaipur", destination_id=chosen.pk).destination_id == cities["jaipur"].pk
    assert resolve_place("", destination_id=10**8).kind == PlaceKind.ANYWHERE


def test_suggestions_rank_stock_before_size(cities: dict[str, Destination]) -> None:
    found = suggest("jai")
    assert [(row.name, row.properties) for row in found.destinations] == [("Jaipur", 0), ("Jaigaon", 1)]
    for number in range(12):
        PropertyFactory.create(name=f"Inn {number}", destination=cities["jaigaon"])
    assert [row.name for row in suggest("jai").destinations] == ["Jaigaon", "Jaipur"]


def test_suggestions_name_hotels_too_but_only_published_ones(cities: dict[str, Destination]) -> None:
    found = suggest("bombay")
    assert [row.label for row in found.destinations] == ["Mumbai, Maharashtra, India"]
    assert [(hotel.name, hotel.where) for hotel in found.properties] == [("Blue Lotus Bombay", "Pune, India")]
    assert suggest("draft").properties == []


@pytest.mark.parametrize("typed", ["", " ", "a", "%%", "__", "\\", "'; --", "|"])
def test_odd_input_suggests_nothing(cities: dict[str, Destination], typed: str) -> None:
    assert suggest(typed).destinations == []


def test_near_by_are_cities_with_places_to_stay(cities: dict[str, Destination]) -> None:
    rows = nearby_destinations(resolve_place("mumbai"))
    assert [(row.name, row.properties) for row in rows] == [("Pune", 1)]


def test_loading_twice_changes_nothing() -> None:
    seen: list[tuple[int, int]] = []
    total = load_destinations(lambda done, of: seen.append((done, of)))
    assert total == Destination.objects.count() > 25_000
    assert seen[-1] == (total, total)
    cologne = Destination.objects.get(geoname_id=2886242)
    assert (cologne.name, cologne.slug, cologne.country_code) == ("Köln", "koln-de", "DE")
    assert cologne.names.startswith("|koln|")
    assert "|cologne|" in cologne.names
    assert Destination.objects.get(geoname_id=1269515).region == "Rajasthan"

    cologne.name = "Wrong"
    cologne.save(update_fields=["name"])
    before = dict(Destination.objects.values_list("geoname_id", "pk"))
    assert load_destinations() == total
    assert dict(Destination.objects.values_list("geoname_id", "pk")) == before
    assert Destination.objects.get(geoname_id=2886242).name == "Köln"
