"""Walks through the screens of one visit on the phone, by name."""

import re
from collections.abc import Iterator

from playwright.sync_api import Page, expect
from sqlmodel import Session

from app.commune.accounts.access import visible_to
from app.core.clock import local_date, utc_now
from app.core.db import Database
from app.core.feed import lock_for_closing
from app.fieldwork.periods.models import ClosedPeriod
from app.fieldwork.visits.models import Visit
from app.review.decisions.commands import return_
from app.review.decisions.selection import SeenVisit
from app.review.decisions.verdicts import Verdict
from tests.e2e.steps import fill_visit, wait_for_heading, wait_for_screen
from tests.reports.random_commune import binh
from tests.world import World


def visit_screens(page: Page, world: World, database: Database) -> Iterator[str]:
    """The form, *Đã lưu*, the page of the visit, and what is done from there."""
    page.goto(f"/field/households/{world.duc}/visit")
    page.get_by_role("heading", level=1).wait_for()
    yield "visit-empty"
    page.get_by_role("button", name="Lưu").click()
    page.get_by_text("Chọn một kết quả trước khi lưu.").first.wait_for()
    yield "visit-refused"
    fill_visit(page)
    yield "visit"
    page.get_by_text("Còn cần gì?").click()
    page.locator("#needs").get_by_text("Nộp hồ sơ").click()
    yield "visit-needs"
    page.get_by_text("Thêm ghi chú").click()
    page.get_by_label("Ghi chú", exact=True).fill("Có cháu ở cùng")
    page.get_by_role("button", name="Lưu").click()
    wait_for_heading(page, "Đã lưu trên máy")
    yield "saved"
    visit = page.url.removesuffix("/saved")
    yield from _repeated(page, f"/field/households/{world.mai}/visit")
    for address, name in (
        ("", "page"),
        ("/edit", "edit"),
        ("/household", "household"),
        ("/withdraw", "withdraw"),
    ):
        page.goto(f"{visit}{address}")
        wait_for_screen(page)
        yield f"visit-{name}"
    yield from _returned(page, database, world)
    yield from _second_visit(page, world)
    _close_today(page, database, world)
    page.goto(visit)
    # The phone hears of it at its next exchange, which its start begins.
    page.get_by_role("link", name="Báo cán bộ").wait_for(timeout=75_000)
    yield "visit-closed"
    page.get_by_role("link", name="Báo cán bộ").click()
    wait_for_heading(page, "Báo cán bộ")
    yield "closed-record"


def _returned(page: Page, database: Database, world: World) -> Iterator[str]:
    """The form of a visit that the commune has returned, with a field to answer; then it counts again."""
    page.goto("/field/log")
    page.get_by_text("Đã gửi").first.wait_for()

    def work(session: Session) -> None:
        supervisor = binh(session, world)
        visit = session.exec(visible_to(supervisor, Visit).where(Visit.household_id == world.duc)).one()
        verdict = Verdict("returned", "missing_information", "note", "Nhà số 46 hay số 48? Bác Bình")
        return_(session, supervisor, visit.id, SeenVisit(visit.version), verdict, utc_now())

    database.write(work)
    page.goto("/field/")
    page.get_by_role("link", name=re.compile("Nhà số 46 hay số 48")).click(timeout=75_000)
    page.get_by_label(re.compile("^Trả lời cán bộ")).fill("Cháu hỏi lại rồi: nhà số 46")
    yield "visit-returned"
    page.get_by_role("button", name="Lưu").click()
    wait_for_heading(page, "Đã lưu trên máy")
    page.goto("/field/log")
    page.get_by_text("Đã gửi").first.wait_for()


def _repeated(page: Page, form: str) -> Iterator[str]:
    """*Như nhà trước*; what it began is discarded."""
    page.goto(form)
    page.locator(".chip:has([data-repeat])").click()
    yield "visit-repeated"
    page.reload()
    page.get_by_role("button", name="Bỏ bản nháp").click()
    wait_for_heading(page, "Bỏ bản nháp này?")
    page.get_by_role("button", name="Bỏ", exact=True).click()
    expect(page.locator("[data-repeat]")).not_to_be_checked()


def _second_visit(page: Page, world: World) -> Iterator[str]:
    """The household was recorded today: what is asked, and what is said of the draft meanwhile."""
    page.goto(f"/field/households/{world.duc}/visit")
    fill_visit(page)
    page.get_by_role("button", name="Lưu").click()
    wait_for_heading(page, "Hộ này đã ghi hôm nay")
    yield "visit-again"
    for address, name in (
        ("/field/households", "households-draft"),
        (f"/field/households/{world.duc}", "household"),
    ):
        page.goto(address)
        page.get_by_text("Đang ghi dở: Lượt thăm").wait_for()
        yield name
    page.goto("/field/households/quick")
    page.locator(f"#row-{world.duc}").get_by_role("button", name=re.compile("^Vắng")).click()
    page.get_by_role("button", name=re.compile("^Ghi thêm lượt nữa")).wait_for()
    yield "quick-again"


def _close_today(page: Page, database: Database, world: World) -> None:
    """As if today were over and its period closed, once the visit is at the server."""
    page.goto("/field/log")
    page.get_by_text("Đã gửi").first.wait_for()

    def work(session: Session) -> None:
        now = utc_now()
        today = local_date(now)
        lock_for_closing(session, world.commune_id)
        closed = ClosedPeriod(
            commune_id=world.commune_id,
            id="today",
            kind="dates",
            code="today",
            first=today,
            last=today,
            closed_at=now,
            closed_by=binh(session, world).account_id,
            columns=[],
            rows=[],
            notes=[],
            remarks={},
            adjustments=[],
            printed_adjustments=[],
        )
        session.add(closed)

    database.write(work)
