"""A text without its costume: case, accents, look-alike letters, invisible characters and decoration are gone.

Knows no keyword. What is left is plain words, or plain clauses where the marks between sentences matter.
"""

import re
import unicodedata

# Letters that look like a Latin one, and that no normalisation folds: Cyrillic, Greek, Armenian, small capitals. A
# capital may look like another letter than its small form does (Greek Ν is an N to the eye, ν a v), so capitals are
# folded before case is.
_CAPITALS = {
    "A": "АΑ", "B": "ВΒ", "C": "СϹ", "E": "ЕΕ", "G": "Ԍ", "H": "НΗ", "I": "ІΙӀ", "J": "ЈͿ", "K": "КΚ", "L": "Ꮮ",
    "M": "МΜ", "N": "Ν", "O": "ОΟՕ", "P": "РΡ", "Q": "Ԛ", "R": "Ꭱ", "S": "ЅՏᏚ", "T": "ТΤᎢ", "V": "ѴᏙ", "W": "ԜᎳ",
    "X": "ХΧ", "Y": "УҮΥ", "Z": "ΖᏃ",
}  # fmt: skip
_SMALL = {
    "a": "аαɑᴀ", "b": "вβʙь", "c": "сϲᴄⲥ", "d": "ԁᴅđ", "e": "еεᴇєҽ", "f": "ꜰ", "g": "ɡɢց", "h": "нһհʜħ",
    "i": "іιɪıɩ", "j": "јᴊ", "k": "кκᴋ", "l": "ӏʟłǀ", "m": "мᴍ", "n": "пηոɴ", "o": "оοօᴏøσ", "p": "рρᴘⲣ", "q": "ԛզ",
    "r": "гʀᴦ", "s": "ѕꜱ", "t": "тτᴛŧ", "u": "υսᴜц", "v": "νѵᴠ", "w": "ԝωᴡш", "x": "хχ", "y": "уүʏγ", "z": "ᴢ",
}  # fmt: skip
# White letters in black circles and squares, and the letters of flags: decorations that Unicode leaves undecomposed.
_BADGES = {chr(first + place): chr(ord("a") + place) for first in (0x1F150, 0x1F170, 0x1F1E6) for place in range(26)}
_CAPITALS_TO = str.maketrans({like: letter for letter, likes in _CAPITALS.items() for like in likes} | _BADGES)
_SMALL_TO = str.maketrans({like: letter for letter, likes in _SMALL.items() for like in likes})
# Letters to Unicode and nothing to the eye.
_BLANK_LETTERS = dict.fromkeys(map(ord, "\u115f\u1160\u3164\uffa0\u17b4\u17b5"))
_APOSTROPHES = dict.fromkeys(map(ord, "'`\u00b4\u02b9\u02bb\u02bc\u02bd\u02ca\u02cb\u2018\u2019\u201b\u2032\uff07"))
_INVISIBLE = {"Cf", "Mn", "Me", "Cs"}
# Digits and signs that are written for letters.
_LEET = str.maketrans({"0": "o", "1": "i", "3": "e", "5": "s", "7": "t", "$": "s", "@": "a", "€": "e", "|": "l"})

_SENTENCE = re.compile(r"[.!?;…\n\r\u3002\uff01\uff1f\uff1b]+(?=\s|$)|[\n\r;…]+|[!?\uff01\uff1f]+")
# Drawn out for weight, as people do: pleaseeee.
_DRAWN_OUT = re.compile(r"([a-z])\1{2,}")
_PAUSE = re.compile(r"[,:\u3001\uff0c\uff1a()\[\]{}\"“”„«»*|/]+|\s[-–—~]+\s|[-–—]{2,}")


def plain(text: str) -> str:
    """Letters, ASCII digits, single spaces: accents folded, apostrophes and the invisible gone, the rest blank."""
    decomposed = unicodedata.normalize("NFKD", text.translate(_APOSTROPHES).translate(_BLANK_LETTERS))
    folded = decomposed.translate(_CAPITALS_TO).casefold()
    kept: list[str] = []
    for character in unicodedata.normalize("NFKD", folded):
        if character.isalnum():
            kept.append(_ascii_digit(character))
        elif unicodedata.category(character) not in _INVISIBLE and ord(character) not in _APOSTROPHES:
            kept.append(" ")
    return " ".join(map(_unmasked, "".join(kept).split()))


def unleet(text: str) -> str:
    """As `plain`, with digits and signs read as the letters that they are drawn for: $T0P."""
    return plain(unicodedata.normalize("NFKC", text).translate(_LEET))


def clauses(text: str) -> list[list[str]]:
    """The sentences of a text, each as its clauses in plain words; empty ones are left out."""
    found = []
    for sentence in _SENTENCE.split(text):
        parts = [words for part in _PAUSE.split(sentence) if (words := _DRAWN_OUT.sub(r"\1", plain(part)))]
        if parts:
            found.append(parts)
    return found


def _unmasked(word: str) -> str:
    """A word whose every letter looks Latin, in Latin letters; a real word of another script stays as it is."""
    if word.isascii():
        return word
    latin = word.translate(_SMALL_TO)
    return latin if latin.isascii() else word


def _ascii_digit(character: str) -> str:
    """The digit 0 to 9 that a digit of any script stands for; anything else as it is."""
    value = unicodedata.decimal(character, None)
    return character if value is None else str(value)
