"""The statements that an engine sends, and how SQLite reads the tables for them."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine, event

Statement = tuple[str, Any]  # text and parameters


@contextmanager
def sent_statements(engine: Engine) -> Iterator[list[Statement]]:
    """Collects what is sent until the block ends."""
    sent: list[Statement] = []

    def note(_connection: object, _cursor: object, statement: str, parameters: Any, *_rest: object) -> None:
        sent.append((statement, parameters))

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(engine, "before_cursor_execute", note)


def query_plans(engine: Engine, statements: Iterable[Statement]) -> list[str]:
    """SQLite's plan of each statement, a line for each step."""
    with engine.connect() as connection:
        explained = [
            connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {text}", parameters).fetchall()
            for text, parameters in statements
        ]
    return ["\n".join(f"{row[-1]} " for row in rows) for rows in explained]
