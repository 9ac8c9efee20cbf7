#!/usr/bin/env python3
"""The portal's commands: `manage.py help` lists them."""

import os
import sys


def main() -> None:
    """Run the command that the arguments name."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "imes.settings")
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line

    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        # Said to the operator, who can do something about it: a traceback would bury the line.
        sys.exit(f"{error}")


if __name__ == "__main__":
    main()
