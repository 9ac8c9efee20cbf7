"""Puts the tenants app's tables under row-level security, and opens the tables that are global by intent."""

from django.db import migrations

from tenants.rls import OWN_ROWS, TENANT, USER, append_only, open_to_all, protect


class Migration(migrations.Migration):
    dependencies = [
        ("tenants", "0001_initial"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("sessions", "0001_initial"),
        ("pghistory", "0007_auto_20250421_0444"),
    ]

    operations = [
        protect(
            "tenants_tenant",
            app_sees=f"id = {TENANT} OR id IN (SELECT tenant_id FROM tenants_membership WHERE user_id = {USER})",
            app_writes=f"id = {TENANT}",
            app_grants="SELECT, UPDATE",
        ),
        protect(
            "tenants_membership",
            app_sees=f"{OWN_ROWS} OR user_id = {USER}",
            app_writes=OWN_ROWS,
        ),
        protect("tenants_tenantevent", app_sees=f"pgh_obj_id = {TENANT}", app_grants="SELECT, INSERT"),
        protect("tenants_auditentry", "tenants_auditdetail", app_grants="SELECT, INSERT"),
        append_only("tenants_auditentry"),
        open_to_all("tenants_user", grants="SELECT, INSERT, UPDATE"),
        open_to_all("django_session"),
        open_to_all("django_migrations", grants="SELECT"),
        open_to_all("django_content_type", grants="SELECT"),
        open_to_all("pghistory_context", grants="SELECT, INSERT, UPDATE"),
    ]
