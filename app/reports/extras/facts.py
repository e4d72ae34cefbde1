"""What households have said of themselves, by hamlet, as it is now; who was not asked stands apart."""

from collections import Counter
from collections.abc import Mapping

from sqlalchemy import func
from sqlmodel import Session, col

from app.commune.accounts.access import Actor, visible_to
from app.commune.teams.hamlets import list_hamlets
from app.core.clock import local_date
from app.core.strings import _, lazy
from app.fieldwork.derived.household_days.counts import places_at
from app.fieldwork.households.models import Household, HouseholdFact
from app.reports.forms.document import ExtraTable
from app.reports.table import ReportColumn, ReportRow, ReportTable

_NAMES = {"smart_device": lazy("Hộ có thiết bị thông minh"), "business": lazy("Hộ kinh doanh, do tổ hỏi")}
_Counts = Mapping[tuple[str, str], int]


def fact_table(session: Session, actor: Actor, table: ReportTable, fact: HouseholdFact) -> ExtraTable | None:
    """A row for each hamlet of the report, then the commune's; None as long as nobody was asked. Nothing is
    divided. A hamlet whose households are together with others' by now has dashes."""
    counts = _count(session, actor, fact)
    if not any(value for (_hamlet, value), households in counts.items() if households):
        return None
    hamlets = list_hamlets(session, actor, with_merged=True)
    then, now = places_at(hamlets, table.period.last), places_at(hamlets, local_date(table.as_of))
    rows: list[ReportRow] = []
    for row in table.rows:
        if not row.adjusts:
            members = {id for id, place in then.items() if row.hamlet_id in (None, place)}
            together = {now[id] for id in members}
            is_known = {id for id, place in now.items() if place in together} <= members
            said = {value: _sum(counts, members, value) for value in ("yes", "no", "")}
            figures = (said["no"], said["yes"], said["no"] + said["yes"], said[""])
            rows.append(ReportRow(row.hamlet_id, (row.cells[0], *(figures if is_known else (None,) * 4))))
    headings = {"no": _("Không"), "yes": _("Có"), "asked": _("Đã hỏi"), "unknown": _("Chưa hỏi")}
    columns = (table.columns[0], *(ReportColumn(code, text) for code, text in headings.items()))
    return ExtraTable(str(_NAMES[fact]), columns, tuple(rows), (fact,) * len(rows))


def _count(session: Session, actor: Actor, fact: HouseholdFact) -> _Counts:
    """By the hamlet and what was said, empty for nothing: the households that live there."""
    said = col(getattr(Household, fact))
    found = (
        visible_to(actor, Household)
        .where(Household.state == "active", col(Household.merged_into).is_(None))
        .with_only_columns(col(Household.hamlet_id), said, func.count())
        .group_by(col(Household.hamlet_id), said)
    )
    return Counter({(hamlet, value or ""): count for hamlet, value, count in session.execute(found)})


def _sum(counts: _Counts, members: set[str], value: str) -> int:
    return sum(
        households for (hamlet, said), households in counts.items() if said == value and hamlet in members
    )
