from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "serai.accounts"
    label = "accounts"

    def ready(self) -> None:
        """Register what follows from facts about people."""
        from serai.accounts import receivers  # noqa: F401
