"""The web has no queries: it calls the domain's functions."""

import ast
from collections.abc import Iterator
from pathlib import Path

from app import web
from tests.cases import cases

FILES = sorted(Path(web.__file__).parent.rglob("*.py"))
QUERIES = {"select", "join", "exec", "execute", "get_one", "scalar", "scalars", "with_only_columns"}


def queries(source: str) -> Iterator[str]:
    """The calls that read rows, and imports of SQLAlchemy: `select(…)`, `session.get(…)`."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            called = node.func
            if isinstance(called, ast.Name) and called.id == "select":
                yield called.id
            if isinstance(called, ast.Attribute) and is_query(called):
                yield called.attr
        if isinstance(node, ast.ImportFrom) and node.module and node.module.partition(".")[0] == "sqlalchemy":
            yield from (alias.name for alias in node.names if alias.name != "SQLAlchemyError")
        if isinstance(node, ast.ImportFrom) and node.module == "sqlmodel":
            yield from (alias.name for alias in node.names if alias.name != "Session")


def is_query(called: ast.Attribute) -> bool:
    of_session = isinstance(called.value, ast.Name) and called.value.id == "session"
    return of_session or (called.attr in QUERIES and not isinstance(called.value, ast.Constant))


@cases("file", FILES)
def test_web_asks_the_domain_instead_of_the_database(file: Path) -> None:
    assert list(queries(file.read_text("utf-8"))) == []


@cases(
    "source",
    [
        "session.exec(visible_to(actor, Hamlet))",
        "session.get(Account, id)",
        "rows = select(Visit)",
        "visits.join(Household)",
        "from sqlalchemy import func",
        "from sqlmodel import select",
    ],
)
def test_a_query_is_seen(source: str) -> None:
    assert list(queries(source)) != []


def test_joining_words_is_not_one() -> None:
    assert list(queries("', '.join(parts)")) == []
