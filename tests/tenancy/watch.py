"""Sees each statement of the app that reads or writes rows of more than one commune, and each transaction.

On every database, statements that SQLAlchemy compiles are compared with the rule (`tests.tenancy.rule`),
each text once. On one whose tables are partitioned by commune (`tests.tenancy.partitions`) PostgreSQL
explains each statement with its parameters: what does not prune to one partition would go to every machine
of a distributed database. The partitions that a transaction has locked say which communes it has touched,
also by an INSERT and by the checks of foreign keys, which EXPLAIN does not show.
"""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import psycopg
from sqlalchemy import URL, Connection, Engine, event
from sqlalchemy.dialects import sqlite
from sqlalchemy.sql.compiler import SQLCompiler

from tests.tenancy import callers
from tests.tenancy.partitions import PREFIX
from tests.tenancy.rule import unbound

_EXPLAINED = re.compile(r"\s*(SELECT|INSERT|UPDATE|DELETE|WITH)\b")
_EQUAL = re.compile(r"commune_id = %\((\w+)\)s")
# A list of communes: whether it prunes depends on more than which parameters are equal.
_LISTED = re.compile(r"commune_id (IN|= ANY)|commune_id[,)][^=]* IN ")
_PART = re.compile(r"_part(\d+)$")
# Which tables are partitions: a database that is copied has the same identifiers.
_PARTITIONS = (
    "SELECT oid, substring(relname FROM '_part([0-9]+)$') FROM pg_class WHERE relname ~ '_part[0-9]+$'"
)
_LOCKED = (
    "SELECT DISTINCT relation FROM pg_locks WHERE pid = %s AND locktype = 'relation' AND relation = ANY(%s)"
)
_OWNER = "what began the transaction, and its process"

_violations: dict[str, None] = {}
_unbound: dict[str, list[str]] = {}
"""The tables without a commune of their own, by the text of a statement."""
_part_of: dict[int, str] = {}
"""The numbers of partitions, by the identifiers of the tables."""
_pruned: dict[tuple[object, ...], set[str]] = {}
"""The partitions that a statement reads, by its text and which of its communes are the same."""


def watch(engine: Engine) -> None:
    """Watch an engine."""
    event.listen(engine, "before_cursor_execute", _compare)
    if str(engine.url.database or "").startswith(PREFIX):
        _Partitions(engine)


def found() -> list[str]:
    """What was seen since the last call, a sentence each."""
    sentences = list(_violations)
    _violations.clear()
    return sentences


def _compare(
    _connection: object, _cursor: object, text: str, _parameters: object, context: Any, _many: bool
) -> None:
    """A statement without a context was prepared: `tests.tenancy.prepared_lint` looks at it."""
    compiled = getattr(context, "compiled", None)
    statement = compiled.statement if isinstance(compiled, SQLCompiler) else None
    if statement is None or isinstance(statement, sqlite.Insert):
        return
    tables = _unbound.get(text)
    if tables is None:
        tables = _unbound[text] = unbound(statement)
    if tables:
        _note(f"{', '.join(tables)} without a commune: {' '.join(text.split())}")


def _note(complaint: str) -> None:
    """Note a complaint about the statement that is being sent, if the app sends it."""
    name = callers.sender()
    if name.startswith("app/") and not callers.is_allowed(name):
        _violations[f"{name}: {complaint}"] = None


class _Partitions:
    """Watches an engine of a partitioned database, over connections of its own: their failures and locks are
    not the app's."""

    def __init__(self, engine: Engine) -> None:
        self._url = engine.url
        event.listen(engine, "connect", _plan_each_execution)
        event.listen(engine, "before_cursor_execute", self._look)
        event.listen(engine, "begin", _begin)
        event.listen(engine, "commit", self._end)
        event.listen(engine, "rollback", self._end)

    def _look(
        self, _connection: Connection, _cursor: object, text: str, parameters: Any, *_rest: object
    ) -> None:
        if not _EXPLAINED.match(text):
            return
        for one in parameters if isinstance(parameters, list) else [parameters]:
            if len(self._partitions(text, one)) > 1:
                _note(f"it goes to all communes: {' '.join(text.split())}")

    def _end(self, connection: Connection) -> None:
        name, pid = ("", 0) if connection.invalidated else connection.info.pop(_OWNER, ("", 0))
        if not name:
            return
        if not _part_of:
            with self._connect() as beside:
                _part_of.update(beside.execute(_PARTITIONS).fetchall())
        # Over another database: a restore waits until nobody else uses its own.
        locked = _connection_beside(self._url.set(database="postgres")).execute(
            _LOCKED, [pid, list(_part_of)]
        )
        if len({_part_of[relation] for (relation,) in locked}) > 1:
            _violations[f"{name}: its transaction touches two communes"] = None

    def _partitions(self, text: str, parameters: Any) -> set[str]:
        key = _shape(text, parameters)
        known = _pruned.get(key) if key else None
        if known is None:
            known = self._explain(text, parameters)
            if key:
                _pruned[key] = known
        return known

    def _explain(self, text: str, parameters: Any) -> set[str]:
        explained = f"EXPLAIN (FORMAT JSON, COSTS OFF) {text}".encode()
        with self._connect() as beside:
            beside.execute("SET lock_timeout = '1s'")
            try:
                (plan,) = beside.execute(explained, parameters or None).fetchone()[0]  # type: ignore[index]
            except psycopg.Error:
                return set()  # the statement itself will fail in the same way
        return set(_parts(plan["Plan"]))

    def _connect(self) -> "psycopg.Connection[Any]":
        return psycopg.connect(_address(self._url), autocommit=True)


@cache
def _connection_beside(url: URL) -> "psycopg.Connection[Any]":
    return psycopg.connect(_address(url), autocommit=True)


def _address(url: URL) -> str:
    return url.set(drivername="postgresql").render_as_string(hide_password=False)


def _begin(connection: Connection) -> None:
    """Note what began a transaction, unless a test did, or it may touch all communes."""
    name = callers.owner()
    if name.startswith("app/") and not callers.is_any_allowed():
        pid = connection.connection.dbapi_connection.info.backend_pid  # type: ignore[union-attr]
        connection.info[_OWNER] = (name, pid)


def _plan_each_execution(connection: "psycopg.Connection[object]", _record: object) -> None:
    """A generic plan, as a statement gets after some executions, locks every partition that it might read."""
    connection.autocommit = True
    connection.execute("SET plan_cache_mode = force_custom_plan")
    connection.autocommit = False


def _shape(text: str, parameters: Any) -> tuple[object, ...] | None:
    """What decides which partitions a statement reads; None if that is more than its text and the equality of
    its communes."""
    if _LISTED.search(text) or not isinstance(parameters, Mapping):
        return None
    communes = [parameters[name] for name in _EQUAL.findall(text)]
    return (text, *map(communes.index, communes))


def _parts(plan: Mapping[str, Any]) -> Iterator[str]:
    """The numbers of the partitions that a plan reads."""
    if part := _PART.search(plan.get("Relation Name", "")):
        yield part[1]
    for inner in plan.get("Plans", ()):
        yield from _parts(inner)
