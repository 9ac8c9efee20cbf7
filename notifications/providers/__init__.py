"""Hands one message to one provider and says exactly what is known afterwards.

HTTP to providers happens only here, always with a timeout; it refuses to know about rows, tenants and consent.
"""
