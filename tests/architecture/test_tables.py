"""Every table is under row-level security or stands, with a reason, on the list of those that are global by intent."""

from collections.abc import Iterator

import pghistory.models
import pytest
from django.apps import apps
from django.conf import settings
from django.db import models

from tenants.rls import GLOBAL_TABLES
from tests.architecture import catalogue
from tests.architecture.catalogue import Connection

ROLES = settings.DB_ROLES

#: Policies that show the application every row, each with the reason. A row that it may see it still may not write.
SHOWN_TO_ALL = {
    "billing_plan.app_reads": "the platform's offers; every tenant may know what there is to subscribe to",
}

#: Foreign keys between rows of tenants that the database does not compare, each with the reason.
TENANT_NOT_COMPARED = {
    ("notifications_attempt", "sender_id"): "a shared sender has no tenant",
    ("notifications_notification", "reply_from_id"): "a shared sender has no tenant",
    ("notifications_notification", "reply_to_id"): "a text that fits several tenants has none",
    ("notifications_inboundmessage", "sender_id"): "a shared sender has no tenant",
    ("notifications_sender", "account_id"): "a tenant's sender may belong to the platform's account",
}


@pytest.fixture
def owner(owner_connection: Connection) -> Iterator[Connection]:
    """The owner, in a transaction of this test alone."""
    with owner_connection.transaction(force_rollback=True):
        yield owner_connection


def test_every_table_is_under_policies_or_global_by_intent(owner: Connection) -> None:
    assert [name for name in catalogue.open_tables(owner, roles=ROLES) if name not in GLOBAL_TABLES] == []
    owner.execute("CREATE TABLE forgotten (tenant_id bigint)")
    assert "forgotten" in catalogue.open_tables(owner, roles=ROLES)
    owner.execute("ALTER TABLE members_member NO FORCE ROW LEVEL SECURITY")
    assert "members_member" in catalogue.open_tables(owner, roles=ROLES)
    owner.execute('DROP POLICY app_rows ON "members_group"')
    assert "members_group" in catalogue.open_tables(owner, roles=ROLES)


def test_every_global_table_exists_is_open_and_says_why(owner: Connection) -> None:
    tables = {name for (name,) in owner.execute("SELECT relname FROM pg_class WHERE relkind = 'r'").fetchall()}
    assert set(GLOBAL_TABLES) - tables == set()
    assert set(GLOBAL_TABLES) - set(catalogue.open_tables(owner, roles=ROLES)) == set(), "protected: no reason needed"
    assert [name for name, reason in GLOBAL_TABLES.items() if len(reason.split()) < 3] == []


def test_no_global_table_has_a_tenant(owner: Connection) -> None:
    rows = owner.execute(
        "SELECT DISTINCT table_name FROM information_schema.columns WHERE column_name IN ('tenant_id', 'member_id')"
    ).fetchall()
    assert {name for (name,) in rows} & set(GLOBAL_TABLES) == set()
    assert ("members_member",) in rows


def test_no_policy_binds_everybody_or_shows_the_application_everything(owner: Connection) -> None:
    assert catalogue.open_to_everybody(owner) == []
    assert catalogue.see_through(owner, roles=ROLES) == sorted(SHOWN_TO_ALL)
    assert [name for name, reason in SHOWN_TO_ALL.items() if len(reason.split()) < 3] == []
    for name in SHOWN_TO_ALL:
        table = name.partition(".")[0]
        for privilege in ("INSERT", "UPDATE", "DELETE"):
            assert table not in catalogue.granted(owner, role=ROLES.app, privilege=privilege)
        assert not catalogue.has_column(owner, table, column="tenant_id")
    owner.execute("CREATE POLICY p ON members_member USING (true)")
    assert catalogue.open_to_everybody(owner) == ["members_member.p"]
    owner.execute(f'CREATE POLICY q ON members_member FOR SELECT TO "{ROLES.app}" USING (true)')
    assert catalogue.see_through(owner, roles=ROLES) == [*sorted(SHOWN_TO_ALL), "members_member.q"]


def test_no_view_and_no_function_looks_around_the_policies(owner: Connection) -> None:
    assert catalogue.views(owner) == []
    assert catalogue.loose_definers(owner) == []
    owner.execute("CREATE VIEW everybody AS SELECT * FROM members_member")
    assert catalogue.views(owner) == ["everybody"]
    owner.execute("CREATE FUNCTION f() RETURNS int LANGUAGE sql SECURITY DEFINER SET search_path = public RETURN 1")
    assert catalogue.loose_definers(owner) == ["f"]


