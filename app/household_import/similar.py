"""Rows that may be an existing household whose name or house number was corrected since.

Somebody who knows the people has to decide that: such rows are left out and reported.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sqlalchemy import select
from sqlmodel import Session, col

from app.core.strings import _
from app.core.text import fold
from app.households.models import Household, HouseholdVersion

HouseholdKey = tuple[str, str, str, str]  # hamlet, head, house number, alley; all but the hamlet are folded
_MIN_NAME_LENGTH = 6  # letters; in a shorter name one different letter is another name


def household_key(hamlet_id: str, head_name: str, house_no: str, alley: str) -> HouseholdKey:
    """Two labels with the same key are the same household; diacritics and capitals do not count."""
    return (hamlet_id, fold(head_name), fold(house_no), fold(alley))


@dataclass
class KnownHouseholds:
    """A commune's households.

    `names`: for each key, of a current label or of a first one, the ids of its households, each with the
    head's name in lower case. `active`: the keys of households that can still be visited, by id.
    """

    names: dict[HouseholdKey, dict[str, str]]
    active: dict[str, HouseholdKey]

    @classmethod
    def load(cls, session: Session, commune_id: str) -> "KnownHouseholds":
        """The households of a commune, with their current labels and those of their first versions."""
        known = cls({}, {})
        current = select(
            col(Household.id),
            col(Household.state),
            col(Household.merged_into),
            col(Household.hamlet_id),
            col(Household.head_name),
            col(Household.house_no),
            col(Household.alley),
        ).where(col(Household.commune_id) == commune_id)
        for id, state, merged_into, hamlet_id, head_name, house_no, alley in session.execute(current):
            key = household_key(hamlet_id, head_name, house_no, alley)
            known.names.setdefault(key, {})[id] = head_name.casefold()
            if state == "active" and merged_into is None:
                known.active[id] = key
        for id, hamlet_id, head_name, house_no, alley in _first_labels(session, commune_id):
            key = household_key(hamlet_id, head_name, house_no, alley)
            known.names.setdefault(key, {}).setdefault(id, head_name.casefold())
        return known


class SimilarHouseholds:
    """An index of the active households that the list does not name, to find those that resemble a row."""

    def __init__(self, known: KnownHouseholds, listed: Iterable[HouseholdKey]) -> None:
        in_list = {id for key in listed for id in known.names.get(key, ())}
        self._heads: set[tuple[str, str]] = set()  # hamlet, head
        self._addresses: set[tuple[str, str, str]] = set()  # hamlet, house number, alley
        # hamlet, alley, head of households without a number; the head whole, or without a letter or a word
        self._unnumbered: set[tuple[str, str, str]] = set()
        self._without_letter: set[tuple[str, str, str]] = set()
        self._without_word: set[tuple[str, str, str]] = set()
        for id, (hamlet, head, house_no, alley) in known.active.items():
            if id in in_list:
                continue
            self._heads.add((hamlet, head))
            if house_no:
                self._addresses.add((hamlet, house_no, alley))
            else:
                self._unnumbered.add((hamlet, alley, head))
                self._without_letter |= {(hamlet, alley, name) for name in _without_a_letter(head)}
                self._without_word |= {(hamlet, alley, name) for name in _without_a_word(head)}

    def sentence(self, key: HouseholdKey) -> str:
        """Why the row may be an existing household; "" if it resembles none."""
        hamlet, head, house_no, alley = key
        if (hamlet, head) in self._heads:
            return _("Giống một hộ đã có cùng họ tên, khác số nhà hoặc ngõ: để lại, chờ người phụ trách xem.")
        if house_no and (hamlet, house_no, alley) in self._addresses:
            return _("Giống một hộ đã có cùng địa chỉ, khác họ tên: để lại, chờ người phụ trách xem.")
        if not house_no and self._is_almost_equal(hamlet, alley, head):
            return _("Giống một hộ đã có, họ tên gần như nhau: để lại, chờ người phụ trách xem.")
        return ""

    def _is_almost_equal(self, hamlet: str, alley: str, head: str) -> bool:
        """Whether the head of a household without a number differs from this one by a letter or a word."""
        return (
            (hamlet, alley, head) in self._without_word
            or any((hamlet, alley, name) in self._unnumbered for name in _without_a_word(head))
            or any((hamlet, alley, name) in self._without_letter for name in _without_a_letter(head))
        )


def _without_a_letter(name: str) -> set[str]:
    """The name, and the name without each of its letters. Names one letter apart share an element."""
    if len(name) < _MIN_NAME_LENGTH:
        return {name}
    return {name, *(name[:n] + name[n + 1 :] for n in range(len(name)))}


def _without_a_word(name: str) -> set[str]:
    words = name.split()
    return {" ".join(words[:n] + words[n + 1 :]) for n in range(len(words))} if len(words) > 2 else set()


def _first_labels(session: Session, commune_id: str) -> Iterator[tuple[str, str, str, str, str]]:
    """Id, hamlet, head, house number and alley of each household's first version."""
    first = select(col(HouseholdVersion.household_id), col(HouseholdVersion.fields)).where(
        col(HouseholdVersion.commune_id) == commune_id, col(HouseholdVersion.version) == 1
    )
    for id, fields in session.execute(first):
        yield (
            id,
            fields["hamlet_id"],
            fields["head_name"],
            fields.get("house_no") or "",
            fields.get("alley") or "",
        )
