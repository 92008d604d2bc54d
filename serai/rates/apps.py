from django.apps import AppConfig


class RatesConfig(AppConfig):
    name = "serai.rates"
    label = "rates"
