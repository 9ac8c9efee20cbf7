"""Which rows a login may see: builds the policies, grants and append-only triggers that migrations put on a table.

The second barrier behind the managers' scope. Every tenant table goes through `protect`; tables that belong to nobody
stand, with a reason, in `GLOBAL_TABLES`, and a test compares both lists with the database.
"""

from collections.abc import Iterable

from django.conf import settings
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

#: The tenant of the scope that is open; NULL, and so no row, where none is.
TENANT = "nullif(current_setting('app.tenant', true), '')::bigint"
USER = "nullif(current_setting('app.user', true), '')::bigint"

OWN_ROWS = f"tenant_id = {TENANT}"
#: The platform's rows (no tenant) may be read and used by everybody, and written by the platform alone.
OWN_OR_SHARED_ROWS = f"(tenant_id = {TENANT} OR tenant_id IS NULL)"

#: Tables without a tenant by intent, each with the reason. A test fails on any other table without a policy.
GLOBAL_TABLES = {
    "django_migrations": "which migrations ran; only the owner touches it",
    "django_content_type": "names of models",
    "auth_permission": "made by Django for every model; the portal decides by role, and no login may read it",
    "auth_group": "made by Django beside auth_permission; no login may read it",
    "auth_group_permissions": "made by Django beside auth_permission; no login may read it",
    "django_session": "a session is found by its own secret key, before anybody is known",
    "django_admin_log": "made by Django's admin and never written: the audit log replaces it; no login may read it",
    "tenants_user": "a login is found by its e-mail before any tenant is known; one login may be in several tenants",
    "tenants_signintry": "wrong passwords are counted before anybody is known; it holds digests alone",
    "pghistory_context": "made by pghistory; request ids alone",
    "notifications_heartbeat": "whether worker and beat are alive; the same for everybody",
}


def protect(
    *tables: str,
    app_sees: str = OWN_ROWS,
    app_writes: str | None = None,
    app_grants: str = "SELECT, INSERT, UPDATE, DELETE",
    platform_grants: str = "SELECT, INSERT, UPDATE, DELETE",
) -> migrations.RunPython:
    """Return the operation that puts `tables` under row-level security.

    `app_sees` and `app_writes` are SQL conditions on a row for the application login (the second defaults to the
    first); the platform role and the owner, whom FORCE binds too, see all.
    """

    def forward(apps: object, schema_editor: BaseDatabaseSchemaEditor) -> None:
        for table in tables:
            for statement in _policies(table, app_sees, app_writes or app_sees, app_grants, platform_grants):
                schema_editor.execute(statement)

    def backward(apps: object, schema_editor: BaseDatabaseSchemaEditor) -> None:
        for table in tables:
            for name in ("app_rows", "app_reads", "platform_rows", "owner_rows"):
                schema_editor.execute(f'DROP POLICY IF EXISTS {name} ON "{table}"')
            schema_editor.execute(f'ALTER TABLE "{table}" NO FORCE ROW LEVEL SECURITY, DISABLE ROW LEVEL SECURITY')

    return migrations.RunPython(forward, backward)


def append_only(*tables: str) -> migrations.RunPython:
    """Return the operation that lets nobody change or remove a row of `tables`, the owner included.

    A trigger of our own, since pgtrigger's can be switched off by a session setting; TRUNCATE has one of its own.
    """

    def forward(apps: object, schema_editor: BaseDatabaseSchemaEditor) -> None:
        roles = settings.DB_ROLES
        schema_editor.execute(_REFUSE, params=None)
        for table in tables:
            schema_editor.execute(
                f'REVOKE UPDATE, DELETE, TRUNCATE ON "{table}" FROM "{roles.app}", "{roles.platform}"'
            )
            schema_editor.execute(
                f'CREATE TRIGGER append_only_row BEFORE UPDATE OR DELETE ON "{table}"'
                " FOR EACH ROW EXECUTE FUNCTION imes_refuse_change()"
            )
            schema_editor.execute(
                f'CREATE TRIGGER append_only_table BEFORE TRUNCATE ON "{table}"'
                " FOR EACH STATEMENT EXECUTE FUNCTION imes_refuse_change()"
            )

    def backward(apps: object, schema_editor: BaseDatabaseSchemaEditor) -> None:
        for table in tables:
            schema_editor.execute(f'DROP TRIGGER append_only_row ON "{table}"')
            schema_editor.execute(f'DROP TRIGGER append_only_table ON "{table}"')

    return migrations.RunPython(forward, backward)


def same_tenant(table: str, column: str, target: str) -> migrations.RunSQL:
    """Return the operation that lets `table.column` name only rows of `target` of the same tenant.

    Foreign keys do not heed row-level security, so a plain one would let a forged id of another tenant in (and say
    that it exists). The model's own constraint is switched off (`db_constraint=False`); this one replaces it.
    """
    unique = f"{target}_tenant_key"
    name = f"{table}_{column}_same_tenant"
    return migrations.RunSQL(
        f"""
        DO $$ BEGIN
            IF NOT EXISTS (SELECT FROM pg_constraint WHERE conname = '{unique}') THEN
                ALTER TABLE "{target}" ADD CONSTRAINT "{unique}" UNIQUE (tenant_id, id);
            END IF;
        END $$;
        ALTER TABLE "{table}" ADD CONSTRAINT "{name}" FOREIGN KEY (tenant_id, {column})
            REFERENCES "{target}" (tenant_id, id) DEFERRABLE INITIALLY DEFERRED;
        """,
        f'ALTER TABLE "{table}" DROP CONSTRAINT "{name}";',
    )


def open_to_all(*tables: str, grants: str = "SELECT, INSERT, UPDATE, DELETE") -> migrations.RunPython:
    """Return the operation that grants `tables` of `GLOBAL_TABLES` to the application and the platform."""

    def forward(apps: object, schema_editor: BaseDatabaseSchemaEditor) -> None:
        for table in tables:
            schema_editor.execute(_grant(grants, table, (settings.DB_ROLES.app, settings.DB_ROLES.platform)))

    return migrations.RunPython(forward, migrations.RunPython.noop)


def _policies(table: str, sees: str, writes: str, app_grants: str, platform_grants: str) -> Iterable[str]:
    roles = settings.DB_ROLES
    yield f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY'
    yield f'CREATE POLICY app_rows ON "{table}" TO "{roles.app}" USING ({writes}) WITH CHECK ({writes})'
    if sees != writes:
        # A second policy for reading alone: rows that are seen but not owned can be neither taken over nor removed.
        yield f'CREATE POLICY app_reads ON "{table}" FOR SELECT TO "{roles.app}" USING ({sees})'
    yield f'CREATE POLICY platform_rows ON "{table}" TO "{roles.platform}" USING (true) WITH CHECK (true)'
    yield f'CREATE POLICY owner_rows ON "{table}" TO "{roles.owner}" USING (true) WITH CHECK (true)'
    if app_grants:
        yield _grant(app_grants, table, (roles.app,))
    yield _grant(platform_grants, table, (roles.platform,))


def _grant(grants: str, table: str, roles: Iterable[str]) -> str:
    return f'GRANT {grants} ON "{table}" TO ' + ", ".join(f'"{role}"' for role in roles)


_REFUSE = """
CREATE OR REPLACE FUNCTION imes_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'insufficient_privilege';
END $$
"""
