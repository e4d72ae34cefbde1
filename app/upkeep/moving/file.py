"""The file of a commune: lines of JSON, compressed.

The first line is the head, the last one counts the rows of each table and has the SHA-256 of all before it.
In between each row is a list: its table's name and its values, in the order of the head's columns. The file
is neutral between databases.
"""

import gzip
import hashlib
import json
import zlib
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, BinaryIO

from app.core.audit.chain import Head as ChainHead
from app.core.desk_log import DeskEntry
from app.core.types import JsonObject
from app.upkeep.maintenance.files import MaintenanceRefused
from app.upkeep.moving.tables import COMMUNE, OF_NAMES, Values, columns, decode, tables_of

FORMAT = 1
MAX_LINE = 64 << 20
"""Bytes of a line; the longest are closed reports of some hundred kilobytes."""
_COMPRESSION = 6
NAMES = "sign_in_name"
_DAMAGED = "The file is damaged or not whole."


@dataclass(frozen=True)
class Head:
    """The first line. `revision`: of the schema; `mode`: of the instance; `commune`: the commune's row;
    `feed`: its counter's `head` and `periods_version`; `epoch` and `version_floor`: those in which its phones
    are; `tables`: the columns of each table in the file. `holds`: what the file is for, as `tables_of`."""

    revision: str
    mode: str
    commune: JsonObject
    feed: dict[str, int]
    epoch: str
    version_floor: int
    tables: dict[str, list[str]]
    tungnha_commune: int = FORMAT
    holds: str = COMMUNE

    @property
    def commune_id(self) -> str:
        return str(self.commune["id"])


@dataclass(frozen=True)
class Content:
    """What a file has: its head, the number of rows of each table, the names with which its people sign in at
    the desk, the hash that names this content, the newest entry of the commune's desk log, and the place
    behind which its entries begin."""

    head: Head
    counts: Counter[str]
    names: list[str]
    hash: str
    audit: ChainHead


class Writer:
    """Writes a file's lines."""

    def __init__(self, file: BinaryIO, head: Head) -> None:
        self._file, self._hash = file, hashlib.sha256()
        self.counts: Counter[str] = Counter()
        self._write(asdict(head))

    def add(self, table: str, values: list[object]) -> None:
        """Add a row."""
        self._write([table, *values])
        self.counts[table] += 1

    def finish(self) -> None:
        """Write the last line."""
        self._write({"counts": dict(self.counts), "sha256": self._hash.hexdigest()})

    def _write(self, content: object) -> None:
        line = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
        self._hash.update(line)
        self._file.write(line)


@contextmanager
def new_file(path: Path) -> Iterator[BinaryIO]:
    """The compressed content of a file that is written. Raises `OSError`."""
    with path.open("wb") as raw, gzip.GzipFile("", "wb", _COMPRESSION, raw, mtime=0) as packed:
        yield packed  # type: ignore[misc]


def examine(path: Path, holds: str = COMMUNE) -> Content:
    """Read a file from its beginning to its end. Raises `MaintenanceRefused` unless it is whole, of this
    schema, holds what is wanted, and each of its rows is of its commune."""
    lines = _lines(path)
    first = next(lines, b"")
    head, digest, counts = _head(first), hashlib.sha256(first), Counter[str]()
    if head.holds != holds:
        raise MaintenanceRefused("The file is of another kind: see import-commune and import-commune-queues.")
    reader, names, last, newest = _Reader(head), [], b"", ChainHead()
    for line in lines:
        if last:
            digest.update(last)
            table, values = reader.read(last)
            counts[table] += 1
            if table == NAMES:
                names.append(str(values["name"]))
            if table == DeskEntry.__tablename__:
                newest = max(newest, ChainHead(values["seq"], values["hash"]))  # type: ignore[arg-type]
        last = line
    end = _parse(last)
    if not isinstance(end, dict) or end.get("sha256") != digest.hexdigest() or end.get("counts") != counts:
        raise MaintenanceRefused(_DAMAGED)
    return Content(head, counts, names, digest.hexdigest(), newest)


def rows(path: Path, head: Head) -> Iterator[tuple[str, Values]]:
    """The rows of a file that was examined: the table, and the values by column."""
    lines, reader = _lines(path), _Reader(head)
    next(lines)
    line = next(lines)
    for following in lines:
        yield reader.read(line)
        line = following


class _Reader:
    """Reads lines with rows. Raises `MaintenanceRefused`."""

    def __init__(self, head: Head) -> None:
        self._commune_id = head.commune_id
        self._names: set[object] = set()
        self._columns = {table.name: columns(table) for table in tables_of(head.holds)}
        wanted = {name: [column.name for column in found] for name, found in self._columns.items()}
        if head.tables != wanted:
            raise MaintenanceRefused("The file has other tables than this version of the application.")

    def read(self, line: bytes) -> tuple[str, Values]:
        row = _parse(line)
        if not isinstance(row, list) or not row or row[0] not in self._columns:
            raise MaintenanceRefused(_DAMAGED)
        table, *values = row
        known = self._columns[table]
        if len(values) != len(known):
            raise MaintenanceRefused(_DAMAGED)
        found = {column.name: decode(column, value) for column, value in zip(known, values, strict=True)}
        if table == NAMES:
            self._names.add(found["name"])
        is_ours = (
            found["sign_in_name"] in self._names if table in OF_NAMES else _is_of(found, self._commune_id)
        )
        if not is_ours:
            raise MaintenanceRefused(f"The file is damaged: a row of {table} is of another commune.")
        return table, found


def _is_of(values: Values, commune_id: str) -> bool:
    return values.get("commune_id") == commune_id


def _head(line: bytes) -> Head:
    content: Any = _parse(line)
    if not isinstance(content, dict) or "tungnha_commune" not in content:
        raise MaintenanceRefused("The file is no commune's, as `export-commune` writes it.")
    if content["tungnha_commune"] != FORMAT:
        raise MaintenanceRefused("The file is of a newer version of the application: update this one first.")
    try:
        head = Head(**content)
        int(head.feed["head"]), int(head.feed["periods_version"]), head.commune["id"], head.commune["code"]
    except (TypeError, KeyError, ValueError):
        raise MaintenanceRefused(_DAMAGED) from None
    return head


def _lines(path: Path) -> Iterator[bytes]:
    try:
        with gzip.open(path, "rb") as packed:
            while line := packed.readline(MAX_LINE):
                if not line.endswith(b"\n"):
                    raise MaintenanceRefused(_DAMAGED)
                yield line
    except (EOFError, gzip.BadGzipFile, zlib.error):
        raise MaintenanceRefused(_DAMAGED) from None
    except OSError as error:
        raise MaintenanceRefused(f"{path} cannot be read: {error.strerror}.") from None


def _parse(line: bytes) -> object:
    try:
        found: object = json.loads(line)
    except (ValueError, RecursionError):
        raise MaintenanceRefused(_DAMAGED) from None
    return found
