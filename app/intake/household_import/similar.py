"""Rows that may be an existing household whose name or house number was corrected since.

Somebody who knows the people has to decide that: such rows are left out and reported.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlmodel import Session, col

from app.commune.areas import merged_hamlets
from app.core.strings import _
from app.core.text import fold
from app.fieldwork.households.models import Household, HouseholdVersion

HouseholdKey = tuple[str, str, str, str]  # hamlet, head, house number, alley; all but the hamlet are folded
Label = tuple[str, str, str]  # head, house number, alley, in lower case with diacritics
_MIN_NAME_LENGTH = 6  # letters; in a shorter name one different letter is another name


def household_key(hamlet_id: str, head_name: str, house_no: str, alley: str) -> HouseholdKey:
    """Two labels with the same key are the same household; diacritics and capitals do not count."""
    return (hamlet_id, fold(head_name), fold(house_no), fold(alley))


def household_label(head_name: str, house_no: str, alley: str) -> Label:
    """A label for comparisons in which diacritics count and capitals do not."""
    return (head_name.casefold(), house_no.casefold(), alley.casefold())


def is_same_name(one: str, other: str) -> bool:
    """Whether two names that are equal but for marks are one: *Hải* and *Hai* are two, and NGUYEN VAN HAI,
    typed without any, is one with *Nguyễn Văn Hải*."""
    names = [one.casefold(), other.casefold()]
    if names[0] == names[1]:
        return True
    first, *others = [a != b for a, b in zip(names[0].split(), names[1].split(), strict=False)]
    return any(map(str.isascii, names)) and (first or sum(others) > 1)


@dataclass
class KnownHouseholds:
    """A commune's households.

    `names`: for each key, of a current label or of a first one, the ids of its households, each with the
    head's name in lower case. `active`: the keys of households that can still be visited, by id; `labels`:
    their labels, current and first, in lower case.
    """

    names: dict[HouseholdKey, dict[str, str]]
    active: dict[str, HouseholdKey]
    labels: dict[str, set[Label]] = field(default_factory=dict)

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
        ).where(col(Household.commune_id) == commune_id, col(Household.erased_at).is_(None))
        for id, state, merged_into, hamlet_id, head_name, house_no, alley in session.execute(current):
            key = household_key(hamlet_id, head_name, house_no, alley)
            known.names.setdefault(key, {})[id] = head_name.casefold()
            if state == "active" and merged_into is None:
                known.active[id] = key
                known.labels[id] = {household_label(head_name, house_no, alley)}
        merged = merged_hamlets(session, commune_id)
        for id, hamlet_id, head_name, house_no, alley in _first_labels(session, commune_id):
            key = household_key(merged.get(hamlet_id, hamlet_id), head_name, house_no, alley)
            known.names.setdefault(key, {}).setdefault(id, head_name.casefold())
            if id in known.labels:
                known.labels[id].add(household_label(head_name, house_no, alley))
        return known

    def namesakes(self, key: HouseholdKey, head_name: str) -> set[str]:
        """The ids of the households with this key whose head has, or first had, this name."""
        return {
            id
            for id, name in self.names.get(key, {}).items()
            if any(
                is_same_name(head_name, one) for one in (name, *(own[0] for own in self.labels.get(id, ())))
            )
        }

    def respelled(self, key: HouseholdKey, label: Label) -> str:
        """The id of the one household with this key, if it is active and `label` has other diacritics than
        its current and its first label; else empty."""
        ids = list(self.names.get(key, ()))
        if len(ids) == 1 and self.active.get(ids[0]) == key and label not in self.labels[ids[0]]:
            return ids[0]
        return ""


class SimilarHouseholds:
    """An index of the active households that the list does not name, to find those that resemble a row."""

    def __init__(self, known: KnownHouseholds, listed: Iterable[HouseholdKey]) -> None:
        in_list = {id for key in listed for id in known.names.get(key, ())}
        self._heads = _Index()  # hamlet, head
        self._addresses = _Index()  # hamlet, house number, alley
        # hamlet, alley, head of households without a number; the head whole, or without a letter or a word
        self._unnumbered, self._without_letter, self._without_word = _Index(), _Index(), _Index()
        for id, (hamlet, head, house_no, alley) in known.active.items():
            if id in in_list:
                continue
            self._heads.add(id, hamlet, head)
            if house_no:
                self._addresses.add(id, hamlet, house_no, alley)
            else:
                self._unnumbered.add(id, hamlet, alley, head)
                for name in _without_a_letter(head):
                    self._without_letter.add(id, hamlet, alley, name)
                for name in _without_a_word(head):
                    self._without_word.add(id, hamlet, alley, name)

    def find(self, key: HouseholdKey) -> tuple[str, set[str]]:
        """Why the row may be an existing household, and the ids of those; "" if it resembles none."""
        hamlet, head, house_no, alley = key
        if ids := self._heads.find(hamlet, head):
            return (
                _("Giống một hộ đã có cùng họ tên, khác số nhà hoặc ngõ: để lại, chờ người phụ trách xem."),
                ids,
            )
        if house_no and (ids := self._addresses.find(hamlet, house_no, alley)):
            return _("Giống một hộ đã có cùng địa chỉ, khác họ tên: để lại, chờ người phụ trách xem."), ids
        if not house_no and (ids := self._almost_equal(hamlet, alley, head)):
            return _("Giống một hộ đã có, họ tên gần như nhau: để lại, chờ người phụ trách xem."), ids
        return "", set()

    def _almost_equal(self, hamlet: str, alley: str, head: str) -> set[str]:
        """The households without a number whose head differs from this one by a letter or a word."""
        shorter, words = _without_a_letter(head), _without_a_word(head)
        return set().union(
            self._without_word.find(hamlet, alley, head),
            *(self._unnumbered.find(hamlet, alley, name) for name in words),
            *(self._without_letter.find(hamlet, alley, name) for name in shorter),
        )


class _Index:
    """Ids of households by parts of their keys."""

    def __init__(self) -> None:
        self._ids: dict[tuple[str, ...], set[str]] = {}

    def add(self, id: str, *parts: str) -> None:
        self._ids.setdefault(parts, set()).add(id)

    def find(self, *parts: str) -> set[str]:
        return self._ids.get(parts, set())


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
        if "head_name" not in fields:  # of an erased household
            continue
        yield (
            id,
            fields["hamlet_id"],
            fields["head_name"],
            fields.get("house_no") or "",
            fields.get("alley") or "",
        )
