"""A form is open, and the commune or the phone changes before *Lưu*: everything typed arrives, or is listed.

An update beside an open form: test_new_version.py. All orders of these, without a browser:
tests/field/pages/unsavedHistory.test.js.
"""

import json
import re
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from sqlmodel import Session, col, select

from app.commune.accounts.access import Actor
from app.commune.accounts.models import Device, Team
from app.commune.calendar.period import PeriodKind, period_of
from app.commune.teams.members import move_member
from app.core.clock import local_date, utc_now
from app.core.db import Database
from app.fieldwork.visits.models import Visit, VisitService
from app.reports.closing import close_period, reopen_period
from app.sync.wire.models import QuarantinedOperation
from benchmarks.queue import LAY
from tests.e2e.conftest import Opener
from tests.e2e.server import Server
from tests.e2e.steps import (
    IN_ACCOUNT,
    deny_background_sync,
    fill_visit,
    save_visit,
    sign_in,
    wait_for_heading,
    wait_until,
)
from tests.phone import Phone
from tests.world import NAM, World

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
TYPED = ("helped", [("vneid_install", "did_it", 2)])
NOTES = (
    IN_ACCOUNT
    % """async (done, db) => {
      const all = (store) => done(db.transaction(store).objectStore(store).getAll());
      const [drafts, fixes] = [await all("drafts"), await all("fixes")];
      return [...drafts.map(({ values }) => String(values.note)), ...fixes.map(({ data }) => data.note)];
    }"""
)
REPLICA = (
    IN_ACCOUNT
    % """async (done, db) => {
      const state = await done(db.transaction("meta").objectStore("meta").get("replica"));
      return Object.keys(state).filter((key) => state[key]);
    }"""
)


class Evening:
    """Lan's phone, and what the commune decides."""

    def __init__(self, page: Page, world: World, database: Database) -> None:
        self.page, self.world, self.database = page, world, database
        self.binh = Actor(world.commune_id, world.binh, "Hoàng Văn Bình", "supervisor")

    def write(self, note: str, page: Page | None = None) -> None:
        """Type a note, which is stored at once."""
        page = page or self.page
        if not page.get_by_label("Ghi chú", exact=True).is_visible():
            page.get_by_text("Thêm ghi chú").click()
        page.get_by_label("Ghi chú", exact=True).fill(note)
        wait_until(page, lambda: note in page.evaluate(NOTES))

    def fill(self, household: str, note: str) -> None:
        """The form of a new visit, and not *Lưu*."""
        self.page.goto(f"/field/households/{household}/visit")
        fill_visit(self.page)
        self.page.get_by_label("Thêm một").click()
        self.write(note)

    def finish(self, label: str, note: str, page: Page) -> None:
        """A draft that *Hôm nay* lists, with everything that was typed."""
        page.goto("/field/")
        page.get_by_role("link", name=re.compile(f"{label}.*Lượt thăm")).click()
        expect(page.get_by_role("checkbox", name="Cài VNeID")).to_be_checked()
        expect(page.get_by_label("Ghi chú", exact=True)).to_have_value(note)
        save_visit(page)
        self.arrives(note, page)

    def arrives(self, note: str, page: Page | None = None, kind: str = "visit") -> None:
        """It is at the server: counted, or in the quarantine for this reason."""
        wait_until(page or self.page, lambda: note in self._received(), 75)
        assert self._received()[note] == (kind, *TYPED)

    def hears(self, state: str) -> None:
        """The open page does an exchange, and the phone stores this."""
        self.page.evaluate("dispatchEvent(new Event('online'))")
        wait_until(self.page, lambda: state in self.page.evaluate(REPLICA), 75)

    def move(self, team: str) -> None:
        def work(session: Session) -> None:
            id = session.exec(select(Team.id).where(col(Team.name) == team)).one()
            move_member(session, self.binh, self.world.lan, id, utc_now(), utc_now())

        self.database.write(work)

    def _received(self) -> dict[str, tuple[Any, ...]]:
        def work(session: Session) -> dict[str, tuple[Any, ...]]:
            found: dict[str, tuple[Any, ...]] = {}
            for visit in session.exec(select(Visit)):
                rows = session.exec(select(VisitService).where(col(VisitService.visit_id) == visit.id))
                services = [(row.code, row.outcome, row.people) for row in rows]
                found[visit.note] = ("visit", visit.result, services)
            for one in session.exec(select(QuarantinedOperation)):
                data = json.loads(one.payload)["data"]
                services = [(row["code"], row["outcome"], row["people"]) for row in data["services"]]
                found[data["note"]] = (one.reason, data["result"], services)
            return found

        return self.database.read(work)


