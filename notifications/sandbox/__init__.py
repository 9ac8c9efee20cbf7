"""A development stand-in for the providers: a separate HTTP program with a handset page.

It answers as a provider would and signs as a provider would, with code of its own, so that the portal is tested against
a second opinion. It imports nothing of the portal and knows nothing of tenants, consent or flows.
"""
