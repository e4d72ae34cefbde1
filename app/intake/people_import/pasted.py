"""People in a text that was pasted from Word or Zalo: a table between tabs, or a person a line."""

import re
from collections.abc import Iterator

from app.core.strings import _
from app.core.text import fold
from app.intake.household_import.parsing.names import strip_title
from app.intake.household_import.parsing.validation import clean_text, name_error
from app.intake.household_import.reading.reader import Sheet
from app.intake.people_import.parser import find_header, parse
from app.intake.people_import.records import ListedPerson, PeopleList, RefusedRow
from app.intake.people_import.roles import place_in, role_of

MAX_LINES = 2_000
_MAX_LINE = 300  # characters; what follows is no part of a name
_SHOWN = 60  # characters of a line that is refused
_PHONE = re.compile(r"(?<![\d+])(?:\+?84|0)(?:[ .\-]?\d){8,10}(?!\d)")
_SEPARATORS = re.compile(r"\s+[-–]\s+|\s*[,;:()|\t]\s*|(?<=\w)\s+[-–]|^[-–•*+]\s*")
_PHONE_CELL = re.compile(r"(?:\+?84|0)?[ .\-]?\d(?:[ .\-]?\d){8}")  # a spreadsheet drops the 0 of a number
_NUMBER_CELL = re.compile(r"\d{1,3}[.)]?")
_PHONE_LABEL = re.compile(r"(?:so )?(?:dien thoai|dt|sdt|zalo|di dong|so|tel|phone)[. ]*")
_NUMBERING = re.compile(r"^\s*\(?\d{1,3}\s*[.)/:\-]*\s+|^\s*\d{1,3}[.)/]\s*")


def parse_text(text: str) -> PeopleList:
    """The people of a text; lines count as rows. What is not understood is refused, with its beginning."""
    lines = text.replace("\x00", " ").splitlines()[: MAX_LINES + 1]
    if len(lines) > MAX_LINES:
        return PeopleList([], [RefusedRow("", 0, "", _("Văn bản quá dài: dán từng phần."))])
    cells = [line.split("\t") for line in lines]
    sheet = Sheet("", cells)
    if any(len(row) > 1 for row in cells) and not find_header(sheet).missing_of_people:
        return parse([sheet])
    found = _Lines(lines).parse()
    if not found.people and not found.refused:
        found.refused.append(RefusedRow("", 0, "", _("Văn bản không có dòng nào.")))
    return found


class _Lines:
    """Reads line after line. `place`, `role`: what the lines above say of those below; `waiting`: somebody
    without a number, which may stand on the next line."""

    def __init__(self, lines: list[str]) -> None:
        self.lines = lines
        self.place = self.role = ""
        self.waiting: ListedPerson | None = None
        self.found = PeopleList()

    def parse(self) -> PeopleList:
        for row, line in enumerate(self.lines, start=1):
            if line.strip():
                self._read(row, line[:_MAX_LINE])
        self._add_waiting()
        return self.found

    def _read(self, row: int, line: str) -> None:
        if person := _of_cells(row, line.split("\t"), self.place):
            self._add_waiting()
            self.found.people.append(person)
            return
        phone = _PHONE.search(line)
        rest = f"{line[: phone.start()]}|{line[phone.end() :]}" if phone else line
        if not phone and (place := place_in(rest)):
            self._add_waiting()
            self.place, self.role = place, ""
            return
        name, role = self._name_and_role(rest)
        if name:
            self._add_waiting()
            person = ListedPerson("", row, name, phone[0] if phone else "", self.place, role or self.role)
            if phone:
                self.found.people.append(person)
            else:
                self.waiting = person
        elif phone and self.waiting:
            self.found.people.append(self.waiting._replace(phone=phone[0]))
            self.waiting = None
        elif role and not phone:
            self._add_waiting()
            self.role = role
        else:
            refused = RefusedRow("", row, clean_text(line)[:_SHOWN], _("Không hiểu dòng này."))
            self.found.refused.append(refused)

    def _name_and_role(self, line: str) -> tuple[str, str]:
        """The first part that is a name, and the part that is a role; offices beside them are left out."""
        name = role = ""
        for part in _parts(line):
            if role_of(part):
                role = role or part
            elif not name and len(part.split()) > 1 and not name_error(part, strip_title(part)):
                name = part
        return name, role

    def _add_waiting(self) -> None:
        if self.waiting:
            self.found.people.append(self.waiting)
            self.waiting = None


def _of_cells(row: int, written: list[str], above: str) -> ListedPerson | None:
    """Somebody whose cells were copied from a table without its headings: one is a number, the first of the
    others the name, a role says so itself, and the place is what calls itself one; else the place that
    stands `above`, or without that the only cell left. None if the cells are not clear."""
    cells = [cell for text in written if (cell := clean_text(text)) and not _NUMBER_CELL.fullmatch(cell)]
    phones = [cell for cell in cells if _PHONE_CELL.fullmatch(cell)]
    others = [cell for cell in cells if cell not in phones]
    roles = [cell for cell in others if role_of(cell)]
    name, *rest = [cell for cell in others if cell not in roles] or [""]
    places = [cell for cell in rest if place_in(cell)] or ([above] if above else rest)
    if len(phones) != 1 or len(roles) > 1 or len(places) > 1 or name_error(name, strip_title(name)):
        return None
    return ListedPerson("", row, name, phones[0], "".join(places), "".join(roles))


def _parts(line: str) -> Iterator[str]:
    for part in _SEPARATORS.split(_NUMBERING.sub("", line)):
        words = clean_text(_NUMBERING.sub("", part or ""))
        if any(map(str.isalpha, words)) and not _PHONE_LABEL.fullmatch(fold(words)):
            yield words
