"""A seal keeps the digest of each line, so that a broken one can be named, and is found by the line that it covers."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tenants", "0004_seal_policies")]

    operations = [
        migrations.AddField(
            model_name="seal",
            name="line_digests",
            field=models.BinaryField(default=b"", help_text="The SHA-256 of each line in order: names a broken one."),
        ),
        migrations.AddIndex(model_name="seal", index=models.Index(fields=["chain", "last_id"], name="seal_chain_last")),
    ]
