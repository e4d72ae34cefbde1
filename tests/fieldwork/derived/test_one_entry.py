"""Every command that changes visits updates what is derived from them, because there is one way to do it."""

import re
from pathlib import Path

from app.fieldwork.derived.mechanism import DerivedTable
from app.fieldwork.derived.update import TABLES

ROOT = Path(__file__).parents[3]


def test_tables_are_updated_in_one_place() -> None:
    callers = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "app").rglob("*.py")
        if re.search(r"\btable\.update\(session|\bFLAGS\.update\(", path.read_text())
    }
    assert callers == {"app/fieldwork/derived/update.py"}


def test_every_derived_table_is_registered() -> None:
    kinds = [DerivedTable]
    for kind in kinds:
        kinds += kind.__subclasses__()
    assert {kind for kind in kinds if "model" in vars(kind)} == {type(table) for table in TABLES}
    assert len(TABLES) == 7


def test_every_module_that_writes_visits_uses_it() -> None:
    writers = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "app").rglob("*.py")
        if re.search(r"\.write\(session, |batch\.change\(Visit,|batch\.add\(Visit,", path.read_text())
        and re.search(r"import .*\bVisit\b", path.read_text())
    }
    # These change a visit in a batch that another module writes, or write what is derived from visits.
    # Retention changes notes and authors, which only flags follow from: it deletes those.
    others = {
        "app/fieldwork/visits/answers.py",
        "app/fieldwork/visits/commands.py",
        "app/fieldwork/visits/household_rows.py",
        "app/fieldwork/derived/needs/update.py",
        "app/upkeep/retention/visits.py",
    }
    missing = {path for path in writers - others if "derived.update(" not in (ROOT / path).read_text()}
    assert missing <= {"app/intake/household_import/runs/undo.py"}, "its households have no visits"
