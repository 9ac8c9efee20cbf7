"""Which behaviour a number has now: the published one by its last digits, or one that a test has forced.

What is forced holds for every provider or for one alone, so that one can fail while the other goes on. A provider that
is down refuses each of its requests, questions too.
"""

from .behaviours import Answer, Behaviour, behaviour_of

EVERYONE = "*"
DOWN = "down"
PROVIDERS = ("twilio", "azure")


class Faults:
    def __init__(self) -> None:
        self._forced: dict[tuple[str, str], Behaviour] = {}
        self._down: set[str] = set()
        self._turned_away: set[str] = set()

    def behaviour_for(self, number: str, *, provider: str = "twilio") -> Behaviour:
        """What was forced for this provider goes before what was forced for all, and a number before everyone."""
        if self._forced:
            for of in (provider, EVERYONE):
                forced = self._forced.get((of, number)) or self._forced.get((of, EVERYONE))
                if forced:
                    return forced
        return behaviour_of(number)

    def force(self, behaviour: Behaviour, *, number: str, provider: str = EVERYONE) -> None:
        self._forced[provider, number] = behaviour

    def drop(self, *, number: str, provider: str = EVERYONE) -> None:
        """Take back what was forced there; for everyone also that the provider is down."""
        self._forced.pop((provider, number), None)
        if number == EVERYONE:
            self._down.discard(provider)

    def bring_down(self, provider: str = EVERYONE) -> None:
        self._down.add(provider)

    def is_down(self, provider: str) -> bool:
        return bool(self._down & {provider, EVERYONE})

    def clear(self) -> None:
        self._forced.clear()
        self._down.clear()

    def view(self) -> dict[str, str]:
        """What is forced: by number, with the provider in front where it holds for one alone."""
        shown = {_name(*key): behaviour.name for key, behaviour in self._forced.items()}
        return shown | {_name(provider, EVERYONE): DOWN for provider in sorted(self._down)}

    def turns_away(self, behaviour: Behaviour, *, number: str) -> bool:
        """Whether this try is refused; a number that is turned away once is let through the next time, and so on."""
        if behaviour.answer is Answer.TURN_AWAY:
            return True
        if behaviour.answer is not Answer.TURN_AWAY_ONCE:
            return False
        if number in self._turned_away:
            self._turned_away.discard(number)
            return False
        self._turned_away.add(number)
        return True


def _name(provider: str, number: str) -> str:
    return number if provider == EVERYONE else f"{provider}:{number}"
