"""Registers the project itself as an app: its commands and its system checks."""

from django.apps import AppConfig


class ImesConfig(AppConfig):
    name = "imes"

    def ready(self) -> None:
        from django.core.checks import Tags, register

        # Whoever writes work wakes the workers through this app; without it Celery would call some other broker.
        import imes.celery  # noqa: F401
        from imes.database.checks import check_logins

        register(check_logins, Tags.database)
