"""Column types that every app shares: ids that people read, and text compared byte by byte.

Under row-level security an index serves a prefix search only as a range, and only under the "C" collation.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.db import models

from imes.kernel.ids import public_id


class PublicIdField(models.CharField[str, str]):
    """A short id that people quote and search for, such as `ntf_7k2m...`; random, unique, never reused."""

    def __init__(self, *, prefix: str, unique: bool = True, **options: Any) -> None:
        self.prefix = prefix
        make: Callable[[], str] = partial(public_id, prefix)
        fixed: dict[str, Any] = {
            "max_length": 24,
            # Only a row's history, which pghistory makes, holds the same id many times.
            "unique": unique,
            "editable": False,
            "default": make,
            "db_collation": "C",
        }
        super().__init__(**{"verbose_name": "ID", **options, **fixed})

    def deconstruct(self) -> Any:
        name, path, args, options = super().deconstruct()
        for fixed in ("max_length", "unique", "editable", "default", "db_collation"):
            options.pop(fixed, None)
        shared = {} if self.unique else {"unique": False}
        return name, path, args, {**options, **shared, "prefix": self.prefix}


class NumberField(models.CharField[str, str]):
    """A phone number as E.164 text, under the "C" collation; what is wrong with one is for the forms to say."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **{**options, "max_length": 16, "db_collation": "C"})

    def deconstruct(self) -> Any:
        name, path, args, options = super().deconstruct()
        options.pop("max_length", None)
        options.pop("db_collation", None)
        return name, path, args, options
