"""A random history in which supervisors move people between teams, and import lists and undo that."""

import itertools
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlmodel import select

from app.commune.accounts.models import Team
from app.intake.household_import.runs.models import HouseholdImport
from tests.sync.history import ACTIONS, History
from tests.sync.history_base import OURS
from tests.web.desk.records.imports.list_client import upload_rows


class ArrangingHistory(History):
    """As `History`, without restores, which take back imports as well."""

    def __init__(self, *place: Any) -> None:
        self._numbers = itertools.count(1)
        super().__init__(*place)

    def actions(self) -> dict[Callable[[Any], None], int]:
        return ACTIONS | {
            ArrangingHistory.move_member: 3,
            ArrangingHistory.import_list: 1,
            ArrangingHistory.undo_import: 2,
            ArrangingHistory.visit_imported_household: 3,
            History.restore: 0,
        }

    def move_member(self) -> None:
        """Lan goes to the other team, whatever is still in the queues of her phones."""
        team = self.dice.choice(self.all(self._ours(Team).order_by(Team.name)))
        self.at_desk(f"/desk/people/{self.world.lan}/move", {"team": team.id})

    def import_list(self) -> None:
        """A new household in each hamlet, and a corrected house number."""
        self.ensure_signed_in()
        number = next(self._numbers)
        rows = [
            (str(number), f"Vũ Thị Thắm {number}", str(60 + number), "", "Thôn Đông"),
            (str(number), f"Hà Văn Sự {number}", str(60 + number), "", "Thôn Tây"),
            (str(number), "Trần Thị Mai", str(self.dice.randrange(10, 20)), "Ngõ 3", "Thôn Đông"),
        ]
        with TemporaryDirectory() as folder:
            page = upload_rows(self.desk, Path(folder), *rows)
        page.choose("update")
        assert page.confirm(skip="yes").status_code < 500

    def undo_import(self) -> None:
        """Undo an import, or be refused because visits or decisions stand on it."""
        imports = self.all(self._ours(HouseholdImport).order_by(HouseholdImport.created_at))
        if imports:
            address = f"/desk/imports/{self.dice.choice(imports).id}/undo"
            self.at_desk(address)

    def visit_imported_household(self) -> None:
        """A visit at a household that a list has added and the phone knows; perhaps it is undone by now."""
        who = self.dice.choice(OURS)
        rows = self.phones[who].rows
        imported = [id for kind, id in rows if kind == "household" and rows[kind, id]["house_no"] > "60"]
        if imported:
            self.save_visit(who, self.dice.choice(sorted(imported)))

    def _ours(self, model: Any) -> Any:
        return select(model).where(model.commune_id == self.world.commune_id)
