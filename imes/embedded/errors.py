"""What can stop the embedded PostgreSQL; every message is one line that says what to do."""


class EmbeddedPostgresError(Exception):
    """The embedded PostgreSQL cannot run here; `str()` of it is one line with the remedy."""
