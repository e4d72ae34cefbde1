"""Writes the next revision from how the models differ from the newest one. `make migration NAME=…`."""

import re
import subprocess
import sys
from collections.abc import Iterable
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

from alembic import command
from alembic.operations import ops
from alembic.runtime.migration import MigrationContext
from alembic.script import Script, ScriptDirectory
from sqlalchemy import MetaData

from app.core.db import Database
from app.upkeep.migrations import config, tables
from app.upkeep.migrations.rendering import remove_markers, take_indexes_out_of_batches

_SLUG = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
MAX_NAME = 40  # characters: Alembic truncates a longer one


class RevisionRefused(Exception):  # noqa: N818 - a fact, named as such
    """No revision was written; the message says why."""


def write_revision(name: str, versions: Path | None = None, metadata: MetaData = tables.METADATA) -> Path:
    """Write `NNNN_name.py` beside the other revisions. Raises `RevisionRefused`."""
    if len(name) > MAX_NAME or not _SLUG.fullmatch(name):
        raise RevisionRefused(
            f"The name is up to {MAX_NAME} small letters, digits and underscores, such as add_visit_photo."
        )
    with TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{folder}/schema.sqlite3")
        try:
            return _write(database, name, versions, metadata)
        finally:
            database.close()


def _write(database: Database, name: str, versions: Path | None, metadata: MetaData) -> Path:
    settings = config(database, versions, metadata)
    revisions = list(ScriptDirectory.from_config(settings).walk_revisions())
    if any(Path(one.path).stem == f"{one.revision}_{name}" for one in revisions):
        raise RevisionRefused(f"There is a revision named {name} already.")
    command.upgrade(settings, "head")
    number = max((int(one.revision) for one in revisions), default=0) + 1
    script = command.revision(
        settings, name, autogenerate=True, rev_id=f"{number:04d}", process_revision_directives=_prepare
    )
    if not isinstance(script, Script):
        raise RevisionRefused("The models have nothing that the newest revision does not have.")
    file = Path(script.path)
    remove_markers(file)
    _format(file)
    return file


def _prepare(
    _context: MigrationContext,
    _revision: str | Iterable[str | None] | Iterable[str],
    directives: list[ops.MigrationScript],
) -> None:
    (script,) = directives
    if script.upgrade_ops is None or script.downgrade_ops is None or script.upgrade_ops.is_empty():
        directives.clear()
        return
    take_indexes_out_of_batches(script.upgrade_ops)
    take_indexes_out_of_batches(script.downgrade_ops)


def _format(file: Path) -> None:
    """Format the file, if ruff is installed: only developers have it."""
    if find_spec("ruff"):
        subprocess.run([sys.executable, "-m", "ruff", "format", "--quiet", str(file)], check=True)


def main(arguments: list[str]) -> str | int:
    """Write the revision; returns exit code 0, or a sentence that says why there is none."""
    try:
        file = write_revision(" ".join(arguments))
    except RevisionRefused as refusal:
        return str(refusal)
    print(f"Wrote {file}. Read it before you commit it.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
