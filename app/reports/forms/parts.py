"""How the table of a report is cut for paper: by pillars, so that each part is legible on A4."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from app.core.strings import _
from app.reports.additive import SERVICE_PREFIX
from app.reports.table import ReportColumn

MOST_COLUMNS = (
    12  # beside the name: numbers of six digits in letters of ten points, on a page turned sideways
)


@dataclass(frozen=True)
class TablePart:
    """A part of a table: its heading (*Định danh điện tử*), and the places of its columns without the first,
    which every part has."""

    heading: str
    places: tuple[int, ...]


def table_parts(columns: Sequence[ReportColumn], pillars: Mapping[str, str]) -> list[TablePart]:
    """The parts of a table, one after the other: each of a pillar, or of neighbours that fit together;
    `pillars`: that of each service's column, by the column's code."""
    return [
        TablePart("; ".join(dict.fromkeys(heading for heading, _places in runs)), _joined(runs))
        for runs in _packed(_runs(columns, pillars))
    ]


_Run = tuple[str, tuple[int, ...]]


def column_headings(columns: Sequence[ReportColumn], pillars: Mapping[str, str]) -> list[str]:
    """The heading under which each column stands, without the first: its pillar, or what it has in common
    with its neighbours; `pillars` as in `table_parts`."""
    has_services = False
    headings = []
    for column in columns[1:]:
        is_service = column.code.startswith(SERVICE_PREFIX)
        has_services = has_services or is_service
        if is_service:
            headings.append(pillars.get(column.code, "") or _("Việc hướng dẫn"))
        else:
            headings.append(_("Hồ sơ, tuyên truyền, nhu cầu") if has_services else _("Tổ, hộ, lượt thăm"))
    return headings


def _runs(columns: Sequence[ReportColumn], pillars: Mapping[str, str]) -> Iterator[_Run]:
    """Neighbouring columns of one heading, at most `MOST_COLUMNS` in a run."""
    headings = column_headings(columns, pillars)
    for heading, found in groupby(range(1, len(columns)), key=lambda place: headings[place - 1]):
        places = tuple(found)
        size = -(-len(places) // -(-len(places) // MOST_COLUMNS))  # as many columns in each run
        for first in range(0, len(places), size):
            yield heading, places[first : first + size]


def _packed(runs: Iterator[_Run]) -> Iterator[list[_Run]]:
    """Neighbouring runs that have at most `MOST_COLUMNS` together."""
    packed: list[_Run] = []
    for run in runs:
        if packed and len(_joined([*packed, run])) > MOST_COLUMNS:
            yield packed
            packed = []
        packed.append(run)
    if packed:
        yield packed


def _joined(runs: list[_Run]) -> tuple[int, ...]:
    return tuple(place for _heading, places in runs for place in places)
