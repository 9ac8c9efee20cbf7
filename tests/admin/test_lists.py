"""Lists cost the same for five rows and for fifty, and the log is never counted, sorted out or scanned as a whole."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from imes.kernel.ids import token_digest
from members.consent.ledger import append
from members.models import ConsentEvent, Group, GroupPlace, Invite
from notifications.models import (
    Alert,
    Flow,
    InboundMessage,
    Notification,
    ProviderAccount,
    Sender,
    Trigger,
)
from tenants.audit import Act, record
from tenants.models import Tenant, User
from tenants.scope import platform_scope
from tests.admin.conftest import Rows
from tests.admin.parts import Parts, Who
from tests.cast import Cast, add_flow, add_member


def number(at: int) -> str:
    return f"+1206555{1000 + at}"


def page(cast: Cast, rows: Rows, at: int) -> None:
    Notification.objects.create(
        tenant=cast.harbor,
        purpose="page",
        channel="sms",
        alert=rows[Alert],
        member=add_member(cast.harbor, name=f"Paged {at}"),
        number=number(at),
        body="down",
    )


def member(cast: Cast, rows: Rows, at: int) -> None:
    row = add_member(cast.harbor, name=f"Member {at}", number=number(at))
    GroupPlace.objects.create(tenant=cast.harbor, group=rows[Group], member=row)
    line(cast, rows, at)


def line(cast: Cast, rows: Rows, at: int) -> None:
    now = timezone.now()
    append(
        act=ConsentEvent.Act.DECLINE,
        channel=ConsentEvent.Channel.SMS,
        reach=ConsentEvent.Reach.TENANT,
        number=number(at),
        tenant_id=cast.harbor.pk,
        member_id=None,
        actor_id=None,
        source="invite",
        method="box unticked",
        effective_at=now,
        at=now,
        details={},
    )


def trigger(cast: Cast, rows: Rows, at: int) -> None:
    alert = Alert.objects.create(tenant=cast.harbor, flow=rows[Flow], flow_snapshot={}, text="x", source="hook")
    Trigger.objects.create(
        tenant=cast.harbor, flow=rows[Flow], is_accepted=True, http_status=202, code="FIRED", alert=alert
    )


def text(cast: Cast, rows: Rows, at: int) -> None:
    InboundMessage.objects.create(
        tenant=cast.harbor,
        number=number(at),
        to_address="+12065550100",
        provider="twilio",
        provider_message_id=f"SM-{at}",
        body="1",
        received_at=timezone.now(),
        reading="ACK",
    )


def invite(cast: Cast, rows: Rows, at: int) -> None:
    Invite.objects.create(
        tenant=cast.harbor,
        email=f"{at}@x.example",
        name="X",
        invited_by=cast.ana,
        token_digest=token_digest(f"list {at}"),
        expires_at=timezone.now(),
    )


def sender(cast: Cast, rows: Rows, at: int) -> None:
    account = ProviderAccount.objects.create(
        provider="twilio", name="A", account_id=f"AC{at}", secret="s", tenant=cast.harbor
    )
    Sender.objects.create(account=account, tenant=cast.harbor, address=number(at))


def entry(cast: Cast, rows: Rows, at: int) -> None:
    actor = User.objects.create_user(f"actor{at}@x.example", None)
    record(Act.OBJECT_ADDED, tenant_id=cast.harbor.pk, actor=actor, subject=cast.ben, at=timezone.now())


LISTS: dict[str, tuple[Who, Callable[[Cast, Rows, int], object]]] = {
    "members/consentevent": (Who.ADMIN, line),
    "members/group": (Who.ADMIN, lambda cast, _, at: Group.objects.create(tenant=cast.harbor, name=f"Group {at}")),
    "members/invite": (Who.ADMIN, invite),
    "members/member": (Who.ADMIN, member),
    "notifications/alert": (Who.ADMIN, trigger),
    "notifications/flow": (
        Who.ADMIN,
        lambda cast, _, at: add_flow(cast.harbor, name=f"Flow {at}", members=[cast.ben]),
    ),
    "notifications/inboundmessage": (Who.ADMIN, text),
    "notifications/notification": (Who.ADMIN, page),
    "notifications/provideraccount": (Who.PLATFORM, sender),
    "notifications/sender": (Who.ADMIN, sender),
    "notifications/trigger": (Who.ADMIN, trigger),
    "tenants/auditentry": (Who.ADMIN, entry),
    "tenants/tenant": (Who.PLATFORM, lambda *given: Tenant.objects.create(name="T", slug=f"t-{given[-1]}")),
    "tenants/user": (Who.PLATFORM, entry),
}
#: Queries of one list, whatever is in it; the session, the person, the scope and its savepoints are among them.
MOST_QUERIES = 35


def queries(parts: Parts, who: Who, path: str) -> list[str]:
    with CaptureQueriesContext(connection) as seen:
        response = parts.clients[who].get(path)
    assert response.status_code == 200
    return [query["sql"] for query in seen.captured_queries]


@pytest.mark.parametrize("name", LISTS)
def test_a_list_costs_the_same_for_five_rows_and_for_fifty(parts: Parts, rows: Rows, name: str) -> None:
    who, add = LISTS[name]
    path = f"/admin/{name}/"
    with platform_scope():
        for at in range(4):
            add(parts.cast, rows, at)
    few = queries(parts, who, path)
    with platform_scope():
        for at in range(4, 49):
            add(parts.cast, rows, at)
    many = queries(parts, who, path)
    assert len(many) == len(few), "\n".join(sorted(set(many) - set(few)))
    assert len(many) <= MOST_QUERIES


LOG = "/admin/notifications/notification/"


def of_log(statements: list[str]) -> list[str]:
    return [statement for statement in statements if "notifications_notification" in statement]


@pytest.mark.parametrize("narrowed", ["", "?status__exact=queued", "?q_=stuck&since=day", "?q=Mel", "?o=1"])
def test_the_log_is_neither_counted_nor_deduplicated(parts: Parts, rows: Rows, narrowed: str) -> None:
    found = of_log(queries(parts, Who.ADMIN, LOG + narrowed))
    assert found
    assert [statement for statement in found if "DISTINCT" in statement] == []
    counted = [statement for statement in found if "COUNT(" in statement]
    assert counted
    assert [statement for statement in counted if "LIMIT" not in statement] == []


@pytest.mark.parametrize(
    ("what", "finds"),
    [
        ("id", True),
        ("+1206555", True),
        ("1206 555", True),
        ("Mel", True),
        ("mel of HAR", True),
        ("alert", True),
        ("member", True),
        ("ntf_0000000000000000", False),
        ("+1999", False),
        ("Rita", False),
        ("%", False),
    ],
)
def test_the_log_is_searched_by_its_indexes(parts: Parts, rows: Rows, what: str, finds: bool) -> None:
    row = rows[Notification]
    term = {"id": row.public_id, "alert": row.alert.public_id, "member": row.member.public_id}.get(what, what)
    with CaptureQueriesContext(connection) as seen:
        response = parts.clients[Who.ADMIN].get(LOG, {"q": term})
    assert response.status_code == 200
    assert (row in response.context["cl"].result_list) is finds
    statements = of_log([query["sql"] for query in seen.captured_queries])
    # Where no member has the name, the log is not even asked.
    assert statements or not finds
    assert [statement for statement in statements if "LIKE" in statement or "UPPER(" in statement] == []
    assert [statement for statement in statements if "DISTINCT" in statement] == []


@pytest.mark.parametrize(
    "lookup", ["password__startswith=pbkdf2", "token_digest__gt=x", "tenant__name=Ridge", "member__name__startswith=M"]
)
@pytest.mark.parametrize("name", ["tenants/user", "members/invite", "notifications/notification"])
def test_no_column_is_asked_for_past_the_filters(parts: Parts, name: str, lookup: str) -> None:
    """Django would answer whether any login's password begins with these letters."""
    client = parts.clients[Who.SUPPORT]
    assert client.get(f"/admin/{name}/").status_code == 200
    assert client.get(f"/admin/{name}/?{lookup}").status_code == 400
