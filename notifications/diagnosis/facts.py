"""Everything that a diagnosis may know of one notification, frozen at the instant it was asked.

Holds no rule, no clock and no database: a saved copy is diagnosed years later with the same answer. What was not known
is None, never a guess.
"""

from dataclasses import dataclass, field
from datetime import datetime

from notifications.core.gate_facts import GateFacts
from notifications.core.registration import Registration
from notifications.core.states import Channel, NotificationStatus, Purpose
from notifications.diagnosis.facts_beside import ArrivalFact, SenderStateFact
from notifications.diagnosis.facts_blast import BlastFact
from notifications.diagnosis.facts_calls import CallsFact
from notifications.diagnosis.facts_duplicates import DuplicatesFact
from notifications.diagnosis.facts_pulse import PulseFact
from notifications.diagnosis.facts_route import RouteStandFact


@dataclass(frozen=True, slots=True)
class PersonFact:
    """A member, by the key that forms are opened with and the name that people know."""

    pk: int
    public_id: str
    name: str


@dataclass(frozen=True, slots=True)
class SiblingFact:
    """Another row of the same alert, or one that this row names."""

    pk: int
    public_id: str
    status: str
    channel: str
    who: str
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class RowFact:
    """The row of the Notifications log itself. `number` is the one it was written with; empty if there was none."""

    pk: int
    public_id: str
    purpose: Purpose
    channel: Channel
    status: NotificationStatus
    number: str
    created_at: datetime
    due_at: datetime
    reason: str = ""
    reason_text: str = ""
    expires_at: datetime | None = None
    ruled_at: datetime | None = None
    lease_until: datetime | None = None
    handed_over_at: datetime | None = None
    finished_at: datetime | None = None
    acknowledged_at: datetime | None = None
    acknowledged_via: str = ""
    cancelled_by: SiblingFact | None = None
    merged_into: SiblingFact | None = None
    resend_of: SiblingFact | None = None
    tried_next: str = ""
    #: How many others went out inside it.
    carries: int = 0


@dataclass(frozen=True, slots=True)
class RulingFact:
    """What was decided then. `shut` holds the reason of every gate that was shut, the deciding one first."""

    verdict: str
    reason: str
    at: datetime | None
    source: str
    shut: tuple[str, ...] = ()
    facts: GateFacts | None = None


@dataclass(frozen=True, slots=True)
class ReadingFact:
    """How a stored number reads: its defects by their words' keys, and a corrected form where none is a guess."""

    number: str
    defects: tuple[str, ...] = ()
    suggestion: str | None = None


@dataclass(frozen=True, slots=True)
class PhoneFact:
    """A phone of the member as it stands now."""

    public_id: str
    number: str
    line_type: str
    sms_capability: str
    voice_capability: str
    takes_sms: bool
    takes_calls: bool
    proved_at: datetime | None = None
    created_at: datetime | None = None
    #: Whence the type is known (admin, lookup, fault), in a provider's word, and when; and when it was looked up last.
    line_type_origin: str = ""
    line_type_at: datetime | None = None
    line_type_said: str = ""
    looked_up_at: datetime | None = None
    pk: int = 0


@dataclass(frozen=True, slots=True)
class NumberChange:
    """One change of the number that the channel goes to, as history kept it: by whom, and through which door."""

    at: datetime
    before: str
    after: str
    ref: str = ""
    door: str = ""
    by: str = ""


@dataclass(frozen=True, slots=True)
class TurnFact:
    """One turn of the administrators' SMS switch for the member."""

    ref: str
    is_on: bool
    number: str
    seat_ref: str
    at: datetime
    by: str
    why: str


@dataclass(frozen=True, slots=True)
class SeatFact:
    """One SMS seat that the member held or holds."""

    ref: str
    given_at: datetime
    given_by: str = ""
    removed_at: datetime | None = None
    removed_by: str = ""
    why_removed: str = ""


@dataclass(frozen=True, slots=True)
class MemberFact:
    """The member as they stand now."""

    pk: int
    public_id: str
    name: str
    active: bool
    phones: tuple[PhoneFact, ...] = ()
    changes: tuple[NumberChange, ...] = ()
    turns: tuple[TurnFact, ...] = ()
    seats: tuple[SeatFact, ...] = ()


