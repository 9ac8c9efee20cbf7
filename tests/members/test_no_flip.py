"""Nothing but the member, their handset, or a second person's approval lifts an opt-out: no door below the pages does.

Each door is tried as the application's login, as the platform's role and as the owner of the tables; beside each
stands the lawful way, which goes through.
"""

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from django.core.serializers import deserialize
from django.db import DatabaseError, connection, transaction
from psycopg import sql

from members.consent.standing import StandingState
from members.models import ConsentEvent, ConsentStanding, NumberCode, Suppression
from notifications.dispatch.claim import claim_due
from notifications.dispatch.intend import intend
from notifications.models import Attempt, Notification
from tenants.models import User
from tenants.scope import platform_scope, tenant_scope
from tests.cast import BEN_NUMBER, Cast, make_cast
from tests.consenting import agree, login_of
from tests.members.forging import line_of
from tests.members.recording_stories import approves, lines, recorded, second_admin, state_of
from tests.members.stories import MINUTE, NOW, stops
from tests.notifications.dispatch.conftest import again, message

Scope = Callable[[], AbstractContextManager[None]]


@pytest.fixture
def dora(cast: Cast) -> User:
    return second_admin(cast.harbor)


@pytest.fixture
def stopped(cast: Cast, dora: User) -> Cast:
    """Ben agreed, proved his number, and texted STOP."""
    agree(cast.ben, tenant=cast.harbor, at=NOW - 60 * MINUTE)
    stops(at=NOW - 30 * MINUTE)
    with tenant_scope(cast.harbor.pk):
        login_of(cast.ben)
    return cast


@pytest.fixture(params=["application", "platform"])
def scope_of(request: pytest.FixtureRequest, stopped: Cast) -> Scope:
    return platform_scope if request.param == "platform" else lambda: tenant_scope(stopped.harbor.pk)


FORGED: dict[str, dict[str, Any]] = {
    "by an admin": {},
    "by import": {"source": "import"},
    "by a source that nobody knows": {"source": "shell"},
    "on the invite page by an admin": {"source": "invite"},
    "on the own page by the platform": {"source": "page", "actor": "pat"},
    "on the own page by nobody": {"source": "page", "actor": None},
    "recorded without a record": {"source": "recorded"},
    "recorded on a record that is not there": {"source": "recorded", "evidence_ref": "rec_0000000000000000"},
    "by the member before the STOP": {"source": "page", "actor": "ben", "effective_at": NOW - 31 * MINUTE},
    "by the member at the STOP": {"source": "page", "actor": "ben", "effective_at": NOW - 30 * MINUTE},
    "by START from the portal": {"act": "restore", "reach": "platform"},
    "by START from a handset in one tenant": {"act": "restore", "source": "handset"},
    "by START without a provider's message": {"act": "restore", "source": "handset", "reach": "platform"},
}


def insert(values: dict[str, Any]) -> None:
    blank = ("provider", "provider_message_id", "sender_address", "evidence_ref")
    row = {"public_id": "cns_0000000000000000", "category": "alerts", **dict.fromkeys(blank, ""), **values}
    names, marks = sql.SQL(", ").join(map(sql.Identifier, row)), sql.SQL(", ").join([sql.Placeholder()] * len(row))
    with connection.cursor() as cursor:
        cursor.execute(
            sql.SQL("INSERT INTO members_consentevent ({}) VALUES ({})").format(names, marks), list(row.values())
        )


DOORS: dict[str, Callable[[dict[str, Any]], object]] = {
    "create": lambda values: ConsentEvent.objects.create(**values),
    "save": lambda values: ConsentEvent(**values).save(),
    "bulk_create": lambda values: ConsentEvent.objects.bulk_create([ConsentEvent(**values)]),
    "sql": insert,
}


@pytest.mark.row(14)
@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("forged", FORGED)
def test_no_line_is_written_that_rests_on_nothing(stopped: Cast, scope_of: Scope, forged: str, door: str) -> None:
    values = line_of(stopped, **FORGED[forged])
    with scope_of(), pytest.raises(DatabaseError), transaction.atomic():
        DOORS[door](values)
    assert [line.source for line in lines()] == ["invite"]
    assert state_of(stopped.ben) is StandingState.OPTED_OUT


@pytest.mark.parametrize("door", DOORS)
def test_the_members_own_tick_under_their_own_login_is_written(stopped: Cast, scope_of: Scope, door: str) -> None:
    with scope_of():
        DOORS[door](line_of(stopped, source="page", actor="ben"))
    assert state_of(stopped.ben) is StandingState.OPTED_IN


def test_a_line_of_another_member_or_number_does_not_rest_on_this_record(stopped: Cast, dora: User) -> None:
    row = recorded(stopped.ben, by=stopped.ana)
    approves(row, by=dora)
    lawful: dict[str, Any] = {
        "source": "recorded",
        "evidence_ref": row.public_id,
        "effective_at": row.acted_at,
        "disclosure_digest": row.disclosure_digest,
    }
    others: list[dict[str, Any]] = [
        {"channel": "voice"},
        {"number": "+12065550199"},
        {"member_id": stopped.ridge_member.pk},
        {"effective_at": row.acted_at + MINUTE},
        {"disclosure_digest": b"x" * 32},
    ]
    with tenant_scope(stopped.harbor.pk):
        for other in others:
            with pytest.raises(DatabaseError), transaction.atomic():
                ConsentEvent.objects.create(**line_of(stopped, **{**lawful, **other}))
        ConsentEvent.objects.create(**line_of(stopped, **lawful))


