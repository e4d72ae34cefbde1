"""A commune that lives a year: its phones and its supervisor, through the addresses that they really use.

What must come of it is in `tests.reports.year.closings`; this module knows no figures.
"""

from datetime import date, datetime, time, timedelta
from typing import Any

from fastapi.testclient import TestClient
from sqlmodel import Session, col, select

from app.commune.accounts import people
from app.commune.accounts.models import Account, Assignment, Team
from app.commune.areas import Hamlet, add_hamlet
from app.commune.settings import CommuneSettings
from app.core.batch import Batch
from app.core.clock import VIETNAM
from app.core.db import Database
from app.core.feed import feed
from app.fieldwork.households.commands import new_household
from app.fieldwork.households.models import Household, HouseholdVersion
from app.fieldwork.outreach.models import OutreachSession
from app.fieldwork.visits.models import Visit
from app.sync.wire.models import QuarantinedOperation
from tests.conftest import FakeClock
from tests.fieldwork.households.hamlet_merges import FIELDS, confirmation
from tests.fieldwork.remarks.leaders_remarks import let_lan_lead
from tests.phone import Phone, new_id
from tests.reports.year.phones import SERVICES, Op, Phones
from tests.sync.simulated_phone import SimulatedPhone
from tests.web.desk.visits.paper_client import hidden_value
from tests.world import World

RETURN = {"reason": "missing_information", "field": "note", "note": "Nhà 46 hay 48?"}


