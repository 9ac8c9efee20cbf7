"""Whoever tampers with a ledger is found out, even the owner of the database who switches the triggers off."""
# ruff: noqa: S608 - tampering is the subject

from collections.abc import Callable
from typing import Any

import psycopg
import pytest

from members.models import ConsentEvent
from tests.cast import Cast, make_cast
from tests.members.stories import MINUTE, NOW, stops
from tests.tenants.sealing import SIDES, TABLES, ids, seals, verified, write_lines

Owner = psycopg.Connection[Any]


@pytest.fixture
def cast(transactional_db: None) -> Cast:
    people = make_cast()
    write_lines(people)
    return people


@pytest.fixture
def tampering(owner_connection: Owner) -> Callable[[str, str], None]:
    """What an owner can do who switches the triggers off, and on again."""

    def run(table: str, statement: str) -> None:
        with owner_connection.transaction():
            owner_connection.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            owner_connection.execute(statement.format(table=table))
            owner_connection.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")

    return run


CHANGES = {
    "another act": ("consent", "UPDATE {table} SET act = 'restore' WHERE id = {id}"),
    "another time": ("consent", "UPDATE {table} SET effective_at = effective_at - interval '1 s' WHERE id = {id}"),
    "another wording": ("consent", "UPDATE {table} SET disclosure_text = disclosure_text || ' ' WHERE id = {id}"),
    "another number": ("consent", "UPDATE {table} SET number = '+12065550199' WHERE id = {id}"),
    "another salted digest": ("consent", "UPDATE {table} SET digest = decode(repeat('00', 32), 'hex') WHERE id = {id}"),
    "emptied": ("consent", "UPDATE {table} SET tenant_id = NULL WHERE id = {id}"),
    "another actor": ("audit", "UPDATE {table} SET actor_id = 1 + coalesce(actor_id, 0) WHERE id = {id}"),
    "another code": ("audit", "UPDATE {table} SET code = 'invite.sent' WHERE id = {id}"),
    "another subject": ("audit", "UPDATE {table} SET subject_id = 'mbr_0000000000000000' WHERE id = {id}"),
}


@pytest.mark.case("I16")
@pytest.mark.parametrize("change", CHANGES)
def test_a_changed_line_is_named(cast: Cast, tampering: Callable[[str, str], None], change: str) -> None:
    name, statement = CHANGES[change]
    assert seals(name, most_lines=2) > 2
    assert verified("--chain", name)[0] == 0
    key, public_id = ids(name)[2]
    tampering(TABLES[name], statement.replace("{id}", str(key)))
    status, said = verified("--chain", name)
    assert status == 1
    assert f"TAMPERED: {public_id} was changed after it was sealed (seal 2)." in said


@pytest.mark.case("I16")
@pytest.mark.parametrize("name", TABLES)
@pytest.mark.parametrize("place", [0, 1, -1])
def test_a_deleted_line_is_missed(cast: Cast, tampering: Callable[[str, str], None], name: str, place: int) -> None:
    assert seals(name) > 2
    lines = ids(name)
    tampering(TABLES[name], f"DELETE FROM {{table}} WHERE id = {lines[place][0]}")
    status, said = verified("--chain", name)
    near = lines[-2][1] if place == -1 else lines[place + 1][1]
    assert status == 1
    assert "1 sealed line(s) are missing" in said
    assert near in said


@pytest.mark.case("I16")
@pytest.mark.parametrize("new_id", ["between", "below everything"])
def test_a_line_put_in_between_sealed_ones_is_named(
    cast: Cast, tampering: Callable[[str, str], None], owner_connection: Owner, new_id: str
) -> None:
    owner_connection.execute("SELECT nextval(pg_get_serial_sequence('members_consentevent', 'id'))")
    stops(at=NOW + 9 * MINUTE, message="SM-9")
    assert seals("consent") > 2
    lines = ids("consent")
    copied = lines[-1][0]
    free = copied - 1 if new_id == "between" else -7
    assert free not in [key for key, _ in lines]
    columns = [str(field.column) for field in ConsentEvent._meta.concrete_fields]
    changed = {"id": str(free), "public_id": "'cns_0000000000000000'", "provider_message_id": "'SM-forged'"}
    tampering(
        TABLES["consent"],
        f"INSERT INTO {{table}} ({', '.join(columns)})"
        f" SELECT {', '.join(changed.get(column, column) for column in columns)} FROM {{table}} WHERE id = {copied}",
    )
    status, said = verified("--chain", "consent")
    assert status == 1
    assert "cns_0000000000000000 was put in between sealed lines" in said


