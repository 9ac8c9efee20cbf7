"""Reads of the notifications app; the only door for other apps and for the admin."""
