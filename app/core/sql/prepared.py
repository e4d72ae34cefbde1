"""Prepared statements: compiled once, then handed to the driver as text with parameters.

Building, hashing and preparing a statement on every call costs SQLAlchemy several times what the database
needs to answer it (`benchmarks/RESULTS.md`); an exchange has about twenty. Statements are still written in
SQLAlchemy's terms, and its types still convert values.
"""

from collections.abc import Callable, Mapping, Sequence
from operator import itemgetter
from typing import Generic, cast, overload

from sqlalchemy import (
    ARRAY,
    JSON,
    BigInteger,
    Boolean,
    Dialect,
    Integer,
    SQLColumnExpression,
    String,
    bindparam,
)
from sqlalchemy.engine.interfaces import DBAPICursor
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import QueryableAttribute
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.elements import ColumnElement
from sqlalchemy.sql.selectable import FromClause, ReturnsRows
from sqlalchemy.sql.visitors import InternalTraversal
from sqlalchemy.types import TypeDecorator, TypeEngine
from sqlmodel import Session

from app.core.sql.driver import Parameters, bind_processor, connection_of, execute, execute_many
from app.core.types import R, Row

MOST_PARAMETERS = 20_000  # SQLite as it is built by default takes 32,766, PostgreSQL 65,535
_Convert = Callable[[object], object]


class Prepared(Generic[R]):
    """A statement with named parameters (`bindparam`, `in_list`).

    `Prepared(statement)` finds dictionaries, `Prepared(statement, VisitValues)` rows of that `TypedDict`.
    """

    @overload
    def __init__(self: "Prepared[Row]", statement: ReturnsRows) -> None: ...
    @overload
    def __init__(self, statement: ReturnsRows, _row: type[R]) -> None: ...
    def __init__(self, statement: ReturnsRows, _row: object = None) -> None:
        self._statement = statement
        self._compiled: dict[str, _Compiled] = {}

    def rows(self, session: Session, **values: object) -> list[R]:
        """The rows that it finds or returns, each a new dictionary."""
        compiled, cursor = self._execute(session, values)
        rows = [dict(zip(compiled.names, row, strict=True)) for row in cursor.fetchall()]
        cursor.close()
        for name, convert in compiled.results:
            for row in rows:
                row[name] = convert(row[name])
        return cast(list[R], rows)

    def first(self, session: Session, **values: object) -> R | None:
        """The first row, or None."""
        rows = self.rows(session, **values)
        return rows[0] if rows else None

    def run(self, session: Session, **values: object) -> None:
        """Execute a statement that changes rows."""
        self._execute(session, values)[1].close()

    def run_all(self, session: Session, several: Sequence[Mapping[str, object]]) -> None:
        """Execute it once for each of `several` sets of values, in one call of the driver."""
        if several:
            connection = connection_of(session)
            compiled = self._compile(connection.dialect)
            execute_many(connection, compiled.sql, [compiled.parameters(values) for values in several])

    def _execute(self, session: Session, values: Mapping[str, object]) -> "tuple[_Compiled, DBAPICursor]":
        connection = connection_of(session)
        compiled = self._compile(connection.dialect)
        return compiled, execute(connection, compiled.sql, compiled.parameters(values))

    def _compile(self, dialect: Dialect) -> "_Compiled":
        compiled = self._compiled.get(dialect.name)
        if compiled is None:
            compiled = self._compiled[dialect.name] = _Compiled(self._statement, dialect)
        return compiled


