"""The doctor's deep look."""

from __future__ import annotations

import pytest
from django.db import transaction

from serai.bookings.health import nights_add_up
from serai.core.doctor import examine
from serai.core.health import Status
from serai.inventory.models import Night
from tests.bookings.desk import CHECK_IN, book_stay
from tests.factories import make_hotel

pytestmark = pytest.mark.django_db(transaction=True)


def test_books_that_agree_are_fine() -> None:
    book_stay(make_hotel().flexible)
    assert nights_add_up().status == Status.OK


def test_a_counter_that_was_touched_is_found_and_nothing_is_changed() -> None:
    hotel = make_hotel()
    book_stay(hotel.flexible)
    Night.objects.filter(room_type=hotel.room_type, date=CHECK_IN).update(sold=2)
    finding = nights_add_up()
    assert finding.status == Status.FAIL
    assert finding.detail == f"1 miscounted (room type {hotel.room_type.pk} on 2026-12-10)"
    assert Night.objects.get(room_type=hotel.room_type, date=CHECK_IN).sold == 2
    with transaction.atomic():  # the read-only transaction is over
        book_stay(hotel.flexible)


def test_an_oversold_night_is_found() -> None:
    hotel = make_hotel(units=1)
    booking = book_stay(hotel.flexible)
    room = booking.rooms.get()
    room.pk = None
    room.save()
    finding = nights_add_up()
    assert (finding.status, finding.detail.partition(" (")[0]) == (Status.FAIL, "2 oversold")


def test_only_when_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    from serai.core import doctor, health

    deep = {"nights": health.Registered(nights_add_up, needs_database=True, is_deep=True)}
    monkeypatch.setattr(doctor, "registered_checks", lambda: deep)
    assert examine() == []
    assert [finding.name for finding in examine(is_deep=True)] == ["nights"]
