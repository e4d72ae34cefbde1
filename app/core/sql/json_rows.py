"""Rows that a statement is given, all in one parameter.

PostgreSQL's driver sends a statement with many sets of parameters once for each of them; given as JSON, the
rows of a table are one statement, whatever their number. SQLite runs in this process, so nothing is sent.
"""

import json
from collections.abc import Mapping, Sequence
from operator import itemgetter

from sqlalchemy import JSON, Select, String, Table, bindparam, cast, func, literal_column, select

ROWS = "rows"  # the parameter


def json_rows(table: Table) -> Select[*tuple[object, ...]]:
    """PostgreSQL: the rows of this table that the parameter `ROWS` has, from `as_json`."""
    text = cast(bindparam(ROWS, type_=String()), JSON)
    rows = func.json_populate_recordset(literal_column(f"NULL::{table.name}"), text)
    return select(*rows.table_valued(*table.columns.keys(), name="json_rows").c)


def as_json(table: Table, rows: Sequence[Mapping[str, object]]) -> str:
    """These rows as that parameter. Raises `KeyError` if one lacks a column."""
    names = table.columns.keys()
    values = itemgetter(*names)
    # Dates and instants are written as PostgreSQL reads them.
    return json.dumps([dict(zip(names, values(row), strict=True)) for row in rows], default=str)
