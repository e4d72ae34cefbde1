"""What a desk has to decide on: a conflict, a revoked phone's visit, two households of one door, a loss."""

from datetime import datetime

import httpx2
from fastapi.testclient import TestClient

from app.core.clock import utc_now
from tests.e2e.server import Server
from tests.sync.phone import Phone, new_id, sign_in
from tests.world import LAN, NAM, World


def bring(server: Server, world: World) -> None:
    """Three phones, each with its own; the desk revokes Nam's."""
    now = utc_now()
    one, other, nam = (_phone(server, who, now) for who in (LAN, LAN, NAM))
    one.exchange(one.op("household.amend", {"id": world.mai, "base_version": 1, "house_no": "14A"}))
    other.exchange(other.op("household.amend", {"id": world.mai, "base_version": 1, "house_no": "14B"}))
    double = {"id": new_id(), "hamlet_id": world.dong, "head_name": "Nguyễn Văn Đức", "house_no": "12"}
    one.exchange(one.op("household.add", double))
    lost = other.visit(world.duc)
    other.held.discard(lost["seq"])
    other.exchange(other.visit(world.duc))
    desk = _client(server)
    desk.post("/desk/sign-in", data={"name": "binh", "password": "mat-khau-binh"})
    desk.post(f"/desk/devices/{nam.device_id}/revoke")
    nam.exchange(nam.visit(world.anh, note="Máy cũ, bộ nhớ đầy"))


def _phone(server: Server, who: tuple[str, str], now: datetime) -> Phone:
    return sign_in(_client(server), *who, now)


def _client(server: Server) -> TestClient:
    client = httpx2.Client(base_url=server.url, headers={"Sec-Fetch-Site": "same-origin"})
    return client  # type: ignore[return-value]  # what a test's client is, over a real socket
