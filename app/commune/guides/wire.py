"""A guide as phones get it."""

from typing_extensions import TypedDict  # pydantic makes no schema of the one in Python 3.11

from app.commune.guides.library import library
from app.commune.guides.steps import Step, steps_of
from app.core.types import Row


class StepRow(TypedDict):
    """A step that is shown alone on the screen. `picture`: the name of a drawing of the app."""

    picture: str
    title: str
    text: str


class GuideRow(TypedDict):
    """A guide. `pillar`: also *team*, what concerns every visit; `html`: without the steps; `is_own`: the
    commune has written it."""

    id: str
    pillar: str
    order: int
    title: str
    html: str
    steps: list[StepRow]
    services: list[str]
    changed_on: str
    is_own: bool
    feed_seq: int


def guide_row(row: Row) -> GuideRow:
    """A guide, from a row of `guide` whose code is in the library."""
    guide = library()[row["code"]]
    return {
        "id": row["code"],
        "pillar": guide.group,
        "order": guide.position,
        "title": row["title"],
        "html": row["html"],
        "steps": [_step_row(step) for step in steps_of(row["body"])],
        "services": list(guide.services),
        "changed_on": row["changed_on"].isoformat(),
        "is_own": row["is_own"],
        "feed_seq": row["feed_seq"],
    }


def _step_row(step: Step) -> StepRow:
    return {"picture": step.picture, "title": step.title, "text": step.text}
