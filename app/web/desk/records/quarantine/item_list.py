"""*Chờ xử lý*: the list of operations that wait for a decision."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Form
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session

from app.core.errors import NotFound, StaleDecision
from app.core.strings import _, lazy
from app.core.types import is_id
from app.sync.applying.push_context import REVOKED
from app.sync.quarantine import bulk
from app.sync.quarantine.view import count_of_phone, find_waiting
from app.web.desk.page.context import Desk, PathId, parse_version
from app.web.desk.page.frame import QUARANTINE, build_frame
from app.web.desk.page.paging import NumberedPager, numbered_pager, page_number
from app.web.desk.records.quarantine.disowned import DisownedRow, disowned_rows
from app.web.desk.records.quarantine.item import ItemRow, accept_all_address, item_row
from app.web.frame import Frame
from app.web.rendering import html, moment, number

router = APIRouter()

DONE = {
    "applied": lazy("Đã nhận. Từ giờ được tính."),
    "attached": lazy("Đã nhận vào hộ đã chọn. Từ giờ được tính."),
    "reopened": lazy("Đã hoàn tác: bản ghi này lại chờ quyết định."),
    "changed": lazy("Máy đó vừa gửi thêm hoặc đã có quyết định khác: chưa nhận bản ghi nào. Hãy xem lại."),
    "dropped": lazy("Đã bỏ. Người ghi sẽ thấy trên máy là không được nhận."),
}


@dataclass(frozen=True)
class QuarantinePage:
    """What templates/desk/records/quarantine.html shows; `done` says what was just decided, or is empty.

    `device`: whose operations the list has, empty for all. `accept_all` accepts the `left` that wait for the
    reason of the bulk before. `disowned`: visits whose authors say that they did not write them.
    """

    title: str
    frame: Frame
    as_of: str
    count: str
    rows: list[ItemRow]
    pager: NumberedPager
    done: str
    device: str
    accept_all: str
    left: int
    disowned: list[DisownedRow]


@router.get("/desk/quarantine")
def show_quarantine(
    desk: Desk,
    page: str = "",
    done: str = "",
    device: str = "",
    applied: str = "",
    reason: str = REVOKED,
) -> Response:
    """What waits for a decision, the longest waiting first; of one `device` after *Nhận tất cả*, with the
    number that was `applied`."""
    device_id = device if is_id(device) else ""

    def load(session: Session) -> QuarantinePage:
        found = find_waiting(session, desk.actor, page_number(page), device_id)
        left = count_of_phone(session, desk.actor, device_id, reason) if device_id else 0
        address = f"/desk/quarantine?device={device_id}" if device_id else "/desk/quarantine"
        return QuarantinePage(
            title=_("Chờ xử lý"),
            frame=build_frame(session, desk.actor, QUARANTINE),
            as_of=moment(desk.now),
            count=number(found.total),
            rows=[item_row(item) for item in found.items],
            pager=numbered_pager(address, found.page, found.pages),
            done=_accepted_sentence(parse_version(applied), left) if applied else DONE.get(done, ""),
            device=device_id,
            accept_all=accept_all_address(device_id, reason) if left else "",
            left=left,
            disowned=[] if device_id else disowned_rows(session, desk.actor, desk.now),
        )

    return html("desk/records/quarantine.html", desk.database.read(load))


@router.post("/desk/quarantine/devices/{device_id}/accept")
def accept_all(
    device_id: PathId, desk: Desk, seen: Annotated[str, Form()] = "", reason: str = REVOKED
) -> Response:
    """*Nhận* for all of a phone that waits for `reason`; `seen` is the number that the page showed."""
    if reason not in bulk.REASONS:
        raise NotFound
    address, more = f"/desk/quarantine?device={device_id}", "" if reason == REVOKED else f"&reason={reason}"
    try:
        count = parse_version(seen)
        applied = bulk.accept_all(desk.database, desk.actor, device_id, reason, count, desk.now)
    except StaleDecision:
        return RedirectResponse(f"{address}&done=changed{more}", 303)
    return RedirectResponse(f"{address}&applied={applied}{more}", 303)


def _accepted_sentence(applied: int, left: int) -> str:
    """How many were applied, and how many of the phone's still wait."""
    if not left:
        return _("Đã nhận %(count)s bản ghi của máy này, không còn bản ghi nào chờ.", count=number(applied))
    return _(
        "Đã nhận %(count)s bản ghi của máy này; %(left)s chưa nhận được, vì sao ghi ở từng dòng.",
        count=number(applied),
        left=number(left),
    )
