"""/desk/papers: *Giấy tờ*, the papers on personal data and security that a commune needs, each with when it
is needed, as Word files with the commune's figures of this moment; what they cannot say yet."""

from typing import Literal

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlmodel import Session

from app.commune.areas import count_served
from app.commune.legal_basis import legal_basis
from app.core.clock import local_date
from app.core.config import Settings
from app.core.errors import NotFound
from app.core.law.facts import STALE_AFTER
from app.core.personal_data.codes import TIMES, Term
from app.core.personal_data.columns import personal_rows
from app.core.strings import SOURCE, _, language
from app.reports.papers.figures import ListBasis, PaperFacts, ServerFacts, commune_figures
from app.reports.papers.filling import Table
from app.reports.papers.library import first_check, papers
from app.reports.papers.values import make_draft
from app.reports.papers.word import write_paper
from app.sync.stored_rows import VISITS_FOR
from app.upkeep.maintenance.nightly.place import RETENTION
from app.upkeep.migrations.tables import METADATA
from app.upkeep.storage import storage_state
from app.web.addresses import commune_origin
from app.web.deps import Config
from app.web.desk.page.context import Desk, DeskContext
from app.web.desk.page.frame import PAPERS
from app.web.desk.records.settings.personal_words import KINDS, SUBJECTS, TERMS
from app.web.desk.reports.download import DOCX
from app.web.desk.visits.download import download_headers
from app.web.screens import screen

router = APIRouter()
PATH = "/desk/papers"


@router.get(PATH)
def show_papers(desk: Desk, settings: Config) -> Response:
    """The papers in the order in which communes need them."""
    return screen(
        desk,
        "desk/records/papers.html",
        PAPERS,
        lambda session: {
            "papers": papers(),
            "missing": _missing(session, desk, settings),
            "checked": first_check(),
        },
    )


@router.get(f"{PATH}/{{code}}.docx")
@language(SOURCE)
def download_paper(code: str, request: Request, desk: Desk, settings: Config) -> Response:
    """The paper; it has counts and no names but that of who asks for it. Raises `NotFound`."""
    paper = papers().get(code)
    if paper is None:
        raise NotFound
    known = desk.read(lambda session: _paper_facts(session, desk, request, settings))
    content = write_paper(make_draft(paper, known, _retention_terms()))
    return Response(content, media_type=DOCX, headers=download_headers(paper.file_name))


def _paper_facts(session: Session, desk: DeskContext, request: Request, settings: Settings) -> PaperFacts:
    """All that papers say; they name the address that the commune's people open."""
    address = commune_origin(session, request, desk.actor.commune_id)
    return PaperFacts(
        commune=commune_figures(session, desk.actor),
        server=server_facts(session, settings, address),
        basis=_list_basis(session, desk.actor.commune_id),
        made_by=desk.actor.name,
        made_at=desk.now,
    )


def _list_basis(session: Session, commune_id: str) -> ListBasis | None:
    """On which basis of law the commune has stated that it has its list; None as long as it has not."""
    stated = legal_basis(session, commune_id)
    if stated is None:
        return None
    code: Literal["consent", "task"] = "consent" if stated.basis == "consent" else "task"
    return ListBasis(code, stated.decided_by, local_date(stated.decided_at))


def _retention_terms() -> Table:
    """How long what is stored of whom, with headings, as the columns say (`app/core/personal_data`)."""
    heads = (_("Dữ liệu"), _("Của ai"), _("Lưu đến khi nào"))
    rows = personal_rows(METADATA.sorted_tables)
    found = ((KINDS[one.what], SUBJECTS[one.subject], TERMS[one.keep]) for one in rows)
    return (heads, *dict.fromkeys((str(what), str(whose), str(term)) for what, whose, term in found))


def server_facts(session: Session, settings: Settings, address: str) -> ServerFacts:
    """The server at this address, as its settings say and as it can see."""
    storage = storage_state(settings)
    return ServerFacts(
        address=address,
        database="sqlite" if settings.sqlite_file else "postgresql",
        host=settings.hosted_by,
        is_encrypted=storage.stated,
        seen=storage.seen,
        has_backups=settings.backup_dir is not None,
        backup_days=RETENTION.days,
        phone_days=VISITS_FOR.days,
        log_years=TIMES[Term.LOG][0] // 12,
        communes=count_served(session),
        factor=settings.factor_demand,
    )


def _missing(session: Session, desk: DeskContext, settings: Settings) -> list[str]:
    """What papers leave to be filled in, because nobody has stated it."""
    missing = []
    if local_date(desk.now) - first_check() > STALE_AFTER:
        missing.append(_("Điều luật trong giấy kiểm tra đã quá 90 ngày: đối chiếu văn bản mới trước khi ký."))
    if _list_basis(session, desk.actor.commune_id) is None:
        missing.append(_("Căn cứ của danh sách hộ: giấy có hai ô để đánh dấu."))
    if not settings.hosted_by:
        missing.append(_("Ai vận hành máy chủ: giấy để chỗ chấm."))
    stated = storage_state(settings).stated
    if not stated:
        missing.append(_("Dữ liệu lưu trữ có được mã hóa không: người vận hành chưa khai."))
    elif stated == "no":
        missing.append(_("Người vận hành khai dữ liệu lưu trữ chưa được mã hóa."))
    return missing
