"""`python -m imes.embedded status|stop|remove HOME`: look after an embedded server by hand, and for the Makefile."""

import argparse
import sys
from pathlib import Path

from imes.embedded.errors import EmbeddedPostgresError
from imes.embedded.server import Server


def main(arguments: list[str]) -> int:
    """Do what the command line says; the exit status of `status` is 0 when the server runs and 3 when not."""
    parser = argparse.ArgumentParser(prog="python -m imes.embedded", description=__doc__)
    parser.add_argument("verb", choices=["status", "stop", "remove"])
    parser.add_argument("home", nargs="?", type=Path, default=Path("var/postgres"))
    chosen = parser.parse_args(arguments)
    server = Server(chosen.home.resolve())
    try:
        if chosen.verb == "status":
            print("running" if server.answers else "stopped")  # noqa: T201
            return 0 if server.answers else 3
        if chosen.verb == "stop":
            print("stopped" if server.stop() else "was not running")  # noqa: T201
        else:
            server.remove()
    except EmbeddedPostgresError as error:
        print(error, file=sys.stderr)  # noqa: T201
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
