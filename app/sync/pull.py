"""Pull: the rows of the actor's scope that changed after the phone's cursor, in feed order."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import cast

from sqlalchemy import Date, Select, bindparam, func, literal_column, select, union_all
from sqlmodel import Session

from app.commune.accounts.access import Actor, visible_rows
from app.commune.accounts.models import Account
from app.commune.areas import Hamlet
from app.commune.catalog.services import Service
from app.commune.guides.library import place_of
from app.commune.guides.models import Guide
from app.commune.guides.wire import GuideRow, guide_row
from app.core.db import table_of
from app.core.epoch import (
    EPOCH_OF_COMMUNE,
    IS_ON_TIMELINE,
    ServerEpoch,
    current_epoch,
    refuse_other_timeline,
)
from app.core.feed import FeedCounter, FeedRow, Tombstone
from app.core.sql.prepared import Prepared, in_list
from app.core.types import Row
from app.fieldwork.derived.household_days.models import LAST_DAYS, LastDays, VisitedHousehold
from app.fieldwork.households.models import Household, HouseholdValues
from app.fieldwork.outreach.models import OutreachSession, OutreachSessionValues
from app.fieldwork.outreach.wire import outreach_session_row
from app.fieldwork.periods.wire import ClosedPeriods, closed_rows
from app.fieldwork.remarks.models import RemarkValues, ReportRemark
from app.fieldwork.remarks.wire import remark_row
from app.fieldwork.visits.models import FollowUp, Visit, VisitValues
from app.sync import stored_rows
from app.sync.export.keys import NEWEST_KEY_ID
from app.sync.wire import rows
from app.sync.wire.phone_settings import SETTING_COLUMNS, PhoneSettings, phone_settings
from app.sync.wire.protocol import PAGE_ROWS, Changes, Request

RECORD_PERIOD = timedelta(days=366)  # phones get outreach sessions and remarks of 12 months

_MODELS: dict[str, type[FeedRow]] = {
    "household": Household,
    "visit": Visit,
    "follow_up": FollowUp,
    "outreach_session": OutreachSession,
    "remark": ReportRemark,
    "hamlet": Hamlet,
    "member": Account,
    "service": Service,
    "tombstone": Tombstone,
}
_WIRE_ROWS: dict[str, Callable[[Row], Mapping[str, object]]] = {
    "household": lambda row: rows.household(cast(HouseholdValues, row), cast(LastDays, row)),
    "follow_up": rows.follow_up,
    "outreach_session": lambda row: outreach_session_row(cast(OutreachSessionValues, row)),
    "remark": lambda row: remark_row(cast(RemarkValues, row)),
    "hamlet": rows.name,
    "member": rows.member,
    "service": rows.service,
    "tombstone": rows.tombstone,
}


def _scoped(kind: str) -> Select[*tuple[object, ...]]:
    """The rows of a kind that a field actor's phone may have and does not have yet."""
    model = _MODELS[kind]
    columns = table_of(model).c
    wanted = visible_rows(model).where(
        columns.feed_seq > bindparam("after"), columns.feed_seq <= bindparam("head")
    )
    if model in (Household, Visit, OutreachSession, ReportRemark):
        wanted = wanted.where(~in_list(columns.feed_seq, "omitted_seqs"))
    if model in (Visit, OutreachSession, ReportRemark):
        # `coalesce`: with the bare column SQLite looks through a year of outreach sessions by day.
        counted_on = func.coalesce(columns.counted_on, bindparam("oldest_day", type_=Date()))
        is_recent = counted_on >= bindparam("oldest_day", type_=Date())
        wanted = wanted.where(columns.withdrawn_at.is_(None), is_recent)
    return wanted.where(stored_rows.may_be_on_phone()) if model is Visit else wanted


def _page(kind: str) -> Prepared[Row]:
    columns, page = table_of(_MODELS[kind]).c, _scoped(kind)
    if kind == "household":
        days = table_of(VisitedHousehold).c
        is_of = (days.commune_id == bindparam("commune_id")) & (days.household_id == columns.id)
        page = page.join(VisitedHousehold, is_of, isouter=True).add_columns(*LAST_DAYS)
    if kind == "visit":
        page = page.add_columns(stored_rows.is_stored().label("is_stored"))
    return Prepared(page.order_by(columns.feed_seq).limit(PAGE_ROWS + 1))


