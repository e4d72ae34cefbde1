"""What the desk log's file says of the chains in the database: whoever writes these anew changes no file.

`check` compares line by line and both ways. The lines are sorted into a temporary database first, so that
each commune's are read with its chain, however large the file is.
"""

import hashlib
import json
import sqlite3
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import NamedTuple

from app.core.audit.chain import Head
from app.core.desk_log import CHAIN, EPOCH_STARTED, DeskLog, Entry

_MARK = f'"{CHAIN}":['.encode()
_AT_ONCE = 5_000  # lines
_TABLE = """
    CREATE TABLE line
    (commune_id TEXT, id TEXT, seq INTEGER, hash TEXT, at TEXT, content BLOB, epoch INTEGER);
"""
_INDEX = "CREATE INDEX line_of_commune ON line (commune_id, id)"


class Line(NamedTuple):
    """A line of the file. `place`: number and hash in its chain; 0 and empty if it has none, because it is of
    before the chains or was written while the database was away. `at`: when it was made, as the line says;
    `content`: the digest of its entry. `epoch`: how many epochs began before it."""

    id: str
    place: Head
    at: str
    content: bytes
    epoch: int


class FileIndex:
    """The lines of a desk log's file, by commune. `close` it."""

    def __init__(self, log: DeskLog) -> None:
        """Reads the whole file. Raises `OSError`. `unreadable`: how many complete lines are no entries;
        `epochs`: how many it says that have begun."""
        self.unreadable = self.epochs = 0
        self._lines = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        self._lines.executescript(_TABLE)
        found = self._read(log)
        while part := list(islice(found, _AT_ONCE)):
            self._lines.executemany("INSERT INTO line VALUES (?, ?, ?, ?, ?, ?, ?)", part)
        self._lines.execute(_INDEX)

    def close(self) -> None:
        """Delete the temporary database."""
        self._lines.close()

    def communes(self) -> list[str]:
        """The communes that have lines; empty for operators'."""
        return [row[0] for row in self._lines.execute("SELECT DISTINCT commune_id FROM line")]

    def of_entry(self, commune_id: str, id: str) -> list[Line]:
        """The lines of an entry: more than one if it was written again."""
        return self._select("commune_id = ? AND id = ?", commune_id, id)

    def of_commune(self, commune_id: str) -> Iterator[Line]:
        """A commune's lines, in the order of the file."""
        return iter(self._select("commune_id = ?", commune_id))

    def has_place(self, commune_id: str, place: Head) -> bool:
        """Whether a line has this number and this hash."""
        return bool(self._select("commune_id = ? AND seq = ? AND hash = ?", commune_id, *place))

    def _select(self, condition: str, *values: object) -> list[Line]:
        columns = "id, seq, hash, at, content, epoch"
        chosen = f"SELECT {columns} FROM line WHERE {condition} ORDER BY rowid"  # noqa: S608 - ours
        return [
            Line(id, Head(seq, hash), at, content, epoch)
            for id, seq, hash, at, content, epoch in self._lines.execute(chosen, values)
        ]

    def _read(self, log: DeskLog) -> Iterator[tuple[object, ...]]:
        for _id, _position, line in log.lines():
            try:
                entry = json.loads(line)
                place = Head(*entry.pop(CHAIN, ()))
                if entry.get("what") == EPOCH_STARTED:
                    self.epochs += 1
                    continue
                commune_id, at, number = str(entry.get("commune_id", "")), str(entry["at"]), int(place.seq)
                yield commune_id, entry["id"], number, str(place.hash), at, digest(entry), self.epochs
            except (ValueError, TypeError, KeyError, RecursionError):
                self.unreadable += 1


def digest(entry: Entry) -> bytes:
    """The digest of an entry's content, whatever the order of its names."""
    return hashlib.sha256(json.dumps(entry, sort_keys=True, separators=(",", ":")).encode()).digest()


def newest(logs: Iterable[tuple[DeskLog, int]]) -> dict[str, Head]:
    """The newest entry of each chain in the files, each read from its offset on."""
    found: dict[str, Head] = {}
    for log, offset in logs:
        for _id, _position, line in log.lines(offset):
            if _MARK not in line:
                continue
            entry = json.loads(line)
            commune_id, head = str(entry.get("commune_id", "")), Head(*entry[CHAIN])
            found[commune_id] = max(head, found.get(commune_id, head))
    return found


def lines_at(log: DeskLog, commune_id: str, seq: int) -> list[tuple[str, str]]:
    """The lines of the file with this number in the commune's chain: when each was made, and its hash."""
    index = FileIndex(log)
    try:
        return [(one.at, one.place.hash) for one in index.of_commune(commune_id) if one.place.seq == seq]
    finally:
        index.close()
