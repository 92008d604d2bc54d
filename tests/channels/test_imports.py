"""Importing listings: every kind of dirty row, idempotence, and the real files."""

from __future__ import annotations

import csv
import datetime as dt
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serai.accounts.models import User
from serai.channels.imports import airbnb, france, sheet
from serai.channels.imports.places import Gazetteer
from serai.channels.imports.run import ImportReport, import_listings
from serai.channels.tables import RowRefused, TableError, TableRow
from serai.inventory.models import Night
from serai.properties.models import Destination, Property
from serai.rates.models import NightPrice, Product
from tests.channels.realdata import real_file

NOW = dt.datetime(2026, 11, 21, 6, 30, tzinfo=dt.UTC)
FRENCH = {
    "source_line": "2",
    "type": "HÔTEL DE TOURISME",
    "stars": "3 étoiles",
    "name": "HÔTEL DE LA POSTE",
    "address": "1 place du Marché",
    "postcode": "69001",
    "commune": "LYON",
    "website": "www.example.fr",
    "capacity": "41",
    "rooms": "20",
    "approx_lat": "45.75",
    "approx_lon": "4.85",
    "geonameid": "2996944",
}
LISTING = {
    "id": "77",
    "name": "Loft by the river",
    "description": "Bright.<br /><b>Two</b> floors &amp; a view",
    "latitude": "45.76",
    "longitude": "4.84",
    "property_type": "Entire loft",
    "room_type": "Entire home/apt",
    "accommodates": "3",
    "amenities": '["Wifi", "Dishwasher", "Free washer \\u2013 In unit", "Pool table", "Pool"]',
    "price": "$1,379.00",
}
OWN = {
    "ref": "A-1",
    "name": "Neel Niwas",
    "kind": "hotel",
    "city": "Lyon",
    "country": "FR",
    "amenities": "wifi | pool air-conditioning",
    "room_name": "Double",
    "room_units": "4",
    "room_guests": "2",
    "room_price": "120.50",
}


def rows_to(path: Path, rows: list[Mapping[str, str]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


def load(path: Path, format_name: str, **options: Any) -> ImportReport:
    report = import_listings(path, format_name=format_name, now=NOW, report=lambda *_told: None, **options)
    assert report.read == report.created + report.updated + report.unchanged + report.rejected
    assert report.rejected == sum(report.reasons.values())
    return report


@pytest.fixture
def lyon(db: None) -> Destination:
    Destination.objects.create(
        geoname_id=2988507, name="Paris", slug="paris-fr", country_code="FR", latitude=48.85, longitude=2.35,
        timezone="Europe/Paris", population=2_100_000, names="|paris|",
    )  # fmt: skip
    return Destination.objects.create(
        geoname_id=2996944, name="Lyon", slug="lyon-fr", country_code="FR", latitude=45.75, longitude=4.85,
        timezone="Europe/Paris", population=520_000, names="|lyon|lyons|",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"source_line": "-"}, "no_reference"),
        ({"type": "CHÂTEAU"}, "unknown_type"),
        ({"stars": "6 étoiles"}, "unknown_stars"),
        ({"stars": "-"}, "unknown_stars"),
        ({"name": "-"}, "no_name"),
        ({"name": "x" * 141}, "text_too_long"),
        ({"postcode": "6900"}, "bad_postcode"),
        ({"commune": "-", "approx_lat": "", "approx_lon": "", "geonameid": ""}, "no_place"),
        ({"capacity": "about forty"}, "bad_number"),
        ({"rooms": "-3"}, "bad_number"),
        ({"approx_lat": "nan"}, "bad_coordinates"),
        ({"approx_lat": "91"}, "bad_coordinates"),
        ({"approx_lon": ""}, "bad_coordinates"),
        ({"address": "a\0b"}, "bad_character"),
    ],
)
def test_french_rows_that_make_no_sense(changes: dict[str, str], reason: str) -> None:
    with pytest.raises(RowRefused) as refusal:
        france.parse_listing(TableRow(2, FRENCH | changes))
    assert refusal.value.reason == reason


def test_a_french_row_is_read() -> None:
    listing = france.parse_listing(TableRow(2, FRENCH))
    assert listing.name == "Hôtel de la Poste"
    assert listing.stars == 3
    assert listing.room is not None
    assert (listing.room.units, listing.room.max_guests) == (20, 3)
    assert "Website: https://www.example.fr" in listing.description
    nature = france.parse_listing(TableRow(2, FRENCH | {"type": "CAMPING", "stars": "Aire naturelle"}))
    assert (nature.kind, nature.stars) == ("camp", None)
    assert france.parse_listing(TableRow(2, FRENCH | {"postcode": "97400"})).country == "RE"


