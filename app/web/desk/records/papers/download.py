"""/desk/papers/{code}.docx: a paper as a Word file, with the commune's figures of this moment."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from app.core.errors import NotFound
from app.core.strings import SOURCE, language
from app.reports.papers.library import papers
from app.reports.papers.values import make_draft
from app.reports.papers.word import write_paper
from app.web.deps import Config
from app.web.desk.page.context import Desk
from app.web.desk.records.papers.known import paper_facts, retention_terms
from app.web.desk.records.papers.paper_list import PATH
from app.web.desk.reports.download import DOCX
from app.web.desk.visits.download import download_headers

router = APIRouter()


@router.get(f"{PATH}/{{code}}.docx")
@language(SOURCE)
def download_paper(code: str, request: Request, desk: Desk, settings: Config) -> Response:
    """The paper; it has counts and no names but that of who asks for it. Raises `NotFound`."""
    paper = papers().get(code)
    if paper is None:
        raise NotFound
    known = desk.database.read(lambda session: paper_facts(session, desk, request, settings))
    content = write_paper(make_draft(paper, known, retention_terms()))
    return Response(content, media_type=DOCX, headers=download_headers(paper.file_name))
