"""Verifying a chain of the desk log: entries that were altered, moved, deleted or added."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from sqlmodel import Session, col, select

from app.core.audit.chain import AuditHead, Head, entry_hash
from app.core.desk_log import DeskEntry, Entry
from app.upkeep.audit.purge import PURGED, is_due, purged_place

_ROWS = 2_000  # read at a time


@dataclass
class Chain:
    """A chain as it was read: the entries that were wanted, in their order, and what is wrong with all.

    `purged`: the newest entry that was purged, and `purges` the entries that say so, with their numbers.
    `altered`: numbers of entries that are not what their hash says. `unlinked`: of those that do not follow
    the one before. `missing`: how many numbers nobody has. `anchored`: the hash at the number that was asked
    for.
    """

    entries: list[tuple[int, Entry]] = field(default_factory=list)
    head: Head = field(default_factory=Head)
    altered: list[int] = field(default_factory=list)
    unlinked: list[int] = field(default_factory=list)
    missing: int = 0
    anchored: str = ""
    purged: Head = field(default_factory=Head)
    purges: list[tuple[int, Entry]] = field(default_factory=list)


def read_chain(
    session: Session, commune_id: str, anchor: Head | None = None, is_wanted: Callable[[Entry], bool] = bool
) -> Chain:
    """Read a commune's chain, and verify each of its entries. `anchor`: what is known of one of them.
    `is_wanted`: which entries the result has."""
    purged = purged_place(session, commune_id)
    chain = Chain(purged=purged, head=purged)
    for row in _rows(session, commune_id):
        before = Head(row.seq - 1, row.previous)
        chain.missing += row.seq - chain.head.seq - 1
        if row.seq == chain.head.seq + 1 and row.previous != chain.head.hash:
            chain.unlinked.append(row.seq)
        if row.hash != entry_hash(commune_id, before, row.entry) or row.id != row.entry.get("id"):
            chain.altered.append(row.seq)
        if anchor and row.seq == anchor.seq:
            chain.anchored = row.hash
        chain.head = Head(row.seq, row.hash)
        if row.entry["what"] == PURGED:
            chain.purges.append((row.seq, row.entry))
        if is_wanted(row.entry):
            chain.entries.append((row.seq, row.entry))
    return chain


def problems(session: Session, commune_id: str, chain: Chain, anchor: Head | None) -> Iterator[str]:
    """A sentence for each kind of change. `anchor`: the newest entry that the desk log's file has."""
    yield from _of_numbers(chain.altered, "were altered or moved")
    yield from _of_numbers(chain.unlinked, "do not follow the one before")
    if chain.missing:
        yield f"{chain.missing} entries of the desk log are missing."
    stored = session.get(AuditHead, commune_id)
    if chain.head != (Head(stored.seq, stored.hash) if stored else Head()):
        yield "The newest entry of the desk log is another than its head says: some were deleted or added."
    yield from _of_purges(chain)
    if anchor is None:
        return
    if anchor.seq > chain.head.seq:
        yield f"The desk log's file has entries up to {anchor.seq}, and the database up to {chain.head.seq}."
    elif anchor.seq > chain.purged.seq and chain.anchored != anchor.hash:
        yield f"The desk log's file has another entry {anchor.seq}: what is in the database was written anew."


def _of_purges(chain: Chain) -> Iterator[str]:
    """A checkpoint is told of in the chain, and only what was old was purged."""
    if chain.purged.seq and [*chain.purged] not in [entry["up_to"] for _seq, entry in chain.purges]:
        yield f"The desk log begins behind number {chain.purged.seq}, and no entry says that it was purged."
    early = [seq for seq, entry in chain.purges if not is_due(entry)]
    yield from _of_numbers(early, "purged what was not old enough")


def _of_numbers(numbers: list[int], what: str) -> Iterator[str]:
    if numbers:
        yield f"{len(numbers)} entries of the desk log {what}, the first of them number {numbers[0]}."


def _rows(session: Session, commune_id: str) -> Iterable[DeskEntry]:
    of_commune = select(DeskEntry).where(DeskEntry.commune_id == commune_id)
    return session.exec(of_commune.order_by(col(DeskEntry.seq)).execution_options(yield_per=_ROWS))
