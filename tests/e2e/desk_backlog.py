"""What a desk has to decide on: a conflict, visits in quarantine, a possible duplicate, a lost record;
an outreach session, and a visit that a colleague has accepted."""

from datetime import datetime

import httpx2
from fastapi.testclient import TestClient

from app.commune.accounts.people import add_supervisor
from app.core.clock import utc_now
from app.core.db import Database
from tests.commune.card.card_phone import CardPhone
from tests.e2e.server import Server
from tests.fieldwork.outreach.sessions import record
from tests.phone import Phone, new_id, sign_in
from tests.world import LAN, NAM, World


def record_visit(server: Server, world: World) -> None:
    """Lan's phone sends a visit at Đức's household, which still needs something."""
    phone = _phone(server, LAN, utc_now())
    phone.exchange(phone.visit(world.duc, note="", needs=["file_application"]))


def create(server: Server, world: World) -> None:
    """Two phones of Lan's and one of Nam's send; the desk revokes Nam's, and Én accepts a visit of Lan's."""
    now = utc_now()
    first, second, nam = (_phone(server, who, now) for who in (LAN, LAN, NAM))
    first.exchange(first.op("household.amend", {"id": world.mai, "base_version": 1, "house_no": "14A"}))
    second.exchange(second.op("household.amend", {"id": world.mai, "base_version": 1, "house_no": "14B"}))
    duplicate = {"id": new_id(), "hamlet_id": world.dong, "head_name": "Nguyễn Văn Đức", "house_no": "12"}
    first.exchange(first.op("household.add", duplicate))
    lost = second.visit(world.duc)
    second.held.discard(lost["seq"])
    visit = second.visit(world.duc)
    second.exchange(visit)
    second.exchange(record(second, world.dong, held_on=now.date().isoformat()))
    CardPhone(first).renew()
    desk = _client(server)
    desk.post("/desk/sign-in", data={"name": "binh", "password": "mat-khau-binh"})
    desk.post(f"/desk/devices/{nam.device_id}/revoke")
    nam.exchange(nam.visit(world.anh, note="Máy cũ, bộ nhớ đầy"))
    second.exchange(second.visit(new_id(), note="Nhà mới, chưa có trong danh sách"))
    _add_colleague(server, world)
    en = _client(server)
    en.post("/desk/sign-in", data={"name": "en", "password": "mat-khau-en-1234"})
    en.post(f"/desk/visits/{visit['data']['id']}/accept", data={"version": "1"})


def _add_colleague(server: Server, world: World) -> None:
    database = Database(server.environment["TUNGNHA_DATABASE_URL"])
    database.write(
        lambda session: add_supervisor(session, world.commune_id, "Lý Thị Én", "en", "mat-khau-en-1234")
    )
    database.close()


def _phone(server: Server, who: tuple[str, str], now: datetime) -> Phone:
    return sign_in(_client(server), *who, now)


def _client(server: Server) -> TestClient:
    client = httpx2.Client(base_url=server.url, headers={"Sec-Fetch-Site": "same-origin"}, timeout=30)
    return client  # type: ignore[return-value]  # TestClient is such a client, without a socket
