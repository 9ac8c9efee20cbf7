"""Puts the seals under row-level security: the platform writes and reads them, and nobody changes one."""

from django.db import migrations

from tenants.rls import append_only, protect


class Migration(migrations.Migration):
    dependencies = [("tenants", "0003_seals")]

    operations = [
        protect("tenants_seal", app_sees="false", app_grants="", platform_grants="SELECT, INSERT"),
        append_only("tenants_seal"),
        protect("tenants_sealmark", app_sees="false", app_grants=""),
    ]
