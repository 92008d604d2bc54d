"""Routes of the guest pages."""

from django.urls import path

from serai.web.guest import webhooks

urlpatterns = [
    path("webhooks/<slug:gateway>/", webhooks.payment_webhook, name="payment_webhook"),
]
