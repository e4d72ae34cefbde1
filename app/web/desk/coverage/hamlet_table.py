"""/desk/coverage: the hamlets with their coverage, the lowest first, or in another order."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from fastapi import APIRouter
from fastapi.responses import Response
from sqlmodel import Session

from app.commune.areas import Hamlet
from app.core.clock import local_date
from app.core.strings import _
from app.core.text import fold
from app.review.register.coverage import RECENT_DAYS, HamletCoverage, hamlets_coverage
from app.review.register.overdue import count_overdue
from app.web.desk.coverage.links import not_reached_link, overdue_link, recent_visits_link
from app.web.desk.page.context import Desk
from app.web.desk.page.frame import COVERAGE, build_frame
from app.web.desk.page.labels import Link
from app.web.desk.page.paging import SortedColumn
from app.web.desk.page.reading import ReadingDesk
from app.web.frame import Frame
from app.web.rendering import html, moment, number

router = APIRouter()
PATH = "/desk/coverage"
# The orders of the table, by the name in the address: what is compared, and whether the greatest comes first.
_ORDERS: dict[str, tuple[Callable[[HamletCoverage], object], bool]] = {
    "": (lambda one: one.rate, False),
    "hamlet": (lambda one: fold(one.hamlet.name), False),
    "households": (lambda one: one.households, True),
    "left": (lambda one: one.not_reached, True),
    "visits": (lambda one: one.visits, False),
    "overdue": (lambda one: one.overdue, True),
}


@dataclass(frozen=True)
class CoverageBar:
    """A share as text (*38 %*), and as a whole number of per cent for the bar."""

    text: str
    percent: int


@dataclass(frozen=True)
class HamletRow:
    """One hamlet. `listed`: how many households the list has, if the books have another number; `map`:
    the address of its cells; `walking`: of the list to print."""

    hamlet: Link
    households: str
    listed: str
    reached: str
    bar: CoverageBar
    left: Link
    visits: Link
    overdue: Link
    teams: list[Link]
    map: str
    walking: str


@dataclass(frozen=True)
class CoveragePage:
    """What templates/desk/coverage/coverage.html shows; `total`: the whole commune."""

    title: str
    frame: Frame
    as_of: str
    columns: list[SortedColumn]
    rows: list[HamletRow]
    total: HamletRow


@router.get(PATH)
def show_coverage(desk: ReadingDesk, sort: str = "") -> Response:
    """The table; an unknown `sort` is the usual order."""
    order = sort if sort in _ORDERS else ""

    def load(session: Session) -> CoveragePage:
        today = local_date(desk.now)
        overdue = count_overdue(session, desk.actor, today)
        hamlets = hamlets_coverage(session, desk.actor, today, overdue)
        key, is_descending = _ORDERS[order]
        ordered = sorted(hamlets, key=key, reverse=is_descending)  # type: ignore[arg-type]
        return CoveragePage(
            title=_("Độ phủ"),
            frame=build_frame(session, desk.actor, COVERAGE),
            as_of=moment(desk.now),
            columns=_columns(order),
            rows=[hamlet_row(one, desk) for one in ordered],
            total=hamlet_row(commune_coverage(desk.actor.commune_id, hamlets), desk),
        )

    return html("desk/coverage/coverage.html", desk.reading.read(load))


def commune_coverage(commune_id: str, hamlets: Iterable[HamletCoverage]) -> HamletCoverage:
    """The sums of all hamlets, as one without an id."""
    found = list(hamlets)
    return HamletCoverage(
        hamlet=Hamlet(
            commune_id=commune_id,
            id="",
            name=_("Tất cả"),
            known_households=sum(one.households for one in found),
            feed_seq=0,
        ),
        listed=sum(one.listed for one in found),
        reached=sum(one.reached for one in found),
        visits=sum(one.visits for one in found),
        overdue=sum(one.overdue for one in found),
        teams=[],
    )


def hamlet_row(one: HamletCoverage, desk: Desk) -> HamletRow:
    """The texts and links of one hamlet, or of all if it has no id."""
    id = one.hamlet.id
    return HamletRow(
        hamlet=Link(one.hamlet.name, f"/desk/hamlets/{id}" if id else ""),
        households=number(one.households),
        listed=number(one.listed) if one.listed != one.households else "",
        reached=number(one.reached),
        bar=coverage_bar(one),
        left=Link(number(one.not_reached), not_reached_link(id)),
        visits=Link(number(one.visits), recent_visits_link(id, local_date(desk.now))),
        overdue=Link(number(one.overdue), overdue_link(hamlet_id=id) if one.overdue else ""),
        teams=[Link(each.team.name, f"/desk/teams/{each.team.id}") for each in one.teams],
        map=f"/desk/hamlets/{id}/map" if id else "",
        walking=f"/desk/hamlets/{id}/walking-list?show=not-reached" if id and one.not_reached else "",
    )


def coverage_bar(one: HamletCoverage) -> CoverageBar:
    """The share; a dash for a hamlet without households."""
    if (percent := one.percent) is None:
        return CoverageBar("–", 0)
    return CoverageBar(_("%(percent)s %%", percent=percent), percent)


def _columns(order: str) -> list[SortedColumn]:
    def column(label: str, by: str) -> SortedColumn:
        direction = "descending" if _ORDERS[by][1] else "ascending"
        return SortedColumn(label, f"{PATH}?sort={by}" if by else PATH, direction if by == order else "")

    return [
        column(_("Thôn"), "hamlet"),
        column(_("Hộ"), "households"),
        SortedColumn(_("Đã gặp")),
        column(_("Độ phủ"), ""),
        column(_("Chưa gặp"), "left"),
        column(_("Lượt %(days)s ngày qua", days=RECENT_DAYS), "visits"),
        column(_("Hẹn quá hạn"), "overdue"),
        SortedColumn(_("Tổ phụ trách")),
    ]
