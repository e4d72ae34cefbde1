"""Visits as the desk shows them: with the names that belong to them, and one with its earlier contents."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from app.commune.accounts.access import FIELD_ROLES, Actor, find, visible_to
from app.commune.accounts.models import Account
from app.commune.areas import Hamlet
from app.commune.catalog.services import Service
from app.core.errors import NotFound
from app.core.text import by_given_name, fold
from app.fieldwork.households.models import Household
from app.fieldwork.households.search import find_household_ids
from app.fieldwork.visits.models import Visit, VisitService, VisitVersion
from app.review.visit_list.sample_models import VisitSample

DISOWNED_TIME = timedelta(days=30)  # so long they are listed
MAX_DISOWNED = 50


@dataclass(frozen=True)
class VisitSummary:
    """A visit with its household, the names of its hamlet and author, and its services in their order."""

    visit: Visit
    household: Household
    hamlet: str
    author: str
    services: list[tuple[VisitService, Service]] = field(default_factory=list)


@dataclass(frozen=True)
class VisitDetail:
    """One visit, its versions (oldest first), the households that these name, and the commune's catalog.

    `entered_by`, `withdrawn_by`, `vouched_by`: the names of the supervisors of `Visit`'s columns, or empty.
    """

    summary: VisitSummary
    versions: list[VisitVersion]
    households: dict[str, Household]
    catalog: dict[str, Service]
    entered_by: str = ""
    withdrawn_by: str = ""
    vouched_by: str = ""


@dataclass(frozen=True)
class DisownedVisit:
    """A visit whose author says *Không phải tôi ghi*, and the name of the supervisor who accepted it."""

    summary: VisitSummary
    vouched_by: str


@dataclass(frozen=True)
class FilterOptions:
    """The values that a list can be filtered by: hamlets in the commune's order, volunteers by given name.

    `household_ids` are the households that the search words match, None without search words. `sample_id`:
    the sample that was asked for, empty if the commune has none of this id.
    """

    hamlets: list[Hamlet]
    volunteers: list[Account]
    household_ids: tuple[str, ...] | None = None
    sample_id: str = ""


def filter_options(session: Session, actor: Actor, words: str = "", sample_id: str = "") -> FilterOptions:
    """The hamlets and volunteers the actor may see, the households that `words` match, and the sample."""
    sample = visible_to(actor, VisitSample).where(VisitSample.id == sample_id)
    people = session.exec(visible_to(actor, Account).where(col(Account.role).in_(FIELD_ROLES))).all()
    return FilterOptions(
        hamlets=list(session.exec(visible_to(actor, Hamlet).order_by(col(Hamlet.position)))),
        volunteers=sorted(people, key=lambda account: by_given_name(account.name)),
        household_ids=find_household_ids(session, actor, words) if fold(words) else None,
        sample_id=sample_id if sample_id and session.exec(sample).first() else "",
    )


def visit_detail(session: Session, actor: Actor, visit_id: str) -> VisitDetail:
    """One visit the actor may see, also if it is withdrawn. Raises `NotFound`."""
    found = visit_summaries(session, actor, visible_to(actor, Visit).where(Visit.id == visit_id))
    if not found:
        raise NotFound
    summary = found[0]
    versions = session.exec(
        visible_to(actor, VisitVersion)
        .where(VisitVersion.visit_id == visit_id)
        .order_by(col(VisitVersion.version))
    ).all()
    household_ids = {version.content["household_id"] for version in versions} | {summary.household.id}
    households = session.exec(visible_to(actor, Household).where(col(Household.id).in_(household_ids)))
    return VisitDetail(
        summary=summary,
        versions=list(versions),
        households={household.id: household for household in households},
        catalog={service.code: service for service in session.exec(visible_to(actor, Service))},
        entered_by=_name(session, actor, summary.visit.entered_by),
        withdrawn_by=_name(session, actor, summary.visit.withdrawn_by),
        vouched_by=_name(session, actor, summary.visit.vouched_by),
    )


def find_disowned(session: Session, actor: Actor, now: datetime) -> list[DisownedVisit]:
    """The visits that their authors said within 30 days not to have written, the newest first."""
    disowned_at = col(Visit.disowned_at)
    wanted = visible_to(actor, Visit).where(disowned_at > now - DISOWNED_TIME)
    found = visit_summaries(
        session, actor, wanted.order_by(disowned_at.desc(), col(Visit.id)).limit(MAX_DISOWNED)
    )
    return [DisownedVisit(one, _name(session, actor, one.visit.vouched_by)) for one in found]


def _name(session: Session, actor: Actor, account_id: str | None) -> str:
    return find(session, actor, Account, account_id).name if account_id else ""


def find_summaries(session: Session, actor: Actor, visit_ids: list[str]) -> list[VisitSummary]:
    """The summaries of these visits in this order, without those that the actor may not see."""
    if not visit_ids:
        return []
    wanted = visible_to(actor, Visit).where(col(Visit.id).in_(visit_ids))
    found = {one.visit.id: one for one in visit_summaries(session, actor, wanted)}
    return [found[id] for id in visit_ids if id in found]


def visit_summaries(session: Session, actor: Actor, visits: SelectOfScalar[Visit]) -> list[VisitSummary]:
    """The summaries of visits, in two statements."""
    rows = session.execute(
        join_names(actor, visits).with_only_columns(Visit, Household, col(Hamlet.name), col(Account.name))
    ).all()
    summaries = [VisitSummary(*row) for row in rows]
    services = _services(session, [summary.visit for summary in summaries])
    for summary in summaries:
        summary.services.extend(services.get(summary.visit.id, []))
    return summaries


def join_names(actor: Actor, visits: SelectOfScalar[Visit]) -> SelectOfScalar[Visit]:
    """`visits` of the actor's commune, with their households, hamlets and authors."""
    commune_id = actor.commune_id
    return (
        visits.join(
            Household,
            (col(Household.commune_id) == commune_id) & (col(Household.id) == Visit.household_id),
        )
        .join(Hamlet, (col(Hamlet.commune_id) == commune_id) & (col(Hamlet.id) == Visit.hamlet_id))
        .join(Account, (col(Account.commune_id) == commune_id) & (col(Account.id) == Visit.recorded_by))
    )


def _services(session: Session, visits: list[Visit]) -> dict[str, list[tuple[VisitService, Service]]]:
    """The services of visits of one commune, with their catalog entries, by visit."""
    if not visits:
        return {}
    commune_id = visits[0].commune_id
    of_entry = (col(Service.commune_id) == commune_id) & (col(Service.code) == VisitService.code)
    statement = (
        select(VisitService, Service)
        .join(Service, of_entry)
        .where(
            col(VisitService.commune_id) == commune_id,
            col(VisitService.visit_id).in_([visit.id for visit in visits]),
        )
        .order_by(col(VisitService.visit_id), col(VisitService.position))
    )
    by_visit: dict[str, list[tuple[VisitService, Service]]] = {}
    for service, entry in session.exec(statement):
        by_visit.setdefault(service.visit_id, []).append((service, entry))
    return by_visit