def test_the_logins_are_no_more_than_logins(owner: Connection) -> None:
    def rights(role: str) -> tuple[bool, ...]:
        row = owner.execute(
            "SELECT rolsuper, rolbypassrls, rolcreaterole, rolreplication, rolcanlogin FROM pg_roles"
            " WHERE rolname = %s",
            [role],
        ).fetchone()
        assert row is not None
        return tuple(row)

    assert rights(ROLES.app) == (False, False, False, False, True)
    assert rights(ROLES.owner) == (False, False, False, False, True)
    assert rights(ROLES.platform) == (False, False, False, False, False)

    def holds(member: str, role: str, how: str) -> bool:
        row = owner.execute("SELECT pg_has_role(%s, %s, %s)", [member, role, how]).fetchone()
        assert row is not None
        return bool(row[0])

    assert holds(ROLES.app, ROLES.platform, "MEMBER"), "taken with SET LOCAL ROLE"
    assert not holds(ROLES.app, ROLES.platform, "USAGE"), "and never inherited"
    assert not holds(ROLES.app, ROLES.owner, "MEMBER")
    assert not holds(ROLES.platform, ROLES.owner, "MEMBER")


@pytest.mark.parametrize("privilege", ["TRUNCATE", "REFERENCES", "TRIGGER"])
def test_nobody_but_the_owner_may_empty_or_bend_a_table(owner: Connection, privilege: str) -> None:
    for role in (ROLES.app, ROLES.platform):
        assert catalogue.granted(owner, role=role, privilege=privilege) == []
    owner.execute(f'GRANT {privilege} ON members_group TO "{ROLES.app}"')
    assert catalogue.granted(owner, role=ROLES.app, privilege=privilege) == ["members_group"]


def test_a_new_table_grants_nothing_by_itself(owner: Connection) -> None:
    assert catalogue.given_in_advance(owner, roles=ROLES) == []
    owner.execute("CREATE TABLE forgotten (id bigint)")
    for role in (ROLES.app, ROLES.platform):
        assert "forgotten" not in catalogue.granted(owner, role=role, privilege="SELECT")
    owner.execute(f'ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO "{ROLES.app}"')
    assert catalogue.given_in_advance(owner, roles=ROLES) != []


def test_tables_that_the_portal_does_not_use_are_closed(owner: Connection) -> None:
    for table in ("auth_permission", "auth_group", "auth_group_permissions", "django_admin_log"):
        for role in (ROLES.app, ROLES.platform):
            for privilege in ("SELECT", "INSERT", "UPDATE", "DELETE"):
                assert table not in catalogue.granted(owner, role=role, privilege=privilege)


@pytest.mark.parametrize("table", catalogue.APPEND_ONLY)
def test_ledgers_refuse_every_change_by_everybody(owner: Connection, table: str) -> None:
    assert catalogue.changeable_ledgers(owner) == []
    for role in (ROLES.app, ROLES.platform):
        for privilege in ("UPDATE", "DELETE"):
            assert table not in catalogue.granted(owner, role=role, privilege=privilege)
    owner.execute(f"ALTER TABLE {table} DISABLE TRIGGER append_only_row")
    assert catalogue.changeable_ledgers(owner) == [f"{table}: update", f"{table}: delete"]


def foreign_keys() -> Iterator[tuple[str, str]]:
    """Every (table, column) of ours in which a row with a tenant points to a row with a tenant."""
    owned = {
        model
        for model in apps.get_models()
        # A line of history may outlive what it points at.
        if not issubclass(model, pghistory.models.Event)
        and any(field.column == "tenant_id" for field in model._meta.local_concrete_fields)
    }
    for model in owned:
        for field in model._meta.local_concrete_fields:
            if isinstance(field, models.ForeignKey) and field.related_model in owned:
                yield model._meta.db_table, str(field.column)


#: These have no constraint at all: they are written once, with their parent, by one function or by a trigger.
SIDE_ROWS = {
    ("tenants_auditdetail", "entry_id"),
    ("members_consentdetail", "event_id"),
    ("notifications_transition", "notification_id"),
}


def test_no_row_of_a_tenant_can_point_at_anothers(owner: Connection) -> None:
    compared = catalogue.same_tenant_columns(owner)
    found = set(foreign_keys())
    assert sorted(found - compared - SIDE_ROWS - set(TENANT_NOT_COMPARED)) == []
    assert set(TENANT_NOT_COMPARED) <= found - compared, "no reason is needed for what is compared, or gone"
    owner.execute("ALTER TABLE members_phone DROP CONSTRAINT members_phone_member_id_same_tenant")
    assert ("members_phone", "member_id") in compared - catalogue.same_tenant_columns(owner)
