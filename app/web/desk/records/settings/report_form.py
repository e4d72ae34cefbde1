"""/desk/settings/report-form: *Mẫu báo cáo*, saved once for every later report."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from fastapi import APIRouter
from fastapi.responses import Response
from sqlmodel import Session

from app.commune.accounts.commune import supervisor_names
from app.core.errors import StaleDecision
from app.core.strings import labels, lazy
from app.reports.report_form.commands import MAX_LINE, MAX_LINES, MAX_UNIT, TypedReportForm, save_form
from app.reports.report_form.models import SIGNATURES, stored_form
from app.web.desk.page.context import Desk, DeskContext
from app.web.desk.page.frame import SETTINGS
from app.web.forms import ODD, Filled, Form, Sent, Text, Values, Version, submit
from app.web.screens import screen

router = APIRouter()
PATH = "/desk/settings/report-form"
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
REPORT_FORM = Form(
    Text("signature", lazy("Ai ký"), wrong=lazy("Chọn ai ký.")),
    Text(
        "department",
        lazy("Tên phòng (nếu là báo cáo của phòng)"),
        lazy("Ví dụ: Phòng Kinh tế"),
        lazy(
            "Báo cáo của phòng cần tên phòng, một dòng, nhiều nhất %(most)s ký tự, không có dãy số dài.",
            most=MAX_LINE,
        ),
        maxlength=160,
    ),
    Text(
        "series",
        lazy("Ký hiệu sau số"),
        lazy("Để trống là BC-UBND. Báo cáo của phòng: như BC-VHXH."),
        lazy("Ghi như BC-UBND; báo cáo của phòng có ký hiệu của phòng, như BC-VHXH."),
        maxlength=40,
    ),
    Text(
        "addressees",
        lazy("Kính gửi"),
        lazy("Mỗi nơi một dòng. Để trống thì in chỗ chấm để ghi tay."),
        _LINES,
        lines=4,
        shown=8_000,
    ),
    Text(
        "receivers",
        lazy("Nơi nhận"),
        lazy("Mỗi nơi một dòng, không cần ghi Như trên và Lưu: VT."),
        _LINES,
        lines=4,
        shown=8_000,
    ),
    Text(
        "drafting_unit",
        lazy("Đơn vị soạn thảo"),
        lazy("Viết tắt, in ở dòng cuối của Nơi nhận: Lưu: VT, VHXH."),
        lazy("Một dòng, nhiều nhất %(most)s ký tự, không có dãy số dài.", most=MAX_UNIT),
        maxlength=60,
    ),
    Version(),
    refusals={
        "text": ODD,
        StaleDecision: lazy("Mẫu vừa được người khác lưu. Bấm Lưu mẫu lần nữa thì mẫu dưới đây thay mẫu đó."),
    },
)


@router.get(PATH)
def show_report_form(desk: Desk, done: str = "") -> Response:
    """The form as it is saved, or empty."""
    row = desk.read(lambda session: stored_form(session, desk.actor.commune_id))
    if row is None:
        return _page(desk, REPORT_FORM.blank(signature=TypedReportForm().signature), done)
    lines = {name: "\n".join(getattr(row, name)) for name in ("addressees", "receivers")}
    return _page(desk, REPORT_FORM.of(row, **lines), done)


@router.post(PATH)
def save_report_form(desk: Desk, sent: Sent) -> Response:
    """*Lưu mẫu*: what is not understood comes back with a sentence at its field, and so does what was typed
    while a colleague saved another form."""

    def save(session: Session, typed: Values) -> None:
        fields = {name: text for name, text in typed.items() if name != "version"}
        save_form(session, desk.actor, TypedReportForm(**fields), typed["version"], desk.now)

    return submit(desk, REPORT_FORM, sent, save, f"{PATH}?done=1", partial(_page, desk))


def _page(desk: DeskContext, form: Filled, done: str = "") -> Response:
    def load(session: Session) -> Mapping[str, Any]:
        return {
            "form": form,
            "signatures": _SIGNATURES,
            "done": done,
            "row": stored_form(session, desk.actor.commune_id),
            "names": supervisor_names(session, desk.actor),
        }

    return screen(desk, "desk/records/report_form.html", SETTINGS, load, form.status)
