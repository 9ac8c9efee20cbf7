"""Events of calls as Call Automation posts them, with tokens of a key that the tests made; and Azure, as far as it is
asked anything meanwhile."""

import itertools
import json
import time
from functools import cache
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from django.test import Client
from jwt.algorithms import RSAAlgorithm

from notifications.models import Attempt
from tests.contracts.scripted import Play, Reply, ScriptedServer, Seen

RESOURCE = "0b5dff1a-7a3e-4c55-9e8b-6f1f2a3b4c5d"
ISSUER = "https://acscallautomation.communication.azure.com"
CALL = "421f3500-f5de-4c12-bf61-9e2641433687"
KID = "key-of-azure"
_ids = itertools.count(1)


def signing_key(name: str = KID) -> rsa.RSAPrivateKey:
    """One key a name, made once: making one takes a moment."""
    return _made(name)


@cache
def _made(_name: str) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)


def public_jwk(name: str = KID) -> dict[str, Any]:
    return {**RSAAlgorithm.to_jwk(signing_key(name).public_key(), as_dict=True), "kid": name, "use": "sig"}


class Azure(ScriptedServer):
    """Publishes its keys, and takes every request about a call for which nothing else is scripted."""

    def __init__(self) -> None:
        super().__init__()
        self.keys = [public_jwk()]
        self.published = ""
        self.asked_for_keys = 0

    def next_play(self, seen: Seen) -> Play:
        if seen.path.endswith("acsopenidconfiguration"):
            return Reply(200, json.dumps({"issuer": ISSUER, "jwks_uri": f"{self.url}/calling/keys"}))
        if seen.path == "/calling/keys":
            self.asked_for_keys += 1
            return Reply(200, self.published or json.dumps({"keys": self.keys}))
        self.seen.append(seen)
        taken = Reply(204 if seen.path.endswith(":terminate") else 202, "")
        return self._script.pop(0) if self._script else taken

    @property
    def open_id(self) -> str:
        return f"{self.url}/calling/.well-known/acsopenidconfiguration"

    def did(self) -> list[str]:
        """What it was asked to do, in order."""
        return [seen.path.rpartition(":")[2] for seen in self.seen]

    def said(self) -> str:
        """The last text that it was asked to say."""
        found = json.loads(next(seen.body for seen in reversed(self.seen) if seen.body))
        source = found.get("playPrompt") or found["playSources"][0]
        return str(source["text"]["text"])


def token(*, key: Any = None, kid: str = KID, algorithm: str = "RS256", **claims: object) -> str:
    """A token as Azure makes one; a claim that is None is left out."""
    now = int(time.time())
    given = {"iss": ISSUER, "aud": RESOURCE, "iat": now, "nbf": now, "exp": now + 300, **claims}
    kept = {name: value for name, value in given.items() if value is not None}
    return jwt.encode(kept, key or signing_key(), algorithm=algorithm, headers={"kid": kid})


def event(
    kind: str, *, turn: int = 0, attempt: Attempt | None = None, call: str = CALL, **data: object
) -> dict[str, Any]:
    """One event; each has an id of its own."""
    context = f"{attempt.public_id}:{turn}" if attempt is not None and turn else ""
    return {
        "id": f"event-{next(_ids)}",
        "source": f"calling/callConnections/{call}",
        "type": f"Microsoft.Communication.{kind}",
        "data": {"callConnectionId": call, "serverCallId": "server", "operationContext": context, **data},
        "time": "2026-11-20T18:00:20Z",
        "specversion": "1.0",
        "datacontenttype": "application/json",
    }


def result(code: int, sub_code: int) -> dict[str, object]:
    return {"code": code, "subCode": sub_code, "message": "as it went"}


def post(client: Client, attempt: Attempt, *events: object, bearer: str | None = "", body: str = "") -> Any:
    """Post events to the address of an attempt; without a token where `bearer` is None."""
    headers = {} if bearer is None else {"Authorization": f"Bearer {bearer or token()}"}
    path = f"/webhooks/azure/call/{attempt.public_id}"
    content = body or json.dumps(list(events))
    return client.post(path, data=content, content_type="application/cloudevents-batch+json", headers=headers)
