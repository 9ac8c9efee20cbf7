"""Which database alias a query goes to: always the application login; the owner login is for migrations alone."""

from typing import Any


class OwnerMigratesRouter:
    """Both aliases name one database: reads and writes go through row-level security, schema changes do not."""

    def db_for_read(self, _model: type, **_hints: Any) -> str:
        return "default"

    def db_for_write(self, _model: type, **_hints: Any) -> str:
        return "default"

    def allow_relation(self, _first: Any, _second: Any, **_hints: Any) -> bool:
        return True
