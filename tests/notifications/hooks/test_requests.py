"""A request to fire a flow is answered by its own code, and fires exactly when it is good."""

import io
from typing import Any

import pytest
from django.test import Client

from notifications.models import Alert, Notification, Trigger
from tenants.models import Standing
from tenants.scope import tenant_scope
from tests.cast import Cast
from tests.notifications.hooks.conftest import TOKEN, Post

FORM = "application/x-www-form-urlencoded"
DEEP = b'{"a":' * 40 + b"1" + b"}" * 40

REFUSED = [
    (b"{", "application/json", 400, "TRIGGER-10"),
    (b'{"a": "\xff"}', "application/json", 400, "TRIGGER-10"),
    (b'["service"]', "application/json", 400, "TRIGGER-11"),
    (b'"service"', "application/json", 400, "TRIGGER-11"),
    (b"null", "application/json", 400, "TRIGGER-11"),
    (b'{"a": NaN}', "application/json", 400, "TRIGGER-12"),
    (b'{"a": 1e999}', "application/json", 400, "TRIGGER-12"),
    (b'{"a": ' + b"9" * 5000 + b"}", "application/json", 400, "TRIGGER-12"),
    (b'{"a": 1, "a": 2}', "application/json", 400, "TRIGGER-12"),
    (b'{"a": "x\\u0000y"}', "application/json", 400, "TRIGGER-12"),
    (b'{"a": "\\ud800"}', "application/json", 400, "TRIGGER-12"),
    (DEEP, "application/json", 400, "TRIGGER-12"),
    (b"[" * 60_000, "application/json", 400, "TRIGGER-12"),
    (b'{"a": "' + b"x" * 17_000 + b'"}', "application/json", 400, "TRIGGER-12"),
    (b'{"' + b"x" * 300 + b'": 1}', "application/json", 400, "TRIGGER-12"),
    (b'{"a": [' + b"1," * 600 + b"1]}", "application/json", 400, "TRIGGER-12"),
    (b"&".join(b"f%d=1" % n for n in range(1200)), FORM, 400, "TRIGGER-12"),
    (b"a=%00", FORM, 400, "TRIGGER-12"),
    (b'{"service": "db"}', FORM, 415, "TRIGGER-9"),
    (b'{"service": "db"}', "text/plain", 415, "TRIGGER-9"),
    (b'{"service": "db"}', "", 415, "TRIGGER-9"),
    (b"<a/>", "application/xml", 415, "TRIGGER-9"),
    (b'{"a": 1}', "application/json; charset=latin-1", 415, "TRIGGER-9"),
    (b"x" * 65_537, "application/json", 413, "TRIGGER-8"),
]
GOOD = [
    (b'{"service": "Pump 3"}', "application/json", "Pump 3 is down"),
    (b'\xef\xbb\xbf{"service": "Pump 3"}', "application/json; charset=utf-8", "Pump 3 is down"),
    (b'{"service": {"name": "db"}}', "application/vnd.alert+json", '{"name": "db"} is down'),
    (b"service=Pump+3&site=%C3%84lv", FORM, "Pump 3 is down"),
    (b"", FORM, "{service?} is down"),
    (b"{}", "application/json", "{service?} is down"),
    (b'{"service": "a", "notes": "' + b"x" * 15_900 + b'"}', "application/json", "a is down"),
]


@pytest.mark.parametrize(("body", "content_type", "status", "code"), REFUSED)
def test_a_bad_request_is_refused_by_its_code_and_a_good_one_after_it_fires(
    *, cast: Cast, post: Post, body: bytes, content_type: str, status: int, code: str
) -> None:
    answer = post(body, content_type=content_type)
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)
    assert answer.json()["error"]["says"]
    assert answer.json()["error"]["fix"]
    assert post({"service": "Pump 3"}).status_code == 202
    with tenant_scope(cast.harbor.pk):
        assert Alert.objects.count() == 1
        kept = Trigger.objects.order_by("id")
        assert [(row.is_accepted, row.http_status, row.code) for row in kept] == [
            (False, status, code),
            (True, 202, "FIRED"),
        ]


@pytest.mark.parametrize(("body", "content_type", "text"), GOOD)
def test_a_good_request_opens_an_alert_and_writes_its_pages(
    cast: Cast, post: Post, body: bytes, content_type: str, text: str
) -> None:
    answer = post(body, content_type=content_type)
    assert answer.status_code == 202
    with tenant_scope(cast.harbor.pk):
        alert = Alert.objects.get()
        assert answer.json() == {"alert": alert.public_id, "status": "accepted", "pages": 1}
        assert alert.text == text
        assert Notification.objects.get().body == text


def test_an_empty_body_is_no_json_but_a_request_without_a_type_needs_none(cast: Cast, client: Client) -> None:
    claimed = client.generic("POST", f"/hooks/{TOKEN}", b"", CONTENT_TYPE="application/json")
    assert (claimed.status_code, claimed.json()["error"]["code"]) == (400, "TRIGGER-10")
    assert client.generic("POST", f"/hooks/{TOKEN}", b"", content_type="").status_code == 202


