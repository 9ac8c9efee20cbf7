"""Addresses and fields that no page of ours offers are refused, and break nothing."""

from typing import Any

import pytest

from tests.admin.parts import Parts, Who
from tests.admin.test_flow_form import posted

ADDRESSES = [
    "/admin/notifications/notification/?status__exact=%00",
    "/admin/members/member/?group=%00",
    "/admin/members/invite/add/?member=%00",
    "/admin/tenants/auditentry/?code=%00",
    "/admin/autocomplete/?term=%00&app_label=members&model_name=groupplace&field_name=member",
    "/admin/notifications/notification/do/diagnose/?ids=%C2%B2",
    "/admin/notifications/notification/do/diagnose/?ids=%D9%A1",
]


@pytest.mark.parametrize("address", ADDRESSES)
def test_an_address_that_nobody_could_have_clicked_is_not_found(parts: Parts, address: str) -> None:
    assert parts.clients[Who.ADMIN].get(address).status_code == 404


@pytest.mark.parametrize(("field", "value"), [("validity", "9" * 20), ("steps-0-wait", "9" * 20)])
def test_a_time_that_no_calendar_holds_is_refused_at_its_field(parts: Parts, field: str, value: str) -> None:
    data: dict[str, Any] = {**posted(parts.cast.ben.pk), field: value}
    answer = parts.clients[Who.ADMIN].post("/admin/notifications/flow/add/", data)
    assert answer.status_code == 200
    assert "This is too long." in answer.content.decode()
