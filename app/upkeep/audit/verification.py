"""Verifying a chain of the desk log: entries that were altered, moved, deleted or added."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from app.commune.moving import ARRIVED
from app.core.audit.chain import HISTORY_BEGUN, AuditHead, Head, entry_hash
from app.core.desk_log import DeskEntry, Entry
from app.upkeep.audit.file_index import FileIndex, Line, digest
from app.upkeep.audit.purge import PURGED, STEP, instant, is_due, purged_place

_ROWS = 2_000  # read at a time


@dataclass
class Chain:
    """A chain as it was read: the entries that were wanted, in their order, and what is wrong with all.

    `purged`: the newest entry that is gone, and `purges` the entries that say so, with their numbers.
    `altered`: numbers of entries that are not what their hash says; `unlinked`: of those that do not follow
    the one before; `missing`: how many numbers nobody has; `ahead`: of purges of a time that was not yet.
    `ids`: of all entries. `reordered`: between which numbers entries may have other places than their lines,
    because a restore or an arrival stored them again. `witnessed`: the hashes at the numbers that were asked
    for. `unwritten`: numbers of entries without a line in the file; `contradicted`: of those with another.
    """

    entries: list[tuple[int, Entry]] = field(default_factory=list)
    head: Head = field(default_factory=Head)
    altered: list[int] = field(default_factory=list)
    unlinked: list[int] = field(default_factory=list)
    missing: int = 0
    purged: Head = field(default_factory=Head)
    purges: list[tuple[int, Entry]] = field(default_factory=list)
    ahead: list[int] = field(default_factory=list)
    ids: set[str] = field(default_factory=set)
    reordered: list[tuple[int, int]] = field(default_factory=list)
    witnessed: dict[int, str] = field(default_factory=dict)
    unwritten: list[int] = field(default_factory=list)
    contradicted: list[int] = field(default_factory=list)

    def is_reordered(self, seq: int) -> bool:
        """Whether the entry with this number may have had another place before."""
        return any(after < seq < end for after, end in self.reordered)


@dataclass(frozen=True)
class Known:
    """What a chain is compared with: the lines of the desk log's file, and places in the chain that
    witnesses have, each with when that was. `up_to`: entries with a higher `number` may just be on their way
    to the file. `rewritten_at`: when the file was last written anew from the database; empty: never."""

    file: FileIndex | None = None
    up_to: int = 0
    rewritten_at: str = ""
    witnesses: Mapping[str, list[tuple[str, Head]]] = field(default_factory=dict)


NOTHING_KNOWN = Known()


def read_chain(
    session: Session,
    commune_id: str,
    known: Known = NOTHING_KNOWN,
    is_wanted: Callable[[Entry], bool] = bool,
) -> Chain:
    """Read a commune's chain, and verify each of its entries. `is_wanted`: which ones the result has."""
    purged = purged_place(session, commune_id)
    chain = Chain(purged=purged, head=purged)
    asked = {head.seq for _at, head in known.witnesses.get(commune_id, [])}
    places: list[int] = []
    for row in _rows(session, commune_id):
        chain.missing += row.seq - chain.head.seq - 1
        if row.seq == chain.head.seq + 1 and row.previous != chain.head.hash:
            chain.unlinked.append(row.seq)
        if row.hash != entry_hash(
            commune_id, Head(row.seq - 1, row.previous), row.entry
        ) or row.id != row.entry.get("id"):
            chain.altered.append(row.seq)
        if row.seq in asked:
            chain.witnessed[row.seq] = row.hash
        chain.head = Head(row.seq, row.hash)
        chain.ids.add(row.id)
        _note_event(chain, row)
        if known.file:
            _compare_lines(chain, row, known, places)
        if is_wanted(row.entry):
            chain.entries.append((row.seq, row.entry))
    chain.contradicted += [seq for seq in places if not chain.is_reordered(seq)]
    return chain


def problems(session: Session, commune_id: str, chain: Chain, known: Known, now: datetime) -> Iterator[str]:
    """A sentence for each kind of change."""
    yield from _of_numbers(chain.altered, "were altered or moved")
    yield from _of_numbers(chain.unlinked, "do not follow the one before")
    if chain.missing:
        yield f"{chain.missing} entries of the desk log are missing."
    stored = session.get(AuditHead, commune_id)
    if chain.head != (Head(stored.seq, stored.hash) if stored else Head()):
        yield "The newest entry of the desk log is another than its head says: some were deleted or added."
    yield from _of_purges(chain, now)
    if known.file:
        yield from _of_numbers(chain.unwritten, "are not in its file")
        yield from _of_numbers(chain.contradicted, "are others in its file")
        yield from _of_lines(commune_id, chain, known.file, known.rewritten_at)
    yield from _of_witnesses(commune_id, chain, known)


def _note_event(chain: Chain, row: DeskEntry) -> None:
    what, after = row.entry.get("what"), row.entry.get("after")
    if what == HISTORY_BEGUN and isinstance(after, list):
        chain.reordered.append((after[0], row.seq))
    if what == ARRIVED:
        chain.reordered.append((0, row.seq))
    at = instant(row.entry.get("at"))
    if chain.purges and at:
        seq, newest = chain.purges[-1]
        said = instant(newest.get("at"))
        if said and at < said - STEP:
            chain.ahead.append(seq)
    if what == PURGED:
        chain.purges.append((row.seq, row.entry))


