"""The formatting of an OpenDocument spreadsheet, out of its XML."""

import zipfile

from app.lists.formatting import OLD_FONT_NAME, Formatting, is_on, note, parse

_MOST_REPEATED = 1024  # cells or rows that repeat one another and are noted each


class Workbook:
    """The formatting of each sheet, by its number in the workbook's order."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        walk = _Content()
        # Styles that people made stand in styles.xml, those of single cells in content.xml.
        for part in ("styles.xml", "content.xml"):
            if part in archive.namelist():
                parse(archive.open(part), walk.start, walk.end)
        self._sheets = walk.sheets

    def sheet(self, number: int) -> Formatting:
        return self._sheets[number] if number < len(self._sheets) else Formatting()


class _Content:
    """The whole document, element by element."""

    def __init__(self) -> None:
        self.sheets: list[Formatting] = []
        self._struck: set[str] = set()
        self._old: set[str] = set()
        self._style = ""
        self._row = self._column = self._next_row = self._next_column = 0
        self._rows = self._columns = 1

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        begin = getattr(self, "_start_" + tag.replace("-", "_"), None)
        if begin:
            begin(attributes)

    def end(self, tag: str) -> None:
        if tag == "table-row":
            self._next_row = self._row + self._rows

    def _start_style(self, attributes: dict[str, str]) -> None:
        self._style = attributes.get("name", "")
        parent = attributes.get("parent-style-name", "")
        self._struck |= {self._style} if parent in self._struck else set()
        self._old |= {self._style} if parent in self._old else set()

    def _start_text_properties(self, attributes: dict[str, str]) -> None:
        line = attributes.get("text-line-through-style") or attributes.get("text-line-through-type")
        if line:
            (self._struck.add if is_on(line) else self._struck.discard)(self._style)
        if OLD_FONT_NAME.match(attributes.get("font-name", attributes.get("font-family", "")).strip("'\"")):
            self._old.add(self._style)

    def _start_table(self, _attributes: dict[str, str]) -> None:
        self.sheets.append(Formatting())
        self._row = self._next_row = self._next_column = 0

    def _start_table_column(self, attributes: dict[str, str]) -> None:
        count = _times(attributes, "number-columns-repeated")
        if attributes.get("visibility", "visible") != "visible":
            self.sheets[-1].hidden_columns.append((self._next_column, self._next_column + count - 1))
        self._next_column += count

    def _start_table_row(self, attributes: dict[str, str]) -> None:
        self._rows = _times(attributes, "number-rows-repeated")
        self._row, self._next_column = self._next_row, 0
        if attributes.get("visibility", "visible") != "visible":
            self.sheets[-1].hidden_rows.append((self._row, self._row + self._rows - 1))

    def _start_table_cell(self, attributes: dict[str, str]) -> None:
        self._column = self._next_column
        self._columns = _times(attributes, "number-columns-repeated")
        self._next_column += self._columns
        self._note_style(attributes.get("style-name", ""))
        if "formula" in attributes and attributes.get("value-type", "error") == "error":
            self._note(self.sheets[-1].uncomputed)

    def _start_covered_table_cell(self, attributes: dict[str, str]) -> None:
        self._start_table_cell(attributes)

    def _start_span(self, attributes: dict[str, str]) -> None:
        if self.sheets:
            self._note_style(attributes.get("style-name", ""))

    def _note_style(self, style: str) -> None:
        if style in self._struck:
            self._note(self.sheets[-1].struck)
        if style in self._old:
            self._note(self.sheets[-1].old_font)

    def _note(self, cells: dict[int, int]) -> None:
        for row in range(self._row, self._row + min(self._rows, _MOST_REPEATED)):
            for column in range(self._column, self._column + min(self._columns, _MOST_REPEATED)):
                note(cells, row, column)


def _times(attributes: dict[str, str], name: str) -> int:
    return max(1, int(attributes.get(name, 1)))
