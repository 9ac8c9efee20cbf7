"""Writes one tenant with many consenting people and flows that page them, for `manage.py bench`.

`python -m notifications.management.measuring.stage COUNT [FLOWS]` prints the tokens of the flows' hooks as JSON; each
person is in one flow. A second tenant, the neighbour, has one person and one flow. It is run on a database made for the
measurement, and refuses one that holds anything else.
"""

import json
import sys
from datetime import datetime, time, timedelta

import django


def main(count: int, *, flows: int = 1) -> int:
    """Write the stage; progress goes to stderr."""
    django.setup()
    from django.utils import timezone

    from notifications.models import Alert
    from notifications.operations.hooks import make_hook
    from tenants.models import Tenant
    from tenants.scope import platform_scope, tenant_scope

    with platform_scope():
        if Alert.objects.exists():
            sys.stderr.write("This database is in use: the stage is for one of its own.\n")
            return 2
        tenant, neighbour = (
            Tenant.objects.create(
                name=name, slug=name.lower(), standing="active", hours_open=time(0), hours_close=time(0)
            )
            for name in ("Bench", "Neighbour")
        )
        _sender()
    at = timezone.now()
    with tenant_scope(tenant.pk):
        tokens = []
        for number in range(flows):
            flow = _flow(tenant, number, people=range(number, count, flows), at=at)
            tokens.append(make_hook(flow, actor=None, at=at)[1])
    with tenant_scope(neighbour.pk):
        flow = _flow(neighbour, flows, people=range(count, count + 1), at=at)
        lone = {"token": make_hook(flow, actor=None, at=at)[1], "number": number_of(count)}
    made = {"token": tokens[0], "tokens": tokens, "tenant": tenant.pk, "neighbour": lone}
    sys.stdout.write(json.dumps(made) + "\n")
    return 0


def number_of(place: int) -> str:
    """The number of a person; none of them ends in digits at which the sandbox misbehaves (8000 to 9999)."""
    return f"+1206{2008000 + place // 2000 * 10000 + place % 2000:07d}"


def _sender() -> None:
    from notifications.models import Sender

    # The demo's account and number; nothing else of the demo takes part.
    Sender.objects.filter(channels__contains=["sms"]).exclude(account__provider="twilio").update(is_active=False)


def _flow(tenant, number: int, *, people: range, at: datetime):  # type: ignore[no-untyped-def]  # models are imported after setup
    from notifications.models import Flow, Step, StepRecipient

    flow = Flow.objects.create(tenant=tenant, name=f"Bench {number}", slug=f"bench-{number}", text="{service} is down")
    step = Step.objects.create(tenant=tenant, flow=flow)
    for place in people:
        member = _member(tenant, place, at=at)
        StepRecipient.objects.create(tenant=tenant, step=step, member=member, position=place)
        if (place + 1) % 250 == 0:
            sys.stderr.write(f"person {place + 1}\n")
    return flow


def _member(tenant, place: int, *, at: datetime):  # type: ignore[no-untyped-def]  # models are imported after setup
    """One person who agreed to SMS on a number that was proved, as the ledger has it."""
    from django.conf import settings

    from members.consent.disclosure import disclosure
    from members.consent.ledger import append
    from members.models import ConsentEvent, Member, Number, NumberCode, Phone
    from members.operations import switch_on_first
    from tenants.models import User
    from tenants.scope import platform_scope

    number = number_of(place)
    user = User.objects.create_user(f"bench-{place}@bench.example", None, name=f"Person {place}")
    member = Member.objects.create(tenant=tenant, name=f"Person {place}", email=user.email, user=user)
    with platform_scope():
        Number.objects.bulk_create([Number(e164=number)], ignore_conflicts=True)
    Phone.objects.create(
        tenant=tenant, member=member, number=number, line_type="mobile", is_sms_primary=True, is_voice_primary=True,
        proved_at=at,
    )  # fmt: skip
    code = NumberCode.objects.create(
        tenant=tenant, member=member, number=number, direction=NumberCode.Direction.OUTBOUND, digest=b"b" * 32,
        created_at=at, expires_at=at + timedelta(minutes=15), spent_at=at, proved_at=at,
    )  # fmt: skip
    line = {
        "reach": ConsentEvent.Reach.TENANT, "number": number, "tenant_id": tenant.pk, "member_id": member.pk,
        "actor_id": user.pk, "effective_at": at, "at": at, "details": {},
    }  # fmt: skip
    append(
        act=ConsentEvent.Act.PROVE, channel=ConsentEvent.Channel.ANY, source="page", method="code entered",
        evidence_ref=code.public_id, **line,
    )  # fmt: skip
    words = disclosure(tenant.name, channel="sms", support_contact="", public_url=settings.PUBLIC_URL)
    append(
        act=ConsentEvent.Act.GRANT, channel=ConsentEvent.Channel.SMS, source="invite", method="box ticked",
        disclosure=words, **line,
    )  # fmt: skip
    switch_on_first(member, number=number, actor=None, at=at)
    return member


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), flows=int(sys.argv[2]) if len(sys.argv) > 2 else 1))  # noqa: PLR2004
