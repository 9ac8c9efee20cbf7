"""Every path that sends is written down here: who may write a row of the log, who may try it, who may call a provider.

A new path fails these tests until it is added. That each purpose passes the ruling is shown by a test of the dispatch
(tests/notifications/dispatch/test_every_purpose.py).
"""

import pytest

from notifications.core.states import Purpose
from notifications.models import Attempt, Notification
from tests.architecture.sending import calls_of, imports_of, made_of, rows_copied, rows_made_of, words_of
from tests.architecture.sources import Module, modules

#: Who makes a row of the log, and for which purposes. A row is all that a path can write: dispatch rules it.
WRITERS = {
    "notifications/flows/write_pages.py:row": {Purpose.PAGE},
    "notifications/operations/answers.py:answer_text": {Purpose.KEYWORD_REPLY},
    "notifications/operations/consent_messages.py:send_code": {Purpose.VERIFICATION_CODE},
    "notifications/operations/consent_messages.py:confirm_opt_in": {Purpose.CONSENT_CONFIRMATION},
    "notifications/operations/direct.py:_row": {Purpose.DIRECT_MESSAGE},
    "notifications/operations/test_calls.py:_row": {Purpose.TEST},
    # Measures and takes everything back; nothing is committed.
    "notifications/management/quota_cost.py:_rows": {Purpose.DIRECT_MESSAGE, Purpose.CONSENT_CONFIRMATION},
    # A second sending has the purpose of the first.
    "notifications/operations/resend.py:_second": {Purpose.PAGE, Purpose.DIRECT_MESSAGE, Purpose.TEST},
}
#: Saves what writers made, and makes nothing itself; and who hands it their rows.
SAVES = {
    "notifications/operations/once.py:written_once": {
        "notifications/operations/direct.py:send_direct",
        "notifications/operations/resend.py:resend",
        "notifications/operations/test_calls.py:place_test_call",
    },
}
#: Makes rows that are never saved: they show beforehand what would be ruled.
IMAGINES = {"notifications/operations/imagined_pages.py:foresee_test": {Purpose.PAGE}}
#: Purposes that nothing in the portal writes by itself yet; they are ruled like the others.
NOT_WRITTEN_YET: set[Purpose] = set()
#: A retry, and a message whose outcome is unknown, go out as a further attempt of the same row: ruled anew.
ATTEMPTS = ["notifications/dispatch/intend.py:_attempt"]
#: What writes many rows at once, of whichever model.
AT_ONCE = [
    "notifications/dispatch/intend.py:_commit_attempts",
    "notifications/flows/write_pages.py:write_pages",
    "notifications/operations/receipt_batches.py:_keep_all",
]
#: Where a ruled row becomes what a provider is called with, where that is handed over, and where a provider is called.
INTENTS = [
    "notifications/dispatch/intend.py:_commit_attempts",
    # Only writes down what a request that was made again was answered.
    "notifications/dispatch/repeating.py:_settle",
]
HANDED_OVER = ["notifications/dispatch/deliver.py:deliver_due"]
CALLED = [
    "notifications/dispatch/reconcile.py:_ask",
    "notifications/dispatch/repeating.py:made_again",
    "notifications/dispatch/send.py:answered",
    # It measures, without a message of anybody's, and refuses every address but this machine's.
    "notifications/management/measuring/floors.py:send_many",
]
#: Where the very same request is made again, which sends nothing twice; and who may have it made again.
REPEATED = ["notifications/dispatch/repeating.py:made_again"]
ASKED = ["notifications/dispatch/reconcile.py:_ask"]
REPEATABLE = ["notifications/dispatch/questions.py:with_repeats"]
DIALLED = [
    "notifications/dispatch/calls_asked.py:ask_call",
    "notifications/dispatch/repeating.py:made_again",
    "notifications/dispatch/send.py:answered",
]
#: Where a call that somebody answered is led on: what is said next, and its end.
LED = ["notifications/operations/azure_call_steps.py:lead_on"]
MAILED = ["notifications/dispatch/send.py:_mailed"]
#: What can speak to a provider. The sandbox is the other end.
SDKS = {"twilio", "azure", "requests", "httpx", "urllib3", "aiohttp", "http.client", "urllib.request", "smtplib"}
#: They speak to no provider of messages.
OTHER_HTTP = {
    "members/operations/asking.py": "the exceptions of the mail server, which an invite goes through",
    "members/operations/invites.py": "the exceptions of the mail server, which an invite goes through",
    "notifications/operations/quota_mail.py": "the exceptions of the mail server, which a notice goes through",
    "notifications/flows/nobody.py": "the exceptions of the mail server, which tells of steps that reached nobody",
    "notifications/management/commands/bench.py": "it fires a flow at the portal's own address",
    "notifications/management/measuring/chaos.py": "it fires a flow at a portal that it started itself",
    "notifications/management/measuring/dispatch.py": "it fires a flow at a portal that it started itself",
    "notifications/management/measuring/fairness.py": "it fires flows at a portal that it started itself",
    "notifications/management/measuring/floors.py": "it posts to a program on this machine, and refuses any other",
    "notifications/management/measuring/portal.py": "it talks to the provider that it started itself",
    "notifications/management/measuring/served.py": "it talks to the provider that it started itself",
    "notifications/webhooks/verify.py": "the check of a signature, which calls nobody",
}


