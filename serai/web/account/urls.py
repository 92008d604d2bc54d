"""Routes of the account pages."""

from django.urls import path

from serai.web.account import profile

urlpatterns = [path("", profile.profile, name="account_profile")]
