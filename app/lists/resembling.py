"""Rows that may be a household that is there already, its name or its number corrected meanwhile.

Whether they are is for somebody to decide who knows the people: such rows are left out and named.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session, select

from app.core.strings import _
from app.core.text import fold
from app.households.models import Household, HouseholdVersion

Key = tuple[str, str, str, str]  # hamlet, head, house number, alley, all but the first folded
_SHORTEST = 6  # letters of a name of which one may be wrong


def key(hamlet_id: str, head_name: str, house_no: str, alley: str) -> Key:
    """What makes two labels the same door: marks and capitals apart, the same hamlet and words."""
    return (hamlet_id, fold(head_name), fold(house_no), fold(alley))


@dataclass
class Doors:
    """A commune's households: `spelt` has under each label, as it is or was first written, its households
    with the spelling of the head; `active` the labels of those that can still be visited, by id."""

    spelt: dict[Key, dict[str, str]]
    active: dict[str, Key]

    @classmethod
    def of(cls, session: Session, commune_id: str) -> "Doors":
        doors = cls({}, {})
        of: Any = Household
        label_of = (of.hamlet_id, of.head_name, of.house_no, of.alley)
        columns: Any = (of.id, of.state, of.merged_into, *label_of)
        now = select(*columns).where(of.commune_id == commune_id)
        for id, state, merged_into, *label in session.exec(now):
            doors.spelt.setdefault(key(*label), {})[id] = label[1].casefold()
            if state == "active" and merged_into is None:
                doors.active[id] = key(*label)
        for id, *label in _first_labels(session, commune_id):
            doors.spelt.setdefault(key(*label), {}).setdefault(id, label[1].casefold())
        return doors


class Resembling:
    """The households that a list does not name, and which of its rows may be one of them."""

    def __init__(self, doors: Doors, named: Iterable[Key]) -> None:
        known = {id for label in named for id in doors.spelt.get(label, ())}
        self._names: set[tuple[str, str]] = set()
        self._numbers: set[tuple[str, str, str]] = set()
        self._nowhere: set[tuple[str, str, str]] = set()  # hamlet, alley, head where there is no number
        self._slips: set[tuple[str, str, str]] = set()
        self._shorter: set[tuple[str, str, str]] = set()
        for id, (hamlet, head, house_no, alley) in doors.active.items():
            if id in known:
                continue
            self._names.add((hamlet, head))
            if house_no:
                self._numbers.add((hamlet, house_no, alley))
            else:
                self._nowhere.add((hamlet, alley, head))
                self._slips |= {(hamlet, alley, name) for name in _without_a_letter(head)}
                self._shorter |= {(hamlet, alley, name) for name in _without_a_word(head)}

    def sentence(self, label: Key) -> str:
        """What the row's household may be; "" if nothing resembles it."""
        hamlet, head, house_no, alley = label
        if (hamlet, head) in self._names:
            return _("Giống một hộ đã có cùng họ tên, khác số nhà hoặc ngõ: để lại, chờ người phụ trách xem.")
        if house_no and (hamlet, house_no, alley) in self._numbers:
            return _("Giống một hộ đã có cùng địa chỉ, khác họ tên: để lại, chờ người phụ trách xem.")
        if not house_no and self._is_slip(hamlet, alley, head):
            return _("Giống một hộ đã có, họ tên gần như nhau: để lại, chờ người phụ trách xem.")
        return ""

    def _is_slip(self, hamlet: str, alley: str, head: str) -> bool:
        """Whether a name without a number differs by a letter, or has a word more or less."""
        return (
            (hamlet, alley, head) in self._shorter
            or any((hamlet, alley, name) in self._nowhere for name in _without_a_word(head))
            or any((hamlet, alley, name) in self._slips for name in _without_a_letter(head))
        )


def _without_a_letter(name: str) -> set[str]:
    """The name, and the name without each of its letters: what two spellings a letter apart share."""
    return {name, *(name[:n] + name[n + 1 :] for n in range(len(name) if len(name) >= _SHORTEST else 0))}


def _without_a_word(name: str) -> set[str]:
    words = name.split()
    return {" ".join(words[:n] + words[n + 1 :]) for n in range(len(words))} if len(words) > 2 else set()


def _first_labels(session: Session, commune_id: str) -> Iterator[tuple[str, str, str, str, str]]:
    first = select(HouseholdVersion.household_id, HouseholdVersion.fields).where(
        HouseholdVersion.commune_id == commune_id, HouseholdVersion.version == 1
    )
    for id, fields in session.exec(first):
        label = (fields["hamlet_id"], fields["head_name"], fields.get("house_no"), fields.get("alley"))
        yield (id, label[0], label[1], label[2] or "", label[3] or "")