def ours() -> list[Module]:
    return [module for module in modules() if not module.place.startswith("notifications/sandbox/")]


def the_module(place: str) -> Module:
    (module,) = (module for module in ours() if module.place == place.partition(":")[0])
    return module


def made(text: str) -> Module:
    return Module("made/up.py", text)


def test_every_place_that_writes_a_row_of_the_log_is_written_down() -> None:
    known = sorted([*WRITERS, *SAVES, *IMAGINES])
    assert sorted(place for module in ours() for place in rows_made_of(Notification, module)) == known


@pytest.mark.parametrize("place", [*WRITERS, *IMAGINES])
def test_each_writer_writes_for_the_purposes_that_are_written_beside_it(place: str) -> None:
    purposes = {**WRITERS, **IMAGINES}[place]
    assert words_of("Purpose", place, the_module(place)) == {purpose.name for purpose in purposes}


@pytest.mark.parametrize("place", SAVES)
def test_what_is_saved_for_another_was_made_by_a_writer_of_the_same_file(place: str) -> None:
    found = {caller for module in ours() for caller in calls_of({place.rpartition(":")[2]}, module)}
    assert found == SAVES[place]
    for caller in SAVES[place]:
        makers = [maker for maker in WRITERS if maker.startswith(caller.partition(":")[0])]
        assert [caller in calls_of({maker.rpartition(":")[2]}, the_module(maker)) for maker in makers] == [True]


@pytest.mark.parametrize("place", IMAGINES)
def test_what_is_imagined_is_never_saved(place: str) -> None:
    assert calls_of({"save", "create", "bulk_create", "insert_many", "written_once"}, the_module(place)) == []


def test_many_rows_at_once_are_written_where_their_writers_are() -> None:
    assert sorted(place for module in ours() for place in calls_of({"insert_many"}, module)) == AT_ONCE


def test_every_purpose_has_a_writer_or_none_yet() -> None:
    alone = {purpose for purposes in WRITERS.values() if len(purposes) == 1 for purpose in purposes}
    assert alone | NOT_WRITTEN_YET == set(Purpose)
    assert not alone & NOT_WRITTEN_YET


def test_no_row_is_copied_past_its_writer() -> None:
    assert [place for module in ours() for place in rows_copied(module) if place.startswith("notifications/")] == []


