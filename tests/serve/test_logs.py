"""What a log line tells on the terminal, and what no log line may hold."""

import logging
from pathlib import Path
from typing import cast

import pytest
from django.conf import settings

from imes.serve.logs import Log
from imes.serve.secret_paths import SecretPathsFilter, without_secrets

SECRET = "q7Xv2mLr9Tz4Kp1Ws8Yb3N"


def test_warnings_and_errors_are_told_with_what_belongs_to_them(tmp_path: Path) -> None:
    log = Log(tmp_path / "worker.log")
    with log.open_for_process() as file:
        file.write(
            b"[2026-11-20 12:00:00,000: INFO/MainProcess] received ERROR as a word\n"
            b"a line of that\n"
            b"[2026-11-20 12:00:01 +0000] [7] [ERROR] the worker\n"
            b"Traceback (most recent call last):\n"
            b'  File "x.py", line 1\n'
            b"ValueError: no\n"
            b"2026-11-20 12:00:02,000 INFO django calm again\n"
            b"2026-11-20 12:00:03,000 WARNING imes half a li"
        )
    assert [line for line, loud in log.news() if loud] == [
        "[2026-11-20 12:00:01 +0000] [7] [ERROR] the worker",
        "Traceback (most recent call last):",
        "ValueError: no",
    ]
    with log.open_for_process() as file:
        file.write(b"ne\n")
    assert log.news() == [("2026-11-20 12:00:03,000 WARNING imes half a line", True)]


def test_what_an_older_run_wrote_is_not_told_again(tmp_path: Path) -> None:
    (tmp_path / "web.log").write_text("2026-11-19 12:00:00 ERROR old\n")
    log = Log(tmp_path / "web.log")
    with log.open_for_process() as file:
        file.write(b"2026-11-20 12:00:00 ERROR new\n")
    assert [line for line, _ in log.news()] == ["2026-11-20 12:00:00 ERROR new"]


@pytest.mark.parametrize(
    ("path", "told"),
    [
        (f"/hooks/{SECRET}", "/hooks/***"),
        (f"/hooks/{SECRET}/", "/hooks/***/"),
        ("/hooks/short", "/hooks/***"),
        (f"/invite/accept/{SECRET}/", "/invite/accept/***/"),
        (f"/invite/{SECRET}?next=/x", "/invite/***"),
        (f"/accept/?token={SECRET}", "/accept/"),
        (f"/some/new/page/{SECRET}", "/some/new/page/***"),
        ("/admin/notifications/notification/?q=%2B15550100", "/admin/notifications/notification/"),
        ("/admin/notifications/notification/ntf_q7Xv2mLr9Tz4Kp1Ws8Yb3N/change/",) * 2,
        ("/static/unfold/css/styles.0123456789abcdef0123.css",) * 2,
        ("/health",) * 2,
        ("/",) * 2,
        (
            "/x\n2026-11-20 12:00:00,000 INFO access a line of theirs",
            "/x%0A2026-11-20 12:00:00,000 INFO access a line of theirs",
        ),
        ("/x\x00\x1b[31m\x85", "/x%00%1B[31m%85"),
    ],
)
def test_an_address_is_told_without_its_secrets(path: str, told: str) -> None:
    assert without_secrets(path) == told


@pytest.mark.parametrize(
    ("message", "arguments", "told"),
    [
        ("%s: %s", ("Not Found", f"/hooks/{SECRET}"), "Not Found: /hooks/***"),
        (f"Not Found: /hooks/{SECRET}", (), "Not Found: /hooks/***"),
        # Django's words about a form that came from elsewhere name the page it came from.
        (
            "Forbidden (%s): %s",
            (f"Referer checking failed - https://x.test/invite/accept?token={SECRET} is no origin.", "/invite/accept"),
            "Forbidden (Referer checking failed - https://x.test/invite/accept is no origin.): /invite/accept",
        ),
        ("%s failed", (ValueError(f"/invite/accept?token={SECRET}"),), "/invite/accept failed"),
        ("Task %s took 3/4 s", ("notifications.tick",), "Task notifications.tick took 3/4 s"),
    ],
)
def test_a_message_about_a_request_loses_them_too(message: str, arguments: tuple[object, ...], told: str) -> None:
    record = logging.LogRecord("django.request", logging.WARNING, "", 0, message, arguments, None)
    assert SecretPathsFilter().filter(record)
    assert record.getMessage() == told


def test_a_message_that_does_not_fit_its_arguments_is_let_pass() -> None:
    record = logging.LogRecord("django.request", logging.WARNING, "", 0, "%d", ("x",), None)
    assert SecretPathsFilter().filter(record)


def test_every_handler_of_the_settings_hides_them() -> None:
    handlers = cast("dict[str, dict[str, object]]", settings.LOGGING["handlers"])
    assert [each["filters"] for each in handlers.values()] == [["secret_paths"]]
