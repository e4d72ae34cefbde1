"""Flagged visits in a decision on many: none is accepted that was not shown as flagged and chosen so."""

from dataclasses import dataclass

from sqlmodel import Session

from app.commune.accounts.access import Actor
from app.fieldwork.derived.flags.evaluation import evaluate
from app.review.decisions.selection import FLAGGED, FLAGGED_SINCE, SelectedVisits
from app.review.decisions.verdicts import Verdict
from app.review.visit_list.flag_queries import find_undecided


@dataclass(frozen=True)
class FlaggedVisits:
    """The choice about a selection's flagged visits: leave them all, or (`accept`) accept those that were
    flagged when the feed's head was `head`."""

    accept: bool = False
    head: int = 0


def leave_flagged(
    session: Session, actor: Actor, selected: SelectedVisits, verdict: Verdict, chosen: FlaggedVisits
) -> None:
    """Take the flagged visits that are not accepted out of the rows of `selected`, and count them.

    Call it when the rows are locked. Flags that are not computed yet are computed first, and the feed stays
    locked: no visit is flagged between this look and the decision.
    """
    if verdict.state != "accepted":
        return
    evaluate(session, actor.commune_id)
    flagged = find_undecided(session, actor, (row["id"] for row in selected.rows))
    left = {id: since for id, since in flagged.items() if since > chosen.head or not chosen.accept}
    if not left:
        return
    selected.rows[:] = [row for row in selected.rows if row["id"] not in left]
    later = sum(since > chosen.head for since in left.values())
    selected.skipped[FLAGGED_SINCE] += later
    selected.skipped[FLAGGED] += len(left) - later
