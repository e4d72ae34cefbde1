"""/desk/settings/report-form: *Mẫu báo cáo*, saved once for every later report."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Annotated

from fastapi import APIRouter, Form
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session

from app.commune.accounts.commune import supervisor_names
from app.core.errors import Invalid, StaleDecision, TextRefused
from app.core.strings import _, labels, lazy
from app.reports.report_form.commands import MAX_LINE, MAX_LINES, MAX_UNIT, TypedReportForm, save_form
from app.reports.report_form.models import SIGNATURES, CommuneReportForm, stored_form
from app.web.desk.page.context import Desk, DeskContext, FormVersion
from app.web.desk.page.filter_fields import Option
from app.web.desk.page.frame import SETTINGS, build_frame
from app.web.frame import Frame
from app.web.rendering import html, moment

router = APIRouter()
PATH = "/desk/settings/report-form"
Typed = Annotated[str, Form(max_length=8_000)]
_SIGNATURES = labels(
    SIGNATURES,
    {
        "chairman": lazy("Chủ tịch ký: TM. ỦY BAN NHÂN DÂN, CHỦ TỊCH"),
        "deputy": lazy("Phó Chủ tịch ký thay: TM. ỦY BAN NHÂN DÂN, KT. CHỦ TỊCH, PHÓ CHỦ TỊCH"),
        "head": lazy("Trưởng phòng ký thừa lệnh: TL. CHỦ TỊCH, TRƯỞNG PHÒNG"),
        "department": lazy("Báo cáo của phòng, trưởng phòng ký: TRƯỞNG PHÒNG"),
    },
)
_LINES = lazy(
    "Nhiều nhất %(lines)s dòng, mỗi dòng %(most)s ký tự, không có dãy số dài.", lines=MAX_LINES, most=MAX_LINE
)
_PROBLEMS = {
    "signature": lazy("Chọn ai ký."),
    "department": lazy(
        "Báo cáo của phòng cần tên phòng, một dòng, nhiều nhất %(most)s ký tự, không có dãy số dài.",
        most=MAX_LINE,
    ),
    "series": lazy("Ghi như BC-UBND; báo cáo của phòng có ký hiệu của phòng, như BC-VHXH."),
    "addressees": _LINES,
    "receivers": _LINES,
    "drafting_unit": lazy("Một dòng, nhiều nhất %(most)s ký tự, không có dãy số dài.", most=MAX_UNIT),
}
_ODD = lazy("Có ký tự lạ không lưu được. Xóa chỗ đó, gõ lại rồi lưu.")


@dataclass(frozen=True)
class ReportFormPage:
    """What templates/desk/records/report_form.html shows. `version`: of the fields; `changed`: who
    saved it and when, empty if nobody has; `notice`: what a colleague did meanwhile."""

    title: str
    frame: Frame
    done: str
    notice: str
    signatures: list[Option]
    typed: TypedReportForm
    problems: Mapping[str, str]
    version: int
    changed: str


@dataclass(frozen=True)
class _Refused:
    typed: TypedReportForm
    problems: dict[str, str] = field(default_factory=dict)
    notice: str = ""
    status: int = 422


@router.get(PATH)
def show_report_form(desk: Desk, done: str = "") -> Response:
    """The form as it is saved, or empty."""
    return _page(desk, done=_("Đã lưu mẫu. Báo cáo chưa chốt in theo mẫu này.") if done else "")


@router.post(PATH)
def save_report_form(
    desk: Desk,
    version: FormVersion,
    signature: Typed = "",
    department: Typed = "",
    series: Typed = "",
    addressees: Typed = "",
    receivers: Typed = "",
    drafting_unit: Typed = "",
) -> Response:
    """*Lưu mẫu*: what is not understood comes back with a sentence at its field, and so does what was typed
    while a colleague saved another form."""
    typed = TypedReportForm(signature, department, series, addressees, receivers, drafting_unit)
    try:
        desk.database.write(lambda session: save_form(session, desk.actor, typed, version, desk.now))
    except Invalid as error:
        return _page(desk, _Refused(typed, {name: str(_PROBLEMS[name]) for name in error.fields}))
    except TextRefused:
        return _page(desk, _Refused(typed, notice=_ODD))
    except StaleDecision:
        notice = _("Mẫu vừa được người khác lưu. Bấm Lưu mẫu lần nữa thì mẫu dưới đây thay mẫu đó.")
        return _page(desk, _Refused(typed, notice=notice, status=409))
    return RedirectResponse(f"{PATH}?done=1", 303)


def _page(desk: DeskContext, refused: _Refused | None = None, done: str = "") -> Response:
    def load(session: Session) -> ReportFormPage:
        row = stored_form(session, desk.actor.commune_id)
        typed = refused.typed if refused else _typed(row)
        problems = refused.problems if refused else {}
        return ReportFormPage(
            title=_("Mẫu báo cáo"),
            frame=build_frame(session, desk.actor, SETTINGS),
            done=done,
            notice=refused.notice if refused else "",
            signatures=[
                Option(code, str(label), code == typed.signature) for code, label in _SIGNATURES.items()
            ],
            typed=typed,
            problems={one.name: problems.get(one.name, "") for one in fields(TypedReportForm)},
            version=row.version if row else 0,
            changed=_changed(session, desk, row),
        )

    return html("desk/records/report_form.html", desk.database.read(load), refused.status if refused else 200)


def _typed(row: CommuneReportForm | None) -> TypedReportForm:
    """The stored form as it would be typed."""
    if row is None:
        return TypedReportForm()
    return TypedReportForm(
        signature=row.signature,
        department=row.department,
        series=row.series,
        addressees="\n".join(row.addressees),
        receivers="\n".join(row.receivers),
        drafting_unit=row.drafting_unit,
    )


def _changed(session: Session, desk: DeskContext, row: CommuneReportForm | None) -> str:
    if row is None:
        return ""
    who = supervisor_names(session, desk.actor).get(row.changed_by, "")
    return _("%(who)s lưu lúc %(when)s", who=who, when=moment(row.changed_at))
