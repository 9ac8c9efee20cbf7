"""The rungs of an alert's escalation as facts: the one whose page it is, and the one after it."""

from notifications.core.snapshot import FlowPlan
from notifications.diagnosis.facts import EscalationFact, RungFact
from notifications.models import AlertStep
from notifications.queries.diagnosis import DiagnosisRows


def escalation_fact(rows: DiagnosisRows) -> EscalationFact | None:
    """Where the page stands; None where its rung or its alert's plan cannot be read, which is not guessed."""
    row = rows.notification
    here = next((place for place, step in enumerate(rows.steps) if step.pk == row.alert_step_id), None)
    if here is None or row.alert is None:
        return None
    try:
        plan = FlowPlan.from_json(row.alert.flow_snapshot)
    except (KeyError, TypeError, ValueError):
        return None
    mine = rows.steps[here]
    same = [step for step in rows.steps if (step.round, step.position) == (mine.round, mine.position)]
    in_turn = any(step.in_turn for step in plan.steps if step.position == mine.position)
    following = rows.steps[here + 1] if here + 1 < len(rows.steps) else None
    return EscalationFact(
        rung=_rung(mine),
        steps=len(plan.steps),
        places=len(same) if in_turn else 0,
        rounds=plan.repeats + 1,
        following=_rung(following) if following else None,
        ended_at=row.alert.ended_at,
    )


def _rung(step: AlertStep) -> RungFact:
    return RungFact(
        step=step.position + 1,
        place=step.place + 1,
        round=step.round + 1,
        outcome=step.outcome,
        due_at=step.due_at,
        fired_at=step.fired_at,
        waits_until=step.waits_until,
    )
