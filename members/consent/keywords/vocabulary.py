"""The words that are keywords when they are a whole reply, language by language, and what typing makes of them.

English is always read. Sources: 47 CFR 64.1200(a)(10) for the words of revocation; Twilio's default keywords.
"""

from collections.abc import Collection, Mapping
from functools import cache

from members.consent.keywords.normal import plain

ALWAYS = "en"

STOP_WORDS: Mapping[str, str] = {
    "en": "stop, stopall, stop all, unsubscribe, unsubscribe all, end, quit, revoke, optout, opt out, cancel, unsub",
    "es": "alto, pare, paren, parar, basta, cancelar, cancele, cancelen, detener, no mas, ya basta, dar de baja, "
    "baja, darme de baja, dame de baja, desuscribir, desuscribirme, desuscribirse, anular suscripcion",
    "fr": "arret, arrete, arretes, arretez, arreter, desabonner, desabonnement, desabonnez moi, me desabonner, "
    "desinscrire, desinscription, desinscrivez moi, me desinscrire, annuler, arret sms",
    "de": "stopp, halt stopp, abmelden, abbestellen, austragen, kündigen, aufhören, schluss, abmeldung",
    "pt": "pare, parar, parem, sair, cancelar, basta, chega, descadastrar, remover, cancelar inscrição",
    "it": "basta, ferma, fermati, fermate, annulla, cancella, cancellami, disiscrivi, disiscrivimi, smettila, smettete",
    "ru": "стоп, отписаться, отписка, хватит, прекратите",
}
#: Requests that people write in one word, in haste or as a hashtag.
RUN_TOGETHER = frozenset(
    {
        "stopit",
        "stopnow",
        "stopthis",
        "stopthat",
        "stopplease",
        "stoppls",
        "stopplz",
        "pleasestop",
        "plsstop",
        "plzstop",
    }
    | {"stoptexting", "stoptextingme", "stopmessaging", "stopmessagingme", "stopcalling", "stopcallingme", "stoptexts"}
    | {"stopmessages", "stopalerts", "stopsms", "stoptext", "stopspam", "stopspamming", "stopspammingme", "juststop"}
    | {"unsubscribeme", "unsubscribeplease", "unsubme", "removeme", "deleteme", "optmeout", "optoutplease", "takemeoff"}
    | {
        "leavemealone",
        "nomoretexts",
        "nomoremessages",
        "donttextme",
        "dontcontactme",
        "fuckoff",
        "stahp",
        "unsubscribeall",
    }
)
#: Where Twilio's own words are English, HELP is asked for in the language as well.
HELP_WORDS: Mapping[str, str] = {
    "en": "help, info", "es": "ayuda", "fr": "aide", "de": "hilfe", "pt": "ajuda", "it": "aiuto", "ru": "помощь",
}  # fmt: skip
START_WORDS = frozenset({"start", "unstop"})

LANGUAGES = frozenset(STOP_WORDS)
DEFAULT_LANGUAGES = frozenset({"en", "es", "fr"})

#: Twilio acts on these, and only when they are the whole message.
PROVIDER_WORDS = frozenset(
    {"stop", "unsubscribe", "end", "quit", "stopall", "revoke", "optout", "cancel"}
    | {"start", "yes", "unstop", "help", "info"}
)

# Words of their own that lie one slip from a keyword. They are found by asking word lists of English, Spanish and
# French for every neighbour of every keyword; a reply of "shop" is an answer, and never a STOP.
COMMON_WORDS = frozenset(
    {"atop", "estop", "shop", "slop", "snop", "sop", "spot", "step", "stomp", "stops", "stow", "strop", "swop", "top"}
    | {"stoppe", "stol", "stup", "topout", "guit", "quid", "quiet", "quilt", "quint", "quip", "quite", "quito", "quits"}
    | {"quiz", "quoit", "suit", "cuit", "qui", "quia", "quita", "unit", "cancels", "cancer", "chancel", "carcel"}
    | {"cancela", "cincel", "evoke", "invoke", "revoked", "revokes", "revoie", "unsubscribed", "unsubscribes"}
    | {"unsubscriber", "output", "alot", "lato", "pear", "para", "canelar", "cincelar", "retener", "obtener", "detenir"}
    | {"abmeldend", "annular", "arretons", "revote", "parra", "anular", "annules", "annuled", "recover", "remoter"}
    | {"canela", "canceled", "cancelled", "cancelee", "describir"}
)

_SHORTEST = 4
#: In other languages a shorter word has too many neighbours in English to be guessed at.
_SHORTEST_FOREIGN = 7
#: From this length on two slips are forgiven, where the first letter is right.
_LONG = 10
#: Of a word that somebody leaned on (STOOOOOOP) every letter counts once.
_MOST_EXTRA = 30


@cache
def stop_words(languages: frozenset[str]) -> frozenset[str]:
    """Every whole reply that opts out, in plain words."""
    return _words(STOP_WORDS, languages)


@cache
def help_words(languages: frozenset[str]) -> frozenset[str]:
    """Every whole reply that asks for help."""
    return _words(HELP_WORDS, languages)


def mistyped_stop(words: str, *, languages: frozenset[str]) -> str | None:
    """The keyword that a whole reply was meant to be, by a slip of the fingers; None where it is a word of its own."""
    if words in COMMON_WORDS or not words.isalpha() or not words.isascii():
        return None
    for keyword in sorted(stop_words(languages) | stop_words(frozenset())):
        if " " not in keyword and abs(len(keyword) - len(words)) <= _MOST_EXTRA and _is_slip(words, keyword):
            return keyword
    return None


def _is_slip(word: str, keyword: str) -> bool:
    if (leaned_on := _squeezed(word)) is not None and leaned_on == _squeezed(keyword + keyword[-1] * 2):
        return True
    if len(keyword) < _SHORTEST:
        return False
    if len(keyword) < _SHORTEST_FOREIGN and keyword not in stop_words(frozenset()):
        return slips(word, keyword) == 1 and (sorted(word) == sorted(keyword) or _once(word) == _once(keyword))
    if len(keyword) == _SHORTEST and word[0] == keyword[0] and sorted(word) == sorted(keyword):
        return True
    return slips(word, keyword) <= (2 if len(keyword) >= _LONG and word[0] == keyword[0] else 1)


def slips(one: str, other: str) -> int:
    """How many slips lie between two words: a letter too many, too few, wrong, or two neighbours swapped."""
    before: list[int] = []
    last = list(range(len(other) + 1))
    for i, letter in enumerate(one, start=1):
        row = [i]
        for j, wanted in enumerate(other, start=1):
            best = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (letter != wanted))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == wanted:
                best = min(best, before[j - 2] + 1)
            row.append(best)
        before, last = last, row
    return last[-1]


def _squeezed(word: str) -> str | None:
    """A word that somebody leaned on (STOOOOP), each letter once; None where no letter stands three times in a row."""
    if not any(word[i] == word[i + 1] == word[i + 2] for i in range(len(word) - 2)):
        return None
    return _once(word)


def _once(word: str) -> str:
    return "".join(letter for i, letter in enumerate(word) if i == 0 or word[i - 1] != letter)


def _words(table: Mapping[str, str], languages: Collection[str]) -> frozenset[str]:
    chosen = {ALWAYS, *languages} & set(table)
    return frozenset(plain(word) for language in chosen for word in table[language].split(","))
