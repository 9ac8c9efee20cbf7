"""Registers the members app: who may be reached."""

from django.apps import AppConfig


class MembersConfig(AppConfig):
    name = "members"
    verbose_name = "Team members"

    def ready(self) -> None:
        from members import checks  # noqa: F401  registers them
        from members.models import ConsentDetail, ConsentEvent
        from tenants.chains import Chain, register

        register(Chain("consent", lines=ConsentEvent, side=ConsentDetail, side_key="event_id"))
