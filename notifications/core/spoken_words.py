"""The sentences of a call in each language, and what signs are called that no voice reads well. Data alone."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


class Language(StrEnum):
    """The languages that calls speak; the values are those of a member's `language`."""

    EN = "en"
    ES = "es"
    FR = "fr"


@dataclass(frozen=True, slots=True)
class Sentences:
    """All that a call says beside the message itself; names stand in braces."""

    alert_from: str
    message_from: str
    test_from: str
    acknowledge: str
    confirm: str
    repeat: str
    stop: str
    ack_by_text: str
    help_from: str
    acknowledged: str
    already: str
    already_by: str
    over: str
    heard: str
    stopped: str
    come_back: str
    unknown_key: str
    press_again: str
    goodbye: str
    link: str
    signs: Mapping[str, str]


_EN = Sentences(
    alert_from="This is {tenant}, with an alert for you.",
    message_from="This is {tenant}, with a message for you.",
    test_from="This is {tenant}, with a test call.",
    acknowledge="Press 1 to acknowledge.",
    confirm="Press 1 to confirm that you hear this.",
    repeat="Press 2 to hear it again.",
    stop="Press 9 to stop calls and texts.",
    ack_by_text="To acknowledge, text {code} to this number.",
    help_from="For help, write to {contact}.",
    acknowledged="Acknowledged.",
    already="It was acknowledged already.",
    already_by="It was acknowledged already, by {who}.",
    over="This alert is over. Nothing needs to be done.",
    heard="Thank you. Your key arrived.",
    stopped="You will get no more calls or texts from this service, from any team.",
    come_back="To come back, text START to {number}.",
    unknown_key="That key is not known.",
    press_again="Your key could not be taken in just now. Please press it again.",
    goodbye="Goodbye.",
    link="a link",
    signs=MappingProxyType(
        {"&": "and", "<": "less than", ">": "more than", "@": "at", "#": "number", "°": "degrees", ".": "dot"}
    ),
)
_ES = Sentences(
    alert_from="Le llama {tenant}, con una alerta para usted.",
    message_from="Le llama {tenant}, con un mensaje para usted.",
    test_from="Le llama {tenant}, con una llamada de prueba.",
    acknowledge="Pulse 1 para confirmar la alerta.",
    confirm="Pulse 1 para confirmar que oye esto.",
    repeat="Pulse 2 para oírlo otra vez.",
    stop="Pulse 9 para no recibir más llamadas ni mensajes de texto.",
    ack_by_text="Para confirmar la alerta, envíe {code} por mensaje de texto a este número.",
    help_from="Si necesita ayuda, escriba a {contact}.",
    acknowledged="Alerta confirmada.",
    already="La alerta ya estaba confirmada.",
    already_by="La alerta ya fue confirmada por {who}.",
    over="Esta alerta ya terminó. No hay que hacer nada.",
    heard="Gracias. Su tecla ha llegado.",
    stopped="Ya no recibirá llamadas ni mensajes de texto de este servicio, de ningún equipo.",
    come_back="Para volver, envíe START por mensaje de texto al {number}.",
    unknown_key="Esa tecla no se conoce.",
    press_again="Su tecla no se ha podido registrar. Púlsela otra vez, por favor.",
    goodbye="Adiós.",
    link="un enlace",
    signs=MappingProxyType(
        {"&": "y", "<": "menor que", ">": "mayor que", "@": "arroba", "#": "número", "°": "grados", ".": "punto"}
    ),
)
_FR = Sentences(
    alert_from="Ici {tenant}, avec une alerte pour vous.",
    message_from="Ici {tenant}, avec un message pour vous.",
    test_from="Ici {tenant}, pour un appel de test.",
    acknowledge="Appuyez sur 1 pour confirmer l'alerte.",
    confirm="Appuyez sur 1 pour confirmer que vous entendez ce message.",
    repeat="Appuyez sur 2 pour le réécouter.",
    stop="Appuyez sur 9 pour ne plus recevoir ni appels ni SMS.",
    ack_by_text="Pour confirmer l'alerte, envoyez {code} par SMS à ce numéro.",
    help_from="Pour obtenir de l'aide, écrivez à {contact}.",
    acknowledged="Alerte confirmée.",
    already="L'alerte était déjà confirmée.",
    already_by="L'alerte a déjà été confirmée par {who}.",
    over="Cette alerte est terminée. Il n'y a rien à faire.",
    heard="Merci. Votre touche est bien arrivée.",
    stopped="Vous ne recevrez plus ni appels ni SMS de ce service, d'aucune équipe.",
    come_back="Pour revenir, envoyez START par SMS au {number}.",
    unknown_key="Cette touche n'est pas connue.",
    press_again="Votre touche n'a pas pu être prise en compte. Appuyez encore une fois, s'il vous plaît.",
    goodbye="Au revoir.",
    link="un lien",
    signs=MappingProxyType(
        {"&": "et", "<": "inférieur à", ">": "supérieur à", "@": "arobase", "#": "numéro", "°": "degrés", ".": "point"}
    ),
)
SENTENCES: Mapping[Language, Sentences] = MappingProxyType({Language.EN: _EN, Language.ES: _ES, Language.FR: _FR})
