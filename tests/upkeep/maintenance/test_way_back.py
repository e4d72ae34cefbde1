"""After a bad upgrade: the program before it, the backup made before it, and what phones sent since."""

import shutil
from pathlib import Path

import pytest
from sqlmodel import select

from app.fieldwork.visits.models import Visit
from app.upkeep import migrations
from app.upkeep.maintenance.check import check
from app.upkeep.migrations import VERSIONS, schema_state, upgrade
from tests.operator import run_forked
from tests.phone import Phone
from tests.upkeep.maintenance.conftest import Instance, heal, send
from tests.world import World


def newer_versions(folder: Path) -> Path:
    """The revisions of a newer program, which renames a column that the one before uses."""
    versions = Path(shutil.copytree(VERSIONS, folder / "versions"))
    newest = max(one.stem[:4] for one in versions.glob("*.py"))
    (versions / "9000_bad.py").write_text(
        f"from alembic import op\nrevision = '9000'\ndown_revision = '{newest}'\n"
        "def upgrade() -> None:\n"
        "    with op.batch_alter_table('saved_filter') as table:\n"
        "        table.alter_column('name', new_column_name='label')\n"
        "def downgrade() -> None:\n    pass\n"
    )
    return versions


def test_way_back_after_a_bad_upgrade_loses_no_visit(
    instance: Instance, lan: Phone, world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = {"TUNGNHA_DATA_DIR": str(tmp_path), "TUNGNHA_MODE": instance.settings.mode}
    before = send(lan, lan.visit(world.duc))
    instance.back_up()
    with monkeypatch.context() as upgraded:
        upgraded.setattr(migrations, "VERSIONS", newer_versions(tmp_path))
        upgrade(instance.database)
        since = send(lan, lan.visit(world.mai), lan.visit(world.duc))
    assert [result["status"] for _op, result in since] == ["applied", "applied"]
    waiting = lan.visit(world.mai)
    assert schema_state(instance.database) == "newer"
    refused = run_forked(instance.settings.database, "load-areas", **settings)
    assert (refused.returncode, "of a newer version" in refused.stderr) == (2, True)
    assert instance.browser().get("/readyz").status_code == 503

    restored = instance.restore()
    assert restored.previous_database
    assert schema_state(instance.database) == "newest"
    assert [result["status"] for result in heal(lan, before + since)] == ["duplicate", "applied", "applied"]
    assert [result["status"] for result in lan.exchange(waiting)["results"]] == ["applied"]
    stored = instance.database.read(lambda session: session.exec(select(Visit.id)).all())
    assert sorted(stored) == sorted(op["data"]["id"] for op in [*(op for op, _ in before + since), waiting])
    assert not any(one.problems for one in check(instance.database))


def test_upgrade_that_fails_leaves_the_database_to_the_program_before(
    instance: Instance, lan: Phone, world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    versions = newer_versions(tmp_path)
    file = versions / "9000_bad.py"
    file.write_text(file.read_text().replace("def downgrade", "    raise OSError('no room')\ndef downgrade"))
    with monkeypatch.context() as upgraded:
        upgraded.setattr(migrations, "VERSIONS", versions)
        with pytest.raises(OSError, match="no room"):
            upgrade(instance.database)
    assert schema_state(instance.database) == "newest"
    assert [result["status"] for _op, result in send(lan, lan.visit(world.duc))] == ["applied"]
