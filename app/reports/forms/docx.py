"""Word: a report as Nghị định 30/2020/NĐ-CP lays it out, as a draft until its period is
closed: number, date and signature are empty."""

import io
from typing import Any

import segno
from docx.shared import Mm

from app.core.clock import VIETNAM
from app.core.strings import _
from app.reports.forms import docx_layout as layout
from app.reports.forms.annex import add_annex, grid_line
from app.reports.forms.document import ReportDocument, xml_text
from app.reports.forms.letter import add_addressees, add_head, add_signature
from app.reports.forms.word_charts import add_chart
from app.reports.table import Remark


def write_docx(document: ReportDocument) -> bytes:
    """The letter: the commune's figures, and the hamlets' in an annex on pages turned sideways."""
    word = layout.new_document()
    properties = word.core_properties
    properties.title, properties.author = xml_text(document.title), xml_text(document.made_by)
    properties.created = properties.modified = document.made_at.astimezone(VIETNAM).replace(tzinfo=None)
    properties.language, properties.comments = "vi-VN", xml_text(document.made_note)
    _add_head(word, document)
    _add_results(word, document)
    _add_remarks(word, _("II. Khó khăn, kiến nghị"), document.table.difficulties)
    _add_remarks(word, _("III. Cách làm hay"), document.table.practices)
    add_signature(word, document.receivers, document.signers)
    _add_check(word, document)
    add_annex(word, document)
    content = io.BytesIO()
    word.save(content)
    return content.getvalue()


def _add_head(word: Any, document: ReportDocument) -> None:
    form = document.form
    department = form.department if form.is_departments else ""
    is_draft = not document.table.is_closed
    commune = document.table.commune
    add_head(word, commune, document.place, form.series, department=department, is_draft=is_draft)
    layout.add_text(word, _("BÁO CÁO"), bold=True, align=layout.CENTER, before=18)
    layout.add_text(word, document.title, bold=True, align=layout.CENTER)
    layout.add_rule(word, 55)
    add_addressees(word, form.addressees)


def _add_results(word: Any, document: ReportDocument) -> None:
    """The figures of the commune: the last row of the table."""
    table = document.table
    _add_heading(word, _("I. Kết quả"))
    sentence = _("Kỳ báo cáo %(days)s; số liệu %(as_of)s.", days=document.days, as_of=document.as_of)
    _add_paragraph(word, f"{sentence} {document.annex_note}")
    _add_wording(word, document)
    pairs = list(zip(table.columns[1:], table.rows[-1].cells[1:], strict=True)) if table.rows else []
    lines = [grid_line((_("Nội dung"), table.commune), is_bold=True)]
    lines += [grid_line((column.heading, cell)) for column, cell in pairs]
    layout.add_grid(word, lines, (125, 40), size=13)
    for note in table.notes:
        _add_paragraph(word, note)
    for chart in document.charts:
        add_chart(word, chart, document.made_at)


def _add_wording(word: Any, document: ReportDocument) -> None:
    """What the figures say, and that it was edited; then what spot checks have found."""
    for paragraph in document.wording:
        _add_paragraph(word, paragraph)
    if document.wording_note:
        layout.add_text(word, f"({document.wording_note})", italic=True, size=11, after=6)
    for line in document.spot_checks:
        _add_paragraph(word, line)


def _add_remarks(word: Any, heading: str, remarks: tuple[Remark, ...]) -> None:
    _add_heading(word, heading)
    for remark in remarks:
        day = f"{remark.day:%d/%m/%Y}"
        line = _("- %(text)s (%(author)s, %(day)s)", text=remark.text, author=remark.author, day=day)
        _add_paragraph(word, line)
    if not remarks:
        _add_paragraph(word, "…" * 40)


def _add_check(word: Any, document: ReportDocument) -> None:
    """Who made it, when it was closed and reopened; for a closed period also the code with which a printed
    copy can be checked."""
    note = f"{document.made_note}. "
    if document.check is None:
        text = note + document.open_note
        layout.add_text(word, text, italic=True, size=11, before=12)
        _add_small(word, document)
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
    _add_small(words, document)


def _add_small(place: Any, document: ReportDocument) -> None:
    """When the period was closed and reopened, and the mark of the desk log."""
    for line in (*document.closings, *filter(None, [document.log_note])):
        layout.add_text(place, line, size=11)


def _add_heading(word: Any, text: str) -> None:
    paragraph = layout.add_text(word, text, bold=True, before=6, after=6)
    paragraph.paragraph_format.keep_with_next = True


def _add_paragraph(word: Any, text: str) -> None:
    paragraph = layout.add_text(word, text, align=layout.JUSTIFY, after=6)
    paragraph.paragraph_format.first_line_indent = Mm(10)
