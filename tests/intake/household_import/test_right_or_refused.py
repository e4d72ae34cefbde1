"""In every layout a household is stored as the list has it, or rejected and reported."""

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlmodel import select

from app.commune.areas import Hamlet
from app.core.db import Database
from app.fieldwork.households.models import Household
from app.intake.household_import.importer import ImportOptions, import_list
from app.intake.household_import.parsing.parser import parse
from app.intake.household_import.reading.reader import read
from tests.conftest import NOW
from tests.intake.household_import import more_layouts, strange_layouts
from tests.intake.household_import.strange_layouts import Label
from tests.world import World

LAYOUTS = (*strange_layouts.LAYOUTS, *more_layouts.LAYOUTS)


def stored(database: Database) -> set[Label]:
    query = select(Household.head_name, Household.house_no, Household.alley, Hamlet.name)
    of_hamlet = query.join(Hamlet, Hamlet.id == Household.hamlet_id)  # type: ignore[arg-type]
    return set(database.read(lambda session: session.exec(of_hamlet).all()))


@pytest.mark.parametrize("skip_bad_rows", [False, True])
@pytest.mark.parametrize(("make", "true"), LAYOUTS, ids=[make.__name__ for make, _ in LAYOUTS])
def test_layout_is_parsed_correctly_or_rejected(
    make: Callable[[Path], Path],
    true: set[Label],
    skip_bad_rows: bool,
    database: Database,
    world: World,
    tmp_path: Path,
) -> None:
    before = stored(database)
    found = parse(read(make(tmp_path)))
    options = ImportOptions(write=True, skip_bad_rows=skip_bad_rows, create_hamlets=True)
    plan = database.write(lambda s: import_list(s, "06391", found, options, NOW, lambda plan: None))
    new = stored(database) - before
    assert new <= true
    assert new == true or plan.rejected_rows != []
    if skip_bad_rows:
        assert new == true
