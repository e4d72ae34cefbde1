"""Store how households agreed to their telephone numbers, and let the numbers of before go: nothing shows that
their households agreed.

Phones get the rows without the numbers. Operations that wait, or were refused, lose their numbers as well.

Created 2026-12-01.
"""

import json
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

_ROWS = 2_000  # read at a time
_TEXT = sqlmodel.sql.sqltypes.AutoString
_NUMBERS = ("phone", "phone_consent")
_PAYLOADS = {"quarantined": ["op_id", "payload_hash"], "refused_operation": ["op_id"]}
_HOUSEHOLD = sa.table("household", *(sa.column(name) for name in ("commune_id", "id", "phone", "feed_seq")))

Row = dict[str, Any]


def upgrade() -> None:
    op.create_table(
        "household_consent",
        sa.Column("commune_id", _TEXT(), nullable=False),
        sa.Column("household_id", _TEXT(), nullable=False),
        sa.Column("version", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("kind", _TEXT(), nullable=False),
        sa.Column("wording_version", sa.Integer(), nullable=False),
        sa.Column("happened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("entered_by", _TEXT(), nullable=False),
        sa.Column("device_id", _TEXT(), nullable=True),
        sa.ForeignKeyConstraint(["commune_id", "household_id"], ["household.commune_id", "household.id"]),
        sa.PrimaryKeyConstraint("commune_id", "household_id", "version", "seq"),
    )
    _let_numbers_go()
    _empty_json("household_version", ["household_id", "version", "seq"], "fields")
    for name, key in _PAYLOADS.items():
        _empty_payloads(name, key)


def downgrade() -> None:
    op.drop_table("household_consent")


def _let_numbers_go() -> None:
    with_number = sa.select(_HOUSEHOLD.c.commune_id, _HOUSEHOLD.c.id).where(_HOUSEHOLD.c.phone.is_not(None))
    in_order = with_number.order_by(_HOUSEHOLD.c.commune_id, _HOUSEHOLD.c.id)
    for commune_id, household_id in op.get_bind().execute(in_order).all():
        is_row = (_HOUSEHOLD.c.commune_id == commune_id, _HOUSEHOLD.c.id == household_id)
        values = {"phone": None, "feed_seq": _next_feed_seq(commune_id)}
        op.get_bind().execute(sa.update(_HOUSEHOLD).where(*is_row).values(values))


def _empty_json(name: str, key: list[str], column: str) -> None:
    """What was written of numbers; the rows stay, because later changes are compared with them."""
    table = _table(name, key, sa.column(column, sa.JSON()))
    for row in _pages(table, key):
        fields = {one: value for one, value in row[column].items() if one not in _NUMBERS}
        if fields != row[column]:
            _update(table, key, row, {column: fields})


def _empty_payloads(name: str, key: list[str]) -> None:
    table = _table(name, key, sa.column("payload", sa.Text()))
    for row in _pages(table, key):
        try:
            parts = json.loads(row["payload"])
        except (ValueError, RecursionError):  # it was purged, or cut off when it was too long
            continue
        data = parts.get("data")
        if not str(parts.get("type")).startswith("household.") or not isinstance(data, dict):
            continue
        if data.get("phone"):
            parts["data"] = {one: value for one, value in data.items() if one != "phone"}
            payload = json.dumps(parts, sort_keys=True, separators=(",", ":"))
            _update(table, key, row, {"payload": payload})


def _table(name: str, key: list[str], column: sa.ColumnClause[Any]) -> sa.TableClause:
    return sa.table(name, *(sa.column(one) for one in ("commune_id", *key)), column)


def _pages(table: sa.TableClause, key: list[str]) -> Iterator[Row]:
    columns = [table.c[name] for name in ("commune_id", *key)]
    page = sa.select(table).order_by(*columns).limit(_ROWS)
    rows = op.get_bind().execute(page).mappings().all()
    while rows:
        yield from (dict(row) for row in rows)
        behind = sa.tuple_(*columns) > sa.tuple_(*(sa.bindparam(None, rows[-1][one.name]) for one in columns))
        rows = op.get_bind().execute(page.where(behind)).mappings().all()


def _next_feed_seq(commune_id: str) -> int:
    advanced = "UPDATE feed_counter SET head = head + 1 WHERE commune_id = :commune_id RETURNING head"
    number: int = op.get_bind().execute(sa.text(advanced), {"commune_id": commune_id}).scalar_one()
    return number


def _update(table: sa.TableClause, key: list[str], row: Row, values: Row) -> None:
    is_row = [table.c[name] == row[name] for name in ("commune_id", *key)]
    op.get_bind().execute(sa.update(table).where(*is_row).values(values))
