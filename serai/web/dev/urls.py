"""Routes of the dev pages."""

from django.urls import path

from serai.web.dev import bank
from serai.web.dev.styleguide import styleguide

urlpatterns = [
    path("styleguide/", styleguide, name="dev_styleguide"),
    path("bank/<slug:charge>/", bank.pay, name="dev_bank"),
    path("bank/<slug:charge>/approve/", bank.challenge, name="dev_bank_challenge"),
    path("bank/<slug:charge>/cancel/", bank.cancel, name="dev_bank_cancel"),
]
