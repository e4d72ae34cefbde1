"""The one mechanism of tables that follow from visits.

Each of them says which rows it has by the visits alone: its definition. `check` compares with it,
`rebuild-derived` writes it anew, and tests know no other. `update` writes what a change means for the table,
and reads no more than the rows around that change.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar, NamedTuple, TypeVar

from sqlalchemy import and_, bindparam, delete, select
from sqlmodel import Session, SQLModel

from app.core.db import table_of
from app.core.sql.prepared import Prepared
from app.core.sql.upsert import Upsert, replacing
from app.core.types import Row
from app.fieldwork.derived.visit_facts import States, VisitState

F = TypeVar("F")


class Change(NamedTuple):
    """A visit before and after a transaction; None if it was not there, or is not there any more."""

    before: VisitState | None
    after: VisitState | None


def changes_of(before: States, after: States) -> list[Change]:
    """The visits that differ."""
    return [
        Change(before.get(id), after.get(id))
        for id in sorted(before.keys() | after.keys())
        if before.get(id) != after.get(id)
    ]


class Difference(NamedTuple):
    """What one visit means for a table before and after; None if it means nothing for it."""

    before: Any
    after: Any


def differences_in(changes: Iterable[Change], view: Callable[[VisitState], F | None]) -> list[Difference]:
    """The changes that `view` sees, as it sees them."""
    found = []
    for before, after in changes:
        seen = Difference(view(before) if before else None, view(after) if after else None)
        if seen.before != seen.after:
            found.append(seen)
    return found


class DerivedTable(ABC):
    """A table that follows from visits."""

    model: ClassVar[type[SQLModel]]
    complaint: ClassVar[str]
    """What `check` says of `count` wrong rows of the commune `code`."""

    @abstractmethod
    def update(self, session: Session, commune_id: str, changes: Sequence[Change], now: datetime) -> None:
        """Write what the changes mean for this table, in the transaction that wrote the visits, with the
        feed locked: only one transaction of a commune does this at a time."""

    @abstractmethod
    def wrong(self, session: Session, commune_id: str, now: datetime) -> Sequence[Hashable]:
        """The keys of rows that are missing, too many, or not as defined; none if all is well."""

    @abstractmethod
    def rebuild(self, session: Session, commune_id: str, now: datetime) -> int:
        """Write the rows that are not as defined; how many these were. Call it with the feed locked."""


class DefinedTable(DerivedTable):
    """One whose definition finds all rows of a commune."""

    figures: ClassVar[tuple[str, ...]] = ()
    """Columns of sums: a row in which all are 0 says the same as no row."""

    def __init__(self) -> None:
        table = table_of(self.model)
        self._key = [column.name for column in table.primary_key]
        self._find = Prepared(select(table).where(table.c.commune_id == bindparam("commune_id")))
        self._put = Upsert(table, replacing)
        keys = (column == bindparam(f"k_{column.name}", type_=column.type) for column in table.primary_key)
        self._delete: Prepared[Row] = Prepared(delete(table).where(and_(*keys)))

    @abstractmethod
    def defined(self, session: Session, commune_id: str) -> Iterable[Mapping[str, Any]]:
        """The rows that the table has by the visits alone."""

    def wrong(self, session: Session, commune_id: str, _now: datetime) -> list[tuple[Any, ...]]:
        """The keys of rows that differ from the definition."""
        stored, defined = self._both(session, commune_id)
        keys = stored.keys() | defined.keys()
        return sorted(key[1:] for key in keys if stored.get(key) != defined.get(key))

    def rebuild(self, session: Session, commune_id: str, _now: datetime) -> int:
        """Write the rows that differ from the definition."""
        stored, defined = self._both(session, commune_id)
        left = [key for key in stored if key not in defined]
        new = [row for key, row in defined.items() if stored.get(key) != row]
        self.delete_rows(session, left)
        self._put.run_all(session, new)
        return len(left) + len(new)

    def delete_rows(self, session: Session, keys: Iterable[tuple[Any, ...]]) -> None:
        """Delete the rows of these primary keys."""
        names = [f"k_{name}" for name in self._key]
        self._delete.run_all(session, [dict(zip(names, key, strict=True)) for key in keys])

    def _both(
        self, session: Session, commune_id: str
    ) -> tuple[dict[tuple[Any, ...], Row], dict[tuple[Any, ...], Row]]:
        """The rows that are stored, and those that should be, by their primary keys."""
        stored, defined = (
            {tuple(row[name] for name in self._key): dict(row) for row in rows if self._says(row)}
            for rows in (self._find.rows(session, commune_id=commune_id), self.defined(session, commune_id))
        )
        return stored, defined

    def _says(self, row: Mapping[str, Any]) -> bool:
        return not self.figures or any(row[name] for name in self.figures)
