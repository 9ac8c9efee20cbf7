"""The platform always keeps somebody who may keep it."""

import pytest

from tenants.models import PlatformRole, User
from tenants.scope import platform_scope
from tests.admin.parts import Parts, Who

ON = {"email": "pat@imes.example", "name": "Pat", "time_zone": "", "platform_role": "platform", "is_active": "on"}
DEMOTED = {**ON, "platform_role": "support"}
OFF = {name: value for name, value in ON.items() if name != "is_active"}


@pytest.mark.parametrize(
    ("form", "field"), [(DEMOTED, "platform_role"), (OFF, "is_active"), ({**ON, "platform_role": ""}, "platform_role")]
)
def test_the_last_active_platform_admin_stays_one_and_one_of_two_may_go(
    parts: Parts, form: dict[str, str], field: str
) -> None:
    client, pat = parts.clients[Who.PLATFORM], parts.cast.pat
    page = f"/admin/tenants/user/{pat.pk}/change/"
    with platform_scope():
        second = User.objects.create_superuser("second@imes.example", None, name="Second", is_active=False)
    answer = client.post(page, form)
    assert answer.status_code == 200
    assert set(answer.context["adminform"].form.errors) == {field}
    assert "the last active platform admin" in answer.content.decode()
    pat.refresh_from_db()
    assert (pat.platform_role, pat.is_active) == (PlatformRole.PLATFORM, True)
    assert client.post(page, {**ON, "name": "Patricia"}).status_code == 302
    second.is_active = True
    second.save()
    assert client.post(page, form).status_code == 302
    pat.refresh_from_db()
    assert (pat.platform_role, pat.is_active) != (PlatformRole.PLATFORM, True)
