"""The workbook to fill in: the headings, and the columns as text so that numbers keep their first 0."""

import io

import xlsxwriter

from app.core.strings import _

_COLUMNS = ((_("Họ và tên"), 30), (_("Số điện thoại"), 18), (_("Thôn hoặc tổ"), 30), (_("Vai trò"), 16))
_ROLES = [_("Thành viên"), _("Tổ trưởng")]


def make_template() -> bytes:
    """An .xlsx workbook with one empty sheet."""
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as workbook:
        sheet = workbook.add_worksheet(_("Danh sách mời"))
        bold, text = workbook.add_format({"bold": True}), workbook.add_format({"num_format": "@"})
        for column, (heading, width) in enumerate(_COLUMNS):
            sheet.set_column(column, column, width, text)
            sheet.write_string(0, column, heading, bold)
        sheet.data_validation(1, 3, 1_000, 3, {"validate": "list", "source": _ROLES})
        sheet.freeze_panes(1, 0)
    return content.getvalue()
