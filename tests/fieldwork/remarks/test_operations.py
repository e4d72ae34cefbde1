"""Remarks by the protocol: written by leaders, changed by their author only, seen at the desk."""

from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlmodel import select

from app.core.db import Database
from app.fieldwork.remarks.models import RemarkVersion, ReportRemark
from app.upkeep.maintenance.check import check
from tests.conftest import FakeClock
from tests.fieldwork.remarks.leaders_remarks import amend, let_lan_lead, record, withdraw
from tests.phone import Phone
from tests.web.desk.desk_client import words
from tests.world import World

WEEK = "/desk/reports/2026-W48"


@pytest.fixture
def leader(lan: Phone, world: World, database: Database) -> Phone:
    """Lan's phone; she leads her team."""
    let_lan_lead(database, world)
    return lan


def test_remark_is_written_once_and_comes_back_as_a_row(leader: Phone, database: Database) -> None:
    remark = record(leader)
    content = leader.exchange(remark)
    (result,) = content["results"]
    assert (result["status"], result["kind"], result["version"]) == ("applied", "remark", 1)
    assert result["row"] == {
        "id": remark["data"]["id"], "kind": "difficulty", "text": "Sóng yếu ở cuối thôn",
        "about_on": "2026-11-24", "counted_on": "2026-11-24", "occurred_at": remark["at"],
        "received_at": result["row"]["received_at"], "version": 1, "feed_seq": result["row"]["feed_seq"],
    }  # fmt: skip
    assert content["changes"]["remark"] == [result["row"]]
    assert leader.statuses(remark) == ["duplicate"]
    assert len(_rows(database)) == 1
    assert [problem for one in check(database) for problem in one.problems] == []


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"kind": "other"}, "invalid", "kind"),
        ({"text": ""}, "invalid", "text"),
        ({"text": "  "}, "invalid", "text"),
        ({"text": "a" * 1001}, "invalid", "text"),
        ({"text": "Ông Đức 0900 203 004"}, "invalid", "text"),
        ({"text": "a\u202eb"}, "text_refused", "text"),
        ({"about_on": "hôm nay"}, "invalid", "about_on"),
        ({"note": "unknown field"}, "invalid", ""),
    ],
)
def test_what_is_not_understood_is_refused_and_named(
    leader: Phone, database: Database, changes: dict[str, Any], code: str, field: str
) -> None:
    (result,) = leader.exchange(record(leader, **changes))["results"]
    assert (result["status"], result["code"]) == ("rejected", code)
    assert result["fields"] == ([field] if field else [])
    assert _rows(database) == []


def test_only_a_leader_writes_and_who_led_before_changes_what_they_wrote(
    lan: Phone, world: World, database: Database
) -> None:
    (result,) = lan.exchange(record(lan))["results"]
    assert (result["status"], result["code"]) == ("rejected", "leader_only")
    let_lan_lead(database, world)
    remark = record(lan)
    lan.exchange(remark)
    let_lan_lead(database, world, "volunteer")
    assert lan.statuses(record(lan)) == ["rejected"]
    assert lan.statuses(amend(lan, remark, text="Sóng khỏe hơn")) == ["applied"]
    assert lan.statuses(withdraw(lan, remark)) == ["applied"]


def test_nobody_elses_phone_gets_a_remark_or_changes_it(
    leader: Phone, nam: Phone, desk: TestClient, database: Database
) -> None:
    remark = record(leader)
    leader.exchange(remark)
    content = nam.exchange(amend(nam, remark, text="của Nam"), withdraw(nam, remark))
    assert [result["code"] for result in content["results"]] == ["not_author", "not_author"]
    assert content["changes"]["remark"] == []
    assert _rows(database)[0].text == "Sóng yếu ở cuối thôn"
    leader.exchange(withdraw(leader, remark))
    assert nam.exchange()["changes"]["tombstone"] == []


def test_leaders_remark_is_in_every_form_of_the_report_with_its_author(
    leader: Phone, desk: TestClient
) -> None:
    leader.exchange(record(leader))
    for address in (WEEK, "/desk/reports/2026-11", f"{WEEK}.csv"):
        assert "Sóng yếu ở cuối thôn" in words(desk.get(address).text)
    assert "Sóng yếu ở cuối thôn Nguyễn Thị Lan, 24/11/2026" in words(desk.get(WEEK).text)


def test_amended_remark_has_the_new_words_and_a_version_with_the_old(
    leader: Phone, database: Database
) -> None:
    remark = record(leader)
    older, newer = amend(leader, remark, text="cũ"), amend(leader, remark, text="mới", kind="practice")
    leader.exchange(remark)
    (result,) = leader.exchange(newer)["results"]
    assert (result["version"], result["row"]["text"], result["row"]["kind"]) == (2, "mới", "practice")
    (result,) = leader.exchange(older)["results"]
    assert (result["status"], result["row"]["text"]) == ("applied", "mới")
    texts = database.read(lambda s: {one.content["text"] for one in s.exec(select(RemarkVersion))})
    assert texts == {"Sóng yếu ở cuối thôn", "cũ"}


def test_withdrawn_remark_leaves_the_phone_and_the_report(leader: Phone, desk: TestClient) -> None:
    remark = record(leader)
    leader.exchange(remark)
    content = leader.exchange(withdraw(leader, remark))
    (tombstone,) = content["changes"]["tombstone"]
    assert (tombstone["kind"], tombstone["id"], tombstone["hamlet_id"]) == (
        "remark",
        remark["data"]["id"],
        "",
    )
    assert "Sóng yếu" not in desk.get(WEEK).text
    (again,) = leader.exchange(amend(leader, remark))["results"]
    assert (again["status"], again["code"]) == ("rejected", "withdrawn")
    leader.state = {}
    assert leader.exchange()["changes"]["remark"] == []


