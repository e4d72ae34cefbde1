"""/operator/: the communes that have begun, those that need a call first, and the search for one."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter
from fastapi.responses import Response
from sqlmodel import Session

from app.commune.areas import Commune, all_provinces
from app.commune.credentials import communes
from app.core.strings import _, lazy
from app.province import instance
from app.province.instance import PAGE
from app.upkeep.maintenance import record
from app.web.desk.page.paging import numbered_pager, page_number
from app.web.expired_session import OPERATOR_START
from app.web.operator.context import Context
from app.web.operator.signs import read_instance, sign_texts
from app.web.operator.status_page import backup_problem, newest_backup
from app.web.rendering import moment
from app.web.screens import screen

router = APIRouter()
MAX_WORDS = 80
"""Characters of a search."""
# `instance.FILTERS` in words.
FILTERS = {
    "": lazy("Tất cả"),
    "attention": lazy("Cần gọi"),
    "lost": lazy("Mất bản ghi"),
    "full": lazy("Vượt hạn mức"),
    "silent": lazy("Im lặng"),
    "behind": lazy("Chưa gửi"),
    "outdated": lazy("Bản cũ"),
    "off": lazy("Tạm dừng"),
    "moved": lazy("Đã chuyển đi"),
}


@router.get(OPERATOR_START)
def show_communes(
    context: Context, q: str = "", province: str = "", show: str = "", page: str = ""
) -> Response:
    """The list; with `q`, words of the name of a commune, those that it finds, also some to begin."""
    words, shown = q[:MAX_WORDS].strip(), show if show in FILTERS else ""

    def load(session: Session) -> Mapping[str, Any]:
        provinces = all_provinces(session)
        code = province if any(one.code == province for one in provinces) else ""
        counts = instance.count_begun(session, code)
        pages = max(1, -(-counts[shown] // PAGE))
        number, more = min(page_number(page[:6]), pages), 0
        if words:
            ids, found = communes.search(session, words, code)
            listed, more, pages = instance.find(session, ids), found - len(ids), 1
        else:
            listed = instance.list_begun(session, code, shown, number)
        compared = read_instance(session, context.settings)
        backups = record.read_state(session)
        return {
            "backup": newest_backup(backups),
            "backup_problem": backup_problem(backups, context.now),
            "counts": counts,
            "province": code,
            "provinces": provinces,
            "filters": {} if words else FILTERS,
            "shown": shown,
            "rows": [(one, _state(one.commune), sign_texts(one, compared)) for one in listed],
            "supervisors": communes.count_supervisors(session, [one.commune.id for one in listed]),
            "pager": numbered_pager(_address(code, shown), number, pages),
            # When the oldest signs of the page were counted.
            "counted": min((one.signs.as_of for one in listed if one.signs), default=None),
            "q": words,
            "more": more,
        }

    return screen(context, "operator/communes.html", OPERATOR_START, load)


def _address(province: str, show: str) -> str:
    fields = {name: value for name, value in (("province", province), ("show", show)) if value}
    return f"{OPERATOR_START}?{urlencode(fields)}" if fields else OPERATOR_START


def _state(commune: Commune) -> str:
    if commune.started_at is None:
        return _("chưa bắt đầu")
    if commune.moved_at is not None:
        return _("đã chuyển đi %(when)s", when=moment(commune.moved_at))
    return _("tạm dừng từ %(when)s", when=moment(commune.off_at)) if commune.off_at else ""
