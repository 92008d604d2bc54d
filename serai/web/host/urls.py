"""Routes of the host pages."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
