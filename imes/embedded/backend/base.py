"""The backend Django loads for ENGINE "imes.embedded.backend"; it asks for the server only when it connects."""

import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.db.backends.postgresql.client import DatabaseClient as PostgresClient

from imes.database.backend import base
from imes.database.roles import Roles
from imes.embedded.errors import EmbeddedPostgresError
from imes.embedded.holding import hold

#: A pool takes connections out many times a second: the server is looked for again after so many seconds.
_LOOK_AGAIN = 1.0


class DatabaseClient(PostgresClient):
    """`manage.py dbshell`, on a server that runs."""

    def runshell(self, parameters: Iterable[str]) -> None:
        self.connection.find_server()  # type: ignore[attr-defined]
        super().runshell(parameters)


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection to the embedded server, which is started when it is needed and not before.

    `settings_dict["EMBEDDED"]` names the `home` folder, the role `prefix` and the `login` ("app" or "owner").
    """

    client_class = DatabaseClient

    def find_server(self) -> None:
        """Have the server run, and note in the settings where it is and which password is ours.

        :raises ImproperlyConfigured: when it cannot run here; the message is one line that says what to do.
        """
        wanted = self.settings_dict["EMBEDDED"]
        try:
            address = hold(Path(wanted["home"]), roles=Roles(wanted["prefix"]))
        except EmbeddedPostgresError as error:
            raise ImproperlyConfigured(str(error)) from None
        password = getattr(address.passwords, wanted["login"])
        self.settings_dict.update(HOST=address.host, PORT=str(address.port), PASSWORD=password)

    def get_connection_params(self) -> dict[str, Any]:
        # Every thread has a wrapper of its own; what they share is the settings of the database.
        found_at = self.settings_dict["EMBEDDED"].get("found_at")
        if found_at is None or time.monotonic() - found_at > _LOOK_AGAIN:
            self.find_server()
            self.settings_dict["EMBEDDED"]["found_at"] = time.monotonic()
        return super().get_connection_params()

    def close_pool(self) -> None:
        # Django's asks for the pool, which would make one, and start the server, only to close it.
        if self.alias in self._connection_pools:  # type: ignore[attr-defined]
            super().close_pool()
