"""A page that breaks after its view has written keeps nothing of what it wrote."""

from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.template.response import SimpleTemplateResponse
from django.test import Client
from django.urls import path

from members.models import Group
from tenants.access import access_of
from tenants.scope import tenant_scope
from tests.cast import make_cast


def late() -> str:
    raise RuntimeError("found out only while the page is rendered")


def writes(request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
    tenant = access_of(request).tenant
    assert tenant is not None
    Group.objects.create(tenant=tenant, name="written")
    return SimpleTemplateResponse(engines["django"].from_string("Group {{ name }}"), context)


def breaks_while_rendered(request: HttpRequest) -> HttpResponse:
    return writes(request, {"name": late})


def is_rendered(request: HttpRequest) -> HttpResponse:
    return writes(request, {"name": "written"})


urlpatterns = [path("breaks/", breaks_while_rendered), path("renders/", is_rendered)]


@pytest.mark.parametrize(("address", "status", "kept"), [("/breaks/", 500, 0), ("/renders/", 200, 1)])
def test_what_a_broken_page_wrote_is_taken_back(db: None, settings: Any, address: str, status: int, kept: int) -> None:
    cast = make_cast()
    settings.ROOT_URLCONF = "tests.tenants.test_half_done"
    client = Client(raise_request_exception=False)
    client.force_login(cast.ana)
    assert client.get(address).status_code == status
    with tenant_scope(cast.harbor.pk):
        assert Group.objects.filter(name="written").count() == kept