_EPOCH, _COUNTER = table_of(ServerEpoch), table_of(FeedCounter)
_GUIDE = table_of(Guide)
_GUIDE_HEAD = (
    select(func.coalesce(func.max(_GUIDE.c.feed_seq), 0))
    .where(_GUIDE.c.commune_id == bindparam("commune_id"))
    .scalar_subquery()
)
_HEAD = Prepared(
    select(
        EPOCH_OF_COMMUNE.label("epoch"),
        IS_ON_TIMELINE,
        _COUNTER.c.head,
        NEWEST_KEY_ID.label("export_key_id"),
        _GUIDE_HEAD.label("guide_head"),
        *SETTING_COLUMNS,
        _COUNTER.c.periods_version,
    )
    .select_from(_EPOCH, _COUNTER)
    .where(_COUNTER.c.commune_id == bindparam("commune_id"))
)
# As many as the library has and a commune may add, each with at most 8,000 characters of Markdown, and
# removed ones, which are empty: they come whole.
_GUIDES_AFTER = Prepared(
    visible_rows(Guide).where(_GUIDE.c.feed_seq > bindparam("after")).order_by(_GUIDE.c.feed_seq)
)
_PAGES = {kind: _page(kind) for kind in _MODELS}
# Most exchanges bring rows of one or two kinds: one statement says which, instead of eight that find none.
_CHANGED_KINDS = Prepared(
    union_all(
        *(select(literal_column(f"'{kind}'").label("kind")).where(_scoped(kind).exists()) for kind in _MODELS)
    )
)
_COUNT = Prepared(
    select(*(_scoped(kind).with_only_columns(func.count()).scalar_subquery().label(kind) for kind in _MODELS))
)

FeedEntry = tuple[int, str, Row]  # feed_seq, kind, row


@dataclass(frozen=True)
class Page:
    """One page of changes. `cursor`: what the phone sends next; `left`: the number of rows after this page.

    `export_key_id`: the key that the phone's export files should be encrypted for. `settings`: the commune's,
    none for a suspended phone. `closed_periods`: None if the phone has this version.
    """

    epoch: str
    reset: bool
    changes: Changes
    cursor: int
    more: bool
    left: int
    export_key_id: str | None
    settings: PhoneSettings
    closed_periods: ClosedPeriods | None = None


def pull(
    session: Session, actor: Actor, request: Request, today: date, omitted_seqs: Collection[int] = ()
) -> Page:
    """The page after the request's cursor; the first page if cursor, epoch or scope are not current.

    `today`: the day in Vietnam. `omitted_seqs`: the feed numbers of the rows that the phone already gets with
    the results of this exchange. Raises `OtherTimeline`.
    """
    state = _head(session, actor)
    epoch, head = state["epoch"], state["head"]
    reset = _needs_reset(request, epoch, actor, head)
    cursor = 0 if reset or request.cursor is None else request.cursor
    # Each number once: several results may have the same row, and that of a repeat may be an old one.
    omitted_seqs = set() if reset else {feed_seq for feed_seq in omitted_seqs if cursor < feed_seq}
    values = {
        "commune_id": actor.commune_id,
        "hamlet_ids": list(actor.hamlet_ids),
        "account_id": actor.account_id,
        "after": cursor,
        "head": head,
        "oldest_day": today - RECORD_PERIOD,
        "recent_day": today - stored_rows.VISITS_FOR,
        # A phone that fills a new list sets no `omit_result_rows`: nothing has to leave it.
        "has_list": int(not reset and request.omit_result_rows),
        "omitted_seqs": list(omitted_seqs),
    }
    # Every change has a number of its own: if the results have as many as there are new ones, that is all.
    found = _find_after(session, values) if head - cursor > len(omitted_seqs) else []
    page, more = found[:PAGE_ROWS], len(found) > PAGE_ROWS
    cursor = page[-1][0] if more else head
    left = _count_left(session, values | {"after": cursor}) if more else 0
    changes = _changes(session, actor, page)
    agreed = stored_rows.agreed_without_day(request, cursor) if values["has_list"] else None
    _add_households(session, actor, page, changes, agreed)
    if request.epoch == epoch and request.guide_cursor is not None:
        changes["guide"] = _guides(session, values | {"after": request.guide_cursor}, state["guide_head"])
    periods = _closed_periods(session, actor, request, state, today)
    settings = phone_settings(state)
    return Page(epoch, reset, changes, cursor, more, left, state["export_key_id"], settings, periods)


