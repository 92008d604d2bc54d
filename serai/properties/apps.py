from django.apps import AppConfig
from django.db.models.signals import post_migrate


class PropertiesConfig(AppConfig):
    name = "serai.properties"
    label = "properties"

    def ready(self) -> None:
        from serai.properties.catalogue import load_after_migrate

        post_migrate.connect(load_after_migrate, sender=self)
