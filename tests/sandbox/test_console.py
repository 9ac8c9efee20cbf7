"""The JSON and the live events behind the handset page, and development e-mail."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
import requests
from twilio.base.exceptions import TwilioException, TwilioRestException

from .conftest import OWN
from .process import RunningSandbox, eventually

PHONE = "+12065550142"
DIVIDER = "\n" + "-" * 79 + "\n"


def write_letter(path: Path, *letters: str) -> None:
    path.write_text("".join(letter + DIVIDER for letter in letters), encoding="utf-8")


def letter(subject: str, *, minute: int, body: str, kind: str = "text/plain") -> str:
    return (
        f'Content-Type: {kind}; charset="utf-8"\nMIME-Version: 1.0\nContent-Transfer-Encoding: 8bit\n'
        f"Subject: {subject}\nFrom: portal@example.com\nTo: ben@example.com\n"
        f"Date: Fri, 20 Nov 2026 10:{minute:02}:00 -0000\n\n{body}\n"
    )


def test_a_phone_that_got_a_text_and_one_that_was_added_are_listed(sandbox: RunningSandbox) -> None:
    assert sandbox.get("/phones") == []
    sandbox.twilio().messages.create(to=PHONE, from_=OWN, body="first")
    assert sandbox.post("/phones", number="(+1) 206-555-3003").json()["behaviour"] == "unreachable"
    phones = sandbox.get("/phones")
    assert [(phone["number"], phone["answers_to"]) for phone in phones] == [(PHONE, OWN), ("+12065553003", None)]
    for wrong in ("", "hello", "+1206", OWN):
        assert sandbox.post("/phones", number=wrong).status_code == 400
    assert len(sandbox.get("/phones")) == 2


def test_messages_of_a_number_can_be_asked_for_since_a_moment(sandbox: RunningSandbox) -> None:
    sandbox.twilio().messages.create(to=PHONE, from_=OWN, body="one")
    eventually(lambda: sandbox.get("/messages", to=PHONE)[0]["status"] == "delivered")
    moment = datetime.now(UTC).isoformat()
    sandbox.twilio().messages.create(to=PHONE, from_=OWN, body="two")
    sandbox.twilio().messages.create(to="+12065550143", from_=OWN, body="elsewhere")
    assert [m["body"] for m in sandbox.get("/messages", to=PHONE)] == ["one", "two"]
    assert [m["body"] for m in sandbox.get("/messages", to=PHONE, since=moment)] == ["two"]
    unescaped = requests.get(f"{sandbox.url}/sandbox/messages?to={PHONE}&since={moment}", timeout=5)
    assert [m["body"] for m in unescaped.json()] == ["two"], "a plus sign may arrive as a blank"
    assert requests.get(f"{sandbox.url}/sandbox/messages?since=yesterday", timeout=5).status_code == 400


def test_a_fault_is_forced_at_one_provider_or_at_all(sandbox: RunningSandbox) -> None:
    def twilio_says() -> int:
        try:
            sandbox.twilio().messages.create(to=PHONE, from_=OWN, body="up?")
        except TwilioRestException as error:
            return int(error.status)
        return 201

    sandbox.force("unavailable", provider="azure")
    assert twilio_says() == 201
    sandbox.force("unavailable", to=PHONE, provider="twilio")
    assert sandbox.get("/faults") == {"azure:*": "unavailable", f"twilio:{PHONE}": "unavailable"}
    assert twilio_says() == 503
    sandbox.force(None, to=PHONE, provider="twilio")
    assert twilio_says() == 201
    sandbox.force("down", provider="twilio")
    assert twilio_says() == 503
    with pytest.raises(TwilioException):
        sandbox.twilio().messages.list(limit=1)
    sandbox.force(None, provider="twilio")
    sandbox.force("down")
    assert (twilio_says(), sandbox.get("/faults")) == (503, {"*": "down", "azure:*": "unavailable"})
    assert sandbox.post("/faults", behaviour="down", provider="mail").status_code == 400
    assert sandbox.post("/faults", behaviour="down", to=PHONE).status_code == 400
    sandbox.reset()
    assert (twilio_says(), sandbox.get("/faults")) == (201, {})


def test_a_thread_shows_what_was_refused_beside_what_was_sent(sandbox: RunningSandbox) -> None:
    sandbox.force("invalid_number", to=PHONE)
    with pytest.raises(Exception, match="Invalid 'To'"):
        sandbox.twilio().messages.create(to=PHONE, from_=OWN, body="refused")
    sandbox.force(None, to=PHONE)
    [listed] = sandbox.get("/phones")
    assert (listed["number"], listed["last"], listed["last_alert"]["code"]) == (PHONE, None, 21211)
    sandbox.twilio().messages.create(to=PHONE, from_=OWN, body="sent")
    phone = sandbox.get(f"/phones/{PHONE}")
    assert [message["body"] for message in phone["messages"]] == ["sent"]
    assert [alert["code"] for alert in phone["alerts"]] == [21211]
    assert OWN in phone["senders"]


def test_changes_are_streamed_to_an_open_page(sandbox: RunningSandbox) -> None:
    with requests.get(f"{sandbox.url}/sandbox/events", stream=True, timeout=10) as stream:
        assert stream.headers["content-type"].startswith("text/event-stream")
        lines = (line.decode() for line in stream.iter_lines(chunk_size=1))
        assert "event: hello" in (next(lines), next(lines))
        sandbox.twilio().messages.create(to=PHONE, from_=OWN, body="live")
        statuses = []
        for line in lines:
            if line.startswith("data: {") and "status" in line:
                statuses.append(json.loads(line[6:])["status"])
                if statuses[-1] == "delivered":
                    break
        assert statuses == ["queued", "sending", "sent", "delivered"]


def test_another_site_cannot_press_the_buttons(sandbox: RunningSandbox) -> None:
    sandbox.twilio().messages.create(to=PHONE, from_=OWN, body="x")
    url = f"{sandbox.url}/sandbox/phones/{PHONE}/reply"
    foreign = requests.post(url, data={"body": "STOP"}, headers={"Origin": "http://evil.example"}, timeout=5)
    assert foreign.status_code == 403
    assert sandbox.get("/optouts") == []
    own = requests.post(url, data={"body": "STOP"}, headers={"Origin": sandbox.url}, timeout=5)
    assert own.status_code == 200
    assert requests.post(url, data="[1]", headers={"Content-Type": "application/json"}, timeout=5).status_code == 400


def test_letters_are_listed_newest_first_with_their_text(sandbox: RunningSandbox, mail_dir: Path) -> None:
    invite = "Accept: http://127.0.0.1:8000/invites/abc?x=1&y=2\n\n" + "-" * 79 + "\nnot a new letter"
    write_letter(
        mail_dir / "20261120-100000-1.log",
        letter("Your invitation", minute=1, body=invite),
        letter("=?utf-8?q?Gr=C3=BC=C3=9Fe?=", minute=5, body="<script>alert(1)</script> héllo"),
    )
    write_letter(
        mail_dir / "20261120-100300-2.log",
        letter("Page", minute=3, body="<p>Open <b>this</b></p><style>p{}</style>", kind="text/html"),
    )
    (mail_dir / "notes.txt").write_text("Subject: not mail\n\nx")
    letters = sandbox.get("/mail")
    assert [each["subject"] for each in letters] == ["Grüße", "Page", "Your invitation"]
    assert letters[0]["text"] == "<script>alert(1)</script> héllo"
    assert letters[1]["text"].split() == ["Open", "this"]
    assert letters[2]["text"] == invite
    assert letters[2]["to"] == "ben@example.com"
    assert sandbox.get(f"/mail/{letters[2]['id']}") == letters[2]
    missing = requests.get(f"{sandbox.url}/sandbox/mail/..%2f..%2fetc%2fpasswd", timeout=5)
    assert missing.status_code == 404


def test_the_page_and_its_files_are_served_without_outside_help(sandbox: RunningSandbox) -> None:
    page = requests.get(f"{sandbox.url}/", timeout=5)
    assert page.url == f"{sandbox.url}/sandbox/"
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert "http://" not in page.text
    assert "https://" not in page.text
    for name in ("style.css", "main.js"):
        assert f"static/{name}" in page.text
        assert requests.get(f"{sandbox.url}/sandbox/static/{name}", timeout=5).status_code == 200
    assert requests.get(f"{sandbox.url}/sandbox/static/../app.py", timeout=5).status_code == 404
    assert requests.get(f"{sandbox.url}/livez", timeout=5).json() == {"status": "ok"}
