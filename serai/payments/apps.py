from django.apps import AppConfig


class PaymentsConfig(AppConfig):
    name = "serai.payments"
    label = "payments"
