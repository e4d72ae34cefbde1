"""The signs of persons' earlier days: the same one again and again says more than one day can."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Set
from datetime import date

from app.fieldwork.derived.flags.day_rules import signs_of
from app.fieldwork.derived.flags.neighbours import PersonDay
from app.fieldwork.derived.flags.rules import LOOK_BACK
from app.fieldwork.derived.flags.stored import DayFlagKey

Signs = frozenset[str]
NONE: Signs = frozenset()


class History:
    """The signs of persons' days: those that are stored, and those of days that are evaluated.

    A day's own signs do not depend on other days, so that what changes at one is known after a single look at
    those after it.
    """

    def __init__(self, stored: Iterable[DayFlagKey]) -> None:
        self._days: defaultdict[str, dict[date, Signs]] = defaultdict(dict)
        rules: defaultdict[PersonDay, set[str]] = defaultdict(set)
        for person, day, rule in stored:
            rules[person, day].add(rule)
        self.add(rules)

    def add(self, rules: Mapping[PersonDay, Iterable[str]]) -> None:
        """Add the days on which these rules hold."""
        for (person, day), of_day in rules.items():
            if signs := signs_of(of_day):
                self._days[person][day] = signs

    def earlier(self, person: str, day: date) -> Counter[str]:
        """On how many days of `LOOK_BACK` before this one each sign was found."""
        days = self._days[person].items() if person in self._days else ()
        return Counter(sign for other, signs in days if day - LOOK_BACK <= other < day for sign in signs)

    def followers(self, before: "History", evaluated: Set[PersonDay]) -> set[PersonDay]:
        """The other days that may be judged otherwise than with the history `before`, because one of those
        `evaluated` has other signs now."""
        found = set[PersonDay]()
        for person, day in evaluated:
            changed = self.signs(person, day) ^ before.signs(person, day)
            found |= {
                (person, other)
                for other, signs in self._days[person].items()
                if day < other <= day + LOOK_BACK and signs & changed
            }
        return found - evaluated

    def signs(self, person: str, day: date) -> Signs:
        """The signs of one day."""
        return self._days[person].get(day, NONE)
