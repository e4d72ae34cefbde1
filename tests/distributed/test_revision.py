"""A revision on a cluster: its new tables are where they belong, and it changes those that are there."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command

from app.core.db import Database
from app.upkeep.migrations import VERSIONS, config
from tests.distributed.content import Distributed
from tests.world import World

REVISION = '''
"""Add what a revision adds."""
import sqlalchemy as sa
from alembic import op

revision = "9000"
down_revision = "{before}"


def upgrade():
    op.create_table(
        "visit_photo",
        sa.Column("commune_id", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("visit_id", sa.String(), nullable=False, index=True),
        sa.ForeignKeyConstraint(["commune_id", "visit_id"], ["visit.commune_id", "visit.id"]),
        sa.ForeignKeyConstraint(["commune_id"], ["commune.id"]),
        sa.PrimaryKeyConstraint("commune_id", "id"),
    )
    op.create_table(
        "commune_notice",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("commune_id", sa.String(), sa.ForeignKey("commune.id"), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_visit_photo_id", "visit_photo", ["commune_id", "visit_id", "id"])
    op.add_column("visit", sa.Column("photos", sa.Integer(), nullable=True))
    op.execute("UPDATE visit SET photos = 0")
    with op.batch_alter_table("visit") as batch:
        batch.alter_column("photos", existing_type=sa.Integer(), nullable=False, server_default="0")


def downgrade():
    with op.batch_alter_table("visit") as batch:
        batch.drop_column("photos")
    op.drop_table("commune_notice")
    op.drop_table("visit_photo")
'''
_WHERE = "SELECT citus_table_type FROM citus_tables WHERE table_name::text = '{}'"
_KEYS = """
    SELECT confrelid::regclass::text FROM pg_constraint WHERE contype = 'f' AND conrelid = '{}'::regclass
"""


@pytest.fixture
def versions(tmp_path: Path) -> Path:
    """The revisions, and one more."""
    folder = Path(shutil.copytree(VERSIONS, tmp_path / "v", ignore=shutil.ignore_patterns("__pycache__")))
    before = max(int(file.name[:4]) for file in folder.glob("*.py"))
    (folder / "9000_add.py").write_text(REVISION.format(before=f"{before:04d}").lstrip())
    return folder


@pytest.fixture
def upgraded(
    world: World, database: Database, versions: Path, distributed: Distributed
) -> Iterator[Distributed]:
    """The cluster after the revision, which is undone afterwards."""
    settings = config(database, versions)
    command.upgrade(settings, "head")
    yield distributed
    command.downgrade(settings, "-1")


def test_new_tables_are_where_they_belong_and_have_their_keys(upgraded: Distributed, world: World) -> None:
    coordinator = upgraded.cluster.coordinator
    assert coordinator.ask(_WHERE.format("visit_photo")) == [("distributed",)]
    assert coordinator.ask(_WHERE.format("commune_notice")) in ([], [("local",)])
    assert sorted(coordinator.ask(_KEYS.format("visit_photo"))) == [("commune",), ("visit",)]
    assert coordinator.ask(_KEYS.format("commune_notice")) == [("commune",)]
    of_commune = f"FROM visit JOIN visit_photo USING (commune_id) WHERE commune_id = '{world.commune_id}'"
    assert coordinator.ask(f"SELECT count(*), count(photos) {of_commune}") == [(0, 0)]


def test_downgrade_removes_them(upgraded: Distributed, database: Database, versions: Path) -> None:
    settings = config(database, versions)
    command.downgrade(settings, "-1")
    assert upgraded.cluster.coordinator.ask("SELECT to_regclass('visit_photo')") == [(None,)]
    command.upgrade(settings, "head")
