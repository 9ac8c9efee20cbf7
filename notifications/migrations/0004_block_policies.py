"""Puts provider blocks and reviews under row-level security."""

from django.db import migrations

from tenants.rls import protect, same_tenant


class Migration(migrations.Migration):
    dependencies = [("notifications", "0003_blocks_reviews_registrations"), ("members", "0004_consent_policies")]

    operations = [
        # As with suppressions: a tenant may ask about its own members' numbers, and cannot list the rest.
        protect(
            "notifications_providerblock",
            app_sees="EXISTS (SELECT FROM members_phone p WHERE p.number = notifications_providerblock.number)",
            app_writes="false",
            app_grants="SELECT",
        ),
        protect("notifications_review"),
        same_tenant("notifications_review", "inbound_id", "notifications_inboundmessage"),
        same_tenant("notifications_notification", "number_code_id", "members_numbercode"),
    ]
