"""Standings that follow payments at Stripe: an optional extra. The library is imported where it verifies alone."""