def test_a_fixture_is_refused_like_any_other_door(stopped: Cast, scope_of: Scope) -> None:
    words = {key: value for key, value in line_of(stopped, source="recorded").items() if "digest" not in key}
    line = {**words, "digest": "ZGRk", "disclosure_digest": "ZGRk"}
    values = {
        "tenant": stopped.harbor.pk,
        "member": stopped.ben.pk,
        "number": BEN_NUMBER,
        "channels": '["sms"]',
        "method": "paper",
        "acted_at": NOW,
        "disclosure_version": "v",
        "disclosure_text": "words",
        "disclosure_digest": "ZGRk",
        "evidence_url": "https://forms.example/1",
        "statement": "He signed.",
        "recorded_by": stopped.ana.pk,
    }
    approved = {"state": "approved", "decided_by": stopped.pat.pk, **values}

    def load(model: str, fields: dict[str, Any]) -> None:
        # As `loaddata` does, which besides has no right to set the sequences of these tables.
        for loaded in deserialize("json", json.dumps([{"model": model, "fields": fields}], default=str)):
            loaded.save()

    with scope_of():
        with pytest.raises(DatabaseError, match="needs its approved record"), transaction.atomic():
            load("members.consentevent", line)
        with pytest.raises(DatabaseError, match="begins as pending"), transaction.atomic():
            load("members.consentrecord", approved)
        load("members.consentrecord", values)
    assert state_of(stopped.ben) is StandingState.OPTED_OUT


def ruled(row: Notification) -> tuple[str, str]:
    """What becomes of the message when it is claimed; no provider is called."""
    lease, now = timedelta(seconds=45), NOW + 20 * MINUTE
    intend(claim_due(now=now, limit=10, owner="w", lease=lease), clock=lambda: now, owner="w", lease=lease)
    found = again(row)
    return found.status, found.reason


@pytest.mark.row(14)
def test_changing_what_lies_beside_the_ledger_lets_nothing_go(stopped: Cast) -> None:
    with tenant_scope(stopped.harbor.pk):
        with pytest.raises(DatabaseError), transaction.atomic():
            Suppression.objects.all().delete()
        for channel in ("sms", "voice"):
            ConsentStanding.objects.update_or_create(
                tenant=stopped.harbor,
                member=stopped.ben,
                number=BEN_NUMBER,
                channel=channel,
                defaults={"state": "opted_in", "since": NOW, "source": "invite", "event_public_id": ""},
            )
        stopped.ben.phones.update(proved_at=NOW, sms_capability="yes")
        NumberCode.objects.update(proved_at=NOW)
    with platform_scope():
        Suppression.objects.all().delete()
    assert ruled(message(stopped.ben, at=NOW)) == ("skipped", "CONSENT-2")
    with platform_scope():
        assert not Attempt.objects.exists()
    assert state_of(stopped.ben) is StandingState.OPTED_OUT


def test_the_same_message_goes_once_a_consent_is_recorded_and_approved(stopped: Cast, dora: User) -> None:
    approves(recorded(stopped.ben, by=stopped.ana), by=dora)
    with platform_scope():
        Notification.objects.filter(purpose="consent_confirmation").update(status="sent")
    assert ruled(message(stopped.ben, at=NOW))[0] == "sending"


@pytest.mark.django_db(transaction=True)
def test_the_owner_of_the_tables_is_refused_as_well(owner_connection: psycopg.Connection[Any]) -> None:
    cast = make_cast()
    agree(cast.ben, tenant=cast.harbor, at=NOW - 60 * MINUTE)
    stops(at=NOW - 30 * MINUTE)
    recorded(cast.ben, by=cast.ana)
    kept = "act, channel, reach, number, tenant_id, member_id, actor_id, category, method, disclosure_version,"
    kept += " disclosure_text, disclosure_digest, provider, provider_message_id, sender_address, digest"
    again_from = " ".join(
        [
            "INSERT INTO members_consentevent (public_id, effective_at, recorded_at, source, evidence_ref,",
            kept,
            ") SELECT 'cns_0', now(), now(), %s, '',",
            kept,
            "FROM members_consentevent WHERE act = 'grant'",
        ]
    )
    approve = "UPDATE members_consentrecord SET state = 'approved', decided_by_id = %s"
    statements: list[tuple[str, list[Any]]] = [
        (again_from, ["admin"]),
        (again_from, ["recorded"]),
        (approve, [cast.ana.pk]),
        (approve, [cast.vic.pk]),
        (approve, [None]),
        ("UPDATE members_consentrecord SET acted_at = now()", []),
        ("DELETE FROM members_consentrecord", []),
        ("UPDATE members_evidencefile SET content = ''", []),
        ("DELETE FROM members_evidencefile", []),
        ("UPDATE members_consentevent SET act = 'decline' WHERE act = 'revoke'", []),
    ]
    for statement, values in statements:
        with pytest.raises(psycopg.Error):
            owner_connection.execute(statement, values)
    assert state_of(cast.ben) is StandingState.OPTED_OUT
    owner_connection.execute(approve, [cast.pat.pk])
