"""What a push costs here and in another checkout, in turns: `python -m benchmarks.push --against FOLDER`.

Each push brings 20 plausible visits of a phone; the CPU of the application and of the database are counted,
HTTP and the pull are left out. A process for each checkout runs this file with that checkout's modules,
which have to know the names that are imported here.
"""

import argparse
import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median
from typing import IO, Any

from sqlmodel import Session

from app.core.db import Database
from benchmarks import databases, dataset, flags
from benchmarks.figures import Figure, main

ROOT = Path(__file__).parents[1]
VISITS, PUSHES = 20, 25  # in a turn
DAYS = 12
WORKER = "BENCHMARK_WORKER"  # the environment of a worker says its database


def measure(small: bool = False, against: Path | None = None, rounds: int = 9) -> list[Figure]:
    """Milliseconds of CPU for a push; the limit is what it costs in the other checkout, if one is named."""
    return [
        _figure(kind, against, 1 if small else rounds, 1 if small else PUSHES)
        for kind in (["sqlite"] if small else ["sqlite", "postgresql"])
    ]


def _figure(kind: str, against: Path | None, rounds: int, pushes: int) -> Figure:
    folders = {"here": ROOT} | ({"there": against} if against else {})
    took: dict[str, list[float]] = {name: [] for name in folders}
    with ExitStack() as stack:
        workers = {name: stack.enter_context(_worker(folder, kind)) for name, folder in folders.items()}
        for number in range(rounds + 1):
            for name, worker in workers.items():
                seconds = _ask(worker, pushes)
                if number:  # the first turn warms up
                    took[name].append(seconds * 1000 / pushes)
    middle = {name: median(times) for name, times in took.items()}
    spread = "; ".join(f"{name} {min(times):.2f} to {max(times):.2f}" for name, times in took.items())
    what, limit = f"push of {VISITS} visits, {kind}", middle.get("there")
    return Figure(what, middle["here"], "ms", limit=limit, limit_is="there" if limit else "", detail=spread)


@contextmanager
def _worker(folder: Path, kind: str) -> "Iterator[subprocess.Popen[str]]":
    # -P: modules of this folder are not to hide those of the standard library.
    environment = os.environ | {"PYTHONPATH": str(folder), WORKER: kind}
    with subprocess.Popen(
        [sys.executable, "-P", __file__],
        cwd=folder,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        yield process
        assert process.stdin is not None
        process.stdin.close()


def _ask(worker: "subprocess.Popen[str]", pushes: int) -> float:
    assert worker.stdin is not None
    assert worker.stdout is not None
    print(pushes, file=worker.stdin, flush=True)
    seconds: float = json.loads(worker.stdout.readline())
    return seconds


def _work(kind: str, requests: IO[str]) -> None:
    """Answers each number of pushes with the seconds of CPU that they took."""
    flags.BATCH = VISITS
    with databases.store(kind) as store:
        database = Database(store.url)
        dataset.settle(database, 10, 2, 200)
        dice = random.Random(1)
        devices = database.write(flags._enrol)
        seq = dict.fromkeys(devices, 0)
        for line in requests:
            brought = []
            for device in dice.choices(devices, k=int(line)):
                operations = database.read(lambda session: _operations(session, device, dice, seq))  # noqa: B023
                brought.append((device, operations))
            store.analyze()
            before = time.process_time() + store.cpu()
            for device, operations in brought:
                flags._push(database, device, operations, has_flags=True)
            print(json.dumps(time.process_time() + store.cpu() - before), flush=True)
        database.close()


def _operations(
    session: Session, device: str, dice: random.Random, seq: dict[str, int]
) -> list[dict[str, Any]]:
    return flags._operations(session, device, dice, seq, DAYS)


def _options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--against", type=Path, help="another checkout")
    parser.add_argument("--rounds", type=int, default=9)


if __name__ == "__main__":
    if kind := os.environ.get(WORKER):
        _work(kind, sys.stdin)
    else:
        main(measure, _options)
