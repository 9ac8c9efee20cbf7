"""How to run a PostgreSQL of our own when nobody named one: find its programs, start it, share it, stop it.

Plain Python, no Django. It knows nothing of the tables inside, and opens the server to nobody but this checkout.
"""
