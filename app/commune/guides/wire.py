"""A guide as phones get it."""

from typing import NotRequired

from typing_extensions import TypedDict  # pydantic makes no schema of the one in Python 3.11

from app.commune.guides.positions import Place
from app.commune.guides.steps import Step, steps_of
from app.core.types import Row


class StepRow(TypedDict):
    """A step that is shown alone on the screen. `picture`: the name of a drawing of the app."""

    picture: str
    title: str
    text: str


class GuideRow(TypedDict):
    """A guide. `pillar`: also *team*, what concerns every visit; `html`: without the steps; `is_own`: the
    commune has written it. `removed`: phones show it no more, nothing else of it is sent."""

    id: str
    pillar: str
    order: int
    title: str
    html: str
    steps: list[StepRow]
    services: list[str]
    changed_on: str
    is_own: bool
    removed: NotRequired[bool]
    feed_seq: int


def guide_row(row: Row, place: Place) -> GuideRow:
    """A guide, from a row of `guide` that stands at this place."""
    if row["removed_at"]:
        return _removed_row(row)
    return {
        "id": row["code"],
        "pillar": place.group,
        "order": place.position,
        "title": row["title"],
        "html": row["html"],
        "steps": [_step_row(step) for step in steps_of(row["body"])],
        "services": list(place.services),
        "changed_on": row["changed_on"].isoformat(),
        "is_own": row["is_own"],
        "feed_seq": row["feed_seq"],
    }


def _removed_row(row: Row) -> GuideRow:
    """Without a pillar and empty: a phone that does not know `removed` lists and finds it nowhere."""
    return {
        "id": row["code"],
        "pillar": "",
        "order": 0,
        "title": "",
        "html": "",
        "steps": [],
        "services": [],
        "changed_on": row["changed_on"].isoformat(),
        "is_own": True,
        "removed": True,
        "feed_seq": row["feed_seq"],
    }


def _step_row(step: Step) -> StepRow:
    return {"picture": step.picture, "title": step.title, "text": step.text}
