"""Lines are sealed once they surely stand, by one sealer at a time, and no late comer is passed over."""

import os
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from tenants.audit import Act, record
from tenants.models import Seal, SealMark
from tenants.scope import platform_scope, tenant_scope
from tenants.seals import seal_settled
from tests.cast import Cast, make_cast
from tests.members.stories import MINUTE, NOW, stops
from tests.tenants.sealing import chain_named, ids, seals, verified, write_lines

Writer = psycopg.Connection[Any]


@pytest.fixture
def cast(transactional_db: None) -> Cast:
    people = make_cast()
    write_lines(people)
    return people


def test_a_seal_takes_so_many_lines_and_nothing_twice(cast: Cast) -> None:
    count = len(ids("consent"))
    assert seals("consent", most_lines=2) == count
    assert seals("consent") == 0
    with platform_scope():
        found = list(Seal.objects.filter(chain="consent").values_list("ordinal", "rows"))
    assert found == [(1, 2), (2, 2), (3, 1)]
    assert count == 5


def test_an_old_key_still_verifies_and_a_new_one_signs(cast: Cast, settings: Any) -> None:
    (old,) = settings.EVIDENCE_SIGNING_KEYS
    assert seals("consent") > 0
    settings.EVIDENCE_SIGNING_KEYS = ["bmV3IG5ldyBuZXcgbmV3IG5ldyBuZXcgbmV3IG5lIS4=", old]
    stops(at=NOW + 9 * MINUTE, message="SM-9")
    assert seals("consent") == 1
    with platform_scope():
        assert len(set(Seal.objects.filter(chain="consent").values_list("key_id", flat=True))) == 2
    assert verified("--chain", "consent")[0] == 0
    settings.EVIDENCE_SIGNING_KEYS = settings.EVIDENCE_SIGNING_KEYS[:1]
    status, said = verified("--chain", "consent")
    assert (status, "Seal 1 is signed by" in said) == (1, True)


@pytest.fixture
def writer() -> Iterator[Writer]:
    """Another connection of the application, which writes when it is told to."""
    with psycopg.connect(os.environ["DATABASE_URL"]) as other:
        yield other


def write_entry(writer: Writer, *, tenant_id: int) -> None:
    writer.execute("SELECT set_config('app.tenant', %s, true)", [str(tenant_id)])
    writer.execute(
        "INSERT INTO tenants_auditentry (public_id, tenant_id, actor_kind, code, subject_kind, subject_id, at,"
        " request_id, digest) VALUES ('aud_late000000000000', %s, 'portal', 'x', 'x', 'x', now(), '', '')",
        [tenant_id],
    )


def test_a_line_that_commits_late_is_waited_for(cast: Cast, writer: Writer) -> None:
    chain = chain_named("audit")
    write_entry(writer, tenant_id=cast.harbor.pk)
    with tenant_scope(cast.harbor.pk):
        record(Act.OBJECT_ADDED, tenant_id=cast.harbor.pk, actor=None, subject=cast.ben, at=NOW)
    for _ in range(3):
        assert seal_settled(chain, at=NOW) == 0
    writer.commit()
    assert seal_settled(chain, at=NOW) == len(ids("audit"))
    assert "aud_late000000000000" in [public_id for _, public_id in ids("audit")][:-1]
    assert verified("--chain", "audit")[0] == 0


def test_a_writer_that_has_no_transaction_id_yet_is_waited_for(cast: Cast, writer: Writer) -> None:
    """It has its line's id, and a trigger before the insert is still running."""
    chain = chain_named("audit")
    writer.execute("SELECT set_config('app.tenant', %s, true)", [str(cast.harbor.pk)])
    # Prepares and locks as an INSERT does, and inserts nothing.
    writer.execute(
        "INSERT INTO tenants_auditentry (public_id, tenant_id, actor_kind, code, subject_kind, subject_id, at,"
        " request_id, digest) SELECT 'x', 1, '', '', '', '', now(), '', '' WHERE false"
    )
    seal_settled(chain, at=NOW)
    with platform_scope():
        assert not SealMark.objects.filter(chain="audit").exists()
    write_entry(writer, tenant_id=cast.harbor.pk)
    writer.commit()
    assert seals("audit") == len(ids("audit"))


def test_who_began_after_the_mark_is_not_waited_for(cast: Cast, writer: Writer) -> None:
    chain = chain_named("audit")
    count = len(ids("audit"))
    seal_settled(chain, at=NOW)
    write_entry(writer, tenant_id=cast.harbor.pk)
    assert seal_settled(chain, at=NOW) == count
    writer.commit()
    assert seals("audit") == 1
    assert verified("--chain", "audit")[0] == 0


def test_there_is_one_sealer_at_a_time(cast: Cast, writer: Writer) -> None:
    chain = chain_named("consent")
    writer.execute("SELECT pg_advisory_xact_lock(hashtextextended('imes seal consent', 0))")
    assert seal_settled(chain, at=NOW) == 0
    with platform_scope():
        assert not SealMark.objects.filter(chain="consent").exists()
    writer.rollback()
    assert seals("consent") == len(ids("consent"))


def test_the_application_reads_and_writes_no_seal(cast: Cast) -> None:
    assert seals("consent") > 0
    with tenant_scope(cast.harbor.pk), pytest.raises(Exception, match="permission denied"):
        Seal.objects.exists()
    with platform_scope(), pytest.raises(Exception, match=r"permission denied|append-only"):
        Seal.objects.update(rows=0)
