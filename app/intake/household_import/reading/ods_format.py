"""Reading the formatting of an OpenDocument spreadsheet from its XML."""

import zipfile

from app.intake.household_import.reading.formatting import (
    OLD_FONT_NAME,
    Formatting,
    is_on,
    mark_cell,
    parse_xml,
)

_MAX_REPEATED = 1024  # of repeated cells or rows, only so many are marked


class Workbook:
    """The formatting of each sheet, by its index in the workbook."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        parser = _ContentParser()
        # Named styles are in styles.xml, automatic styles of single cells in content.xml.
        for part in ("styles.xml", "content.xml"):
            if part in archive.namelist():
                parse_xml(archive.open(part), parser.start, parser.end)
        self._sheets = parser.sheets

    def sheet(self, index: int) -> Formatting:
        return self._sheets[index] if index < len(self._sheets) else Formatting()


class _ContentParser:
    """Handles the elements of the document."""

    def __init__(self) -> None:
        self.sheets: list[Formatting] = []
        self._struck_out: set[str] = set()
        self._old_font: set[str] = set()
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
        self._struck_out |= {self._style} if parent in self._struck_out else set()
        self._old_font |= {self._style} if parent in self._old_font else set()

    def _start_text_properties(self, attributes: dict[str, str]) -> None:
        line = attributes.get("text-line-through-style") or attributes.get("text-line-through-type")
        if line:
            (self._struck_out.add if is_on(line) else self._struck_out.discard)(self._style)
        if OLD_FONT_NAME.match(attributes.get("font-name", attributes.get("font-family", "")).strip("'\"")):
            self._old_font.add(self._style)

    def _start_table(self, _attributes: dict[str, str]) -> None:
        self.sheets.append(Formatting())
        self._row = self._next_row = self._next_column = 0

    def _start_table_column(self, attributes: dict[str, str]) -> None:
        count = _repeat_count(attributes, "number-columns-repeated")
        if attributes.get("visibility", "visible") != "visible":
            self.sheets[-1].hidden_columns.append((self._next_column, self._next_column + count - 1))
        self._next_column += count

    def _start_table_row(self, attributes: dict[str, str]) -> None:
        self._rows = _repeat_count(attributes, "number-rows-repeated")
        self._row, self._next_column = self._next_row, 0
        if attributes.get("visibility", "visible") != "visible":
            self.sheets[-1].hidden_rows.append((self._row, self._row + self._rows - 1))

    def _start_table_cell(self, attributes: dict[str, str]) -> None:
        self._column = self._next_column
        self._columns = _repeat_count(attributes, "number-columns-repeated")
        self._next_column += self._columns
        self._mark_style(attributes.get("style-name", ""))
        if "formula" in attributes and attributes.get("value-type", "error") == "error":
            self._mark(self.sheets[-1].uncomputed)

    def _start_covered_table_cell(self, attributes: dict[str, str]) -> None:
        self._start_table_cell(attributes)

    def _start_span(self, attributes: dict[str, str]) -> None:
        if self.sheets:
            self._mark_style(attributes.get("style-name", ""))

    def _mark_style(self, style: str) -> None:
        if style in self._struck_out:
            self._mark(self.sheets[-1].struck_out)
        if style in self._old_font:
            self._mark(self.sheets[-1].old_font)

    def _mark(self, cells: dict[int, int]) -> None:
        for row in range(self._row, self._row + min(self._rows, _MAX_REPEATED)):
            for column in range(self._column, self._column + min(self._columns, _MAX_REPEATED)):
                mark_cell(cells, row, column)


def _repeat_count(attributes: dict[str, str], name: str) -> int:
    return max(1, int(attributes.get(name, 1)))
