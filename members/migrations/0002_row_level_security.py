"""Puts the members app's tables under row-level security and makes the consent ledger append-only."""

from django.db import migrations

from tenants.rls import OWN_ROWS, append_only, protect, same_tenant


class Migration(migrations.Migration):
    dependencies = [("members", "0001_initial"), ("tenants", "0002_row_level_security")]

    operations = [
        protect("members_member", "members_phone", "members_group", "members_groupplace", "members_invite"),
        protect("members_memberevent", "members_phoneevent", app_grants="SELECT, INSERT"),
        same_tenant("members_phone", "member_id", "members_member"),
        same_tenant("members_groupplace", "member_id", "members_member"),
        same_tenant("members_groupplace", "group_id", "members_group"),
        same_tenant("members_invite", "member_id", "members_member"),
        # What counts everywhere is written by the platform role alone.
        protect(
            "members_consentevent",
            app_sees=OWN_ROWS,
            app_writes=f"{OWN_ROWS} AND reach = 'tenant'",
            app_grants="SELECT, INSERT",
            platform_grants="SELECT, INSERT",
        ),
        protect("members_consentdetail", app_grants="SELECT, INSERT", platform_grants="SELECT, INSERT, UPDATE"),
        append_only("members_consentevent"),
        # FOR SHARE asks for the UPDATE privilege.
        protect("members_number", app_sees="false", app_grants="", platform_grants="SELECT, INSERT, UPDATE"),
        # A tenant may ask about its own members' numbers, and cannot list the rest.
        protect(
            "members_suppression",
            app_sees="EXISTS (SELECT FROM members_phone p WHERE p.number = members_suppression.number)",
            app_writes="false",
            app_grants="SELECT",
        ),
    ]
