"""Writes a scene of a call in Twilio's own language (TwiML), and reads the words out of one again.

Source: https://www.twilio.com/docs/voice/twiml
"""

from collections.abc import Mapping
from types import MappingProxyType
from xml.etree import ElementTree

from notifications.core.spoken import Language, Scene

#: A voice of each language, and what the voice takes the text for.
VOICES: Mapping[Language, tuple[str, str]] = MappingProxyType(
    {
        Language.EN: ("Polly.Joanna", "en-US"),
        Language.ES: ("Polly.Lupe", "es-US"),
        Language.FR: ("Polly.Lea", "fr-FR"),
    }
)
#: Twilio takes no longer text with the request that places a call.
LONGEST_SCRIPT = 4000
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>'


def twiml(scene: Scene, *, keys_to: str) -> str:
    """The scene as a document. A key, or silence after the last word, is posted to `keys_to`.

    `#` and `*` are keys like any other, since a person may press them; whatever the words hold is escaped.
    """
    response = ElementTree.Element("Response")
    saying = response
    if scene.waits:
        saying = ElementTree.SubElement(
            response,
            "Gather",
            {
                "input": "dtmf",
                "numDigits": "1",
                "finishOnKey": "",
                "timeout": str(scene.waits),
                "action": f"{keys_to}?turn={scene.turn}",
                "method": "POST",
                "actionOnEmptyResult": "true",
            },
        )
    voice, language = VOICES[scene.language]
    for words in scene.says:
        ElementTree.SubElement(saying, "Say", {"voice": voice, "language": language}).text = words
    if not scene.waits:
        ElementTree.SubElement(response, "Hangup")
    return _HEAD + ElementTree.tostring(response, encoding="unicode")


def words_in(document: str) -> tuple[str, ...]:
    """What a document of ours says; nothing of one that cannot be read."""
    try:
        return tuple(say.text for say in ElementTree.fromstring(document).iter("Say") if say.text)  # noqa: S314 - ours
    except ElementTree.ParseError:
        return ()
