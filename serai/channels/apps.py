from django.apps import AppConfig


class ChannelsConfig(AppConfig):
    name = "serai.channels"
    label = "channels"
