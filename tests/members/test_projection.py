"""What is kept beside the ledger says what the ledger says: after each line, for everybody whom it touches."""

from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from members.consent.choices import lose_number, withdraw
from members.consent.ledger import lock_numbers
from members.consent.projection import compared
from members.consent.settle import settle
from members.models import ConsentStanding, Member, Suppression
from tenants.scope import platform_scope, tenant_scope
from tests.cast import BEN_NUMBER, Cast, add_member
from tests.consenting import agree, login_of
from tests.members.stories import MINUTE, NOW, leaves_unticked, starts, stops, ticks

Kept = dict[tuple[str, str], str]


def kept(number: str = BEN_NUMBER) -> Kept:
    """Name and channel of everybody who has a kept standing on the number, and its state."""
    with platform_scope():
        rows = ConsentStanding.objects.filter(number=number).select_related("member")
        return {(row.member.name, row.channel): row.state for row in rows}


def on_sms(number: str = BEN_NUMBER) -> dict[str, str]:
    return {name: state for (name, channel), state in kept(number).items() if channel == "sms"}


def is_in_line(*numbers: str) -> bool:
    with platform_scope():
        found = compared(numbers or [BEN_NUMBER], at=NOW + 999 * MINUTE)
    return not found.standings and not found.suppressed


@pytest.fixture
def rob(cast: Cast) -> Member:
    """Ridge's member with Ben's number."""
    with tenant_scope(cast.ridge.pk):
        return add_member(cast.ridge, name="Rob", number=BEN_NUMBER)


def test_every_line_brings_the_standings_of_all_who_have_the_number_in_line(cast: Cast, rob: Member) -> None:
    with tenant_scope(cast.harbor.pk):
        beth = add_member(cast.harbor, name="Beth", number=BEN_NUMBER)
    assert kept() == {}
    ticks(cast.ben, tenant=cast.harbor, at=NOW)
    assert on_sms() == {"Ben": "opted_in"}, "who never had a line of theirs is none, and needs no row"
    ticks(rob, tenant=cast.ridge, at=NOW)
    assert on_sms() == {"Ben": "opted_in", "Rob": "opted_in"}
    stops(at=NOW + MINUTE, tenant_id=cast.harbor.pk)
    assert set(kept().values()) == {"opted_out"}
    assert set(on_sms()) == {"Ben", "Rob", "Beth"}
    starts(at=NOW + 2 * MINUTE)
    assert on_sms() == {"Ben": "opted_in", "Rob": "opted_in", "Beth": "none"}
    with tenant_scope(cast.harbor.pk):
        withdraw(
            tenant=cast.harbor,
            member=cast.ben,
            number=BEN_NUMBER,
            channel="sms",
            source="page",
            ip="",
            user_agent="",
            actor=login_of(cast.ben),
            at=NOW + 3 * MINUTE,
        )
    assert on_sms() == {"Ben": "opted_out", "Rob": "opted_in", "Beth": "opted_out"}
    assert kept()["Ben", "voice"] == "none"
    leaves_unticked(beth, tenant=cast.harbor, at=NOW + 4 * MINUTE)
    with tenant_scope(cast.ridge.pk):
        lose_number(tenant=cast.ridge, member=rob, number=BEN_NUMBER, actor=cast.cleo, at=NOW + 5 * MINUTE)
    assert on_sms() == {"Ben": "opted_out", "Rob": "stale", "Beth": "opted_out"}
    assert is_in_line()


def test_a_kept_row_says_since_when_by_what_and_never_another_tenants_line(cast: Cast, rob: Member) -> None:
    ticks(cast.ben, tenant=cast.harbor, at=NOW)
    stop = stops(at=NOW + MINUTE, tenant_id=cast.harbor.pk)
    assert stop is not None
    with platform_scope():
        bens, robs = (ConsentStanding.objects.get(member=one, channel="sms") for one in (cast.ben, rob))
    assert (bens.state, bens.since, bens.source) == (robs.state, robs.since, robs.source)
    assert (bens.since, bens.source, bens.event_public_id) == (NOW + MINUTE, "handset", stop.public_id)
    assert robs.event_public_id == ""


def test_settling_costs_the_same_for_one_member_and_for_many(cast: Cast) -> None:
    def cost() -> int:
        with platform_scope():
            lock_numbers([BEN_NUMBER], exclusively=True)
            Suppression.objects.all().delete()
            ConsentStanding.objects.update(state="none")
            with CaptureQueriesContext(connection) as asked:
                settle(BEN_NUMBER, at=NOW + 2 * MINUTE)
        assert is_in_line()
        return len(asked)

    ticks(cast.ben, tenant=cast.harbor, at=NOW)
    stops(at=NOW + MINUTE)
    few = cost()
    for tenant in (cast.harbor, cast.ridge):
        with tenant_scope(tenant.pk):
            made = [add_member(tenant, name=f"{tenant.slug} {place}", number=BEN_NUMBER) for place in range(8)]
        for member in made[:4]:
            agree(member, tenant=tenant, at=NOW + 2 * MINUTE)
    assert cost() == few
    assert len(kept()) == 2 * 17


