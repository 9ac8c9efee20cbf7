"""Keeps wrong passwords of the last minutes, and opens their table: nobody is known yet when they are counted."""

from django.db import migrations, models

from tenants.rls import open_to_all


class Migration(migrations.Migration):
    dependencies = [
        ("tenants", "0005_seal_line_digests"),
    ]

    operations = [
        migrations.CreateModel(
            name="SignInTry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("address_digest", models.BinaryField(max_length=32)),
                ("login_digest", models.BinaryField(max_length=32)),
                ("at", models.DateTimeField()),
            ],
            options={
                "indexes": [
                    models.Index(fields=["address_digest", "at"], name="sign_in_try_address"),
                    models.Index(fields=["at"], name="sign_in_try_at"),
                ],
            },
        ),
        open_to_all("tenants_signintry", grants="SELECT, INSERT, DELETE"),
    ]
