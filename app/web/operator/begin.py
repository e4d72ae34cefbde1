"""/operator/begin: many communes of a province begin at once: a list of first supervisors, what was
understood of it, and a sheet with a link for each.

Nothing is stored in between: the rows that were understood are in the form of the second step, and are
checked anew when it is sent.
"""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response
from sqlmodel import Session

from app.commune.credentials import viewers
from app.core.strings import _
from app.intake.household_import.reading.reader import FileRefused
from app.intake.supervisor_import.checks import check_supervisors
from app.intake.supervisor_import.parser import parse
from app.intake.supervisor_import.records import MAX_COMMUNES, ListedSupervisor, RefusedRow
from app.intake.supervisor_import.template import make_template
from app.web.bodies import BEGIN_LIST, BEGIN_START
from app.web.deps import SignedInOperator
from app.web.desk.people.upload import PeopleForm, opened_form, read_sheets
from app.web.frame import Frame
from app.web.operator import begun
from app.web.operator.begin_rows import read_rows, write_rows
from app.web.operator.context import PROVINCES, OperatorContext, operator_frame
from app.web.reading import RecentFactor
from app.web.rendering import html, number

router = APIRouter()
TEMPLATE = f"{BEGIN_LIST}/template.csv"
CSV = "text/csv; charset=utf-8"
Context = Annotated[OperatorContext, Depends()]
Code = Annotated[str, Query(alias="province", max_length=10, pattern="^[0-9]*$")]


async def read_form(request: Request, _operator: SignedInOperator) -> AsyncIterator[PeopleForm]:
    """The form, read once the operator is known. Raises `TooSlow` and `Unavailable`."""
    async with opened_form(request) as form:
        yield form


Form = Annotated[PeopleForm, Depends(read_form)]


@dataclass(frozen=True)
class BeginPage:
    """What templates/operator/begin.html shows: the form, or why a file was refused."""

    title: str
    frame: Frame
    province: str
    back: str
    address: str
    template: str
    most: str
    problem: str


@dataclass(frozen=True)
class ReadyRow:
    """A commune that will begin, with its supervisor."""

    commune: str
    code: str
    name: str
    sign_in_name: str


@dataclass(frozen=True)
class ProblemRow:
    """A row that has to be mended first."""

    place: str
    name: str
    sentence: str


@dataclass(frozen=True)
class BeginCheckPage:
    """What templates/operator/begin_check.html shows. `blank`: how many communes name nobody, empty if none
    does. `rows`: who begins, for the form, which there is only if no row is refused."""

    title: str
    frame: Frame
    upload: str
    action: str
    problem: str
    blank: str
    ready: list[ReadyRow]
    count: str
    refused: list[ProblemRow]
    refused_count: str
    rows: str


@router.get(BEGIN_LIST, dependencies=[RecentFactor])
def show_form(context: Context, code: Code = "") -> Response:
    return _form(context, code)


@router.get(TEMPLATE)
def download_template(context: Context, code: Code = "") -> Response:
    """*Tải danh sách để điền*: the communes of the province that have not begun."""
    content = context.database.read(
        lambda session: make_template(session, viewers.find_province(session, code).code)
    )
    name = {"Content-Disposition": f'attachment; filename="bat-dau-{code}.csv"'}
    return Response(content, media_type=CSV, headers=name)


@router.post(BEGIN_LIST)
def check_list(context: Context, form: Form, code: Code = "") -> Response:
    """What was understood of a file. Nothing begins."""
    if not form.file:
        return _form(context, code, _("Chọn một tệp .csv, .xlsx, .xls hoặc .ods, không quá 2 MB."))
    try:
        found = parse(read_sheets(form))
    except FileRefused as refused:
        return _form(context, code, refused.sentence)
    if len(found.rows) > MAX_COMMUNES:
        most = _("Mỗi lần bắt đầu được %(most)s nơi: chia tệp.", most=number(MAX_COMMUNES))
        return _form(context, code, most)
    return _check(context, code, found.rows, found.refused, found.blank)


@router.post(BEGIN_START, dependencies=[RecentFactor])
def begin_listed(request: Request, context: Context, form: Form, code: Code = "") -> Response:
    """Begin the communes one after the other, and show the links."""
    rows = read_rows(form.rows)
    if rows is None:
        return _form(context, code, _("Danh sách gửi lên không đọc được. Hãy chọn lại tệp."))
    province = context.database.read(lambda session: viewers.find_province(session, code))
    checked = context.database.read(lambda session: check_supervisors(session, province, rows))
    if checked.refused:
        changed = _("Danh sách đã đổi từ lúc xem: chưa nơi nào bắt đầu. Sửa tệp rồi chọn lại.")
        return _check(context, code, rows, [], 0, changed)
    return begun.begin_all(request, context, province, checked.ready)


def _form(context: OperatorContext, code: str, problem: str = "") -> Response:
    province = context.database.read(lambda session: viewers.find_province(session, code))
    page = BeginPage(
        title=_("Bắt đầu nhiều nơi một lần"),
        frame=operator_frame(context.operator, PROVINCES),
        province=province.full_name,
        back=f"{PROVINCES}/{code}",
        address=_address(BEGIN_LIST, code),
        template=_address(TEMPLATE, code),
        most=number(MAX_COMMUNES),
        problem=problem,
    )
    return html("operator/begin.html", page, 422 if problem else 200)


def _check(
    context: OperatorContext,
    code: str,
    rows: Sequence[ListedSupervisor],
    unread: Sequence[RefusedRow],
    blank: int,
    problem: str = "",
) -> Response:
    def load(session: Session) -> BeginCheckPage:
        province = viewers.find_province(session, code)
        checked = check_supervisors(session, province, rows)
        refused = sorted((*unread, *checked.refused), key=lambda row: (row.sheet, row.row))
        return BeginCheckPage(
            title=_("Bắt đầu ở %(province)s", province=province.full_name),
            frame=operator_frame(context.operator, PROVINCES),
            upload=_address(BEGIN_LIST, code),
            action=_address(BEGIN_START, code),
            problem=problem,
            blank=number(blank) if blank else "",
            ready=[
                ReadyRow(one.commune, one.listed.code.zfill(5), one.name, one.sign_in_name)
                for one in checked.ready
            ],
            count=number(len(checked.ready)),
            refused=[_problem_row(row) for row in refused],
            refused_count=number(len(refused)),
            rows="" if refused else write_rows([one.listed for one in checked.ready]),
        )

    return html("operator/begin_check.html", context.database.read(load), 409 if problem else 200)


def _problem_row(row: RefusedRow) -> ProblemRow:
    place = _("Dòng %(row)s", row=row.row) if row.row else _("Cả trang")
    if row.sheet:
        place = _("%(place)s, trang “%(sheet)s”", place=place, sheet=row.sheet)
    return ProblemRow(place, row.name, row.sentence)


def _address(path: str, code: str) -> str:
    return f"{path}?province={code}"
