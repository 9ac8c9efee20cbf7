"""Writes of the notifications app that pages, commands and endpoints call."""
