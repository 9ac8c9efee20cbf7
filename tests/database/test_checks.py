"""A login that row-level security does not bind, or a server too old for it, is refused before anything is served."""

from dataclasses import replace

import pytest

from imes.database.checks import LoginFacts, objections
from tests.database.conftest import PASSWORDS, Place, manage
from tests.plugins import databases

SAFE = LoginFacts(
    login="imes_app",
    server_version=150000,
    superuser=False,
    bypasses_policies=False,
    platform="imes_platform",
    inherits_platform=False,
    can_take_platform=True,
)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"superuser": True, "inherits_platform": True}, "imes.E001"),
        ({"bypasses_policies": True}, "imes.E002"),
        ({"inherits_platform": True}, "imes.E003"),
        ({"server_version": 140019}, "imes.E004"),
        ({"can_take_platform": False}, "imes.E005"),
    ],
)
def test_each_danger_is_one_objection_with_its_remedy(change: dict[str, object], code: str) -> None:
    assert objections(SAFE, alias="default") == []
    (found,) = objections(replace(SAFE, **change), alias="default")  # type: ignore[arg-type]
    assert found.id == code
    assert found.hint


def ask(place: Place, *command: str) -> tuple[int, str]:
    """Run `command` with the application's login of `place`."""
    run = databases.joined()
    url = run.url(login="app", database=place.roles.prefix)
    ours = url.replace(run.roles.app, place.roles.app).replace(run.app_password, str(PASSWORDS.app))
    answer = manage(*command, DATABASE_URL=ours, DATABASE_OWNER_URL=None, IMES_DB_ROLE_PREFIX=place.roles.prefix)
    return answer.returncode, answer.stdout + answer.stderr


CHECK = ("check", "--database", "default")
START = "from imes.database.checks import refuse_unsafe_login; refuse_unsafe_login(); print('ran')"
REFUSE = ("shell", "--verbosity=0", "-c", START)


def inherit(place: Place, *, on: bool) -> str:
    app, platform = place.roles.app, place.roles.platform
    if place.admin.info.server_version >= 160000:
        return f"GRANT {platform} TO {app} WITH INHERIT {'TRUE' if on else 'FALSE'}"
    return f"ALTER ROLE {app} {'INHERIT' if on else 'NOINHERIT'}"


def test_a_real_unsafe_login_is_refused_by_the_check_and_at_start(place: Place) -> None:
    app = place.roles.app
    dangers = {
        "imes.E001": (f"ALTER ROLE {app} SUPERUSER", f"ALTER ROLE {app} NOSUPERUSER"),
        "imes.E002": (f"ALTER ROLE {app} BYPASSRLS", f"ALTER ROLE {app} NOBYPASSRLS"),
        "imes.E003": (inherit(place, on=True), inherit(place, on=False)),
    }
    for code, (danger, remedy) in dangers.items():
        place.admin.execute(danger)
        status, said = ask(place, *CHECK)
        assert status == 1
        assert [other for other in dangers if other in said] == [code]
        status, said = ask(place, *REFUSE)
        assert (status, said.count("\n")) == (3, 1)
        assert said.startswith(code)
        place.admin.execute(remedy)
    # The same login without any of them.
    assert ask(place, *CHECK)[0] == 0
    assert ask(place, *REFUSE) == (0, "ran\n")


def test_a_missing_platform_role_is_refused(place: Place) -> None:
    place.admin.execute(f"REVOKE {place.roles.platform} FROM {place.roles.app}")
    status, said = ask(place, *CHECK)
    assert status == 1
    assert "imes.E005" in said
