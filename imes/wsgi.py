"""The web process's entry point for gunicorn."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "imes.settings")
application = get_wsgi_application()

from imes import memory  # noqa: E402
from imes.database.checks import refuse_unsafe_login  # noqa: E402  needs the settings

# Not only `manage.py check`: a web process must not serve past row-level security.
refuse_unsafe_login()
memory.settle()
