"""Plans with limits, usage by month and day, what each message is charged, allowances, and how standings moved."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import tenants.fields
from tenants.rls import append_only, protect, same_tenant


class Migration(migrations.Migration):
    dependencies = [
        ("billing", "0004_tenant_plan"),
        ("tenants", "0007_limits_and_schedules"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="plan",
            name="has_sms_limits",
            field=models.BooleanField(
                default=True,
                help_text="The page on which administrators say how much each user may send by hand. Without it nobody can send by hand.",
                verbose_name="SMS Limits",
            ),
        ),
        migrations.AddField(
            model_name="plan",
            name="has_test_calling",
            field=models.BooleanField(
                default=False,
                help_text="The page on which a number is called with a short test message.",
                verbose_name="Test Calling",
            ),
        ),
        migrations.AddField(
            model_name="plan",
            name="member_limit",
            field=models.PositiveIntegerField(
                blank=True,
                help_text="How many active members a tenant may have. Empty: no limit.",
                null=True,
                verbose_name="team members",
            ),
        ),
        migrations.AddField(
            model_name="plan",
            name="monthly_calls",
            field=models.PositiveIntegerField(blank=True, help_text="Empty: no limit.", null=True),
        ),
        migrations.AddField(
            model_name="plan",
            name="monthly_notifications",
            field=models.PositiveIntegerField(
                blank=True,
                help_text="Pages, direct messages and tests by SMS and voice in a calendar month of the tenant's zone. Empty: no limit.",
                null=True,
            ),
        ),
        migrations.AddField(
            model_name="plan",
            name="monthly_segments",
            field=models.PositiveIntegerField(
                blank=True,
                help_text="A text of 160 plain or 70 other characters is one segment; a longer one has more. Empty: no limit.",
                null=True,
                verbose_name="monthly SMS segments",
            ),
        ),
        migrations.CreateModel(
            name="StripeEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("event_ref", models.CharField(db_collation="C", max_length=80, unique=True)),
                ("kind", models.CharField(max_length=80)),
                ("made_at", models.DateTimeField()),
                ("customer_ref", models.CharField(blank=True, db_collation="C", max_length=80)),
                ("subscription_ref", models.CharField(blank=True, db_collation="C", max_length=80)),
                (
                    "subscription_at",
                    models.DateTimeField(help_text="When the subscription was made, where the event says.", null=True),
                ),
                (
                    "standing",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("trial", "Trial"),
                            ("active", "Active"),
                            ("payment_due", "Payment due"),
                            ("past_due", "Past due"),
                            ("suspended", "Suspended"),
                            ("cancelled", "Cancelled"),
                        ],
                        help_text="The standing that it means; empty: it says nothing.",
                        max_length=16,
                    ),
                ),
                (
                    "standing_until",
                    models.DateTimeField(help_text="When the trial ends that it speaks of.", null=True),
                ),
                ("received_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("moved", "Moved the standing"),
                            ("no_change", "Changed nothing"),
                            ("older", "Older than what was heeded"),
                            ("unknown_customer", "A customer that no tenant is"),
                            ("not_ours", "Of a kind that says nothing about a standing"),
                            ("refused", "The move is not allowed"),
                        ],
                        max_length=20,
                    ),
                ),
                ("says", models.CharField(blank=True, max_length=200)),
                (
                    "tenant",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tenants.tenant"
                    ),
                ),
            ],
            options={
                "verbose_name": "event of Stripe",
                "verbose_name_plural": "events of Stripe",
                "ordering": ("-id",),
                "indexes": [models.Index(fields=["customer_ref", "made_at"], name="stripe_event_customer")],
            },
        ),
        migrations.CreateModel(
            name="UsageMonth",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("starts_on", models.DateField(help_text="The first day, in the tenant's zone.")),
                ("resets_on", models.DateField(help_text="The first day of the next month.")),
                ("notifications_limit", models.PositiveIntegerField(null=True)),
                ("segments_limit", models.PositiveIntegerField(null=True)),
                ("calls_limit", models.PositiveIntegerField(null=True)),
                ("notifications_reserved", models.PositiveIntegerField(default=0)),
                ("notifications_used", models.PositiveIntegerField(default=0)),
                ("segments_reserved", models.PositiveIntegerField(default=0)),
                ("segments_used", models.PositiveIntegerField(default=0)),
                ("calls_reserved", models.PositiveIntegerField(default=0)),
                ("calls_used", models.PositiveIntegerField(default=0)),
                (
                    "tenant",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenants.tenant",
                    ),
                ),
            ],
            options={
                "verbose_name": "month of usage",
                "verbose_name_plural": "months of usage",
                "ordering": ("-starts_on",),
            },
        ),
        migrations.CreateModel(
            name="TopUp",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", tenants.fields.PublicIdField(prefix="top", verbose_name="ID")),
                ("notifications", models.PositiveIntegerField(default=0)),
                ("segments", models.PositiveIntegerField(default=0, verbose_name="SMS segments")),
                ("calls", models.PositiveIntegerField(default=0)),
                ("reason", models.CharField(max_length=200)),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "actor",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "tenant",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenants.tenant",
                    ),
                ),
                (
                    "month",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="top_ups",
                        to="billing.usagemonth",
                    ),
                ),
            ],
            options={
                "verbose_name": "top-up",
                "ordering": ("-id",),
            },
        ),
        migrations.CreateModel(
            name="QuotaNotice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("notifications", "Notifications"), ("segments", "SMS segments"), ("calls", "Calls")],
                        max_length=16,
                    ),
                ),
                (
                    "percent",
                    models.PositiveSmallIntegerField(
                        help_text="80 and 100: used up so far; 101: a message did not go."
                    ),
                ),
                (
                    "limit",
                    models.PositiveIntegerField(help_text="The limit then: after a top-up it may run out once more."),
                ),
                ("made_at", models.DateTimeField()),
                ("sent_at", models.DateTimeField(null=True)),
                (
                    "tenant",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenants.tenant",
                    ),
                ),
                (
                    "month",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="notices",
                        to="billing.usagemonth",
                    ),
                ),
            ],
            options={
                "ordering": ("-id",),
            },
        ),
        migrations.CreateModel(
            name="Charge",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("notification_id", models.BigIntegerField(unique=True)),
                ("channel", models.CharField(choices=[("sms", "SMS"), ("voice", "Voice")], max_length=8)),
                ("day", models.DateField(help_text="The day on which it was reserved, in the tenant's zone.")),
                ("segments", models.PositiveIntegerField(default=0)),
                ("calls", models.PositiveSmallIntegerField(default=0)),
                (
                    "state",
                    models.CharField(
                        choices=[("reserved", "Reserved"), ("settled", "Used"), ("released", "Given back")],
                        default="reserved",
                        max_length=12,
                    ),
                ),
                ("reserved_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                ("why_released", models.CharField(blank=True, max_length=24)),
                (
                    "by_user",
                    models.ForeignKey(
                        help_text="Who sent it by hand, and against whose allowance it counts.",
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "tenant",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenants.tenant",
                    ),
                ),
                (
                    "month",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="charges",
                        to="billing.usagemonth",
                    ),
                ),
            ],
            options={
                "ordering": ("-id",),
            },
        ),
        migrations.CreateModel(
            name="Allowance",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("blank", "Blank: cannot send"),
                            ("number", "A number a day"),
                            ("unlimited", "Unlimited"),
                        ],
                        default="blank",
                        max_length=12,
                    ),
                ),
                (
                    "daily",
                    models.PositiveIntegerField(help_text="Messages a day; set where the kind is a number.", null=True),
                ),
                ("changed_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "changed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "tenant",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenants.tenant",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "ordering": ("id",),
                "constraints": [
                    models.UniqueConstraint(fields=("tenant", "user"), name="allowance_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("daily__isnull", False), ("kind", "number")),
                            models.Q(models.Q(("kind", "number"), _negated=True), ("daily__isnull", True)),
                            _connector="OR",
                        ),
                        name="allowance_number_has_one",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="AllowanceDay",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField()),
                ("used", models.PositiveIntegerField(default=0)),
                (
                    "tenant",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenants.tenant",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "verbose_name": "day of sending by hand",
                "verbose_name_plural": "days of sending by hand",
                "ordering": ("-day",),
                "constraints": [models.UniqueConstraint(fields=("tenant", "user", "day"), name="allowance_day_once")],
            },
        ),
        migrations.CreateModel(
            name="StandingChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", tenants.fields.PublicIdField(prefix="std", verbose_name="ID")),
                (
                    "before",
                    models.CharField(
                        choices=[
                            ("trial", "Trial"),
                            ("active", "Active"),
                            ("payment_due", "Payment due"),
                            ("past_due", "Past due"),
                            ("suspended", "Suspended"),
                            ("cancelled", "Cancelled"),
                        ],
                        max_length=16,
                    ),
                ),
                (
                    "after",
                    models.CharField(
                        choices=[
                            ("trial", "Trial"),
                            ("active", "Active"),
                            ("payment_due", "Payment due"),
                            ("past_due", "Past due"),
                            ("suspended", "Suspended"),
                            ("cancelled", "Cancelled"),
                        ],
                        max_length=16,
                    ),
                ),
                ("until", models.DateTimeField(null=True)),
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("by_hand", "By a platform admin"),
                            ("clock", "Its time ran out"),
                            ("stripe", "Stripe"),
                        ],
                        max_length=12,
                    ),
                ),
                ("reason", models.CharField(max_length=200)),
                (
                    "event_ref",
                    models.CharField(blank=True, db_collation="C", help_text="The event that moved it.", max_length=80),
                ),
                ("at", models.DateTimeField()),
                (
                    "actor",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "tenant",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenants.tenant",
                    ),
                ),
            ],
            options={
                "verbose_name": "change of standing",
                "verbose_name_plural": "changes of standing",
                "ordering": ("-id",),
                "indexes": [models.Index(fields=["tenant", "-at"], name="standing_tenant_at")],
            },
        ),
        migrations.CreateModel(
            name="StripeCustomer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "customer_ref",
                    models.CharField(db_collation="C", help_text="Begins with cus_.", max_length=80, unique=True),
                ),
                (
                    "heeded_until",
                    models.DateTimeField(help_text="When the newest event was made that was heeded.", null=True),
                ),
                (
                    "tenant",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenants.tenant",
                    ),
                ),
            ],
            options={
                "verbose_name": "customer of Stripe",
                "verbose_name_plural": "customers of Stripe",
                "ordering": ("id",),
                "constraints": [models.UniqueConstraint(fields=("tenant",), name="stripe_customer_once")],
            },
        ),
        migrations.CreateModel(
            name="UsageDay",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField()),
                ("channel", models.CharField(choices=[("sms", "SMS"), ("voice", "Voice")], max_length=8)),
                ("notifications", models.PositiveIntegerField(default=0)),
                ("segments", models.PositiveIntegerField(default=0)),
                ("calls", models.PositiveIntegerField(default=0)),
                (
                    "tenant",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenants.tenant",
                    ),
                ),
            ],
            options={
                "verbose_name": "day of usage",
                "verbose_name_plural": "days of usage",
                "ordering": ("day", "channel"),
                "constraints": [models.UniqueConstraint(fields=("tenant", "day", "channel"), name="usage_day_once")],
            },
        ),
        migrations.AddConstraint(
            model_name="usagemonth",
            constraint=models.UniqueConstraint(fields=("tenant", "starts_on"), name="usage_month_once"),
        ),
        migrations.AddIndex(
            model_name="quotanotice",
            index=models.Index(
                condition=models.Q(("sent_at__isnull", True)), fields=["made_at"], name="quota_notice_due"
            ),
        ),
        migrations.AddConstraint(
            model_name="quotanotice",
            constraint=models.UniqueConstraint(fields=("month", "kind", "percent", "limit"), name="quota_notice_once"),
        ),
        migrations.AddIndex(
            model_name="charge",
            index=models.Index(fields=["tenant", "day"], name="charge_tenant_day"),
        ),
        migrations.AddIndex(
            model_name="charge",
            index=models.Index(
                condition=models.Q(("by_user__isnull", False)),
                fields=["tenant", "by_user", "day"],
                name="charge_by_user",
            ),
        ),
        migrations.AddIndex(
            model_name="charge",
            index=models.Index(
                condition=models.Q(("state", "reserved")), fields=["reserved_at"], name="charge_reserved"
            ),
        ),
        migrations.AddConstraint(
            model_name="charge",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["reserved", "settled", "released"])), name="charge_state_known"
            ),
        ),
        # A tenant reads what it used and may use; it is moved by operations that open the platform's scope.
        protect(
            "billing_usagemonth",
            "billing_usageday",
            "billing_charge",
            "billing_topup",
            "billing_quotanotice",
            "billing_allowance",
            "billing_allowanceday",
            "billing_standingchange",
            app_grants="SELECT",
        ),
        protect("billing_stripecustomer", "billing_stripeevent", app_grants="SELECT"),
        append_only("billing_standingchange"),
        same_tenant("billing_charge", "month_id", "billing_usagemonth"),
        same_tenant("billing_topup", "month_id", "billing_usagemonth"),
        same_tenant("billing_quotanotice", "month_id", "billing_usagemonth"),
    ]