def test_one_function_makes_attempts_and_it_is_behind_the_ruling() -> None:
    assert sorted(place for module in ours() for place in rows_made_of(Attempt, module)) == sorted(ATTEMPTS)
    (intending,) = (module for module in ours() if module.place == "notifications/dispatch/intend.py")
    assert calls_of({"_commit_attempts"}, intending) == [f"{intending.place}:_intend"]
    # What may not try a half-open route, or found no room, is ruled once more, so that its row says why.
    rulers = ("_intend", "_with_one_trial", "_with_room")
    assert calls_of({"ruled_now", "ruled_again"}, intending) == [f"{intending.place}:{name}" for name in rulers]
    ruling = the_module("notifications/dispatch/ruled.py")
    assert calls_of({"facts_of"}, ruling) == [f"{ruling.place}:ruled"]
    assert calls_of({"_attempt"}, intending) == [f"{intending.place}:_commit_attempts"]
    assert calls_of({"lock_numbers"}, intending) == [f"{intending.place}:_intend"]


def test_what_was_ruled_alone_is_handed_over_and_by_one_place_alone() -> None:
    assert [place for module in ours() for place in made_of("Intent", module)] == INTENTS
    assert [place for module in ours() for place in calls_of({"hands", "Hands"}, module)] == [
        *HANDED_OVER,
        "notifications/dispatch/send.py:",
        "notifications/dispatch/send.py:hands",
    ]
    assert [place for module in ours() for place in calls_of({"send_sms", "sms_provider"}, module)] == CALLED
    assert [place for module in ours() for place in calls_of({"place_call", "voice_provider"}, module)] == DIALLED
    assert [
        place for module in ours() for place in calls_of({"hang_up", "say"}, module) if "/operations/" in place
    ] == LED
    assert [place for module in ours() for place in calls_of({"send_email"}, module)] == MAILED


def test_a_request_is_made_again_only_after_it_was_ruled_anew_under_the_number_s_lock() -> None:
    assert [place for module in ours() for place in calls_of({"repeat_sms", "repeat_call"}, module)] == REPEATED
    assert [place for module in ours() for place in calls_of({"made_again"}, module)] == ASKED
    assert [place for module in ours() for place in calls_of({"to_repeat"}, module)] == REPEATABLE
    (repeating,) = (module for module in ours() if module.place == "notifications/dispatch/repeating.py")
    for ruling in ({"lock_numbers"}, {"facts_of"}, {"_stop"}, {"sms_request"}, {"call_request"}):
        assert calls_of(ruling, repeating) == [f"{repeating.place}:to_repeat"]


def test_nothing_but_the_providers_speaks_to_a_provider() -> None:
    taken = {module.place: imports_of(SDKS, module) for module in ours()}
    speak = {place for place, names in taken.items() if names and not place.startswith("notifications/providers/")}
    assert speak == set(OTHER_HTTP)


@pytest.mark.parametrize(
    "text",
    [
        "from notifications.models import Notification\ndef f(): Notification(body='x').save()",
        "from notifications.models import Notification as N\ndef f(): N.objects.create()",
        "from notifications import models\ndef f(): models.Notification.objects.bulk_create([])",
        "from notifications.models import Notification\ndef f(): Notification._base_manager.get_or_create()",
        "def f(alert): alert.notifications.create(body='x')",
        "def f(row): row.resends.update_or_create(body='x')",
        "from django.apps import apps\ndef f(): apps.get_model('notifications', 'Notification')",
        "from django.apps import apps\ndef f(): apps.get_model('notifications.Notification')",
        "def f(cursor): cursor.execute('INSERT  INTO \"notifications_notification\" VALUES (1)')",
    ],
)
def test_a_row_of_the_log_is_found_under_any_name(text: str) -> None:
    assert rows_made_of(Notification, made(text)) == ["made/up.py:f"]
    assert not rows_made_of(
        Notification, made("from notifications.models import Notification\nNotification.objects.get()")
    )


def test_a_call_that_is_handed_on_and_a_copied_row_are_found() -> None:
    assert calls_of({"send_sms"}, made("def f(p, pool): pool.submit(p.send_sms, 1)")) == ["made/up.py:f"]
    assert rows_copied(made("def f(row):\n    row.pk, row._state.adding = None, True\n    row.save()")) == [
        "made/up.py:f"
    ]
    assert imports_of({"twilio"}, made("from twilio.rest import Client")) == ["twilio.rest", "twilio.rest.Client"]
