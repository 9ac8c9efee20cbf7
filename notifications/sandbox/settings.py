"""What the environment asks of the sandbox, read once and checked; a wrong value is named in one line."""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from . import defaults

TRUE_WORDS = frozenset({"1", "true", "on", "ok", "y", "yes"})
TOLL_FREE_CODES = ("800", "833", "844", "855", "866", "877", "888")


class SettingsAreWrong(ValueError):
    """The environment asks for something that the sandbox cannot be."""


@dataclass(frozen=True, slots=True)
class NumberConfig:
    phone_number: str
    sms_url: str
    messaging_service_sid: str = ""
    toll_free: bool = False
    voice: bool = True


@dataclass(frozen=True, slots=True)
class Settings:
    """All durations are in seconds."""

    host: str
    port: int
    account_sid: str
    auth_token: str
    azure_key: str
    azure_numbers: tuple[str, ...]
    azure_events_url: str
    numbers: tuple[NumberConfig, ...]
    mail_dir: Path | None
    receipt_delay: float
    slow_delay: float
    latency: float
    call_second: float


def is_debug(environ: Mapping[str, str]) -> bool:
    return environ.get("DEBUG", "").strip().lower() in TRUE_WORDS


def is_toll_free(number: str) -> bool:
    return number.startswith("+1") and number[2:5] in TOLL_FREE_CODES


def read_settings(environ: Mapping[str, str]) -> Settings:
    """The settings that the environment describes.

    :raises SettingsAreWrong: when a value cannot be used; the text names the variable.
    """
    mail_dir = environ.get("SANDBOX_MAIL_DIR", "").strip()
    return Settings(
        host=environ.get("SANDBOX_HOST", "").strip() or defaults.HOST,
        port=_whole(environ, name="SANDBOX_PORT", default=defaults.PORT, most=65535),
        account_sid=environ.get("SANDBOX_TWILIO_ACCOUNT_SID", "").strip() or defaults.TWILIO_ACCOUNT_SID,
        auth_token=environ.get("SANDBOX_TWILIO_AUTH_TOKEN", "").strip() or defaults.TWILIO_AUTH_TOKEN,
        azure_key=_key(environ),
        azure_numbers=tuple(environ.get("SANDBOX_AZURE_NUMBERS", "").split()) or defaults.AZURE_NUMBERS,
        azure_events_url=environ.get("SANDBOX_AZURE_EVENTS_URL", "").strip() or _events_url(environ),
        numbers=_numbers(environ),
        mail_dir=Path(mail_dir) if mail_dir else None,
        receipt_delay=_whole(environ, name="SANDBOX_RECEIPT_DELAY_MS", default=defaults.RECEIPT_DELAY_MS) / 1000,
        slow_delay=_whole(environ, name="SANDBOX_SLOW_DELAY_MS", default=defaults.SLOW_DELAY_MS) / 1000,
        latency=_whole(environ, name="SANDBOX_LATENCY_MS", default=0) / 1000,
        call_second=_whole(environ, name="SANDBOX_CALL_SECOND_MS", default=defaults.CALL_SECOND_MS) / 1000,
    )


def _key(environ: Mapping[str, str]) -> str:
    key = environ.get("SANDBOX_AZURE_ACCESS_KEY", "").strip() or defaults.AZURE_ACCESS_KEY
    try:
        base64.b64decode(key, validate=True)
    except ValueError as error:
        raise SettingsAreWrong("SANDBOX_AZURE_ACCESS_KEY must be base64, as Azure's access keys are") from error
    return key


def _events_url(environ: Mapping[str, str]) -> str:
    base = environ.get("SANDBOX_WEBHOOK_BASE", "").strip() or defaults.WEBHOOK_BASE
    return f"{base.rstrip('/')}{defaults.AZURE_EVENTS_PATH}?key={defaults.AZURE_EVENTS_KEY}"


def _whole(environ: Mapping[str, str], *, name: str, default: int, most: int = 3_600_000) -> int:
    raw = environ.get(name, "").strip()
    if not raw:
        return default
    if not raw.isascii() or not raw.isdigit() or int(raw) > most:
        raise SettingsAreWrong(f"{name} must be a whole number from 0 to {most}, not {raw!r}")
    return int(raw)


def _numbers(environ: Mapping[str, str]) -> tuple[NumberConfig, ...]:
    base = environ.get("SANDBOX_WEBHOOK_BASE", "").strip() or defaults.WEBHOOK_BASE
    inbound = base.rstrip("/") + defaults.INBOUND_PATH
    raw = environ.get("SANDBOX_NUMBERS", "").strip()
    if not raw:
        return tuple(NumberConfig(number, inbound, toll_free=is_toll_free(number)) for number in defaults.NUMBERS)
    try:
        rows = json.loads(raw)
    except ValueError as error:
        raise SettingsAreWrong(f"SANDBOX_NUMBERS is not JSON: {error}") from error
    if not isinstance(rows, list) or not rows:
        raise SettingsAreWrong("SANDBOX_NUMBERS must be a JSON list with at least one number")
    return tuple(_number(row, inbound=inbound) for row in rows)


def _number(row: Any, *, inbound: str) -> NumberConfig:
    if not isinstance(row, dict) or not str(row.get("phone_number", "")).startswith("+"):
        raise SettingsAreWrong("each entry of SANDBOX_NUMBERS needs a phone_number that begins with +")
    number = str(row["phone_number"])
    return NumberConfig(
        phone_number=number,
        sms_url=str(row.get("sms_url", inbound) or ""),
        messaging_service_sid=str(row.get("messaging_service_sid") or ""),
        toll_free=bool(row.get("toll_free", is_toll_free(number))),
        voice=bool(row.get("voice", True)),
    )