def test_the_fields_are_kept_exactly_as_they_were_sent(cast: Cast, post: Post) -> None:
    sent = {"service": "Pump 3", "n": 1.5, "big": 10**30, "list": [1, None, True], "Ünï": {"a": {"b": "…"}}, "": " "}
    post(sent)
    post(b"a=1&a=2&b=", content_type=FORM)
    with tenant_scope(cast.harbor.pk):
        by_form, by_json = Alert.objects.order_by("-id")
        assert by_json.payload == sent
        assert by_form.payload == {"a": ["1", "2"], "b": ""}


@pytest.mark.parametrize("method", ["get", "head", "put", "patch", "delete", "options"])
def test_every_method_but_post_is_405_whether_the_address_exists_or_not(
    cast: Cast, client: Client, method: str
) -> None:
    known, unknown = getattr(client, method)(f"/hooks/{TOKEN}"), getattr(client, method)("/hooks/whk_unknown")
    assert known.status_code == unknown.status_code == 405
    assert known.content == unknown.content
    assert known["Allow"] == "POST"


def test_an_unknown_and_a_revoked_address_get_one_and_the_same_404(cast: Cast, post: Post) -> None:
    from django.utils import timezone

    from notifications.models import Hook
    from notifications.operations.hooks import revoke_hook

    assert post({}).status_code == 202
    with tenant_scope(cast.harbor.pk):
        assert revoke_hook(Hook.objects.get(), actor=cast.ana, at=timezone.now())
        assert not revoke_hook(Hook.objects.get(), actor=cast.ana, at=timezone.now())
    revoked, unknown = post({}), post({}, token="whk_nobody-ever-made-this")
    assert revoked.status_code == unknown.status_code == 404
    assert revoked.content == unknown.content
    assert {name for name in revoked.headers if name != "X-Request-ID"} == {
        name for name in unknown.headers if name != "X-Request-ID"
    }


def test_a_rotated_address_works_and_the_old_one_does_not(cast: Cast, post: Post) -> None:
    from django.utils import timezone

    from notifications.models import Hook
    from notifications.operations.hooks import rotate_hook

    with tenant_scope(cast.harbor.pk):
        made, token = rotate_hook(Hook.objects.get(), actor=cast.ana, at=timezone.now())
        assert token.startswith(made.token_hint)
        assert token.encode() not in bytes(made.token_digest)
    assert len(token) > 4 + 22
    assert post({}).status_code == 404
    assert post({}, token=token).status_code == 202


@pytest.mark.parametrize(
    ("standing", "status", "code"),
    [
        (Standing.TRIAL, 202, None),
        (Standing.PAYMENT_DUE, 202, None),
        (Standing.PAST_DUE, 202, None),
        (Standing.SUSPENDED, 402, "TRIGGER-3"),
        (Standing.CANCELLED, 402, "TRIGGER-4"),
    ],
)
def test_a_tenants_standing_refuses_triggers_only_where_it_is_suspended_or_cancelled(
    cast: Cast, post: Post, standing: Standing, status: int, code: str | None
) -> None:
    with tenant_scope(cast.harbor.pk):
        cast.harbor.standing = standing
        cast.harbor.save()
    answer = post({"service": "db"})
    assert answer.status_code == status
    with tenant_scope(cast.harbor.pk):
        assert Alert.objects.count() == (1 if code is None else 0)
        assert Trigger.objects.get().code == (code or "FIRED")


def test_a_disabled_flow_refuses_and_says_so(cast: Cast, post: Post) -> None:
    with tenant_scope(cast.harbor.pk):
        cast.flow.is_enabled = False
        cast.flow.save()
    answer = post({})
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "TRIGGER-5")
    with tenant_scope(cast.harbor.pk):
        cast.flow.is_enabled = True
        cast.flow.save()
    assert post({}).status_code == 202


def test_a_flow_without_recipients_says_that_nobody_is_paged(cast: Cast, post: Post) -> None:
    with tenant_scope(cast.harbor.pk):
        cast.flow.steps.all().delete()
    answer = post({})
    assert (answer.status_code, answer.json()["pages"]) == (202, 0)
    assert "nobody" in answer.json()["says"]


@pytest.mark.parametrize(("terminated", "status"), [(True, 202), (False, 411)])
def test_a_body_in_chunks_is_read_where_the_server_ends_it_and_never_taken_for_an_empty_one(
    cast: Cast, client: Client, terminated: bool, status: int
) -> None:
    chunked: dict[str, Any] = {
        "HTTP_TRANSFER_ENCODING": "chunked",
        "wsgi.input": io.BytesIO(b'{"service": "Pump 3"}'),
        "wsgi.input_terminated": terminated,
    }
    answer = client.generic("POST", f"/hooks/{TOKEN}", b"", CONTENT_TYPE="application/json", **chunked)
    assert answer.status_code == status
    with tenant_scope(cast.harbor.pk):
        assert [alert.text for alert in Alert.objects.all()] == ["Pump 3 is down"] * terminated


@pytest.mark.parametrize("body", [b"", b"service=Pum"])
def test_a_body_that_breaks_off_fires_nothing(cast: Cast, client: Client, body: bytes) -> None:
    cut: dict[str, Any] = {"CONTENT_LENGTH": "21", "wsgi.input": io.BytesIO(body)}
    answer = client.generic("POST", f"/hooks/{TOKEN}", b"", CONTENT_TYPE=FORM, **cut)
    assert answer.status_code == 500
    with tenant_scope(cast.harbor.pk):
        assert not Alert.objects.exists()
