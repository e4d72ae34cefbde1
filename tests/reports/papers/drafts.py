"""Papers of an invented commune, and what Word would read in them."""

import io
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from docx import Document

from app.reports.papers.figures import CommuneFigures, ListBasis, PaperFacts, ServerFacts
from app.reports.papers.filling import Table
from app.reports.papers.library import all_papers
from app.reports.papers.values import make_draft
from app.reports.papers.word import write_paper

COMMUNE = CommuneFigures(
    commune="xã Yên Bình",
    kind="xã",
    place="Yên Bình",
    province="tỉnh Lạng Sơn",
    hamlets=12,
    households=2034,
    numbers=187,
    supervisors=4,
    members=38,
    devices=35,
    silence_days=60,
)
SERVER = ServerFacts(
    address="https://tham-ho.example",
    database="sqlite",
    host="",
    is_encrypted="",
    seen="not_seen",
    has_backups=True,
    backup_days=30,
    phone_days=61,
    log_years=5,
    communes=1,
    factor="required",
)
KNOWN = PaperFacts(COMMUNE, SERVER, None, "Hoàng Văn Bình", datetime(2026, 12, 1, 2, tzinfo=UTC))


def write(
    code: str,
    basis: ListBasis | None = None,
    retention: Table = (),
    commune: CommuneFigures = COMMUNE,
    **server: Any,
) -> bytes:
    """The Word file of a paper, with these facts of the server."""
    known = replace(KNOWN, commune=commune, basis=basis, server=replace(SERVER, **server))
    return write_paper(make_draft(all_papers()[code], known, retention))


def texts(content: bytes) -> str:
    """All that stands in a Word file, paragraph by paragraph and cell by cell."""
    word = Document(io.BytesIO(content))
    lines = [paragraph.text for paragraph in word.paragraphs]
    for table in word.tables:
        lines += [" | ".join(cell.text for cell in row.cells) for row in table.rows]
    return "\n".join(lines).replace("\u200b", "")
