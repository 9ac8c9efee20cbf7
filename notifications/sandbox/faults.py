"""Which behaviour a number has now: the published one by its last digits, or one that a test has forced."""

from .behaviours import Answer, Behaviour, behaviour_of

EVERYONE = "*"


class Faults:
    def __init__(self) -> None:
        self.forced: dict[str, Behaviour] = {}
        self._turned_away: set[str] = set()

    def behaviour_for(self, number: str) -> Behaviour:
        if self.forced:
            forced = self.forced.get(number) or self.forced.get(EVERYONE)
            if forced:
                return forced
        return behaviour_of(number)

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
