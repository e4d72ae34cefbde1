"""Excel: a sheet with the table, and one that says what it is, of when, and who made it."""

import io
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, BinaryIO

import xlsxwriter

from app.commune.calendar.period import period_label
from app.core.clock import VIETNAM
from app.core.strings import _
from app.reports.forms.document import ReportDocument, xml_text
from app.reports.forms.parts import table_parts
from app.reports.forms.sheet_layout import SIZE, prepare_facts, prepare_print, set_columns, sheet_name
from app.reports.table import Remark, ReportColumn, ReportRow

# Text of people must not become a formula, number or link; rows go to a file as they are written.
_OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_numbers": False,
    "strings_to_urls": False,
    # In every office, or one with the same widths: so pages end where they should.
    "default_format_properties": {"font_name": "Times New Roman", "font_size": SIZE},
}
DAY_FORMAT, INSTANT_FORMAT = "dd/mm/yyyy", "hh:mm dd/mm/yyyy"
_FACT_WIDTHS = (28, 66)  # characters

Fact = tuple[str, str | date | datetime]


def write_xlsx(document: ReportDocument) -> bytes:
    """The workbook: unknown figures are empty cells, the headings stay in sight."""
    content = io.BytesIO()
    with open_workbook(content, document.title, document.made_by, document.made_at) as workbook:
        _add_table(workbook, _("Báo cáo"), document.table.columns, document.table.rows, document)
        for extra in document.extra:
            _add_table(workbook, extra.name, extra.columns, extra.rows, document)
        add_facts(workbook, _("Thông tin"), _facts(document))
        remarks = [
            (_("Khó khăn, kiến nghị"), document.table.difficulties),
            (_("Cách làm hay"), document.table.practices),
        ]
        if document.table.difficulties or document.table.practices:
            _add_remarks(workbook, remarks, document)
    return content.getvalue()


def open_workbook(file: BinaryIO, title: str, author: str, created: datetime) -> xlsxwriter.Workbook:
    """A workbook written to `file` that never makes formulas of texts; its properties name the author."""
    workbook = xlsxwriter.Workbook(file, _OPTIONS)
    moment = created.astimezone(VIETNAM).replace(tzinfo=None)
    workbook.set_properties({"title": xml_text(title), "author": xml_text(author), "created": moment})
    return workbook


def add_facts(workbook: xlsxwriter.Workbook, name: str, facts: Sequence[Fact]) -> None:
    """A sheet of names and values; days and instants (in Vietnam) are dates."""
    sheet = workbook.add_worksheet(sheet_name(name, workbook.sheetnames))
    bold = workbook.add_format({"bold": True, "valign": "top"})
    text = workbook.add_format({"text_wrap": True, "valign": "top", "align": "left"})
    formats = {
        kind: workbook.add_format({"num_format": form, "align": "left"})
        for kind, form in ((date, DAY_FORMAT), (datetime, INSTANT_FORMAT))
    }
    prepare_facts(sheet, workbook.doc_properties.get("title", ""))
    for column, width in enumerate(_FACT_WIDTHS):
        sheet.set_column(column, column, width)
    for row, (label, value) in enumerate(facts):
        sheet.write_string(row, 0, label, bold)
        if isinstance(value, datetime):
            sheet.write_datetime(row, 1, value.astimezone(VIETNAM).replace(tzinfo=None), formats[datetime])
        elif isinstance(value, date):
            sheet.write_datetime(row, 1, value, formats[date])
        else:
            sheet.write_string(row, 1, xml_text(value), text)


def heading_format(workbook: xlsxwriter.Workbook) -> Any:
    """The format of headings."""
    return workbook.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})


def _add_table(
    workbook: xlsxwriter.Workbook,
    name: str,
    columns: Sequence[ReportColumn],
    rows: Sequence[ReportRow],
    document: ReportDocument,
) -> None:
    sheet = workbook.add_worksheet(sheet_name(name, workbook.sheetnames))
    heading = heading_format(workbook)
    kinds: dict[str, dict[str, object]] = {
        "text": {"text_wrap": True, "valign": "top"},
        "number": {"num_format": "#,##0", "valign": "top"},
    }
    formats = {kind: workbook.add_format(form) for kind, form in kinds.items()}
    totals = {kind: workbook.add_format({**form, "bold": True, "top": 1}) for kind, form in kinds.items()}
    _prepare_print(sheet, document, name)
    set_columns(sheet, columns, rows, table_parts(columns, document.pillars))
    for number, column in enumerate(columns):
        sheet.write_string(0, number, xml_text(column.heading), heading)
    for line, row in enumerate(rows, start=1):
        chosen = formats if row.hamlet_id is not None else totals
        for number, cell in enumerate(row.cells):
            if isinstance(cell, int):
                sheet.write_number(line, number, cell, chosen["number"])
            elif cell is not None:
                sheet.write_string(line, number, xml_text(cell), chosen["text"])


def _prepare_print(sheet: Any, document: ReportDocument, name: str) -> None:
    """On paper nothing else says what a table is about."""
    title = f"{name}. {document.title}, {document.table.commune}"
    prepare_print(sheet, title, f"{document.as_of}; {document.made_note}")


def _facts(document: ReportDocument) -> list[Fact]:
    table = document.table
    facts: list[Fact] = [
        (_("Báo cáo"), document.title),
        (_("Đơn vị"), table.commune),
        (_("Kỳ"), period_label(table.period)),
        (_("Từ ngày"), table.period.first),
        (_("Đến ngày"), table.period.last),
        (_("Đã chốt lúc") if table.is_closed else _("Tính đến"), table.as_of),
        *([(_("Lượt thăm"), document.trust)] if document.trust else []),
        (_("Xuất lúc"), document.made_at),
        (_("Người xuất"), document.made_by),
        *((_("Nhận xét"), paragraph) for paragraph in document.wording),
        *([(_("Nhận xét đã sửa"), document.wording_note)] if document.wording_note else []),
        *((_("Hậu kiểm"), line) for line in document.spot_checks),
        *((_("Chốt, mở lại"), line) for line in document.closings),
        *((_("Ghi chú"), note) for note in table.notes),
    ]
    if document.check:
        facts += [(_("Mã đối chiếu"), document.check.code), (_("Trang đối chiếu"), document.check.address)]
    return facts


def _add_remarks(
    workbook: xlsxwriter.Workbook,
    sections: Sequence[tuple[str, tuple[Remark, ...]]],
    document: ReportDocument,
) -> None:
    name = _("Ý kiến")
    sheet = workbook.add_worksheet(sheet_name(name, workbook.sheetnames))
    _prepare_print(sheet, document, name)
    heading, wrapped = heading_format(workbook), workbook.add_format({"text_wrap": True, "valign": "top"})
    day = workbook.add_format({"num_format": DAY_FORMAT, "valign": "top", "align": "left"})
    columns = ((_("Loại"), 22), (_("Ngày"), 12), (_("Người viết"), 24), (_("Nội dung"), 90))
    for number, (label, width) in enumerate(columns):
        sheet.set_column(number, number, width)
        sheet.write_string(0, number, label, heading)
    lines = [(name, remark) for name, remarks in sections for remark in remarks]
    for line, (name, remark) in enumerate(lines, start=1):
        sheet.write_string(line, 0, name, wrapped)
        sheet.write_datetime(line, 1, remark.day, day)
        sheet.write_string(line, 2, xml_text(remark.author), wrapped)
        sheet.write_string(line, 3, xml_text(remark.text), wrapped)
