"""The extras as tables beside a report's: on its page, in Word and in Excel. No cell of them is computed from
numbers of two sources: what others counted stands beside what Từng Nhà has, each with its unit.
"""

from collections.abc import Collection, Mapping, Sequence

from sqlmodel import Session

from app.commune.accounts.access import Actor
from app.commune.areas import Hamlet
from app.commune.teams.hamlets import list_hamlets
from app.core.clock import local_date
from app.core.strings import SOURCE, _, language, lazy
from app.fieldwork.derived.household_days.counts import places_at
from app.fieldwork.households.models import HOUSEHOLD_FACTS
from app.fieldwork.periods.models import ClosedPeriod, ExtraTableValues
from app.reports.extras.facts import fact_table
from app.reports.extras.hamlet_counts import count_of_year, list_counts
from app.reports.extras.models import COUNT_KINDS, CountKind, HamletCount, TypedRate, wanted_extras
from app.reports.extras.outcomes import outcome_table
from app.reports.extras.rates import list_rates
from app.reports.extras.venues import venue_table
from app.reports.forms.document import ExtraTable
from app.reports.table import CellValue, ReportColumn, ReportRow, ReportTable, kind_of

OWN = {
    "households": lazy("Từng Nhà: hộ trong danh sách"),
    "cumulative": lazy("Từng Nhà: hộ được hướng dẫn, lũy kế"),
}
"""The report's own columns that stand beside what others counted, with their headings there."""
_KINDS = {"adults": lazy("Người trưởng thành"), "businesses": lazy("Hộ kinh doanh")}


def extra_tables(
    session: Session, actor: Actor, table: ReportTable, closed: ClosedPeriod | None
) -> tuple[ExtraTable, ...]:
    """The extras of a period's report: of a closed one those that it was closed with."""
    if table.is_closed:
        return tuple(_closed_table(one) for one in closed.extras) if closed else ()
    return current_extras(session, actor, table)


@language(SOURCE)
def current_extras(session: Session, actor: Actor, table: ReportTable) -> tuple[ExtraTable, ...]:
    """The extras that the commune wants and for which there is something, as it is now."""
    wanted = wanted_extras(session, actor)
    tables = [
        outcome_table(session, actor, table.period) if "outcomes" in wanted else None,
        venue_table(session, actor, table) if "venue" in wanted else None,
        _of_hamlets(session, actor, table, [kind for kind in COUNT_KINDS if kind in wanted]),
        *(fact_table(session, actor, table, one) for one in HOUSEHOLD_FACTS if one in wanted),
        _of_rates(session, actor, table) if "rates" in wanted else None,
    ]
    return tuple(one for one in tables if one)


def stored_tables(tables: Sequence[ExtraTable]) -> list[ExtraTableValues]:
    """The extras as a closed period stores them."""
    return [
        {
            "name": one.name,
            "columns": [[column.code, column.heading, column.kind] for column in one.columns],
            "rows": [[row.hamlet_id, *row.cells] for row in one.rows],
            "services": [*one.codes],
        }
        for one in tables
    ]


def as_of_source(source: str, day: str) -> str:
    """*theo Công an xã, ngày 31/10/2026*: what stands with every number that somebody else counted."""
    return _("theo %(source)s, ngày %(day)s", source=source, day=day)


def _of_hamlets(
    session: Session, actor: Actor, table: ReportTable, kinds: Sequence[CountKind]
) -> ExtraTable | None:
    """A row for each hamlet of the report, then the commune's; None if nothing of these kinds was typed."""
    versions = [list_counts(session, actor, kind) for kind in kinds]
    counts = [one for found in versions if (one := count_of_year(found, table.period.last.year))]
    if not counts:
        return None
    hamlets = list_hamlets(session, actor, with_merged=True)
    places = places_at(hamlets, table.period.last)
    sources = [_sources(hamlets, one) for one in counts]
    own = [place for place, column in enumerate(table.columns) if column.code in OWN]
    rows: list[ReportRow] = []
    for row in table.rows:
        if not row.adjusts:
            members = [id for id, place in places.items() if row.hamlet_id in (None, place)]
            typed = [_number(one, source, members) for one, source in zip(counts, sources, strict=True)]
            cells: tuple[CellValue, ...] = (row.cells[0], *typed, *(row.cells[place] for place in own))
            rows.append(ReportRow(row.hamlet_id, cells))
    columns = (
        table.columns[0],
        *(ReportColumn(one.kind, _heading(one)) for one in counts),
        *(_own_column(table.columns[place].code) for place in own),
    )
    return ExtraTable(_("Số do nơi khác đếm"), columns, tuple(rows))


def _of_rates(session: Session, actor: Actor, table: ReportTable) -> ExtraTable | None:
    """A row for each rate, with whose it is and of which day; None if there is none."""
    rates = [one for one in list_rates(session, actor, table.period.code) if one.removed_at is None]
    if not rates:
        return None
    columns = (
        ReportColumn("rate", _("Số liệu"), "text"),
        ReportColumn("value", _("Trị số"), "text"),
    )
    rows = tuple(ReportRow("", (f"{one.name} ({_source_of(one)})", one.value)) for one in rates)
    return ExtraTable(_("Tỷ lệ do nơi khác cung cấp"), columns, rows)


def _source_of(one: TypedRate | HamletCount) -> str:
    return as_of_source(one.source, f"{one.as_of:%d/%m/%Y}")


def _heading(one: HamletCount) -> str:
    return f"{_KINDS[one.kind]} ({_source_of(one)})"


def _own_column(code: str) -> ReportColumn:
    return ReportColumn(code, str(OWN[code]))


def _sources(hamlets: Sequence[Hamlet], one: HamletCount) -> dict[str, str]:
    """By each hamlet's id, the one under which its people were typed: itself, or the one that it had been
    merged into by then."""
    at_typing = places_at(hamlets, local_date(one.typed_at))
    return {id: id if id in one.counts else place for id, place in at_typing.items()}


def _number(one: HamletCount, sources: Mapping[str, str], members: Collection[str]) -> int | None:
    """What was typed for these hamlets together; None if it is not known of one of them, or only together
    with others."""
    wanted = {sources[id] for id in members}
    covered = {id for id, source in sources.items() if source in wanted}
    if not wanted <= set(one.counts) or not covered <= set(members):
        return None
    return sum(one.counts[id] for id in wanted)


def _closed_table(stored: ExtraTableValues) -> ExtraTable:
    return ExtraTable(
        stored["name"],
        tuple(ReportColumn(code, heading, kind_of(kind)) for code, heading, kind in stored["columns"]),
        tuple(ReportRow(hamlet_id, tuple(cells)) for hamlet_id, *cells in stored["rows"]),
        tuple(stored["services"]),
    )
