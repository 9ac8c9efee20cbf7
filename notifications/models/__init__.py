"""The nouns of the notifications app: what was to be sent, what was tried, and what came back."""

from notifications.models.alert import Alert, AlertStep
from notifications.models.attempt import Attempt
from notifications.models.breaker import Breaker, BreakerChange
from notifications.models.consent_push import ConsentPush
from notifications.models.flow import Flow, Step, StepRecipient
from notifications.models.heartbeat import Heartbeat
from notifications.models.hook import Hook, Trigger
from notifications.models.inbound import InboundMessage, ProviderCallback
from notifications.models.notification import Notification, Transition
from notifications.models.provider_block import ProviderBlock
from notifications.models.receipt import Receipt
from notifications.models.review import Review
from notifications.models.sender import ProviderAccount, Sender

__all__ = [
    "Alert",
    "AlertStep",
    "Attempt",
    "Breaker",
    "BreakerChange",
    "ConsentPush",
    "Flow",
    "Heartbeat",
    "Hook",
    "InboundMessage",
    "Notification",
    "ProviderAccount",
    "ProviderBlock",
    "ProviderCallback",
    "Receipt",
    "Review",
    "Sender",
    "Step",
    "StepRecipient",
    "Transition",
    "Trigger",
]
