"""The parts of Word files that python-docx has no words for: fonts of all scripts, page numbers, borders."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import escape

from docx import Document
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm, Pt

from app.reports.forms.document import xml_text

FONT, SIZE = "Times New Roman", 14
PAGE = (210, 297)  # A4, mm
TOP, BOTTOM, LEFT, RIGHT = 20, 20, 30, 15  # margins, mm: Nghị định 30/2020/NĐ-CP, phụ lục I
LEFT_ALIGNED, CENTER, JUSTIFY, RIGHT_ALIGNED = (
    WD_ALIGN_PARAGRAPH.LEFT, WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.JUSTIFY, WD_ALIGN_PARAGRAPH.RIGHT,
)  # fmt: skip


@dataclass(frozen=True)
class GridCell:
    """A cell of `add_grid`."""

    text: str
    is_number: bool = False
    is_bold: bool = False


def new_document() -> Any:
    """An empty document on A4 with the margins, font and page number of Nghị định 30/2020/NĐ-CP."""
    word = Document()
    style = word.styles["Normal"]
    style.font.size = Pt(SIZE)
    style.paragraph_format.space_before = style.paragraph_format.space_after = Pt(0)
    properties = style.element.get_or_add_rPr()
    fonts = properties.get_or_add_rFonts()
    for script in ("ascii", "hAnsi", "cs", "eastAsia"):
        fonts.set(qn(f"w:{script}"), FONT)
    properties.append(_element("w:lang", val="vi-VN", eastAsia="vi-VN"))
    section = word.sections[0]
    _set_page(section, *PAGE)
    section.different_first_page_header_footer = True
    _number_pages(section)
    return word


def add_landscape(word: Any) -> None:
    """Begin a section on A4 turned sideways, whose pages are numbered from 1 anew. The side that is bound,
    with the wide margin, becomes the top."""
    section = word.add_section(WD_SECTION.NEW_PAGE)
    section.orientation = WD_ORIENT.LANDSCAPE
    _set_page(section, *reversed(PAGE))
    section.different_first_page_header_footer = True
    section._sectPr.insert_element_before(
        _element("w:pgNumType", start="1"), "w:cols", "w:titlePg", "w:docGrid"
    )


def add_text(
    parent: Any,
    text: str,
    *,
    bold: bool = False,
    italic: bool = False,
    size: float = SIZE,
    align: Any = LEFT_ALIGNED,
    before: float = 0,
    after: float = 0,
) -> Any:
    """A paragraph of `parent` (a document or cell). An empty first paragraph of a cell is used up."""
    is_unused = hasattr(parent, "_tc") and len(parent.paragraphs) == 1 and not parent.paragraphs[0].runs
    paragraph = parent.paragraphs[0] if is_unused else parent.add_paragraph()
    run = paragraph.add_run(xml_text(text))
    run.bold, run.italic, run.font.size = bold, italic, Pt(size)
    paragraph.alignment = align
    paragraph.paragraph_format.space_before, paragraph.paragraph_format.space_after = Pt(before), Pt(after)
    return paragraph


def add_rule(parent: Any, inset: float) -> None:
    """A drawn line that begins and ends `inset` mm from the sides."""
    paragraph = add_text(parent, " ", size=2, align=CENTER, before=3, after=4)
    paragraph.paragraph_format.left_indent = paragraph.paragraph_format.right_indent = Mm(inset)
    borders = _element("w:pBdr")
    borders.append(_element("w:top", val="single", sz="6", space="1", color="000000"))
    properties = paragraph._p.get_or_add_pPr()
    properties.insert_element_before(borders, "w:shd", "w:tabs", "w:spacing", "w:ind", "w:jc", "w:rPr")


def add_columns(word: Any, *widths: float) -> list[Any]:
    """Cells beside each other without borders, of these widths in mm."""
    table = word.add_table(rows=1, cols=len(widths))
    _set_widths(table, widths)
    table.rows[0]._tr.get_or_add_trPr().append(_element("w:cantSplit"))
    return list(table.rows[0].cells)


def add_grid(word: Any, lines: Sequence[Sequence[GridCell]], widths: Sequence[float], size: float) -> None:
    """A bordered table of columns of these widths in mm; its first row is repeated on each page.

    Written as XML: python-docx takes 0.4 ms for a cell.
    """
    columns = "".join(f'<w:gridCol w:w="{_twips(width)}"/>' for width in widths)
    rows = [_row_xml(line, widths, size, is_heading=not number) for number, line in enumerate(lines)]
    table = parse_xml(
        f'<w:tbl {nsdecls("w")}><w:tblPr><w:tblStyle w:val="TableGrid"/>'
        f'<w:tblW w:w="{sum(map(_twips, widths))}" w:type="dxa"/><w:jc w:val="center"/>'
        f'<w:tblLayout w:type="fixed"/></w:tblPr><w:tblGrid>{columns}</w:tblGrid>{"".join(rows)}</w:tbl>'
    )
    word.add_paragraph()._p.addprevious(table)


def _set_widths(table: Any, widths: tuple[float, ...]) -> None:
    """Fixed widths of a table's columns in mm. Word reads them from the columns, LibreOffice from cells."""
    table.autofit = False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Mm(width)
    for row in table.rows:
        for cell, width in zip(row.cells, widths, strict=True):
            cell.width = Mm(width)


def _row_xml(line: Sequence[GridCell], widths: Sequence[float], size: float, *, is_heading: bool) -> str:
    cells = "".join(_cell_xml(cell, width, size) for cell, width in zip(line, widths, strict=True))
    return f"<w:tr><w:trPr><w:cantSplit/>{'<w:tblHeader/>' * is_heading}</w:trPr>{cells}</w:tr>"


def _cell_xml(cell: GridCell, width: float, size: float) -> str:
    text = escape(xml_text(cell.text).replace("\r", " "))
    text = text.replace("\n", '</w:t><w:br/><w:t xml:space="preserve">')
    return (
        f'<w:tc><w:tcPr><w:tcW w:w="{_twips(width)}" w:type="dxa"/></w:tcPr><w:p><w:pPr>'
        f'<w:jc w:val="{"right" if cell.is_number else "left"}"/></w:pPr><w:r><w:rPr>'
        f'{"<w:b/>" * cell.is_bold}<w:sz w:val="{round(size * 2)}"/></w:rPr>'
        f'<w:t xml:space="preserve">{text}</w:t></w:r></w:p></w:tc>'
    )


def _twips(mm: float) -> int:
    return round(mm * 1440 / 25.4)


def _set_page(section: Any, width: int, height: int) -> None:
    section.page_width, section.page_height = Mm(width), Mm(height)
    section.top_margin, section.bottom_margin = Mm(TOP), Mm(BOTTOM)
    section.left_margin, section.right_margin = Mm(LEFT), Mm(RIGHT)
    section.header_distance = section.footer_distance = Mm(10)


def _number_pages(section: Any) -> None:
    """The page's number, centred at the top: Word fills it in."""
    paragraph = section.header.paragraphs[0]
    paragraph.alignment = CENTER
    for kind, code in (("begin", ""), ("", "PAGE"), ("separate", ""), ("", "2"), ("end", "")):
        run = paragraph.add_run("" if code == "PAGE" else code)
        run.font.size = Pt(SIZE)
        if kind:
            run._r.append(_element("w:fldChar", fldCharType=kind))
        elif code == "PAGE":
            instruction = _element("w:instrText")
            instruction.text = code
            run._r.append(instruction)


def _element(tag: str, **attributes: str) -> Any:
    element = OxmlElement(tag)
    for name, value in attributes.items():
        element.set(qn(f"w:{name}"), value)
    return element
