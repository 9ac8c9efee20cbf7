"""A number that is a landline by its type and gets texts all the same: an admin says so, and the message goes."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from billing.operations.allowances import set_allowance
from members.models import Phone
from notifications.dispatch.deliver import deliver_due
from notifications.models import Notification
from tenants.models import AuditEntry, User
from tenants.scope import platform_scope, tenant_scope
from tests.cast import Cast
from tests.notifications.dispatch.conftest import again, attempts, message, person
from tests.sandbox.process import RunningSandbox

#: The sandbox looks it up as a landline, and delivers texts to it.
TEXTED = "+12065557705"


def deliver() -> None:
    deliver_due(clock=timezone.now, owner="worker", for_seconds=0.2)


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def text_of(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


@pytest.mark.row(105)
def test_a_landline_that_can_text_is_marked_so_with_audit_and_the_message_is_sent_again(
    cast: Cast, sandbox: RunningSandbox, texts: Callable[..., Any]
) -> None:
    set_allowance(cast.harbor, user=cast.ana, kind="unlimited", daily=None, actor=cast.pat, at=timezone.now())
    gus = person(cast, number=TEXTED, name="Gus")
    with platform_scope():
        phone = Phone.objects.get(member=gus)
    number = f"/admin/members/phone/{phone.pk}/"
    ana = signed_in(cast.ana)
    # It is the only number he has, and a look-up calls it a landline: we refuse to text it.
    assert "is a landline (Twilio says: landline)" in text_of(
        ana.post(f"{number}do/look-up-line/", follow=True).content.decode()
    )
    row = message(gus)
    deliver()
    assert (again(row).status, again(row).reason, attempts(row), texts(gus)) == ("skipped", "LINE-1", [], [])
    log = f"/admin/notifications/notification/{row.pk}/do/"
    diagnosed = ana.get(f"{log}diagnose/").content.decode()
    assert f"{TEXTED} was a landline, which cannot get SMS: looked up at" in text_of(diagnosed)
    assert f'href="{number}change/"' in diagnosed
    assert ana.get(f"{number}change/", follow=True).content.decode().count(f'href="{number}do/correct-line/"') == 1

    says = {"line_type": "landline", "sms_capability": "yes", "voice_capability": "unknown"}
    silent = ana.post(f"{number}do/correct-line/", {**says, "why": " "})
    assert "Say how you know" in silent.content.decode()
    for stranger in (cast.vic, cast.cleo, cast.sam):
        assert signed_in(stranger).post(f"{number}do/correct-line/", {**says, "why": "no right"}).status_code == 404
    with tenant_scope(cast.harbor.pk):
        assert Phone.objects.get(pk=phone.pk).sms_capability == "unknown"
        assert not AuditEntry.objects.filter(code="phone.line_corrected").exists()
    done = ana.post(f"{number}do/correct-line/", {**says, "why": "He answers texts from it"}, follow=True)
    assert "Texts go to it from now on." in text_of(done.content.decode())
    assert "It can get SMS: somebody here said so" in text_of(done.content.decode())
    with tenant_scope(cast.harbor.pk):
        entry = AuditEntry.objects.select_related("detail").get(code="phone.line_corrected")
    assert (entry.actor_id, entry.subject_id, entry.detail.data["why"]) == (
        cast.ana.pk,
        phone.public_id,
        "He answers texts from it",
    )
    unknown = {"line_type": "landline", "sms_capability": "unknown", "voice_capability": "unknown"}
    assert (entry.detail.data["before"], entry.detail.data["after"]) == (unknown, says)

    page = ana.get(f"{log}resend/").content.decode()
    once = re.search(r'name="once" value="([^"]*)"', page)
    assert once is not None
    ana.post(f"{log}resend/", {"once": once[1]})
    with platform_scope():
        resent = Notification.objects.get(resend_of=row)
    deliver()
    assert again(resent).status in ("sent", "delivered")
    assert [text["body"] for text in texts(gus)] == [again(resent).body]
    # The old row stays as it was, and what was decided then is told beside what stands now.
    assert again(row).status == "skipped"
    assert "This has been mended since" in text_of(ana.get(f"{log}diagnose/").content.decode())
