"""The charts of a report in Word: their words and their numbers, drawn and in the workbook behind them."""

import io
import random
from typing import Any

import pytest
from docx import Document
from docx.oxml import parse_xml
from docx.oxml.ns import qn
from python_calamine import CalamineWorkbook

from app.reports.charts.models import Chart, ChartRow
from app.reports.forms.document import format_number
from app.reports.forms.docx import write_docx
from tests.reports.tables import NAMES, document, random_table

PILLARS = ("Định danh điện tử", "Dịch vụ công trực tuyến", "Việc khác")
Numbers = list[int | None]


def random_charts(seed: int) -> tuple[Chart, ...]:
    """A chart of each kind, of up to 40 rows, with names that look like formulas."""
    dice = random.Random(seed)

    def rows(width: int, group: bool = False) -> tuple[ChartRow, ...]:
        most = dice.randrange(1, 41)
        return tuple(
            ChartRow(
                f"{dice.choice(NAMES)} {n}",
                tuple(dice.choice((None, 0, dice.randrange(2_000))) for _series in range(width)),
                mark=f"{n % 28 + 1:02}/11",
                group=PILLARS[n * 3 // most] if group else "",
            )
            for n in range(most)
        )

    results = tuple(
        (code, code.upper()) for code in ("helped", "come_back", "not_home", "not_needed", "refused")
    )
    hamlets = tuple((code, code.upper()) for code in ("guided", "met", "households"))
    return (
        Chart("weeks", "Tuần", "Tuần", results, rows(5), "Báo cáo: 3 lượt."),
        Chart("services", "Việc", "Việc", (("people", "Số người"),), rows(1, group=True)),
        Chart("hamlets", "Thôn", "Thôn", hamlets, rows(3)),
    )


@pytest.mark.parametrize("seed", [1, 2])
def test_charts_in_word_have_their_table_as_words_and_as_numbers_that_can_be_edited(seed: int) -> None:
    charts = random_charts(seed)
    word = Document(io.BytesIO(write_docx(document(random_table(5), charts=charts))))
    frames = list(word.element.iter(qn("wp:docPr")))
    assert [one.get("descr") for one in frames] == [chart.alternative(format_number) for chart in charts]
    assert len({one.get("id") for one in frames}) == len(charts)
    for frame, chart in zip(frames, charts, strict=True):
        part = word.part.related_parts[next(frame.getparent().iter(qn("c:chart"))).get(qn("r:id"))]
        drawn = parse_xml(part.blob)
        assert _drawn_numbers(drawn) == _expected(chart)
        relation = next(drawn.iter(qn("c:externalData"))).get(qn("r:id"))
        assert _workbook_numbers(part.related_parts[relation].blob) == _expected(chart)
        assert next(drawn.iter(qn("c:printSettings")), None) is None
    assert "Báo cáo: 3 lượt." in [paragraph.text for paragraph in word.paragraphs]


def _expected(chart: Chart) -> list[Numbers]:
    """The numbers of each series that Word draws."""
    if chart.code == "services":
        pillars = list(dict.fromkeys(row.group for row in chart.rows))
        return [[row.values[0] if row.group == one else None for row in chart.rows] for one in pillars]
    series = [[row.values[place] for row in chart.rows] for place in range(len(chart.series))]
    return series[::-1] if chart.code == "hamlets" else series


def _drawn_numbers(drawn: Any) -> list[Numbers]:
    found: list[Numbers] = []
    for series in drawn.iter(qn("c:ser")):
        cache = series.find(qn("c:val")).find(qn("c:numRef")).find(qn("c:numCache"))
        points = {int(one.get("idx")): int(one[0].text) for one in cache.iter(qn("c:pt")) if one[0].text}
        found.append([points.get(at) for at in range(int(cache.find(qn("c:ptCount")).get("val")))])
    return found


def _workbook_numbers(content: bytes) -> list[Numbers]:
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0)
    _headings, *lines = sheet.to_python()
    return [
        [None if cell == "" else int(cell) for cell in column]
        for column in zip(*(line[1:] for line in lines), strict=True)
    ]
