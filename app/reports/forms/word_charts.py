"""Charts in Word files: charts of the office itself, which print sharply and can be edited, with words for
those who do not see them. XlsxWriter draws them as it does in workbooks: Word has the same kind of part."""

import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import xlsxwriter
from docx.opc.constants import CONTENT_TYPE, RELATIONSHIP_TYPE
from docx.opc.oxml import serialize_part_xml
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, nsmap, qn
from docx.shared import Mm

from app.reports.charts.models import Chart
from app.reports.forms import docx_layout as layout
from app.reports.forms.document import format_number, xml_text

WIDTH = 165  # mm between the margins
_COLUMNS_HEIGHT, _FRAME, _ROW, _MOST = 85, 24, 6.5, 225  # mm: of columns; around bars, of each bar, of all
_MOST_LETTERS = 44  # of a name
_MOST_TOTALS = 8  # columns that have room for a number, or a name
_INK = "#0A4D9C"
_PALE = {"color": "#D9D9D9"}
_FONT = {"name": layout.FONT, "size": 10}
_AXIS = {"num_font": _FONT, "minor_tick_mark": "none"}
# What a mark is filled with: each is known in black and white too.
_SOLID = {"fill": {"color": _INK}}
_EMPTY = {"fill": {"color": "#FFFFFF"}}
_FILLINGS: tuple[dict[str, Any], ...] = (
    _SOLID,
    *(
        {"pattern": {"pattern": name, "fg_color": _INK, "bg_color": "#FFFFFF"}}
        for name in ("wide_upward_diagonal", "small_grid", "percent_25")
    ),
)
_BY_MARK = {
    "come_back": _FILLINGS[1],
    "met": _FILLINGS[1],
    "not_home": _EMPTY,
    "households": _EMPTY,
    "not_needed": _FILLINGS[3],
    "refused": _FILLINGS[2],
}


@dataclass(frozen=True)
class _Sheet:
    """What the office draws: a name and numbers in each row, a series in each column of numbers."""

    series: tuple[tuple[str, dict[str, Any]], ...]
    rows: tuple[tuple[str, tuple[int | None, ...]], ...]


def add_chart(word: Any, chart: Chart, made_at: datetime) -> None:
    """The chart's title, the chart, and what of it is not the report's number. Its alternative text is the
    whole table in words."""
    title = layout.add_text(word, chart.title, bold=True, size=13, align=layout.CENTER, before=8)
    title.paragraph_format.keep_with_next = True
    relation = word.part.relate_to(_chart_part(word, chart, made_at), RELATIONSHIP_TYPE.CHART)
    height = _COLUMNS_HEIGHT if chart.code == "weeks" else min(_MOST, _FRAME + _ROW * len(chart.rows))
    paragraph = layout.add_text(word, "", align=layout.CENTER, after=2)
    paragraph.runs[0]._r.append(_frame(chart, relation, height, word.part.next_id))
    if chart.note:
        layout.add_text(word, chart.note, italic=True, size=13, after=6)


def _chart_part(word: Any, chart: Chart, made_at: datetime) -> Part:
    """The part of the chart, with the workbook that Word opens to edit its numbers."""
    package = word.part.package
    sheet = _sheet(chart)
    workbook = Part(
        package.next_partname("/word/embeddings/chart%d.xlsx"),
        CONTENT_TYPE.SML_SHEET,
        _write_workbook(chart, sheet, made_at, is_drawn=False),
        package,
    )
    name = PackURI(str(workbook.partname).replace("embeddings", "charts").replace(".xlsx", ".xml"))
    part = Part(name, CONTENT_TYPE.DML_CHART, b"", package)
    relation = part.relate_to(workbook, RELATIONSHIP_TYPE.PACKAGE)
    part._blob = _chart_xml(_write_workbook(chart, sheet, made_at, is_drawn=True), relation)
    return part


def _chart_xml(workbook: bytes, relation: str) -> bytes:
    """The drawn chart of a workbook as a part of Word: with its data elsewhere, without a page of its own."""
    with zipfile.ZipFile(io.BytesIO(workbook)) as file:
        root = parse_xml(file.read("xl/charts/chart1.xml"))
    for settings in root.findall(qn("c:printSettings")):
        root.remove(settings)
    root.append(
        parse_xml(
            f'<c:externalData {nsdecls("c", "r")} r:id="{relation}"><c:autoUpdate val="0"/></c:externalData>'
        )
    )
    content: bytes = serialize_part_xml(root)
    return content


