"""Upserts: inserts that change the row of the same key if there is one, in both dialects."""

from collections.abc import Callable, Mapping, Sequence

from sqlalchemy import ColumnElement, Select, Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql.selectable import ReturnsRows
from sqlmodel import Session

from app.core.sql.driver import connection_of
from app.core.sql.json_rows import ROWS, as_json, json_rows
from app.core.sql.prepared import Prepared
from app.core.types import Row

Insert = sqlite.Insert | postgresql.Insert
Assign = Callable[[Table, Insert], Mapping[str, object]]
Condition = Callable[[Table, Insert], ColumnElement[bool]]
_DIALECTS: dict[str, Callable[[Table], Insert]] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


class Upsert:
    """An upsert of rows that are given, or that a select finds."""

    def __init__(
        self,
        table: Table,
        assign: Assign,
        *,
        where: Condition | None = None,
        rows: Select[*tuple[object, ...]] | None = None,
        returning: bool = False,
    ) -> None:
        """`assign`: what an existing row gets, if `where` holds for it; `rows`: what is inserted, instead of
        given rows; `returning`: `returned` gets the rows that were written."""
        self._table = table
        selects = {"sqlite": rows, "postgresql": json_rows(table) if rows is None and not returning else rows}
        self._statements = {
            dialect: Prepared(_statement(table, insert(table), assign, where, selects[dialect], returning))
            for dialect, insert in _DIALECTS.items()
        }

    def run_all(self, session: Session, rows: Sequence[Mapping[str, object]]) -> None:
        """Upsert `rows`, which have all columns and different keys, in one call of the driver."""
        if not rows:
            return
        if connection_of(session).dialect.name == "sqlite":
            self._of(session).run_all(session, rows)
        else:
            self._of(session).run(session, **{ROWS: as_json(self._table, rows)})

    def returned(self, session: Session, **values: object) -> list[Row]:
        """Upsert one row, or those of the select, and return them as they are stored now."""
        return self._of(session).rows(session, **values)

    def _of(self, session: Session) -> Prepared[Row]:
        return self._statements[connection_of(session).dialect.name]


def adding(*figures: str) -> Assign:
    """An existing row gets the sums of its figures and the new ones."""
    return lambda table, insert: {name: table.c[name] + insert.excluded[name] for name in figures}


def replacing(table: Table, insert: Insert) -> Mapping[str, object]:
    """An existing row gets the new values of all columns that are no key."""
    keys = {column.name for column in table.primary_key}
    return {column.name: insert.excluded[column.name] for column in table.c if column.name not in keys}


def _statement(
    table: Table,
    insert: Insert,
    assign: Assign,
    where: Condition | None,
    rows: Select[*tuple[object, ...]] | None,
    returning: bool,
) -> ReturnsRows:
    if rows is not None:
        insert = insert.from_select([column.name for column in table.columns], rows)
    upsert = insert.on_conflict_do_update(
        index_elements=list(table.primary_key.columns),
        set_=dict(assign(table, insert)),
        where=where(table, insert) if where else None,
    )
    return upsert.returning(*table.columns) if returning else upsert
