"""Writes docs/diagnosis.md from the catalogue: `python -m notifications.diagnosis.document > docs/diagnosis.md`.

A test compares the file with this text, so that the page cannot fall behind the codes.
"""

import sys

from notifications.core.reasons import Reason
from notifications.diagnosis.catalogue import ENTRIES, Code
from notifications.diagnosis.finding import Section, Verdict

_HEAD = """# What the diagnosis says

Written from the catalogue (`notifications/diagnosis/catalogue.csv`); run
`python -m notifications.diagnosis.document > docs/diagnosis.md` after a change.

*Diagnose this delivery* reads one notification with everything around it, runs every check, and names the **cause**:
the finding that is proved to have stopped the message. It sends nothing. The same report is on the page, and in
`python manage.py diagnose ntf_... [--json]` (exit status 0: no cause, 3: a cause was found, 1: unknown ID).

## Verdicts

| verdict | word on the page | means |
|---|---|---|
"""
_VERDICTS = {
    Verdict.CLEAR: "looked at, known, and not in the way",
    Verdict.NOTABLE: "not the cause, and worth knowing: what changed since, or what nobody can prove",
    Verdict.STOPPED: "was in the way of this message; always with a remedy",
    Verdict.UNKNOWN: "cannot be known from here, or was not stored; never shown as clear",
    Verdict.NOT_APPLICABLE: "does not matter for this message",
}
_PROOFS = """
## What makes a finding the cause

A message that was delivered, acknowledged or merged has no cause. Else the *stopped* finding with the best proof is the
cause, and the order of the report decides among equals:

| proof | means |
|---|---|
| stored | the stored ruling, exception, provider's answer or receipt says so |
| observed | seen now, on a row that still waits: then is now |
| also | shut then as well, while another gate decided |
| symptom | the row's own status says that it was stopped, and not by what |
| none | proves nothing about then |

What became true only afterwards is shown as *worth a look* with then beside now, and is never the cause.

## The JSON of `diagnose --json`

`shape` (1; keys may be added, and none is renamed within a shape), `notification`, `status`, `reason`, `channel`,
`purpose`, `asked_at`, `headline`, `cause` (a finding or null), `secondary` (codes), `findings`, `bundle` (text for
support). A finding: `code`, `section`, `verdict`, `proof`, `says`, `evidence` (`name`, `value`, `at`, `source`, `ref`),
`remedy` (`text`, `who`, `link_name`, `link_args`, `link_label`) or null, `rows`, `then`, `now`, `differs`.

`diagnose --facts` prints what a report rests on; a saved file gives the same report for ever, and is how a mistaken
diagnosis becomes a test.
"""


def document() -> str:
    """The whole page."""
    lines = [_HEAD.rstrip("\n")]
    lines += [f"| {verdict.value} | {verdict.word} | {_VERDICTS[verdict]} |" for verdict in Verdict]
    lines.append(_PROOFS.rstrip("\n"))
    for section in Section:
        lines += ["", f"## {section.heading}", "", "| code | when | may say | evidence | remedy | rows |"]
        lines.append("|---|---|---|---|---|---|")
        lines += [_line(code) for code in Code if ENTRIES[code].section is section]
    return "\n".join(lines) + "\n"


def _line(code: Code) -> str:
    entry = ENTRIES[code]
    same = " (also on the log row)" if code.value in {reason.value for reason in Reason} else ""
    cells = (
        f"{code.value}{same}",
        entry.when,
        ", ".join(verdict.value.replace("_", " ") for verdict in entry.verdicts),
        entry.evidence or "—",
        entry.remedy or "—",
        ", ".join(map(str, entry.rows)) or "—",
    )
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    sys.stdout.write(document())
