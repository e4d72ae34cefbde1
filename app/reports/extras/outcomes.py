"""What came of the services of a period: new results apart from what was explained or was there already."""

from collections.abc import Mapping

from sqlmodel import Session

from app.commune.accounts.access import Actor
from app.commune.calendar.period import Period
from app.commune.catalog.services import PILLARS, Outcome, Service, services_by_code
from app.core.strings import _, lazy
from app.fieldwork.derived.sums import sum_outcomes
from app.reports.forms.document import ExtraTable
from app.reports.table import ReportColumn, ReportRow

GROUPS: dict[str, tuple[Outcome, ...]] = {
    "new": ("did_it", "done_for_them"),
    "explained": ("explained",),
    "referred": ("referred",),
    "already_had": ("already_had",),
}
"""The outcomes of each column. The first three together are what the report counts of a service."""
_HEADINGS = {
    "new": lazy("Kết quả mới (Tự làm được, Làm hộ)"),
    "explained": lazy("Chỉ cách, chưa làm"),
    "referred": lazy("Chỉ sang nơi khác làm"),
    "already_had": lazy("Đã có từ trước"),
}


def outcome_table(session: Session, actor: Actor, period: Period) -> ExtraTable | None:
    """A row for each service with such an outcome in the period, pillar by pillar; None if there is none.
    Without adjustments of earlier periods."""
    catalog = services_by_code(session, actor)
    sums = sum_outcomes(session, actor, period.first, period.last, list(catalog))
    rows = {code: counts for code in _ordered(catalog) if any(counts := _counts(sums, code))}
    columns = (
        ReportColumn("service", _("Việc hướng dẫn"), "text"),
        *(ReportColumn(group, str(heading)) for group, heading in _HEADINGS.items()),
    )
    lines = tuple(ReportRow("", (catalog[code].label_vi, *counts)) for code, counts in rows.items())
    return ExtraTable(_("Kết quả mới trong kỳ"), columns, lines, tuple(rows)) if rows else None


def _ordered(catalog: Mapping[str, Service]) -> list[str]:
    services = sorted(catalog.values(), key=lambda one: (PILLARS.index(one.pillar), one.position, one.code))
    return [one.code for one in services]


def _counts(sums: Mapping[tuple[str, str], int], code: str) -> tuple[int, ...]:
    return tuple(sum(sums.get((code, one), 0) for one in outcomes) for outcomes in GROUPS.values())
