from django.apps import AppConfig


class PropertiesConfig(AppConfig):
    name = "serai.properties"
    label = "properties"
