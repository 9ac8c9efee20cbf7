"""How many segments a text takes on the air: GSM-7 where every character fits, UCS-2 otherwise (3GPP TS 23.038)."""

GSM_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
GSM_EXTENDED = frozenset("^{}\\[~]|€\f")


def segments(body: str) -> int:
    """The number of segments of a body; an empty body still takes one."""
    if not GSM_BASIC.issuperset(body):
        if not (GSM_BASIC | GSM_EXTENDED).issuperset(body):
            return _parts(len(body.encode("utf-16-be")) // 2, single=70, joined=67)
        return _parts(len(body) + sum(character in GSM_EXTENDED for character in body), single=160, joined=153)
    return _parts(len(body), single=160, joined=153)


def _parts(units: int, *, single: int, joined: int) -> int:
    return 1 if units <= single else -(-units // joined)
