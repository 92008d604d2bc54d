from django.apps import AppConfig


class PropertiesConfig(AppConfig):
    name = "serai.properties"
    label = "properties"

    def ready(self) -> None:
        from serai.properties import completeness, permissions, receivers  # noqa: F401
