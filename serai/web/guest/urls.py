"""Routes of the guest pages."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
