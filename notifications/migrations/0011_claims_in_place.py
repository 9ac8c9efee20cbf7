"""A claim writes no index: what is in flight is found by id, and pages keep room for the next version of a row."""

from django.conf import settings
from django.db import migrations, models

FILL = "ALTER TABLE notifications_notification SET (fillfactor = 80)"
FULL = "ALTER TABLE notifications_notification RESET (fillfactor)"


class Migration(migrations.Migration):
    dependencies = [
        ("members", "0008_language_of_calls"),
        ("notifications", "0010_what_providers_say_of_senders"),
        ("tenants", "0008_support_phone"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="notification",
            name="ntf_in_flight",
        ),
        migrations.AddIndex(
            model_name="notification",
            index=models.Index(
                condition=models.Q(("status__in", ["sending", "unconfirmed"])),
                fields=["id"],
                name="ntf_in_flight_by_id",
            ),
        ),
        migrations.RunSQL(FILL, FULL),
    ]
