"""What is known of a commune and its server, for its papers."""

from typing import Literal

from fastapi import Request
from sqlmodel import Session

from app.commune.areas import count_served
from app.commune.legal_basis import legal_basis
from app.core.clock import local_date
from app.core.config import Settings
from app.core.personal_data.codes import TIMES, Term
from app.core.personal_data.columns import personal_rows
from app.core.strings import _
from app.reports.papers.figures import ListBasis, PaperFacts, ServerFacts, commune_figures
from app.reports.papers.filling import Table
from app.sync.stored_rows import VISITS_FOR
from app.upkeep.maintenance.nightly.place import RETENTION
from app.upkeep.migrations.tables import METADATA
from app.upkeep.storage import storage_state
from app.web.addresses import commune_origin
from app.web.desk.page.context import DeskContext
from app.web.desk.records.settings.personal_words import KINDS, SUBJECTS, TERMS


def paper_facts(session: Session, desk: DeskContext, request: Request, settings: Settings) -> PaperFacts:
    """All that papers say; they name the address that the commune's people open."""
    address = commune_origin(session, request, desk.actor.commune_id)
    return PaperFacts(
        commune=commune_figures(session, desk.actor),
        server=server_facts(session, settings, address),
        basis=list_basis(session, desk.actor.commune_id),
        made_by=desk.actor.name,
        made_at=desk.now,
    )


def list_basis(session: Session, commune_id: str) -> ListBasis | None:
    """On which basis of law the commune has stated that it has its list; None as long as it has not."""
    stated = legal_basis(session, commune_id)
    if stated is None:
        return None
    code: Literal["consent", "task"] = "consent" if stated.basis == "consent" else "task"
    return ListBasis(code, stated.decided_by, local_date(stated.decided_at))


def retention_terms() -> Table:
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