class Commune(Phones):
    """The phones, and Bình at the desk."""

    def __init__(
        self, seed: int, world: World, database: Database, clock: FakeClock, desk: TestClient
    ) -> None:
        super().__init__(seed, world, database, clock)
        self.desk = desk
        self.month_start = self.dice.choice((1, 1, 15))
        self.desk_opened_at = datetime.min.replace(tzinfo=VIETNAM)
        self.last_merge: tuple[str, str] | None = None

    def settle(self, lan: Phone, nam: Phone) -> None:
        """Two more hamlets with their households, and the phones."""
        self.database.write(self._settle)
        let_lan_lead(self.database, self.world)
        self.phones = {"lan": SimulatedPhone(lan), "nam": SimulatedPhone(nam)}

    def _settle(self, session: Session) -> None:
        commune_id = self.world.commune_id
        if self.month_start > 1:
            session.add(CommuneSettings(commune_id=commune_id, month_start_day=self.month_start))
        for hamlet_id, name, who in (("pac", "Bản Pác", self.world.lan), ("khu-3", "Khu 3", self.world.nam)):
            hamlet = add_hamlet(session, commune_id, hamlet_id, name)
            batch = Batch(commune_id)
            for n in range(6):
                batch.add(
                    Household, new_household(new_id(), hamlet.id, f"Vi Văn {name} {n}", str(20 + n), "")
                )
            batch.write(session, (Household, HouseholdVersion))
            account = session.get_one(Account, (commune_id, who))
            assert account.team_id
            since = self.clock() - timedelta(days=1)
            session.add(
                Assignment(commune_id=commune_id, team_id=account.team_id, hamlet_id=hamlet_id, since=since)
            )
            feed(session, commune_id, [account])
            session.add(account)
        known = session.get_one(Hamlet, (commune_id, self.world.tay))
        known.known_households = 9
        feed(session, commune_id, [known])
        session.add(known)

    def live(self, until: datetime, steps: int) -> None:
        """Time passes until then, and so much happens."""
        self.renew_sessions()
        for _ in range(steps):
            left = until - self.clock()
            self.clock.now += left * self.dice.random() / 4
            (step,) = self.dice.choices(list(STEPS), list(STEPS.values()))
            step(self)
        self.clock.now = until

    def revoke_or_allow(self) -> None:
        """A revoked phone sends what it has, which waits for a decision; then it is allowed again."""
        who = self.dice.choice(("lan", "nam"))
        device = self._phone(who).device_id
        self.at_desk(f"/desk/devices/{device}/revoke")
        self.phones[who].sync(200)
        self.at_desk(f"/desk/devices/{device}/allow")
        self.sign_in_again(who)
        self.phones[who].sync(200)

    # What the supervisor does.

    def decide(self) -> None:
        for _ in range(self.dice.randint(1, 3)):
            if visit := self._any(
                select(Visit).where(col(Visit.withdrawn_at).is_(None)), Visit.feed_seq, newest=25
            ):
                verb = self.dice.choice(("accept", "return", "return"))
                form = {"version": str(visit.version)} | (RETURN if verb == "return" else {})
                self.at_desk(f"/desk/visits/{visit.id}/{verb}", form)

    def decide_on_quarantined(self) -> None:
        open_ = select(QuarantinedOperation).where(QuarantinedOperation.state == "open")
        for _ in range(3):
            if one := self._any(open_, QuarantinedOperation.seq):
                verb = self.dice.choice(("accept", "accept", "accept", "drop"))
                address = f"/desk/quarantine/{one.op_id}/{one.payload_hash}/{verb}"
                self.at_desk(address, {"version": "1"})

    def withdraw_session(self) -> None:
        if session := self._any(select(OutreachSession), OutreachSession.feed_seq):
            verb = "undo" if session.withdrawn_by else "withdraw"
            form = {"version": str(session.feed_seq), "reason": "Ghi hai lần"}
            self.at_desk(f"/desk/outreach/{session.id}/{verb}", form)

    def write_remark(self) -> None:
        month = f"{self.clock().astimezone(VIETNAM):%Y-%m}"
        form = {"kind": self.dice.choice(("difficulty", "practice")), "text": f"Ý kiến {self.dice.random()}"}
        self.at_desk(f"/desk/reports/{month}/remarks/{new_id()}", form)

    def merge_households(self) -> None:
        if self.last_merge and self.dice.random() < 0.4:
            self.at_desk(f"/desk/households/{self.last_merge[0]}/unmerge")
            self.last_merge = None
            return
        standing = self._standing()
        if len(standing) > 8:
            one, other = self.dice.sample(standing, 2)
            form = {"surviving": one.id, "one": str(one.version), "other": str(other.version)}
            if self.at_desk(f"/desk/duplicates/{one.id}/{other.id}/merge", form) == 303:
                self.last_merge = (other.id, one.id)

    def unmerge_soon(self) -> None:
        """A merge that is undone on the same day."""
        self.merge_households()
        self.clock.forward(minutes=20)
        if self.last_merge:
            self.at_desk(f"/desk/households/{self.last_merge[0]}/unmerge")

    def move_household(self) -> None:
        household = self.dice.choice(self._standing())
        form = {"version": str(household.version), "hamlet": self.dice.choice(self._hamlets())}
        self.at_desk(f"/desk/households/{household.id}/move", form)

    def merge_hamlets(self) -> None:
        """Khu 3 becomes a part of another hamlet, from a day of this month on."""
        losing, surviving = "khu-3", self.dice.choice((self.world.tay, self.world.dong))
        self._open_desk()
        page = confirmation(self.desk, losing, surviving)
        form = {name: hidden_value(page, name) for name in FIELDS}
        assert self.at_desk(f"/desk/hamlets/{losing}/merge", form) == 303

    def switch_service(self) -> None:
        self.at_desk(f"/desk/services/{self.dice.choice(SERVICES)}/{self.dice.choice(('on', 'off'))}")

    def add_member(self) -> None:
        """Somebody without a phone yet joins a team."""

        def work(session: Session) -> None:
            team = self.dice.choice(sorted(session.exec(select(Team)), key=lambda one: one.name))
            number = f"09111{self.dice.randrange(10**5):05}"
            if team.commune_id == self.world.commune_id:
                people.add_member(session, team, "Triệu Thị Sen", number, self.clock())

        self.database.write(work)

    def change_state(self) -> None:
        household = self.dice.choice(self._standing())
        form = {"version": str(household.version), "state": self.dice.choice(("active", "active", "moved"))}
        self.at_desk(f"/desk/households/{household.id}/state", form)

    def at_desk(self, address: str, form: Op | None = None) -> int:
        """Bình sends a form; the status of the answer."""
        self._open_desk()
        status: int = self.desk.post(address, data=form).status_code
        assert status < 500
        return status

    def page(self, address: str) -> Any:
        """Bình opens an address."""
        self._open_desk()
        answer = self.desk.get(address)
        assert answer.status_code == 200, address
        return answer

    def _open_desk(self) -> None:
        if abs(self.clock() - self.desk_opened_at) > timedelta(hours=7):
            form = {"name": "binh", "password": "mat-khau-binh"}
            assert self.desk.post("/desk/sign-in", data=form).status_code == 303
            self.desk_opened_at = self.clock()

    def _standing(self) -> list[Household]:
        ours = select(Household).where(
            Household.commune_id == self.world.commune_id, col(Household.merged_into).is_(None)
        )
        return self.database.read(lambda session: list(session.exec(ours.order_by(Household.head_name))))

    def _hamlets(self) -> list[str]:
        ours = select(Hamlet).where(
            Hamlet.commune_id == self.world.commune_id, col(Hamlet.merged_into).is_(None)
        )
        return [one.id for one in self.database.read(lambda session: list(session.exec(ours)))]

    def _any(self, wanted: Any, order: Any, newest: int = 1000) -> Any:
        rows = self.database.read(lambda session: list(session.exec(wanted.order_by(order))))[-newest:]
        return self.dice.choice(rows) if rows else None


def evening(day: date) -> datetime:
    """Five in the afternoon in Vietnam."""
    return datetime.combine(day, time(17), VIETNAM)


STEPS = {
    Commune.record: 26, Commune.amend: 7, Commune.withdraw: 2, Commune.hold_session: 5, Commune.remark: 2,
    Commune.add_household: 2, Commune.go_silent: 1, Commune.sync: 10, Commune.carry_unsigned_file: 2,
    Commune.revoke_or_allow: 1, Commune.decide: 8, Commune.decide_on_quarantined: 4,
    Commune.withdraw_session: 2, Commune.write_remark: 2, Commune.merge_households: 1,
    Commune.unmerge_soon: 1, Commune.move_household: 1, Commune.switch_service: 1, Commune.change_state: 1,
    Commune.add_member: 1,
}  # fmt: skip
