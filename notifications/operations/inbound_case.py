"""One text while it is being taken in: what it says, whose it is, who answers it, and the row that it becomes."""

from dataclasses import dataclass
from datetime import datetime

from members.consent.keywords import Reading, provider_keyword
from members.models import Member
from members.queries import suppressions_of
from notifications.models import InboundMessage, Notification, ProviderAccount, ProviderBlock, Sender
from notifications.operations import answers
from notifications.operations.blocks import block_cleared, block_learned
from notifications.providers.azure_words import KEYWORDS as AZURE_KEYWORDS
from notifications.queries.inbound import last_written_to, member_with
from tenants.models import Tenant


@dataclass(frozen=True, slots=True)
class Text:
    """A text as it came, already proved to come from `account`; `provider_word` is the provider's own reading of it."""

    account: ProviderAccount
    provider_message_id: str
    number: str
    to_address: str
    service_id: str | None
    body: str
    provider_word: str | None
    received_at: datetime


@dataclass(slots=True)
class Case:
    """A text, its row and its reading; whose it is, once that is known. Needs the platform's scope throughout."""

    text: Text
    row: InboundMessage
    reading: Reading
    sender: Sender | None
    tenant_id: int | None
    member: Member | None
    at: datetime

    @property
    def answered_by_provider(self) -> bool:
        """The provider acts on its own keywords and answers them; a second answer would be one too many."""
        if self.text.account.provider == "azure":
            return self.text.body.strip().lower() in AZURE_KEYWORDS
        return self.text.provider_word is not None or provider_keyword(self.text.body)

    @property
    def is_late(self) -> bool:
        """Whether it is taken in so late that an answer would come out of the blue (47 CFR 64.1200(a)(12))."""
        return self.at - self.text.received_at > answers.ANSWER_WITHIN

    @property
    def is_suppressed(self) -> bool:
        return bool(suppressions_of([self.text.number]))

    @property
    def tenant(self) -> Tenant | None:
        return None if self.tenant_id is None else Tenant.objects.filter(pk=self.tenant_id).first()

    def place(self) -> None:
        """Find whose it is: of the tenant that wrote to the number last, else of the one of the account or sender."""
        only = self.text.account.tenant_id
        last = last_written_to(self.text.number, sender=self.sender, tenant_id=only)
        self.tenant_id = last.tenant_id if last else only or (self.sender.tenant_id if self.sender else None)
        self.member = member_with(self.text.number, tenant_id=self.tenant_id)

    def answer(self, body: str) -> Notification | None:
        """Write the one answer; where nobody knows the number, no log would hold it, and none is given."""
        if self.tenant_id is None:
            return None
        return answers.answer_text(self.row, body=body, tenant_id=self.tenant_id, member=self.member, at=self.at)

    def block_heard(self, *, is_blocked: bool) -> None:
        """Keep what the provider did to its own opt-out list because of this text, for this sender alone."""
        heard = block_learned if is_blocked else block_cleared
        scopes = [scope for scope in (self.text.to_address, self.text.service_id) if scope and self._speaks_for(scope)]
        if not scopes:
            return
        heard(
            number=self.text.number,
            provider=self.text.account.provider,
            sender=self.sender,
            sender_address=scopes[0],
            source=ProviderBlock.Source.KEYWORD,
            heard_at=self.text.received_at,
            at=self.at,
            service_id=next(iter(scopes[1:]), None),
            tenant_id=self.tenant_id,
        )

    def _speaks_for(self, scope: str) -> bool:
        """Whether the account can tell of this sender: a tenant's own account of its own senders alone.

        Who holds its token could name a shared sender, or another tenant's, as the one that was texted.
        """
        if self.text.account.tenant_id is None:
            return True
        holders = set(Sender.objects.filter(address=scope).values_list("account_id", flat=True))
        return holders == {self.text.account.pk}
