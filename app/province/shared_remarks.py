"""What communes share with their province: difficulties and good practices, without who wrote them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from sqlalchemy import and_
from sqlmodel import Session, col

from app.commune.accounts.access import visible_to
from app.commune.areas import Commune
from app.commune.province_access import Viewer, actor_in
from app.fieldwork.remarks.models import RemarkKind, RemarkShare, ReportRemark
from app.province.glance import Glance


@dataclass(frozen=True)
class SharedRemark:
    """A remark of a commune's period; `day`: the day of the period that it counts for."""

    commune: Commune
    kind: RemarkKind
    text: str
    day: date


def list_shared(session: Session, viewer: Viewer, glances: Iterable[Glance]) -> list[SharedRemark]:
    """The remarks of these communes' periods that are shared, by commune and day. Those that were removed or
    withdrawn since are gone. One statement for each commune that has begun."""
    begun = (one for one in glances if one.commune.started_at is not None)
    return [remark for one in begun for remark in _of_commune(session, viewer, one)]


def _of_commune(session: Session, viewer: Viewer, glance: Glance) -> Iterator[SharedRemark]:
    commune, actor = glance.commune, actor_in(viewer, glance.commune)
    day = col(ReportRemark.counted_on)
    of_share = and_(
        col(ReportRemark.commune_id) == actor.commune_id, col(ReportRemark.id) == RemarkShare.remark_id
    )
    shared = (
        visible_to(actor, RemarkShare)
        .join(ReportRemark, of_share)
        .where(col(ReportRemark.withdrawn_at).is_(None), day.between(glance.days.first, glance.days.last))
        .add_columns(day)
        .order_by(day, col(RemarkShare.remark_id))
    )
    for share, counted_on in session.execute(shared):
        yield SharedRemark(commune, share.kind, share.text, counted_on)
