"""Which databases Django connects to: the ones the environment names, or the embedded server when it names none.

`default` is the application's login, under row-level security; `owner` is the migrations'.
"""

from pathlib import Path
from typing import Any

import environ
from django.core.exceptions import ImproperlyConfigured

from imes.database.roles import Roles

ENGINE = "imes.database.backend"
EMBEDDED_ENGINE = "imes.embedded.backend"
SCHEMES = ("postgres", "postgresql", "psql", "pgsql")
OWNER = "owner"
# Above the web's threads, so that none waits; below what a PostgreSQL allows by default.
POOL = {"min_size": 1, "max_size": 26, "timeout": 10}


def var_dir(env: environ.Env, *, base_dir: Path) -> Path:
    """Return the folder for everything that is made at run time: `IMES_VAR_DIR`, by default `var/` in the checkout."""
    return Path(env.str("IMES_VAR_DIR", default="") or base_dir / "var").absolute()


def databases(env: environ.Env, *, base_dir: Path) -> dict[str, dict[str, Any]]:
    """Return Django's DATABASES.

    `owner` is missing when `DATABASE_URL` is set and `DATABASE_OWNER_URL` is not: the portal then runs, and only
    what changes the schema says that it needs it.

    :raises ImproperlyConfigured: when a URL is not one of PostgreSQL's.
    """
    named = {alias: _named(env, variable) for alias, variable in VARIABLES.items() if env.str(variable, default="")}
    if "default" in named:
        found = named
    elif named:
        raise ImproperlyConfigured("DATABASE_OWNER_URL is set and DATABASE_URL is not: set both, or neither.")
    else:
        roles = Roles(env.str("IMES_DB_ROLE_PREFIX", default="imes"))
        home = var_dir(env, base_dir=base_dir) / "postgres"
        found = {"default": _embedded(home, roles, "app"), OWNER: _embedded(home, roles, "owner")}
    found["default"] |= {"ATOMIC_REQUESTS": True, "CONN_HEALTH_CHECKS": True}
    if env.bool("IMES_DB_POOL", default=False):
        found["default"]["OPTIONS"]["pool"] = dict(POOL)
    else:
        found["default"]["CONN_MAX_AGE"] = 60
    return found


VARIABLES = {"default": "DATABASE_URL", OWNER: "DATABASE_OWNER_URL"}


def _named(env: environ.Env, variable: str) -> dict[str, Any]:
    # Never the URL itself in a message: it holds a password.
    url = env.str(variable)
    if url.partition(":")[0] not in SCHEMES:
        raise ImproperlyConfigured(
            f"{variable} must begin with postgresql:// - the portal needs row locks and row-level security, "
            "which other databases do not have."
        )
    named: dict[str, Any] = env.db_url_config(url)
    return {**named, "ENGINE": ENGINE, "OPTIONS": dict(named.get("OPTIONS", {}))}


def _embedded(home: Path, roles: Roles, login: str) -> dict[str, Any]:
    """Say where the embedded server will be; nothing is started or written before the first connection."""
    return {
        "ENGINE": EMBEDDED_ENGINE,
        "NAME": roles.prefix,
        "USER": getattr(roles, login),
        "EMBEDDED": {"home": str(home), "prefix": roles.prefix, "login": login},
        # A server that does not know the password is not ours, whoever put it there.
        "OPTIONS": {"require_auth": "scram-sha-256"},
    }
