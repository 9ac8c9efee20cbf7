"""Wrong passwords of the last minutes, so that nobody guesses for long."""

from django.db import models


class SignInTry(models.Model):
    """One wrong try to sign in. Address and login are kept as keyed digests, until they do not count any more."""

    address_digest = models.BinaryField(max_length=32)
    login_digest = models.BinaryField(max_length=32)
    at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["address_digest", "at"], name="sign_in_try_address"),
            models.Index(fields=["at"], name="sign_in_try_at"),
        ]

    def __str__(self) -> str:
        return f"wrong at {self.at:%Y-%m-%d %H:%M}"
