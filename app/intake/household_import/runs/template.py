"""The workbook to fill in: a title that explains it, and the four columns that are stored."""

from io import BytesIO

import xlsxwriter

from app.core.strings import _

HEADINGS = (
    (_("STT"), 6),
    (_("Chủ hộ"), 30),
    (_("Số nhà"), 14),
    (_("Ngõ (hoặc mốc dễ thấy)"), 34),
    (_("Thôn"), 24),
)


def template() -> bytes:
    """The file. Its cells are text, so that the spreadsheet program does not turn 12/3 into a date."""
    content = BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as workbook:
        sheet = workbook.add_worksheet(_("Danh sách hộ"))
        text = workbook.add_format({"num_format": "@"})
        bold = workbook.add_format({"bold": True, "num_format": "@", "bottom": 1})
        sheet.write_string(0, 0, _("DANH SÁCH HỘ GIA ĐÌNH"), workbook.add_format({"bold": True}))
        for column, (heading, width) in enumerate(HEADINGS):
            sheet.set_column(column, column, width, text)
            sheet.write_string(2, column, heading, bold)
        sheet.freeze_panes(3, 0)
    return content.getvalue()
