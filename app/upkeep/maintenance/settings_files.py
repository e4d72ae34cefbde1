"""Runs a command with the settings of files that systemd reads as well (`EnvironmentFile=`):

    python -I -m app.upkeep.maintenance.settings_files FILE… -- COMMAND…

A shell reads some values otherwise than systemd: at an `&` in a database's address it would set no address at
all, and the command would work on another database than the server.
"""

import os
import re
import sys
from pathlib import Path

_BLANKS = " \t\r"
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*", re.ASCII)
_ESCAPED = '"\\`$'  # what a backslash protects within double quotes


class LineError(ValueError):
    """A line that is no assignment; the sentence has its number and nothing of the line."""

    def __init__(self, number: int) -> None:
        super().__init__(f"line {number} is no assignment")


def parse(text: str) -> dict[str, str]:
    """The assignments of a file, as systemd.exec(5) reads them.

    Raises `LineError` for a line that systemd would leave out, for a quote that does not end, and for a
    comment that ends with a backslash: whether the next line belongs to it depends on systemd's version.
    """
    found: dict[str, str] = {}
    place = 0
    while (line := text[place:].lstrip(_BLANKS + "\n").partition("\n")[0].rstrip(_BLANKS)) != "":
        place = text.index(line, place)
        name, equals, _rest = line.partition("=")
        if line[0] in "#;" and not line.endswith("\\"):
            place += len(line)
        elif equals and _NAME.fullmatch(name.rstrip(_BLANKS)):
            found[name.rstrip(_BLANKS)], place = _value(text, place + len(name) + 1)
        else:
            raise LineError(_line(text, place))
    return found


def _value(text: str, place: int) -> tuple[str, int]:
    """A value that begins here, and where its line ends. Quoted parts can follow each other."""
    value = ""
    while True:
        while text[place : place + 1] in tuple(_BLANKS):
            place += 1
        quote = text[place : place + 1]
        if quote == "'":
            end = text.find("'", place + 1)
            if end < 0:
                raise LineError(_line(text, place))
            value, place = value + text[place + 1 : end], end + 1
        elif quote == '"':
            part, place = _double_quoted(text, place + 1)
            value += part
        elif quote in ("", "\n"):
            return value, place
        else:
            part, place = _unquoted(text, place)
            return value + part, place


def _double_quoted(text: str, place: int) -> tuple[str, int]:
    part, start = "", place
    while place < len(text) and text[place] != '"':
        if text[place] == "\\":
            place += 1
            escaped = text[place : place + 1]
            part += escaped if escaped in _ESCAPED else "" if escaped == "\n" else f"\\{escaped}"
        else:
            part += text[place]
        place += 1
    if place >= len(text):
        raise LineError(_line(text, start))
    return part, place + 1


def _line(text: str, place: int) -> int:
    return text.count("\n", 0, place) + 1


def _unquoted(text: str, place: int) -> tuple[str, int]:
    """To the end of the line, without blanks there; a backslash protects what follows it."""
    part, length = "", 0
    while place < len(text) and text[place] != "\n":
        if text[place] == "\\":
            place += 1
            part += text[place : place + 1].replace("\n", "")
            length = len(part)
        else:
            part += text[place]
            length = len(part) if text[place] not in _BLANKS else length
        place += 1
    return part[:length], place


def main(arguments: list[str]) -> int:
    """The command; returns 2 after a sentence if a file cannot be read."""
    end = arguments.index("--")
    settings: dict[str, str] = {}
    for file in map(Path, arguments[:end]):
        try:
            settings |= parse(file.read_text("utf-8"))
        except LineError as refused:
            print(f"{file}: {refused}.", file=sys.stderr)
            return 2
        except (OSError, UnicodeDecodeError) as error:
            reason = error.strerror if isinstance(error, OSError) else "it is not in UTF-8"
            print(f"{file} cannot be read: {reason}.", file=sys.stderr)
            return 2
    command = arguments[end + 1 :]
    os.execvpe(command[0], command, os.environ | settings)  # noqa: S606 - the operator's own command


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