@pytest.mark.parametrize(
    ("written", "wanted"),
    [
        ("www.a.fr", "https://www.a.fr"),
        ("http://a.fr/x?y", "http://a.fr/x?y"),
        ("-", ""),
        ("javascript:alert(1)", ""),
        ("http://", ""),
        ("a b.fr", ""),
        ("http://[::1", ""),
    ],
)
def test_websites(written: str, wanted: str) -> None:
    assert france.parse_website(written) == wanted


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"id": "x"}, "no_reference"),
        ({"name": ""}, "no_name"),
        ({"property_type": "Spaceship"}, "unknown_type"),
        ({"room_type": "Hammock"}, "unknown_type"),
        ({"latitude": "", "longitude": ""}, "no_place"),
        ({"accommodates": "0"}, "bad_number"),
        ({"price": "$-5.00"}, "bad_price"),
        ({"price": "$0.00"}, "bad_price"),
        ({"price": "$1,23.00"}, "bad_price"),
        ({"amenities": "[1]"}, "bad_amenities"),
        ({"amenities": "Wifi, Pool"}, "bad_amenities"),
    ],
)
def test_airbnb_rows_that_make_no_sense(changes: dict[str, str], reason: str) -> None:
    with pytest.raises(RowRefused) as refusal:
        airbnb.parse_listing(TableRow(2, LISTING | changes))
    assert refusal.value.reason == reason


def test_an_airbnb_row_is_read() -> None:
    listing = airbnb.parse_listing(TableRow(2, LISTING))
    assert listing.description == "Bright.\nTwo floors & a view"
    assert listing.amenities == ("pool", "wifi")
    assert listing.room is not None
    assert listing.room.amenities == ("washing-machine",)
    assert str(listing.room.price) == "1379.00"
    assert listing.kind == "apartment"


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"ref": ""}, "no_reference"),
        ({"kind": "palace"}, "unknown_type"),
        ({"country": "France"}, "bad_country"),
        ({"city": ""}, "no_place"),
        ({"currency": "XXQ"}, "bad_currency"),
        ({"stars": "6"}, "bad_number"),
        ({"amenities": "wifi jacuzzi"}, "bad_amenities"),
        ({"room_name": ""}, "no_room_name"),
        ({"room_units": "0"}, "bad_number"),
        ({"room_price": "cheap"}, "bad_price"),
        ({"email": "nobody"}, "bad_email"),
    ],
)
def test_own_rows_that_make_no_sense(changes: dict[str, str], reason: str) -> None:
    with pytest.raises(RowRefused) as refusal:
        sheet.parse_listing(TableRow(2, OWN | changes))
    assert refusal.value.reason == reason


CELL = st.one_of(
    st.text(max_size=20), st.sampled_from(["", "-", "1", "45.7", "$9", "3 étoiles", "NaN", "[]"])
)


@given(st.fixed_dictionaries(dict.fromkeys(FRENCH, CELL)), st.sets(st.sampled_from(sorted(FRENCH))))
def test_any_french_row_is_read_or_refused(noise: dict[str, str], kept: set[str]) -> None:
    parse_or_refuse(france, noise | {name: FRENCH[name] for name in kept})


@given(st.fixed_dictionaries(dict.fromkeys(LISTING, CELL)), st.sets(st.sampled_from(sorted(LISTING))))
def test_any_airbnb_row_is_read_or_refused(noise: dict[str, str], kept: set[str]) -> None:
    parse_or_refuse(airbnb, noise | {name: LISTING[name] for name in kept})


@given(st.fixed_dictionaries(dict.fromkeys(OWN, CELL)), st.sets(st.sampled_from(sorted(OWN))))
def test_any_own_row_is_read_or_refused(noise: dict[str, str], kept: set[str]) -> None:
    parse_or_refuse(sheet, noise | {name: OWN[name] for name in kept})


def parse_or_refuse(module: Any, cells: dict[str, str]) -> None:
    try:
        listing = module.parse_listing(TableRow(2, cells))
    except RowRefused:
        return
    assert 1 <= len(listing.name) <= 140
    assert listing.reference
    assert listing.stars is None or 1 <= listing.stars <= 5
    if listing.latitude is not None:
        assert abs(listing.latitude) <= 90
    if listing.room is not None:
        assert listing.room.units >= 1
        assert 1 <= listing.room.max_guests <= 20
        assert listing.room.price is None or listing.room.price > 0


def test_places_are_found_by_id_name_and_distance_but_never_guessed(lyon: Destination) -> None:
    gazetteer = Gazetteer()

    def found(**changes: str) -> str | None:
        city = gazetteer.find(france.parse_listing(TableRow(2, FRENCH | changes)))
        return city.name if city else None

    nowhere = {"geonameid": "", "approx_lat": "", "approx_lon": ""}
    assert found(commune="SAINT-NULLE-PART") == "Lyon"
    assert found(geonameid="1", commune="CALUIRE", approx_lat="45.79") == "Lyon"
    assert found(**nowhere, commune="Paris") == "Paris"
    assert found(**nowhere, commune="CALUIRE") is None
    assert found(geonameid="", commune="BREST", approx_lat="48.39", approx_lon="-4.48") is None
    Destination.objects.create(
        geoname_id=9, name="Lyon", slug="lyon-2", country_code="FR", latitude=44.0, longitude=1.0,
        timezone="Europe/Paris", population=20_000, names="|lyon|",
    )  # fmt: skip
    gazetteer = Gazetteer()
    assert found(**nowhere) is None


