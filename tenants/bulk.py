"""Writes many rows in one statement: each column is one array, which the server binds in binary form.

Django binds values in the client and writes arrays as text, each element escaped by itself: for a hundred attempts with
their facts that took fifteen times as long as this does, and was the largest part of dispatch.
"""

import json
import time
from collections.abc import Sequence
from datetime import datetime
from enum import Enum
from functools import cache, partial
from typing import Any, TypeVar

import psycopg
from django.db import connection, models
from django.db.models.fields.json import JSONField

M = TypeVar("M", bound=models.Model)
#: Values that a field of ours writes as they are; others, as words of an enumeration, are prepared by their field.
_AS_THEY_ARE = {str, int, bool, bytes, datetime, type(None)}


def execute_bound(statement: str, values: Sequence[object]) -> list[tuple[Any, ...]]:
    """Execute a statement with these values, bound by the server in binary form, and return its rows.

    Its placeholders are `%s`; each needs a cast where PostgreSQL cannot tell the type. Counted as Django's statements
    are, and fails as they do. JSON is given as text.
    """
    connection.ensure_connection()
    connection.validate_no_broken_transaction()
    began = time.monotonic()
    with connection.wrap_database_errors, psycopg.Cursor(connection.connection) as cursor:
        cursor.execute(statement.replace("%s", "%b"), [_without_enums(value) for value in values])
        rows = cursor.fetchall() if cursor.description else []
    if connection.queries_logged:
        connection.queries_log.append({"sql": statement, "time": f"{time.monotonic() - began:.3f}"})
    return rows


def _without_enums(value: object) -> object:
    """The words of enumerations as plain words: an array is bound by the type of its first element."""
    if isinstance(value, list):
        return [each.value if isinstance(each, Enum) else each for each in value]
    return value


def insert_many(rows: Sequence[M]) -> Sequence[M]:
    """Insert these rows, of one model, and give each its key; one statement, whose text does not grow with them.

    As `bulk_create`, without signals and without what it does for rows that are there already. Where one of them
    cannot be inserted, none is. For models without array fields.
    """
    if not rows:
        return rows
    statement, fields = _statement(type(rows[0]))
    found = execute_bound(statement, [_column(field, rows) for field in fields])
    # Keys are given in the order in which the rows are read.
    for row, (key,) in zip(rows, sorted(found), strict=True):
        row.pk = key
        row._state.adding, row._state.db = False, connection.alias
    return rows


@cache
def _statement(model: type[models.Model]) -> tuple[str, tuple[models.Field[Any, Any], ...]]:
    """The statement for a model, and the fields whose values it takes, each as one array."""
    meta = model._meta
    fields = tuple(field for field in meta.concrete_fields if not field.primary_key)
    names = ", ".join(f'"{field.column}"' for field in fields)
    taken = ", ".join(f'"{field.column}"' + ("::jsonb" if isinstance(field, JSONField) else "") for field in fields)
    arrays = ", ".join(f"%s::{_base_type(field)}[]" for field in fields)
    statement = (
        f'INSERT INTO "{meta.db_table}" ({names})'  # noqa: S608 - the model's own names
        f" SELECT {taken} FROM unnest({arrays}) WITH ORDINALITY AS given ({names}, place) ORDER BY place"
        f' RETURNING "{meta.pk.column}"'
    )
    return statement, fields


def _base_type(field: models.Field[Any, Any]) -> str:
    if isinstance(field, JSONField):
        return "text"
    # Lengths are the table's to check.
    return (field.db_type(connection) or "").partition("(")[0]


def _column(field: models.Field[Any, Any], rows: Sequence[models.Model]) -> list[Any]:
    if isinstance(field, JSONField):
        encode = partial(json.dumps, cls=field.encoder)
        return [None if (value := getattr(row, field.attname)) is None else encode(value) for row in rows]
    values = [field.pre_save(row, add=True) for row in rows]
    is_plain = type(field).get_prep_value.__module__.startswith("django.")
    if is_plain and {type(value) for value in values} <= _AS_THEY_ARE:
        return values
    return [field.get_db_prep_save(value, connection) for value in values]
