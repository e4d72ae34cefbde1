"""No statement of a push looks through all services of the commune: with a million visits that takes a
second, for which the feed is locked.

SQLite only: it has no statistics, so that a join may begin with either table.
"""

from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import event

from tests.phone import Phone
from tests.world import World

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

ALL_SERVICES = "visit_service USING INDEX sqlite_autoindex_visit_service_1 (commune_id=?)"


def test_no_statement_of_a_push_looks_through_all_services(lan: Phone, world: World, app: FastAPI) -> None:
    engine, statements = app.state.database.engine, dict[str, Any]()

    def collect(
        _connection: object, _cursor: object, sql: str, values: Any, _context: object, many: bool
    ) -> None:
        if "visit_service" in sql and not sql.startswith("INSERT"):
            statements[sql] = values[0] if many else values

    event.listen(engine, "before_cursor_execute", collect)
    first, again = lan.visit(world.mai, needs=["bills"]), lan.visit(world.mai)
    lan.exchange(first)
    lan.exchange(again)
    lan.exchange(lan.op("visit.withdraw", {"id": again["data"]["id"]}))
    event.remove(engine, "before_cursor_execute", collect)
    assert len(statements) >= 3
    with engine.connect() as connection:
        plans = {
            sql: [
                row[-1] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", values).fetchall()
            ]
            for sql, values in statements.items()
        }
    assert [sql for sql, plan in plans.items() if any(step.endswith(ALL_SERVICES) for step in plan)] == []
