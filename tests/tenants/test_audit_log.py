"""The audit log only grows: nobody changes it by any door, and an entry proves its erasable side row."""

from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from imes.kernel.canonical import salted_digest
from tenants.audit import Act, record, sentence
from tenants.models import AuditDetail, AuditEntry
from tenants.scope import platform_scope, tenant_scope
from tests.cast import Cast, make_cast


def write_entry(cast: Cast) -> AuditEntry:
    with tenant_scope(cast.harbor.pk):
        return record(
            Act.OBJECT_CHANGED,
            tenant_id=cast.harbor.pk,
            actor=cast.ana,
            subject=cast.ben,
            at=timezone.now(),
            data={"name": ["Ben", "Benjamin"]},
        )


def codes() -> list[str]:
    """What the log of the open scope says, line by line."""
    return list(AuditEntry.objects.order_by("pk").values_list("code", flat=True))


def ask(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


DOORS: dict[str, Callable[[AuditEntry], object]] = {
    "save": lambda entry: entry.save(),
    "update": lambda _: AuditEntry.objects.update(code="other"),
    "delete": lambda entry: entry.delete(),
    "raw update": lambda _: ask("UPDATE tenants_auditentry SET code = 'other'"),
    "raw delete": lambda _: ask("DELETE FROM tenants_auditentry"),
    "truncate": lambda _: ask("TRUNCATE tenants_auditentry"),
}
REFUSED = r"permission denied|append-only"


@pytest.mark.parametrize("whose", ["tenant", "platform"])
@pytest.mark.parametrize("door", DOORS)
def test_nobody_changes_or_removes_an_entry(db: None, whose: str, door: str) -> None:
    cast = make_cast()
    entry = write_entry(cast)
    with tenant_scope(cast.harbor.pk):
        before = codes()
    entry.code = "other"
    scope = tenant_scope(cast.harbor.pk) if whose == "tenant" else platform_scope()
    with scope, pytest.raises(DatabaseError, match=REFUSED), transaction.atomic():
        DOORS[door](entry)
    with tenant_scope(cast.harbor.pk):
        assert codes() == before
        assert AuditEntry.objects.get(pk=entry.pk).code == Act.OBJECT_CHANGED


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE tenants_auditentry SET code = 'other'",
        "DELETE FROM tenants_auditentry",
        "TRUNCATE tenants_auditentry",
        "SET session_replication_role = replica",
        "SET pgtrigger.ignore = '{append_only_row}'; DELETE FROM tenants_auditentry",
    ],
)
def test_not_even_the_owner_of_the_tables_does(owner_connection: psycopg.Connection[Any], statement: str) -> None:
    write_entry(make_cast())
    everything = "SELECT public_id, code, digest FROM tenants_auditentry ORDER BY id"
    before = owner_connection.execute(everything).fetchall()
    assert Act.OBJECT_CHANGED in [code for _, code, _ in before]
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match=REFUSED):
        owner_connection.execute(statement)
    assert owner_connection.execute(everything).fetchall() == before


def test_an_entry_proves_its_side_row_and_says_itself_in_one_sentence(db: None) -> None:
    cast = make_cast()
    entry = write_entry(cast)
    with tenant_scope(cast.harbor.pk):
        detail = AuditDetail.objects.get(entry=entry)
    assert bytes(entry.digest) == salted_digest(detail.data, salt=bytes(detail.salt))
    assert bytes(entry.digest) != salted_digest({"name": ["Ben", "Bert"]}, salt=bytes(detail.salt))
    assert bytes(write_entry(cast).digest) != bytes(entry.digest), "the same words under another salt"
    assert sentence(entry, actor_name="Ana") == f"Ana changed {cast.ben.public_id}"
    assert sentence(entry, actor_name="") == f"The portal changed {cast.ben.public_id}"


def test_erasing_the_side_row_leaves_the_entry(db: None) -> None:
    cast = make_cast()
    entry = write_entry(cast)
    with tenant_scope(cast.harbor.pk), pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        AuditDetail.objects.filter(entry=entry)._raw_delete("default")
    with platform_scope():
        AuditDetail.objects.filter(entry=entry).update(data={})
        assert AuditEntry.objects.filter(pk=entry.pk).exists()


def test_an_entry_cannot_be_written_into_another_tenants_log(db: None) -> None:
    cast = make_cast()
    for tenant_id in (cast.ridge.pk, None):
        with tenant_scope(cast.harbor.pk), pytest.raises(DatabaseError, match="row-level security"):
            record(Act.OBJECT_ADDED, tenant_id=tenant_id, actor=cast.ana, subject=cast.ben, at=timezone.now())
    with platform_scope():
        record(Act.OBJECT_ADDED, tenant_id=None, actor=cast.pat, subject=cast.sender, at=timezone.now())
        assert AuditEntry.objects.get(code=Act.OBJECT_ADDED).tenant_id is None
    for tenant in (cast.harbor, cast.ridge):
        with tenant_scope(tenant.pk):
            assert not AuditEntry.objects.filter(code=Act.OBJECT_ADDED).exists()
