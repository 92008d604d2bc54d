from django.apps import AppConfig


class InventoryConfig(AppConfig):
    name = "serai.inventory"
    label = "inventory"