def _frame(chart: Chart, relation: str, height: float, number: int) -> Any:
    """The chart's place in a line of text."""
    frame = parse_xml(
        f"<w:drawing {nsdecls('w', 'wp', 'a', 'r', 'c')}>"
        '<wp:inline distT="0" distB="0" distL="0" distR="0">'
        f'<wp:extent cx="{Mm(WIDTH)}" cy="{Mm(height)}"/><wp:docPr id="{number}" name="Chart {number}"/>'
        f'<wp:cNvGraphicFramePr/><a:graphic><a:graphicData uri="{nsmap["c"]}"><c:chart r:id="{relation}"/>'
        "</a:graphicData></a:graphic></wp:inline></w:drawing>"
    )
    properties = frame[0][1]
    properties.set("title", xml_text(chart.title))
    properties.set("descr", xml_text(chart.alternative(format_number)))
    return frame


def _sheet(chart: Chart) -> _Sheet:
    """The rows as they are drawn: services in a series for each pillar, and of hamlets the greatest number
    first, behind the others. The numbers stand beside the names, of weeks if there is room."""
    if chart.code == "services":
        pillars = list(dict.fromkeys(row.group for row in chart.rows))
        fillings = (_FILLINGS[place % len(_FILLINGS)] for place in range(len(pillars)))
        return _Sheet(
            tuple(zip(pillars, fillings, strict=True)),
            tuple(
                (
                    _numbered(row.name, row.values),
                    tuple(row.values[0] if row.group == one else None for one in pillars),
                )
                for row in chart.rows
            ),
        )
    series = tuple((heading, _BY_MARK.get(code, _SOLID)) for code, heading in chart.series)
    if chart.code == "hamlets":
        rows = tuple((_numbered(row.name, row.values), row.values[::-1]) for row in chart.rows)
        return _Sheet(series[::-1], rows)
    has_room = len(chart.rows) <= _MOST_TOTALS
    return _Sheet(
        series,
        tuple(
            (_numbered(row.mark, (sum(filter(None, row.values)),)) if has_room else row.mark, row.values)
            for row in chart.rows
        ),
    )


def _numbered(name: str, values: Sequence[int | None]) -> str:
    """*Thôn Đông (12/30/80)*; of a long name its beginning. Where a name took a second line, an office would
    leave out every other one."""
    short = name if len(name) <= _MOST_LETTERS else name[: _MOST_LETTERS - 1].rstrip() + "…"
    return f"{short} ({'/'.join('–' if one is None else format_number(one) for one in values)})"


def _write_workbook(chart: Chart, sheet: _Sheet, made_at: datetime, *, is_drawn: bool) -> bytes:
    """The workbook with the numbers; drawn, with the chart as well."""
    content = io.BytesIO()
    options = {"strings_to_formulas": False, "strings_to_numbers": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(content, {**options, "in_memory": True}) as workbook:
        workbook.set_properties({"created": made_at.replace(tzinfo=None)})
        page = workbook.add_worksheet("Data")
        page.write_string(0, 0, xml_text(chart.first))
        for column, (heading, _filling) in enumerate(sheet.series, start=1):
            page.write_string(0, column, xml_text(heading))
        for line, row in enumerate(sheet.rows, start=1):
            page.write_string(line, 0, xml_text(row[0]))
            for column, value in enumerate(row[1], start=1):
                if value is not None:
                    page.write_number(line, column, value)
        if is_drawn:
            page.insert_chart("A1", _drawn(workbook, chart, sheet))
    return content.getvalue()


def _drawn(workbook: Any, chart: Chart, sheet: _Sheet) -> Any:
    """Weeks as stacked columns, services and hamlets as bars from the top down."""
    is_weeks, last = chart.code == "weeks", len(sheet.rows)
    drawn = workbook.add_chart({"type": "column", "subtype": "stacked"} if is_weeks else {"type": "bar"})
    for column, (_heading, filling) in enumerate(sheet.series, start=1):
        drawn.add_series(
            {
                "name": ["Data", 0, column],
                "categories": ["Data", 1, 0, last, 0],
                "values": ["Data", 1, column, last, column],
                "border": {"color": _INK, "width": 0.75},
                "gap": 40,
                **({} if is_weeks else {"overlap": 100}),
                **filling,
            }
        )
    names = {**_AXIS, "text_axis": True, "reverse": not is_weeks}
    numbers = {**_AXIS, "num_format": "#,##0", "major_gridlines": {"visible": True, "line": _PALE}}
    # Every name of a hamlet or service: left to itself, an office leaves some out.
    names["interval_unit"] = -(-last // _MOST_TOTALS) if is_weeks else 1
    drawn.set_x_axis(names if is_weeks else numbers)
    drawn.set_y_axis(numbers if is_weeks else names)
    drawn.set_legend({"position": "bottom", "font": _FONT})
    drawn.set_chartarea({"border": {"none": True}})
    return drawn
