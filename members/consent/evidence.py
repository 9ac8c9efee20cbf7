"""Everything the portal can show about consent for one number: every line, word for word, and what follows from them.

Support and platform get all of it. A tenant gets its own lines in full, and of what was heard elsewhere and counts here
too the fact and the date alone (product reading 2). It reads, and writes nothing.
"""

from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from members import ports
from members.consent.evidence_file import KIND
from members.consent.evidence_parts import (
    Plain,
    bases,
    member_of,
    named,
    people,
    person,
    provider,
    tenant_of,
    wording,
)
from members.consent.words import consent_words
from members.models import ConsentDetail, ConsentEvent, Member, Phone
from members.queries import standings, suppressions_of
from tenants.chains import Chain, chains
from tenants.models import Seal, Tenant, User
from tenants.scope import platform_scope, tenant_scope
from tenants.seal_check import side_state
from tenants.seals import holds, lines_between, seals_over

_CHANNELS: tuple[Literal["sms", "voice"], ...] = ("sms", "voice")
#: Of what was heard elsewhere a tenant learns these acts alone: a provider's report names whose sender it blocks.
_COUNTS_EVERYWHERE = (ConsentEvent.Act.REVOKE, ConsentEvent.Act.RESTORE, ConsentEvent.Act.STALE)
_PERSONAL = {"matches": "as it was written", "erased": "erased", "changed": "CHANGED since it was written"}
_ALL = (
    "Every line that the portal holds about this number, of every organisation.",
    "Times are UTC. “Effective” is when the person acted, “recorded” is when the portal wrote it down.",
)
_OWN = (
    "Every line about this number that was heard or recorded in this organisation.",
    "What was heard elsewhere and counts here too is named with its date alone.",
    "What binds another organisation alone is not in this copy.",
    _ALL[1],
)


@dataclass(frozen=True, slots=True)
class Request:
    """Whose copy of which number, for whom. `whose` is None for support and platform: they see everything."""

    number: str
    whose: Tenant | None
    by: User
    at: datetime
    installation: str

    @property
    def scope(self) -> AbstractContextManager[None]:
        return platform_scope() if self.whose is None else tenant_scope(self.whose.pk)


def numbers_of(member: Member) -> list[str]:
    """The numbers that evidence about a member may be asked for: theirs now, and those the ledger knows them by."""
    known = ConsentEvent.objects.filter(tenant_id=member.tenant_id, member_id=member.pk).order_by()
    return sorted({phone.number for phone in member.phones.all()} | set(known.values_list("number", flat=True)))


def evidence(asked: Request) -> Plain:
    """The record of one number, as plain values with one canonical form."""
    with asked.scope:
        lines = list(ConsentEvent.objects.filter(number=asked.number).order_by("effective_at", "id"))
        holders = list(Phone.objects.filter(number=asked.number).values_list("tenant_id", "member_id"))
        members = _members({key for line in lines if (key := line.member_id)} | {member for _, member in holders})
        written, seals = _lines(lines, members=members)
        return {
            "kind": KIND,
            "version": 1,
            "number": asked.number,
            "prepared": {
                "at": asked.at,
                "by": person(asked.by),
                "by_portal": asked.installation,
                "for": tenant_of(asked.whose) if asked.whose else "the platform",
            },
            "says": list(_ALL if asked.whose is None else _OWN),
            "lines": written,
            "elsewhere": _elsewhere(asked) if asked.whose and holders else [],
            "standing_now": _standing_now(asked, lines, holders, members=members),
            "suppression": _suppression(asked.number),
            "provider_blocks": [_block(block) for block in ports.messenger().blocks_of(asked.number)],
            "seals": [_seal(seal) for seal in seals],
        }


