"""/desk/coverage: the hamlets with their coverage, the lowest first, or in another order."""

from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from typing import Any

from fastapi import APIRouter
from fastapi.responses import Response
from sqlmodel import Session

from app.commune.areas import Hamlet
from app.commune.calendar.period import dates_period
from app.core.clock import local_date
from app.core.strings import _
from app.core.text import fold
from app.review.register.coverage import RECENT_DAYS, HamletCoverage, hamlets_coverage
from app.review.register.overdue import count_overdue
from app.web.desk.page.frame import COVERAGE
from app.web.desk.page.paging import SortedColumn
from app.web.desk.page.reading import ReadingDesk
from app.web.screens import screen

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


@router.get(PATH)
def show_coverage(desk: ReadingDesk, sort: str = "") -> Response:
    """The table; an unknown `sort` is the usual order."""
    order = sort if sort in _ORDERS else ""

    def load(session: Session) -> Mapping[str, Any]:
        today = local_date(desk.now)
        hamlets = hamlets_coverage(session, desk.actor, today, count_overdue(session, desk.actor, today))
        key, is_descending = _ORDERS[order]
        return {
            "columns": _columns(order),
            "rows": sorted(hamlets, key=key, reverse=is_descending),  # type: ignore[arg-type]
            "total": commune_coverage(desk.actor.commune_id, hamlets),
            "recent": dates_period(today - timedelta(days=RECENT_DAYS - 1), today).code,
        }

    return screen(desk, "desk/coverage/coverage.html", COVERAGE, load)


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
