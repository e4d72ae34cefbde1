"""Bugs that only cost: the answers stay right."""

from tests.mutants.planted import Planted

_TEST = "tests/costs/test_costs.py::test_costs_are_those_of_the_table[sqlite]"

BUGS = (
    Planted(
        "a statement is compiled each time",
        "app/core/sql/prepared.py",
        "        if compiled is None:",
        "        if True:",
        _TEST,
    ),
    Planted(
        "a template is read each time",
        "app/web/rendering.py",
        "    env = Environment(",
        "    env = Environment(cache_size=0,",
        _TEST,
    ),
    Planted(
        "each request writes when its session was used",
        "app/commune/accounts/sessions.py",
        "    return last_used_at is None or now - last_used_at >= every",
        "    return True",
        _TEST,
    ),
    Planted(
        "rows are written one by one",
        "app/core/sql/prepared.py",
        "execute_many(connection, compiled.sql, [compiled.parameters(values) for values in several])",
        "[execute_many(connection, compiled.sql, [compiled.parameters(one)]) for one in several]",
        _TEST,
    ),
    Planted(
        "an answer has the whole row of what a phone has sent",
        "app/sync/wire/minimal_rows.py",
        "    if recorded_row(op, minimal, account_id) != row:",
        "    if True:",
        _TEST,
    ),
)
