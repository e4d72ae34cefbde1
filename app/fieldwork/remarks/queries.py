"""Reading remarks."""

from dataclasses import dataclass

from sqlalchemy import and_, func
from sqlmodel import Session, col
from sqlmodel.sql.expression import SelectOfScalar

from app.commune.accounts.access import Actor, visible_to
from app.commune.accounts.models import Account
from app.commune.calendar.period import Period
from app.fieldwork.remarks.models import ReportRemark


@dataclass(frozen=True)
class ListedRemark:
    """A remark, and the name of who wrote it."""

    remark: ReportRemark
    author: str


def find_remark(session: Session, actor: Actor, remark_id: str) -> ReportRemark | None:
    """The remark of this id; None if there is none or it was withdrawn."""
    known = session.exec(visible_to(actor, ReportRemark).where(ReportRemark.id == remark_id)).first()
    return known if known and known.withdrawn_at is None else None


def leader_of(session: Session, actor: Actor, remark_id: str) -> str:
    """The name of the leader who wrote a remark on the phone; empty if a supervisor did."""
    known = find_remark(session, actor, remark_id)
    if known is None or known.device_id is None:
        return ""
    return session.get_one(Account, (actor.commune_id, known.written_by)).name


def remarks_of(period: Period, actor: Actor) -> SelectOfScalar[ReportRemark]:
    """Those of the period's days that were not withdrawn, the earliest first."""
    day = col(ReportRemark.counted_on)
    wanted = visible_to(actor, ReportRemark).where(day >= period.first, day <= period.last)
    standing = wanted.where(col(ReportRemark.withdrawn_at).is_(None))
    return standing.order_by(day, col(ReportRemark.received_at), col(ReportRemark.id))


def count_at_desk(session: Session, actor: Actor, period: Period) -> int:
    """How many of a period's remarks were written at the desk."""
    found = remarks_of(period, actor).where(col(ReportRemark.device_id).is_(None)).order_by(None)
    return int(session.execute(found.with_only_columns(func.count())).scalar_one())


def list_remarks(session: Session, actor: Actor, period: Period) -> list[ListedRemark]:
    """The remarks of a period with their authors, in their order."""
    of_author = and_(col(Account.commune_id) == actor.commune_id, col(Account.id) == ReportRemark.written_by)
    found = remarks_of(period, actor).join(Account, of_author)
    rows = session.execute(found.with_only_columns(ReportRemark, col(Account.name)))
    return [ListedRemark(*row) for row in rows]
