"""`python -m notifications.sandbox [--port N]`: starts the sandbox, or says in one line why it does not (exit 2)."""

import argparse
import os
import sys
from dataclasses import replace

from .serve import PortIsTaken, bound_socket, serve
from .settings import SettingsAreWrong, is_debug, read_settings

REFUSED = 2


def _refuse(line: str) -> int:
    sys.stderr.write(f"sandbox: {line}\n")
    return REFUSED


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m notifications.sandbox", description=__doc__)
    parser.add_argument(
        "--port", type=int, help="port to listen on; 0 takes a free one (default: SANDBOX_PORT or 8025)"
    )
    arguments = parser.parse_args()
    if not is_debug(os.environ):
        return _refuse("it is a development tool and starts only with DEBUG on; set DEBUG=1 to run it here")
    try:
        settings = read_settings(os.environ)
    except SettingsAreWrong as error:
        return _refuse(str(error))
    if arguments.port is not None:
        settings = replace(settings, port=arguments.port)
    try:
        listener = bound_socket(settings)
    except PortIsTaken:
        return _refuse(f"port {settings.port} is taken; set SANDBOX_PORT to a free one")
    except (OSError, OverflowError) as error:
        return _refuse(f"cannot listen on {settings.host} port {settings.port} (SANDBOX_HOST, SANDBOX_PORT): {error}")
    serve(settings, listener=listener)
    return 0


if __name__ == "__main__":
    sys.exit(main())
