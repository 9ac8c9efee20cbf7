"""Carries out TwiML on a call that was answered: says, waits, listens, and fetches the next document.

What goes wrong is told as Twilio tells it: an alert, the fallback address if there is one, else an apology and the end.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urljoin

from ..calling import gather, short_second, speak
from ..calls import Call, Kind, Listener
from ..outgoing import Answered
from ..world import World
from .calls_draft import CallDraft, Webhook
from .calls_webhooks import call_params
from .twiml import Unreadable
from .twiml_voice import Gather, Hangup, Pause, Play, Redirect, Reject, Say, Script, script_of
from .webhooks import BAD_ANSWER, new_token, post_signed

APOLOGY = "We are sorry. An application error has occurred. Goodbye."
MOST_DOCUMENTS = 50
TOO_MANY = 11205
XML = "text/xml"
PLAYED_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Next:
    """The document to go on with, and what is told when it is asked for."""

    webhook: Webhook
    params: Mapping[str, str]


class _Broken(Exception):
    """The call cannot go on: an alert has been raised."""

    def __init__(self, code: int, url: str) -> None:
        super().__init__(code)
        self.code, self.url = code, url


class Performance:
    """One call's way through its documents."""

    def __init__(self, world: World, call: Call, *, draft: CallDraft) -> None:
        self._world, self._call, self._draft = world, call, draft
        self._here = Webhook("")

    async def run(self) -> None:
        """Carry out the first document and all that it leads to; returns when the portal is done with the call."""
        try:
            await self._from_document()
        except _Broken as broken:
            if not await self._fell_back(broken):
                await speak(self._world, self._call, Kind.APOLOGY, APOLOGY, language="en-US")

    async def _from_document(self) -> None:
        if self._draft.document.url:
            await self._follow(Next(self._draft.document, {}))
        else:
            await self._follow(await self._carry_out(self._read(self._draft.twiml, content_type=XML)))

    async def _fell_back(self, broken: _Broken) -> bool:
        if not self._draft.fallback.url:
            return False
        try:
            told = {"ErrorCode": str(broken.code), "ErrorUrl": broken.url}
            await self._follow(Next(self._draft.fallback, told))
        except _Broken:
            return False
        return True

    async def _follow(self, step: Next | None) -> None:
        for _ in range(MOST_DOCUMENTS):
            if step is None:
                return
            step = await self._carry_out(await self._fetch(step))
        self._complain(TOO_MANY, f"the call went through {MOST_DOCUMENTS} documents", url=self._here.url)
        raise _Broken(TOO_MANY, self._here.url)

    async def _fetch(self, step: Next) -> Script:
        """Ask for a document. The request is finished even when the call ends meanwhile, as Twilio's are."""
        world, call = self._world, self._call
        account_sid, detection = world.settings.account_sid, self._draft.detection
        params = {**call_params(call, account_sid=account_sid, detection=detection), **step.params}
        self._here = step.webhook
        asking = asyncio.ensure_future(
            post_signed(
                world,
                url=step.webhook.url,
                params=params,
                token=new_token(),
                message=call,
                method=step.webhook.method,
            )
        )
        answer = await asyncio.shield(asking)
        if not isinstance(answer, Answered) or not answer.is_good:
            raise _Broken(BAD_ANSWER, step.webhook.url)
        return self._read(answer.body, content_type=answer.content_type)

    def _read(self, body: str, *, content_type: str) -> Script:
        script = script_of(body, content_type=content_type)
        if isinstance(script, Unreadable):
            self._complain(script.code, script.text, url=self._here.url, body=body)
            raise _Broken(script.code, self._here.url)
        for warning in script.warnings:
            self._complain(warning.code, warning.text, url=self._here.url, body=body)
        return script

    def _complain(self, code: int, text: str, *, url: str, body: str = "") -> None:
        call = self._call
        self._world.raise_alert(
            code, text=text, resource_sid=call.sid, request_url=url, response_body=body[:500], handset=call.handset
        )

    async def _carry_out(self, script: Script) -> Next | None:
        for verb in script.verbs:
            if isinstance(verb, Hangup | Reject):
                return None
            if isinstance(verb, Redirect):
                return Next(self._webhook(verb.url, verb.method), {})
            if isinstance(verb, Gather):
                step = await self._gather(verb)
                if step is not None:
                    return step
            else:
                await self._voice(verb)
        return None

    async def _voice(self, verb: Say | Play | Pause) -> None:
        second = short_second(self._world)
        if isinstance(verb, Pause):
            await asyncio.sleep(verb.seconds * second)
            return
        for _ in range(verb.loop):
            if isinstance(verb, Say):
                call = self._call
                await speak(self._world, call, Kind.SAY, verb.text, language=verb.language, voice=verb.voice)
            else:
                self._call.say(Kind.PLAY, verb.url, at=self._world.now()).said = verb.url
                await asyncio.sleep(PLAYED_SECONDS * second)

    async def _prompts(self, verbs: tuple[Say | Play | Pause, ...]) -> None:
        for verb in verbs:
            await self._voice(verb)

    async def _gather(self, verb: Gather) -> Next | None:
        heard = await gather(
            self._world,
            self._call,
            most=verb.most,
            finish_on=verb.finish_on,
            timeout=verb.wait,
            prompt=self._prompts(verb.prompts),
        )
        if not heard.digits and not verb.acts_on_nothing:
            return None
        return Next(self._webhook(verb.action, verb.method), _told(heard))

    def _webhook(self, url: str, method: str) -> Webhook:
        """An address of a document, which may be relative to where that came from, and is that address when empty."""
        full = urljoin(self._here.url, url)
        if not full:
            self._complain(BAD_ANSWER, "there is no address to go on with", url="")
            raise _Broken(BAD_ANSWER, "")
        return Webhook(full, method)


def _told(heard: Listener) -> dict[str, str]:
    told = {"Digits": heard.digits, "msg": "Gather End"}
    return {**told, "FinishedOnKey": heard.finished_on} if heard.finished_on else told
