"""Store the check codes of closed periods, and index them, so that anybody finds a printed report by its code.

Created 2026-12-01.
"""

import hashlib
import json
from base64 import b32encode
from collections.abc import Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_CLOSED = sa.table(
    "closed_period",
    sa.column("commune_id", sa.String),
    sa.column("id", sa.String),
    sa.column("first", sa.Date),
    sa.column("last", sa.Date),
    sa.column("columns", sa.JSON),
    sa.column("rows", sa.JSON),
    sa.column("printed_adjustments", sa.JSON),
    sa.column("check_code", sa.String),
)
_COMMUNE = sa.table(
    "commune", sa.column("id", sa.String), sa.column("name", sa.String), sa.column("kind", sa.String)
)


def upgrade() -> None:
    op.add_column(
        "closed_period", sa.Column("check_code", sa.String(), nullable=False, server_default="")
    )
    connection = op.get_bind()
    closed = sa.select(_CLOSED, _COMMUNE.c.name, _COMMUNE.c.kind).join(
        _COMMUNE, _COMMUNE.c.id == _CLOSED.c.commune_id
    )
    for row in connection.execute(closed).mappings().all():
        place = f"{row['kind'][:1].upper()}{row['kind'][1:]} {row['name']}"
        code = _code(
            place, row["first"], row["last"], row["columns"], row["rows"], row["printed_adjustments"]
        )
        one = (_CLOSED.c.commune_id == row["commune_id"]) & (_CLOSED.c.id == row["id"])
        connection.execute(sa.update(_CLOSED).where(one).values(check_code=code))
    op.create_index("ix_closed_period_check_code", "closed_period", ["commune_id", "check_code"])


def downgrade() -> None:
    op.drop_index("ix_closed_period_check_code", "closed_period")
    with op.batch_alter_table("closed_period") as batch:
        batch.drop_column("check_code")


def _code(  # as app/reports/check_code.py made it before it was stored
    place: str,
    first: date,
    last: date,
    columns: Sequence[Sequence[str]],
    rows: Sequence[Sequence[Any]],
    adjustments: Sequence[Sequence[Any]],
) -> str:
    *hamlets, whole = ([hamlet_id, cells] for hamlet_id, *cells in rows)
    adjusting = ([None, cells] for _period, *cells in adjustments)
    figures = [
        place,
        first.isoformat(),
        last.isoformat(),
        [[code, heading] for code, heading, _kind in columns],
        [*hamlets, *adjusting, whole],
    ]
    digest = hashlib.sha256(json.dumps(figures).encode()).digest()
    return b32encode(digest[:5]).decode()
