"""The form of a flow saves what it shows, two levels down, for the tenant that the flow belongs to."""

import re
from typing import Any

import pytest

from notifications.models import Flow, Step, StepRecipient
from tenants.scope import platform_scope
from tests.admin.conftest import Rows
from tests.admin.parts import Parts, Who


def posted(recipient: object, *, step: int | None = None, flow: int | None = None) -> dict[str, Any]:
    """What the browser sends for a flow with one step and one recipient."""
    return {
        "name": "New flow",
        "slug": "new-flow",
        "is_enabled": "on",
        "text": "down",
        "urgency": "urgent",
        "validity": "30",
        "repeats": "0",
        "steps-TOTAL_FORMS": "1",
        "steps-INITIAL_FORMS": "0" if step is None else "1",
        "steps-MIN_NUM_FORMS": "0",
        "steps-MAX_NUM_FORMS": "1000",
        "steps-0-id": step or "",
        "steps-0-flow": flow or "",
        "steps-0-position": "0",
        "steps-0-mode": "at_once",
        "steps-0-channels": ["sms"],
        "steps-0-wait": "5",
        "steps-0-recipients-TOTAL_FORMS": "1",
        "steps-0-recipients-INITIAL_FORMS": "0",
        "steps-0-recipients-MIN_NUM_FORMS": "0",
        "steps-0-recipients-MAX_NUM_FORMS": "1000",
        "steps-0-recipients-0-position": "0",
        "steps-0-recipients-0-member": recipient,
        "steps-0-recipients-0-group": "",
    }


def test_a_new_flow_is_saved_with_its_steps_and_their_recipients(parts: Parts) -> None:
    cast = parts.cast
    response = parts.clients[Who.ADMIN].post("/admin/notifications/flow/add/", posted(cast.ben.pk))
    assert response.status_code == 302, response.context["errors"]
    with platform_scope():
        recipient = StepRecipient.objects.select_related("step__flow").get(step__flow__slug="new-flow")
        assert recipient.member_id == cast.ben.pk
        assert {recipient.tenant_id, recipient.step.tenant_id, recipient.step.flow.tenant_id} == {cast.harbor.pk}


def test_a_step_that_calls_is_entered_here_and_saved_as_it_is_shown(parts: Parts) -> None:
    ana = parts.clients[Who.ADMIN]
    data = posted(parts.cast.ben.pk) | {"steps-0-channels": ["sms", "voice"]}
    response = ana.post("/admin/notifications/flow/add/", data)
    assert response.status_code == 302, response.context["errors"]
    with platform_scope():
        step = Step.objects.get(flow__slug="new-flow")
    assert step.channels == ["sms", "voice"]
    page = ana.get(f"/admin/notifications/flow/{step.flow_id}/change/").content.decode()
    boxes = re.findall(r'<input[^>]*name="steps-0-channels"[^>]*>', page)
    assert [("checked" in box) for box in boxes] == [True, True, False]


@pytest.mark.parametrize("who", [Who.ADMIN, Who.PLATFORM])
def test_nobody_puts_a_member_of_one_tenant_into_a_flow_of_another(parts: Parts, rows: Rows, who: Who) -> None:
    cast, flow = parts.cast, rows[Flow]
    page = f"/admin/notifications/flow/{flow.pk}/change/"

    def saved(recipient: int) -> int:
        data = posted(recipient, step=None, flow=flow.pk)
        # Beside the step that the flow has, which stays as it is.
        response = parts.clients[who].post(page, data)
        assert response.status_code in (200, 302)
        return int(response.status_code)

    assert saved(cast.ridge_member.pk) == 200
    assert saved(cast.ben.pk) == 302
    with platform_scope():
        found = StepRecipient.objects.filter(step__flow=flow)
        assert set(found.values_list("tenant_id", flat=True)) == {cast.harbor.pk}
        assert cast.ben.pk in set(found.values_list("member_id", flat=True))
        assert cast.ridge_member.pk not in set(found.values_list("member_id", flat=True))


def test_a_second_flow_of_the_same_slug_is_refused_at_its_field_and_another_tenants_is_not_in_the_way(
    parts: Parts,
) -> None:
    ana, page = parts.clients[Who.ADMIN], "/admin/notifications/flow/add/"
    data = posted(parts.cast.ben.pk)
    with platform_scope():
        Flow.objects.create(tenant=parts.cast.ridge, name="Theirs", slug="new-flow", text="down")
    assert ana.post(page, data).status_code == 302
    again = ana.post(page, data)
    assert again.status_code == 200
    assert again.context["adminform"].form.errors == {
        "slug": ["Another flow has this slug already. Choose another slug."]
    }
