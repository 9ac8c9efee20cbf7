"""Django's `migrate`, run as the owner of the tables: the application's own login may not change the schema."""

import gc
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.core.management.commands import migrate
from django.db import connections

from imes.database.config import OWNER


class Command(migrate.Command):
    """`manage.py migrate`, whose default database is `owner`."""

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.set_defaults(database=OWNER)

    def handle(self, *arguments: Any, **options: Any) -> None:
        # Django renders the models anew after nearly every step; each look for garbage in between would go through
        # everything that was imported, too.
        gc.freeze()
        super().handle(*arguments, **options)

    def get_check_kwargs(self, options: dict[str, Any]) -> Any:
        if options["database"] not in connections:
            raise CommandError(
                "DATABASE_OWNER_URL must be set to the login that owns the tables (see bootstrap_database --help)."
            )
        return super().get_check_kwargs(options)
