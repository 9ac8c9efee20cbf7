"""PostgreSQL as Django's own backend speaks to it, without a log of every statement."""

from django.db.backends.postgresql import base


class DatabaseWrapper(base.DatabaseWrapper):
    """Keeps no statements in memory unless somebody counts them, as tests do.

    With DEBUG on, Django's own composes the text of each statement once more with all its values: that held people's
    messages and numbers in memory, and was a third of the time that dispatch took.
    """

    @property
    def queries_logged(self) -> bool:
        return bool(self.force_debug_cursor)
