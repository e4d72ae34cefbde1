"""Where people were helped: visits at home, and sessions and shifts by the kind of their place."""

from sqlmodel import Session

from app.commune.accounts.access import Actor
from app.core.strings import _, labels, lazy
from app.fieldwork.outreach.models import VENUES, Venue
from app.fieldwork.outreach.queries import UNKNOWN_VENUE, sum_by_venue
from app.reports.forms.document import ExtraTable
from app.reports.table import ReportColumn, ReportRow, ReportTable

VENUE_NAMES = labels(
    VENUES,
    {
        "one_stop_centre": lazy("Bộ phận một cửa"),
        "community_house": lazy("Nhà văn hóa"),
        "market": lazy("Chợ"),
        "other": lazy("Nơi khác"),
    },
)
HOUSEHOLDS = "households"
_NAMES = {HOUSEHOLDS: lazy("Tại nhà"), **VENUE_NAMES, UNKNOWN_VENUE: lazy("Chưa ghi nơi")}
COUNTED = ("visits", "sessions", "attended", "uncounted")
"""The columns whose cells lead to what they count."""


def venue_table(session: Session, actor: Actor, table: ReportTable) -> ExtraTable | None:
    """A row for the visits at home, then one for each kind of place with a session in the period. None until
    somebody has said of any what kind of place it was. Without adjustments of earlier periods."""
    found = sum_by_venue(session, actor, table.period.first, table.period.last)
    if not any(venue in found for venue in VENUES):
        return None
    columns = (
        ReportColumn("venue", _("Nơi giúp"), "text"),
        ReportColumn("visits", _("Lượt thăm")),
        ReportColumn("sessions", _("Buổi, ca trực")),
        ReportColumn("attended", _("Số người dự")),
        ReportColumn("uncounted", _("Buổi chưa đếm người")),
    )
    rows = [ReportRow("", (name_of(HOUSEHOLDS), _visits(table), None, None, None))]
    codes = [code for code in (*VENUES, UNKNOWN_VENUE) if code in found]
    for code in codes:
        sums = found[code]
        people = None if sums.uncounted == sums.sessions else sums.people
        rows.append(ReportRow("", (name_of(code), None, sums.sessions, people, sums.uncounted)))
    return ExtraTable(_("Nơi giúp bà con"), columns, tuple(rows), (HOUSEHOLDS, *codes))


def is_venue(code: str) -> bool:
    """Whether a row's code is one of this table's."""
    return code in _NAMES


def name_of(code: str) -> str:
    """The name of a kind of place, *Tại nhà* or *Chưa ghi nơi*."""
    return str(_NAMES[code])


def place_of(venue: Venue | None) -> str:
    """What stands for a place that nobody has named: its kind, if that says where it was."""
    return "" if venue in (None, "other") else str(VENUE_NAMES[venue])


def _visits(table: ReportTable) -> int:
    """Those of the period, as the report's hamlets have them."""
    place = [column.code for column in table.columns].index("visits")
    cells = [row.cells[place] for row in table.rows if row.hamlet_id is not None]
    return sum(cell for cell in cells if isinstance(cell, int))
