"""Seals over append-only tables: each signs what stands since the last one, so that tampering shows.

A seal covers the salted digests of its rows, never personal data, so that erasing a person breaks no seal.
"""

from django.db import models


class Seal(models.Model):
    """One sealed stretch of one table. Written by a beat task, checked by `manage.py verify_audit`; never changed."""

    chain = models.CharField(max_length=16, choices=[("consent", "Consent ledger"), ("audit", "Audit log")])
    ordinal = models.PositiveIntegerField(help_text="1, 2, 3 ... within its chain.")
    after_id = models.BigIntegerField(help_text="It covers rows with a larger id ...")
    last_id = models.BigIntegerField(help_text="... up to this one.")
    rows = models.PositiveIntegerField()
    previous = models.BinaryField(max_length=32, help_text="The digest of the seal before; zeros for the first.")
    line_digests = models.BinaryField(default=b"", help_text="The SHA-256 of each line in order: names a broken one.")
    digest = models.BinaryField(max_length=32)
    signature = models.BinaryField(max_length=64, help_text="Ed25519 over the digest.")
    key_id = models.CharField(max_length=16, db_collation="C")
    sealed_at = models.DateTimeField()

    class Meta:
        ordering = ("chain", "ordinal")
        constraints = [models.UniqueConstraint(fields=["chain", "ordinal"], name="seal_once")]
        indexes = [models.Index(fields=["chain", "last_id"], name="seal_chain_last")]

    def __str__(self) -> str:
        return f"{self.chain} {self.ordinal}"


class SealMark(models.Model):
    """How far a chain may be sealed once every transaction that was open at the mark has ended.

    Ids are given out before they are committed: sealing up to the newest visible one would pass over late comers.
    """

    chain = models.CharField(max_length=16, primary_key=True)
    last_id = models.BigIntegerField()
    transaction = models.BigIntegerField(help_text="The next transaction id when the mark was set.")

    def __str__(self) -> str:
        return f"{self.chain} up to {self.last_id}"