def _compare_lines(chain: Chain, row: DeskEntry, known: Known, places: list[int]) -> None:
    """Compare an entry with its lines. `places` gets its number if only the place is another."""
    lines = known.file.of_entry(row.commune_id, row.id) if known.file else []
    content = digest(row.entry)
    if not lines:
        if row.number is None or row.number <= known.up_to:
            chain.unwritten.append(row.seq)
    elif any(line.content != content for line in lines):
        chain.contradicted.append(row.seq)
    elif not any(line.place in (Head(), Head(row.seq, row.hash)) for line in lines):
        places.append(row.seq)


def _of_purges(chain: Chain, now: datetime) -> Iterator[str]:
    """What is gone is told of in the chain, and only what was old was purged."""
    if chain.purged.seq and [*chain.purged] not in [entry.get("up_to") for _seq, entry in chain.purges]:
        yield f"The desk log begins behind number {chain.purged.seq}, and no entry says that it was purged."
    early = [seq for seq, entry in chain.purges if not is_due(entry)]
    yield from _of_numbers(early, "purged what was not old enough")
    to_come = [
        seq for seq, entry in chain.purges if (instant(entry.get("at")) or now) > now + timedelta(days=1)
    ]
    yield from _of_numbers(sorted({*chain.ahead, *to_come}), "purged at a time that had not come")


def _of_lines(commune_id: str, chain: Chain, file: FileIndex, rewritten_at: str) -> Iterator[str]:
    """What the file has of entries that are gone: each was old by its line, and no line is gone. Of what was
    purged before the file was written anew, or the commune arrived, it need not have lines."""
    due = [(seq, entry) for seq, entry in chain.purges if is_due(entry)]
    before = max((str(entry["before"]) for _seq, entry in due), default="")
    arrived = max((end for after, end in chain.reordered if after == 0), default=0)
    excused = max(
        (_up_to(entry).seq for seq, entry in due if str(entry["at"]) < rewritten_at or seq < arrived),
        default=0,
    )
    lines = list(file.of_commune(commune_id))
    explained = chain.ids | _reverted(lines, chain.ids, file.epochs)
    deleted = [line for line in lines if line.id not in explained]
    purged = [line for line in deleted if line.place.seq <= chain.purged.seq]
    young = sorted({line.place.seq for line in purged if line.at >= before})
    yield from _of_numbers(young, "are gone, and were not old by their lines in its file")
    if unknown := len(deleted) - len(purged):
        yield f"{unknown} lines of the desk log's file are of entries that the database does not have."
    if (lost := chain.purged.seq - excused - _count(purged, excused)) > 0:
        yield f"{lost} lines of purged entries are missing in the desk log's file."
    ends = {place.seq: place for place in (_up_to(entry) for _seq, entry in due)}
    others = [line.place.seq for line in purged if ends.get(line.place.seq, line.place) != line.place]
    yield from _of_numbers(others, "were purged as others than its file has")


def _reverted(lines: list[Line], stored: set[str], epochs: int) -> set[str]:
    """The entries that a restore reverted before there were chains, and did not store again: the last ones
    before an epoch began."""
    found, ended = set[str](), {epochs}
    for line in reversed(lines):
        if line.id in stored or line.place.seq:
            ended.add(line.epoch)
        elif line.epoch not in ended:
            found.add(line.id)
    return found


def _count(purged: Iterable[Line], excused: int) -> int:
    """How many entries these lines are of, without those up to the number `excused`."""
    return len({line.id for line in purged if not 0 < line.place.seq <= excused})


def _up_to(entry: Entry) -> Head:
    """The newest entry that a purge says is gone."""
    up_to = entry.get("up_to")
    return Head(*up_to) if isinstance(up_to, list) and len(up_to) == len(Head()) else Head()


def _of_witnesses(commune_id: str, chain: Chain, known: Known) -> Iterator[str]:
    """What witnesses have is in the chain; or in the file, if it was purged or stored again."""
    for at, head in known.witnesses.get(commune_id, []):
        is_in_file = known.file is not None and known.file.has_place(commune_id, head)
        if head.seq > chain.head.seq:
            yield f"A witness of {at} has entries up to {head.seq}, and the database up to {chain.head.seq}."
        elif head.seq <= chain.purged.seq:
            if known.file is not None and not is_in_file and known.rewritten_at < at:
                yield f"A witness of {at} has another entry {head.seq} than was purged."
        elif chain.witnessed.get(head.seq) != head.hash and not (is_in_file and chain.is_reordered(head.seq)):
            yield f"A witness of {at} has another entry {head.seq}: what is in the database was written anew."


def _of_numbers(numbers: list[int], what: str) -> Iterator[str]:
    if numbers:
        yield f"{len(numbers)} entries of the desk log {what}, the first of them number {numbers[0]}."


def _rows(session: Session, commune_id: str) -> Iterable[DeskEntry]:
    of_commune = select(DeskEntry).where(DeskEntry.commune_id == commune_id)
    return session.exec(of_commune.order_by(col(DeskEntry.seq)).execution_options(yield_per=_ROWS))
