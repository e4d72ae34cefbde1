"""A guide as phones get it."""

from typing_extensions import TypedDict  # pydantic makes no schema of the one in Python 3.11

from app.commune.guides.library import library
from app.core.types import Row


class GuideRow(TypedDict):
    """A guide. `pillar`: also *team*, what concerns every visit; `is_own`: the commune has written it."""

    id: str
    pillar: str
    order: int
    title: str
    html: str
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
        "services": list(guide.services),
        "changed_on": row["changed_on"].isoformat(),
        "is_own": row["is_own"],
        "feed_seq": row["feed_seq"],
    }
