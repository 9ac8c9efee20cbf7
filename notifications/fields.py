"""A column that is encrypted at rest with the portal's field keys; the database and its dumps hold only cipher text."""

from typing import Any

from django.conf import settings
from django.db import models

from imes.kernel.vault import decrypt, encrypt


class EncryptedTextField(models.TextField[str, str]):
    """Text that is readable only with FIELD_KEYS. It cannot be searched, and no form shows it again."""

    def get_prep_value(self, value: Any) -> Any:
        return value if value in (None, "") else encrypt(str(value), keys=settings.FIELD_KEYS)

    def from_db_value(self, value: str | None, expression: object, connection: object) -> str | None:
        return value if value in (None, "") else decrypt(str(value), keys=settings.FIELD_KEYS)
