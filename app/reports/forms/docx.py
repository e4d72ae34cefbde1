"""Word: a report as Nghị định 30/2020/NĐ-CP lays it out, as a draft: number, date and signature are empty."""

import io
from collections.abc import Sequence
from typing import Any

import segno
from docx.shared import Mm

from app.core.clock import VIETNAM
from app.core.strings import _
from app.reports.forms import docx_layout as layout
from app.reports.forms.document import ReportDocument, format_number, xml_text
from app.reports.forms.letter import add_head, add_signature
from app.reports.table import CellValue, Remark, ReportColumn, ReportRow

PART_COLUMNS = 13  # of the table beside the hamlet's name; a wider table goes on below
ROWS_OF_HALF_A_PAGE = 12
_NAME_WIDTH, _ANNEX_WIDTH, _TABLE_SIZE = 44, 252, 10


def write_docx(document: ReportDocument) -> bytes:
    """The draft: the commune's figures in the letter, the hamlets' in an annex on pages turned sideways."""
    word = layout.new_document()
    properties = word.core_properties
    properties.title, properties.author = xml_text(document.title), xml_text(document.made_by)
    properties.created = properties.modified = document.made_at.astimezone(VIETNAM).replace(tzinfo=None)
    properties.language, properties.comments = "vi-VN", xml_text(document.made_note)
    _add_head(word, document)
    _add_results(word, document)
    _add_remarks(word, _("II. Khó khăn, kiến nghị"), document.table.difficulties)
    _add_remarks(word, _("III. Cách làm hay"), document.table.practices)
    add_signature(word, (_("- Như trên;"), _("- Lưu: VT.")))
    _add_check(word, document)
    _add_annex(word, document)
    content = io.BytesIO()
    word.save(content)
    return content.getvalue()


def _add_head(word: Any, document: ReportDocument) -> None:
    add_head(word, document.table.commune, document.place, "BC-UBND")
    layout.add_text(word, _("BÁO CÁO"), bold=True, align=layout.CENTER, before=18)
    layout.add_text(word, document.title, bold=True, align=layout.CENTER)
    layout.add_rule(word, 55)
    layout.add_text(word, _("Kính gửi: ……………………………………"), align=layout.CENTER, before=6, after=12)


def _add_results(word: Any, document: ReportDocument) -> None:
    """The figures of the commune: the last row of the table."""
    table = document.table
    _add_heading(word, _("I. Kết quả"))
    sentence = _("Kỳ báo cáo %(days)s; số liệu %(as_of)s.", days=document.days, as_of=document.as_of)
    _add_paragraph(word, f"{sentence} {document.annex_note}")
    pairs = list(zip(table.columns[1:], table.rows[-1].cells[1:], strict=True)) if table.rows else []
    lines = [_line([_("Nội dung"), table.commune], is_bold=True)]
    lines += [_line([column.heading, cell]) for column, cell in pairs]
    layout.add_grid(word, lines, (125, 40), size=13)
    for note in table.notes:
        _add_paragraph(word, note)


def _add_remarks(word: Any, heading: str, remarks: tuple[Remark, ...]) -> None:
    _add_heading(word, heading)
    for remark in remarks:
        day = f"{remark.day:%d/%m/%Y}"
        line = _("- %(text)s (%(author)s, %(day)s)", text=remark.text, author=remark.author, day=day)
        _add_paragraph(word, line)
    if not remarks:
        _add_paragraph(word, "…" * 40)


def _add_check(word: Any, document: ReportDocument) -> None:
    """Who made it; for a closed period also the code with which a printed copy can be checked."""
    note = f"{document.made_note}. "
    if document.check is None:
        text = note + document.open_note
        layout.add_text(word, text, italic=True, size=11, before=12)
        _add_log_note(word, document)
        return
    picture, words = layout.add_columns(word, 28, 137)
    content = io.BytesIO()
    segno.make(document.check.address, micro=False, error="m").save(content, kind="png", scale=8, border=2)
    content.seek(0)
    run = picture.paragraphs[0].add_run()
    run.add_picture(content, width=Mm(24))
    layout.add_text(words, note, italic=True, size=11, before=8)
    code = _("Mã đối chiếu: %(code)s", code=document.check.code)
    layout.add_text(words, code, bold=True, size=13)
    page = document.check.address.rpartition("/")[0]
    how = _("Ai cũng quét được mã, hoặc nhập mã ở %(page)s, để biết báo cáo còn hiệu lực.", page=page)
    layout.add_text(words, how, size=11)
    _add_log_note(words, document)


def _add_log_note(place: Any, document: ReportDocument) -> None:
    if document.log_note:
        layout.add_text(place, document.log_note, size=11)


def _add_annex(word: Any, document: ReportDocument) -> None:
    """The whole table; one that is too wide in parts below each other, each with the hamlets' names."""
    table = document.table
    layout.add_landscape(word)
    layout.add_text(word, _("PHỤ LỤC"), bold=True, align=layout.CENTER)
    layout.add_text(word, document.title, bold=True, align=layout.CENTER)
    facts = f"({table.commune}; {document.days}; {document.as_of})"
    layout.add_text(word, facts, italic=True, size=13, align=layout.CENTER, after=8)
    _add_parts(word, table.columns, table.rows)
    for extra in document.extra:
        layout.add_text(
            word, extra.name, bold=True, before=12, after=6
        ).paragraph_format.keep_with_next = True
        _add_parts(word, extra.columns, extra.rows)


def _add_parts(word: Any, columns: tuple[ReportColumn, ...], rows: tuple[ReportRow, ...]) -> None:
    others = range(1, len(columns))
    parts = -(-len(others) // PART_COLUMNS) or 1
    size = -(-len(others) // parts)  # as many columns in each part
    for part in range(parts):
        if part and len(rows) > ROWS_OF_HALF_A_PAGE:
            layout.add_text(word, "", size=8).paragraph_format.page_break_before = True
        _add_part(word, columns, rows, [0, *others[part * size : (part + 1) * size]])


def _add_part(
    word: Any, columns: tuple[ReportColumn, ...], rows: tuple[ReportRow, ...], chosen: list[int]
) -> None:
    width = min(30, (_ANNEX_WIDTH - _NAME_WIDTH) / max(1, len(chosen) - 1))
    lines = [_line([columns[number].heading for number in chosen], is_bold=True)]
    lines += [_line([row.cells[number] for number in chosen], is_bold=row.hamlet_id is None) for row in rows]
    layout.add_grid(word, lines, (_NAME_WIDTH, *(width for _column in chosen[1:])), _TABLE_SIZE)


def _line(cells: Sequence[CellValue], *, is_bold: bool = False) -> list[layout.GridCell]:
    return [
        layout.GridCell(cell, is_bold=is_bold)
        if isinstance(cell, str)
        else layout.GridCell("–" if cell is None else format_number(cell), is_number=True, is_bold=is_bold)
        for cell in cells
    ]


def _add_heading(word: Any, text: str) -> None:
    paragraph = layout.add_text(word, text, bold=True, before=6, after=6)
    paragraph.paragraph_format.keep_with_next = True


def _add_paragraph(word: Any, text: str) -> None:
    paragraph = layout.add_text(word, text, align=layout.JUSTIFY, after=6)
    paragraph.paragraph_format.first_line_indent = Mm(10)
