"""What is known of a commune and its server, for its papers."""

from fastapi import Request
from sqlmodel import Session

from app.commune.areas import count_served
from app.core.config import Settings
from app.reports.papers.figures import ListBasis, PaperFacts, ServerFacts, commune_figures
from app.reports.papers.filling import Table
from app.sync.stored_rows import VISITS_FOR
from app.upkeep.audit import purge
from app.upkeep.maintenance.nightly.place import RETENTION
from app.upkeep.storage import storage_state
from app.web.addresses import commune_origin
from app.web.desk.page.context import DeskContext


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


def list_basis(_session: Session, _commune_id: str) -> ListBasis | None:
    """On which ground of law the commune has stated that it has its list; None as long as it has not."""
    return None


def retention_terms() -> Table:
    """How long what is stored, with headings; empty: papers have lines to fill in by hand."""
    return ()


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
        log_years=purge.RETENTION.days // 365,
        communes=count_served(session),
        factor=settings.factor_demand,
    )
