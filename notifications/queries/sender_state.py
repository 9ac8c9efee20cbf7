"""What is stored of a provider's word on its senders, where texts should come in, and when the last text came."""

from django.conf import settings
from django.db.models import DateTimeField, OuterRef, QuerySet, Subquery
from django.urls import reverse

from notifications.core.sender_state import SenderSeen
from notifications.models import InboundMessage, ProviderAccount, Sender
from tenants.scope import platform_scope


def seen_of(sender: Sender) -> SenderSeen | None:
    """What the provider said of it last; None where it was never asked, or what is stored cannot be read."""
    stored = sender.provider_says
    if not isinstance(stored, dict):
        return None
    try:
        return SenderSeen.from_json(stored)
    except (KeyError, TypeError):
        return None


def provider_of(sender: Sender) -> str:
    """The sender's provider, also where its account is the platform's, which the open scope may not see."""
    with platform_scope():
        return str(ProviderAccount.objects.values_list("provider", flat=True).get(pk=sender.account_id))


def inbound_url() -> str:
    """Where Twilio has to post texts to senders."""
    return f"{settings.PUBLIC_URL}{reverse('twilio-inbound')}"


def with_last_text(senders: QuerySet[Sender]) -> QuerySet[Sender]:
    """The senders with `last_text_at`: when the last text to each came in; None where none ever did.

    It is a time alone; in a tenant's scope only texts of that tenant count, in the platform's all.
    """
    newest = InboundMessage.objects.filter(sender=OuterRef("pk")).order_by("-received_at").values("received_at")[:1]
    return senders.annotate(last_text_at=Subquery(newest, output_field=DateTimeField()))
