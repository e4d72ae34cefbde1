"""What the server acknowledged and a restore undid is applied again, whatever was closed meanwhile."""

from typing import Any

from app.commune.calendar.period import parse_period
from app.fieldwork.outreach.models import OutreachSession
from app.fieldwork.remarks.models import ReportRemark
from app.fieldwork.visits.models import Visit
from app.reports.closing import close_period
from app.reports.query import report_table
from app.upkeep.maintenance.check import check
from tests.fieldwork.outreach import sessions
from tests.fieldwork.remarks import leaders_remarks as remarks
from tests.reports.random_commune import binh
from tests.reports.test_closing import FIRST, SECOND, adjusted
from tests.signed_in import NOW
from tests.sync.simulated_phone import SimulatedPhone
from tests.upkeep.maintenance.conftest import Instance, instance
from tests.world import LAN, World

__all__ = ["instance"]


MODELS: tuple[Any, ...] = (Visit, OutreachSession, ReportRemark)
THREE = [{"code": "bills", "outcome": "did_it", "people": 3}]


def test_changes_that_a_restore_undid_come_back_although_their_period_is_closed_by_now(
    instance: Instance, world: World
) -> None:
    instance.clock.now = NOW
    remarks.let_lan_lead(instance.database, world)
    lan = SimulatedPhone(instance.phone(LAN))
    recorded = _record(lan, world)
    instance.back_up()
    _change_and_withdraw(lan, *recorded)
    instance.restore()
    instance.clock.forward(days=7)
    lan.phone.now = instance.clock()
    instance.database.write(
        lambda session: close_period(session, binh(session, world), FIRST, "Vẫn chốt", instance.clock())
    )
    instance.clock.forward(seconds=1)
    lan.drain()  # tells of the restore
    lan.drain()
    assert lan.fixes == {}
    stands = {row.id: row.withdrawn_at is None for model in MODELS for row in instance.rows(model)}
    assert [stands[one["data"]["id"]] for one in recorded] == [True, False] * 3
    second = parse_period(SECOND, 1)
    table = instance.database.read(
        lambda session: report_table(session, binh(session, world), second, instance.clock())
    )
    (row,) = adjusted(table)
    changed = {"visits": -1, "service.bills": 3, "sessions": -1, "attended": -19}
    assert {code: row[code] for code in changed} == changed
    assert [problem for one in check(instance.database) for problem in one.problems] == []


def _record(lan: SimulatedPhone, world: World) -> list[dict[str, Any]]:
    """Two visits, two sessions and two remarks, sent."""
    phone = lan.phone
    recorded = [phone.visit(world.duc), phone.visit(world.mai)]
    recorded += [sessions.record(phone, world.dong), sessions.record(phone, world.dong)]
    recorded += [remarks.record(phone), remarks.record(phone)]
    for operation in recorded:
        lan.save(operation)
    lan.drain()
    return recorded


def _change_and_withdraw(lan: SimulatedPhone, *recorded: dict[str, Any]) -> None:
    """Of each kind the first is changed and the second withdrawn; that is sent."""
    phone = lan.phone
    visit, other_visit, session, other_session, remark, other_remark = recorded
    for operation in (
        phone.amend(visit, services=THREE),
        phone.op("visit.withdraw", {"id": other_visit["data"]["id"]}),
        sessions.amend(phone, session, people=41),
        sessions.withdraw(phone, other_session),
        remarks.amend(phone, remark, text="Sóng yếu ở đầu thôn"),
        remarks.withdraw(phone, other_remark),
    ):
        lan.save(operation)
    lan.drain()
