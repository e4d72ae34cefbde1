"""The formatting of an .xlsx workbook, out of its XML."""

import io
import posixpath
import re
import zipfile

from app.lists.formatting import OLD_FONT_NAME, Formatting, Malformed, is_on, note, parse

# A sheet without any of these has nothing to note, unless a style or a text of its cells has.
_OF_NOTE = re.compile(rb"hidden=|zeroHeight=|\sht=\"0(?:\.0*)?\"|<(?:\w+:)?f[\s/>]|strike|rFont")
_REFERENCE = re.compile(r"([A-Z]{1,3})(\d{1,7})")


class Workbook:
    """The formatting of each sheet, by its number in the workbook's order."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        try:
            self._parts, of_kind = _parts(archive)
            self._styles = _Styles()
            self._texts = _Texts()
            if part := of_kind.get("styles"):
                parse(archive.open(part), self._styles.start, self._styles.end)
            if part := of_kind.get("sharedStrings"):
                parse(archive.open(part), self._texts.start)
        except KeyError as error:
            raise Malformed from error

    def sheet(self, number: int) -> Formatting:
        """Raises `Malformed` where the workbook has no such sheet."""
        try:
            data = self._archive.read(self._parts[number])
        except (KeyError, IndexError) as error:
            raise Malformed from error
        walk = _Sheet(self._styles, self._texts)
        if _OF_NOTE.search(data) or any((*walk.struck_styles, *walk.old_styles, *walk.struck, *walk.old)):
            parse(io.BytesIO(data), walk.start, walk.end, walk.text)
        return walk.found


def _parts(archive: zipfile.ZipFile) -> tuple[list[str], dict[str, str]]:
    """The sheets' parts in their order, and one part of each other kind."""
    targets: dict[str, str] = {}
    of_kind: dict[str, str] = {}
    order: list[str] = []

    def relation(tag: str, attributes: dict[str, str]) -> None:
        if tag == "Relationship":
            target = posixpath.normpath(posixpath.join("/xl", attributes["Target"])).lstrip("/")
            targets[attributes["Id"]] = target
            of_kind[posixpath.basename(attributes["Type"])] = target

    def sheet(tag: str, attributes: dict[str, str]) -> None:
        if tag == "sheet":
            order.append(targets[attributes["id"]])

    parse(archive.open("xl/_rels/workbook.xml.rels"), relation)
    parse(archive.open("xl/workbook.xml"), sheet)
    return order, of_kind


class _Styles:
    """Styles of cells (their numbers) whose font is struck out or old."""

    def __init__(self) -> None:
        self.struck: set[int] = set()
        self.old: set[int] = set()
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
            self.struck |= {self._count} if struck else set()
            self.old |= {self._count} if old else set()
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


class _Texts:
    """Shared texts (their numbers) of which a part is struck out or in an old font."""

    def __init__(self) -> None:
        self.struck: set[int] = set()
        self.old: set[int] = set()
        self._number = -1

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "si":
            self._number += 1
        elif tag == "strike" and is_on(attributes.get("val")):
            self.struck.add(self._number)
        elif tag == "rFont" and OLD_FONT_NAME.match(attributes.get("val", "")):
            self.old.add(self._number)


class _Sheet:
    """One sheet, element by element."""

    def __init__(self, styles: _Styles, texts: _Texts) -> None:
        self.found = Formatting()
        self.struck_styles, self.old_styles = styles.struck, styles.old
        self.struck, self.old = texts.struck, texts.old
        self._row = self._column = -1
        self._formula = self._in_value = False
        self._type = "n"
        self._value: list[str] = []

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
            self.found.hidden_columns.append((int(attributes["min"]) - 1, int(attributes["max"]) - 1))

    def _start_row(self, attributes: dict[str, str]) -> None:
        self._row = int(attributes["r"]) - 1 if "r" in attributes else self._row + 1
        self._column = -1
        if is_on(attributes.get("hidden", "0")) or float(attributes.get("ht", 1)) == 0:
            self.found.hidden_rows.append((self._row, self._row))

    def _start_c(self, attributes: dict[str, str]) -> None:
        self._column = _column(attributes["r"]) if "r" in attributes else self._column + 1
        self._formula, self._value = False, []
        self._type = attributes.get("t", "n")
        style = int(attributes.get("s", 0))
        if style in self.struck_styles:
            note(self.found.struck, self._row, self._column)
        if style in self.old_styles:
            note(self.found.old_font, self._row, self._column)

    def _start_f(self, _attributes: dict[str, str]) -> None:
        self._formula = True

    def _start_v(self, _attributes: dict[str, str]) -> None:
        self._in_value = True

    def _start_t(self, _attributes: dict[str, str]) -> None:
        self._in_value = True

    def _start_strike(self, attributes: dict[str, str]) -> None:
        if is_on(attributes.get("val")):
            note(self.found.struck, self._row, self._column)

    def _start_rFont(self, attributes: dict[str, str]) -> None:  # noqa: N802 - the name of the element
        if OLD_FONT_NAME.match(attributes.get("val", "")):
            note(self.found.old_font, self._row, self._column)

    def _end_cell(self) -> None:
        value = "".join(self._value)
        # A formula that says nothing on purpose has the type of a text.
        if self._type == "e" or (self._formula and self._type != "str" and not value.strip()):
            note(self.found.uncomputed, self._row, self._column)
        if self._type == "s" and value.isdecimal():
            if int(value) in self.struck:
                note(self.found.struck, self._row, self._column)
            if int(value) in self.old:
                note(self.found.old_font, self._row, self._column)


def _column(reference: str) -> int:
    """The number of the column of a cell: *AB12* → 27."""
    found = _REFERENCE.fullmatch(reference)
    if found is None:
        raise Malformed
    number = 0
    for letter in found[1]:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1
