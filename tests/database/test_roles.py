"""What the three roles may do and what they may not, on a real server; the database binds them, not our code."""

import psycopg
import pytest
from psycopg.errors import InsufficientPrivilege

from imes.database.roles import Roles
from tests.database.conftest import PASSWORDS, Place


def test_the_owner_makes_tables_and_the_application_may_not(place: Place) -> None:
    with place.log_in(place.roles.owner, PASSWORDS.owner) as owner, place.log_in(place.roles.app, PASSWORDS.app) as app:
        owner.execute("CREATE TABLE paged (id int)")
        for statement in ("CREATE TABLE mine (id int)", "CREATE TEMP TABLE mine (id int)", "SELECT * FROM paged"):
            with pytest.raises(InsufficientPrivilege):
                app.execute(statement)
        owner.execute(f"GRANT SELECT ON paged TO {place.roles.app}")
        assert app.execute("SELECT * FROM paged").fetchall() == []


def test_the_platform_role_is_taken_and_never_inherited(place: Place) -> None:
    with place.log_in(place.roles.owner, PASSWORDS.owner) as owner, place.log_in(place.roles.app, PASSWORDS.app) as app:
        owner.execute("CREATE TABLE everything (id int)")
        owner.execute(f"GRANT SELECT ON everything TO {place.roles.platform}")
        with pytest.raises(InsufficientPrivilege):
            app.execute("SELECT * FROM everything")
        with app.transaction():
            app.execute(f"SET LOCAL ROLE {place.roles.platform}")
            assert app.execute("SELECT * FROM everything").fetchall() == []
        with pytest.raises(InsufficientPrivilege):
            owner.execute(f"SET ROLE {place.roles.platform}")


def test_a_second_bootstrap_changes_nothing_and_a_third_mends_what_somebody_changed(place: Place) -> None:
    def facts() -> list[tuple[object, ...]]:
        return place.admin.execute(
            "SELECT rolname, rolsuper, rolinherit, rolcreatedb, rolcanlogin, rolbypassrls FROM pg_roles "
            "WHERE rolname LIKE %s ORDER BY 1",
            [f"{place.roles.prefix}%"],
        ).fetchall()

    made = facts()
    place.bootstrap()
    assert facts() == made
    place.admin.execute(f"ALTER ROLE {place.roles.app} SUPERUSER BYPASSRLS INHERIT")
    assert facts() != made
    place.bootstrap()
    assert facts() == made


def test_other_logins_of_the_server_may_not_connect(place: Place) -> None:
    other = f"{place.roles.prefix}_other"
    place.admin.execute(f"CREATE ROLE {other} LOGIN PASSWORD 'others-word'")
    try:
        with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
            place.log_in(other, "others-word")
        place.log_in(place.roles.app, PASSWORDS.app).close()
    finally:
        place.admin.execute(f"DROP ROLE {other}")


@pytest.mark.parametrize("prefix", ["", "Imes", "1imes", "im-es", "imes; DROP ROLE x", "i" * 41])
def test_a_prefix_that_would_need_quotes_is_refused(prefix: str) -> None:
    assert Roles("imes_2").app == "imes_2_app"
    with pytest.raises(ValueError, match="IMES_DB_ROLE_PREFIX"):
        Roles(prefix)