@dataclass(frozen=True, slots=True)
class ConsentLine:
    """One line of the ledger about the row's number and member, without anything that names another tenant."""

    ref: str
    act: str
    channel: str
    reach: str
    effective_at: datetime
    source: str
    method: str
    sender_address: str = ""


@dataclass(frozen=True, slots=True)
class ConsentFact:
    """The ledger as it stands now; `start_to` is the number to which the person may text START."""

    lines: tuple[ConsentLine, ...] = ()
    suppressed_since: datetime | None = None
    suppression_source: str | None = None
    start_to: str | None = None


@dataclass(frozen=True, slots=True)
class ReceiptFact:
    """One word of a provider about an attempt; `times` is how often it came."""

    word: str
    fault_code: str
    door: str
    received_at: datetime
    provider_at: datetime | None = None
    times: int = 1


@dataclass(frozen=True, slots=True)
class AttemptFact:
    """One hand-over to one provider, and everything that came back."""

    public_id: str
    ordinal: int
    provider: str
    sender_address: str
    number: str
    committed_at: datetime
    outcome: str
    answered_at: datetime | None = None
    provider_message_id: str = ""
    http_status: int | None = None
    fault_code: str = ""
    fault_text: str = ""
    exception_class: str = ""
    word: str = ""
    has_conflict: bool = False
    asked_at: datetime | None = None
    asked_times: int = 0
    request_ms: int | None = None
    #: Of a call: the network's last answer, who picked up, how long it lasted, and the keys in order.
    sip_code: int | None = None
    answered_by: str = ""
    seconds: int | None = None
    keys: str = ""
    receipts: tuple[ReceiptFact, ...] = ()


@dataclass(frozen=True, slots=True)
class TransitionFact:
    """One change of the row's status, kept by the database."""

    at: datetime
    before: str
    after: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class RungFact:
    """One step of an escalation, in one round; in a step that pages in turn, one place of it. All count from 1."""

    step: int
    place: int
    round: int
    outcome: str
    due_at: datetime | None = None
    fired_at: datetime | None = None
    waits_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class EscalationFact:
    """Where in its alert's escalation a page stands, and the rung after it; `places` is 0 where all go at once."""

    rung: RungFact
    steps: int
    places: int
    rounds: int
    following: RungFact | None = None
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class AlertFact:
    """The firing the row belongs to: how its siblings stand, and who acknowledged it first."""

    pk: int
    public_id: str
    flow_pk: int
    flow_name: str
    flow_enabled: bool
    opened_at: datetime
    acknowledged_at: datetime | None = None
    acknowledged_by: str | None = None
    sibling_counts: tuple[tuple[str, int], ...] = ()
    siblings: tuple[SiblingFact, ...] = ()
    resolved_at: datetime | None = None
    escalation: EscalationFact | None = None


@dataclass(frozen=True, slots=True)
class TenantFact:
    """The tenant as it stands now; `region` is where its numbers without country code are read."""

    pk: int
    public_id: str
    name: str
    standing: str
    standing_until: datetime | None = None
    region: str = "US"


@dataclass(frozen=True, slots=True)
class SenderFact:
    """A sender that the tenant may use now."""

    public_id: str
    address: str
    provider: str
    channels: tuple[str, ...]
    registration: str
    active: bool
    shared: bool
    country: str = "US"
    registered: Registration | None = None
    state: SenderStateFact | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """One notification, then and now. `zone` is the reader's, in which sentences tell the time."""

    asked_at: datetime
    zone: str
    row: RowFact
    tenant: TenantFact
    then: RulingFact | None = None
    now: GateFacts | None = None
    member: MemberFact | None = None
    reading_then: ReadingFact | None = None
    reading_now: ReadingFact | None = None
    consent: ConsentFact = field(default_factory=ConsentFact)
    attempts: tuple[AttemptFact, ...] = ()
    transitions: tuple[TransitionFact, ...] = ()
    alert: AlertFact | None = None
    pulse: PulseFact | None = None
    senders: tuple[SenderFact, ...] = ()
    routes: tuple[RouteStandFact, ...] = ()
    calls: CallsFact | None = None
    last_arrival: ArrivalFact | None = None
    duplicates: DuplicatesFact | None = None
    blast: BlastFact | None = None

    @property
    def last_attempt(self) -> AttemptFact | None:
        return self.attempts[-1] if self.attempts else None
