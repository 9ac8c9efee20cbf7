"""The pages of recorded consents, as browsers post to them."""

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from members.consent.disclosure import VERSIONS
from members.models import ConsentRecord, Member
from tenants.scope import platform_scope
from tests.cast import BEN_NUMBER
from tests.members.recording_stories import PDF

MEMBERS = "/admin/members/member/"
RECORDS = "/admin/members/consentrecord/"


def action(member: Member, name: str) -> str:
    return f"{MEMBERS}{member.pk}/do/{name}/"


def decision(row: ConsentRecord, name: str) -> str:
    return f"{RECORDS}{row.pk}/do/{name}/"


def form(**changes: Any) -> dict[str, Any]:
    """What the browser posts of the form on which a consent is recorded, with a document; None leaves a field out."""
    told = {
        "number": BEN_NUMBER,
        "channels": ["sms"],
        "method": "paper",
        "acted_at": "2026-11-20T18:00:00",
        "wording": VERSIONS["sms"],
        "form_name": "",
        "wording_text": "",
        "document": SimpleUploadedFile("ben.pdf", PDF, content_type="text/html"),
        "url": "",
        "statement": "Ben signed the form at the gate; I was there.",
        **changes,
    }
    return {name: value for name, value in told.items() if value is not None}


def posted(client: Client, url: str, data: dict[str, Any] | None = None) -> str:
    """The page that the post ends on."""
    answer = client.post(url, data or {}, follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


def page(client: Client, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200, url
    return answer.content.decode()


def only_record() -> ConsentRecord:
    with platform_scope():
        return ConsentRecord.objects.select_related("member").get()
