"""Rooms with numbers: added one by one or in runs, changed, removed while nobody had them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from zeal import zeal_ignore

from serai.properties.models import Room, RoomType
from serai.properties.rules import MOST_NEW_ROOMS, read_room_numbers
from serai.properties.services import (
    RoomNumbersInvalid,
    add_rooms,
    change_room,
    remove_room,
    remove_room_type,
)
from tests.factories import PropertyFactory, RoomTypeFactory


@pytest.fixture(autouse=True)
def _several_calls_are_meant() -> Iterator[None]:
    with zeal_ignore():
        yield


@pytest.fixture
def room_type(db: Any) -> RoomType:
    return RoomTypeFactory.create()


def numbers_of(room_type: RoomType) -> list[str]:
    return list(Room.objects.filter(room_type=room_type).values_list("number", flat=True))


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("7", ["7"]),
        ("101–104", ["101", "102", "103", "104"]),
        ("101-102, 205", ["101", "102", "205"]),
        ("A1–A3", ["A1", "A2", "A3"]),
        ("A1 - 3", ["A1", "A2", "A3"]),
        ("008–011", ["008", "009", "010", "011"]),
        ("Lotus\nGarden-View", ["Lotus", "Garden-View"]),
        ("12-B", ["12-B"]),
        ("1, 1, 1–2", ["1", "2"]),
        (" , ;", []),
    ],
)
def test_numbers_as_hosts_type_them(text: str, numbers: list[str]) -> None:
    assert read_room_numbers(text) == numbers


@pytest.mark.parametrize("text", ["112–101", "5–5", "A1–B3", f"1–{MOST_NEW_ROOMS + 1}", "x" * 21])
def test_numbers_that_cannot_be_read_are_named(text: str) -> None:
    with pytest.raises(ValueError, match=text):
        read_room_numbers(text)


def test_a_run_is_added_with_floor_and_access(room_type: RoomType) -> None:
    add_rooms(
        property_id=room_type.property_id,
        room_type_id=room_type.pk,
        numbers="101–103",
        floor="1",
        is_accessible=True,
    )
    assert numbers_of(room_type) == ["101", "102", "103"]
    assert set(Room.objects.values_list("floor", "is_accessible", "is_active")) == {("1", True, True)}


@pytest.mark.parametrize(
    ("numbers", "sentence"), [("102–104", "a room 102, 103 already"), ("9–1", "“9–1”"), ("", "at least one")]
)
def test_all_are_added_or_none(room_type: RoomType, numbers: str, sentence: str) -> None:
    add_rooms(property_id=room_type.property_id, room_type_id=room_type.pk, numbers="101–103")
    with pytest.raises(RoomNumbersInvalid, match=sentence):
        add_rooms(property_id=room_type.property_id, room_type_id=room_type.pk, numbers=numbers)
    assert numbers_of(room_type) == ["101", "102", "103"]


def test_two_properties_may_have_the_same_number(room_type: RoomType) -> None:
    other = RoomTypeFactory.create()
    for one in (room_type, other):
        add_rooms(property_id=one.property_id, room_type_id=one.pk, numbers="1")
    assert Room.objects.filter(number="1").count() == 2


def test_another_propertys_type_and_rooms_are_out_of_reach(room_type: RoomType) -> None:
    mine = PropertyFactory.create()
    with pytest.raises(RoomType.DoesNotExist):
        add_rooms(property_id=mine.pk, room_type_id=room_type.pk, numbers="1")
    (room,) = add_rooms(property_id=room_type.property_id, room_type_id=room_type.pk, numbers="1")
    with pytest.raises(Room.DoesNotExist):
        remove_room(property_id=mine.pk, room_id=room.pk)
    with pytest.raises(RoomType.DoesNotExist):
        change_room(
            property_id=room_type.property_id,
            room_id=room.pk,
            room_type_id=RoomTypeFactory.create().pk,
            number="1",
            floor="",
            is_accessible=False,
            notes="",
        )
    assert numbers_of(room_type) == ["1"]


def test_a_room_changes_unless_its_number_is_taken(room_type: RoomType) -> None:
    first, second = add_rooms(
        property_id=room_type.property_id, room_type_id=room_type.pk, numbers="101, 102"
    )
    fields: dict[str, Any] = {
        "property_id": room_type.property_id,
        "room_type_id": room_type.pk,
        "floor": "2",
        "is_accessible": True,
        "notes": "Balcony",
    }
    change_room(room_id=first.pk, number=" 201 ", **fields)
    with pytest.raises(RoomNumbersInvalid, match="a room 201 already"):
        change_room(room_id=second.pk, number="201", **fields)
    with pytest.raises(RoomNumbersInvalid, match="at most 20"):
        change_room(room_id=second.pk, number=" ", **fields)
    assert list(Room.objects.order_by("pk").values_list("number", "floor", "is_accessible", "notes")) == [
        ("201", "2", True, "Balcony"),
        ("102", "", False, ""),
    ]


def test_a_room_nobody_had_is_removed(room_type: RoomType) -> None:
    (room,) = add_rooms(property_id=room_type.property_id, room_type_id=room_type.pk, numbers="1")
    remove_room(property_id=room_type.property_id, room_id=room.pk)
    assert not Room.objects.exists()


def test_the_rooms_of_a_draft_go_with_their_type(room_type: RoomType, now: Any) -> None:
    add_rooms(property_id=room_type.property_id, room_type_id=room_type.pk, numbers="1–3")
    assert remove_room_type(property_id=room_type.property_id, room_type_id=room_type.pk, now=now)
    assert not Room.objects.exists()
