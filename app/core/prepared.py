"""Prepared: the statements of an exchange, compiled once and handed to the driver as they are.

Building, hashing and preparing a statement anew on every call costs SQLAlchemy several times what the
database needs to answer it (`benchmarks/RESULTS.md`); an exchange has about twenty. What a statement
means is still written in SQLAlchemy's terms, and its types still convert values.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import ARRAY, JSON, BigInteger, Boolean, Dialect, Integer, String, bindparam
from sqlalchemy.engine import CursorResult
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.elements import ColumnElement
from sqlalchemy.types import TypeDecorator
from sqlmodel import Session

Row = dict[str, Any]
Process = Callable[[Any], Any]


class Prepared:
    """A statement with named parameters (`bindparam`, `among`)."""

    def __init__(self, statement: Any) -> None:
        self._statement = statement
        self._plans: dict[str, _Plan] = {}

    def rows(self, session: Session, **values: Any) -> list[Row]:
        """What it finds or returns, each row a new dictionary."""
        plan, result = self._execute(session, values)
        found = [dict(zip(plan.names, row, strict=True)) for row in result.fetchall()]
        for name, process in plan.results:
            for row in found:
                row[name] = process(row[name])
        return found

    def first(self, session: Session, **values: Any) -> Row | None:
        """The first row, or None."""
        found = self.rows(session, **values)
        return found[0] if found else None

    def run(self, session: Session, **values: Any) -> None:
        """Execute it for what it changes."""
        self._execute(session, values)

    def run_all(self, session: Session, several: Sequence[Mapping[str, Any]]) -> None:
        """Execute it once for each of `several`, in one call of the driver."""
        if several:
            plan = self._plan(session)
            session.connection().exec_driver_sql(plan.sql, [plan.parameters(values) for values in several])

    def _execute(self, session: Session, values: Mapping[str, Any]) -> "tuple[_Plan, CursorResult[Any]]":
        plan = self._plan(session)
        return plan, session.connection().exec_driver_sql(plan.sql, plan.parameters(values))

    def _plan(self, session: Session) -> "_Plan":
        dialect = session.connection().dialect
        plan = self._plans.get(dialect.name)
        if plan is None:
            plan = self._plans[dialect.name] = _Plan(self._statement, dialect)
        return plan


class _Plan:
    """The statement in one dialect: its text, and how values go in and come out."""

    def __init__(self, statement: Any, dialect: Dialect) -> None:
        compiled = statement.compile(dialect=dialect)
        self.sql = str(compiled)
        self._places: list[str] | None = compiled.positiontup if compiled.positional else None
        self._given = dict(compiled.params)
        self._inputs: list[tuple[str, Process]] = [
            (name, process)
            for name, bind in compiled.binds.items()
            if (process := bind.type.dialect_impl(dialect).bind_processor(dialect))
        ]
        columns = list(getattr(statement, "selected_columns", ())) or list(
            getattr(statement, "_returning", ())
        )
        self.names = [column.name for column in columns]
        self.results: list[tuple[str, Process]] = [
            (column.name, process)
            for column in columns
            if (process := column.type.dialect_impl(dialect).result_processor(dialect, None))
        ]

    def parameters(self, values: Mapping[str, Any]) -> Any:
        ready = {**self._given, **values}
        for name, process in self._inputs:
            ready[name] = process(ready[name])
        return ready if self._places is None else tuple(ready[name] for name in self._places)


class _Several(TypeDecorator[list[Any]]):
    """A list of texts or numbers as one parameter: JSON for SQLite, an array for PostgreSQL."""

    impl = JSON
    cache_ok = True

    def __init__(self, item: Any) -> None:
        super().__init__()
        self.item = item

    def load_dialect_impl(self, dialect: Dialect) -> Any:
        return dialect.type_descriptor(JSON() if dialect.name == "sqlite" else ARRAY(self.item))


class among(ColumnElement[bool]):  # noqa: N801 - reads as an operator
    """`column` is one of the values in parameter `name`; the statement is the same for any number of them."""

    inherit_cache = False
    # Without it SQLite is asked for `… IN (…) = 1`, and uses no index.
    _is_implicitly_boolean = True

    def __init__(self, column: Any, name: str) -> None:
        self.type = Boolean()
        self.column = column
        item = BigInteger() if isinstance(column.type, Integer) else String()
        self.bind = bindparam(name, type_=_Several(item))

    @property
    def _from_objects(self) -> list[Any]:
        found: list[Any] = self.column._from_objects
        return found


@compiles(among, "sqlite")
def _among_sqlite(element: Any, compiler: Any, **how: Any) -> str:
    column, bind = (compiler.process(part, **how) for part in (element.column, element.bind))
    return f"{column} IN (SELECT value FROM json_each({bind}))"  # noqa: S608 - of compiled parts only


@compiles(among, "postgresql")
def _among_postgresql(element: Any, compiler: Any, **how: Any) -> str:
    column, bind = (compiler.process(part, **how) for part in (element.column, element.bind))
    return f"{column} = ANY({bind})"
