"""One name for one thing: a page is titled by the words that lead to it in the sidebar."""

import re

import pytest

from tests.admin.parts import Parts, Who

PAGES = [("notifications/trigger", "Webhook requests"), ("notifications/inboundmessage", "Replies")]
PAGES += [("members/consentevent", "Consent ledger")]


@pytest.mark.parametrize(("page", "name"), PAGES)
def test_a_page_bears_the_name_of_its_place_in_the_sidebar(parts: Parts, page: str, name: str) -> None:
    answer = parts.clients[Who.ADMIN].get(f"/admin/{page}/")
    html = answer.content.decode()
    assert re.search(rf'href="/admin/{page}/"[^>]*>(?:(?!</a>).)*{name}', html, re.DOTALL)
    assert str(answer.context["cl"].opts.verbose_name_plural).capitalize() == name
