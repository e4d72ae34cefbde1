"""The phones of a commune that lives a year: what Lan and Nam record, change and send."""

import random
from datetime import datetime, timedelta
from typing import Any

from app.core.clock import wire_time
from app.core.db import Database
from app.sync.export.importer import import_file
from tests.conftest import FakeClock
from tests.fieldwork.outreach import sessions
from tests.fieldwork.remarks import leaders_remarks as remarks
from tests.phone import Phone, new_id, sign_in
from tests.sync.export.export_file import make_unsigned_file
from tests.sync.simulated_phone import SimulatedPhone
from tests.world import LAN, NAM, World

Op = dict[str, Any]
RESULTS = ("helped",) * 6 + ("not_home",) * 3 + ("come_back", "come_back", "not_needed", "refused")
OUTCOMES = (
    "did_it", "done_for_them", "explained", "already_had", "referred", "come_back", "declined",
    "not_possible",
)  # fmt: skip
SERVICES = ("vneid_install", "file_application", "scam_warning", "vietqr", "bills", "wallet", "e_invoice")


class Phones:
    """Lan with Thôn Đông and Bản Pác, Nam with Thôn Tây and Khu 3. All choices follow from the seed."""

    def __init__(self, seed: int, world: World, database: Database, clock: FakeClock) -> None:
        self.dice = random.Random(seed)
        self.world, self.database, self.clock = world, database, clock
        self.phones: dict[str, SimulatedPhone] = {}
        self.visits: dict[str, list[Op]] = {"lan": [], "nam": []}
        self.sessions: dict[str, list[Op]] = {"lan": [], "nam": []}
        self.remarks: list[Op] = []
        self.silent_until: dict[str, datetime] = {}
        self.signed_in_at: dict[str, datetime] = {}

    def record(self) -> None:
        who = self.dice.choice(("lan", "nam"))
        for _ in range(self.dice.randint(1, 4)):
            if households := self._households(who):
                self.visits[who].append(
                    self._save(who, "visit.record", self._content(self.dice.choice(households), new_id()))
                )

    def add_household(self) -> None:
        who = self.dice.choice(("lan", "nam"))
        label = {
            "id": new_id(),
            "head_name": f"Vũ Thị Thắm {self.dice.random()}",
            "house_no": "",
            "alley": "",
        }
        if hamlets := self.phones[who].answer["hamlets"]:
            self._save(who, "household.add", label | {"hamlet_id": self.dice.choice(hamlets)["id"]})

    def amend(self) -> None:
        """Half of the amendments say which return their author has read."""
        who = self.dice.choice(("lan", "nam"))
        if not self.visits[who]:
            return
        visit = self.dice.choice(self.visits[who][-12:])
        row = self.phones[who].rows.get(("visit", visit["data"]["id"]))
        households = [visit["data"]["household_id"], *self._households(who)[:1]]
        data = self._content(self.dice.choice(households), visit["data"]["id"])
        data["base_version"] = row["version"] if row else 1
        if self.dice.random() < 0.5:
            data["seen_return"] = row["review"]["at"] if row else None
        self._save(who, "visit.amend", data)

    def withdraw(self) -> None:
        who = self.dice.choice(("lan", "nam"))
        if mine := self.visits[who][-20:]:
            visit = self.dice.choice(mine)
            self.visits[who].remove(visit)
            self._save(who, "visit.withdraw", {"id": visit["data"]["id"]})

    def hold_session(self) -> None:
        who = self.dice.choice(("lan", "nam"))
        mine, phone = self.sessions[who], self._phone(who)
        held_on = (self.clock() - timedelta(days=self.dice.randrange(20))).date().isoformat()
        people = self.dice.choice((None, 12, 40))
        hamlets = [hamlet["id"] for hamlet in self.phones[who].answer["hamlets"]]
        verb = self.dice.choice(("record", "record", "amend", "withdraw")) if mine else "record"
        if verb == "record":
            session = sessions.record(phone, self.dice.choice(hamlets), people=people, held_on=held_on)
            mine.append(self.phones[who].save(session))
        elif verb == "amend":
            session = self.dice.choice(mine[-4:])
            self.phones[who].save(sessions.amend(phone, session, people=people, held_on=held_on))
        else:
            self.phones[who].save(sessions.withdraw(phone, mine.pop()))

    def remark(self) -> None:
        phone, day = self._phone("lan"), self.clock() - timedelta(days=self.dice.randrange(40))
        kind, text = self.dice.choice(("difficulty", "practice")), f"Sóng yếu {len(self.remarks)}"
        if self.remarks and self.dice.random() < 0.3:
            self.phones["lan"].save(remarks.amend(phone, self.remarks[-1], text=text, kind=kind))
            return
        written = remarks.record(phone, text=text, kind=kind, about_on=day.date().isoformat())
        self.remarks.append(self.phones["lan"].save(written))

    def go_silent(self) -> None:
        """A phone that sends nothing for weeks."""
        who = self.dice.choice(("lan", "nam"))
        self.silent_until[who] = self.clock() + timedelta(days=self.dice.randint(10, 45))

    def sync(self) -> None:
        for who in self.phones:
            if self.clock() >= self.silent_until.get(who, self.clock()):
                self._phone(who)
                self.phones[who].sync(self.dice.choice((3, 200)))

    def sync_all(self) -> None:
        """Everybody sends everything."""
        for who in self.phones:
            self._phone(who)
            self.phones[who].drain()

    def carry_unsigned_file(self) -> None:
        """What waits on a phone arrives in a file that it has not signed; some of it is accepted later."""
        who = self.dice.choice(("lan", "nam"))
        waiting = self.phones[who].queue[:3]
        if waiting:
            file = make_unsigned_file(self._phone(who), *waiting)
            import_file(self.database, file, self.clock())

    def sign_in_again(self, who: str) -> None:
        """After a revocation, or when the session ends: with the numbering of the phone."""
        phone = self._phone(who)
        known: Op = {"device_id": phone.device_id, "installation_id": who, "next_seq": phone.seq + 1}
        whom = {"lan": LAN, "nam": NAM}[who]
        phone.device_id = sign_in(phone.client, *whom, self.clock(), **known).device_id
        self.signed_in_at[who] = self.clock()

    def renew_sessions(self) -> None:
        """Sign in before a session of 400 days ends."""
        for who in self.phones:
            if self.clock() - self.signed_in_at.setdefault(who, self.clock()) > timedelta(days=300):
                self.sign_in_again(who)

    def _content(self, household_id: str, id: str) -> Op:
        result = self.dice.choice(RESULTS)
        helped = result == "helped" or (result == "come_back" and self.dice.random() < 0.3)
        chosen = self.dice.sample(SERVICES, self.dice.randint(1, 3)) if helped else []
        services = [
            {"code": code, "outcome": self.dice.choice(OUTCOMES), "people": self.dice.randint(1, 4)}
            for code in chosen
        ]
        due = (self.clock() + timedelta(days=self.dice.randint(1, 30))).date().isoformat()
        asked = result in ("helped", "come_back", "not_needed") and self.dice.random() < 0.3
        others = [code for code in SERVICES if code not in chosen]
        needs = self.dice.sample(others, 2) if asked else []
        return {
            "id": id,
            "household_id": household_id,
            "result": result,
            "services": services,
            "note": f"Ghi {self.dice.random()}",
            "follow_up_on": due if result in ("helped", "come_back") and self.dice.random() < 0.3 else None,
            "needs": needs[:1] or None,
            "dropped_needs": needs[1:] or None,
        }

    def _save(self, who: str, type: str, data: Op) -> Op:
        at = self.clock() - timedelta(hours=self.dice.randrange(40))
        return self.phones[who].save(self._phone(who).op(type, data, at=wire_time(at)))

    def _phone(self, who: str) -> Phone:
        phone = self.phones[who].phone
        phone.now = self.clock()
        return phone

    def _households(self, who: str) -> list[str]:
        """Those on the phone's list, in an order that is the same in every run."""
        rows = [row for (kind, _id), row in self.phones[who].rows.items() if kind == "household"]
        return [row["id"] for row in sorted(rows, key=lambda row: (row["head_name"], row["house_no"]))]
