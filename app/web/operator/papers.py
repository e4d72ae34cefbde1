"""/operator/level.docx: the dossier of the server's level, with the figures of all communes together."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from sqlmodel import Session

from app.core.strings import SOURCE, language
from app.province.instance import totals
from app.reports.papers.figures import PaperFacts, shared_figures
from app.reports.papers.library import all_papers
from app.reports.papers.values import make_draft
from app.reports.papers.word import write_paper
from app.web.addresses import origin_of
from app.web.desk.records.papers import server_facts
from app.web.desk.reports.download import DOCX
from app.web.desk.visits.download import download_headers
from app.web.operator.context import OperatorContext

router = APIRouter()
LEVEL = "/operator/level.docx"
_CODE = "server_level"


@router.get(LEVEL)
@language(SOURCE)
def download_level(request: Request, context: Annotated[OperatorContext, Depends()]) -> Response:
    """The dossier; it has sums and no commune's name."""
    paper, address = all_papers()[_CODE], origin_of(request, None)

    def load(session: Session) -> PaperFacts:
        households, phones = totals(session)
        return PaperFacts(
            commune=shared_figures(households, phones),
            server=server_facts(session, context.settings, address),
            basis=None,
            made_by=context.operator.name,
            made_at=context.now,
        )

    content = write_paper(make_draft(paper, context.database.read(load)))
    return Response(content, media_type=DOCX, headers=download_headers(paper.file_name))
