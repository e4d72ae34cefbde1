"""Phones with their queues, and the count of what became of each record."""

import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import httpx2
from sqlmodel import Session, select

from app.commune.accounts.models import Account
from app.commune.accounts.sign_in import Enrolment, enrol_device
from app.core.clock import utc_now, wire_time
from app.core.db import Database
from app.fieldwork.visits.models import Visit
from app.sync.wire.models import LedgerEntry, QuarantinedOperation
from app.upkeep.maintenance.check import check
from tests.phone import Phone
from tests.rounds import LONG
from tests.world import World

# Seconds. At full length 50 phones have thousands of visits at one household, all flagged as repeated.
DRAIN_TIMEOUT = 600 if LONG else 120
SENT = ("applied", "duplicate", "conflict", "quarantined")


@dataclass
class Member:
    """One phone: its outbox, what was acknowledged, and what was rejected. `waits`: what an earlier epoch has
    acknowledged stays in the outbox for now, as for some minutes in that of a real phone."""

    phone: Phone
    household: str
    waits: bool = False
    outbox: dict[str, dict[str, Any]] = field(default_factory=dict)
    sent: dict[str, dict[str, Any]] = field(default_factory=dict)
    fixes: dict[str, dict[str, Any]] = field(default_factory=dict)
    versions: dict[str, int] = field(default_factory=dict)

    def save(self, count: int = 1, days_ago: int = 0) -> None:
        for _ in range(count):
            op = self.phone.visit(self.household)
            op["at"] = wire_time(self.phone.now - timedelta(days=days_ago))
            self.outbox[op["op_id"]] = op

    def deliver(self, most: int = 20) -> bool:
        """One exchange of at most so many operations; whether a valid answer came. What it does not settle,
        stays."""
        queued = [op for op in self.outbox.values() if not (self.waits and "acked_version" in op)]
        ops = sorted(queued, key=lambda op: op["seq"])[:most]
        try:
            answer = self.phone.send(*ops)
            content = answer.json() if answer.status_code == 200 else {}
        except (httpx2.TransportError, ValueError):
            return False
        if not isinstance(content, dict) or content.get("proto") != 1:
            return False
        if self.phone.state.get("epoch", content["epoch"]) != content["epoch"]:
            self._queue_again()
        self.phone.state = {name: content[name] for name in ("epoch", "scope", "cursor")}
        for result in content["results"]:
            self._settle(result)
        return True

    def _queue_again(self) -> None:
        """What an earlier epoch acknowledged, the server may have forgotten."""
        for op_id, op in self.sent.items():
            version = self.versions.get(op_id)
            self.outbox[op_id] = op | ({} if version is None else {"acked_version": version})
            self.phone.held.add(op["seq"])
        self.sent.clear()

    def _settle(self, result: dict[str, Any]) -> None:
        op = self.outbox.get(result["op_id"])
        if op is None or result["status"] == "retry":
            return
        place = self.sent if result["status"] in SENT else self.fixes
        place[op["op_id"]] = self.outbox.pop(op["op_id"])
        self.phone.held.discard(op["seq"])
        if "version" in result:
            self.versions[op["op_id"]] = result["version"]


@dataclass
class Fleet:
    """Phones of one volunteer, each with its own device."""

    members: list[Member]

    @property
    def acknowledged(self) -> int:
        """The number of operations that the server has acknowledged."""
        return sum(len(member.sent) for member in self.members)

    def drain(self) -> None:
        """Send until every outbox is empty, or for `DRAIN_TIMEOUT` at most."""
        end = time.monotonic() + DRAIN_TIMEOUT
        for member in self.members:
            member.waits = False
            while member.outbox and time.monotonic() < end:
                if not member.deliver():
                    time.sleep(0.05)  # the server may still be starting

    def start_sending(self, stop: threading.Event, at_once: int = 5) -> list[threading.Thread]:
        """Each phone saves and sends in its own thread, again and again, until `stop` is set."""

        def work(member: Member) -> None:
            while not stop.is_set():
                if len(member.outbox) < 10 * at_once:
                    member.save(at_once)
                if not member.deliver():
                    stop.wait(0.05)

        threads = [threading.Thread(target=work, args=(member,)) for member in self.members]
        for thread in threads:
            thread.start()
        return threads

    def tally(self, database: Database) -> dict[str, int]:
        """How many records were made, where they are now, and how many are lost or doubled."""
        made, sent, outbox, fixes = (
            {op["data"]["id"] for member in self.members for op in place(member)}
            for place in (_all, _sent, _outbox, _fixes)
        )
        visits = set(database.read(lambda session: session.exec(select(Visit.id)).all()))
        quarantined = set(
            database.read(lambda session: session.exec(select(QuarantinedOperation.record_id)).all())
        )
        entries = Counter(database.read(lambda session: session.exec(select(LedgerEntry.record_id)).all()))
        tally = {
            "made": len(made),
            "sent": len(sent),
            "outbox": len(outbox),
            "fixes": len(fixes),
            "lost": len(sent - visits - quarantined),
            "invented": len(visits - made),
            "doubled": sum(count > 1 for count in entries.values()),
            "problems": sum(len(one.problems) for one in check(database)),
        }
        print(tally)
        return tally


def is_complete(tally: dict[str, int]) -> bool:
    """Whether every record that was made is sent, and is on the server once."""
    wrong = ("outbox", "fixes", "lost", "invented", "doubled", "problems")
    return tally["made"] == tally["sent"] > 0 and not any(tally[name] for name in wrong)


def fleet(database: Database, world: World, url: str, count: int) -> Fleet:
    """`count` phones of Lan's, signed in."""
    cookies = database.write(lambda session: _enrol(session, world, count))
    now = utc_now()
    members = []
    for device_id, cookie in cookies:
        client: Any = httpx2.Client(
            base_url=url,
            headers={"Sec-Fetch-Site": "same-origin", "Cookie": f"device={cookie}"},
            timeout=httpx2.Timeout(60),
            trust_env=False,
        )
        members.append(Member(Phone(client, device_id, world.lan, world.commune_id, now), world.duc))
    return Fleet(members)


def _enrol(session: Session, world: World, count: int) -> list[tuple[str, str]]:
    lan = session.get_one(Account, (world.commune_id, world.lan))
    found = []
    for number in range(count):
        device, cookie = enrol_device(
            session, lan, Enrolment("", "", f"Điện thoại {number}"), None, utc_now()
        )
        found.append((device.id, cookie))
    return found


Place = Callable[[Member], list[dict[str, Any]]]


def _outbox(member: Member) -> list[dict[str, Any]]:
    return list(member.outbox.values())


def _sent(member: Member) -> list[dict[str, Any]]:
    return list(member.sent.values())


def _fixes(member: Member) -> list[dict[str, Any]]:
    return list(member.fixes.values())


def _all(member: Member) -> list[dict[str, Any]]:
    return [*_outbox(member), *_sent(member), *_fixes(member)]
