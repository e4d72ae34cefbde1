"""What communes share with their province: difficulties and good practices, without who wrote them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

from sqlalchemy import Date, Select, and_, bindparam
from sqlmodel import Session, col

from app.commune.accounts.access import Actor, visible_to
from app.commune.accounts.actor_statement import ActorStatement
from app.commune.areas import Commune
from app.commune.province_access import Viewer, actor_in
from app.core.db import Reads
from app.fieldwork.remarks.models import RemarkKind, RemarkShare, ReportRemark
from app.province.glance import Glance


@dataclass(frozen=True)
class SharedRemark:
    """A remark of a commune's period; `day`: the day of the period that it counts for."""

    commune: Commune
    kind: RemarkKind
    text: str
    day: date


def list_shared(database: Reads, viewer: Viewer, glances: Iterable[Glance]) -> list[SharedRemark]:
    """The remarks of these communes' periods that are shared, by commune and day. Those that were removed or
    withdrawn since are gone. Each commune that has begun is read by itself. Raises `Unavailable`."""
    begun = (one for one in glances if one.commune.started_at is not None)
    found = (database.read(partial(_of_commune, viewer=viewer, glance=one)) for one in begun)
    return [remark for remarks in found for remark in remarks]


def _of_commune(session: Session, viewer: Viewer, glance: Glance) -> list[SharedRemark]:
    commune, days = glance.commune, glance.days
    rows = _SHARED.rows(session, actor_in(viewer, commune), first=days.first, last=days.last)
    return [SharedRemark(commune, row["kind"], row["text"], row["counted_on"]) for row in rows]


def _shared(actor: Actor) -> Select[*tuple[Any, ...]]:
    """What is shared of the days from `first` to `last`."""
    day = col(ReportRemark.counted_on)
    first, last = (bindparam(name, type_=Date()) for name in ("first", "last"))
    of_share = and_(
        col(ReportRemark.commune_id) == actor.commune_id, col(ReportRemark.id) == RemarkShare.remark_id
    )
    shared = visible_to(actor, RemarkShare).join(ReportRemark, of_share)
    return (
        shared.where(col(ReportRemark.withdrawn_at).is_(None), day.between(first, last))
        .order_by(day, col(RemarkShare.remark_id))
        .with_only_columns(col(RemarkShare.kind), col(RemarkShare.text), day)
    )


_SHARED = ActorStatement(_shared)
