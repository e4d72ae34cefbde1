"""/operator/begin: many communes of a province begin at once: a list of first supervisors, what was
understood of it, and a sheet with a link for each.

Nothing is stored in between: the rows that were understood are in the form of the second step, and are
checked anew when it is sent. Each commune begins in a transaction of its own. The links are shown once, so
whatever happens after the first commune has begun, its link is on the page, and beside it which communes have
not begun.
"""

import json
from collections.abc import AsyncIterator, Mapping, Sequence
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response
from pydantic import Field, TypeAdapter, ValidationError
from sqlmodel import Session

from app.commune.areas import Province
from app.commune.credentials import communes, links, viewers
from app.core.errors import NameTaken, StaleDecision, Unavailable
from app.core.strings import SOURCE, _, language
from app.intake.household_import.reading.reader import FileRefused
from app.intake.supervisor_import.checks import check_supervisors
from app.intake.supervisor_import.parser import parse
from app.intake.supervisor_import.records import MAX_COMMUNES, ListedSupervisor, ReadySupervisor, RefusedRow
from app.intake.supervisor_import.template import make_template
from app.web.addresses import origin_of
from app.web.bodies import BEGIN_LIST, BEGIN_START
from app.web.deps import SignedInOperator
from app.web.desk.people.invites import QrCode, qr_code
from app.web.desk.people.upload import PeopleForm, opened_form, read_sheets
from app.web.operator.context import PROVINCES, Context, OperatorContext
from app.web.reading import RecentFactor
from app.web.rendering import number
from app.web.screens import screen

router = APIRouter()
TEMPLATE = f"{BEGIN_LIST}/template.csv"
CSV = "text/csv; charset=utf-8"
Code = Annotated[str, Query(alias="province", max_length=10, pattern="^[0-9]*$")]
_Cell = Annotated[str, Field(max_length=1_000)]
_Row = tuple[_Cell, Annotated[int, Field(ge=0, le=10_000_000)], _Cell, _Cell, _Cell, _Cell]
_ROWS = TypeAdapter(Annotated[list[_Row], Field(min_length=1, max_length=MAX_COMMUNES)])


async def read_form(request: Request, _operator: SignedInOperator) -> AsyncIterator[PeopleForm]:
    """The form, read once the operator is known. Raises `TooSlow` and `Unavailable`."""
    async with opened_form(request) as form:
        yield form


Uploaded = Annotated[PeopleForm, Depends(read_form)]


@router.get(BEGIN_LIST, dependencies=[RecentFactor])
def show_form(context: Context, code: Code = "") -> Response:
    return _form(context, code)


@router.get(TEMPLATE)
def download_template(context: Context, code: Code = "") -> Response:
    """*Tải danh sách để điền*: the communes of the province that have not begun."""
    content = context.read(lambda session: make_template(session, viewers.find_province(session, code).code))
    name = {"Content-Disposition": f'attachment; filename="bat-dau-{code}.csv"'}
    return Response(content, media_type=CSV, headers=name)


@router.post(BEGIN_LIST)
def check_list(context: Context, form: Uploaded, code: Code = "") -> Response:
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
def begin_listed(request: Request, context: Context, form: Uploaded, code: Code = "") -> Response:
    """Begin the communes one after the other, and show the links."""
    rows = read_rows(form.rows)
    if rows is None:
        return _form(context, code, _("Danh sách gửi lên không đọc được. Hãy chọn lại tệp."))
    province = context.read(lambda session: viewers.find_province(session, code))
    checked = context.read(lambda session: check_supervisors(session, province, rows))
    if checked.refused:
        changed = _("Danh sách đã đổi từ lúc xem: chưa nơi nào bắt đầu. Sửa tệp rồi chọn lại.")
        return _check(context, code, rows, [], 0, changed)
    return begin_all(request, context, province, checked.ready)


@language(SOURCE)
def begin_all(
    request: Request, context: OperatorContext, province: Province, ready: Sequence[ReadySupervisor]
) -> Response:
    """The page with the links. Raises `Unavailable` if the database is away before any commune has begun."""
    origin = origin_of(request, None)  # before it begins, no commune has a name of its own
    cards: list[tuple[ReadySupervisor, str, QrCode]] = []
    missing: list[tuple[str, str]] = []
    for one in ready:
        try:
            token = context.database.write(partial(_begin, context, one))
        except StaleDecision:
            missing.append((one.commune, _("vừa có người khác bắt đầu")))
        except NameTaken:
            missing.append((one.commune, _("tên đăng nhập vừa có người dùng")))
        except Unavailable:
            if not cards:
                raise
            missing.append((one.commune, _("máy chủ bận: chọn lại tệp chỉ có nơi này")))
        else:
            link = f"{origin}/link/{token}"
            cards.append((one, link, qr_code(link)))
    shown = {
        "province": province,
        "until": context.now + links.LIFETIME,
        "cards": cards,
        "missing": missing,
    }
    return screen(context, "operator/begun.html", PROVINCES, lambda _: shown)


def _begin(context: OperatorContext, one: ReadySupervisor, session: Session) -> str:
    return communes.begin(session, context.operator, one.commune_id, one.name, one.sign_in_name, context.now)


def write_rows(rows: Sequence[ListedSupervisor]) -> str:
    """The rows for the hidden field; empty without any."""
    return json.dumps(rows, ensure_ascii=False) if rows else ""


def read_rows(text: str) -> list[ListedSupervisor] | None:
    """The rows of the hidden field; None if it has been changed into anything else."""
    try:
        return [ListedSupervisor(*row) for row in _ROWS.validate_json(text)]
    except ValidationError:
        return None


def _form(context: OperatorContext, code: str, problem: str = "") -> Response:
    def load(session: Session) -> Mapping[str, Any]:
        return {
            "province": viewers.find_province(session, code),
            "begin": BEGIN_LIST,
            "template": TEMPLATE,
            "most": MAX_COMMUNES,
            "problem": problem,
        }

    return screen(context, "operator/begin.html", PROVINCES, load, 422 if problem else 200)


def _check(
    context: OperatorContext,
    code: str,
    rows: Sequence[ListedSupervisor],
    unread: Sequence[RefusedRow],
    blank: int,
    problem: str = "",
) -> Response:
    """`blank`: how many communes name nobody. Who begins is in the form, which there is only if no row is
    refused."""

    def load(session: Session) -> Mapping[str, Any]:
        province = viewers.find_province(session, code)
        checked = check_supervisors(session, province, rows)
        refused = sorted((*unread, *checked.refused), key=lambda row: (row.sheet, row.row))
        return {
            "province": province,
            "upload": f"{BEGIN_LIST}?province={code}",
            "action": f"{BEGIN_START}?province={code}",
            "problem": problem,
            "blank": blank,
            "ready": [(one, one.listed.code.zfill(5)) for one in checked.ready],
            "refused": [(row, _place(row)) for row in refused],
            "rows": "" if refused else write_rows([one.listed for one in checked.ready]),
        }

    return screen(context, "operator/begin_check.html", PROVINCES, load, 409 if problem else 200)


def _place(row: RefusedRow) -> str:
    """Where in the file it stands."""
    place = _("Dòng %(row)s", row=row.row) if row.row else _("Cả trang")
    return _("%(place)s, trang “%(sheet)s”", place=place, sheet=row.sheet) if row.sheet else place
