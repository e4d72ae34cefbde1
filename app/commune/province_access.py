"""What a province viewer may see: the communes of their province, and in each what it has closed or shared.

Every page of a province starts here. A commune of another province is treated as if it did not exist.
"""

from dataclasses import dataclass

from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from app.commune.accounts.access import Actor
from app.commune.areas import Commune, Province
from app.core.errors import NotFound


@dataclass(frozen=True)
class Viewer:
    """A province viewer who makes a request."""

    id: str
    name: str
    province_code: str


def province_of(session: Session, viewer: Viewer) -> Province:
    """The viewer's province."""
    return session.get_one(Province, viewer.province_code)


def visible_communes(viewer: Viewer) -> SelectOfScalar[Commune]:
    """A select of the communes that the viewer may look at: those of the province, also those that have not
    begun."""
    return select(Commune).where(col(Commune.province_code) == viewer.province_code)


def find_commune(session: Session, viewer: Viewer, commune_id: str) -> Commune:
    """The commune with this id. Raises `NotFound`."""
    commune = session.exec(visible_communes(viewer).where(Commune.id == commune_id)).first()
    if commune is None:
        raise NotFound
    return commune


def actor_in(viewer: Viewer, commune: Commune) -> Actor:
    """The viewer as an actor in a commune of the province: `access.visible_to` says what this one sees there.

    Raises `NotFound` for a commune of another province.
    """
    if commune.province_code != viewer.province_code:
        raise NotFound
    return Actor(commune.id, viewer.id, viewer.name, "province_viewer")
