"""Puts billing under row-level security: plans are for all to read, subscriptions for the platform to make."""

from django.db import migrations

from tenants.rls import protect, same_tenant


class Migration(migrations.Migration):
    dependencies = [("billing", "0001_initial"), ("tenants", "0002_row_level_security")]

    operations = [
        protect("billing_plan", app_sees="true", app_writes="false", app_grants="SELECT"),
        protect("billing_subscription", app_grants="SELECT"),
        # A seat is given and taken back, and its row stays.
        protect("billing_seat", app_grants="SELECT, INSERT, UPDATE"),
        same_tenant("billing_seat", "subscription_id", "billing_subscription"),
    ]
