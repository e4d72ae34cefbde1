"""What each column stores: its row is in its `info`, written beside the model by `stores`."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy import JSON, Column, Table
from sqlmodel import AutoString, SQLModel

from app.core.personal_data.codes import TIMES, Content, DataKind, LegalBasis, Purpose, Reader, Subject, Term

M = TypeVar("M", bound=type[SQLModel])

_KEY = "personal_data"
_OF_NOBODY = frozenset({"commune_id", "feed_seq", "seq", "version"})
_TEXTS = (AutoString, JSON)  # what can hold something that somebody has typed


@dataclass(frozen=True)
class NotPersonal:
    """The row of columns that tell of nobody."""

    content: Content


@dataclass(frozen=True)
class Personal:
    """The row of columns that tell of somebody."""

    what: DataKind
    subject: Subject
    purpose: Purpose
    basis: LegalBasis
    keep: Term
    seen_by: tuple[Reader, ...]


ColumnRow = Personal | NotPersonal
TECHNICAL = NotPersonal(Content.TECHNICAL)


def stores(default: ColumnRow, texts: Mapping[ColumnRow, str] | None = None) -> Callable[[M], M]:
    """Give each column of a model its row.

    `texts`: which columns have another one than `default`, their names with spaces between. A column of texts
    or JSON, unless it is an id, gets no row that it is not named for: what somebody types is never covered by
    a default. Raises `KeyError` for a column that the model does not have.
    """

    def note(model: M) -> M:
        table: Table = model.__table__  # type: ignore[attr-defined]
        for column in table.columns:
            if _is_covered(column):
                column.info[_KEY] = TECHNICAL if column.name in _OF_NOBODY else default
        for row, names in (texts or {}).items():
            for name in names.split():
                table.columns[name].info[_KEY] = row
        return model

    return note


def row_of(column: Column[object]) -> ColumnRow | None:
    """The column's row; None if it has none."""
    row: ColumnRow | None = column.info.get(_KEY)
    return row


def term_of(column: Column[object]) -> Term | None:
    """The term after which a column is purged; None for one without."""
    row = row_of(column)
    return row.keep if isinstance(row, Personal) and row.keep in TIMES else None


def personal_rows(tables: Iterable[Table]) -> list[Personal]:
    """The different rows of what tells of somebody in these tables, by whose data they are."""
    found = {row_of(column) for table in tables for column in table.columns}
    subjects, kinds = list(Subject), list(DataKind)
    rows = [row for row in found if isinstance(row, Personal)]
    return sorted(rows, key=lambda row: (subjects.index(row.subject), kinds.index(row.what)))


def _is_covered(column: Column[object]) -> bool:
    is_id = column.name == "id" or column.name.endswith("_id")
    return is_id or not isinstance(column.type, _TEXTS)


WITHOUT_MODEL: dict[str, ColumnRow] = {"alembic_version.version_num": TECHNICAL}
"""The columns of tables that no model has."""