class _Compiled:
    """The statement in one dialect: its text, and how values are converted on their way in and out."""

    def __init__(self, statement: ReturnsRows, dialect: Dialect) -> None:
        compiled = statement.compile(dialect=dialect)
        self.sql = str(compiled)
        order: list[str] = list(compiled.positiontup or ()) if compiled.positional else []
        self._pick = itemgetter(*order, order[0]) if order else None  # one more: a tuple also of one
        self._defaults = dict(compiled.params)
        self._inputs: list[tuple[str, _Convert]] = [
            (name, convert)
            for name, bind in compiled.binds.items()
            if (convert := bind_processor(bind.type, dialect))
        ]
        inputs = dict(self._inputs)
        self._positions = [(number, inputs[name]) for number, name in enumerate(order) if name in inputs]
        columns = list(statement.exported_columns)
        self.names = [column.name for column in columns]
        self.results: list[tuple[str, _Convert]] = [
            (column.name, convert)
            for column in columns
            if (convert := column.type.dialect_impl(dialect).result_processor(dialect, None))
        ]

    def parameters(self, values: Mapping[str, object]) -> Parameters:
        """The driver's parameters, converted to what it can store."""
        if self._pick is None:
            ready = {**self._defaults, **values}
            for name, convert in self._inputs:
                ready[name] = convert(ready[name])
            return ready
        try:
            in_order = list(self._pick(values))
        except KeyError:
            in_order = list(self._pick({**self._defaults, **values}))
        for position, convert in self._positions:
            in_order[position] = convert(in_order[position])
        return tuple(in_order[:-1])


class _List(TypeDecorator[Sequence[object]]):
    """A list of texts or numbers as one parameter: JSON for SQLite, an array for PostgreSQL."""

    impl = JSON
    cache_ok = True

    def __init__(self, item: TypeEngine[str] | TypeEngine[int]) -> None:
        super().__init__()
        self.item = item

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Sequence[object]]:
        return dialect.type_descriptor(JSON() if dialect.name == "sqlite" else ARRAY(self.item))


class in_list(ColumnElement[bool]):  # noqa: N801 - reads as an operator
    """`column` is one of the values in parameter `name`; the statement's text is the same for any number."""

    inherit_cache = False
    # Without it SQLAlchemy writes `… IN (…) = 1` for SQLite, which then uses no index.
    _is_implicitly_boolean = True

    def __init__(self, column: ColumnElement[str] | ColumnElement[int], name: str) -> None:
        self.type = Boolean()
        self.column = column
        item = BigInteger() if isinstance(column.type, Integer) else String()
        self.bind = bindparam(name, type_=_List(item))

    @property
    def _from_objects(self) -> list[FromClause]:
        return self.column._from_objects


class in_values(in_list):  # noqa: N801 - reads as an operator
    """`column` is one of these values, all in one parameter: a statement has at most 65,535."""

    inherit_cache = True
    _traverse_internals = [  # noqa: RUF012
        ("column", InternalTraversal.dp_clauseelement),
        ("bind", InternalTraversal.dp_clauseelement),
    ]

    def __init__(self, column: SQLColumnExpression[str], values: Sequence[str]) -> None:
        element = column.__clause_element__() if isinstance(column, QueryableAttribute) else column
        super().__init__(cast(ColumnElement[str], element), "values")
        self.bind = bindparam("values", list(values), type_=self.bind.type, unique=True)


def one_of(column: SQLColumnExpression[str], values: Sequence[str]) -> SQLColumnExpression[bool]:
    """`column` is one of these values, however many they are. Each is a parameter as long as a statement may
    have so many: for one list PostgreSQL soon stops planning anew, and then searches it from its beginning
    for every row."""
    return column.in_(values) if len(values) <= MOST_PARAMETERS else in_values(column, values)


@compiles(in_list, "sqlite")
def _in_json(element: in_list, compiler: SQLCompiler, **options: object) -> str:
    column, bind = (compiler.process(part, **options) for part in (element.column, element.bind))
    return f"{column} IN (SELECT value FROM json_each({bind}))"  # noqa: S608 - of compiled parts only


@compiles(in_list, "postgresql")
def _in_array(element: in_list, compiler: SQLCompiler, **options: object) -> str:
    column, bind = (compiler.process(part, **options) for part in (element.column, element.bind))
    return f"{column} = ANY({bind})"
