"""/desk/papers: the papers, each with when it is needed, and what of the server they cannot say yet."""

from dataclasses import dataclass

from fastapi import APIRouter
from fastapi.responses import Response
from sqlmodel import Session

from app.core.clock import local_date
from app.core.config import Settings
from app.core.law.facts import STALE_AFTER
from app.core.strings import _
from app.reports.papers.library import first_check, papers
from app.upkeep.storage import storage_state
from app.web.deps import Config
from app.web.desk.page.context import Desk, DeskContext
from app.web.desk.page.frame import PAPERS, build_frame
from app.web.desk.records.papers.known import list_basis
from app.web.frame import Frame
from app.web.rendering import day, html

router = APIRouter()
PATH = "/desk/papers"


@dataclass(frozen=True)
class PaperRow:
    """One paper: its Word file, and when a commune needs it, in Vietnamese like the paper."""

    href: str
    kind: str
    title: str
    use: str


@dataclass(frozen=True)
class PapersPage:
    """What templates/desk/records/papers.html shows. `missing`: what papers leave to be filled in, because
    nobody has stated it; `checked`: the earliest day on which their facts of law were checked."""

    title: str
    frame: Frame
    missing: list[str]
    checked: str
    rows: list[PaperRow]


@router.get(PATH)
def show_paper_list(desk: Desk, settings: Config) -> Response:
    """The papers in the order in which communes need them."""
    return html(
        "desk/records/papers.html", desk.database.read(lambda session: _page(session, desk, settings))
    )


def _page(session: Session, desk: DeskContext, settings: Settings) -> PapersPage:
    rows = [
        PaperRow(f"{PATH}/{code}.docx", paper.kind, paper.title, paper.use)
        for code, paper in papers().items()
    ]
    return PapersPage(
        title=_("Giấy tờ về dữ liệu cá nhân và an ninh"),
        frame=build_frame(session, desk.actor, PAPERS),
        missing=_missing(session, desk, settings),
        checked=day(first_check()),
        rows=rows,
    )


def _missing(session: Session, desk: DeskContext, settings: Settings) -> list[str]:
    missing = []
    if local_date(desk.now) - first_check() > STALE_AFTER:
        missing.append(_("Điều luật trong giấy kiểm tra đã quá 90 ngày: đối chiếu văn bản mới trước khi ký."))
    if list_basis(session, desk.actor.commune_id) is None:
        missing.append(_("Căn cứ của danh sách hộ: giấy có hai ô để đánh dấu."))
    if not settings.hosted_by:
        missing.append(_("Ai vận hành máy chủ: giấy để chỗ chấm."))
    stated = storage_state(settings).stated
    if not stated:
        missing.append(_("Dữ liệu lưu trữ có được mã hóa không: người vận hành chưa khai."))
    elif stated == "no":
        missing.append(_("Người vận hành khai dữ liệu lưu trữ chưa được mã hóa."))
    return missing
