"""A batch: the rows one exchange has read and will write, table by table, in a few statements.

Commands change rows in memory; `write` numbers the feed rows and writes each table at once. So a hundred
visits take as many statements as one, and a command reads what an earlier one of the same exchange has
written.
"""

from collections.abc import Callable, Hashable, Iterable, Mapping
from functools import cache
from operator import itemgetter
from typing import cast

from sqlalchemy import ColumnElement, Dialect, Table, and_, bindparam, delete, insert, update
from sqlmodel import Session

from app.core.db import BatchModel, RowOf, table_of
from app.core.feed import FeedRow, feed
from app.core.sql.driver import Parameters, bind_processor, connection_of, execute_many
from app.core.sql.json_rows import ROWS, as_json, json_rows
from app.core.sql.prepared import Prepared
from app.core.types import R, Row

__all__ = ["Batch", "Row"]

Model = type[BatchModel]


class _TableRows:
    """One table's rows by key, and which of them are new, changed, or to be deleted."""

    def __init__(self, table: Table) -> None:
        self.table = table
        self.key_names = _key_names(table)
        self.rows: dict[Hashable, Row] = {}
        self.new: dict[Hashable, None] = {}
        self.changed: dict[Hashable, None] = {}
        self.removed: dict[Hashable, None] = {}

    def key(self, row: Mapping[str, object]) -> Hashable:
        names = self.key_names
        return row[names[0]] if len(names) == 1 else tuple(row[name] for name in names)

    def written(self) -> list[Row]:
        """The rows that are new or changed."""
        return [self.rows[key] for key in (*self.new, *self.changed)]


class _Tables(dict[Model, _TableRows]):
    """The tables of a batch, each made when it is first asked for."""

    def __missing__(self, model: Model) -> _TableRows:
        rows = self[model] = _TableRows(table_of(model))
        return rows


class Batch:
    """Rows of one commune, keyed by their primary key without `commune_id`.

    Rows of all models are dictionaries inside; `RowOf` gives them their type at the methods.
    """

    def __init__(self, commune_id: str) -> None:
        self.commune_id = commune_id
        self._tables = _Tables()

    def load(self, model: Model, rows: Iterable[Mapping[str, object]]) -> None:
        """Add rows as the database has them."""
        table = self._tables[model]
        for row in rows:
            table.rows[table.key(row)] = dict(row)

    def get(self, model: type[RowOf[R]], key: Hashable) -> R | None:
        """The row with the changes that this batch has made to it, or None."""
        return cast("R | None", self._tables[model].rows.get(key))

    def has(self, model: Model, key: Hashable) -> bool:
        """Whether this batch has the row, of whatever model."""
        return key in self._tables[model].rows

    def rows(self, model: type[RowOf[R]]) -> Iterable[R]:
        """All rows of a table that this batch has."""
        return cast("Iterable[R]", self._tables[model].rows.values())

    def add(self, model: type[RowOf[R]], row: R) -> R:
        """Add a new row; sets its `commune_id`."""
        table, values = self._tables[model], cast("Row", row)
        key = table.key(values)
        values["commune_id"] = self.commune_id
        table.rows[key] = values
        if table.removed.pop(key, False) is None:  # deleted in this batch, so the database still has it
            table.changed[key] = None
        else:
            table.new[key] = None
        return row

    def added_ids(self, model: Model) -> list[str]:
        """The ids of the rows that `add` made, of a model whose key is `id`."""
        return [str(key) for key in self._tables[model].new]

    def change(self, model: type[RowOf[R]], row: R, values: Mapping[str, object] | None = None) -> R:
        """Mark a row of this batch as changed and return it: `batch.change(Visit, visit)["note"] = note`.

        Assign known columns to the row that is returned, because mypy checks them; `values` are for columns
        that are known only at run time. Raises `KeyError` for one of `values` that the row does not have.
        """
        table, changed = self._tables[model], cast("Row", row)
        if values:
            if not changed.keys() >= values.keys():
                raise KeyError(*values.keys() - changed.keys())
            changed.update(values)
        key = table.key(changed)
        if key not in table.new:
            table.changed[key] = None
        return row

    def remove(self, model: type[RowOf[R]], row: R) -> None:
        """Delete a row of this batch."""
        table = self._tables[model]
        key = table.key(cast("Row", row))
        table.rows.pop(key, None)
        table.changed.pop(key, None)
        if table.new.pop(key, False) is False:
            table.removed[key] = None

    def write(self, session: Session, order: Iterable[Model]) -> None:
        """Write all changes, tables in `order` (that of their foreign keys); rows of others are not written.

        Feed rows are numbered in this order; the commune's feed stays locked until the transaction ends.
        """
        models = [model for model in order if model in self._tables]
        tables = [self._tables[model] for model in models]
        fed = [row for model in models if issubclass(model, FeedRow) for row in self._tables[model].written()]
        feed(session, self.commune_id, fed)
        for table in reversed(tables):
            self._delete(session, table)
        for table in tables:
            _insert(session, table)
            _update(session, table)

    def _delete(self, session: Session, rows: _TableRows) -> None:
        if rows.removed:
            names = [f"k_{name}" for name in rows.key_names]
            keys = [key if isinstance(key, tuple) else (key,) for key in rows.removed]
            connection_of(session).execute(
                delete(rows.table).where(_has_key(rows.table)),
                [{"k_commune_id": self.commune_id} | dict(zip(names, key, strict=True)) for key in keys],
            )