def drift(cast: Cast) -> None:
    """Bend what is kept in every way there is, past the ledger."""
    ticks(cast.ben, tenant=cast.harbor, at=NOW)
    stops(at=NOW + MINUTE)
    stops(at=NOW, number="+12065550143", message="SM7")
    with platform_scope():
        ConsentStanding.objects.filter(member=cast.ben, channel="sms").update(state="opted_in")
        ConsentStanding.objects.filter(member=cast.ben, channel="voice").delete()
        Suppression.objects.filter(number_id=BEN_NUMBER).delete()
        Suppression.objects.create(number_id="+12065550144", since=NOW, source="handset", event_public_id="cns_1")
        Suppression.objects.filter(number_id="+12065550143").update(since=NOW - timedelta(days=1))


def run(*arguments: str) -> tuple[int, str]:
    out = StringIO()
    try:
        call_command("rebuild_standing", *arguments, stdout=out, stderr=StringIO())
    except SystemExit as left:
        return int(left.code or 0), out.getvalue()
    return 0, out.getvalue()


def test_the_command_says_what_differs_line_by_line_and_mends_it(cast: Cast) -> None:
    drift(cast)
    status, said = run("--check")
    assert (status, len(said.splitlines())) == (1, 6)
    assert f"{cast.ben.public_id} of harbor  sms: kept opted_in since" in said
    assert f"{cast.ben.public_id} of harbor  voice: kept nothing, the ledger says opted_out" in said
    assert "+1 *** *** 0142: kept nothing, the ledger says opted_out" in said
    assert "handset cns_1, the ledger says nothing" in said
    assert "3 numbers compared: 5 differences, left as they are." in said
    assert BEN_NUMBER not in said
    assert run("--check") == (status, said), "a check changes nothing"
    status, mended = run()
    assert (status, "5 differences, all mended." in mended) == (0, True)
    assert run("--check") == (0, "2 numbers compared: 0 differences.\n")
    assert is_in_line(BEN_NUMBER, "+12065550143", "+12065550144")


def test_the_command_keeps_to_one_tenants_standings(cast: Cast, rob: Member) -> None:
    ticks(cast.ben, tenant=cast.harbor, at=NOW)
    ticks(rob, tenant=cast.ridge, at=NOW)
    with platform_scope():
        ConsentStanding.objects.update(state="stale")
    status, said = run("--check", "--tenant", "ridge")
    assert (status, "4 differences" in run("--check")[1], "2 differences" in said) == (1, True, True)
    assert cast.ben.public_id not in said
    run("--tenant", "ridge")
    assert on_sms() == {"Ben": "stale", "Rob": "opted_in"}
    with pytest.raises(CommandError, match="There is no tenant nowhere"):
        run("--tenant", "nowhere")


def test_whoever_was_given_the_number_since_its_last_line_is_no_difference_and_is_kept_from_then_on(
    cast: Cast,
) -> None:
    stops(at=NOW)
    with tenant_scope(cast.harbor.pk):
        add_member(cast.harbor, name="Nell", number=BEN_NUMBER)
    assert on_sms() == {"Ben": "opted_out"}
    assert run("--check") == (0, "1 number compared: 0 differences; 2 standings not kept yet.\n")
    assert run() == (0, "1 number compared: 0 differences; 2 standings not kept yet, kept now.\n")
    assert on_sms() == {"Ben": "opted_out", "Nell": "opted_out"}


def test_the_whole_projection_can_be_made_again_from_the_ledger_in_batches(
    cast: Cast, rob: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("members.consent.rebuild.BATCH", 2)
    with tenant_scope(cast.harbor.pk):
        people = [add_member(cast.harbor, name=f"P{n}", number=f"+1206555016{n}") for n in range(5)]
    for place, member in enumerate(people):
        ticks(member, tenant=cast.harbor, at=NOW)
        if place % 2:
            stops(at=NOW + MINUTE, number=f"+1206555016{place}", message=f"SM{place}")
    ticks(rob, tenant=cast.ridge, at=NOW)

    def everything() -> set[Any]:
        with platform_scope():
            said = ("number", "member_id", "channel", "state", "since", "source", "event_public_id")
            stops_ = Suppression.objects.values_list("number_id", "since", "source", "event_public_id")
            return {*ConsentStanding.objects.values_list(*said), *stops_}

    before = everything()
    assert len(before) == 14
    with platform_scope():
        ConsentStanding.objects.all().delete()
        Suppression.objects.all().delete()
    assert run()[0] == 0
    # Rob shares Ben's number, and Ben, who has it too, said nothing.
    assert everything() == before


def test_a_long_run_says_how_far_it_is(cast: Cast, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    monkeypatch.setattr("members.management.commands.rebuild_standing.TELL_EVERY", 1)
    stops(at=NOW)
    call_command("rebuild_standing")
    assert "1 numbers compared, 0 differences so far" in capsys.readouterr().err
