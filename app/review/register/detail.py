"""Everything about one household: its visits, follow-ups, changes, and the households merged with it."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col

from app.commune.accounts.access import Actor, find, visible_to
from app.commune.accounts.commune import hamlet_names
from app.commune.accounts.models import Account
from app.fieldwork.derived.household_days.appointments import expecting
from app.fieldwork.households.consents import HouseholdConsent
from app.fieldwork.households.models import Household, HouseholdVersion
from app.fieldwork.visits.household_summary import Writer, writer_of
from app.fieldwork.visits.models import FollowUp, Visit
from app.review.visit_list.queries import VisitSummary, visit_summaries

MAX_VISITS = 200


@dataclass(frozen=True)
class HouseholdChange:
    """One write of the household's fields; without a `writer` an imported list made it.

    `late` names those of `fields` that were not applied, because a newer write had arrived first.
    """

    version: int
    fields: dict[str, str | None]
    late: list[str]
    writer: Writer | None
    at: datetime


@dataclass(frozen=True)
class ConsentLine:
    """One act of the household about its number, and the account that asked for it or entered it."""

    consent: HouseholdConsent
    writer: Writer | None


@dataclass(frozen=True)
class HouseholdDetail:
    """A household, the names of the hamlets by id, its newest visits, also withdrawn ones, and its
    follow-ups by day.

    `changes`, oldest first: the first one added it; there may be none. `survivor`: what it was merged into;
    `merged`: the households that were merged into it. `consents`: its acts about its telephone number, oldest
    first. `expects_somebody`: only then the number is shown.
    """

    household: Household
    hamlets: dict[str, str]
    visits: list[VisitSummary]
    has_more_visits: bool
    follow_ups: list[FollowUp]
    changes: list[HouseholdChange]
    survivor: Household | None
    merged: list[Household]
    consents: list[ConsentLine]
    expects_somebody: bool

    @property
    def hamlet(self) -> str:
        return self.hamlets[self.household.hamlet_id]


def household_detail(session: Session, actor: Actor, household_id: str) -> HouseholdDetail:
    """One household that the supervisor may see, also a merged one. Raises `NotFound`."""
    household = find(session, actor, Household, household_id)
    visits = visit_summaries(
        session,
        actor,
        visible_to(actor, Visit)
        .where(Visit.household_id == household_id)
        .order_by(col(Visit.happened_at).desc(), col(Visit.id).desc())
        .limit(MAX_VISITS + 1),
    )
    follow_ups = visible_to(actor, FollowUp).where(FollowUp.household_id == household_id)
    merged = visible_to(actor, Household).where(Household.merged_into == household_id)
    into = household.merged_into
    return HouseholdDetail(
        household=household,
        hamlets=hamlet_names(session, actor),
        visits=visits[:MAX_VISITS],
        has_more_visits=len(visits) > MAX_VISITS,
        follow_ups=list(session.exec(follow_ups.order_by(col(FollowUp.due_on), col(FollowUp.id)))),
        changes=_changes(session, actor, household_id),
        survivor=find(session, actor, Household, into) if into else None,
        merged=list(session.exec(merged.order_by(col(Household.id)))),
        consents=_consents(session, actor, household_id),
        expects_somebody=bool(expecting(session, actor.commune_id, [household_id])),
    )


def _consents(session: Session, actor: Actor, household_id: str) -> list[ConsentLine]:
    consent = HouseholdConsent
    is_writer = (col(Account.commune_id) == actor.commune_id) & (col(Account.id) == consent.entered_by)
    rows = session.execute(
        visible_to(actor, consent)
        .where(consent.household_id == household_id)
        .join(Account, is_writer, isouter=True)
        .order_by(col(consent.happened_at), col(consent.version), col(consent.seq))
        .with_only_columns(consent, col(Account.id), col(Account.name), col(Account.role))
    )
    return [ConsentLine(one, writer_of(id, name, role)) for one, id, name, role in rows]


def _changes(session: Session, actor: Actor, household_id: str) -> list[HouseholdChange]:
    version = HouseholdVersion
    is_writer = (col(Account.commune_id) == actor.commune_id) & (col(Account.id) == version.written_by)
    rows = session.execute(
        visible_to(actor, version)
        .where(version.household_id == household_id)
        .join(Account, is_writer, isouter=True)
        .order_by(col(version.version), col(version.seq))
        .with_only_columns(version, col(Account.id), col(Account.name), col(Account.role))
    )
    return [
        HouseholdChange(
            version=row.version,
            fields=row.fields,
            late=row.late,
            writer=writer_of(id, name, role),
            at=row.received_at,
        )
        for row, id, name, role in rows
    ]
