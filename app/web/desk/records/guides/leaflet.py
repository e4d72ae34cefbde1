"""/desk/guides/{code}/leaflet: the steps of a guide on a page of A5, for a household or a notice board."""

from dataclasses import dataclass

from fastapi import APIRouter
from fastapi.responses import Response
from sqlmodel import Session

from app.commune.guides import commands
from app.commune.guides.fact_lines import step_sentences
from app.commune.guides.steps import Step, steps_of
from app.core.errors import NotFound
from app.core.strings import SOURCE, language
from app.web.desk.page.context import Desk, DeskContext, PathId
from app.web.desk.page.frame import GUIDES, build_frame
from app.web.desk.records.guides.guide_list import PATH
from app.web.frame import Frame
from app.web.rendering import html

router = APIRouter()


@dataclass(frozen=True)
class Leaflet:
    """What templates/desk/records/leaflet.html shows. `facts`: what its steps rest on, in sentences;
    `guide`: its address."""

    title: str
    frame: Frame
    guide: str
    steps: tuple[Step, ...]
    facts: list[str]


@router.get("/desk/guides/{code}/leaflet")
@language(SOURCE)
def show_leaflet(code: PathId, desk: Desk) -> Response:
    page = desk.database.read(lambda session: _load(session, desk, code))
    return html("desk/records/leaflet.html", page)


def _load(session: Session, desk: DeskContext, code: str) -> Leaflet:
    guide = commands.find_guide(session, desk.actor, code)
    steps = steps_of(guide.body)
    if not steps or guide.removed_at is not None:
        raise NotFound
    return Leaflet(
        title=guide.title,
        frame=build_frame(session, desk.actor, GUIDES),
        guide=f"{PATH}/{code}",
        steps=steps,
        facts=step_sentences(guide.body),
    )
