"""Hashes passwords in no time. What it writes is read by every process, with or without this hasher."""

from django.contrib.auth.hashers import PBKDF2PasswordHasher


class QuickHasher(PBKDF2PasswordHasher):
    """Django's own, of one round instead of a million: five logins take 2 s otherwise."""

    iterations = 1
