"""Initial.

Created 2026-11-28.
"""

import sqlalchemy as sa
from alembic import op

from app.core.clock import Instant

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "backup_run",
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("begun_at", Instant(), nullable=False),
        sa.Column("file", sa.String(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("outcome"),
    )
    op.create_table(
        "daily_job",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("ran_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "desk_entry",
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("commune_id", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("entry", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("number"),
        sa.UniqueConstraint("commune_id", "id"),
    )
    op.create_table(
        "feed_counter",
        sa.Column("commune_id", sa.String(), nullable=False),
        sa.Column("head", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("commune_id"),
    )
    op.create_table(
        "id_key",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "known_browser",
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("subject_hash", sa.String(), nullable=False),
        sa.Column("seen_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("token_hash", "subject_hash"),
    )
    op.create_table(
        "open_visits",
        sa.Column("commune_id", sa.String(), nullable=False),
        sa.Column("review_state", sa.String(), nullable=False),
        sa.Column("visits", sa.Integer(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("commune_id", "review_state"),
    )
    op.create_table(
        "province",
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("code"),
    )
    op.create_table(
        "server_epoch",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("epoch", sa.String(), nullable=False),
        sa.Column("version_floor", sa.BigInteger(), nullable=False),
        sa.Column("mode", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "sign_in_failure",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("since", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("key"),
    )
    op.create_index("ix_sign_in_failure_since", "sign_in_failure", ["since"], unique=False)
    op.create_table(
        "tombstone",
        sa.Column("feed_seq", sa.BigInteger(), nullable=False),
        sa.Column("commune_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("hamlet_id", sa.String(), nullable=False),
        sa.Column("moved_to", sa.String(), nullable=True),
        sa.Column("account_id", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("commune_id", "kind", "id", "hamlet_id"),
    )
    op.create_index("ix_tombstone_feed", "tombstone", ["commune_id", "feed_seq"], unique=False)
    op.create_table(
        "visited_household",
        sa.Column("commune_id", sa.String(), nullable=False),
        sa.Column("household_id", sa.String(), nullable=False),
        sa.Column("first_on", sa.Date(), nullable=True),
        sa.Column("last_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("commune_id", "household_id"),
    )
    op.create_table(
        "commune",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("province_code", sa.String(), nullable=False),
        sa.Column("started_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(
            ["province_code"],
            ["province.code"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("code"),
    )
    op.create_index(op.f("ix_commune_province_code"), "commune", ["province_code"], unique=False)
    op.create_table(
        "commune_settings",
        sa.Column("commune_id", sa.String(), nullable=False),
        sa.Column("month_start_day", sa.Integer(), nullable=False),
        sa.Column("flag_daily_visits", sa.Integer(), nullable=False),
        sa.Column("flag_burst_visits", sa.Integer(), nullable=False),
        sa.Column("flag_burst_seconds", sa.Integer(), nullable=False),
        sa.Column("flag_clock_minutes", sa.Integer(), nullable=False),
        sa.Column("flag_people", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["commune_id"],
            ["commune.id"],
        ),
        sa.PrimaryKeyConstraint("commune_id"),
    )
    op.create_table(
        "day_off",
        sa.Column("commune_id", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["commune_id"],
            ["commune.id"],
        ),
        sa.PrimaryKeyConstraint("commune_id", "day"),
    )
    op.create_table(
        "export_key",
        sa.Column("commune_id", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("public_key", sa.String(), nullable=False),
        sa.Column("private_key", sa.String(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["commune_id"],
            ["commune.id"],
        ),
        sa.PrimaryKeyConstraint("commune_id", "id"),
    )
    op.create_table(
        "guide",
        sa.Column("feed_seq", sa.BigInteger(), nullable=False),
        sa.Column("commune_id", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("html", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("is_own", sa.Boolean(), nullable=False),
        sa.Column("changed_on", sa.Date(), nullable=False),
        sa.Column("earlier", sa.JSON(), nullable=True),
        sa.Column("changed_by", sa.String(), nullable=True),
        sa.Column("changed_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(
            ["commune_id"],
            ["commune.id"],
        ),
        sa.PrimaryKeyConstraint("commune_id", "code"),
    )
    op.create_index("ix_guide_feed", "guide", ["commune_id", "feed_seq"], unique=False)
    op.create_table(
        "hamlet",
        sa.Column("feed_seq", sa.BigInteger(), nullable=False),
        sa.Column("commune_id", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("known_households", sa.Integer(), nullable=True),
        sa.Column("merged_into", sa.String(), nullable=True),
        sa.Column("joined_id", sa.String(), nullable=True),
        sa.Column("merged_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(
            ["commune_id"],
            ["commune.id"],
        ),
        sa.PrimaryKeyConstraint("commune_id", "id"),
    )
    op.create_table(
        "household_import",
        sa.Column("commune_id", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("file_name", sa.String(), nullable=False),
        sa.Column("suffix", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("started_at", Instant(), nullable=False),
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("problem", sa.String(), nullable=False),
        sa.Column("hamlet_answers", sa.JSON(), nullable=False),
        sa.Column("summary", sa.JSON(), nullable=False),
        sa.Column("compared_at", sa.BigInteger(), nullable=False),
        sa.Column("applied_at", Instant(), nullable=True),
        sa.Column("applied_by", sa.String(), nullable=True),
        sa.Column("undone_at", Instant(), nullable=True),
        sa.Column("undone_by", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["commune_id"],
            ["commune.id"],
        ),
        sa.PrimaryKeyConstraint("commune_id", "id"),
    )
    op.create_index(
        "ix_household_import_created", "household_import", ["commune_id", "created_at"], unique=False
    )
    op.create_table(
        "service",
        sa.Column("feed_seq", sa.BigInteger(), nullable=False),
        sa.Column("commune_id", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("pillar", sa.String(), nullable=False),
        sa.Column("label_vi", sa.String(), nullable=False),
        sa.Column("label_en", sa.String(), nullable=False),
        sa.Column("outcomes", sa.JSON(), nullable=False),
        sa.Column("first", sa.JSON(), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=True),
        sa.Column("last_day", sa.Date(), nullable=True),
        sa.Column("changed_by", sa.String(), nullable=True),
        sa.Column("changed_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(
            ["commune_id"],
            ["commune.id"],
        ),
        sa.PrimaryKeyConstraint("commune_id", "code"),
    )
    op.create_table(
        "team",
        sa.Column("commune_id", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["commune_id"],
            ["commune.id"],
        ),
        sa.PrimaryKeyConstraint("commune_id", "id"),
    )
    op.create_table(
        "account",
        sa.Column("feed_seq", sa.BigInteger(), nullable=False),
        sa.Column("commune_id", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("phone", sa.String(), nullable=True),
        sa.Column("contact_phone", sa.String(), nullable=True),
        sa.Column("team_id", sa.String(), nullable=True),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(
            ["commune_id", "team_id"],
            ["team.commune_id", "team.id"],
        ),
        sa.ForeignKeyConstraint(
            ["commune_id"],
            ["commune.id"],
        ),
        sa.PrimaryKeyConstraint("commune_id", "id"),
    )
    op.create_index("ix_account_phone", "account", ["phone"], unique=False)
    op.create_table(
        "assignment",
        sa.Column("commune_id", sa.String(), nullable=False),
        sa.Column("team_id", sa.String(), nullable=False),
        sa.Column("hamlet_id", sa.String(), nullable=False),
        sa.Column("since", Instant(), nullable=False),
        sa.Column("until", Instant(), nullable=True),
        sa.ForeignKeyConstraint(
            ["commune_id", "hamlet_id"],
            ["hamlet.commune_id", "hamlet.id"],
        ),
        sa.ForeignKeyConstraint(
            ["commune_id", "team_id"],
            ["team.commune_id", "team.id"],
        ),
        sa.PrimaryKeyConstraint("commune_id", "team_id", "hamlet_id", "since"),
    )
    op.create_table(
        "daily_total",
        sa.Column("commune_id", sa.String(), nullable=False),
        sa.Column("hamlet_id", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("service", sa.String(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("visits", sa.Integer(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("households", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["commune_id", "hamlet_id"],
            ["hamlet.commune_id", "hamlet.id"],
        ),
        sa.PrimaryKeyConstraint("commune_id", "hamlet_id", "day", "service", "outcome"),
    )
    op.create_index("ix_daily_total_day", "daily_total", ["commune_id", "service", "day"], unique=False)
    op.create_table(
        "household",
        sa.Column("feed_seq", sa.BigInteger(), nullable=False),
        sa.Column("commune_id", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("hamlet_id", sa.String(), nullable=False),
        sa.Column("head_name", sa.String(), nullable=False),
        sa.Column("house_no", sa.String(), nullable=False),
        sa.Column("alley", sa.String(), nullable=False),
        sa.Column("phone", sa.String(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("version", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("merged_into", sa.String(), nullable=True),
        sa.Column("merged_at", Instant(), nullable=True),
        sa.Column("moved_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(
            ["commune_id", "hamlet_id"],
            ["hamlet.commune_id", "hamlet.id"],
        ),
        sa.PrimaryKeyConstraint("commune_id", "id"),
    )
    op.create_index("ix_household_feed", "household", ["commune_id", "hamlet_id", "feed_seq"], unique=False)
    op.create_index(
        "ix_household_merged",
        "household",
        ["commune_id", "merged_into"],
        unique=False,
        sqlite_where=sa.text("merged_into IS NOT NULL"),
        postgresql_where=sa.text("merged_into IS NOT NULL"),
    )
    op.create_table(
        "household_import_row",
        sa.Column("commune_id", sa.String(), nullable=False),
        sa.Column("import_id", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("sheet", sa.String(), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("sentence", sa.String(), nullable=False),
        sa.Column("hamlet_id", sa.String(), nullable=False),
        sa.Column("new_hamlet", sa.String(), nullable=False),
        sa.Column("head_name", sa.String(), nullable=False),
        sa.Column("house_no", sa.String(), nullable=False),
        sa.Column("alley", sa.String(), nullable=False),
        sa.Column("household_id", sa.String(), nullable=True),
        sa.Column("version", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("old", sa.JSON(), nullable=True),
        sa.Column("choice", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["commune_id", "import_id"],
            ["household_import.commune_id", "household_import.id"],
        ),
        sa.PrimaryKeyConstraint("commune_id", "import_id", "number"),
    )
    op.create_index(
        "ix_household_import_row_household",
        "household_import_row",
        ["commune_id", "household_id", "import_id"],
        unique=False,
    )
    op.create_index(
        "ix_household_import_row_kind",
        "household_import_row",
        ["commune_id", "import_id", "kind", "number"],
        unique=False,
    )
    op.create_table(
        "household_month",
        sa.Column("commune_id", sa.String(), nullable=False),
        sa.Column("household_id", sa.String(), nullable=False),
        sa.Column("service", sa.String(), nullable=False),
        sa.Column("month", sa.Integer(), nullable=False),
        sa.Column("hamlet_id", sa.String(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["commune_id", "hamlet_id"],
            ["hamlet.commune_id", "hamlet.id"],
        ),
        sa.PrimaryKeyConstraint("commune_id", "household_id", "service", "month", "hamlet_id"),
    )
    op.create_index(
        "ix_household_month_month",
        "household_month",
        ["commune_id", "service", "month", "household_id", "hamlet_id"],
        unique=False,
    )
    op.create_table(
        "monthly_total",
        sa.Column("commune_id", sa.String(), nullable=False),
        sa.Column("service", sa.String(), nullable=False),
        sa.Column("month", sa.Integer(), nullable=False),
        sa.Column("hamlet_id", sa.String(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("visits", sa.Integer(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["commune_id", "hamlet_id"],
            ["hamlet.commune_id", "hamlet.id"],
        ),
        sa.PrimaryKeyConstraint("commune_id", "service", "month", "hamlet_id", "outcome"),
    )
    op.create_table(
        "closed_period",
        sa.Column("commune_id", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), nullable=False),
        sa.Column("closed_at", Instant(), nullable=False),
        sa.Column("closed_by", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("columns", sa.JSON(), nullable=False),
        sa.Column("rows", sa.JSON(), nullable=False),
        sa.Column("notes", sa.JSON(), nullable=False),
        sa.Column("remarks", sa.JSON(), nullable=False),
        sa.Column("counted", sa.JSON(), nullable=False),
        sa.Column("late", sa.JSON(), nullable=False),
        sa.Column("carried", sa.JSON(), nullable=False),
        sa.Column("reopened_at", Instant(), nullable=True),
        sa.Column("reopened_by", sa.String(), nullable=True),
        sa.Column("reopen_reason", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["commune_id", "closed_by"],
            ["account.commune_id", "account.id"],
        ),
        sa.ForeignKeyConstraint(
            ["commune_id", "reopened_by"],
            ["account.commune_id", "account.id"],
        ),
        sa.ForeignKeyConstraint(
            ["commune_id"],
            ["commune.id"],
        ),
        sa.PrimaryKeyConstraint("commune_id", "id"),
    )
    op.create_index(
        "ix_closed_period",
        "closed_period",
        ["commune_id", "code"],
        unique=True,
        sqlite_where=sa.text("reopened_at IS NULL"),
        postgresql_where=sa.text("reopened_at IS NULL"),
    )
    op.create_table(
        "day_flag",
        sa.Column("commune_id", sa.String(), nullable=False),
        sa.Column("recorded_by", sa.String(), nullable=False),
        sa.Column("counted_on", sa.Date(), nullable=False),
        sa.Column("rule", sa.String(), nullable=False),
        sa.Column("numbers", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["commune_id", "recorded_by"],
            ["account.commune_id", "account.id"],
        ),
        sa.PrimaryKeyConstraint("commune_id", "recorded_by", "counted_on", "rule"),
    )
    op.create_table(
        "decision_batch",
        sa.Column("commune_id", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("made_at", Instant(), nullable=False),
        sa.Column("decided", sa.Integer(), nullable=False),
        sa.Column("skipped", sa.JSON(), nullable=False),
        sa.Column("undone_at", Instant(), nullable=True),
        sa.Column("undone", sa.Integer(), nullable=False),
        sa.Column("skipped_by_undo", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["commune_id", "made_by"],
            ["account.commune_id", "account.id"],
        ),
        sa.PrimaryKeyConstraint("commune_id", "id"),
    )
    op.create_table(
        "device",
        sa.Column("commune_id", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("account_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("installation_id", sa.String(), nullable=True),
        sa.Column("enrolled_at", Instant(), nullable=False),
        sa.Column("revoked_at", Instant(), nullable=True),
        sa.Column("revoked_by", sa.String(), nullable=True),
        sa.Column("next_seq", sa.BigInteger(), nullable=False),
        sa.Column("last_contact_at", Instant(), nullable=True),
        sa.Column("queue_count", sa.BigInteger(), nullable=False),
        sa.Column("queue_oldest_at", Instant(), nullable=True),
        sa.Column("build", sa.String(), nullable=False),
        sa.Column("clock_offset_ms", sa.BigInteger(), nullable=False),
        sa.Column("settled_seq", sa.BigInteger(), nullable=False),
        sa.Column("lost_count", sa.BigInteger(), nullable=False),
        sa.Column("lost_at", Instant(), nullable=True),
        sa.Column("reinstalled_at", Instant(), nullable=True),
        sa.Column("lost_seqs", sa.JSON(), nullable=False),
        sa.Column("abandoned_seqs", sa.JSON(), nullable=False),
        sa.Column("full_since", Instant(), nullable=True),
        sa.Column("reused_count", sa.BigInteger(), nullable=False),
        sa.Column("reused_at", Instant(), nullable=True),
        sa.Column("called_at", Instant(), nullable=True),
        sa.Column("called_by", sa.String(), nullable=True),
        sa.Column("guide_seq", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["commune_id", "account_id"],
            ["account.commune_id", "account.id"],
        ),
        sa.PrimaryKeyConstraint("commune_id", "id"),
    )
    op.create_table(
        "household_merge",
        sa.Column("commune_id", sa.String(), nullable=False),
        sa.Column("losing_id", sa.String(), nullable=False),
        sa.Column("losing_version", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("surviving_id", sa.String(), nullable=False),
        sa.Column("surviving_version", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("losing_state", sa.String(), nullable=False),
        sa.Column("losing_merged_at", Instant(), nullable=True),
        sa.Column("surviving_merged_at", Instant(), nullable=True),
        sa.Column("filled", sa.JSON(), nullable=False),
        sa.Column("moved_visits", sa.JSON(), nullable=False),
        sa.Column("own_visits", sa.JSON(), nullable=False),
        sa.Column("earlier_ids", sa.JSON(), nullable=False),
        sa.Column("merged_by", sa.String(), nullable=False),
        sa.Column("merged_at", Instant(), nullable=False),
        sa.Column("undone_by", sa.String(), nullable=True),
        sa.Column("undone_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(
            ["commune_id", "losing_id"],
            ["household.commune_id", "household.id"],
        ),
        sa.ForeignKeyConstraint(
            ["commune_id", "merged_by"],
            ["account.commune_id", "account.id"],
        ),
        sa.ForeignKeyConstraint(
            ["commune_id", "surviving_id"],
            ["household.commune_id", "household.id"],
        ),
        sa.ForeignKeyConstraint(
            ["commune_id", "undone_by"],
            ["account.commune_id", "account.id"],
        ),
        sa.PrimaryKeyConstraint("commune_id", "losing_id", "losing_version"),
    )
    op.create_table(
        "household_version",
        sa.Column("commune_id", sa.String(), nullable=False),
        sa.Column("household_id", sa.String(), nullable=False),
        sa.Column("version", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("base_version", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("late", sa.JSON(), nullable=False),
        sa.Column("written_by", sa.String(), nullable=True),
        sa.Column("device_id", sa.String(), nullable=True),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("received_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["commune_id", "household_id"],
            ["household.commune_id", "household.id"],
        ),
        sa.PrimaryKeyConstraint("commune_id", "household_id", "version", "seq"),
    )
    op.create_table(
        "invite",
        sa.Column("commune_id", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("account_id", sa.String(), nullable=False),
        sa.Column("code_hash", sa.String(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("expires_at", Instant(), nullable=False),
        sa.Column("used_at", Instant(), nullable=True),
        sa.Column("used_by", sa.String(), nullable=True),
        sa.Column("reusable", sa.Boolean(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["commune_id", "account_id"],
            ["account.commune_id", "account.id"],
        ),
        sa.PrimaryKeyConstraint("commune_id", "id"),
    )
    op.create_index("ix_invite_account", "invite", ["commune_id", "account_id"], unique=False)
    op.create_table(
        "membership",
        sa.Column("commune_id", sa.String(), nullable=False),
        sa.Column("account_id", sa.String(), nullable=False),
        sa.Column("team_id", sa.String(), nullable=False),
        sa.Column("since", Instant(), nullable=False),
        sa.Column("until", Instant(), nullable=True),
        sa.ForeignKeyConstraint(
            ["commune_id", "account_id"],
            ["account.commune_id", "account.id"],
        ),
        sa.ForeignKeyConstraint(
            ["commune_id", "team_id"],
            ["team.commune_id", "team.id"],
        ),
        sa.PrimaryKeyConstraint("commune_id", "account_id", "team_id", "since"),
    )
    op.create_table(
        "not_duplicate",
        sa.Column("commune_id", sa.String(), nullable=False),
        sa.Column("first_id", sa.String(), nullable=False),
        sa.Column("second_id", sa.String(), nullable=False),
        sa.Column("decided_by", sa.String(), nullable=False),
        sa.Column("decided_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["commune_id", "decided_by"],
            ["account.commune_id", "account.id"],
        ),
        sa.ForeignKeyConstraint(
            ["commune_id", "first_id"],
            ["household.commune_id", "household.id"],
        ),
        sa.ForeignKeyConstraint(
            ["commune_id", "second_id"],
            ["household.commune_id", "household.id"],
        ),
        sa.PrimaryKeyConstraint("commune_id", "first_id", "second_id"),
    )
    op.create_table(
        "outreach_session",
        sa.Column("feed_seq", sa.BigInteger(), nullable=False),
        sa.Column("commune_id", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("hamlet_id", sa.String(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("counted_on", sa.Date(), nullable=False),
        sa.Column("services", sa.JSON(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=True),
        sa.Column("recorded_by", sa.String(), nullable=False),
        sa.Column("device_id", sa.String(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("occurred_at", Instant(), nullable=False),
        sa.Column("happened_at", Instant(), nullable=False),
        sa.Column("received_at", Instant(), nullable=False),
        sa.Column("version", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("withdrawn_at", Instant(), nullable=True),
        sa.Column("withdrawn_by", sa.String(), nullable=True),
        sa.Column("withdrawn_reason", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["commune_id", "hamlet_id"],
            ["hamlet.commune_id", "hamlet.id"],
        ),
        sa.ForeignKeyConstraint(
            ["commune_id", "recorded_by"],
            ["account.commune_id", "account.id"],
        ),
        sa.ForeignKeyConstraint(
            ["commune_id", "withdrawn_by"],
            ["account.commune_id", "account.id"],
        ),
        sa.PrimaryKeyConstraint("commune_id", "id"),
    )
    op.create_index(
        "ix_outreach_session_day",
        "outreach_session",
        ["commune_id", "counted_on", "hamlet_id"],
        unique=False,
        sqlite_where=sa.text("withdrawn_at IS NULL"),
        postgresql_where=sa.text("withdrawn_at IS NULL"),
    )
    op.create_index(
        "ix_outreach_session_feed", "outreach_session", ["commune_id", "hamlet_id", "feed_seq"], unique=False
    )
    op.create_table(
        "remark",
        sa.Column("feed_seq", sa.BigInteger(), nullable=False),
        sa.Column("written_by", sa.String(), nullable=False),
        sa.Column("commune_id", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("about_on", sa.Date(), nullable=False),
        sa.Column("counted_on", sa.Date(), nullable=False),
        sa.Column("device_id", sa.String(), nullable=True),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("occurred_at", Instant(), nullable=False),
        sa.Column("received_at", Instant(), nullable=False),
        sa.Column("version", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("changed_at", Instant(), nullable=True),
        sa.Column("withdrawn_at", Instant(), nullable=True),
        sa.Column("withdrawn_by", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["commune_id", "withdrawn_by"],
            ["account.commune_id", "account.id"],
        ),
        sa.ForeignKeyConstraint(
            ["commune_id", "written_by"],
            ["account.commune_id", "account.id"],
        ),
        sa.PrimaryKeyConstraint("commune_id", "id"),
    )
    op.create_index("ix_remark_day", "remark", ["commune_id", "counted_on"], unique=False)
    op.create_index("ix_remark_feed", "remark", ["commune_id", "written_by", "feed_seq"], unique=False)
    op.create_table(
        "saved_filter",
        sa.Column("commune_id", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("account_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("query", sa.String(), nullable=False),
        sa.Column("saved_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["commune_id", "account_id"],
            ["account.commune_id", "account.id"],
        ),
        sa.PrimaryKeyConstraint("commune_id", "id"),
        sa.UniqueConstraint("commune_id", "account_id", "name"),
    )
    op.create_table(
        "sign_in_name",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("commune_id", sa.String(), nullable=True),
        sa.Column("account_id", sa.String(), nullable=True),
        sa.Column("password_hash", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["commune_id", "account_id"],
            ["account.commune_id", "account.id"],
        ),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "sign_in_session",
        sa.Column("commune_id", sa.String(), nullable=False),
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("account_id", sa.String(), nullable=False),
        sa.Column("device_id", sa.String(), nullable=True),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("expires_at", Instant(), nullable=False),
        sa.Column("browser", sa.String(), nullable=False),
        sa.Column("last_used_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(
            ["commune_id", "account_id"],
            ["account.commune_id", "account.id"],
        ),
        sa.PrimaryKeyConstraint("commune_id", "token_hash"),
    )
    op.create_table(
        "visit",
        sa.Column("feed_seq", sa.BigInteger(), nullable=False),
        sa.Column("commune_id", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("household_id", sa.String(), nullable=False),
        sa.Column("hamlet_id", sa.String(), nullable=False),
        sa.Column("recorded_by", sa.String(), nullable=False),
        sa.Column("device_id", sa.String(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("occurred_at", Instant(), nullable=False),
        sa.Column("happened_at", Instant(), nullable=False),
        sa.Column("received_at", Instant(), nullable=False),
        sa.Column("counted_on", sa.Date(), nullable=False),
        sa.Column("result", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("follow_up_on", sa.Date(), nullable=True),
        sa.Column("needs", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("dropped_needs", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("quick", sa.Boolean(), nullable=False),
        sa.Column("version", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("withdrawn_at", Instant(), nullable=True),
        sa.Column("entered_by", sa.String(), nullable=True),
        sa.Column("withdrawn_by", sa.String(), nullable=True),
        sa.Column("review_state", sa.String(), nullable=False),
        sa.Column("review_reason", sa.String(), nullable=False),
        sa.Column("review_field", sa.String(), nullable=False),
        sa.Column("review_note", sa.String(), nullable=False),
        sa.Column("reviewed_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(
            ["commune_id", "entered_by"],
            ["account.commune_id", "account.id"],
        ),
        sa.ForeignKeyConstraint(
            ["commune_id", "hamlet_id"],
            ["hamlet.commune_id", "hamlet.id"],
        ),
        sa.ForeignKeyConstraint(
            ["commune_id", "household_id"],
            ["household.commune_id", "household.id"],
        ),
        sa.ForeignKeyConstraint(
            ["commune_id", "recorded_by"],
            ["account.commune_id", "account.id"],
        ),
        sa.ForeignKeyConstraint(
            ["commune_id", "withdrawn_by"],
            ["account.commune_id", "account.id"],
        ),
        sa.PrimaryKeyConstraint("commune_id", "id"),
    )
    op.create_index(
        "ix_visit_by_author",
        "visit",
        ["commune_id", "recorded_by", "received_at", "counted_on"],
        unique=False,
        sqlite_where=sa.text("withdrawn_at IS NULL"),
        postgresql_where=sa.text("withdrawn_at IS NULL"),
    )
    op.create_index("ix_visit_feed", "visit", ["commune_id", "hamlet_id", "feed_seq"], unique=False)
    op.create_index("ix_visit_household", "visit", ["commune_id", "household_id", "counted_on"], unique=False)
    op.create_index(
        "ix_visit_in_hamlet",
        "visit",
        ["commune_id", "hamlet_id", "received_at"],
        unique=False,
        sqlite_where=sa.text("withdrawn_at IS NULL"),
        postgresql_where=sa.text("withdrawn_at IS NULL"),
    )
    op.create_index(
        "ix_visit_newest",
        "visit",
        ["commune_id", "received_at", "counted_on"],
        unique=False,
        sqlite_where=sa.text("withdrawn_at IS NULL"),
        postgresql_where=sa.text("withdrawn_at IS NULL"),
    )
    op.create_index(
        "ix_visit_open",
        "visit",
        [
            "commune_id",
            "review_state",
            "received_at",
            "hamlet_id",
            "recorded_by",
            "counted_on",
            "household_id",
            "reviewed_at",
        ],
        unique=False,
        sqlite_where=sa.text(
            "withdrawn_at IS NULL AND (review_state = 'received' OR review_state = 'returned')"
        ),
        postgresql_where=sa.text(
            "withdrawn_at IS NULL AND (review_state = 'received' OR review_state = 'returned')"
        ),
    )
    op.create_index(
        "ix_visit_withdrawn",
        "visit",
        ["commune_id", "received_at"],
        unique=False,
        sqlite_where=sa.text("withdrawn_at IS NOT NULL"),
        postgresql_where=sa.text("withdrawn_at IS NOT NULL"),
    )
    op.create_table(
        "visit_sample",
        sa.Column("commune_id", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("drawn_by", sa.String(), nullable=False),
        sa.Column("drawn_at", Instant(), nullable=False),
        sa.Column("percent", sa.Integer(), nullable=False),
        sa.Column("seed", sa.BigInteger(), nullable=False),
        sa.Column("visits", sa.Integer(), nullable=False),
        sa.Column("chosen", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["commune_id", "drawn_by"],
            ["account.commune_id", "account.id"],
        ),
        sa.PrimaryKeyConstraint("commune_id", "id"),
    )
    op.create_table(
        "call_record",
        sa.Column("commune_id", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("account_id", sa.String(), nullable=False),
        sa.Column("device_id", sa.String(), nullable=True),
        sa.Column("called_by", sa.String(), nullable=False),
        sa.Column("called_at", Instant(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["commune_id", "account_id"],
            ["account.commune_id", "account.id"],
        ),
        sa.ForeignKeyConstraint(
            ["commune_id", "called_by"],
            ["account.commune_id", "account.id"],
        ),
        sa.ForeignKeyConstraint(
            ["commune_id", "device_id"],
            ["device.commune_id", "device.id"],
        ),
        sa.PrimaryKeyConstraint("commune_id", "id"),
    )
    op.create_index(
        "ix_call_record_account", "call_record", ["commune_id", "account_id", "called_at"], unique=False
    )
    op.create_index(
        "ix_call_record_device", "call_record", ["commune_id", "device_id", "called_at"], unique=False
    )
    op.create_table(
        "decision",
        sa.Column("commune_id", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("visit_id", sa.String(), nullable=False),
        sa.Column("visit_version", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("field", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("decided_by", sa.String(), nullable=False),
        sa.Column("decided_at", Instant(), nullable=False),
        sa.Column("batch_id", sa.String(), nullable=True),
        sa.Column("earlier", sa.JSON(), nullable=True),
        sa.Column("undo", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["commune_id", "batch_id"],
            ["decision_batch.commune_id", "decision_batch.id"],
            name="fk_decision_batch",
        ),
        sa.ForeignKeyConstraint(
            ["commune_id", "decided_by"],
            ["account.commune_id", "account.id"],
        ),
        sa.ForeignKeyConstraint(
            ["commune_id", "visit_id"],
            ["visit.commune_id", "visit.id"],
        ),
        sa.PrimaryKeyConstraint("commune_id", "id"),
    )
    op.create_index("ix_decision_batch", "decision", ["commune_id", "batch_id"], unique=False)
    op.create_index("ix_decision_visit", "decision", ["commune_id", "visit_id"], unique=False)
    op.create_table(
        "follow_up",
        sa.Column("feed_seq", sa.BigInteger(), nullable=False),
        sa.Column("commune_id", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("household_id", sa.String(), nullable=False),
        sa.Column("hamlet_id", sa.String(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("closed_by", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["commune_id", "household_id"],
            ["household.commune_id", "household.id"],
        ),
        sa.ForeignKeyConstraint(
            ["commune_id", "id"],
            ["visit.commune_id", "visit.id"],
        ),
        sa.PrimaryKeyConstraint("commune_id", "id"),
    )
    op.create_index("ix_follow_up_feed", "follow_up", ["commune_id", "hamlet_id", "feed_seq"], unique=False)
    op.create_index("ix_follow_up_household", "follow_up", ["commune_id", "household_id"], unique=False)
    op.create_index(
        "ix_follow_up_open",
        "follow_up",
        ["commune_id", "due_on"],
        unique=False,
        sqlite_where=sa.text("closed_by IS NULL"),
        postgresql_where=sa.text("closed_by IS NULL"),
    )
    op.create_table(
        "household_need",
        sa.Column("commune_id", sa.String(), nullable=False),
        sa.Column("household_id", sa.String(), nullable=False),
        sa.Column("service", sa.String(), nullable=False),
        sa.Column("visit_id", sa.String(), nullable=False),
        sa.Column("hamlet_id", sa.String(), nullable=False),
        sa.Column("asked_on", sa.Date(), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("closed_by", sa.String(), nullable=True),
        sa.Column("dropped", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["commune_id", "hamlet_id"],
            ["hamlet.commune_id", "hamlet.id"],
        ),
        sa.ForeignKeyConstraint(
            ["commune_id", "household_id"],
            ["household.commune_id", "household.id"],
        ),
        sa.ForeignKeyConstraint(
            ["commune_id", "visit_id"],
            ["visit.commune_id", "visit.id"],
        ),
        sa.PrimaryKeyConstraint("commune_id", "household_id", "service", "visit_id"),
    )
    op.create_index(
        "ix_household_need_days",
        "household_need",
        ["commune_id", "asked_on", "closed_on", "hamlet_id"],
        unique=False,
    )
    op.create_index(
        "ix_household_need_open",
        "household_need",
        ["commune_id", "asked_on"],
        unique=False,
        sqlite_where=sa.text("closed_on IS NULL"),
        postgresql_where=sa.text("closed_on IS NULL"),
    )
    op.create_table(
        "ledger",
        sa.Column("commune_id", sa.String(), nullable=False),
        sa.Column("op_id", sa.String(), nullable=False),
        sa.Column("payload_hash", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("record_id", sa.String(), nullable=False),
        sa.Column("version", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("device_id", sa.String(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("received_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["commune_id", "device_id"],
            ["device.commune_id", "device.id"],
        ),
        sa.PrimaryKeyConstraint("commune_id", "op_id"),
    )
    op.create_index("ix_ledger_device", "ledger", ["commune_id", "device_id", "seq"], unique=False)
    op.create_table(
        "one_time_link",
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("sign_in_name", sa.String(), nullable=True),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("expires_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["sign_in_name"],
            ["sign_in_name.name"],
        ),
        sa.PrimaryKeyConstraint("token_hash"),
    )
    op.create_index(op.f("ix_one_time_link_sign_in_name"), "one_time_link", ["sign_in_name"], unique=False)
    op.create_table(
        "operator",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("sign_in_name", sa.String(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("disabled_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(
            ["sign_in_name"],
            ["sign_in_name.name"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("sign_in_name"),
    )
    op.create_table(
        "outreach_version",
        sa.Column("commune_id", sa.String(), nullable=False),
        sa.Column("session_id", sa.String(), nullable=False),
        sa.Column("version", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.Column("device_id", sa.String(), nullable=True),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("received_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["commune_id", "session_id"],
            ["outreach_session.commune_id", "outreach_session.id"],
        ),
        sa.PrimaryKeyConstraint("commune_id", "session_id", "version", "seq"),
    )
    op.create_table(
        "quarantined",
        sa.Column("commune_id", sa.String(), nullable=False),
        sa.Column("op_id", sa.String(), nullable=False),
        sa.Column("payload_hash", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("missing_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("record_id", sa.String(), nullable=False),
        sa.Column("payload", sa.String(), nullable=False),
        sa.Column("account_id", sa.String(), nullable=False),
        sa.Column("device_id", sa.String(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("epoch", sa.String(), nullable=True),
        sa.Column("acked_version", sa.BigInteger(), nullable=True),
        sa.Column("clock_offset_ms", sa.BigInteger(), nullable=False),
        sa.Column("received_at", Instant(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("decided_by", sa.String(), nullable=True),
        sa.Column("decided_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(
            ["commune_id", "account_id"],
            ["account.commune_id", "account.id"],
        ),
        sa.ForeignKeyConstraint(
            ["commune_id", "device_id"],
            ["device.commune_id", "device.id"],
        ),
        sa.PrimaryKeyConstraint("commune_id", "op_id", "payload_hash"),
    )
    op.create_index("ix_quarantined_device", "quarantined", ["commune_id", "device_id", "seq"], unique=False)
    op.create_index("ix_quarantined_open", "quarantined", ["commune_id", "state", "missing_id"], unique=False)
    op.create_table(
        "refused_operation",
        sa.Column("commune_id", sa.String(), nullable=False),
        sa.Column("op_id", sa.String(), nullable=False),
        sa.Column("device_id", sa.String(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("payload", sa.String(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("received_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["commune_id", "device_id"],
            ["device.commune_id", "device.id"],
        ),
        sa.PrimaryKeyConstraint("commune_id", "op_id"),
    )
    op.create_index(
        "ix_refused_device", "refused_operation", ["commune_id", "device_id", "seq"], unique=False
    )
    op.create_index("ix_refused_received", "refused_operation", ["received_at"], unique=False)
    op.create_table(
        "remark_version",
        sa.Column("commune_id", sa.String(), nullable=False),
        sa.Column("remark_id", sa.String(), nullable=False),
        sa.Column("version", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.Column("device_id", sa.String(), nullable=True),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("received_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["commune_id", "remark_id"],
            ["remark.commune_id", "remark.id"],
        ),
        sa.PrimaryKeyConstraint("commune_id", "remark_id", "version", "seq"),
    )
    op.create_table(
        "sampled_visit",
        sa.Column("commune_id", sa.String(), nullable=False),
        sa.Column("sample_id", sa.String(), nullable=False),
        sa.Column("visit_id", sa.String(), nullable=False),
        sa.Column("chosen", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["commune_id", "sample_id"], ["visit_sample.commune_id", "visit_sample.id"], ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["commune_id", "visit_id"],
            ["visit.commune_id", "visit.id"],
        ),
        sa.PrimaryKeyConstraint("commune_id", "sample_id", "visit_id"),
    )
    op.create_table(
        "settled_loss",
        sa.Column("commune_id", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("device_id", sa.String(), nullable=False),
        sa.Column("lost_seqs", sa.JSON(), nullable=False),
        sa.Column("lost_at", Instant(), nullable=True),
        sa.Column("reinstalled_at", Instant(), nullable=True),
        sa.Column("reused_count", sa.BigInteger(), nullable=False),
        sa.Column("settled_by", sa.String(), nullable=False),
        sa.Column("settled_at", Instant(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["commune_id", "device_id"],
            ["device.commune_id", "device.id"],
        ),
        sa.ForeignKeyConstraint(
            ["commune_id", "settled_by"],
            ["account.commune_id", "account.id"],
        ),
        sa.PrimaryKeyConstraint("commune_id", "id"),
    )
    op.create_table(
        "visit_flag",
        sa.Column("commune_id", sa.String(), nullable=False),
        sa.Column("visit_id", sa.String(), nullable=False),
        sa.Column("rule", sa.String(), nullable=False),
        sa.Column("recorded_by", sa.String(), nullable=False),
        sa.Column("counted_on", sa.Date(), nullable=False),
        sa.Column("undecided", sa.Boolean(), nullable=False),
        sa.Column("numbers", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["commune_id", "visit_id"], ["visit.commune_id", "visit.id"], ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("commune_id", "visit_id", "rule"),
    )
    op.create_index(
        "ix_visit_flag_undecided",
        "visit_flag",
        ["commune_id", "counted_on", "recorded_by", "rule", "visit_id"],
        unique=False,
        sqlite_where=sa.text("undecided"),
        postgresql_where=sa.text("undecided"),
    )
    op.create_table(
        "visit_service",
        sa.Column("commune_id", sa.String(), nullable=False),
        sa.Column("visit_id", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["commune_id", "visit_id"],
            ["visit.commune_id", "visit.id"],
        ),
        sa.PrimaryKeyConstraint("commune_id", "visit_id", "code"),
    )
    op.create_table(
        "visit_version",
        sa.Column("commune_id", sa.String(), nullable=False),
        sa.Column("visit_id", sa.String(), nullable=False),
        sa.Column("version", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.Column("device_id", sa.String(), nullable=True),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("received_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["commune_id", "visit_id"],
            ["visit.commune_id", "visit.id"],
        ),
        sa.PrimaryKeyConstraint("commune_id", "visit_id", "version", "seq"),
    )
    op.create_table(
        "operator_session",
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("operator_id", sa.String(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("expires_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["operator_id"],
            ["operator.id"],
        ),
        sa.PrimaryKeyConstraint("token_hash"),
    )
    op.create_index(
        op.f("ix_operator_session_operator_id"), "operator_session", ["operator_id"], unique=False
    )


def downgrade() -> None:
    op.drop_index(op.f("ix_operator_session_operator_id"), table_name="operator_session")
    op.drop_table("operator_session")
    op.drop_table("visit_version")
    op.drop_table("visit_service")
    op.drop_index(
        "ix_visit_flag_undecided",
        table_name="visit_flag",
        sqlite_where=sa.text("undecided"),
        postgresql_where=sa.text("undecided"),
    )
    op.drop_table("visit_flag")
    op.drop_table("settled_loss")
    op.drop_table("sampled_visit")
    op.drop_table("remark_version")
    op.drop_index("ix_refused_received", table_name="refused_operation")
    op.drop_index("ix_refused_device", table_name="refused_operation")
    op.drop_table("refused_operation")
    op.drop_index("ix_quarantined_open", table_name="quarantined")
    op.drop_index("ix_quarantined_device", table_name="quarantined")
    op.drop_table("quarantined")
    op.drop_table("outreach_version")
    op.drop_table("operator")
    op.drop_index(op.f("ix_one_time_link_sign_in_name"), table_name="one_time_link")
    op.drop_table("one_time_link")
    op.drop_index("ix_ledger_device", table_name="ledger")
    op.drop_table("ledger")
    op.drop_index(
        "ix_household_need_open",
        table_name="household_need",
        sqlite_where=sa.text("closed_on IS NULL"),
        postgresql_where=sa.text("closed_on IS NULL"),
    )
    op.drop_index("ix_household_need_days", table_name="household_need")
    op.drop_table("household_need")
    op.drop_index(
        "ix_follow_up_open",
        table_name="follow_up",
        sqlite_where=sa.text("closed_by IS NULL"),
        postgresql_where=sa.text("closed_by IS NULL"),
    )
    op.drop_index("ix_follow_up_household", table_name="follow_up")
    op.drop_index("ix_follow_up_feed", table_name="follow_up")
    op.drop_table("follow_up")
    op.drop_index("ix_decision_visit", table_name="decision")
    op.drop_index("ix_decision_batch", table_name="decision")
    op.drop_table("decision")
    op.drop_index("ix_call_record_device", table_name="call_record")
    op.drop_index("ix_call_record_account", table_name="call_record")
    op.drop_table("call_record")
    op.drop_table("visit_sample")
    op.drop_index(
        "ix_visit_withdrawn",
        table_name="visit",
        sqlite_where=sa.text("withdrawn_at IS NOT NULL"),
        postgresql_where=sa.text("withdrawn_at IS NOT NULL"),
    )
    op.drop_index(
        "ix_visit_open",
        table_name="visit",
        sqlite_where=sa.text(
            "withdrawn_at IS NULL AND (review_state = 'received' OR review_state = 'returned')"
        ),
        postgresql_where=sa.text(
            "withdrawn_at IS NULL AND (review_state = 'received' OR review_state = 'returned')"
        ),
    )
    op.drop_index(
        "ix_visit_newest",
        table_name="visit",
        sqlite_where=sa.text("withdrawn_at IS NULL"),
        postgresql_where=sa.text("withdrawn_at IS NULL"),
    )
    op.drop_index(
        "ix_visit_in_hamlet",
        table_name="visit",
        sqlite_where=sa.text("withdrawn_at IS NULL"),
        postgresql_where=sa.text("withdrawn_at IS NULL"),
    )
    op.drop_index("ix_visit_household", table_name="visit")
    op.drop_index("ix_visit_feed", table_name="visit")
    op.drop_index(
        "ix_visit_by_author",
        table_name="visit",
        sqlite_where=sa.text("withdrawn_at IS NULL"),
        postgresql_where=sa.text("withdrawn_at IS NULL"),
    )
    op.drop_table("visit")
    op.drop_table("sign_in_session")
    op.drop_table("sign_in_name")
    op.drop_table("saved_filter")
    op.drop_index("ix_remark_feed", table_name="remark")
    op.drop_index("ix_remark_day", table_name="remark")
    op.drop_table("remark")
    op.drop_index("ix_outreach_session_feed", table_name="outreach_session")
    op.drop_index(
        "ix_outreach_session_day",
        table_name="outreach_session",
        sqlite_where=sa.text("withdrawn_at IS NULL"),
        postgresql_where=sa.text("withdrawn_at IS NULL"),
    )
    op.drop_table("outreach_session")
    op.drop_table("not_duplicate")
    op.drop_table("membership")
    op.drop_index("ix_invite_account", table_name="invite")
    op.drop_table("invite")
    op.drop_table("household_version")
    op.drop_table("household_merge")
    op.drop_table("device")
    op.drop_table("decision_batch")
    op.drop_table("day_flag")
    op.drop_index(
        "ix_closed_period",
        table_name="closed_period",
        sqlite_where=sa.text("reopened_at IS NULL"),
        postgresql_where=sa.text("reopened_at IS NULL"),
    )
    op.drop_table("closed_period")
    op.drop_table("monthly_total")
    op.drop_index("ix_household_month_month", table_name="household_month")
    op.drop_table("household_month")
    op.drop_index("ix_household_import_row_kind", table_name="household_import_row")
    op.drop_index("ix_household_import_row_household", table_name="household_import_row")
    op.drop_table("household_import_row")
    op.drop_index(
        "ix_household_merged",
        table_name="household",
        sqlite_where=sa.text("merged_into IS NOT NULL"),
        postgresql_where=sa.text("merged_into IS NOT NULL"),
    )
    op.drop_index("ix_household_feed", table_name="household")
    op.drop_table("household")
    op.drop_index("ix_daily_total_day", table_name="daily_total")
    op.drop_table("daily_total")
    op.drop_table("assignment")
    op.drop_index("ix_account_phone", table_name="account")
    op.drop_table("account")
    op.drop_table("team")
    op.drop_table("service")
    op.drop_index("ix_household_import_created", table_name="household_import")
    op.drop_table("household_import")
    op.drop_table("hamlet")
    op.drop_index("ix_guide_feed", table_name="guide")
    op.drop_table("guide")
    op.drop_table("export_key")
    op.drop_table("day_off")
    op.drop_table("commune_settings")
    op.drop_index(op.f("ix_commune_province_code"), table_name="commune")
    op.drop_table("commune")
    op.drop_table("visited_household")
    op.drop_index("ix_tombstone_feed", table_name="tombstone")
    op.drop_table("tombstone")
    op.drop_index("ix_sign_in_failure_since", table_name="sign_in_failure")
    op.drop_table("sign_in_failure")
    op.drop_table("server_epoch")
    op.drop_table("province")
    op.drop_table("open_visits")
    op.drop_table("known_browser")
    op.drop_table("id_key")
    op.drop_table("feed_counter")
    op.drop_table("desk_entry")
    op.drop_table("daily_job")
    op.drop_table("backup_run")
