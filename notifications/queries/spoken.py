"""What the call of a row tells, read from the row, its member, its tenant and the number that calls."""

from notifications.core.spoken import Spoken, language_of
from notifications.core.states import Channel, Purpose
from notifications.models import Notification, Sender


def spoken_of(row: Notification, *, sender: Sender | None) -> Spoken:
    """What a call from `sender` tells of this row; its `tenant` and `member` are read, and no others."""
    takes_texts = sender is not None and sender.kind == Sender.Kind.NUMBER and Channel.SMS.value in sender.channels
    return Spoken(
        tenant_name=row.tenant.name,
        text=row.body.removeprefix(f"{row.tenant.name}: "),
        purpose=Purpose(row.purpose),
        language=language_of(row.member.language if row.member else ""),
        contact=row.tenant.support_phone or row.tenant.support_email,
        ack_code=row.ack_code,
        texts_to=sender.address if sender is not None and takes_texts else "",
    )
