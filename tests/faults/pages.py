"""The pages behind the links of an office, and what the statements of each read."""

import html
import json
import re
from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urljoin, urlsplit

import psycopg
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import Engine, event

from tests.statements import Statement, sent_statements
from tests.web.access import rows

STEP = 100  # instructions of SQLite's virtual machine that are counted at once
_LINK = re.compile(r'(?:href|hx-get)="([^"#]+)"')
_MOST, _COLUMNS = 2, 8  # addresses of one route, and how many times as many of one of figures


@dataclass(frozen=True)
class Read:
    """A statement that a page has sent, and how much it reads: rows of PostgreSQL, instructions of SQLite."""

    page: str
    text: str
    amount: int

    def __str__(self) -> str:
        return f"{self.page} reads {self.amount:,}: {' '.join(self.text.split())[:400]}"


@dataclass
class Pages:
    """Asks for the pages to which links lead from `start`, a few of each route.

    `routes`: those that were reached.
    """

    app: FastAPI
    client: TestClient
    routes: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        paths = sorted(
            (row.path for row in rows(self.app) if row.method == "GET"), key=lambda one: one.count("{")
        )
        self._templates = [(path, re.compile(re.sub(r"\{[^}]+\}", "[^/]+", path))) for path in paths]
        self._seen: set[tuple[str, ...]] = set()

    def ask(self, start: str) -> Iterator[Read]:
        """Every page once; what its statements read. A page that fails is an error."""
        office, links = start.split("/")[1], deque([start])
        while links:
            address = links.popleft()
            path, query = urlsplit(address)[2:4]
            route = self.route_of(address)
            key = (path, *sorted(name for name, _value in parse_qsl(query)))
            is_page = path.startswith(f"/{office}/") and "." not in route
            most = _MOST * (_COLUMNS if route.endswith("{column}") else 1)
            if not is_page or not route or key in self._seen or self.routes[route] == most:
                continue
            self._seen.add(key)
            self.routes[route] += 1
            text, found = self._read(address)
            yield from found
            links.extend(urljoin(address, html.unescape(link)) for link in _LINK.findall(text))

    def route_of(self, address: str) -> str:
        """The route that answers, empty if there is none."""
        path = urlsplit(address).path
        return next((name for name, pattern in self._templates if pattern.fullmatch(path)), "")

    def _read(self, address: str) -> tuple[str, list[Read]]:
        engine: Engine = self.app.state.database.engine
        counter = _Steps(engine) if engine.dialect.name == "sqlite" else _Rows(engine)
        with counter:
            answer = self.client.get(address)
        assert answer.status_code in (200, 303), f"{address}: {answer.status_code}"
        return answer.text, [Read(address, text, amount) for text, amount in counter.found()]


class _Steps:
    """Counts instructions of SQLite's virtual machine, by the statement that was begun last."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._found: list[list[Any]] = []

    def __enter__(self) -> None:
        event.listen(self._engine, "before_cursor_execute", self._begin)

    def __exit__(self, *_error: object) -> None:
        event.remove(self._engine, "before_cursor_execute", self._begin)

    def _begin(self, connection: Any, _cursor: object, text: str, *_rest: object) -> None:
        connection.connection.driver_connection.set_progress_handler(self._count, STEP)
        self._found.append([text, 0])

    def _count(self) -> None:
        if self._found:
            self._found[-1][1] += STEP

    def found(self) -> Iterator[tuple[str, int]]:
        return ((text, steps) for text, steps in self._found)


class _Rows:
    """Counts the rows that PostgreSQL reads for each SELECT, by explaining it once more."""

    def __init__(self, engine: Engine) -> None:
        self._url, self._sending = engine.url, sent_statements(engine)

    def __enter__(self) -> None:
        self._sent: list[Statement] = self._sending.__enter__()

    def __exit__(self, *error: Any) -> None:
        self._sending.__exit__(*error)

    def found(self) -> Iterator[tuple[str, int]]:
        address = self._url.set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(address) as connection:
            for text, parameters in self._sent:
                if text.lstrip().startswith(("SELECT", "WITH")):
                    explained = f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {text}".encode()
                    found = connection.execute(explained, parameters or None).fetchone()
                    connection.rollback()
                    plans = found[0] if found else []
                    yield text, sum(map(_rows_of, plans if isinstance(plans, list) else json.loads(plans)))


def _rows_of(plan: dict[str, Any]) -> int:
    """The rows that a plan and those below it take from tables and indexes."""
    node = plan.get("Plan", plan)
    rows = 0
    if "Relation Name" in node or "Index Name" in node:
        removed = ("Rows Removed by Filter", "Rows Removed by Index Recheck")
        rows = node["Actual Loops"] * (node["Actual Rows"] + sum(node.get(name, 0) for name in removed))
    return int(rows) + sum(_rows_of(one) for one in node.get("Plans", ()))
