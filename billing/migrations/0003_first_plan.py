"""Makes the plan that new tenants get, so that an installation works before anybody has thought of plans."""

from typing import Any

from django.db import migrations

from imes.kernel.ids import public_id


def make(apps: Any, schema_editor: Any) -> None:
    plans = apps.get_model("billing", "Plan").objects.using(schema_editor.connection.alias)
    if not plans.exists():
        plans.create(public_id=public_id("pln"), name="Standard", sms_seats=None, is_default=True)


class Migration(migrations.Migration):
    dependencies = [("billing", "0002_row_level_security")]

    operations = [migrations.RunPython(make, migrations.RunPython.noop)]
