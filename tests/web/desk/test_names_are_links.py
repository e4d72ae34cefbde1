"""Names of people in histories lead to their pages; one's own leads to *Tài khoản*."""

import pytest
from fastapi.testclient import TestClient

from tests.conftest import FakeClock
from tests.phone import Phone
from tests.web.desk.records.quarantine.items import addresses, deliver_revoked
from tests.world import World


def binh(world: World) -> str:
    return f'href="/desk/supervisors/{world.binh}" hx-boost="false">Hoàng Văn Bình<'


def lan_of(world: World) -> str:
    return f'href="/desk/people/{world.lan}" hx-boost="false">Nguyễn Thị Lan<'


def test_who_recorded_amended_and_decided_in_a_visits_history(
    desk: TestClient, lan: Phone, world: World
) -> None:
    visit = lan.visit(world.duc)
    lan.exchange(visit, lan.amend(visit, note="Sửa"))
    address = f"/desk/visits/{visit['data']['id']}"
    desk.post(f"{address}/accept", data={"version": "2", "seen": "0"})
    history = desk.get(address).text.partition('id="history"')[2]
    assert history.count(lan_of(world)) == 2, "sent and amended"
    assert history.count(binh(world)) == 1


def test_who_called_and_who_settled_on_a_persons_page(
    desk: TestClient, lan: Phone, world: World, clock: FakeClock
) -> None:
    clock.forward(hours=1)
    lan.exchange(queue={"count": 2, "oldest_at": "2026-11-23T01:02:00.000Z", "next_seq": 3, "held": [1, 2]})
    desk.post(f"/desk/calls/{lan.device_id}", data={"note": "hết pin"})
    assert binh(world) in desk.get(f"/desk/people/{world.lan}").text


@pytest.mark.both_databases
def test_who_changed_a_household_and_who_decided_on_what_waited(
    desk: TestClient, lan: Phone, world: World
) -> None:
    desk.post(f"/desk/households/{world.duc}/state", data={"state": "moved", "version": "1"})
    assert binh(world) in desk.get(f"/desk/households/{world.duc}").text
    deliver_revoked(desk, lan, lan.visit(world.mai))
    desk.post(f"{addresses(desk)[0]}/accept")
    assert binh(world) in desk.get("/desk/quarantine/decided").text


def test_ones_own_name_leads_to_ones_account(desk: TestClient, world: World) -> None:
    answer = desk.get(f"/desk/supervisors/{world.binh}")
    assert (answer.status_code, answer.headers["location"]) == (303, "/desk/account")
