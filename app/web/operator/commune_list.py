"""/operator/: the communes that have begun, those that need a call first, and the search for one."""

from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends
from fastapi.responses import Response
from sqlmodel import Session

from app.commune.areas import Commune, all_provinces
from app.commune.credentials import communes
from app.core.strings import _, lazy
from app.province import instance
from app.province.instance import PAGE, CommuneSigns
from app.upkeep.maintenance import record
from app.web.desk.page.filter_fields import Option
from app.web.desk.page.paging import NumberedPager, numbered_pager, page_number
from app.web.expired_session import OPERATOR_START
from app.web.frame import Frame
from app.web.operator.context import OperatorContext, operator_frame, province_label
from app.web.operator.signs import InstanceSigns, SignTexts, read_instance, sign_texts
from app.web.operator.status_page import backup_problem, newest_backup
from app.web.rendering import html, moment, number

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


@dataclass(frozen=True)
class CommuneRow:
    """One commune in the list. `place`: its province and code; `state`: of one that is not at work."""

    href: str
    name: str
    place: str
    state: str
    signs: SignTexts
    supervisors: str


@dataclass(frozen=True)
class CommunesPage:
    """What templates/operator/communes.html shows. `backup`: a sentence about the newest backup;
    `backup_problem`: why somebody has to look at the backups, empty if all is well. `filters`: label, count,
    address and whether it is the one that is on; none with a search, whose words are `q`. `more`: how many
    were found beyond those listed. `counted`: when the oldest signs of the page were counted."""

    title: str
    frame: Frame
    as_of: str
    backup: str
    backup_problem: str
    count: str
    provinces: list[Option]
    filters: list[tuple[str, str, str, bool]]
    rows: list[CommuneRow]
    pager: NumberedPager
    counted: str
    q: str
    more: str


@router.get(OPERATOR_START)
def show_communes(
    context: Annotated[OperatorContext, Depends()],
    q: str = "",
    province: str = "",
    show: str = "",
    page: str = "",
) -> Response:
    """The list; with `q`, words of the name of a commune, those that it finds, also some to begin."""
    words = q[:MAX_WORDS].strip()
    asked = _Asked(words, province, show if show in FILTERS else "", page_number(page[:6]))
    return html(
        "operator/communes.html",
        context.database.read(lambda session: _page(session, context, asked)),
    )


@dataclass(frozen=True)
class _Asked:
    """What the address asks for."""

    words: str
    province: str
    show: str
    page: int


def _page(session: Session, context: OperatorContext, asked: _Asked) -> CommunesPage:
    provinces = all_provinces(session)
    code = asked.province if any(one.code == asked.province for one in provinces) else ""
    counts = instance.count_begun(session, code)
    pages = max(1, -(-counts[asked.show] // PAGE))
    page, more = min(asked.page, pages), 0
    if asked.words:
        ids, found = communes.search(session, asked.words, code)
        listed, more, pages = instance.find(session, ids), found - len(ids), 1
    else:
        listed = instance.list_begun(session, code, asked.show, page)
    backups = record.read_state(session)
    counted = [one.signs.as_of for one in listed if one.signs]
    return CommunesPage(
        title=_("Xã, phường"),
        frame=operator_frame(context.operator),
        as_of=moment(context.now),
        backup=newest_backup(backups),
        backup_problem=backup_problem(backups, context.now),
        count=number(counts[""]),
        provinces=[Option(one.code, one.full_name, one.code == code) for one in provinces],
        filters=[] if asked.words else _filters(counts, code, asked.show),
        rows=_rows(session, listed, read_instance(session, context.settings)),
        pager=numbered_pager(_address(code, asked.show), page, pages),
        counted=moment(min(counted)) if counted else "",
        q=asked.words,
        more=number(more) if more else "",
    )


def _filters(counts: dict[str, int], province: str, show: str) -> list[tuple[str, str, str, bool]]:
    return [
        (str(label), number(counts[name]), _address(province, name), name == show)
        for name, label in FILTERS.items()
    ]


def _address(province: str, show: str) -> str:
    fields = {name: value for name, value in (("province", province), ("show", show)) if value}
    return f"{OPERATOR_START}?{urlencode(fields)}" if fields else OPERATOR_START


def _rows(session: Session, listed: list[CommuneSigns], compared: InstanceSigns) -> list[CommuneRow]:
    supervisors = communes.count_supervisors(session, [one.commune.id for one in listed])
    return [
        CommuneRow(
            href=f"/operator/communes/{one.commune.id}",
            name=one.commune.full_name,
            place=f"{province_label(one.province)} {one.commune.code}",
            state=_state(one.commune),
            signs=sign_texts(one, compared),
            supervisors=number(supervisors[one.commune.id]),
        )
        for one in listed
    ]


def _state(commune: Commune) -> str:
    if commune.started_at is None:
        return _("chưa bắt đầu")
    if commune.moved_at is not None:
        return _("đã chuyển đi %(when)s", when=moment(commune.moved_at))
    return _("tạm dừng từ %(when)s", when=moment(commune.off_at)) if commune.off_at else ""
