"""`python -m tests.review.days [COUNT] [KIND …]`: which kinds of days are flagged, with so many seeds."""

import sys
import tempfile
import time
from pathlib import Path

from app.core.db import Database
from app.upkeep.migrations import upgrade
from tests import shared
from tests.review.days.measuring import Outcome, lines, measure, total
from tests.review.days.sending import prepare
from tests.review.days.table import HONEST, INVENTED


def main(seeds: int, names: list[str]) -> None:
    kinds = [kind for kind in (*HONEST, *INVENTED) if not names or kind.id in names]
    outcomes: list[Outcome] = []
    with tempfile.TemporaryDirectory() as name, shared.one_event_loop():
        template = Path(name) / "template.sqlite3"
        database = Database(f"sqlite:///{template}")
        upgrade(database)
        database.close()
        for seed in range(seeds):
            team = prepare(template, Path(name), seed)
            found = [measure(team, kind, Path(name) / f"{kind.id}{seed}") for kind in kinds]
            print(
                f"Seed {seed}: {team.earlier_flagged} of {team.earlier} earlier visits flagged;", total(found)
            )
            outcomes += found
    print(*lines(outcomes), f"{time.process_time():.0f} s of CPU", sep="\n")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5, sys.argv[2:])
