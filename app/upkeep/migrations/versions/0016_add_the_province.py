"""Add the viewers of provinces, and what they read: lines of closed reports, signs of communes, shared remarks.

Created 2026-12-02.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

from app.core.clock import Instant

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

_SUMMARY = sa.table(
    "report_summary",
    sa.column("commune_id", sa.String()),
    sa.column("code", sa.String()),
    sa.column("kind", sa.String()),
    sa.column("first", sa.Date()),
    sa.column("last", sa.Date()),
    sa.column("closed_at", Instant()),
    sa.column("reopened_at", Instant()),
    sa.column("columns", sa.JSON()),
    sa.column("figures", sa.JSON()),
    sa.column("adjusted", sa.JSON()),
)
_SAME = ("commune_id", "code", "kind", "first", "last", "closed_at", "reopened_at")
_CLOSED = sa.table(
    "closed_period",
    *(sa.column(name, _SUMMARY.c[name].type) for name in (*_SAME, "columns")),
    sa.column("id", sa.String()),
    sa.column("rows", sa.JSON()),
    sa.column("adjustments", sa.JSON()),
)


def upgrade() -> None:
    op.create_table(
        "commune_status",
        sa.Column("province_code", sa.String(), nullable=False),
        sa.Column("commune_id", sa.String(), nullable=False),
        sa.Column("as_of", Instant(), nullable=False),
        sa.Column("head", sa.BigInteger(), nullable=False),
        sa.Column("households", sa.Integer(), nullable=False),
        sa.Column("met", sa.Integer(), nullable=False),
        sa.Column("heard_at", Instant(), nullable=True),
        sa.Column("is_silent", sa.Boolean(), nullable=False),
        sa.Column("month_start_day", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["commune_id"], ["commune.id"]),
        sa.ForeignKeyConstraint(["province_code"], ["province.code"]),
        sa.PrimaryKeyConstraint("province_code", "commune_id"),
    )
    op.create_table(
        "report_summary",
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("commune_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), nullable=False),
        sa.Column("closed_at", Instant(), nullable=False),
        sa.Column("reopened_at", Instant(), nullable=True),
        sa.Column("columns", sa.JSON(), nullable=False),
        sa.Column("figures", sa.JSON(), nullable=False),
        sa.Column("adjusted", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["commune_id"], ["commune.id"]),
        sa.PrimaryKeyConstraint("code", "commune_id"),
    )
    op.create_index("ix_report_summary_commune", "report_summary", ["commune_id", "last"])
    op.create_table(
        "province_viewer",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("sign_in_name", sa.String(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("disabled_at", Instant(), nullable=True),
        sa.Column("province_code", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["province_code"], ["province.code"]),
        sa.ForeignKeyConstraint(["sign_in_name"], ["sign_in_name.name"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("sign_in_name"),
    )
    op.create_index("ix_province_viewer_province_code", "province_viewer", ["province_code"])
    op.create_table(
        "province_viewer_session",
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("expires_at", Instant(), nullable=False),
        sa.Column("browser", sa.String(), nullable=False),
        sa.Column("last_used_at", Instant(), nullable=True),
        sa.Column("viewer_id", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["viewer_id"], ["province_viewer.id"]),
        sa.PrimaryKeyConstraint("token_hash"),
    )
    op.create_index("ix_province_viewer_session_viewer_id", "province_viewer_session", ["viewer_id"])
    op.create_table(
        "remark_share",
        sa.Column("commune_id", sa.String(), nullable=False),
        sa.Column("remark_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("shared_at", Instant(), nullable=False),
        sa.Column("shared_by", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["commune_id", "remark_id"], ["remark.commune_id", "remark.id"]),
        sa.ForeignKeyConstraint(["commune_id", "shared_by"], ["account.commune_id", "account.id"]),
        sa.PrimaryKeyConstraint("commune_id", "remark_id"),
    )
    _summarize_closed_reports()


def _summarize_closed_reports() -> None:
    """The lines of what is closed, and of what was reopened and not closed again."""
    connection = op.get_bind()
    communes = connection.execute(sa.select(_CLOSED.c.commune_id).distinct()).scalars().all()
    for commune_id in communes:
        of_commune = sa.select(_CLOSED).where(_CLOSED.c.commune_id == commune_id)
        closed = connection.execute(of_commune.order_by(_CLOSED.c.closed_at)).mappings().all()
        codes = {one["id"]: one["code"] for one in closed}
        newest = {one["code"]: one for one in closed}
        newest |= {one["code"]: one for one in closed if one["reopened_at"] is None}
        if newest:
            connection.execute(_SUMMARY.insert(), [_summary(one, codes) for one in newest.values()])


def _summary(closed: Any, codes: dict[str, str]) -> dict[str, Any]:
    columns, whole = closed["columns"], closed["rows"][-1][1:]
    chosen = [number for number, (_code, _heading, kind) in enumerate(columns) if kind == "number"]
    return {
        **{name: closed[name] for name in _SAME},
        "columns": [columns[number][:2] for number in chosen],
        "figures": [whole[number] for number in chosen],
        "adjusted": {
            codes[one["period"]]: one["cells"] for one in closed["adjustments"] if not one["hamlet"]
        },
    }


def downgrade() -> None:
    op.drop_table("remark_share")
    op.drop_table("province_viewer_session")
    op.drop_table("province_viewer")
    op.drop_table("report_summary")
    op.drop_table("commune_status")
