"""The commune's line of each closed report, which its province adds up: written at the closing and at the
reopening, and compared with the snapshots by `check`."""

from collections.abc import Mapping

from sqlmodel import Session, col, select

from app.commune.accounts.access import Actor
from app.fieldwork.periods.models import ClosedPeriod, ReportSummary
from app.fieldwork.periods.queries import list_closed_of_kind


def write_summary(session: Session, actor: Actor, closed: ClosedPeriod) -> None:
    """Store the line of a period that is closed or reopened in this transaction. A reopened one stays, and is
    in no total."""
    adjusted = list_closed_of_kind(session, actor, closed.kind)
    session.merge(_summarize(closed, {one.id: one.code for one in adjusted}))


def wrong_summaries(session: Session, commune_id: str) -> list[str]:
    """The codes of the periods whose line is not what the commune's snapshots say; none if all is well."""
    of_commune = select(ClosedPeriod).where(ClosedPeriod.commune_id == commune_id)
    closed = session.exec(of_commune.order_by(col(ClosedPeriod.closed_at))).all()
    codes = {one.id: one.code for one in closed}
    newest = {one.code: one for one in closed}
    newest |= {one.code: one for one in closed if one.reopened_at is None}
    defined = {code: _summarize(one, codes).model_dump() for code, one in newest.items()}
    lines = session.exec(select(ReportSummary).where(ReportSummary.commune_id == commune_id))
    stored = {one.code: one.model_dump() for one in lines}
    return sorted(code for code in defined.keys() | stored.keys() if defined.get(code) != stored.get(code))


def _summarize(closed: ClosedPeriod, codes: Mapping[str, str]) -> ReportSummary:
    """The line of a snapshot: its figures without the name of the commune in the first column."""
    whole = closed.rows[-1][1:]
    chosen = [number for number, (_code, _heading, kind) in enumerate(closed.columns) if kind == "number"]
    return ReportSummary(
        commune_id=closed.commune_id,
        code=closed.code,
        kind=closed.kind,
        first=closed.first,
        last=closed.last,
        closed_at=closed.closed_at,
        reopened_at=closed.reopened_at,
        columns=[closed.columns[number][:2] for number in chosen],
        figures=[whole[number] for number in chosen],
        adjusted={codes[one["period"]]: one["cells"] for one in closed.adjustments if not one["hamlet"]},
    )
