"""Rows that a statement is given, all in one parameter.

PostgreSQL's driver sends a statement with many sets of parameters once for each of them; given as JSON, the
rows of a table are one statement, whatever their number. SQLite runs in this process, so nothing is sent.
None is NULL, also in a JSON column. NUL and lone surrogates are refused in these too, not only in texts.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import date
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
    return json.dumps([dict(zip(names, values(row), strict=True)) for row in rows], default=_day_or_instant)


def _day_or_instant(value: object) -> str:
    """A date or datetime as PostgreSQL reads it; no other type is in a row."""
    if not isinstance(value, date):
        raise TypeError(type(value).__name__)
    return str(value)
