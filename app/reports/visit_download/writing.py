"""Writing the file of a job: one snapshot of the database, read and written in chunks."""

from collections.abc import Callable, Iterator
from datetime import date
from functools import lru_cache
from itertools import islice
from typing import Any, BinaryIO

from sqlmodel import Session

from app.core.clock import VIETNAM, local_date
from app.core.db import Database
from app.core.errors import TooLarge
from app.core.strings import _
from app.reports.forms.csv import BOM, Cell, csv_lines, join_cells, safe_cell
from app.reports.forms.document import format_instant, format_number
from app.reports.forms.long_sheet import LongColumn, LongSheet, write_long_xlsx
from app.reports.forms.xlsx import Fact
from app.reports.visit_download.job import MAX_VISITS, Job
from app.reports.visit_download.rows import CHUNK, VisitLine, count_rows, read_rows

COLUMNS = (
    LongColumn(_("Ngày"), 12, "day"),
    LongColumn(_("Giờ"), 8, "time"),
    LongColumn(_("Chủ hộ"), 26),
    LongColumn(_("Số nhà"), 10),
    LongColumn(_("Ngõ, địa điểm"), 20),
    LongColumn(_("Thôn"), 20),
    LongColumn(_("Người ghi"), 24),
    LongColumn(_("Kết quả"), 18),
    LongColumn(_("Việc hướng dẫn"), 50),
    LongColumn(_("Còn cần"), 30),
    LongColumn(_("Ghi chú"), 40),
    LongColumn(_("Hẹn quay lại"), 13, "day"),
    LongColumn(_("Trạng thái"), 13),
    LongColumn(_("Nhận lúc"), 18, "instant"),
    LongColumn(_("Nguồn"), 14),
)


def write(job: Job, file: BinaryIO) -> None:
    """Write the file of `job`.

    Raises `Unavailable`, and before anything is written `TooLarge` for more than `MAX_VISITS`.
    """
    database = Database(job.database_url)
    try:
        database.read(lambda session: _write(session, job, file))
    finally:
        database.close()


def _write(session: Session, job: Job, file: BinaryIO) -> None:
    count = count_rows(session, job, MAX_VISITS)
    if count > MAX_VISITS:
        raise TooLarge
    rows = read_rows(session, job)
    if job.form == "csv":
        _write_csv(job, count, rows, file)
    else:
        _write_xlsx(job, count, rows, file)


def _write_csv(job: Job, count: int, rows: Iterator[VisitLine], file: BinaryIO) -> None:
    """The heading of a last, empty column says what the file is, of when, and who made it."""
    about = _(
        "Lượt thăm %(commune)s; %(filters)s; %(count)s lượt; %(person)s xuất từ Từng Nhà lúc %(when)s",
        commune=job.commune,
        filters=job.filters_text,
        count=format_number(count),
        person=job.actor.name,
        when=format_instant(job.made_at),
    )
    headings: list[Cell] = [*(column.heading for column in COLUMNS), about]
    file.write((BOM + csv_lines([headings])).encode())
    while chunk := list(islice(rows, CHUNK)):
        file.write(join_cells(map(_csv_cells, chunk)).encode())


def _csv_cells(line: VisitLine) -> list[Cell]:
    """The cells of a line, and that of the last, empty column."""
    return [*(make(cell) if cell else None for make, cell in zip(_CSV_CELLS, line, strict=True)), None]


# Days and instants in ISO form: 11/12 is read differently on the next computer.
_IN_CSV: dict[str, Callable[[Any], Cell]] = {
    "text": lru_cache(maxsize=1 << 14)(safe_cell),  # names and words are on many lines
    "day": date.isoformat,
    "time": lambda instant: f"{instant.astimezone(VIETNAM):%H:%M}",
    "instant": lambda instant: f"{instant.astimezone(VIETNAM):%Y-%m-%d %H:%M}",
}
_CSV_CELLS = [_IN_CSV[column.kind] for column in COLUMNS]


def _write_xlsx(job: Job, count: int, rows: Iterator[VisitLine], file: BinaryIO) -> None:
    facts: list[Fact] = [
        (_("Danh sách"), _("Lượt thăm")),
        (_("Đơn vị"), job.commune),
        (_("Bộ lọc"), job.filters_text),
        (_("Số lượt"), format_number(count)),
        (_("Xuất lúc"), job.made_at),
        (_("Người xuất"), job.actor.name),
    ]
    day = f"{local_date(job.made_at):%d/%m/%Y}"
    title = _("Lượt thăm %(commune)s, %(day)s", commune=job.commune, day=day)
    write_long_xlsx(file, LongSheet(_("Lượt thăm"), title, COLUMNS, rows, facts, job.actor.name, job.made_at))
