"""/desk/people/import: *Mời theo danh sách*: a file, what was understood, and the sheets to cut.

Nothing is stored in between: the rows that were understood are in the form of the second step, and are
checked anew when it is sent.
"""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from sqlmodel import Session

from app.commune.teams.members import make_codes
from app.core.errors import StaleDecision
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
from app.web.desk.page.frame import PEOPLE
from app.web.desk.people.invites import invite_cards
from app.web.desk.people.labels import ROLES
from app.web.desk.people.upload import PeopleForm, read_form, read_rows, read_sheets, write_rows
from app.web.rendering import number
from app.web.screens import screen

router = APIRouter()
Form = Annotated[PeopleForm, Depends(read_form)]
TEMPLATE = f"{PEOPLE_LIST}/template.xlsx"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


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
    """The form, or why a file was refused."""

    def load(_session: Session) -> Mapping[str, Any]:
        return {"address": PEOPLE_LIST, "template": TEMPLATE, "most": MAX_PEOPLE, "problem": problem}

    return screen(desk, "desk/people/people_import.html", PEOPLE, load, 422 if problem else 200)


def _check(
    desk: DeskContext,
    people: Sequence[ListedPerson],
    unread: Sequence[RefusedRow],
    problem: str = "",
    status: int = 200,
) -> Response:
    """What was understood; `rows`: who will be invited, for the form."""

    def load(session: Session) -> Mapping[str, Any]:
        checked = check_people(session, desk.actor, people)
        return {
            "address": PEOPLE_INVITES,
            "upload": PEOPLE_LIST,
            "problem": problem,
            "ready": checked.ready,
            "roles": ROLES,
            "refused": sorted((*unread, *checked.refused), key=lambda row: (row.sheet, row.row)),
            "rows": write_rows([one.listed for one in checked.ready]),
        }

    return screen(desk, "desk/people/people_import_check.html", PEOPLE, load, status)
