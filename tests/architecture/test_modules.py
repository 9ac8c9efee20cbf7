"""Every file of ours is short, says what it is for, reads no clock where it decides, and does not print."""

import pytest

from tests.architecture.sources import LONGEST, Module, clocks, lacks_docstring, modules, prints, rows_of, too_long

#: What decides: an instant comes in as an argument.
CLOCKLESS = (
    "imes/kernel",
    "notifications/core",
    "notifications/diagnosis/checks",
    "members/consent/keywords",
    "members/consent/standing.py",
    "members/lines.py",
    "members/line_words.py",
    "billing/standing.py",
    "billing/stripe/meaning.py",
    "billing/stripe/reading.py",
)
#: Programs whose output is their purpose, and what speaks before logging is set up.
PRINTERS = ("imes/serve/", "imes/embedded/__main__.py", "imes/database/checks.py", "notifications/sandbox/")


def made(text: str) -> Module:
    return Module("made/up.py", text)


def test_no_module_is_longer_than_a_person_reads_at_once() -> None:
    assert [
        module.place
        for module in modules("imes", "tenants", "members", "billing", "notifications", "tests")
        if too_long(module)
    ] == []
    assert too_long(made("x = 1\n" * (LONGEST + 1)))
    assert not too_long(made("x = 1\n" * LONGEST))


def test_every_module_opens_by_saying_what_it_is_for() -> None:
    assert [module.place for module in modules() if lacks_docstring(module)] == []
    assert [module.place for module in modules("tests") if lacks_docstring(module)] == []
    assert lacks_docstring(made("x = 1"))
    assert not lacks_docstring(made('"""What x is."""\nx = 1'))


def test_what_decides_reads_no_clock() -> None:
    assert [found for module in modules(*CLOCKLESS) for found in clocks(module)] == []


@pytest.mark.parametrize(
    "line",
    [
        "from datetime import datetime; datetime.now()",
        "import datetime; datetime.datetime.now()",
        "import datetime as dt; dt.datetime.utcnow()",
        "from datetime import datetime as when; when.now()",
        "from datetime import date; date.today()",
        "from django.utils import timezone; timezone.now()",
        "from django.utils.timezone import now; now()",
        "from time import time as t; t()",
        "import time; time.monotonic()",
    ],
)
def test_a_clock_is_seen_under_any_name(line: str) -> None:
    assert clocks(made(line))
    assert not clocks(made("def f(now): return at.now, now"))


def test_only_programs_print() -> None:
    found = [place for module in modules() if "/management/commands/" not in module.place for place in prints(module)]
    assert [place for place in found if not place.startswith(PRINTERS)] == []
    assert prints(made("print('x')"))


def test_rows_of_members_are_read_through_its_queries() -> None:
    # The admin links to rows of others; the demo and the stage of a measurement make them up.
    made_up = ("notifications/management/commands/seed_demo.py", "notifications/management/measuring/stage.py")
    free = ("notifications/admin/", *made_up)
    outside = [module for module in modules("notifications") if not module.place.startswith(free)]
    assert [place for module in outside for place in rows_of("members", module)] == []
    line = "from members.models import Member as M\nM.objects.all()"
    assert rows_of("members", made(line)) == ["made/up.py:2 M.objects"]
    assert rows_of("members", made("apps.get_model('members', 'PhoneEvent')")) == ["made/up.py:1 get_model"]
    assert rows_of("members", made("from members.models import Member\ndef f(m: Member) -> None: ...")) == []
