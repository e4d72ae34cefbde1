"""/desk/services/new and /desk/services/{code}: a service of the commune's own."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from fastapi import APIRouter
from fastapi.responses import Response
from sqlmodel import Session

from app.commune.accounts.commune import supervisor_names
from app.commune.catalog import commands
from app.commune.catalog.commands import FIRST_OUTCOMES, MAX_OWN_SERVICES, ServiceContent
from app.core.errors import NameTaken, StaleDecision
from app.core.strings import _, lazy
from app.web.desk.page.context import Desk, DeskContext, PathId
from app.web.desk.page.frame import SERVICES
from app.web.desk.page.labels import OUTCOMES, PILLARS
from app.web.forms import At, Code, Codes, Day, Filled, Form, Sent, Values, Version, name_field, submit
from app.web.screens import screen

router = APIRouter()
_DONE = "/desk/services?done=saved"


def _wrong_order(typed: Values) -> Mapping[str, str]:
    first, last = typed["first_day"], typed["last_day"]
    return {"last_day": _("Ngày cuối phải từ ngày đầu trở đi.")} if first and last and last < first else {}


SERVICE = Form(
    name_field(
        "label",
        lazy("Tên việc"),
        lazy("Nhập tên việc."),
        lazy("Ngắn gọn, như trên máy: Cài ứng dụng của tỉnh"),
    ),
    Code("pillar", lazy("Nhóm"), wrong=lazy("Chọn một nhóm."), options=PILLARS, empty=lazy("Chọn nhóm")),
    Codes(
        "first",
        lazy("Ba kết quả đưa ra trước"),
        wrong=lazy("Chọn ba kết quả khác nhau."),
        options=OUTCOMES,
        least=FIRST_OUTCOMES,
        most=FIRST_OUTCOMES,
    ),
    Codes(
        "outcome",
        lazy("Kết quả khác được phép"),
        lazy("Kết quả đã cho phép thì không bỏ được: máy của tổ có thể còn lượt ghi kết quả đó, chưa gửi."),
        lazy("Chọn trong các kết quả dưới đây."),
        options=OUTCOMES,
    ),
    Day("first_day", lazy("Từ ngày"), lazy("Để trống là không giới hạn. Mẫu: 24/11/2026"), asks_year=True),
    Day("last_day", lazy("Đến hết ngày"), asks_year=True),
    Version(),
    refusals={
        NameTaken: At("label", lazy("Danh mục đã có việc tên này, có thể đang tắt. Đặt tên khác.")),
        "count": At(
            "label", lazy("Đã có %(count)s việc riêng, không thêm được nữa.", count=MAX_OWN_SERVICES)
        ),
        StaleDecision: "",  # the page says who changed it
    },
    check=_wrong_order,
)


@router.get("/desk/services/new")
def show_new_service(desk: Desk) -> Response:
    return _page(desk, "", SERVICE.blank())


@router.post("/desk/services/new")
def add_service(desk: Desk, sent: Sent) -> Response:
    """Add the service; a wrong field shows the form again with a sentence."""

    def add(session: Session, typed: Values) -> None:
        commands.add_service(session, desk.actor, _content(typed), desk.now)

    return submit(desk, SERVICE, sent, add, _DONE, partial(_page, desk, ""))


@router.get("/desk/services/{code}")
def show_service(code: PathId, desk: Desk) -> Response:
    service = desk.read(lambda session: commands.find_own_service(session, desk.actor, code))
    return _page(desk, code, SERVICE.of(service, label=service.label_vi, outcome=service.outcomes))


@router.post("/desk/services/{code}")
def change_service(code: PathId, desk: Desk, sent: Sent) -> Response:
    """Change the service; if a colleague did so meanwhile, the form says that and shows what was typed."""

    def change(session: Session, typed: Values) -> None:
        commands.change_service(session, desk.actor, code, _content(typed), typed["version"], desk.now)

    return submit(desk, SERVICE, sent, change, _DONE, partial(_page, desk, code))


def _content(typed: Values) -> ServiceContent:
    texts = (typed["label"], typed["pillar"], typed["first"], typed["outcome"])
    return ServiceContent(*texts, typed["first_day"], typed["last_day"])


def _page(desk: DeskContext, code: str, form: Filled) -> Response:
    def load(session: Session) -> Mapping[str, Any]:
        service = commands.find_own_service(session, desk.actor, code) if code else None
        names = supervisor_names(session, desk.actor) if form.is_stale else {}
        return {"service": service, "form": form, "code": code, "names": names}

    return screen(desk, "desk/records/service_form.html", SERVICES, load, form.status)
