"""Routes of the dev pages."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