@pytest.mark.case("I16")
@pytest.mark.parametrize("name", TABLES)
@pytest.mark.parametrize("is_sealed", [True, False])
def test_changed_personal_data_is_named_and_erased_data_is_said_to_be(
    cast: Cast, owner_connection: Owner, name: str, is_sealed: bool
) -> None:
    if is_sealed:
        assert seals(name) > 2
    table, key = SIDES[name]
    lines = ids(name)
    owner_connection.execute(f"UPDATE {table} SET data = '{{}}', salt = '' WHERE {key} = {lines[0][0]}")
    owner_connection.execute(f"DELETE FROM {table} WHERE {key} = {lines[2][0]}")
    status, said = verified("--chain", name)
    assert status == 0
    assert f"The personal data of 2 line(s) was erased, first of {lines[0][1]}" in said
    owner_connection.execute(f"""UPDATE {table} SET data = data || '{{"note": "x"}}' WHERE {key} = {lines[1][0]}""")
    status, said = verified("--chain", name)
    assert status == 1
    assert f"TAMPERED: The personal data beside {lines[1][1]} was changed." in said


SEAL_CHANGES = {
    "its line digests": ("line_digests = line_digests || decode(repeat('00', 32), 'hex')", "its digest is not"),
    "its digest": ("digest = decode(repeat('00', 32), 'hex')", "its digest is not"),
    "its time": ("sealed_at = sealed_at - interval '1 day'", "its digest is not"),
    "its signature": ("signature = decode(repeat('00', 64), 'hex')", "its signature is not"),
    "its key": ("key_id = '0123456789abcdef'", "no key of this installation"),
    "what came before it": ("previous = decode(repeat('11', 32), 'hex')", "does not follow the seal before it"),
}


@pytest.mark.case("I16")
@pytest.mark.parametrize("change", SEAL_CHANGES)
def test_a_changed_seal_is_found_out(cast: Cast, tampering: Callable[[str, str], None], change: str) -> None:
    assert seals("consent", most_lines=2) > 2
    statement, says = SEAL_CHANGES[change]
    tampering("tenants_seal", f"UPDATE {{table}} SET {statement} WHERE chain = 'consent' AND ordinal = 2")
    status, said = verified("--chain", "consent")
    assert status == 1
    assert "Seal 2" in said
    assert says in said
    assert verified("--chain", "audit")[0] == 0


@pytest.mark.case("I16")
def test_a_removed_seal_is_missed(cast: Cast, tampering: Callable[[str, str], None]) -> None:
    assert seals("consent", most_lines=2) > 4
    tampering("tenants_seal", "DELETE FROM {table} WHERE chain = 'consent' AND ordinal = 1")
    status, said = verified("--chain", "consent")
    assert status == 1
    assert "Seal 1 is gone" in said


@pytest.mark.case("I16")
def test_a_seal_that_was_noted_elsewhere_shows_what_was_cut_off_or_made_anew(
    cast: Cast, tampering: Callable[[str, str], None]
) -> None:
    assert seals("consent", most_lines=2) > 4
    noted = verified("--chain", "consent")[1].split("Newest seal: ")[1].strip()
    assert verified("--chain", "consent", "--expect", noted)[0] == 0
    newest = ids("consent")[-1][0]
    tampering("tenants_seal", "DELETE FROM {table} WHERE chain = 'consent' AND ordinal = 3")
    tampering(TABLES["consent"], f"DELETE FROM {{table}} WHERE id >= {newest}")
    assert verified("--chain", "consent")[0] == 0, "what nobody noted elsewhere cannot be missed"
    status, said = verified("--chain", "consent", "--expect", noted)
    assert (status, "Seal 3 is gone" in said) == (1, True)
    stops(at=NOW + 20 * MINUTE, message="SM-20")
    assert seals("consent") > 0
    status, said = verified("--chain", "consent", "--expect", noted)
    assert (status, "made anew" in said) == (1, True)


def test_both_chains_are_clean_as_they_are_written_and_say_what_is_not_sealed_yet(cast: Cast) -> None:
    status, said = verified()
    assert status == 0
    assert "0 lines under 0 seals" in said
    counts = {name: len(ids(name)) for name in TABLES}
    assert {name: seals(name) for name in TABLES} == counts
    stops(at=NOW + 9 * MINUTE, message="SM-9")
    status, said = verified()
    assert status == 0
    for name, count in counts.items():
        assert f"{name}: {count} lines under 1 seals, 1 since then that are not sealed yet." in said
