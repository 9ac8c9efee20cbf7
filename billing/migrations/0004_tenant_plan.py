"""Lets tenants be seen as billing sees them: with their plan and seats, under pages of their own."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("billing", "0003_first_plan"), ("tenants", "0004_seal_policies")]

    operations = [
        migrations.CreateModel(
            name="TenantPlan",
            fields=[],
            options={
                "verbose_name": "billing of a tenant",
                "verbose_name_plural": "billing",
                "proxy": True,
                "indexes": [],
                "constraints": [],
            },
            bases=("tenants.tenant",),
        ),
    ]
