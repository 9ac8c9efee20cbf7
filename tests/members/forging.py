"""How somebody would forge a consent below the pages: lines of the ledger and records, made by hand."""

from typing import Any

from members.models import ConsentRecord
from tests.cast import BEN_NUMBER, Cast
from tests.consenting import wording
from tests.members.stories import MINUTE, NOW


def person(cast: Cast, name: str | None) -> Any:
    """The login of somebody of the cast."""
    return None if name is None else cast.ben.user if name == "ben" else getattr(cast, name)


def line_of(cast: Cast, *, actor: str | None = "ana", **changes: Any) -> dict[str, Any]:
    """A line that would opt Ben in."""
    words, user = wording(), person(cast, actor)
    return {
        "act": "grant",
        "channel": "sms",
        "reach": "tenant",
        "number": BEN_NUMBER,
        "tenant_id": cast.harbor.pk,
        "member_id": cast.ben.pk,
        "actor_id": user.pk if user else None,
        "effective_at": NOW,
        "recorded_at": NOW,
        "source": "admin",
        "method": "form",
        "disclosure_version": words.version,
        "disclosure_text": words.text,
        "disclosure_digest": words.digest,
        "digest": b"d" * 32,
        **changes,
    }


def record_of(cast: Cast, *, recorder: str = "ana", decider: str | None = None, **changes: Any) -> ConsentRecord:
    """A record of Ben's consent, which lacks nothing unless `changes` say so."""
    words = wording()
    values: dict[str, Any] = {
        "tenant": cast.harbor,
        "member": cast.ben,
        "number": BEN_NUMBER,
        "channels": ["sms"],
        "method": "paper",
        "acted_at": NOW,
        "disclosure_version": words.version,
        "disclosure_text": words.text,
        "disclosure_digest": words.digest,
        "evidence_url": "https://forms.example/1",
        "statement": "He signed.",
        "recorded_by": person(cast, recorder),
        "recorded_at": NOW + MINUTE,
        "decided_by": person(cast, decider),
        **changes,
    }
    return ConsentRecord(**values)
