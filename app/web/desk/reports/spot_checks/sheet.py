"""/desk/spot-checks/{id}/sheet: the drawn households to print, hamlet by hamlet, with boxes to tick.

Without telephone numbers: households have told them for their appointments only.
"""

from dataclasses import dataclass
from itertools import groupby

from fastapi import APIRouter
from fastapi.responses import Response
from sqlmodel import Session

from app.commune.accounts.commune import hamlet_names
from app.commune.calendar.period import Period, PeriodKind, period_label
from app.core.audit import views
from app.core.clock import local_date
from app.core.strings import SOURCE, _, language
from app.review.spot_checks.models import SpotCheck
from app.review.spot_checks.queries import DrawnHousehold, drawn_households, find_check, people_names
from app.web.desk.page.context import Desk, DeskContext, PathId
from app.web.desk.page.frame import SPOT_CHECKS, build_frame
from app.web.desk.page.labels import RESULTS
from app.web.desk.reports.spot_checks.check_page import ANSWER_LABELS
from app.web.desk.reports.spot_checks.drawing_form import PATH
from app.web.frame import Frame
from app.web.rendering import day, html, number

router = APIRouter()


@dataclass(frozen=True)
class SheetRow:
    """A household, and the record that is checked: who came on which day, with which result."""

    house_no: str
    alley: str
    name: str
    visit: str


@dataclass(frozen=True)
class SheetHamlet:
    """The drawn households of a hamlet in the order in which they are walked."""

    name: str
    rows: list[SheetRow]


@dataclass(frozen=True)
class SheetPage:
    """What templates/desk/reports/spot_checks/sheet.html shows."""

    title: str
    frame: Frame
    check: str
    count: str
    as_of: str
    hamlets: list[SheetHamlet]
    answers: list[str]


@router.get(f"{PATH}/{{check_id}}/sheet")
@language(SOURCE)
def show_sheet(check_id: PathId, desk: Desk) -> Response:
    """All that were drawn, whatever was found by now."""

    def load(session: Session) -> tuple[SheetPage, list[str]]:
        check = find_check(session, desk.actor, check_id).check
        households = drawn_households(session, desk.actor, check_id)
        return _page(session, desk, check, households), [one.household.hamlet_id for one in households]

    page, hamlets = desk.database.read(load)
    for hamlet_id in dict.fromkeys(hamlets):
        desk.note_view(views.WALKING_LIST, hamlet_id)
    return html("desk/reports/spot_checks/sheet.html", page)


def _page(
    session: Session, desk: DeskContext, check: SpotCheck, households: list[DrawnHousehold]
) -> SheetPage:
    hamlets = hamlet_names(session, desk.actor)
    people = people_names(session, desk.actor, {one.visit.recorded_by for one in households})
    month = Period(PeriodKind.MONTH, check.code, check.first, check.last)
    return SheetPage(
        title=_("Phiếu hậu kiểm, %(period)s", period=period_label(month)),
        frame=build_frame(session, desk.actor, SPOT_CHECKS),
        check=f"{PATH}/{check.id}",
        count=number(len(households)),
        as_of=day(local_date(desk.now)),
        hamlets=[
            SheetHamlet(hamlets[hamlet_id], [_row(one, people) for one in group])
            for hamlet_id, group in groupby(households, key=lambda one: one.household.hamlet_id)
        ],
        answers=[str(label) for label in ANSWER_LABELS.values()],
    )


def _row(one: DrawnHousehold, people: dict[str, str]) -> SheetRow:
    household, visit = one.household, one.visit
    recorded = _(
        "%(day)s, %(person)s: %(result)s",
        day=day(visit.counted_on),
        person=people[visit.recorded_by],
        result=RESULTS[visit.result],
    )
    return SheetRow(household.house_no, household.alley, household.head_name, recorded)