def _lines(lines: Sequence[ConsentEvent], *, members: dict[int, Member]) -> tuple[list[Plain], list[Seal]]:
    with platform_scope():
        sealed = seals_over(_chain(), [line.pk for line in lines])
        tenants = {row.pk: tenant_of(row) for row in Tenant.objects.filter(pk__in={line.tenant_id for line in lines})}
    details = {row.event_id: row for row in ConsentDetail.objects.filter(event__in=lines)}
    actors = people(line.actor_id for line in lines)
    rests_on = bases(lines)
    written = []
    for line in lines:
        found = members.get(line.member_id or 0)
        who = member_of(found) if found else named({}, line.member_id)
        written.append(
            {
                "id": line.public_id,
                "act": line.act,
                "what": line.get_act_display(),
                "channel": line.get_channel_display(),
                "reach": line.get_reach_display(),
                "category": line.category,
                "effective_at": line.effective_at,
                "recorded_at": line.recorded_at,
                "tenant": named(tenants, line.tenant_id),
                "member": who,
                "actor": named(actors, line.actor_id),
                "source": line.source,
                "method": line.method,
                "wording": wording(line),
                "provider": provider(line),
                "rests_on": rests_on.get(line.evidence_ref)
                or ({"id": line.evidence_ref} if line.evidence_ref else None),
                **_personal(line, details.get(line.pk)),
                **_seal_state(line, sealed.get(line.pk)),
            }
        )
    return written, sorted(set(sealed.values()), key=lambda seal: seal.ordinal)


def _personal(line: ConsentEvent, detail: ConsentDetail | None) -> Plain:
    row = {"salt": detail.salt, "data": detail.data} if detail else None
    return {
        "details": detail.data if detail else {},
        "details_are": _PERSONAL[side_state(bytes(line.digest), row)],
        "salted_digest": bytes(line.digest).hex(),
    }


def _seal_state(line: ConsentEvent, seal: Seal | None) -> Plain:
    if seal is None:
        return {"sealed_by": None, "seal": "not sealed yet: written within the last minutes"}
    with platform_scope():
        (stands,) = lines_between(_chain(), after_id=line.pk - 1, last_id=line.pk)
    word = "as it was sealed" if holds(seal, stands) else "CHANGED since it was sealed"
    return {"sealed_by": seal.ordinal, "seal": word}


def _elsewhere(asked: Request) -> list[Plain]:
    """What was heard outside this tenant and binds it too: the fact and the date, and nothing of whose it was."""
    with platform_scope():
        rows = ConsentEvent.objects.filter(
            number=asked.number, reach=ConsentEvent.Reach.PLATFORM, act__in=_COUNTS_EVERYWHERE
        )
        own = asked.whose.pk if asked.whose else None
        found = rows.exclude(tenant_id=own).order_by("effective_at", "id").values_list("act", "effective_at")
        return [{"what": ConsentEvent.Act(act).label, "effective_at": at} for act, at in found]


def _standing_now(
    asked: Request, lines: Iterable[ConsentEvent], holders: Iterable[tuple[int, int]], *, members: dict[int, Member]
) -> list[Plain]:
    own = {line.public_id for line in lines}
    named_ones = {(line.tenant_id, line.member_id) for line in lines if line.tenant_id and line.member_id}
    keys = sorted({(tenant, member, asked.number) for tenant, member in (*holders, *named_ones) if member in members})
    found = []
    with platform_scope():
        for channel in _CHANNELS:
            for key, stands in standings(keys, channel=channel, at=asked.at).items():
                because = stands.because
                found.append(
                    {
                        "member": member_of(members[key[1]]),
                        "channel": ConsentEvent.Channel(channel).label,
                        "state": stands.state.value,
                        "says": consent_words(stands).state.label,
                        "since": stands.since,
                        "rests_on": because.ref if because is not None and because.ref in own else None,
                    }
                )
    return sorted(found, key=lambda row: (row["member"]["name"], row["member"]["id"], row["channel"]))


def _suppression(number: str) -> Plain | None:
    row = suppressions_of([number]).get(number)
    return {"since": row.since, "source": row.get_source_display()} if row else None


def _block(block: ports.Block) -> Plain:
    return {
        "provider": block.provider,
        "sender": block.sender_address,
        "state": "blocked" if block.is_active else "cleared",
        "since": block.since,
        "source": block.source,
        "code": block.code,
    }


def _seal(seal: Seal) -> Plain:
    return {
        "ordinal": seal.ordinal,
        "sealed_at": seal.sealed_at,
        "lines": seal.rows,
        "digest": bytes(seal.digest).hex(),
        "signature": bytes(seal.signature).hex(),
        "key_id": seal.key_id,
    }


def _members(ids: Iterable[int]) -> dict[int, Member]:
    return {member.pk: member for member in Member.objects.filter(pk__in=set(ids))}


def _chain() -> Chain:
    return next(chain for chain in chains() if chain.name == "consent")
