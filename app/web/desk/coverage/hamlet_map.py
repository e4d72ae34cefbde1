"""/desk/hamlets/{id}/map: a hamlet as its alleys, each household a cell that leads to its page."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter
from fastapi.responses import Response
from sqlmodel import Session

from app.commune.accounts import access
from app.commune.areas import Hamlet
from app.core.strings import _, lazy
from app.fieldwork.households.models import Household
from app.review.register.hamlet_map import Alley, Cell, hamlet_alleys
from app.web.desk.coverage.paper_size import WIDE_TEXT, paper_size
from app.web.desk.page.context import PathId
from app.web.desk.page.frame import COVERAGE
from app.web.desk.page.reading import ReadingDesk
from app.web.rendering import day
from app.web.screens import screen

router = APIRouter()
# In the order of the legend.
_LABELS = {
    "guided": lazy("Đã hướng dẫn"),
    "met": lazy("Đã gặp"),
    "follow_up": lazy("Hẹn quay lại"),
    "absent": lazy("Vắng nhà"),
    "new": lazy("Chưa gặp"),
}


@router.get("/desk/hamlets/{hamlet_id}/map")
def show_hamlet_map(hamlet_id: PathId, desk: ReadingDesk) -> Response:
    """The households that live in the hamlet."""

    def load(session: Session) -> Mapping[str, Any]:
        hamlet = access.find(session, desk.actor, Hamlet, hamlet_id)
        found = hamlet_alleys(session, desk.actor, hamlet_id)
        cells = [cell for alley in found for cell in alley.cells]
        paper = paper_size(map(_widths, found))
        statuses = Counter[str](one.status for one in cells)
        return {
            "hamlet": hamlet,
            "met": sum(one.is_met for one in cells),
            "total": len(cells),
            "legend": [(status, label, statuses[status]) for status, label in _LABELS.items()],
            "alleys": [
                (
                    alley.name,
                    sum(one.is_met for one in alley.cells),
                    [(one, *_words(one)) for one in alley.cells],
                    paper.is_long(paper.rows(_widths(alley))),
                )
                for alley in found
            ],
            "paper": paper,
        }

    return screen(desk, "desk/coverage/hamlet_map.html", COVERAGE, load)


def _widths(alley: Alley) -> list[int]:
    return [1 + (len(_text(one.household)) > WIDE_TEXT) for one in alley.cells]


def _text(household: Household) -> str:
    """The number, or the given name."""
    return household.house_no or household.head_name.rsplit(" ", 1)[-1]


def _words(cell: Cell) -> tuple[str, str, bool]:
    """The name that stands in a cell without a number; all that it says; whether it takes two cells. On paper
    there are no names."""
    number, text = cell.household.house_no, _text(cell.household)
    place = _("Số %(number)s", number=number) if number[:1].isdigit() else number
    said = f"{', '.join(one for one in (place, cell.household.head_name) if one)}: {_said(cell)}"
    return "" if number else text, said, len(text) > WIDE_TEXT


def _said(cell: Cell) -> str:
    """The status with its day: *Đã hướng dẫn · Đã gặp 24/11/2026*."""
    status = str(_LABELS[cell.status])
    if cell.on is None:
        return status
    if not cell.is_met:
        return _("Vắng nhà %(date)s", date=day(cell.on)) if cell.status == "absent" else status
    met = _("Đã gặp %(date)s", date=day(cell.on))
    return met if cell.status == "met" else f"{status} · {met}"
