"""Whatever the layout: what is stored is what the list says of a household, or it is refused and named."""

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlmodel import select

from app.areas import Hamlet
from app.core.db import Database
from app.households.models import Household
from app.lists.importing import Wish, import_list
from app.lists.reading import read
from app.lists.rows import understand
from tests.conftest import NOW
from tests.lists import more_layouts, strange_layouts
from tests.lists.strange_layouts import Label
from tests.world import World

LAYOUTS = (*strange_layouts.LAYOUTS, *more_layouts.LAYOUTS)


def stored(database: Database) -> set[Label]:
    query = select(Household.head_name, Household.house_no, Household.alley, Hamlet.name)
    of_hamlet = query.join(Hamlet, Hamlet.id == Household.hamlet_id)  # type: ignore[arg-type]
    return set(database.read(lambda session: session.exec(of_hamlet).all()))


@pytest.mark.parametrize("skip_bad_rows", [False, True])
@pytest.mark.parametrize(("make", "true"), LAYOUTS, ids=[make.__name__ for make, _ in LAYOUTS])
def test_layout_is_read_right_or_refused(
    make: Callable[[Path], Path],
    true: set[Label],
    skip_bad_rows: bool,
    database: Database,
    world: World,
    tmp_path: Path,
) -> None:
    before = stored(database)
    found = understand(read(make(tmp_path)))
    wish = Wish(write=True, skip_bad_rows=skip_bad_rows, create_hamlets=True)
    plan = database.write(lambda s: import_list(s, "06391", found, wish, NOW, lambda plan: None))
    new = stored(database) - before
    assert new <= true
    assert new == true or plan.refusals != []
    if skip_bad_rows:
        assert new == true
