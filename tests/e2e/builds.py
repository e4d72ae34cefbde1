"""Copies of the project with small changes, built: the next version of the app, and the next release."""

import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from tests.e2e.server import ROOT

PARTS = ("app", "static", "templates", "service_worker")
GREETING, NEXT_GREETING = "Xin chào", "Chào buổi mới"
READ_AS_NEXT = "; đọc theo bản mới"  # what the next release's upcast adds to a note


class Change(NamedTuple):
    """A text of a file, and what the copy has instead."""

    file: str
    text: str
    replacement: str


_GREETING = Change("templates/field/today.html", GREETING, NEXT_GREETING)
# `visit.record` is version 3, and reads version 2 in a way that can be seen.
_UPCAST = Change(
    "app/sync/wire/upcasts.py",
    '    ("visit.amend", 1): _unchanged,\n',
    '    ("visit.amend", 1): _unchanged,\n    ("visit.record", 2): lambda data: data | {"note": data["note"]'
    f' + "{READ_AS_NEXT}"}},\n',
)
_RELEASE = (
    _GREETING,
    Change(
        "app/sync/applying/operations.py",
        '"visit.record": _handler(Visit, visits.RecordVisit, visits.record, v=2),',
        '"visit.record": Handler(Visit, visits.RecordVisit, lambda batch, author, data:'
        " visits.record(batch, author, validate(visits.RecordVisit, data)), 3),",
    ),
    Change("static/field/core/protocol.ts", '"visit.record": 2,', '"visit.record": 3,'),
    # The phone's databases have one more store.
    Change(
        "static/field/store/db.ts",
        "openDB(name, 1, { upgrade,",
        'openDB(name, 2, { upgrade: (db, old) => { old || upgrade(db); db.createObjectStore("next"); },',
    ),
)
_REVISION = '''"""Add a motto."""

import sqlalchemy as sa
from alembic import op

revision = "9999"
down_revision = "{newest}"
branch_labels = depends_on = None


def upgrade() -> None:
    op.add_column("hamlet", sa.Column("motto", sa.String()))
'''


def next_version(folder: Path) -> Path:
    """A built copy of the project in `folder` whose *Hôm nay* has `NEXT_GREETING`."""
    return _build(folder, [_GREETING])


def next_release(folder: Path, *, upcast: bool = True) -> Path:
    """A copy that also has a newer schema, a newer `visit.record`, and one more store on the phone.

    `upcast`: whether it reads what builds of today have queued.
    """
    _copy(folder)
    versions = folder / "app" / "upkeep" / "migrations" / "versions"
    newest = max(file.name[:4] for file in versions.glob("[0-9]*.py"))
    (versions / "9999_add_motto.py").write_text(_REVISION.format(newest=newest), "utf-8")
    return _build(folder, [*_RELEASE, *([_UPCAST] if upcast else [])])


def _copy(folder: Path) -> None:
    for part in PARTS:
        ignored = shutil.ignore_patterns("node_modules", "__pycache__")
        shutil.copytree(ROOT / part, folder / part, ignore=ignored)
    (folder / "service_worker" / "node_modules").symlink_to(ROOT / "service_worker" / "node_modules")


def _build(folder: Path, changes: Iterable[Change]) -> Path:
    if not (folder / "app").exists():
        _copy(folder)
    for change in changes:
        file = folder / change.file
        text = file.read_text("utf-8")
        assert text.count(change.text) == 1, change
        file.write_text(text.replace(change.text, change.replacement), "utf-8")
    subprocess.run([sys.executable, folder / "service_worker" / "build", "--fast"], check=True)
    return folder
