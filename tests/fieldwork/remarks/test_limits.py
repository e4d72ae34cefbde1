"""How many remarks one author may write for a month."""

import uuid
from collections import Counter

import pytest
from fastapi.testclient import TestClient

from app.core.db import Database
from app.fieldwork.remarks import commands
from app.fieldwork.remarks.models import ReportRemark
from app.fieldwork.remarks.operations import MAX_OF_AUTHOR
from app.upkeep.maintenance.check import check
from tests.fieldwork.remarks.leaders_remarks import Op, amend, let_lan_lead, record, withdraw
from tests.phone import Phone
from tests.upkeep.maintenance.conftest import Instance, heal, instance, send
from tests.web.desk.desk_client import words
from tests.world import LAN, World

__all__ = ["instance"]

WEEK = "/desk/reports/2026-W48"


def _fill_month(leader: Phone, **changes: str) -> list[Op]:
    remarks = [record(leader, text=f"Khó khăn {number}", **changes) for number in range(MAX_OF_AUTHOR)]
    assert set(leader.statuses(*remarks)) == {"applied"}
    return remarks


def test_one_more_than_a_month_may_have_is_refused_until_another_is_withdrawn(
    lan: Phone, world: World, database: Database, desk: TestClient
) -> None:
    let_lan_lead(database, world)
    remarks = _fill_month(lan)
    one_more = record(lan, text="Thêm một ý kiến", about_on="2026-11-02")
    (result,) = lan.exchange(one_more)["results"]
    assert (result["status"], result["code"]) == ("rejected", "too_many_remarks")
    assert "Thêm một ý kiến" not in words(desk.get("/desk/reports/2026-11").text)
    assert lan.statuses(withdraw(lan, remarks[0]), record(lan, **one_more["data"])) == ["applied", "applied"]
    assert lan.statuses(record(lan)) == ["rejected"]
    assert [problem for one in check(database) for problem in one.problems] == []


def test_another_month_has_room_and_what_is_moved_out_of_it_stays_where_it_is(
    lan: Phone, world: World, database: Database
) -> None:
    let_lan_lead(database, world)
    _fill_month(lan)
    earlier = record(lan, about_on="2026-10-20")
    assert lan.statuses(earlier) == ["applied"]
    moved = amend(lan, earlier, about_on="2026-11-24")
    (result,) = lan.exchange(moved)["results"]
    assert (result["status"], result["code"]) == ("rejected", "too_many_remarks")
    assert lan.statuses(amend(lan, earlier, text="Sóng khỏe")) == ["applied"]


def test_remarks_of_leaders_leave_room_for_the_supervisors(
    lan: Phone, world: World, database: Database, desk: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(commands, "MAX_REMARKS", 2)
    let_lan_lead(database, world)
    lan.exchange(*(record(lan) for _ in range(3)))
    form = {"kind": "practice", "text": "Đi cùng trưởng thôn"}
    answers = [desk.post(f"{WEEK}/remarks/{uuid.uuid4()}", data=form) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [303, 303, 422]
    assert "Gộp bớt rồi viết thêm." in words(answers[-1].text)


def test_every_remark_that_was_acknowledged_comes_back_after_a_restore(
    instance: Instance, world: World
) -> None:
    """One of them was withdrawn to have room for another one, of another phone, which comes back first."""
    lan, other = instance.phone(LAN), instance.phone(LAN)
    let_lan_lead(instance.database, world)
    instance.back_up()
    sent = send(lan, *(record(lan) for _ in range(MAX_OF_AUTHOR)))
    sent += send(lan, withdraw(lan, sent[0][0]))
    last = send(other, record(other))
    instance.restore()
    results = heal(other, last) + heal(lan, sent)
    assert Counter(result["status"] for result in results) == {"applied": MAX_OF_AUTHOR + 2}
    assert sum(one.withdrawn_at is None for one in instance.rows(ReportRemark)) == MAX_OF_AUTHOR


def test_acknowledged_change_of_a_remark_that_was_withdrawn_is_not_refused_after_a_restore(
    instance: Instance, world: World
) -> None:
    """It was changed on one phone and withdrawn on another, which comes back first."""
    lan, other = instance.phone(LAN), instance.phone(LAN)
    let_lan_lead(instance.database, world)
    sent = send(lan, record(lan))
    instance.back_up()
    changed = send(lan, amend(lan, sent[0][0], text="Sóng yếu cả thôn"))
    withdrawn = send(other, withdraw(other, sent[0][0]))
    instance.restore()
    results = heal(other, withdrawn) + heal(lan, changed)
    assert [result["status"] for result in results] == ["applied", "applied"]
    (remark,) = instance.rows(ReportRemark)
    assert remark.withdrawn_at is not None
