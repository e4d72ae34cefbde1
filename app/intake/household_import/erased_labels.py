"""Rows of a list that are households which were erased on request: nobody imports them again by mistake."""

from collections.abc import Iterable

from sqlmodel import Session

from app.commune.areas import Hamlet, new_hamlet_id
from app.fieldwork.households.erased import LabelMarks, find_erased
from app.intake.household_import.similar import HouseholdKey


class ErasedLabels:
    """Which of the keys of a list are of erased households. Their marks are all that is known of them."""

    def __init__(self, session: Session, commune_id: str, hamlets: Iterable[Hamlet]) -> None:
        self._session, self._commune_id = session, commune_id
        self._marks = LabelMarks(session, commune_id)
        self._former: dict[str, list[str]] = {}
        for hamlet in hamlets:
            self._former.setdefault(hamlet.merged_into or hamlet.id, []).append(hamlet.id)

    def find(self, keys: Iterable[HouseholdKey]) -> set[HouseholdKey]:
        """Those of these keys, in whichever hamlet the household was before that was merged into another."""
        marks = {
            self._marks.mark(hamlet_id, *key[1:]): key
            for key in set(keys)
            for hamlet_id in self._hamlet_ids(key[0])
        }
        return {marks[mark] for mark in find_erased(self._session, self._commune_id, marks)}

    def _hamlet_ids(self, hamlet: str) -> list[str]:
        """`hamlet`: an id, or the name of a hamlet that the list creates."""
        if hamlet not in self._former:
            self._former[hamlet] = [new_hamlet_id(self._session, self._commune_id, hamlet)]
        return self._former[hamlet]