def test_what_is_typed_arrives_whatever_happens_before_it_is_saved(
    open_browser: Opener, server: Server, world: World, database: Database
) -> None:
    context = open_browser()
    deny_background_sync(context)
    page = context.pages[0]
    sign_in(page)
    evening = Evening(page, world, database)
    _close_the_period(evening)
    _move_to_another_team(evening)
    _sign_out_in_another_tab(evening, context.new_page())
    _lend_the_phone_to_a_second_person(evening, context.pages[-1])
    _revoke_the_phone(evening)


def _close_the_period(evening: Evening) -> None:
    """A visit of last week is being corrected: the correction is refused, and waits with everything typed."""
    page, world, database = evening.page, evening.world, evening.database
    then = utc_now() - timedelta(days=8)
    operation = Phone(None, "", world.lan, world.commune_id, then).visit(world.duc)  # type: ignore[arg-type]
    page.evaluate(LAY, [operation])
    page.reload()
    wait_until(page, lambda: bool(database.read(lambda session: session.exec(select(Visit)).all())), 75)
    page.goto(f"/field/visits/{operation['data']['id']}/edit")
    page.get_by_label("Thêm một").click()
    evening.write("Sửa kỳ đã chốt")
    week = period_of(PeriodKind.WEEK, local_date(then), 1).code
    now = utc_now()
    database.write(lambda session: close_period(session, evening.binh, week, "Vẫn chốt", now))
    save_visit(page)
    page.goto("/field/")
    expect(page.get_by_text("Cần sửa (1)")).to_be_visible(timeout=75_000)
    assert "Sửa kỳ đã chốt" in page.evaluate(NOTES)
    database.write(lambda session: reopen_period(session, evening.binh, week, "Mở lại", utc_now()))
    page.goto("/field/log")
    # Until the phone hears of it, the record of a closed period offers whom to call.
    page.get_by_role("link", name=re.compile("^Sửa ")).click(timeout=75_000)
    save_visit(page)
    evening.arrives("Sửa kỳ đã chốt")


def _move_to_another_team(evening: Evening) -> None:
    """It is saved after the move, so the commune decides."""
    evening.fill(evening.world.duc, "Gõ trước khi chuyển tổ")
    evening.move("Tổ Thôn Tây")
    evening.hears("reassigned_at")
    evening.page.get_by_role("button", name="Lưu").click()
    expect(evening.page.get_by_text(re.compile("Đã lưu trên máy")).first).to_be_visible()
    evening.arrives("Gõ trước khi chuyển tổ", kind="waiting")
    evening.move("Tổ Thôn Đông")
    evening.page.goto("/field/")
    expect(evening.page.get_by_text("Nay phụ trách Thôn Đông.")).to_be_visible(timeout=75_000)


def _sign_out_in_another_tab(evening: Evening, other: Page) -> None:
    """What is begun is named, and asked about once; the open tab goes on typing."""
    evening.fill(evening.world.mai, "Gõ trước khi đăng xuất")
    other.goto("/field/account")
    other.get_by_role("button", name="Đăng xuất").click()
    wait_for_heading(other, "Bỏ phần ghi dở và đăng xuất?")
    expect(other.get_by_text("14 · Trần Thị Mai (Lượt thăm)")).to_be_visible()
    other.get_by_role("button", name="Đăng xuất").click()
    wait_for_heading(other, "Đăng nhập")
    evening.write("Gõ thêm sau đó")
    sign_in(other)
    evening.finish("14 · Trần Thị Mai", "Gõ thêm sau đó", other)


def _lend_the_phone_to_a_second_person(evening: Evening, other: Page) -> None:
    household = evening.world.households[evening.world.dong][2]
    evening.fill(household, "Gõ trước khi cho mượn máy")
    sign_in(other, *NAM)
    evening.page.get_by_role("button", name="Lưu").click()
    wait_for_heading(evening.page, "Máy đã đổi người dùng")
    sign_in(other)
    evening.finish("5 · Đặng Thị Ước", "Gõ trước khi cho mượn máy", other)


def _revoke_the_phone(evening: Evening) -> None:
    def revoke(session: Session) -> None:
        for device in session.exec(select(Device).where(col(Device.account_id) == evening.world.lan)):
            device.revoked_at = utc_now()
            session.add(device)

    evening.fill(evening.world.mai, "Gõ trước khi thu hồi")
    evening.database.write(revoke)
    evening.hears("erased")
    evening.page.get_by_role("button", name="Lưu").click()
    evening.arrives("Gõ trước khi thu hồi", kind="revoked")
    evening.page.goto("/field/households")
    expect(evening.page.get_by_text("Mọi lượt đã ghi đều đã gửi về.")).to_be_visible()
