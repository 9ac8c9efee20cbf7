"""When a part of the pipeline was last seen alive; read by /health and by the diagnosis."""

from django.db import models


class Heartbeat(models.Model):
    """One row a part: `worker:<name>` is written by a worker itself, `beat` when one of its ticks is executed."""

    name = models.CharField(max_length=120, primary_key=True, db_collation="C")
    at = models.DateTimeField()
    started_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name} at {self.at:%H:%M:%S}"
