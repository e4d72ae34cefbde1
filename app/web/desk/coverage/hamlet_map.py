"""/desk/hamlets/{id}/map: a hamlet as its alleys, each household a cell that leads to its page."""

from dataclasses import dataclass

from fastapi import APIRouter
from fastapi.responses import Response
from sqlmodel import Session

from app.commune.accounts import access
from app.commune.areas import Hamlet
from app.core.clock import local_date
from app.core.strings import _, lazy
from app.fieldwork.households.models import Household
from app.review.register.hamlet_map import Alley, Cell, hamlet_alleys
from app.web.desk.coverage.paper_size import WIDE_TEXT, PaperSize, paper_size
from app.web.desk.page.context import PathId
from app.web.desk.page.frame import COVERAGE, build_frame
from app.web.desk.page.reading import ReadingDesk
from app.web.frame import Frame
from app.web.rendering import day, html, number

router = APIRouter()
# In the order of the legend.
_LABELS = {
    "guided": lazy("Đã hướng dẫn"),
    "met": lazy("Đã gặp"),
    "follow_up": lazy("Hẹn quay lại"),
    "absent": lazy("Vắng nhà"),
    "new": lazy("Chưa gặp"),
}


@dataclass(frozen=True)
class MapCell:
    """A household; `number` or, without one, `name` is in the cell, `label` all that it says. On paper there
    are no names. `wide`: it takes two cells."""

    href: str
    status: str
    number: str
    name: str
    label: str
    wide: bool


@dataclass(frozen=True)
class MapAlley:
    """The cells of one alley, with how many of its households were met. `long`: paper parts it."""

    name: str
    met: str
    total: str
    cells: list[MapCell]
    long: bool


@dataclass(frozen=True)
class LegendEntry:
    """A status, its label, and how many households have it."""

    status: str
    label: str
    count: str


@dataclass(frozen=True)
class HamletMapPage:
    """What templates/desk/coverage/hamlet_map.html shows; `paper`: how it is printed, in how many pages."""

    title: str
    frame: Frame
    met: str
    total: str
    as_of: str
    legend: list[LegendEntry]
    alleys: list[MapAlley]
    paper: PaperSize


@router.get("/desk/hamlets/{hamlet_id}/map")
def show_hamlet_map(hamlet_id: PathId, desk: ReadingDesk) -> Response:
    """The households that live in the hamlet."""

    def load(session: Session) -> HamletMapPage:
        hamlet = access.find(session, desk.actor, Hamlet, hamlet_id)
        found = hamlet_alleys(session, desk.actor, hamlet_id)
        cells = [cell for alley in found for cell in alley.cells]
        paper = paper_size(map(_widths, found))
        return HamletMapPage(
            title=_("Sơ đồ %(hamlet)s", hamlet=hamlet.name),
            frame=build_frame(session, desk.actor, COVERAGE),
            met=number(sum(one.is_met for one in cells)),
            total=number(len(cells)),
            as_of=day(local_date(desk.now)),
            legend=[
                LegendEntry(status, str(label), number(sum(one.status == status for one in cells)))
                for status, label in _LABELS.items()
            ],
            alleys=[_alley(one, paper) for one in found],
            paper=paper,
        )

    return html("desk/coverage/hamlet_map.html", desk.reading.read(load))


def _widths(alley: Alley) -> list[int]:
    return [1 + (len(_text(one.household)) > WIDE_TEXT) for one in alley.cells]


def _text(household: Household) -> str:
    """The number, or the given name."""
    return household.house_no or household.head_name.rsplit(" ", 1)[-1]


def _alley(alley: Alley, paper: PaperSize) -> MapAlley:
    return MapAlley(
        name=alley.name or _("Chưa ghi ngõ, xóm"),
        met=number(sum(one.is_met for one in alley.cells)),
        total=number(len(alley.cells)),
        cells=[_cell(one) for one in alley.cells],
        long=paper.is_long(paper.rows(_widths(alley))),
    )


def _cell(cell: Cell) -> MapCell:
    household = cell.household
    number, text = household.house_no, _text(household)
    place = _("Số %(number)s", number=number) if number[:1].isdigit() else number
    return MapCell(
        href=f"/desk/households/{household.id}",
        status=cell.status,
        number=number,
        name="" if number else text,
        label=f"{', '.join(one for one in (place, household.head_name) if one)}: {_said(cell)}",
        wide=len(text) > WIDE_TEXT,
    )


def _said(cell: Cell) -> str:
    """The status with its day: *Đã hướng dẫn · Đã gặp 24/11/2026*."""
    status = str(_LABELS[cell.status])
    if cell.on is None:
        return status
    if not cell.is_met:
        return _("Vắng nhà %(date)s", date=day(cell.on)) if cell.status == "absent" else status
    met = _("Đã gặp %(date)s", date=day(cell.on))
    return met if cell.status == "met" else f"{status} · {met}"
