"""Invites: what the e-mail carries, what a resend ends, what revoking leaves."""

from typing import Any

import pytest
from django.core import mail

from imes.kernel.ids import token_digest
from members.invite_state import InviteState, invite_state
from members.models import Invite
from members.operations import invite, resend_invite, revoke_invite
from members.operations.invites import VALID_FOR
from tenants.models import AuditEntry, Role, Tenant
from tenants.scope import tenant_scope
from tests.cast import Cast
from tests.members.stories import MINUTE, NOW


@pytest.fixture
def sent(cast: Cast, django_capture_on_commit_callbacks: Any) -> tuple[Invite, str]:
    with django_capture_on_commit_callbacks(execute=True):
        return invited(cast, tenant=cast.harbor)


def invited(
    cast: Cast, *, tenant: Tenant, email: str = "Nora@Harbor.example ", name: str = "Nora"
) -> tuple[Invite, str]:
    with tenant_scope(tenant.pk):
        return invite(tenant=tenant, email=email, name=name, role=Role.MEMBER, member=None, actor=cast.ana, at=NOW)


def test_the_email_names_the_tenant_and_carries_the_link(sent: tuple[Invite, str], settings: Any) -> None:
    _, token = sent
    (message,) = mail.outbox
    link = f"{settings.PUBLIC_URL}/invite/accept?token={token}"
    assert message.to == ["nora@harbor.example"]
    assert "Harbor" in message.subject
    assert link in message.body
    (html, kind) = message.alternatives[0]  # type: ignore[attr-defined]
    assert kind == "text/html"
    assert link in html


def test_nothing_is_sent_before_the_commit(cast: Cast) -> None:
    invited(cast, tenant=cast.harbor)
    assert mail.outbox == []


def test_the_token_is_kept_as_a_digest_only_and_the_sending_is_noted(sent: tuple[Invite, str], cast: Cast) -> None:
    row, token = sent
    with tenant_scope(cast.harbor.pk):
        stored = Invite.objects.values().get(pk=row.pk)
        assert AuditEntry.objects.get(code="invite.sent").subject_id == row.public_id
    assert token.startswith("inv_")
    assert len(token) >= len("inv_") + 22
    assert bytes(stored["token_digest"]) == token_digest(token)
    assert token not in str({name: value for name, value in stored.items() if name != "token_digest"})
    assert stored["sent_at"] is not None
    assert stored["expires_at"] == NOW + VALID_FOR


def test_a_mail_that_cannot_be_sent_leaves_the_invite_unsent(
    cast: Cast, settings: Any, django_capture_on_commit_callbacks: Any
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_PORT = 1
    with django_capture_on_commit_callbacks(execute=True):
        row, _ = invited(cast, tenant=cast.harbor)
    with tenant_scope(cast.harbor.pk):
        assert Invite.objects.get(pk=row.pk).sent_at is None


def test_a_tenant_named_over_two_lines_cannot_add_a_header(cast: Cast, django_capture_on_commit_callbacks: Any) -> None:
    cast.harbor.name = "Harbor\nBcc: everyone@example.com"
    with django_capture_on_commit_callbacks(execute=True):
        invited(cast, tenant=cast.harbor)
    assert mail.outbox[0].subject.startswith("Harbor Bcc: everyone@example.com invites")
    assert "Bcc" not in mail.outbox[0].message()


def test_a_resend_ends_the_old_link_and_renews_the_time(
    sent: tuple[Invite, str], cast: Cast, django_capture_on_commit_callbacks: Any
) -> None:
    row, old = sent
    later = NOW + VALID_FOR
    with django_capture_on_commit_callbacks(execute=True), tenant_scope(cast.harbor.pk):
        assert invite_state(row, at=later) is InviteState.EXPIRED
        new = resend_invite(row, actor=cast.ana, at=later)
        row.refresh_from_db()
        assert invite_state(row, at=later) is InviteState.PENDING
    assert isinstance(new, str)
    assert new != old
    assert new in mail.outbox[1].body
    with tenant_scope(cast.harbor.pk):
        assert not Invite.objects.filter(token_digest=token_digest(old)).exists()


def test_a_revoked_invite_stays_revoked(sent: tuple[Invite, str], cast: Cast) -> None:
    row, _ = sent
    with tenant_scope(cast.harbor.pk):
        assert revoke_invite(row, actor=cast.ana, at=NOW) is None
        assert revoke_invite(row, actor=cast.ana, at=NOW + MINUTE) is InviteState.REVOKED
        assert resend_invite(row, actor=cast.ana, at=NOW + MINUTE) is InviteState.REVOKED
        row.refresh_from_db()
        assert row.revoked_at == NOW