def empty_page(session: Session, actor: Actor, request: Request) -> Page:
    """The page of a suspended phone: no rows, and its cursor stays.

    It has the epoch, because after a restore such a phone too must send again what the server has lost.
    """
    epoch = current_epoch(session, actor.commune_id).id
    reset = request.epoch != epoch or request.scope is None
    return Page(epoch, reset, _no_changes(), request.cursor or 0, False, 0, request.export_key_id, {})


def page_of_moved(session: Session, actor: Actor, request: Request) -> Page:
    """The page of a phone whose commune is at another instance: no rows, and what it has stays, with the
    commune's settings. `more`: it has no list and gets none here."""
    state = _head(session, actor)
    position = request.cursor or 0, request.scope is None, 0
    settings = phone_settings(state)
    return Page(state["epoch"], False, _no_changes(), *position, request.export_key_id, settings)


def _head(session: Session, actor: Actor) -> Row:
    """Where the commune's feed is, and its settings. Raises `OtherTimeline`."""
    state = _HEAD.first(session, commune_id=actor.commune_id)
    assert state is not None, "the counter is made with the commune"
    refuse_other_timeline(state)
    return state


def _needs_reset(request: Request, epoch: str, actor: Actor, head: int) -> bool:
    is_current = request.epoch == epoch and request.scope == actor.scope
    return not is_current or request.cursor is None or request.cursor > head


def _find_after(session: Session, values: Row) -> list[FeedEntry]:
    """The rows of all kinds in the order of `feed_seq`: up to one page, and one more row."""
    found: list[FeedEntry] = []
    for changed in _CHANGED_KINDS.rows(session, **values):
        kind = changed["kind"]
        found.extend((row["feed_seq"], kind, row) for row in _PAGES[kind].rows(session, **values))
    return sorted(found, key=lambda entry: entry[0])[: PAGE_ROWS + 1]


def _count_left(session: Session, values: Row) -> int:
    (counts,) = _COUNT.rows(session, **values)
    return int(sum(counts.values()))


def _guides(session: Session, values: Row, head: int) -> list[GuideRow]:
    """The guides that changed after the phone's cursor of guides, in the order of `feed_seq`."""
    if head <= values["after"]:
        return []
    found = _GUIDES_AFTER.rows(session, **values)
    placed = ((row, place_of(row["code"], row["place"])) for row in found)
    return [guide_row(row, place) for row, place in placed if place is not None]


def _closed_periods(
    session: Session, actor: Actor, request: Request, state: Row, today: date
) -> ClosedPeriods | None:
    """The closed periods, if the phone asks for them and has those of another version or epoch."""
    version, known = state["periods_version"], request.periods_version
    if known is None or (known == version and request.epoch == state["epoch"]):
        return None
    return {"version": version, "periods": closed_rows(session, actor.commune_id, today - RECORD_PERIOD)}


def _changes(session: Session, actor: Actor, page: list[FeedEntry]) -> Changes:
    changes: dict[str, list[Mapping[str, object]]] = {kind: [] for kind in (*_MODELS, "guide")}
    visits = [row for _, kind, row in page if kind == "visit"]
    visit_ids = [row["id"] for row in visits if row["is_stored"]]
    services = rows.find_services(session, actor.commune_id, visit_ids)
    for _, kind, row in page:
        if kind != "visit":
            changes[kind].append(_WIRE_ROWS[kind](row))
        elif row["is_stored"]:
            changes[kind].append(
                rows.visit(cast(VisitValues, row), services.get(row["id"], []), actor.account_id)
            )
        else:
            changes["tombstone"].append(stored_rows.tombstone(row))
    return cast(Changes, changes)


def _add_households(
    session: Session,
    actor: Actor,
    page: list[FeedEntry],
    changes: Changes,
    agreed: list[Row] | None,
) -> None:
    """Add the rows of households that a phone with a list needs again for these changes; hide numbers.

    `agreed`: `stored_rows.agreed_without_day`; None for a phone without a list.
    """
    if agreed is not None:
        left = [row for _, kind, row in page if kind == "visit" and not row["is_stored"]]
        promised = agreed + [row for _, kind, row in page if stored_rows.agrees_on_return(kind, row)]
        sent = {row["id"] for row in changes["household"]}
        repeated = stored_rows.households_to_repeat(session, actor, left, promised)
        changes["household"] += [row for row in repeated if row["id"] not in sent]
    stored_rows.hide_numbers(session, actor, changes["household"])


def _no_changes() -> Changes:
    return cast(Changes, {kind: [] for kind in (*_MODELS, "guide")})