def _insert(session: Session, rows: _TableRows) -> None:
    new = [rows.rows[key] for key in rows.new]
    if not new:
        return
    connection = connection_of(session)
    if connection.dialect.name == "sqlite":
        statement, parameters = _compile_insert(rows.table, connection.dialect)
        execute_many(connection, statement, [parameters(row) for row in new])
    else:
        _insert_rows(rows.table).run(session, **{ROWS: as_json(rows.table, new)})


def _update(session: Session, rows: _TableRows) -> None:
    if not rows.changed:
        return
    keys = [column.name for column in rows.table.primary_key]
    values = [column.name for column in rows.table.columns if column.name not in keys]
    if not values:
        return
    assignments: Row = {name: bindparam(f"v_{name}") for name in values}
    connection_of(session).execute(
        update(rows.table).where(_has_key(rows.table)).values(assignments),
        [
            {f"k_{name}": row[name] for name in keys} | {f"v_{name}": row[name] for name in values}
            for row in (rows.rows[key] for key in rows.changed)
        ],
    )


@cache
def _insert_rows(table: Table) -> Prepared[Row]:
    return Prepared(insert(table).from_select(table.columns.keys(), json_rows(table)))


@cache
def _compile_insert(table: Table, dialect: Dialect) -> tuple[str, Callable[[Row], Parameters]]:
    """SQLite's own INSERT of whole rows, and the function that turns a row into its parameters.

    SQLAlchemy processes each row of a set anew; compiled once, an insert costs half as much.
    """
    statement = insert(table).compile(dialect=dialect)
    columns = [(column.name, bind_processor(column.type, dialect)) for column in table.columns]
    names = [name for name, _ in columns]
    processors = [(position, process) for position, (_, process) in enumerate(columns) if process]
    in_order = itemgetter(*names)

    def parameters(row: Row) -> Parameters:
        values = list(in_order(row))
        for position, process in processors:
            values[position] = process(values[position])
        return tuple(values)

    return str(statement), parameters


def _has_key(table: Table) -> ColumnElement[bool]:
    """Whether a row has the primary key given as parameters `k_…`."""
    return and_(*(column == bindparam(f"k_{column.name}") for column in table.primary_key))


@cache
def _key_names(table: Table) -> list[str]:
    return [column.name for column in table.primary_key if column.name != "commune_id"]
