"""Which names of time zones are accepted: those of the IANA database on this machine."""

from zoneinfo import ZoneInfo, available_timezones

from django.core.exceptions import ValidationError


def validate_zone(name: str) -> None:
    """:raises ValidationError: when `name` is no IANA zone; the message suggests how one looks."""
    try:
        ZoneInfo(name)
    except (ValueError, OSError, KeyError) as error:
        raise ValidationError(
            "“%(name)s” is not a time zone. Use an IANA name such as Europe/London or America/New_York.",
            params={"name": name},
        ) from error


def zone_choices() -> list[tuple[str, str]]:
    """Return every zone as choices for a form, alphabetically, without the legacy aliases."""
    kept = ("Africa/", "America/", "Antarctica/", "Asia/", "Atlantic/", "Australia/", "Europe/", "Indian/", "Pacific/")
    names = sorted(name for name in available_timezones() if name.startswith(kept))
    return [("UTC", "UTC"), *((name, name) for name in names)]
