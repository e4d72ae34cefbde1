"""An import at the desk of 12,000 households: reading in the worker process, confirming, undoing.

The list has 25 hamlets and an address for each household. Memory is the largest of the processes' own.
"""

import argparse
import csv
import io
import os
import resource
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from sqlmodel import Session, col, select

from app.commune.accounts.access import Actor, actor_for
from app.commune.accounts.models import Account
from app.commune.accounts.people import add_supervisor
from app.core.clock import utc_now
from app.core.db import Database
from app.intake.household_import.comparison import CREATE
from app.intake.household_import.runs import commands, confirm, files, undo, worker
from app.intake.household_import.runs.models import READING, HouseholdImport
from benchmarks import databases, dataset
from benchmarks.databases import Store
from benchmarks.desk_server import NAMES
from benchmarks.figures import Figure, main
from benchmarks.processes import peak_of_children

HAMLETS = 25
SECONDS, MEGABYTES = 10, 200


def content_of(households: int) -> bytes:
    """A list as CSV."""
    text = io.StringIO()
    rows = csv.writer(text)
    rows.writerow(("STT", "Chủ hộ", "Số nhà", "Ngõ", "Thôn"))
    families, names = ("Nguyễn", "Trần", "Vi", "Lò"), ("Thử", "Mẫu", "Ví", "Dụ")
    for n in range(households):
        name = f"{families[n % 4]} Văn {names[n // 4 % 4]}"
        rows.writerow((n + 1, name, n + 1, f"Ngõ {n % 40}", f"Thôn {n % HAMLETS + 1}"))
    return text.getvalue().encode()


def measure(small: bool = False, households: int = 12_000) -> list[Figure]:
    """Both databases; with `small` a few households on SQLite."""
    households = 60 if small else households
    return [figure for kind in (["sqlite"] if small else NAMES) for figure in _figures(kind, households)]


def _figures(kind: str, households: int) -> list[Figure]:
    with databases.store(kind) as store, tempfile.TemporaryDirectory() as folder:
        database = Database(store.url)
        actor = _upload(database, Path(folder), store.url, households)
        cpu, memory = _cpu(store), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        reading, worker_memory = _read(database, actor, Path(folder), store.url)
        confirming = _seconds(lambda: database.write(lambda session: _confirm(session, actor)))
        cpu, memory = _cpu(store) - cpu, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - memory
        undoing = _seconds(
            lambda: database.write(lambda session: undo.undo(session, actor, "list", utc_now()))
        )
        database.close()
    what = f"import at the desk, {households:,} households, {NAMES[kind]}"
    took = f"elapsed: reading {reading:.1f}, confirming {confirming:.1f}, undoing {undoing:.1f} s"
    grown = f"the worker process; confirming adds {memory / 1024:.0f} MB to the server"
    return [
        Figure(f"{what}, CPU of reading and confirming", cpu, "s", budget=SECONDS, detail=took),
        Figure(f"{what}, memory", worker_memory / 1e6, "MB", budget=MEGABYTES, detail=grown),
    ]


def _upload(database: Database, folder: Path, url: str, households: int) -> Actor:
    """Upload the list and answer that its hamlets are new; returns the supervisor."""
    commune = dataset.settle(database, hamlets=1, members=1, households=1)
    binh = database.write(
        lambda session: add_supervisor(session, commune.id, "Hoàng Văn Bình", "binh", "mat-khau-binh")
    )
    actor = database.read(lambda session: actor_for(session, session.get_one(Account, _key(binh))))
    files.store(folder, "list", ".csv", io.BytesIO(content_of(households)))
    database.write(lambda session: commands.begin(session, actor, "list", "a.csv", ".csv", utc_now()))
    _read(database, actor, folder, url)
    run = database.read(lambda session: commands.find(session, actor, "list"))
    answers = {question["key"]: CREATE for question in run.summary["questions"]}
    database.write(lambda session: commands.answer_hamlets(session, actor, "list", answers, utc_now()))
    return actor


def _cpu(store: Store) -> float:
    """Seconds of CPU of this process, of the processes that it has waited for, and of the database."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime + store.cpu()


def _seconds(work: Callable[[], object]) -> float:
    began = time.monotonic()
    work()
    return time.monotonic() - began


def _key(account: Account) -> tuple[str, str]:
    return account.commune_id, account.id


def _read(database: Database, actor: Actor, folder: Path, url: str) -> tuple[float, int]:
    """Seconds from the start of the worker process to its result, and the most bytes that it has had."""
    run = database.read(lambda session: commands.find(session, actor, "list"))
    began, memory = time.monotonic(), 0
    file = str(files.path_of(folder, "list", ".csv"))
    worker.start(database, worker.Job(url, "", file, run.commune_id, run.id, run.attempt))
    wanted = select(HouseholdImport.state).where(col(HouseholdImport.commune_id) == run.commune_id)
    while database.read(lambda session: session.exec(wanted).one()) == READING:
        memory = max(memory, peak_of_children(os.getpid()))
        time.sleep(0.05)
    return time.monotonic() - began, memory


def _confirm(session: Session, actor: Actor) -> None:
    mark = confirm.mark(session, commands.find(session, actor, "list"))
    confirm.confirm(session, actor, "list", mark, utc_now(), skip_rejected=True)


def _options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--households", type=int, default=12_000)


if __name__ == "__main__":
    main(measure, _options)
