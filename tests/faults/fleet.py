"""A fleet of phones with their queues, and the count of what became of every record."""

import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx2
from sqlmodel import Session, select

from app.accounts.models import Account
from app.accounts.sign_in import Enrolment, enrol
from app.core.clock import utc_now
from app.core.db import Database
from app.keeping.check import check
from app.sync.models import LedgerEntry, Quarantined
from app.visits.models import Visit
from tests.sync.phone import Phone
from tests.world import World

SENT = ("applied", "duplicate", "conflict", "quarantined")


@dataclass
class Member:
    """One phone: what waits, what was acknowledged, what came back."""

    phone: Phone
    home: str
    outbox: dict[str, dict[str, Any]] = field(default_factory=dict)
    sent: dict[str, dict[str, Any]] = field(default_factory=dict)
    fixes: dict[str, dict[str, Any]] = field(default_factory=dict)

    def save(self, count: int = 1) -> None:
        for _ in range(count):
            op = self.phone.visit(self.home)
            self.outbox[op["op_id"]] = op

    def deliver(self, most: int = 20) -> bool:
        """One exchange; whether an answer came that acknowledges anything. What it does not, stays."""
        ops = sorted(self.outbox.values(), key=lambda op: op["seq"])[:most]
        try:
            answer = self.phone.send(*ops)
            content = answer.json() if answer.status_code == 200 else {}
        except (httpx2.TransportError, ValueError):
            return False
        if not isinstance(content, dict) or content.get("proto") != 1:
            return False
        self.phone.state = {name: content[name] for name in ("epoch", "scope", "cursor")}
        for result in content["results"]:
            self._settle(result)
        return True

    def _settle(self, result: dict[str, Any]) -> None:
        op = self.outbox.get(result["op_id"])
        if op is None or result["status"] == "retry":
            return
        place = self.sent if result["status"] in SENT else self.fixes
        place[op["op_id"]] = self.outbox.pop(op["op_id"])
        self.phone.held.discard(op["seq"])


@dataclass
class Fleet:
    """Phones of one volunteer each on a device of its own, against the server at `url`."""

    members: list[Member]

    def drain(self) -> None:
        """Everything is sent that can be."""
        for member in self.members:
            for _ in range(50):
                if not member.outbox:
                    break
                member.deliver()

    def sending(self, until: threading.Event, at_once: int = 5) -> list[threading.Thread]:
        """Every phone saves and sends, again and again, until the event."""

        def work(member: Member) -> None:
            while not until.is_set():
                if len(member.outbox) < 10 * at_once:
                    member.save(at_once)
                if not member.deliver():
                    until.wait(0.05)

        threads = [threading.Thread(target=work, args=(member,)) for member in self.members]
        for thread in threads:
            thread.start()
        return threads

    def tally(self, database: Database) -> dict[str, int]:
        """What was made, where it is now, and what of the acknowledged is lost or doubled."""
        made, sent, outbox, fixes = (
            {op["data"]["id"] for member in self.members for op in place(member)}
            for place in (_all, _sent, _outbox, _fixes)
        )
        visits = set(database.read(lambda session: session.exec(select(Visit.id)).all()))
        kept = set(database.read(lambda session: session.exec(select(Quarantined.record_id)).all()))
        told = Counter(database.read(lambda session: session.exec(select(LedgerEntry.record_id)).all()))
        tally = {
            "made": len(made),
            "sent": len(sent),
            "outbox": len(outbox),
            "fixes": len(fixes),
            "lost": len(sent - visits - kept),
            "invented": len(visits - made),
            "doubled": sum(count > 1 for count in told.values()),
            "problems": sum(len(one.problems) for one in check(database)),
        }
        print(tally)
        return tally


def whole(tally: dict[str, int]) -> bool:
    """Whether all that was made is sent, and is there once."""
    wrong = ("outbox", "fixes", "lost", "invented", "doubled", "problems")
    return tally["made"] == tally["sent"] > 0 and not any(tally[name] for name in wrong)


def fleet(database: Database, world: World, url: str, count: int) -> Fleet:
    """`count` phones of Lan's, signed in."""
    cookies = database.write(lambda session: _enrolled(session, world, count))
    now = utc_now()
    members = []
    for device_id, cookie in cookies:
        client: Any = httpx2.Client(
            base_url=url,
            headers={"Sec-Fetch-Site": "same-origin", "Cookie": f"device={cookie}"},
            timeout=httpx2.Timeout(20),
            trust_env=False,
        )
        members.append(Member(Phone(client, device_id, world.lan, world.commune_id, now), world.duc))
    return Fleet(members)


def _enrolled(session: Session, world: World, count: int) -> list[tuple[str, str]]:
    lan = session.get_one(Account, (world.commune_id, world.lan))
    found = []
    for number in range(count):
        device, cookie = enrol(session, lan, Enrolment("", "", f"Điện thoại {number}"), utc_now())
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
