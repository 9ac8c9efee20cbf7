"""What follows from a new line of the ledger: the rows beside it are brought in line, and what waits is ruled anew.

Everything here can be made again from the ledger alone (`manage.py rebuild_standing`).
"""

from datetime import datetime

from members import ports
from members.consent.projection import bring_in_line, compared


def settle(number: str, *, at: datetime) -> None:
    """Bring what is kept beside the ledger in line with it, for one locked number; needs `platform_scope`.

    For every member, of any tenant, who has the number or of whom the ledger speaks on it. In whatever order a
    number's lines came in, the result is the same; it costs the same number of statements for one member and for many.
    """
    bring_in_line(compared([number], at=at))
    ports.messenger().consent_changed(number=number, at=at)
