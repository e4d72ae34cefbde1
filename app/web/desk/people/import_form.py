"""/desk/people/import: *Mời theo danh sách*: a file, what was understood, and the sheets to cut.

Nothing is stored in between: the rows that were understood are in the form of the second step, and are
checked anew when it is sent.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from sqlmodel import Session

from app.commune.teams.members import make_codes
from app.core.errors import StaleDecision
from app.core.numbers.phone import display_phone
from app.core.strings import _
from app.intake.household_import.reading.reader import FileRefused
from app.intake.people_import.checks import check_people
from app.intake.people_import.commands import invite_people
from app.intake.people_import.parser import parse
from app.intake.people_import.pasted import parse_text
from app.intake.people_import.records import MAX_PEOPLE, ListedPerson, RefusedRow
from app.intake.people_import.template import make_template
from app.sync.quarantine.retry import retry_quarantined
from app.web.bodies import PEOPLE_INVITES, PEOPLE_LIST
from app.web.desk.page.context import Desk, DeskContext
from app.web.desk.page.frame import PEOPLE, build_frame
from app.web.desk.people.invite_cards import invite_cards
from app.web.desk.people.labels import ROLES
from app.web.desk.people.upload import PeopleForm, read_form, read_rows, read_sheets, write_rows
from app.web.frame import Frame
from app.web.rendering import html, number

router = APIRouter()
Form = Annotated[PeopleForm, Depends(read_form)]
TEMPLATE = f"{PEOPLE_LIST}/template.xlsx"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True)
class ImportPage:
    """What templates/desk/people/people_import.html shows: the form, or why a file was refused."""

    title: str
    frame: Frame
    address: str
    template: str
    most: str
    problem: str


@dataclass(frozen=True)
class ReadyRow:
    """Somebody who will be invited."""

    name: str
    phone: str
    team: str
    role: str


@dataclass(frozen=True)
class ProblemRow:
    """A row from which nobody is invited; `href`: the page of the person who has its number."""

    place: str
    name: str
    sentence: str
    href: str


@dataclass(frozen=True)
class CheckPage:
    """What templates/desk/people/people_import_check.html shows. `rows`: who will be invited, for the
    form."""

    title: str
    frame: Frame
    address: str
    upload: str
    problem: str
    ready: list[ReadyRow]
    count: str
    refused: list[ProblemRow]
    refused_count: str
    rows: str


@router.get(PEOPLE_LIST)
def show_import_form(desk: Desk) -> Response:
    return _form(desk)


@router.get(TEMPLATE)
def download_template(_desk: Desk) -> Response:
    """*Tải tệp mẫu*."""
    name = {"Content-Disposition": 'attachment; filename="danh-sach-moi.xlsx"'}
    return Response(make_template(), media_type=XLSX, headers=name)


@router.post(PEOPLE_LIST)
def check_list(desk: Desk, form: Form) -> Response:
    """What was understood of a file. Nothing is written."""
    if not form.file and not form.text.strip():
        return _form(desk, _("Chọn một tệp .xlsx, .xls, .ods hoặc .csv, không quá 2 MB, hoặc dán danh sách."))
    try:
        found = parse(read_sheets(form)) if form.file else parse_text(form.text)
    except FileRefused as refused:
        return _form(desk, refused.sentence)
    if len(found.people) > MAX_PEOPLE:
        count = number(len(found.people))
        most = _(
            "Danh sách có %(count)s người, mỗi lần mời được %(most)s: chia tệp.", count=count, most=MAX_PEOPLE
        )
        return _form(desk, most)
    return _check(desk, found.people, found.refused)


@router.post(PEOPLE_INVITES)
def invite_list(request: Request, desk: Desk, form: Form) -> Response:
    """Invite the people who were understood, and show their invites."""
    people = read_rows(form.rows)
    if people is None:
        return _form(desk, _("Danh sách gửi lên không đọc được. Hãy chọn lại tệp."))
    checked = desk.database.read(lambda session: check_people(session, desk.actor, people))
    codes = [] if checked.refused else make_codes(desk.database, len(people))
    try:
        accounts = desk.database.write(
            lambda session: [
                account.id for account in invite_people(session, desk.actor, people, codes, desk.now)
            ]
        )
    except StaleDecision:
        changed = _("Danh sách thành viên đã đổi từ lúc xem: chưa mời ai. Xem lại rồi bấm mời.")
        return _check(desk, people, [], changed, 409)
    retry_quarantined(desk.database, desk.actor.commune_id, desk.now)
    return invite_cards(request, desk, dict(zip(accounts, codes, strict=True)))


def _form(desk: DeskContext, problem: str = "") -> Response:
    frame = desk.database.read(lambda session: build_frame(session, desk.actor, PEOPLE))
    page = ImportPage(_("Mời theo danh sách"), frame, PEOPLE_LIST, TEMPLATE, number(MAX_PEOPLE), problem)
    return html("desk/people/people_import.html", page, 422 if problem else 200)


def _check(
    desk: DeskContext,
    people: Sequence[ListedPerson],
    unread: Sequence[RefusedRow],
    problem: str = "",
    status: int = 200,
) -> Response:
    def load(session: Session) -> CheckPage:
        checked = check_people(session, desk.actor, people)
        refused = sorted((*unread, *checked.refused), key=lambda row: (row.sheet, row.row))
        return CheckPage(
            title=_("Mời theo danh sách"),
            frame=build_frame(session, desk.actor, PEOPLE),
            address=PEOPLE_INVITES,
            upload=PEOPLE_LIST,
            problem=problem,
            ready=[
                ReadyRow(one.name, display_phone(one.number), one.team, ROLES[one.role])
                for one in checked.ready
            ],
            count=number(len(checked.ready)),
            refused=[_problem_row(row) for row in refused],
            refused_count=number(len(refused)),
            rows=write_rows([one.listed for one in checked.ready]),
        )

    return html("desk/people/people_import_check.html", desk.database.read(load), status)


def _problem_row(row: RefusedRow) -> ProblemRow:
    place = _("Dòng %(row)s", row=row.row) if row.row else _("Cả trang")
    return ProblemRow(
        place=_("%(place)s, trang “%(sheet)s”", place=place, sheet=row.sheet) if row.sheet else place,
        name=row.name,
        sentence=row.sentence,
        href=f"/desk/people/{row.account_id}" if row.account_id else "",
    )
