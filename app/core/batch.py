"""A batch: the rows one exchange has read and will write, table by table, in a few statements.

Commands change rows in memory; `write` numbers the feed rows and sends everything set by set. So a
hundred visits cost the statements of one, and a command reads what an earlier one of the same
exchange just wrote.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from operator import itemgetter
from typing import Any

from sqlalchemy import Dialect, Table, bindparam, delete, insert, update
from sqlmodel import Session, SQLModel

from app.core.db import FeedRow, feed

Row = dict[str, Any]
Model = type[SQLModel]


class _Sheet:
    """One table's rows by key, and which of them are new, changed, or to be deleted."""

    def __init__(self) -> None:
        self.rows: dict[Any, Row] = {}
        self.new: dict[Any, None] = {}
        self.changed: dict[Any, None] = {}
        self.removed: dict[Any, None] = {}


class Batch:
    """Rows of one commune, keyed by their primary key without `commune_id`."""

    def __init__(self, commune_id: str) -> None:
        self.commune_id = commune_id
        self._sheets: defaultdict[Model, _Sheet] = defaultdict(_Sheet)

    def load(self, model: Model, rows: Iterable[Mapping[str, Any]]) -> None:
        """Take over rows as the database has them."""
        sheet = self._sheets[model]
        for row in rows:
            sheet.rows[_key(model, row)] = dict(row)

    def get(self, model: Model, key: Any) -> Row | None:
        """The row as it stands now in this batch, or None."""
        return self._sheets[model].rows.get(key)

    def rows(self, model: Model) -> Iterable[Row]:
        """All rows of a table that this batch knows."""
        return self._sheets[model].rows.values()

    def add(self, model: Model, row: Row) -> Row:
        """A new row; `commune_id` is the batch's."""
        sheet, key = self._sheets[model], _key(model, row)
        row["commune_id"] = self.commune_id
        sheet.rows[key] = row
        if sheet.removed.pop(key, False) is None:
            sheet.changed[key] = None
        else:
            sheet.new[key] = None
        return row

    def added(self, model: Model) -> list[Any]:
        """The keys of the rows that are new here."""
        return list(self._sheets[model].new)

    def change(self, model: Model, row: Row, **values: Any) -> None:
        """Set `values` on a row of this batch."""
        sheet, key = self._sheets[model], _key(model, row)
        row.update(values)
        if key not in sheet.new:
            sheet.changed[key] = None

    def remove(self, model: Model, row: Row) -> None:
        """Delete a row of this batch."""
        sheet, key = self._sheets[model], _key(model, row)
        sheet.rows.pop(key, None)
        sheet.changed.pop(key, None)
        if sheet.new.pop(key, False) is False:
            sheet.removed[key] = None

    def write(self, session: Session, order: Iterable[Model]) -> None:
        """Send everything, tables in `order` (that of their foreign keys)."""
        models = [model for model in order if model in self._sheets]
        fed = [row for model in models if issubclass(model, FeedRow) for row in self._touched(model)]
        feed(session, self.commune_id, fed)
        for model in reversed(models):
            self._delete(session, model)
        for model in models:
            self._insert(session, model)
            self._update(session, model)

    def _touched(self, model: Model) -> list[Row]:
        sheet = self._sheets[model]
        return [sheet.rows[key] for key in (*sheet.new, *sheet.changed)]

    def _insert(self, session: Session, model: Model) -> None:
        sheet = self._sheets[model]
        if sheet.new:
            connection = session.connection()
            statement, into_parameters = _insertion(model, connection.dialect)
            rows = [into_parameters(sheet.rows[key]) for key in sheet.new]
            connection.exec_driver_sql(statement, rows)

    def _update(self, session: Session, model: Model) -> None:
        sheet, table = self._sheets[model], _table(model)
        keys = [column.name for column in table.primary_key]
        values = [column.name for column in table.columns if column.name not in keys]
        if not sheet.changed or not values:
            return
        statement = _where(update(table), table).values({name: bindparam(f"v_{name}") for name in values})
        session.connection().execute(
            statement,
            [
                {f"k_{name}": row[name] for name in keys} | {f"v_{name}": row[name] for name in values}
                for row in (sheet.rows[key] for key in sheet.changed)
            ],
        )

    def _delete(self, session: Session, model: Model) -> None:
        sheet, table = self._sheets[model], _table(model)
        names = _key_names(model)
        if sheet.removed:
            parts = [key if isinstance(key, tuple) else (key,) for key in sheet.removed]
            session.connection().execute(
                _where(delete(table), table),
                [
                    {"k_commune_id": self.commune_id}
                    | {f"k_{name}": part for name, part in zip(names, key, strict=True)}
                    for key in parts
                ],
            )


def _table(model: Model) -> Table:
    table: Table = model.__table__  # type: ignore[attr-defined]
    return table


@cache
def _insertion(model: Model, dialect: Dialect) -> tuple[str, Callable[[Row], Any]]:
    """The driver's own INSERT of whole rows, and what makes a row its parameters.

    SQLAlchemy prepares each row of a set anew; compiled once, an insert costs half as much.
    """
    statement = insert(_table(model)).compile(dialect=dialect)
    columns = [
        (column.name, column.type.dialect_impl(dialect).bind_processor(dialect))
        for column in _table(model).columns
    ]
    names = [name for name, _ in columns]
    processed = [(place, process) for place, (_, process) in enumerate(columns) if process]
    in_order, by_place = itemgetter(*names), statement.positional

    def into_parameters(row: Row) -> Any:
        values = list(in_order(row))
        for place, process in processed:
            values[place] = process(values[place])
        return tuple(values) if by_place else dict(zip(names, values, strict=True))

    return str(statement), into_parameters


def _where(statement: Any, table: Table) -> Any:
    for column in table.primary_key:
        statement = statement.where(column == bindparam(f"k_{column.name}"))
    return statement


def _key(model: Model, row: Mapping[str, Any]) -> Any:
    names = _key_names(model)
    return row[names[0]] if len(names) == 1 else tuple(row[name] for name in names)


@cache
def _key_names(model: Model) -> list[str]:
    return [column.name for column in _table(model).primary_key if column.name != "commune_id"]
