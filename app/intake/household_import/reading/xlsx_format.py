"""Reading the formatting of an .xlsx workbook from its XML."""

import io
import posixpath
import re
import zipfile

from app.intake.household_import.reading.formatting import (
    OLD_FONT_NAME,
    Formatting,
    MalformedPart,
    is_on,
    mark_cell,
    parse_xml,
)

# A sheet without any of these has no relevant formatting, unless a style or a shared string has.
_HAS_FORMATTING = re.compile(rb"hidden=|zeroHeight=|\sht=\"0(?:\.0*)?\"|<(?:\w+:)?f[\s/>]|strike|rFont")
_REFERENCE = re.compile(r"([A-Z]{1,3})(\d{1,7})")


class Workbook:
    """The formatting of each sheet, by its index in the workbook."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        try:
            self._parts, parts_by_type = _parts(archive)
            self._styles = _StylesParser()
            self._texts = _SharedStringsParser()
            if part := parts_by_type.get("styles"):
                parse_xml(archive.open(part), self._styles.start, self._styles.end)
            if part := parts_by_type.get("sharedStrings"):
                parse_xml(archive.open(part), self._texts.start)
        except KeyError as error:
            raise MalformedPart from error

    def sheet(self, index: int) -> Formatting:
        """Raises `MalformedPart` if the workbook has no such sheet."""
        try:
            data = self._archive.read(self._parts[index])
        except (KeyError, IndexError) as error:
            raise MalformedPart from error
        parser = _SheetParser(self._styles, self._texts)
        if _HAS_FORMATTING.search(data) or parser.is_relevant:
            parse_xml(io.BytesIO(data), parser.start, parser.end, parser.text)
        return parser.formatting


def _parts(archive: zipfile.ZipFile) -> tuple[list[str], dict[str, str]]:
    """The parts of the sheets in their order, and the part of each other type."""
    targets: dict[str, str] = {}
    parts_by_type: dict[str, str] = {}
    order: list[str] = []

    def relation(tag: str, attributes: dict[str, str]) -> None:
        if tag == "Relationship":
            target = posixpath.normpath(posixpath.join("/xl", attributes["Target"])).lstrip("/")
            targets[attributes["Id"]] = target
            parts_by_type[posixpath.basename(attributes["Type"])] = target

    def sheet(tag: str, attributes: dict[str, str]) -> None:
        if tag == "sheet":
            order.append(targets[attributes["id"]])

    parse_xml(archive.open("xl/_rels/workbook.xml.rels"), relation)
    parse_xml(archive.open("xl/workbook.xml"), sheet)
    return order, parts_by_type


class _StylesParser:
    """Indexes of the cell styles whose font is struck out or old."""

    def __init__(self) -> None:
        self.struck_out: set[int] = set()
        self.old_font: set[int] = set()
        self._within = ""
        self._fonts: list[tuple[bool, bool]] = []
        self._count = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag in ("fonts", "cellXfs"):
            self._within = tag
        elif self._within == "fonts":
            self._font(tag, attributes)
        elif self._within == "cellXfs" and tag == "xf":
            struck, old = self._fonts[int(attributes.get("fontId", 0))] if self._fonts else (False, False)
            self.struck_out |= {self._count} if struck else set()
            self.old_font |= {self._count} if old else set()
            self._count += 1

    def end(self, tag: str) -> None:
        if tag == self._within:
            self._within = ""

    def _font(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "font":
            self._fonts.append((False, False))
        elif self._fonts:
            struck, old = self._fonts[-1]
            struck = struck or (tag == "strike" and is_on(attributes.get("val")))
            old = old or (tag == "name" and bool(OLD_FONT_NAME.match(attributes.get("val", ""))))
            self._fonts[-1] = (struck, old)


class _SharedStringsParser:
    """Indexes of the shared strings that are, in part, struck out or in an old font."""

    def __init__(self) -> None:
        self.struck_out: set[int] = set()
        self.old_font: set[int] = set()
        self._number = -1

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "si":
            self._number += 1
        elif tag == "strike" and is_on(attributes.get("val")):
            self.struck_out.add(self._number)
        elif tag == "rFont" and OLD_FONT_NAME.match(attributes.get("val", "")):
            self.old_font.add(self._number)


class _SheetParser:
    """Handles the elements of one sheet."""

    def __init__(self, styles: _StylesParser, texts: _SharedStringsParser) -> None:
        self.formatting = Formatting()
        self.struck_out_styles, self.old_font_styles = styles.struck_out, styles.old_font
        self.struck_out_texts, self.old_font_texts = texts.struck_out, texts.old_font
        self._row = self._column = -1
        self._formula = self._in_value = False
        self._type = "n"
        self._value: list[str] = []

    @property
    def is_relevant(self) -> bool:
        """Whether cells may refer to a style or text with relevant formatting."""
        styles, texts = (
            self.struck_out_styles | self.old_font_styles,
            self.struck_out_texts | self.old_font_texts,
        )
        return bool(styles or texts)

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        begin = getattr(self, f"_start_{tag}", None)
        if begin:
            begin(attributes)

    def end(self, tag: str) -> None:
        if tag in ("v", "t"):
            self._in_value = False
        elif tag == "c":
            self._end_cell()

    def text(self, text: str) -> None:
        if self._in_value:
            self._value.append(text[:40])

    def _start_col(self, attributes: dict[str, str]) -> None:
        if is_on(attributes.get("hidden", "0")):
            self.formatting.hidden_columns.append((int(attributes["min"]) - 1, int(attributes["max"]) - 1))

    def _start_row(self, attributes: dict[str, str]) -> None:
        self._row = int(attributes["r"]) - 1 if "r" in attributes else self._row + 1
        self._column = -1
        if is_on(attributes.get("hidden", "0")) or float(attributes.get("ht", 1)) == 0:
            self.formatting.hidden_rows.append((self._row, self._row))

    def _start_c(self, attributes: dict[str, str]) -> None:
        self._column = _column(attributes["r"]) if "r" in attributes else self._column + 1
        self._formula, self._value = False, []
        self._type = attributes.get("t", "n")
        style = int(attributes.get("s", 0))
        if style in self.struck_out_styles:
            mark_cell(self.formatting.struck_out, self._row, self._column)
        if style in self.old_font_styles:
            mark_cell(self.formatting.old_font, self._row, self._column)

    def _start_f(self, _attributes: dict[str, str]) -> None:
        self._formula = True

    def _start_v(self, _attributes: dict[str, str]) -> None:
        self._in_value = True

    def _start_t(self, _attributes: dict[str, str]) -> None:
        self._in_value = True

    def _start_strike(self, attributes: dict[str, str]) -> None:
        if is_on(attributes.get("val")):
            mark_cell(self.formatting.struck_out, self._row, self._column)

    def _start_rFont(self, attributes: dict[str, str]) -> None:  # noqa: N802 - the name of the element
        if OLD_FONT_NAME.match(attributes.get("val", "")):
            mark_cell(self.formatting.old_font, self._row, self._column)

    def _end_cell(self) -> None:
        value = "".join(self._value)
        # A formula whose computed value is an empty text has the type `str`.
        if self._type == "e" or (self._formula and self._type != "str" and not value.strip()):
            mark_cell(self.formatting.uncomputed, self._row, self._column)
        if self._type == "s" and value.isdecimal():
            if int(value) in self.struck_out_texts:
                mark_cell(self.formatting.struck_out, self._row, self._column)
            if int(value) in self.old_font_texts:
                mark_cell(self.formatting.old_font, self._row, self._column)


def _column(reference: str) -> int:
    """The index of a cell's column: *AB12* → 27."""
    found = _REFERENCE.fullmatch(reference)
    if found is None:
        raise MalformedPart
    number = 0
    for letter in found[1]:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1
