"""Entities of the service: rows of the token's figures, page by page."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session

from app.core.clock import wire_time
from app.core.errors import Invalid
from app.reports.open_data.rows import PublicSummary, Wanted, list_communes, list_reports
from app.reports.open_data.tokens import Scope
from app.web.public.cursors import decode_cursor, encode_cursor, parse_day
from app.web.public.odata.model import COMMUNES, FIGURES, EntitySet
from app.web.public.odata.query import Options, QueryError, Term

Entity = dict[str, Any]
AT_ONCE = 100  # reports of an answer
MOST_COUNTED = 10_000  # reports that a `$count` looks at


@dataclass(frozen=True)
class EntityPage:
    """Entities, and the `$skiptoken` of those that follow; empty after the last."""

    entities: list[Entity]
    following: str


def read_page(session: Session, scope: Scope, entity_set: EntitySet, options: Options) -> EntityPage:
    """The entities that the options ask for, of the next `AT_ONCE` reports or communes: perhaps none,
    although others follow. Raises `QueryError` for a `$skiptoken` that is none."""
    try:
        found = _source(entity_set)(session, scope, options.terms, options.skiptoken)
    except Invalid:
        raise QueryError(400, "$skiptoken is not one of this service.") from None
    matching = [one for one in found.entities if all(term.holds(one) for term in options.terms)]
    if options.top is None or len(matching) < options.top:
        return EntityPage(matching, found.following)
    return EntityPage(matching[: options.top], "")


def count(session: Session, scope: Scope, entity_set: EntitySet, options: Options) -> int:
    """How many entities match. Raises `QueryError` where that are more than it counts."""
    source, number, token = _source(entity_set), 0, ""
    for _page in range(MOST_COUNTED // AT_ONCE):
        page = source(session, scope, options.terms, token)
        number += sum(all(term.holds(one) for term in options.terms) for one in page.entities)
        token = page.following
        if not token:
            return number
    raise QueryError(501, "Too many to count: name a Kind or days in $filter.")


def _source(entity_set: EntitySet) -> Callable[[Session, Scope, tuple[Term, ...], str], EntityPage]:
    if entity_set is COMMUNES:
        return _communes
    return _figures if entity_set is FIGURES else _reports


def _communes(session: Session, scope: Scope, _terms: tuple[Term, ...], token: str) -> EntityPage:
    (after,) = decode_cursor(token, 1)
    found = list_communes(session, scope, after, AT_ONCE + 1)
    entities = [
        {"Code": one.code, "Name": one.full_name, "Province": one.province_code} for one in found[:AT_ONCE]
    ]
    return EntityPage(entities, encode_cursor([found[AT_ONCE - 1].code]) if len(found) > AT_ONCE else "")


def _reports(session: Session, scope: Scope, terms: tuple[Term, ...], token: str) -> EntityPage:
    reports, following = _summaries(session, scope, terms, token)
    return EntityPage([_report(one) for one in reports], following)


def _figures(session: Session, scope: Scope, terms: tuple[Term, ...], token: str) -> EntityPage:
    reports, following = _summaries(session, scope, terms, token)
    return EntityPage([figure for one in reports for figure in _figures_of(one)], following)


def _summaries(
    session: Session, scope: Scope, terms: tuple[Term, ...], token: str
) -> tuple[list[PublicSummary], str]:
    commune, last, period = decode_cursor(token, 3)
    after = (commune, parse_day(last), period) if token else None
    found = list_reports(session, scope, _wanted(terms), after, AT_ONCE + 1)
    if len(found) <= AT_ONCE:
        return found, ""
    at = found[AT_ONCE - 1]
    return found[:AT_ONCE], encode_cursor([at.commune, at.last.isoformat(), at.period])


def _wanted(terms: tuple[Term, ...]) -> Wanted:
    """What the database can leave out; every term is compared with the entities in any case."""
    exact = {term.name: term.value for term in terms if term.operator == "eq"}
    bounds = {(term.name, term.operator): term.value for term in terms}
    return Wanted(
        commune=exact.get("Commune", ""),
        period=exact.get("Period", ""),
        kind=exact.get("Kind", ""),
        since=bounds.get(("Last", "ge"), exact.get("Last")),
        until=bounds.get(("Last", "le"), exact.get("Last")),
    )


def _report(one: PublicSummary) -> Entity:
    return {
        "Id": f"{one.commune}:{one.period}",
        "Commune": one.commune,
        "CommuneName": one.commune_name,
        "Period": one.period,
        "Kind": one.kind,
        "First": one.first,
        "Last": one.last,
        "ClosedAt": one.closed_at,
    }


def _figures_of(one: PublicSummary) -> Iterator[Entity]:
    report = _report(one)
    for total in one.totals:
        own = {"Id": f"{report['Id']}:{total.code}", "Code": total.code}
        yield report | own | {"Heading": total.heading, "Count": total.count}


def as_json(entity: Entity, names: tuple[str, ...]) -> Entity:
    """The named properties, as OData's JSON has them."""
    return {name: _json_value(entity[name]) for name in names}


def _json_value(value: Any) -> Any:
    if hasattr(value, "tzinfo"):
        return wire_time(value)
    return value.isoformat() if hasattr(value, "isoformat") else value
