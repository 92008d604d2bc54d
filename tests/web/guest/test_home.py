"""The front page."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests.factories import DestinationFactory, PropertyFactory

pytestmark = pytest.mark.django_db


def test_an_empty_house_says_so(client: Client) -> None:
    response = client.get(reverse("home"))
    assert response.status_code == 200
    assert b"The first hotels are on their way" in response.content


def test_cities_with_most_places_come_first(client: Client, django_assert_num_queries: Any) -> None:
    few, many = DestinationFactory.create(name="Few"), DestinationFactory.create(name="Many")
    PropertyFactory.create(destination=few)
    for _number in range(3):
        PropertyFactory.create(destination=many)
    PropertyFactory.create_batch(5, destination=few, status="draft")
    # Cities; no photo is ready, so none is read.
    with django_assert_num_queries(1):
        response = client.get(reverse("home"))
    assert [(city.name, city.properties) for city in response.context["destinations"]] == [
        ("Many", 3),
        ("Few", 1),
    ]
    assert f"{reverse('search')}?destination={many.pk}" in response.content.decode()