def test_a_file_is_imported_once(lyon: Destination, tmp_path: Path) -> None:
    rows = [
        FRENCH,
        FRENCH | {"source_line": "3", "name": "-"},
        FRENCH | {"source_line": "2", "name": "Another"},
        FRENCH | {"source_line": "5", "type": "CAMPING", "rooms": "-", "commune": "NULLE PART"},
    ]
    path = rows_to(tmp_path / "fr.csv", rows)
    rejects = tmp_path / "rejects.csv"
    first = load(path, "france", rejects_path=rejects)
    assert (first.created, first.rejected) == (2, 2)
    assert first.reasons == {"no_name": 1, "duplicate_reference": 1}
    assert first.examples[1] == {"line": 4, "reason": "duplicate_reference", "detail": "as in line 2"}
    assert rejects.read_text().splitlines() == [
        "line,reason,detail",
        "3,no_name,",
        "4,duplicate_reference,as in line 2",
    ]
    hotel = Property.objects.get(source="france", source_ref="2")
    assert (hotel.status, hotel.destination, hotel.currency) == ("draft", lyon, "EUR")
    assert hotel.room_types.get().units == 20
    again = load(path, "france")
    assert (again.created, again.updated, again.unchanged, again.rejected) == (0, 0, 2, 2)
    rows[0] = FRENCH | {"stars": "4 étoiles", "rooms": "21"}
    changed = load(rows_to(path, rows), "france")
    assert (changed.updated, changed.unchanged) == (1, 1)
    hotel.refresh_from_db()
    assert hotel.stars == 4
    assert hotel.room_types.get().units == 21


def test_two_suppliers_may_use_the_same_references(lyon: Destination, tmp_path: Path) -> None:
    path = rows_to(tmp_path / "own.csv", [OWN])
    assert load(path, "csv", source="north").created == 1
    assert load(path, "csv", source="south").created == 1
    assert Property.objects.count() == 2


def test_priced_listings_are_drafts_unless_asked_and_then_bookable(lyon: Destination, tmp_path: Path) -> None:
    owner = User.objects.create_user("owner@serai.example")
    path = rows_to(tmp_path / "a.csv", [LISTING, LISTING | {"id": "78", "price": ""}])
    assert load(path, "airbnb", source="drafts").published == 0
    assert load(path, "airbnb", is_published=True, owner=owner).published == 1
    house = Property.objects.get(source="airbnb", source_ref="77")
    assert (house.status, house.currency) == ("published", "EUR")
    assert house.memberships.get().user == owner
    product = Product.objects.get(room_type__property=house)
    assert product.base_minor == 137900
    assert Night.objects.filter(room_type__property=house, allotment=1).count() == 365
    assert set(NightPrice.objects.filter(product=product).values_list("amount_minor", flat=True)) == {137900}
    assert Property.objects.get(source="airbnb", source_ref="78").status == "draft"
    assert load(path, "airbnb", is_published=True, owner=owner).unchanged == 2
    assert load(rows_to(path, [LISTING | {"price": "$99.00"}]), "airbnb").updated == 1
    assert set(NightPrice.objects.filter(product=product).values_list("amount_minor", flat=True)) == {9900}


def test_a_price_finer_than_the_currency_is_rejected(lyon: Destination, tmp_path: Path) -> None:
    path = rows_to(tmp_path / "own.csv", [OWN | {"currency": "JPY"}])
    report = load(path, "csv")
    assert report.reasons == {"bad_price": 1}
    assert not Property.objects.exists()


def test_a_file_of_another_format_is_refused_and_changes_nothing(lyon: Destination, tmp_path: Path) -> None:
    path = rows_to(tmp_path / "own.csv", [OWN])
    with pytest.raises(TableError, match="lacks the columns source_line"):
        load(path, "france")
    assert not Property.objects.exists()


@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "format_name", "read", "rejected"),
    [
        ("hotels-france/derived_with_commune_centroid.csv.gz", "france", 21_867, {"no_place": 9}),
        ("albany/listings.csv.gz", "airbnb", 421, {}),
    ],
)
def test_real_files_are_imported_once(
    name: str, format_name: str, read: int, rejected: dict[str, int]
) -> None:
    path = real_file(name)
    first = load(path, format_name)
    assert (first.read, dict(first.reasons)) == (read, rejected)
    assert first.created == read - sum(rejected.values())
    second = load(path, format_name)
    assert (second.created, second.updated, second.unchanged) == (0, 0, first.created)
    assert json.loads(json.dumps(second.as_json()))["read"] == read
    placed = Property.objects.filter(source=format_name, destination__isnull=False).count()
    assert placed > 0.85 * first.created
