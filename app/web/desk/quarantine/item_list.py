"""*Chờ xử lý*: the list of operations that wait for a decision."""

import re
from dataclasses import dataclass

from fastapi import APIRouter
from fastapi.responses import Response
from sqlmodel import Session

from app.core.strings import _
from app.sync.quarantine.view import find_waiting
from app.web.desk.context import Desk
from app.web.desk.frame import QUARANTINE, Frame, build_frame
from app.web.desk.quarantine.item import ItemRow, item_row
from app.web.rendering import html, moment, number

router = APIRouter()

_PAGE = re.compile(r"[0-9]{1,6}")

DONE = {
    "applied": _("Đã nhận. Từ giờ được tính."),
    "all": _("Đã nhận tất cả bản ghi chờ của máy đó. Từ giờ được tính."),
    "some": _("Đã nhận các bản ghi nhận được của máy đó. Số còn lại vẫn chờ dưới đây."),
    "changed": _("Máy đó vừa gửi thêm hoặc đã có quyết định khác: chưa nhận bản ghi nào. Hãy xem lại."),
    "dropped": _("Đã bỏ. Người ghi sẽ thấy trên máy là không được nhận."),
}


@dataclass(frozen=True)
class NumberedPager:
    """*Trang 2/11* and the addresses of the pages before and after, empty at the ends."""

    page: str
    pages: str
    previous: str
    next: str


@dataclass(frozen=True)
class QuarantinePage:
    """What templates/desk/quarantine.html shows; `done` says what was just decided, or is empty."""

    title: str
    frame: Frame
    as_of: str
    count: str
    rows: list[ItemRow]
    pager: NumberedPager
    done: str


@router.get("/desk/quarantine")
def show_quarantine(desk: Desk, page: str = "", done: str = "") -> Response:
    """What waits for a decision, the longest waiting first."""

    def load(session: Session) -> QuarantinePage:
        found = find_waiting(session, desk.actor, _parse_page(page))
        return QuarantinePage(
            title=_("Chờ xử lý"),
            frame=build_frame(session, desk.actor, QUARANTINE),
            as_of=moment(desk.now),
            count=number(found.total),
            rows=[item_row(item) for item in found.items],
            pager=_pager(found.page, found.pages),
            done=DONE.get(done, ""),
        )

    return html("desk/quarantine.html", desk.database.read(load))


def _parse_page(page: str) -> int:
    """From 1; the first page where `page` is not a number."""
    return int(page) if _PAGE.fullmatch(page) else 1


def _pager(page: int, pages: int) -> NumberedPager:
    def address(number_: int) -> str:
        return f"/desk/quarantine?page={number_}" if 1 <= number_ <= pages else ""

    return NumberedPager(number(page), number(pages), address(page - 1), address(page + 1))
