"""How many statements an exchange sends to PostgreSQL: each is a journey, on Citus to another machine."""

from collections.abc import Sequence

import pytest
from fastapi import FastAPI
from sqlalchemy import event

from tests.phone import Phone
from tests.world import World

MOST = 60  # of a push of 20 new visits; 41 when this was written


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_push_of_20_visits_sends_few_statements(app: FastAPI, lan: Phone, world: World) -> None:
    households = world.households[world.dong]
    counts: list[int] = []

    def note(
        _connection: object,
        _cursor: object,
        _text: str,
        values: Sequence[object],
        _context: object,
        many: bool,
    ) -> None:
        counts.append(len(values) if many else 1)

    lan.exchange(lan.visit(world.duc))
    visits = [
        lan.visit(households[number % len(households)], follow_up_on="2026-12-01", needs=["vietqr"])
        for number in range(20)
    ]
    engine = app.state.database.engine
    event.listen(engine, "before_cursor_execute", note)
    assert lan.statuses(*visits) == ["applied"] * 20
    event.remove(engine, "before_cursor_execute", note)
    assert sum(counts) <= MOST