def test_change_of_a_remark_that_has_not_arrived_waits_for_it(leader: Phone) -> None:
    remark = record(leader)
    change = amend(leader, remark, text="Sóng khỏe hơn")
    (result,) = leader.exchange(change)["results"]
    assert (result["status"], result["code"]) == ("quarantined", "waiting")
    leader.exchange(remark)
    (result,) = leader.exchange(change)["results"]
    assert (result["status"], result["row"]["text"], result["row"]["version"]) == (
        "duplicate", "Sóng khỏe hơn", 2,
    )  # fmt: skip


def test_remark_of_a_closed_report_stays_and_a_late_one_is_in_the_next(
    leader: Phone, desk: TestClient, clock: FakeClock
) -> None:
    remark, late = record(leader), record(leader, text="Viết khi còn mất mạng")
    leader.exchange(remark)
    _forward(desk, leader, clock)
    assert desk.post(f"{WEEK}/close").status_code == 303
    for change in (amend(leader, remark, text="Sóng khỏe"), withdraw(leader, remark)):
        (result,) = leader.exchange(change)["results"]
        assert (result["status"], result["code"]) == ("rejected", "period_closed")
    (result,) = leader.exchange(late)["results"]
    assert (result["row"]["about_on"], result["row"]["counted_on"]) == ("2026-11-24", "2026-11-30")
    assert "Viết khi còn mất mạng" not in desk.get(WEEK).text
    assert "Viết khi còn mất mạng" in desk.get("/desk/reports/2026-W49").text
    assert "Sóng yếu ở cuối thôn" in desk.get(WEEK).text


def test_remark_for_the_month_before_is_in_its_report_although_its_last_week_is_closed(
    leader: Phone, desk: TestClient, clock: FakeClock
) -> None:
    _forward(desk, leader, clock, days=14)
    assert desk.post("/desk/reports/2026-W49/close").status_code == 303
    clock.forward(minutes=1)
    remark = record(leader, about_on="2026-11-30")
    (result,) = leader.exchange(remark)["results"]
    assert result["row"]["counted_on"] == "2026-11-30"
    assert "Sóng yếu" in desk.get("/desk/reports/2026-11").text
    for report in ("2026-12", "2026-W49", "2026-W50"):
        assert "Sóng yếu" not in desk.get(f"/desk/reports/{report}").text
    assert leader.statuses(amend(leader, remark, text="Sóng rất yếu")) == ["applied"]
    assert desk.post("/desk/reports/2026-11/close").status_code == 303
    (result,) = leader.exchange(record(leader, about_on="2026-11-30"))["results"]
    assert result["row"]["counted_on"] == "2026-12-07"
    assert "Sóng rất yếu" in desk.get("/desk/reports/2026-11").text


def test_months_that_begin_on_another_day_are_respected(
    leader: Phone, desk: TestClient, clock: FakeClock
) -> None:
    assert desk.post("/desk/settings/month", data={"month_start_day": "15", "seen": "1"}).status_code == 303
    _forward(desk, leader, clock, days=28)
    assert desk.post("/desk/reports/2026-W51/close").status_code == 303  # 14/12 to 20/12
    for about_on, counted_on in (("2026-12-14", "2026-12-14"), ("2026-12-15", "2026-12-21")):
        (result,) = leader.exchange(record(leader, about_on=about_on))["results"]
        assert result["row"]["counted_on"] == counted_on


def test_supervisor_takes_a_leaders_remark_out_and_does_not_change_its_words(
    leader: Phone, desk: TestClient
) -> None:
    remark = record(leader)
    leader.exchange(remark)
    address = f"{WEEK}/remarks/{remark['data']['id']}"
    page = words(desk.get(address).text)
    assert "Nguyễn Thị Lan viết trên điện thoại" in page
    assert "<textarea" not in desk.get(address).text
    refused = desk.post(address, data={"kind": "difficulty", "text": "Lời khác"})
    assert (refused.status_code, "chỉ người viết sửa được" in words(refused.text)) == (422, True)
    assert desk.post(f"{address}/remove").status_code == 303
    assert desk.post(f"{address}/remove").status_code == 303
    assert "Sóng yếu" not in desk.get(WEEK).text
    changes = leader.exchange()["changes"]
    assert [(one["kind"], one["id"]) for one in changes["tombstone"]] == [("remark", remark["data"]["id"])]


def test_remark_of_a_suspended_phone_is_quarantined_and_accepted_at_the_desk(
    leader: Phone, desk: TestClient, database: Database
) -> None:
    assert desk.post(f"/desk/devices/{leader.device_id}/revoke").status_code == 303
    remark = record(leader)
    (result,) = leader.exchange(remark)["results"]
    assert (result["status"], result["code"], _rows(database)) == ("quarantined", "revoked", [])
    listed = desk.get("/desk/quarantine").text
    assert "Sóng yếu ở cuối thôn" in words(listed)
    (href,) = {part.split('"')[0] for part in listed.split('href="')[1:] if remark["op_id"] in part}
    assert "Khó khăn, kiến nghị" in words(desk.get(href).text)
    assert desk.post(f"{href}/accept").status_code == 303
    assert _rows(database)[0].text == "Sóng yếu ở cuối thôn"
    desk.post(f"{href}/undo", data={"state": "applied"})
    assert _rows(database) == []


def _forward(desk: TestClient, leader: Phone, clock: FakeClock, days: int = 7) -> None:
    clock.forward(days=days)
    leader.now = clock()
    desk.post("/desk/sign-in", data={"name": "binh", "password": "mat-khau-binh"})


def _rows(database: Database) -> list[ReportRemark]:
    return database.read(lambda session: list(session.exec(select(ReportRemark))))
