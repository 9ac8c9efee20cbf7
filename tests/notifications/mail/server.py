"""A mail server of our own on the loopback: it speaks as much SMTP as a letter needs, and misbehaves by address."""

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage


@dataclass(slots=True)
class Mailbox:
    """What the server took, and where it listens."""

    port: int = 0
    letters: list[EmailMessage] = field(default_factory=list)


class _Session(socketserver.StreamRequestHandler):
    """One connection. `gone@` does not exist, `later@` is asked to come again, `cut@` loses the line."""

    def handle(self) -> None:
        self._say("220 here")
        to = ""
        while line := self.rfile.readline().decode("ascii", "replace").strip():
            verb = line.split(":", 1)[0].split(" ", 1)[0].upper()
            if verb == "RCPT":
                to = line.partition("<")[2].rstrip(">")
                refusals = {"gone": f"550 <{to}>: No such\x00 mailbox", "later": "451 Come again"}
                self._say(refusals.get(to.split("@")[0], "250 fine"))
            elif verb == "DATA":
                self._say("354 go on")
                letter = self._letter()
                if to.startswith("cut@"):
                    return
                self.server.mailbox.letters.append(message_from_bytes(letter, policy=policy.default))  # type: ignore[attr-defined]
                self._say("250 taken")
            elif verb == "QUIT":
                self._say("221 bye")
                return
            else:
                self._say("250 fine")

    def _letter(self) -> bytes:
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line)
        return b"".join(lines)

    def _say(self, text: str) -> None:
        self.wfile.write(text.encode() + b"\r\n")


@contextmanager
def mail_server() -> Iterator[Mailbox]:
    """A running mail server, until the block ends."""
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Session) as server:
        mailbox = Mailbox(server.server_address[1])
        server.daemon_threads = True
        server.mailbox = mailbox  # type: ignore[attr-defined]
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        try:
            yield mailbox
        finally:
            server.shutdown()
