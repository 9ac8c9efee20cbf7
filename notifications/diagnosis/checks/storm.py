"""What a page carried: others with the same text that waited at the same moment went out inside it."""

from notifications.diagnosis.catalogue import Code, found
from notifications.diagnosis.facts import Facts
from notifications.diagnosis.finding import Evidence, Finding, Verdict


def storm(facts: Facts) -> tuple[Finding, ...]:
    """One finding for a page that stands for others, none for any other."""
    count = facts.row.carries
    if not count:
        return ()
    others = "1 other page" if count == 1 else f"{count} other pages"
    says = (
        f"It stands for {others} too, which waited with the same text when it went: they are Merged, its text says how "
        "many alerts there are, and one answer acknowledges all of them."
    )
    return (
        found(Code.CARRIES, Verdict.NOTABLE, says, evidence=(Evidence("Pages inside it", str(count), None, "row"),)),
    )
