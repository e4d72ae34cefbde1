"""The start of a random history: a server with a database of its own, the people and their phones."""

import random
from collections import defaultdict
from collections.abc import Callable
from contextlib import ExitStack
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from fastapi.testclient import TestClient
from sqlmodel import Session, select

from app.commune.accounts.models import Account, Assignment
from app.core.config import Settings
from app.core.db import Database
from app.core.feed import feed
from app.main import create_app
from app.sync.wire.models import LedgerEntry
from tests.conftest import FakeClock
from tests.phone import sign_in
from tests.sync.simulated_phone import SimulatedPhone
from tests.world import LAN, LY, NAM, World, add_next_door, build

CAST = {"lan": LAN, "lan2": LAN, "nam": NAM, "ly": LY}
OURS = ("lan", "lan2", "nam")
Op = dict[str, Any]
Place = Callable[[], tuple[str, Callable[[], None]]]


class HistoryBase:
    """The server and the cast of one history; all random choices follow from `number`.

    `delays`: by operation and time of receipt, how long copies of its request were delayed. `purged`: by
    commune and operation, the entries of the ledger that were.
    """

    def __init__(self, number: int, new_place: Place) -> None:
        self.dice, self.desk_dice = random.Random(number), random.Random(~number)
        self._exit = ExitStack()
        url, remove = new_place()
        self._exit.callback(remove)
        self.clock = FakeClock()
        folder = Path(self._exit.enter_context(TemporaryDirectory()))
        self.settings = Settings(database_url=url, data_dir=folder)
        self.backup = folder / "backup"
        self.database = Database(url)
        self.world: World = build(self.database, self.clock())
        next_door = add_next_door(self.database, self.world, self.clock())
        self.phones: dict[str, SimulatedPhone] = {}
        self.start()
        self.phones |= {
            who: SimulatedPhone(sign_in(self._browser(), *whom, self.clock())) for who, whom in CAST.items()
        }
        self.phones["lan2"].minimal_results = False
        lans = [self.world.duc, self.world.mai]
        self.households = {"lan": lans, "lan2": lans, "nam": [self.world.anh], "ly": next_door}
        self.visits: dict[str, list[Op]] = {who: [] for who in CAST}
        self.copies: list[tuple[str, Callable[[], None]]] = []
        self.delays: defaultdict[tuple[str, datetime], set[timedelta]] = defaultdict(set)
        self.purged: defaultdict[str, dict[str, LedgerEntry]] = defaultdict(dict)
        self.trace: list[str] = []
        self.change_scope()

    def start(self) -> None:
        self.app = create_app(self.settings, self.clock)
        for phone in self.phones.values():
            phone.phone.client = self._browser(phone.phone.client)
        desk = getattr(self, "desk", None)
        self.desk = self._browser(desk)
        if desk is None:
            self._desk_sign_in()

    def at_desk(self, address: str, form: Op | None = None) -> int:
        """Bình sends a form, and signs in before that if his session has ended; the status of the answer."""
        self.ensure_signed_in()
        status: int = self.desk.post(address, data=form).status_code
        assert status < 500
        return status

    def ensure_signed_in(self) -> None:
        """Sign Bình in unless his session is open."""
        if self.desk.get("/desk/account").status_code == 303:
            self._desk_sign_in()

    def _desk_sign_in(self) -> None:
        form = {"name": "binh", "password": "mat-khau-binh"}
        assert self.desk.post("/desk/sign-in", data=form).status_code == 303

    def all(self, wanted: Any) -> list[Any]:
        return self.database.read(lambda session: list(session.exec(wanted)))

    def save_visit(self, who: str, household: str = "", **changes: Any) -> None:
        """Somebody records a visit, with a follow-up every other time."""
        due = (self.clock() + timedelta(days=3)).date().isoformat() if self.dice.random() < 0.5 else None
        where = household or self.dice.choice(self._households(who))
        visit = self.phones[who].phone.visit(where, follow_up_on=due, note=f"Ghi {self.dice.random()}")
        self.visits[who].append(self._save(who, visit | changes))

    def change_scope(self) -> None:
        self.database.write(self._toggle_assignment)

    def _toggle_assignment(self, session: Session) -> None:
        """Assign Thôn Tây to Lan's team, or end that. Lan's account changes in the feed of the teammates."""
        lan = session.get_one(Account, (self.world.commune_id, self.world.lan))
        theirs = select(Assignment).where(
            Assignment.team_id == lan.team_id, Assignment.hamlet_id == self.world.tay
        )
        if (row := session.exec(theirs).first()) is not None:
            row.until = None if row.until else self.clock()
        else:
            assert lan.team_id is not None
            since = self.clock() - timedelta(days=1)
            row = Assignment(
                commune_id=lan.commune_id, team_id=lan.team_id, hamlet_id=self.world.tay, since=since
            )
        feed(session, lan.commune_id, [lan])
        session.add_all([lan, row])

    def _sign_in_again(self, who: str) -> None:
        """Sign a phone in if its session has ended; after a revocation it is another device."""
        phone = self.phones[who].phone
        if phone.send().status_code == 401:
            known: Op = {"device_id": phone.device_id, "installation_id": who, "next_seq": phone.seq + 1}
            phone.device_id = sign_in(phone.client, *CAST[who], self.clock(), **known).device_id

    def _pick_person(self) -> str:
        return self.dice.choice([*OURS, *OURS, "ly"])

    def _households(self, who: str) -> list[str]:
        """The households that somebody may visit; Lan in Thôn Tây only while it is her team's."""
        hamlets = {hamlet["id"] for hamlet in self.phones[who].answer.get("hamlets", [])}
        beyond = self.households["nam"] if who.startswith("lan") and self.world.tay in hamlets else []
        return [*self.households[who], *beyond]

    def _save(self, who: str, operation: Op) -> Op:
        phone = self.phones[who]
        at = (self.clock() - timedelta(minutes=len(phone.made) % 50)).isoformat(timespec="milliseconds")
        return phone.save(operation | {"at": at.replace("+00:00", "Z")})

    def _stop(self) -> None:
        self.app.state.database.close()

    def _browser(self, before: TestClient | None = None) -> TestClient:
        new = TestClient(
            self.app,
            base_url="http://127.0.0.1:8000",
            headers={"Sec-Fetch-Site": "same-origin"},
            follow_redirects=False,
        )
        if before is not None:
            new.cookies = before.cookies
        return new
