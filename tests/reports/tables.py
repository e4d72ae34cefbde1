"""Constructed tables of reports."""

import random
from dataclasses import replace
from datetime import UTC, datetime

from app.commune.calendar.period import parse_period
from app.reports.forms.document import ReportDocument
from app.reports.table import CellValue, ReportColumn, ReportRow, ReportTable

FORMULA = '=HYPERLINK("http://x")'
NAMES = (
    FORMULA,
    "Thôn Đông",
    "+84",
    "-1+1",
    "@SUM(A1)",
    "Pác Mỏ & <Nà>",
    "_x0041_",
    " =1",
    "12/3",
    "Tổ 1, 2",
)
MADE_AT = datetime(2026, 12, 1, 2, 0, tzinfo=UTC)  # 09:00 in Vietnam


def random_table(seed: int, *, is_closed: bool = False) -> ReportTable:
    """Up to 30 hamlets and 40 columns; some figures unknown, some zero, some large, some negative."""
    chance = random.Random(seed)
    names = [chance.choice(NAMES) for _hamlet in range(chance.randrange(31))]
    width = chance.randrange(1, 41)
    columns = (
        ReportColumn("hamlet", "Thôn", "text"),
        *(ReportColumn(f"service.{n}", f"{chance.choice(NAMES)} {n}") for n in range(width)),
    )

    def figure() -> CellValue:
        return chance.choice((None, 0, chance.randrange(100), chance.randrange(10**6), -chance.randrange(9)))

    rows = [
        ReportRow(f"h{n}", (name, *(figure() for _column in range(width)))) for n, name in enumerate(names)
    ]
    rows.append(ReportRow(None, ("Toàn xã", *(figure() for _column in range(width)))))
    as_of = datetime(2026, 11, 30, 9, 40, tzinfo=UTC)
    return ReportTable("Xã Yên Bình", parse_period("2026-11", 1), as_of, columns, tuple(rows), is_closed)


def document(table: ReportTable, **values: object) -> ReportDocument:
    """The table as Bình downloads it."""
    remarks = {name: values.pop(name, ()) for name in ("difficulties", "practices")}
    table = replace(table, **remarks)  # type: ignore[arg-type]
    return ReportDocument(table, "Yên Bình", "Hoàng Văn Bình", MADE_AT, **values)  # type: ignore[arg-type]
