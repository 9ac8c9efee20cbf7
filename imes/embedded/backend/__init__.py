"""Django's PostgreSQL backend on the embedded server, which starts with the first connection and not before."""
